/** A PostgreSQL and an S3 server of a test's own, which it may kill, freeze and start again. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/catalog/catalog.js'
import type { Target } from './gate.js'
import { familyOf, signalAll } from './process-tree.js'
import { execute, type Teardown } from './servers.js'
import { eventually, type Parameters } from './real-node.js'

const PATIENCE_MS = 60_000

/** A server that goes and comes while others use it. */
export interface BreakableServer {
  /** Where it listens now. */
  readonly target: Target
  /** Ends it without warning. */
  kill(): Promise<void>
  /** Ends it as an operator does. */
  stop(): Promise<void>
  /** Resolves when it takes requests. */
  start(): Promise<void>
  freeze(): void
  thaw(): void
}

/** The embedded one, which comes back by itself when it is killed. */
export async function breakablePostgres(t: Teardown, folder: string): Promise<BreakableServer> {
  let server: EmbeddedPostgres | undefined
  let frozen: readonly number[] = []
  const thaw = (): void => signalAll(frozen, 'SIGCONT')
  const start = async (): Promise<void> => {
    server ??= await startEmbeddedPostgres(join(folder, 'postgres'), { onLog: () => undefined, restartsMax: 100_000 })
    const { connection } = server
    const answers = (): Promise<boolean> => execute(connection, 'select 1').then(() => true, () => false)
    if (!(await eventually(PATIENCE_MS, answers))) throw new Error('postgres did not come back')
  }
  const stop = async (): Promise<void> => {
    thaw()
    await server?.stop()
    server = undefined
  }
  await start()
  t.teardown(stop)
  return {
    get target() {
      const connection = server?.connection
      if (connection === undefined || typeof connection === 'string') return ''
      return join(connection.host, `.s.PGSQL.${connection.port}`)
    },
    kill: async () => signalAll(server?.pid === undefined ? [] : [server.pid], 'SIGKILL'),
    stop,
    start,
    freeze: () => {
      frozen = server?.pid === undefined ? [] : familyOf(server.pid)
      signalAll(frozen, 'SIGSTOP')
    },
    thaw,
  }
}

const START_S3 = fileURLToPath(new URL('../../../.ci/start-s3', import.meta.url))

/** Why there can be no S3 server of the test's own; undefined if there can. */
export function whyNoS3(): string | undefined {
  const programs = ['memcached', 'swift-proxy-server', 'swift-account-server', 'swift-container-server', 'swift-object-server']
  const missing = programs.filter((program) => !(process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program))))
  if (missing.length > 0) return `no S3 server to start: ${missing.join(', ')} not installed`
  if (!existsSync(START_S3)) return 'no S3 server to start: .ci/start-s3 is not there'
  return process.getuid?.() === 0 ? undefined : 'no S3 server to start: that wants root'
}

export interface BreakableS3 extends BreakableServer {
  /** Settings of a node that reaches it at a port. */
  settings(port: number): Parameters
}

/** The same as CI's, OpenStack Swift. What answers clients and what reads the disk are killed together. */
export async function breakableS3(t: Teardown, folder: string): Promise<BreakableS3> {
  const place = join(folder, 's3')
  const running = new Map<string, number>()
  t.teardown(async () => signalAll([...running.values()], 'SIGKILL'))
  endWithThisProcess(join(place, 'pids'))
  await promisify(execFile)(START_S3, [place]).finally(() => {
    const names = ['memcached', 'account', 'container', 'object', 'proxy']
    const pids = existsSync(join(place, 'pids')) ? readFileSync(join(place, 'pids'), 'utf8').trim().split('\n') : []
    pids.forEach((pid, index) => running.set(names[index], Number(pid)))
  })
  const named = (name: string): string => new RegExp(`^export MILLRACE_TEST_S3${name}=(.*)$`, 'm').exec(readFileSync(join(place, 'environment'), 'utf8'))?.[1] ?? ''
  const endpoint = named('')
  const breakable = ['object', 'proxy']
  const pids = (): readonly number[] => breakable.map((name) => running.get(name) ?? 0)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    signalAll(pids(), signal)
    if (!(await eventually(PATIENCE_MS, () => pids().every((pid) => hasEnded(pid))))) throw new Error('the S3 server does not end')
  }
  return {
    target: Number(new URL(endpoint).port),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start: async () => {
      for (const name of breakable) {
        const child = spawn(`swift-${name}-server`, [join(place, `${name}-server.conf`)], { stdio: 'ignore' })
        running.set(name, child.pid ?? 0)
      }
      writeFileSync(join(place, 'pids'), [...running.values()].join('\n'))
      const portOf = (name: string): string => /^bind_port = (\d+)$/m.exec(readFileSync(join(place, `${name}-server.conf`), 'utf8'))?.[1] ?? ''
      const answers = (name: string): Promise<boolean> => fetch(`http://127.0.0.1:${portOf(name)}/healthcheck`).then(() => true, () => false)
      if (!(await eventually(PATIENCE_MS, async () => (await Promise.all(breakable.map(answers))).every(Boolean)))) throw new Error('the S3 server did not come back')
    },
    freeze: () => signalAll(pids(), 'SIGSTOP'),
    thaw: () => signalAll(pids(), 'SIGCONT'),
    settings: (port) => ({
      'objects.s3.endpoint': `http://127.0.0.1:${port}`,
      'objects.s3.bucket': named('_BUCKET'),
      'objects.s3.accessKeyId': named('_KEY'),
      'objects.s3.secretAccessKey': named('_SECRET'),
    }),
  }
}

/** A test that is killed tears nothing down: whoever the file of ids names ends with it all the same. */
function endWithThisProcess(pidsFile: string): void {
  const script = 'while kill -0 "$1"; do sleep 1; done; [ -f "$2" ] && kill -KILL $(cat "$2")'
  const watch = spawn('sh', ['-c', script, 'sh', String(process.pid), pidsFile], { stdio: 'ignore', detached: true })
  watch.unref()
}

/** A child of ours that has ended is a zombie until Node has heard of it. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}
