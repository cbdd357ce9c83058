/** Whole nodes for tests, in this process or as child processes, and ways to ask them over HTTP. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveNode, type RunningNode } from '../../actors/main.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/catalog/catalog.js'
import type { Teardown } from './servers.js'

const CLI = fileURLToPath(new URL('../../cli/cli.js', import.meta.url))
const RUNNER = `import(process.argv[1]).then((cli) => cli.main(process.argv.slice(2))).then((code) => { process.exitCode = code })`

/** Nodes of tests say nothing unless a test asks them to. */
process.env['MILLRACE_LOG_LEVEL'] ??= 'silent'

export interface Outcome {
  readonly code: number | string
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** The command line as a child process; resolves when it has ended. */
export function runCli(argv: readonly string[], { env = {}, cwd }: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 28, ...(cwd === undefined ? {} : { cwd }) }
    execFile(process.execPath, ['-e', RUNNER, CLI, ...argv], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 'unknown'), out, err }),
    )
  })
}

/** A node in this process on a free port; closed at the end of the test. */
export async function startNode(t: Teardown, place: { readonly data: string } | { readonly config: string }): Promise<RunningNode> {
  const node = await serveNode({ ...place, host: '127.0.0.1', port: 0 })
  t.teardown(() => node.close())
  return node
}

export interface ChildNode {
  readonly url: string
  readonly pid: number
  readonly child: ChildProcess
  /** Exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>
  /** What it has written to standard error so far. */
  err(): string
}

/** `millrace serve` as a child process on a free port; killed at the end of the test if it still runs. Rejects with its standard error. */
export async function spawnNode(t: Teardown, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ChildNode> {
  const child = spawn(process.execPath, ['-e', RUNNER, CLI, 'serve', '--port', '0', ...argv], { env: { ...process.env, ...env } })
  const exited = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')))
  t.teardown(async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(timer)
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const first = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    void exited.then((code) => reject(new Error(`the node ended with ${code}: ${err}`)))
  })
  const url = /http:\/\/\S+?(?=,)/.exec(first)?.[0]
  if (url === undefined || child.pid === undefined) throw new Error(`the node said ${first}`)
  return { url, pid: child.pid, child, exited, err: () => err }
}

export type Parameters = Readonly<Record<string, string | number>>

export interface Reply {
  readonly status: number
  readonly text: string
}

/** Asks as the organisation that the parameters name, beside the parameters of the path. */
export async function get(url: string, path: string, parameters: Parameters = {}): Promise<Reply> {
  const response = await fetch(`${url}${path}?${searchOf(parameters)}`, { headers: tenantOf(parameters) })
  return { status: response.status, text: await response.text() }
}

/** The `data` of a compatible answer; throws with the body unless the status is 200. */
export async function dataOf(url: string, path: string, parameters: Parameters): Promise<{ resultType: string; result: ResultRow[] }> {
  const { status, text } = await get(url, path, parameters)
  if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`)
  return JSON.parse(text).data
}

export interface ResultRow {
  readonly metric: Readonly<Record<string, string>>
  readonly stream: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
  readonly values: readonly (readonly [number | string, string])[]
}

/** An event as it comes over the wire. */
export interface WireEvent {
  readonly type: string
  readonly id?: string
  readonly [name: string]: unknown
}

export async function openStream(url: string, parameters: Parameters, accept: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/api/v1/stream?${searchOf(parameters)}`, { headers: { accept, ...tenantOf(parameters) }, ...(signal === undefined ? {} : { signal }) })
}

/** All events of a stream, heartbeats left out. */
export async function streamed(url: string, parameters: Parameters, framing: 'sse' | 'ndjson' = 'ndjson'): Promise<readonly WireEvent[]> {
  const response = await openStream(url, parameters, framing === 'sse' ? 'text/event-stream' : 'application/x-ndjson')
  const text = await response.text()
  if (response.status !== 200) return [{ type: `status ${response.status}`, body: text }]
  return framing === 'sse' ? sseEvents(text) : ndjsonEvents(text)
}

export function ndjsonEvents(text: string): readonly WireEvent[] {
  const events: WireEvent[] = text.trimEnd().split('\n').map((line) => JSON.parse(line))
  return events.filter(({ type }) => type !== 'heartbeat')
}

function sseEvents(text: string): readonly WireEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => JSON.parse(block.split('\n').find((line) => line.startsWith('data: '))?.slice(6) ?? 'null'))
}

