/**
 * Load: does a cluster that serves dashboards keep its temper, its memory and its times?
 *
 * A node that takes queries and three workers, each a process, over one PostgreSQL and one store; 20 clients ask by the APIs of Prometheus and
 * Loki and by the native stream for `--seconds`, some read slowly, some leave. Reports errors by code, resident memory of each process over
 * time, and percentiles of the first datapoint and of the whole by kind of query. Exit code 1 if any error was none of ours, was a mistake of
 * ours (`internal`, `corrupt_data`), or an answer differed from the one before.
 */
import { parseArgs } from 'node:util'
import { openClusterLake } from './cluster-lake.js'
import { Cluster, machine, withUndo } from './cluster-nodes.js'
import { runClient, type Asked, type ClientManner } from './serve-clients.js'
import { watchMemory, type MemoryRow } from './serve-memory.js'
import { PANEL_KINDS, type PanelKind } from './serve-panels.js'

interface TimesRow {
  readonly kind: PanelKind
  readonly count: number
  readonly firstMs: Percentiles
  readonly wallMs: Percentiles
}

interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export async function runServe(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      clients: { type: 'string', default: '20' },
      slow: { type: 'string', default: '3' },
      leaving: { type: 'string', default: '3' },
      think: { type: 'string', default: '1000' },
      series: { type: 'string', default: '20000' },
      lines: { type: 'string', default: '480000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '3' },
      threads: { type: 'string', default: '1' },
    },
  })
  const lakeOptions = { series: Number(values.series), lines: Number(values.lines), seed: Number(values.seed) }
  const shape = { workers: Number(values.workers), threads: Number(values.threads), objects: 'folder' } as const
  const load = { seconds: Number(values.seconds), clients: Number(values.clients), slow: Number(values.slow), leaving: Number(values.leaving), thinkMs: Number(values.think) }
  const { asked, memory } = await withUndo(async (undo) => drive(await Cluster.start(undo, await openClusterLake(undo, lakeOptions), shape), load, lakeOptions.seed))
  const outcomes = counted(asked)
  const rows = PANEL_KINDS.map((kind) => timesOf(kind, asked))
  print(outcomes, memory, rows)
  console.log(JSON.stringify({ benchmark: 'serve', machine: machine(), ...lakeOptions, ...shape, ...load, outcomes, memory, rows }))
  if (Object.keys(outcomes).some((outcome) => /^untyped|^internal$|^corrupt_data$/.test(outcome))) process.exitCode = 1
}

interface Load {
  readonly seconds: number
  readonly clients: number
  readonly slow: number
  readonly leaving: number
  readonly thinkMs: number
}

async function drive(cluster: Cluster, { seconds, clients, slow, leaving, thinkMs }: Load, seed: number): Promise<{ readonly asked: readonly Asked[]; readonly memory: readonly MemoryRow[] }> {
  const asked: Asked[] = []
  const untilMs = performance.now() + seconds * 1000
  const answers = new Map<string, string>()
  const mannerOf = (client: number): ClientManner => (client < slow ? 'slow' : client < slow + leaving ? 'leaving' : 'brisk')
  const memory = watchMemory(cluster.nodes)
  const running = Array.from({ length: clients }, (_, client) =>
    runClient({ url: cluster.query.url, seed: seed * 1_000 + client, manner: mannerOf(client), untilMs, thinkMs, answers, onAsked: (one) => void asked.push(one) }),
  )
  await Promise.all(running)
  return { asked, memory: memory.stop() }
}

function counted(asked: readonly Asked[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { outcome } of asked) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** Of answers that were read to their end by clients that are not slow. */
function timesOf(kind: PanelKind, asked: readonly Asked[]): TimesRow {
  const meant = asked.filter((one) => one.kind === kind && one.outcome === 'ok' && one.manner !== 'slow')
  return { kind, count: meant.length, firstMs: percentiles(meant.map(({ firstMs, wallMs }) => firstMs ?? wallMs)), wallMs: percentiles(meant.map(({ wallMs }) => wallMs)) }
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function print(outcomes: Readonly<Record<string, number>>, memory: readonly MemoryRow[], rows: readonly TimesRow[]): void {
  for (const [outcome, count] of Object.entries(outcomes)) console.log(`${String(count).padStart(6)}  ${outcome}`)
  console.log('    thirds of the time, mean MB     most   MB a minute  process')
  for (const { name, thirdsMb, mostMb, slopeMbPerMinute } of memory) {
    console.log(`${thirdsMb.map((mb) => String(Math.round(mb)).padStart(10)).join('')} ${String(Math.round(mostMb)).padStart(8)} ${slopeMbPerMinute.toFixed(1).padStart(13)}  ${name}`)
  }
  console.log(' count   first p50    p95    p99   whole p50    p95    p99  kind of query')
  for (const { kind, count, firstMs, wallMs } of rows) {
    const cells = [firstMs.p50, firstMs.p95, firstMs.p99, wallMs.p50, wallMs.p95, wallMs.p99].map((ms, at) => String(ms).padStart(at % 3 === 0 ? 12 : 7))
    console.log(`${String(count).padStart(6)}${cells.join('')}  ${kind}`)
  }
}
