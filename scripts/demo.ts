/**
 * `npm run demo`: one node on a folder of its own, filled with the telemetry of a small shop, and a streamed query that finds
 * the incident in it. `--once` ends after the query.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { open, serveNode, type Engine, type QueryEvent, type RunningNode } from '../actors/main.js'
import { showTime } from '../cli/table.js'
import { labelValue } from '../src/model/labels.js'
import { packageRoot } from '../src/model/place.js'
import { stepTime } from '../src/model/time.js'
import { demoLogs } from './demo-logs.js'
import { demoMetrics } from './demo-metrics.js'
import { HOURS, SERVICES } from './demo-shop.js'

const HOST = '127.0.0.1'
const PORT = 7070
const PORTS_TRIED = 20
const MINUTE_MS = 60_000
const STEP_MS = 5 * MINUTE_MS
const QUERY = 'sum by (service) (rate(http_requests_total{status="500"}[5m])) / sum by (service) (rate(http_requests_total[5m]))'
const BAR = 40

/** What the folder was filled with: written before the import, so that one that was cut short is made again with the same data. */
interface Lake {
  readonly endMs: number
  readonly filled: boolean
}

process.env['MILLRACE_LOG_LEVEL'] ??= 'error'
process.exitCode = await main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  return 1
})

async function main(argv: readonly string[]): Promise<number> {
  const unknown = argv.find((word) => word !== '--once')
  if (unknown !== undefined) {
    process.stderr.write(`error: unknown option ${unknown}; there is only --once\n`)
    return 2
  }
  const folder = join(packageRoot(), '.millrace', 'demo')
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  say(`starting a node with its data in ${folder} …`)
  const node = await serveNode({ data: folder, host: HOST, port })
  try {
    const endMs = await fill(node.engine, join(folder, 'demo.json'))
    say(`\nThe share of requests that failed, ${HOURS} hours to ${showTime(endMs)}, streamed from ${node.url}:\n  ${QUERY}\n`)
    await ask(node.url, endMs)
    if (argv.includes('--once')) return 0
    say(whatNext(node.url, endMs))
    await interrupted()
    return 0
  } finally {
    await stop(node)
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function stop(node: RunningNode): Promise<void> {
  await node.close()
  say('stopped')
}

async function freePort(): Promise<number> {
  for (let port = PORT; port < PORT + PORTS_TRIED; port++) {
    if (await isFree(port)) return port
    say(`port ${port} is in use, trying the next`)
  }
  throw new Error(`no free port from ${PORT} to ${PORT + PORTS_TRIED - 1}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, HOST, () => probe.close(() => resolve(true)))
  })
}

/** Resolves with the end of the data. */
async function fill(engine: Engine, file: string): Promise<number> {
  const lake = readLake(file) ?? { endMs: Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS, filled: false }
  if (lake.filled) {
    say('the demo lake is there already')
    return lake.endMs
  }
  writeFileSync(file, JSON.stringify(lake))
  const parts = [
    { file: 'demo metrics', format: 'series', data: demoMetrics(lake.endMs), noun: 'samples' },
    { file: 'demo logs', format: 'loki', data: demoLogs(lake.endMs), noun: 'log entries' },
  ] as const
  for (const { data, noun, ...request } of parts) {
    const begun = performance.now()
    say(`writing ${HOURS} hours of ${request.file} of ${SERVICES.length} services …`)
    const report = await engine.import({ ...request, body: paced(data) })
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    say(`  ${report.samples.toLocaleString('en')} ${noun} of ${report.series} series in ${report.segments} segments, ${seconds} s`)
  }
  writeFileSync(file, JSON.stringify({ ...lake, filled: true }))
  return lake.endMs
}

async function* paced(data: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* data
}

function readLake(file: string): Lake | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Over HTTP, as everybody else would ask. */
async function ask(url: string, endMs: number): Promise<void> {
  const client = await open({ url })
  const begun = performance.now()
  const startMs = endMs - HOURS * 60 * MINUTE_MS + STEP_MS
  const when = { kind: 'range', startNs: BigInt(startMs) * 1_000_000n, endNs: BigInt(endMs) * 1_000_000n, stepMs: STEP_MS } as const
  try {
    for await (const event of client.query({ language: 'promql', text: QUERY, when })) show(event, performance.now() - begun)
  } finally {
    await client.close()
  }
}

function show(event: QueryEvent, afterMs: number): void {
  const after = `${Math.round(afterMs)} ms`
  switch (event.type) {
    case 'plan':
      say(`plan after ${after}: ${event.groups} time groups, ${event.units} work units, snapshot ${event.snapshot}`)
      say(`${'time'.padEnd(20)}  ${names().map((name) => name.padStart(8)).join('  ')}`)
      return
    case 'data':
      say(`· group ${event.group}, after ${after}`)
      if (event.data.resultType === 'matrix') for (const row of rowsOf(event.data)) say(row)
      return
    case 'error':
      throw new Error(event.error.message)
    case 'end':
      say(`complete after ${after}: ${event.stats.samples.toLocaleString('en')} samples read from ${event.stats.segments} segments`)
      return
    case 'progress':
    case 'warning':
      return
  }
}

function names(): readonly string[] {
  return SERVICES.map((service) => service.name)
}

type Matrix = Extract<Extract<QueryEvent, { type: 'data' }>['data'], { resultType: 'matrix' | 'vector' }>

/** A row for each step: the share of each service in percent, and a bar for payment. */
function* rowsOf({ block, grid }: Matrix): Generator<string> {
  const rows = new Map(block.labels.map((labels, row) => [labelValue(labels, 'service'), row]))
  for (let step = 0; step < block.steps; step++) {
    const shares = names().map((name) => {
      const at = (rows.get(name) ?? NaN) * block.steps + step
      return block.present[at] === 1 ? block.values[at] : undefined
    })
    const cells = shares.map((share) => (share === undefined ? '-' : `${(share * 100).toFixed(2)} %`).padStart(8))
    const payment = shares[names().indexOf('payment')] ?? 0
    yield `${showTime(stepTime(grid, step))}  ${cells.join('  ')}  ${'█'.repeat(Math.round(payment * BAR))}`.trimEnd()
  }
}

function whatNext(url: string, endMs: number): string {
  const range = `--start ${showTime(endMs - HOURS * 60 * MINUTE_MS)} --end ${showTime(endMs)}`
  const api = `--data-urlencode start=${showTime(endMs - HOURS * 60 * MINUTE_MS)} --data-urlencode end=${showTime(endMs)}`
  return `
The node runs at ${url} until Ctrl-C. In another terminal, in this folder:

  What did payment complain about?
    npx millrace query 'sum by (error) (count_over_time({service="payment"} | json | level="error" [30m]))' --step 30m ${range} --url ${url}
  How slow was it?
    npx millrace query 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service="payment"}[5m])))' --step 5m ${range} --url ${url}
  What would be read?
    npx millrace explain 'sum by (service) (rate(http_requests_total[5m]))' --step 60 ${range} --url ${url}
  The same stream by hand:
    curl -sN -G ${url}/api/v1/stream -d lang=promql -d step=300 ${api} --data-urlencode 'query=max by (pod) (process_resident_memory_bytes)'
  As Loki's clients ask:
    curl -sG ${url}/loki/api/v1/query_range -d step=900 ${api} --data-urlencode 'query=sum by (service) (count_over_time({app="shop"} |= "error" [15m]))'

Grafana takes ${url} as a Prometheus and as a Loki data source.`
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
