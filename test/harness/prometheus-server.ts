/** A real Prometheus, where there is one on the path: started empty, filled by remote write, asked over HTTP. */
import { spawn, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryFolder, type Teardown } from './servers.js'

/** A series to be loaded: times in ms, ascending; `stale` marks staleness markers. */
export interface LoadedSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly t: readonly number[]
  readonly v: readonly number[]
  readonly stale: readonly boolean[]
}

export const PROMETHEUS_MISSING = 'no prometheus on the path (Debian: apt-get install prometheus)'

/** The first line of `prometheus --version`; undefined if there is none. */
export function prometheusVersion(): string | undefined {
  const { status, stdout, stderr } = spawnSync('prometheus', ['--version'], { encoding: 'utf8' })
  return status === 0 ? `${stdout}${stderr}`.split('\n', 1)[0] : undefined
}

/** Resolves with its address once it is ready; it ends with the test. */
export async function startPrometheus(t: Teardown): Promise<string> {
  const folder = await temporaryFolder(t)
  const address = `127.0.0.1:${await freePort()}`
  await writeFile(join(folder, 'prometheus.yml'), 'global: {}\n')
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  t.teardown(async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(timer)
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const url = `http://${address}`
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`prometheus ended: ${err}`)
    const ready = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (ready?.status === 200) return url
    await sleep(100)
  }
  throw new Error(`prometheus is not ready after 30 s: ${err}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

const SLICE_MS = 600_000

/** In slices of time, oldest first: what is much older than the newest sample is refused. */
export async function remoteWrite(url: string, series: readonly LoadedSeries[]): Promise<void> {
  const first = Math.min(...series.map(({ t }) => t[0]))
  const last = Math.max(...series.map(({ t }) => t[t.length - 1]))
  for (let from = first; from <= last; from += SLICE_MS) {
    const messages = series.map((each) => timeSeries(each, from, from + SLICE_MS))
    const body = snappy(Buffer.concat(messages.filter((message) => message.length > 0).map((message) => field(1, message))))
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' }
    const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: new Uint8Array(body) })
    if (answer.status !== 204) throw new Error(`remote write answered ${answer.status}: ${await answer.text()}`)
  }
}

/** Protobuf `TimeSeries` of prompb: labels (1: name 1, value 2) in order of name, samples (2: value 1, timestamp 2). Empty without samples. */
function timeSeries({ labels, t, v, stale }: LoadedSeries, from: number, to: number): Buffer {
  const samples = t.flatMap((time, i) => (time >= from && time < to ? [field(2, sample(time, v[i], stale[i] ? 'stale' : 'value'))] : []))
  if (samples.length === 0) return Buffer.alloc(0)
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([...pairs.map(([name, value]) => field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]))), ...samples])
}

const STALE_BITS = 0x7ff0000000000002n

function sample(time: number, value: number, kind: 'value' | 'stale'): Buffer {
  const double = Buffer.alloc(8)
  if (kind === 'stale') double.writeBigUInt64LE(STALE_BITS)
  else double.writeDoubleLE(value)
  return Buffer.concat([Buffer.of((1 << 3) | 1), double, Buffer.of(2 << 3), varint(time)])
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = BigInt(value)
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128)
  return Buffer.from([...bytes, Number(left)])
}

const LITERAL_MOST = 65_536

/** Snappy's block format without any compression: literals alone. */
function snappy(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)]
  for (let at = 0; at < bytes.length; at += LITERAL_MOST) {
    const literal = bytes.subarray(at, at + LITERAL_MOST)
    parts.push(Buffer.of(61 << 2, (literal.length - 1) & 255, (literal.length - 1) >> 8), literal)
  }
  return Buffer.concat(parts)
}
