/**
 * One process per data folder. The lock is a file that names its holder; a holder that is gone, also by `kill -9` or a restart of the
 * machine, holds it no longer.
 */
import { link, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { QueryError } from '../model/error.js'
import { isProcessAlive, processStart } from './process.js'

export interface LockHolder {
  readonly pid: number
  /** Where the holder can be reached; empty for one that serves nothing, such as an import. */
  readonly url: string
}

export interface FolderLock {
  release(): Promise<void>
}

interface LockRecord extends LockHolder {
  /** When the process began, where the system tells; a later process with the same pid is another one. */
  readonly start: string
}

const LOCK_FILE = 'node.lock'

/** A stale lock may be contended for by as many processes; each lost race shows a live holder. */
const ATTEMPTS_MAX = 3

/** Creates the folder where it is missing. Rejects with `unavailable`, in one line naming pid and URL, if a live process holds it. */
export async function lockFolder(folder: string, holder: { readonly url: string }): Promise<FolderLock> {
  const root = resolve(folder)
  const path = join(root, LOCK_FILE)
  const record: LockRecord = { pid: process.pid, url: holder.url, start: await processStart(process.pid) }
  const text = JSON.stringify(record)
  await mkdir(root, { recursive: true })
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    if (await createLock(root, path, text)) return { release: () => releaseLock(path, text) }
    const found = await readFile(path, 'utf8').catch(absent)
    if (found === undefined) continue
    const other = await liveHolder(found)
    if (other !== undefined) throw inUse(root, other)
    await removeStale(root, path, found)
  }
  throw new QueryError({ code: 'unavailable', message: `the data folder ${root} cannot be locked: other processes are locking it too` })
}

/** Who holds the folder; undefined if nobody alive does. */
export async function describeLock(folder: string): Promise<LockHolder | undefined> {
  const text = await readFile(join(resolve(folder), LOCK_FILE), 'utf8').catch(absent)
  return text === undefined ? undefined : liveHolder(text)
}

/** A link appears with its content, so nobody reads half a lock; it fails where the name is taken. */
async function createLock(root: string, path: string, text: string): Promise<boolean> {
  const own = await mkdtemp(join(root, '.lock-'))
  try {
    await writeFile(join(own, 'lock'), text)
    await link(join(own, 'lock'), path)
    return true
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false
    throw thrown
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

async function liveHolder(text: string): Promise<LockHolder | undefined> {
  const record = parseRecord(text)
  if (record === undefined || !isProcessAlive(record.pid)) return undefined
  return (await processStart(record.pid)) === record.start ? { pid: record.pid, url: record.url } : undefined
}

function parseRecord(text: string): LockRecord | undefined {
  try {
    const record: unknown = JSON.parse(text)
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is LockRecord {
  if (typeof value !== 'object' || value === null) return false
  return 'pid' in value && typeof value.pid === 'number' && 'url' in value && typeof value.url === 'string' && 'start' in value
}

/** Another process may have taken the stale lock over in the meantime: what is moved away must be what was read, or goes back. */
async function removeStale(root: string, path: string, stale: string): Promise<void> {
  const aside = await mkdtemp(join(root, '.lock-'))
  try {
    await rename(path, join(aside, 'lock'))
    const moved = await readFile(join(aside, 'lock'), 'utf8')
    if (moved !== stale) await link(join(aside, 'lock'), path)
  } catch (thrown) {
    if (!hasCode(thrown, 'ENOENT') && !hasCode(thrown, 'EEXIST')) throw thrown
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

async function releaseLock(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(absent)) === text) await rm(path, { force: true })
}

function inUse(root: string, holder: LockHolder): QueryError {
  const where = holder.url === '' ? 'a millrace process' : `the millrace node at ${holder.url}`
  return new QueryError({
    code: 'unavailable',
    message: `the data folder ${root} is in use by ${where} (pid ${holder.pid})`,
    facts: { folder: root, pid: holder.pid, url: holder.url },
  })
}

function absent(thrown: unknown): undefined {
  if (!hasCode(thrown, 'ENOENT')) throw thrown
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
