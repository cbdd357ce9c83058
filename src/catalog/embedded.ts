/**
 * A PostgreSQL of our own, as a child process that only we can reach: no network port, a socket in a folder closed to others.
 * starting → running → (died → starting, at most limits.embeddedRestartsMax times) → stopped.
 * The caller holds the lock of the data folder (see lock.ts), so a server found running on it belongs to a process that is gone.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { DEFAULT_LIMITS } from '../model/limits.js'
import { CHILD_ENVIRONMENT, embeddedFailure, findBinaries, findLaunch } from './binaries.js'
import type { Binaries, Launch } from './binaries.js'
import type { CatalogConnection } from './database.js'
import { isProcessAlive, processCommand } from './process.js'

export interface EmbeddedPostgresOptions {
  /** Each line that the server writes. */
  readonly onLog: (line: string) => void
  readonly restartsMax?: number
}

export interface EmbeddedPostgres {
  /** For `openCatalog`; stays the same when the server is started again. */
  readonly connection: CatalogConnection
  /** The process of the server as it is now; undefined while there is none. */
  readonly pid: number | undefined
  /** Ends the server in good order. Close the catalog first. */
  stop(): Promise<void>
}

const USER = 'millrace'
const DATABASE = 'postgres'
/** Only a part of the socket's name: no port is opened. */
const PORT = 5432
const SOCKETS = 'millrace-'
/** The address of a socket has room for about a hundred bytes. */
const SOCKET_FOLDER_MAX = 80

/** Small: the catalog of a single node is a few thousand rows. */
const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'shared_buffers=32MB',
  'max_connections=40',
  'max_wal_size=256MB',
  'jit=off',
  'lc_messages=C',
  'logging_collector=off',
  'log_destination=stderr',
]

/** Starts the server on `folder`, which it creates at first. Rejects with `unavailable` and the server's own last words. */
export async function startEmbeddedPostgres(folder: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const data = resolve(folder)
  const binaries = await findBinaries()
  await mkdir(dirname(data), { recursive: true })
  const temporary = tmpdir().length > SOCKET_FOLDER_MAX ? '/tmp' : tmpdir()
  await removeSockets(data)
  const sockets = await mkdtemp(join(temporary, SOCKETS))
  try {
    await writeFile(`${data}.sockets`, sockets)
    const launch = await findLaunch(binaries, [data, sockets])
    await giveTo(launch, sockets)
    const programs = { binaries, launch, onLog: options.onLog }
    await endOrphan(programs, data)
    await initialise(programs, data)
    const server = new Server(programs, data, sockets, options.restartsMax ?? DEFAULT_LIMITS.embeddedRestartsMax)
    await server.start()
    return server
  } catch (thrown) {
    await removeSockets(data)
    throw thrown
  }
}

interface Programs {
  readonly binaries: Binaries
  readonly launch: Launch
  readonly onLog: (line: string) => void
}

class Server implements EmbeddedPostgres {
  readonly connection: CatalogConnection
  readonly #programs: Programs
  readonly #data: string
  readonly #sockets: string
  #restartsLeft: number
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #isStopping = false

