/** Does a repeated query find its segments in the caches, and how many of them right after a worker has joined? */
import type { Cluster } from './cluster-nodes.js'
import { LAKE_END_MS, LAKE_START_MS } from './cluster-lake.js'
import { hear } from './heard-stream.js'
import { promqlRange } from './timing.js'

export interface CacheRow {
  /** Workers when it was asked. */
  readonly workers: number
  readonly asked: 'for the first time' | 'again' | 'right after a worker joined' | 'once more'
  readonly hits: number
  readonly misses: number
  /** Hits of all requests, in percent. */
  readonly hitPercent: number
}

const REPEATS = 5
const ASKED = promqlRange('sum by (job) (rate(m[5m]))', { startMs: LAKE_START_MS + 300_000, endMs: LAKE_END_MS, stepMs: 15_000 })

/** Begins with caches that have never seen the query. Several workers join, one after the other, each for itself: which segments it owns is chance. */
export async function measureCache(cluster: Cluster, joins: number): Promise<readonly CacheRow[]> {
  const rows: CacheRow[] = [await asked(cluster, 'for the first time', 1), await asked(cluster, 'again', REPEATS)]
  for (let join = 0; join < joins; join++) {
    const worker = await cluster.join('worker')
    rows.push(await asked(cluster, 'right after a worker joined', 1), await asked(cluster, 'once more', REPEATS))
    await cluster.lose(worker, 'SIGTERM')
  }
  return rows
}

/** In percent, all rows of a kind together. */
export function hitPercent(rows: readonly CacheRow[], kind: CacheRow['asked']): number {
  const meant = rows.filter(({ asked }) => asked === kind)
  const sum = (of: (row: CacheRow) => number): number => meant.reduce((total, row) => total + of(row), 0)
  return (100 * sum(({ hits }) => hits)) / sum(({ hits, misses }) => hits + misses)
}

async function asked(cluster: Cluster, name: CacheRow['asked'], times: number): Promise<CacheRow> {
  const before = await counted(cluster)
  for (let time = 0; time < times; time++) {
    const { outcome } = await hear(cluster.query.url, ASKED)
    if (outcome !== 'end') throw new Error(`the query ended with ${outcome}`)
  }
  const after = await counted(cluster)
  const hits = after.hits - before.hits
  const misses = after.misses - before.misses
  const row = { workers: cluster.workers.length, asked: name, hits, misses, hitPercent: (100 * hits) / (hits + misses) }
  console.log(`asked ${name} of ${row.workers} workers: ${hits} hits, ${misses} misses, ${row.hitPercent.toFixed(1)} %`)
  return row
}

async function counted(cluster: Cluster): Promise<{ readonly hits: number; readonly misses: number }> {
  const of = (outcome: string): Promise<number> => cluster.total(`millrace_cache_requests_total{outcome="${outcome}"}`)
  return { hits: await of('hit'), misses: await of('miss') }
}
