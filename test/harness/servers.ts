/** Real catalogs and object stores for tests: embedded ones in a folder that goes away, named ones where the environment names them. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { openCatalog, startEmbeddedPostgres } from '../../src/catalog/catalog.js'
import type { CatalogConnection, EmbeddedPostgres } from '../../src/catalog/catalog.js'
import type { Catalog, ObjectStore } from '../../src/model/engine.js'
import type { MatchesEmpty } from '../../src/model/fingerprint.js'
import { openDirectoryStore, openS3Store } from '../../src/storage/storage.js'

/** What a test object must have: `t` of tap, and its subtests. */
export interface Teardown {
  teardown(undo: () => Promise<unknown>): void
}

/** A folder that is removed at the end of the test. */
export async function temporaryFolder(t: Teardown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  // A process that was killed may write on for a moment.
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return folder
}

export async function directoryStore(t: Teardown): Promise<ObjectStore> {
  return openDirectoryStore(join(await temporaryFolder(t), 'objects'))
}

/** An embedded server that ends with the test. Start one per file: it takes most of a second. */
export async function embeddedServer(t: Teardown): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  const log: string[] = []
  const server = await startEmbeddedPostgres(join(folder, 'catalog'), { onLog: (line) => void log.push(line) })
  t.teardown(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return server
}

/** A catalog on an embedded server of its own; both end with the test. */
export async function embeddedCatalog(t: Teardown, matchesEmpty: MatchesEmpty = regexMatchesEmpty): Promise<Catalog> {
  const { connection } = await embeddedServer(t)
  const catalog = await openCatalog({ connection, matchesEmpty })
  t.teardown(() => catalog.close())
  return catalog
}

/** The connection string of a server that the environment names; undefined: skip, with `POSTGRES_MISSING` as the reason. */
export function namedPostgres(): string | undefined {
  return process.env.MILLRACE_TEST_POSTGRES
}

export const POSTGRES_MISSING = 'no PostgreSQL of its own kind: MILLRACE_TEST_POSTGRES is not set'

/** A new database on the server, dropped at the end of the test. */
export async function temporaryDatabase(t: Teardown, server: CatalogConnection): Promise<CatalogConnection> {
  const name = `millrace_${randomBytes(6).toString('hex')}`
  await execute(server, `create database ${name}`)
  t.teardown(() => execute(server, `drop database if exists ${name} with (force)`))
  return withDatabase(server, name)
}

function withDatabase(server: CatalogConnection, database: string): CatalogConnection {
  if (typeof server !== 'string') return { ...server, database }
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

/** Runs one statement on a connection of its own. */
export async function execute(connection: CatalogConnection, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(typeof connection === 'string' ? { connectionString: connection } : connection)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

interface NamedS3 {
  readonly endpoint: string
  readonly bucket: string
  readonly key: string
  readonly secret: string
}

/** The S3 server that the environment names; undefined: skip, with `S3_MISSING` as the reason. */
export function namedS3(): NamedS3 | undefined {
  const { MILLRACE_TEST_S3: endpoint, MILLRACE_TEST_S3_BUCKET: bucket, MILLRACE_TEST_S3_KEY: key, MILLRACE_TEST_S3_SECRET: secret } = process.env
  if (endpoint === undefined || bucket === undefined || key === undefined || secret === undefined) return undefined
  return { endpoint, bucket, key, secret }
}

/** A store in the named bucket under a prefix of its own, emptied at the end of the test. */
export async function s3Store(t: Teardown): Promise<ObjectStore> {
  const named = namedS3()
  if (named === undefined) throw new Error(S3_MISSING)
  const store = await openS3Store({
    endpoint: named.endpoint,
    bucket: named.bucket,
    region: 'us-east-1',
    prefix: `test-${randomBytes(6).toString('hex')}/`,
    forcePathStyle: true,
    credentials: { accessKeyId: named.key, secretAccessKey: named.secret },
  })
  t.teardown(async () => {
    const keys = await store.list('')
    for (let first = 0; first < keys.length; first += 16) await Promise.all(keys.slice(first, first + 16).map((key) => store.delete(key)))
    await store.close()
  })
  return store
}

export const S3_MISSING = 'no S3 server: MILLRACE_TEST_S3, MILLRACE_TEST_S3_BUCKET, _KEY and _SECRET are not set'

/** Good enough for the regexes of tests; the product asks its own engine. */
export const regexMatchesEmpty: MatchesEmpty = ({ op, value }) => {
  if (op === '=') return value === ''
  if (op === '!=') return value !== ''
  return new RegExp(`^(?:${value})$`, 's').test('') === (op === '=~')
}