  constructor(programs: Programs, data: string, sockets: string, restartsMax: number) {
    this.#programs = programs
    this.#data = data
    this.#sockets = sockets
    this.#restartsLeft = restartsMax
    this.connection = { host: sockets, port: PORT, user: USER, database: DATABASE }
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when the server takes connections. */
  async start(): Promise<void> {
    const settings = [...SETTINGS, `unix_socket_directories=${this.#sockets}`].flatMap((setting) => ['-c', setting])
    const { child, ended } = startProgram(this.#programs, [this.#programs.binaries.postgres, '-D', this.#data, '-p', String(PORT), ...settings])
    this.#child = child
    let isReady = false
    await new Promise<void>((ready, failed) => {
      onLines(child, (line) => {
        this.#programs.onLog(line)
        if (!line.includes('ready to accept connections')) return
        isReady = true
        ready()
      })
      const onEnd = (lastLines: string): Promise<void> | void => (isReady ? this.#died() : failed(embeddedFailure(lastLines)))
      this.#ended = this.#watch(ended, onEnd)
    })
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    // A server that is just being started again gets its signal as well, once it is there.
    while (this.#child !== undefined) {
      this.#child.kill('SIGINT')
      await this.#ended
    }
    await removeSockets(this.#data)
  }

  async #watch(ended: Promise<string>, onEnd: (lastLines: string) => Promise<void> | void): Promise<void> {
    const lastLines = await ended
    this.#child = undefined
    await onEnd(lastLines)
  }

  async #died(): Promise<void> {
    while (!this.#isStopping && this.#restartsLeft > 0) {
      this.#restartsLeft -= 1
      this.#programs.onLog(`embedded postgres ended unexpectedly, starting it again (${this.#restartsLeft} restarts left)`)
      try {
        return await this.start()
      } catch (thrown) {
        this.#programs.onLog(thrown instanceof Error ? thrown.message : String(thrown))
      }
    }
  }
}

/** Initialises beside the folder and renames, so that a crash leaves no half-made cluster behind. */
async function initialise(programs: Programs, data: string): Promise<void> {
  if (await exists(join(data, 'PG_VERSION'))) return
  const fresh = `${data}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh)
  await giveTo(programs.launch, fresh)
  // Whoever can reach the socket is us: its folder is closed to others, so no password is asked for.
  const options = [`--pgdata=${fresh}`, `--username=${USER}`, '--encoding=UTF8', '--no-locale', '--auth-local=trust', '--auth-host=reject']
  await runProgram(programs, [programs.binaries.initdb, ...options])
  await rename(fresh, data)
}

/** Ends a server that a process which is gone has left on the folder. */
async function endOrphan(programs: Programs, data: string): Promise<void> {
  const path = join(data, 'postmaster.pid')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const isPostgres = isProcessAlive(pid) && (await processCommand(pid)).includes(data)
  if (isPostgres) {
    programs.onLog(`ending embedded postgres of an earlier process (pid ${pid})`)
    await stopByFile(programs, data, 'fast').catch(async (thrown: unknown) => {
      // It may have been ending already; removing the file is the last thing that it does.
      if (await exists(path)) return stopByFile(programs, data, 'immediate')
      programs.onLog(String(thrown))
    })
  } else if (isProcessAlive(pid)) {
    // Another program has that number now, and the server would take it for a rival. Its own parent it never does; the rest of the
    // file must stay, for by it the server makes sure that no session of its predecessor is still writing.
    await writeFile(path, [process.pid, ...lines.slice(1)].join('\n'))
  }
}

/** `fast` ends sessions and writes everything to disk; `immediate` leaves it to the next start to recover. */
function stopByFile(programs: Programs, data: string, mode: 'fast' | 'immediate'): Promise<void> {
  return runProgram(programs, [programs.binaries.pgCtl, 'stop', '-D', data, '-m', mode, '-w', '-t', '30'])
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Removes the folder of sockets that this process, or one that was killed, made for the data folder. */
async function removeSockets(data: string): Promise<void> {
  const sockets = await readFile(`${data}.sockets`, 'utf8').catch(() => '')
  if (basename(sockets).startsWith(SOCKETS)) await rm(sockets, { recursive: true, force: true })
  await rm(`${data}.sockets`, { force: true })
}

async function giveTo(launch: Launch, folder: string): Promise<void> {
  await chmod(folder, 0o700)
  if (launch.account !== undefined) await chown(folder, launch.account.uid, launch.account.gid)
}

async function runProgram(programs: Programs, command: readonly string[]): Promise<void> {
  const { child, ended } = startProgram(programs, command)
  onLines(child, () => {})
  const lastLines = await ended
  if (child.exitCode !== 0) throw embeddedFailure(`${basename(command[0])}: ${lastLines}`)
}

interface Started {
  readonly child: ChildProcess
  /** Resolves with the last lines that it wrote to stderr. */
  readonly ended: Promise<string>
}

const LAST_LINES = 3

function startProgram(programs: Programs, command: readonly string[]): Started {
  const [program, ...args] = [...programs.launch.prefix, ...command]
  // A group of its own: Ctrl-C in a terminal is for us, and we end the server when the last query has been answered.
  const options = { ...programs.launch.spawn, cwd: '/', env: CHILD_ENVIRONMENT, detached: true } as const
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  const last: string[] = []
  onLines(child, (line) => {
    last.push(line)
    if (last.length > LAST_LINES) last.shift()
  })
  const ended = new Promise<string>((resolveEnded) => {
    child.once('error', (error) => resolveEnded(error.message))
    child.once('close', () => resolveEnded(last.join(' ')))
  })
  return { child, ended }
}

function onLines(child: ChildProcess, listener: (line: string) => void): void {
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', listener)
}