function searchOf(parameters: Parameters): URLSearchParams {
  const asked = Object.entries(parameters).filter(([name]) => name !== 'organisation')
  return new URLSearchParams(asked.map(([name, value]): [string, string] => [name, String(value)]))
}

function tenantOf({ organisation }: Parameters): Record<string, string> {
  return organisation === undefined ? {} : { 'x-scope-orgid': String(organisation) }
}

export async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** A PostgreSQL of the test's own at an address that stays the same while the server goes and comes. */
export interface NamedCatalog {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
}

/** The embedded server listens at a socket only; a door of ours on 127.0.0.1 leads to it. */
export async function namedCatalog(t: Teardown, folder: string): Promise<NamedCatalog> {
  let server: EmbeddedPostgres | undefined
  let door: Server | undefined
  let port = 0
  const open = new Set<Socket>()
  const start = async (): Promise<void> => {
    server = await startEmbeddedPostgres(join(folder, 'postgres'), { onLog: () => undefined })
    const { connection } = server
    if (typeof connection === 'string') throw new Error('the embedded server has a socket')
    door = createServer((client) => joinSockets(client, connect(join(connection.host, `.s.PGSQL.${connection.port}`)), open))
    await new Promise<void>((resolve, reject) => door?.once('error', reject).listen(port, '127.0.0.1', resolve))
    const address = door.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  }
  const stop = async (): Promise<void> => {
    await server?.stop()
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => (door === undefined ? resolve(undefined) : door.close(resolve)))
    server = door = undefined
  }
  await start()
  t.teardown(stop)
  return { url: `postgres://millrace@127.0.0.1:${port}/postgres`, start, stop }
}

function joinSockets(client: Socket, server: Socket, open: Set<Socket>): void {
  for (const [from, to] of [[client, server], [server, client]]) {
    open.add(from)
    from.pipe(to)
    from.on('error', () => to.destroy())
    from.on('close', () => {
      open.delete(from)
      to.destroy()
    })
  }
}

/** A lake that several nodes read at once, each with its own settings. */
export interface SharedLake {
  readonly catalog: NamedCatalog
  readonly objects: string
  /** Writes a configuration file; settings by their dotted names come over those of the lake. */
  config(settings?: Parameters): Promise<string>
}

export async function sharedLake(t: Teardown, folder: string): Promise<SharedLake> {
  const catalog = await namedCatalog(t, folder)
  const objects = join(folder, 'objects')
  let written = 0
  const config = async (settings: Parameters = {}): Promise<string> => {
    const own = join(folder, `node-${written++}`)
    await mkdir(own, { recursive: true })
    const all = { 'catalog.url': catalog.url, 'objects.directory': objects, 'data': own, 'threads': 2, 'log.level': 'silent', ...settings }
    return writeYaml(join(own, 'millrace.yaml'), all)
  }
  return { catalog, objects, config }
}

/** JSON is YAML: dotted names become nested objects. */
export async function writeYaml(file: string, settings: Parameters): Promise<string> {
  const root: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(settings)) {
    const path = name.split('.')
    const last = path.pop() ?? ''
    const place = path.reduce<Record<string, unknown>>((at, key) => (at[key] ??= {}) as Record<string, unknown>, root)
    place[last] = value
  }
  await writeFile(file, JSON.stringify(root, null, 2))
  return file
}

/** A file of `series` series with `samples` samples each, `stepMs` apart, in the `series` format; values are smooth but all differ. */
export function seriesFile(name: string, series: number, samples: number, startMs: number, stepMs: number): string {
  const t = JSON.stringify(Array.from({ length: samples }, (_, i) => startMs + i * stepMs))
  const lines: string[] = []
  for (let s = 0; s < series; s++) {
    const v = Array.from({ length: samples }, (_, i) => (s * 7919 + i * 104729) % 100_003)
    lines.push(`{"labels":{"__name__":"${name}","instance":"i${s}","job":"j${s % 5}"},"t":${t},"v":${JSON.stringify(v)}}\n`)
  }
  return lines.join('')
}

/** Resident memory of a process in bytes; undefined where the system does not tell (no /proc). */
export function residentBytes(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return undefined
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Asks again and again until it is so; false if that takes longer than `ms`. */
export async function eventually(ms: number, isSo: () => Promise<boolean> | boolean): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(20)) if (await isSo()) return true
  return isSo()
}
