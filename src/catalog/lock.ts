/**
 * One process per data folder. Whoever wants the folder first makes a claim that all can see, then looks at the claims of others:
 * of two, the later looker sees the earlier claim, so never do both go on. claiming → held, or withdrawn because
 * another holds it or claims it with a smaller name; a claim with a larger name is looked at again until it is decided.
 * Claims of processes that are gone, also by `kill -9` or a restart of the machine, do not count.
 */
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { QueryError } from '../model/error.js'
import { isProcessAlive, processStart } from './process.js'

export interface LockHolder {
  readonly pid: number
  /** Where the holder can be reached; empty for one that serves nothing, such as an import. */
  readonly url: string
}

export interface FolderLock {
  /** From now on the holder can be reached there: a node learns its port after it has the folder. */
  announce(url: string): Promise<void>
  release(): Promise<void>
}

interface Claim {
  readonly name: string
  readonly pid: number
  /** Undefined while it is not decided. */
  readonly heldBy: LockHolder | undefined
}

/** A folder of claims, each a folder `pid~start~random` with a file `held` once it has won. */
const CLAIMS = '.lock'

/** A claim is decided within a few looks; one that is not belongs to a process that stands still. */
const LOOKS_MAX = 1_000

/** Creates the folder where it is missing. Rejects with `unavailable`, in one line naming pid and URL, if a live process holds it. */
export async function lockFolder(folder: string, holder: { readonly url: string }): Promise<FolderLock> {
  const root = resolve(folder)
  const claims = join(root, CLAIMS)
  await mkdir(claims, { recursive: true })
  const own = await mkdtemp(join(claims, `${process.pid}~${await startOf(process.pid)}~`))
  const release = (): Promise<void> => rm(own, { recursive: true, force: true })
  try {
    await win(root, own)
    await writeFile(join(own, 'held'), holder.url)
  } catch (thrown) {
    await release()
    throw thrown
  }
  const announce = async (url: string): Promise<void> => {
    await writeFile(join(own, 'next'), url)
    await rename(join(own, 'next'), join(own, 'held'))
  }
  return { announce, release }
}

/** Who holds the folder; undefined if nobody alive does. */
export async function describeLock(folder: string): Promise<LockHolder | undefined> {
  const claims = await liveClaims(join(resolve(folder), CLAIMS))
  return claims.find(({ heldBy }) => heldBy !== undefined)?.heldBy
}

/** Resolves when no other claim can win any more; rejects when ours cannot. */
async function win(root: string, own: string): Promise<void> {
  const claims = join(root, CLAIMS)
  for (let look = 1; ; look += 1) {
    const others = (await liveClaims(claims)).filter(({ name }) => join(claims, name) !== own)
    if (others.length === 0) return
    const stronger = others.find(({ heldBy }) => heldBy !== undefined) ?? others.find(({ name }) => join(claims, name) < own)
    const winner = stronger ?? (look < LOOKS_MAX ? undefined : others[0])
    if (winner !== undefined) throw inUse(root, winner.heldBy ?? { pid: winner.pid, url: '' })
  }
}

/** Claims of processes that are gone are removed on the way. */
async function liveClaims(claims: string): Promise<readonly Claim[]> {
  const live: Claim[] = []
  for (const name of await readdir(claims).catch(() => [])) {
    const [pid, start] = name.split('~')
    if (isProcessAlive(Number(pid)) && (await startOf(Number(pid))) === start) live.push(await readClaim(claims, name, Number(pid)))
    else await rm(join(claims, name), { recursive: true, force: true })
  }
  return live
}

async function readClaim(claims: string, name: string, pid: number): Promise<Claim> {
  const url = await readFile(join(claims, name, 'held'), 'utf8').catch(() => undefined)
  return { name, pid, heldBy: url === undefined ? undefined : { pid, url } }
}

/** When the process began, as part of a file name: a later process with the same number is another one. */
async function startOf(pid: number): Promise<string> {
  return (await processStart(pid)).replaceAll(/[^A-Za-z0-9]/g, '-')
}

function inUse(root: string, holder: LockHolder): QueryError {
  const where = holder.url === '' ? 'a millrace process' : `the millrace node at ${holder.url}`
  return new QueryError({
    code: 'unavailable',
    message: `the data folder ${root} is in use by ${where} (pid ${holder.pid})`,
    facts: { folder: root, pid: holder.pid, url: holder.url },
  })
}
