/** `millrace keys`: API keys made, listed and revoked, in the catalog of a place or over a running node. */
import { readScopes, type KeyBook, type KeyFacts } from '../src/model/access.js'
import { QueryError } from '../src/model/error.js'
import { createKeysClient } from '../src/serve/serve.js'
import { keyFromEnvironment, onePlace, type EngineOptions } from './engine.js'
import type { Terminal } from './terminal.js'
import { EXIT, UsageError } from './usage.js'

export interface KeysOptions extends Pick<EngineOptions, 'url' | 'data' | 'config'> {
  readonly organisation?: string
}

export interface CreateKeyOptions extends KeysOptions {
  readonly scope: string
  readonly note: string
}

type OpenedBook = KeyBook & { close(): Promise<void> }

/** Writes the key, and nothing else, to standard output. */
export async function runKeysCreate(options: CreateKeyOptions, terminal: Terminal): Promise<number> {
  const scopes = scopesOf(options.scope)
  return withBook(options, async (book) => {
    const organisation = options.organisation === undefined ? {} : { organisation: options.organisation }
    const { key, facts } = await book.create({ ...organisation, scopes, note: options.note })
    terminal.note(`key ${facts.id} of organisation ${facts.organisation}, scopes ${facts.scopes.join(', ')}; it is shown only now`)
    await terminal.write(`${key}\n`)
  })
}

export async function runKeysList(options: KeysOptions, terminal: Terminal): Promise<number> {
  return withBook(options, async (book) => {
    const rows = (await book.list(options.organisation)).map(rowOf)
    await terminal.write(aligned([['ID', 'ORGANISATION', 'SCOPES', 'CREATED', 'LAST USED', 'STATE', 'NOTE'], ...rows]))
  })
}

export async function runKeysRevoke(id: string, options: KeysOptions, terminal: Terminal): Promise<number> {
  return withBook(options, async (book) => {
    const facts = await book.revoke(id, options.organisation)
    await terminal.write(`key ${facts.id} of organisation ${facts.organisation} is revoked; nodes that know it refuse it within limits.keyLifeMs\n`)
  })
}

async function withBook(options: KeysOptions, work: (book: OpenedBook) => Promise<void>): Promise<number> {
  const book = await openBook(options)
  try {
    await work(book)
    return EXIT.ok
  } finally {
    await book.close()
  }
}

async function openBook(options: KeysOptions): Promise<OpenedBook> {
  const place = onePlace(options)
  if ('url' in place) return createKeysClient(place.url[0], keyFromEnvironment())
  const { openKeyBook } = await import('../actors/main.js')
  return openKeyBook(place)
}

function scopesOf(text: string): ReturnType<typeof readScopes> {
  try {
    return readScopes(text.split(',').filter((name) => name !== ''))
  } catch (thrown) {
    throw new UsageError(`--scope: ${QueryError.from(thrown).message}`)
  }
}

function rowOf({ id, organisation, scopes, note, createdAt, revokedAt, usedAt }: KeyFacts): readonly string[] {
  const state = revokedAt === undefined ? 'valid' : `revoked ${timeText(revokedAt)}`
  return [id, organisation, scopes.join(','), timeText(createdAt), usedAt === undefined ? 'never' : timeText(usedAt), state, note]
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '')
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()}\n`).join('')
}
