/** How long after a cancel, or after the death of the node that asked, is every node idle? */
import { eventually } from '../test/harness/real-node.js'
import type { Cluster, ClusterNode } from './cluster-nodes.js'
import { LAKE_END_MS, LAKE_START_MS } from './cluster-lake.js'
import { hear } from './heard-stream.js'
import { threadTimes, type ThreadTimes } from './thread-times.js'
import { median, promqlRange, rangeParameters, type StreamParameters } from './timing.js'

export interface CancelRow {
  readonly event: 'cancel' | 'death of the query node'
  readonly query: string
  readonly rounds: number
  /** Until the last node said that it is idle. */
  readonly idleMs: number
  readonly worstMs: number
  /** Without what its busiest thread waited for a core, the median. */
  readonly ownMs: number
  /**
   * Of each round: the node that was the last to be idle, and how long the one of its threads that did the most was on a core, and wanted one
   * that others had.
   */
  readonly last: readonly { readonly node: string; readonly ranMs: number; readonly waitedMs: number }[]
  /** How long one look at a node takes when it is idle: so much may be too long. */
  readonly lookMs: number
}

const RANGE = { startMs: LAKE_START_MS + 300_000, endMs: LAKE_END_MS, stepMs: 30_000 }

/** Each keeps another part busy: kernels, DuckDB, the texts of lines, the root of the query, the writing of the answer. */
const QUERIES: readonly StreamParameters[] = [
  promqlRange('max by (job) (quantile_over_time(0.9, m[5m]))', RANGE),
  promqlRange('sum by (job) (rate(m[5m]))', { ...RANGE, stepMs: 1_000 }),
  { lang: 'logql', query: 'sum by (app) (count_over_time({app=~".+"} |~ "(?i)time(d )?out after [0-9]+ms|quokka$" [1m]))', ...rangeParameters(RANGE) },
  { lang: 'logql', query: 'sum by (level) (count_over_time({app=~"json.*"} | json | line_format "{{.msg}} {{.status}}" | duration_ms > 100 [5m]))', ...rangeParameters(RANGE) },
  promqlRange('topk(5, sort_desc(m * on (pod, path, status, instance, job) group_left () m))', RANGE),
  promqlRange('m', RANGE),
]

/** Workers in which a thread was put in the place of another: a new one has another number, and behind its first unit it tells of its DuckDB. */
export async function workersWithNewThreads(cluster: Cluster): Promise<readonly string[]> {
  const numbers = await Promise.all(
    cluster.workers.map(async (node) => {
      const metrics = await node.metrics()
      const seen = [...metrics.keys()].filter((name) => name.startsWith('millrace_duckdb_memory_bytes{')).length
      return { name: node.name, isMore: seen > (metrics.get('millrace_threads') ?? NaN) }
    }),
  )
  return numbers.filter(({ isMore }) => isMore).map(({ name }) => name)
}

export async function measureCancel(cluster: Cluster, rounds: number, only: string | undefined): Promise<readonly CancelRow[]> {
  const rows: CancelRow[] = []
  for (const asked of QUERIES) {
    if (only !== undefined && asked['query'] !== only) continue
    const times: Idle[] = []
    for (let round = 0; round < rounds; round++) {
      const control = new AbortController()
      const hearing = hear(cluster.query.url, asked, { signal: control.signal })
      await atWork(cluster, round)
      const idle = idleAfter(cluster.nodes, () => control.abort())
      times.push(await idle)
      await hearing
    }
    rows.push(await rowOf(cluster, 'cancel', asked, times))
  }
  return rows
}

/** The node is killed, and another takes its place. */
export async function measureDeath(cluster: Cluster, rounds: number): Promise<CancelRow> {
  const [asked] = QUERIES
  const times: Idle[] = []
  for (let round = 0; round < rounds; round++) {
    const { query } = cluster
    const hearing = hear(query.url, asked)
    await atWork(cluster, round)
    times.push(await idleAfter(cluster.workers, () => query.kill('SIGKILL')))
    await hearing
    cluster.forget(query)
    await cluster.join('query')
  }
  return rowOf(cluster, 'death of the query node', asked, times)
}

/** A worker works, and a little longer, so that the moment is another in each round. */
async function atWork(cluster: Cluster, round: number): Promise<void> {
  const works = async (): Promise<boolean> => (await Promise.all(cluster.workers.map(unitsRunning))).some((units) => units > 0)
  if (!(await eventually(5_000, works))) throw new Error('no worker works at the query')
  await new Promise((resolve) => setTimeout(resolve, 30 * round))
}

async function unitsRunning(node: ClusterNode): Promise<number> {
  return (await node.metrics()).get('millrace_units_running') ?? NaN
}

/** From the event until the last of the nodes has said that it runs neither units nor queries. */
async function idleAfter(nodes: readonly ClusterNode[], event: () => void): Promise<Idle> {
  const threads = nodes.map(({ pid }) => threadTimes(pid))
  const began = performance.now()
  event()
  const ends = await Promise.all(
    nodes.map(async (node, at) => {
      for (;;) {
        const metrics = await node.metrics()
        const busy = (metrics.get('millrace_units_running') ?? NaN) + (metrics.get('millrace_queries_running') ?? NaN)
        const ms = performance.now() - began
        if (busy === 0) return { ms, last: { node: node.name, ...busiest(threads[at], threadTimes(node.pid)) } }
        if (ms > 30_000) throw new Error(`${node.name} is not idle after 30 s`)
      }
    }),
  )
  return ends.reduce((later, end) => (end.ms > later.ms ? end : later))
}

interface Idle {
  readonly ms: number
  readonly last: CancelRow['last'][number]
}

function busiest(before: ThreadTimes, after: ThreadTimes): { readonly ranMs: number; readonly waitedMs: number } {
  let most = { ranMs: 0, waitedMs: 0 }
  for (const [thread, { ranMs, waitedMs }] of after) {
    const from = before.get(thread)
    const spent = { ranMs: Math.round(ranMs - (from?.ranMs ?? 0)), waitedMs: Math.round(waitedMs - (from?.waitedMs ?? 0)) }
    if (spent.ranMs + spent.waitedMs > most.ranMs + most.waitedMs) most = spent
  }
  return most
}

async function rowOf(cluster: Cluster, event: CancelRow['event'], { query }: StreamParameters, times: readonly Idle[]): Promise<CancelRow> {
  const looks: number[] = []
  for (let look = 0; look < 5; look++) looks.push((await idleAfter(cluster.nodes, () => undefined)).ms)
  const all = times.map(({ ms }) => ms)
  const row = { event, query, rounds: times.length, idleMs: median(all), worstMs: Math.max(...all), ownMs: median(times.map(({ ms, last }) => Math.max(0, ms - last.waitedMs))), last: times.map(({ last }) => last), lookMs: median(looks) }
  console.log(`${event}: idle after ${row.idleMs.toFixed(0)} ms, at worst ${row.worstMs.toFixed(0)} ms, ${row.ownMs.toFixed(0)} ms without waiting for cores, one look ${row.lookMs.toFixed(0)} ms  ${query}  last: ${row.last.map(({ node, ranMs, waitedMs }) => `${node} ${ranMs}+${waitedMs}`).join(', ')}`)
  return row
}
