/**
 * Telemetry that two engines are to agree on: counters with resets, gauges with gaps, NaNs and infinities, classic buckets, series that
 * begin late, end early or are marked as stale. All values are multiples of a quarter, so that sums of them are exact in any order.
 */
import type { Seeded } from '../../benchmarks/seeded.js'
import type { LoadedSeries } from './prometheus-server.js'

/** A multiple of ten seconds. */
export const FIRST_MS = 1_700_000_000_000
export const SPAN_MS = 3_600_000
const SCRAPE_MS = 15_000
const SCRAPES = SPAN_MS / SCRAPE_MS
const JOBS = ['a', 'b', 'c'] as const
const BOUNDS = ['0.1', '0.5', '1', '5', '+Inf'] as const

export function differentialData(random: Seeded): readonly LoadedSeries[] {
  const series: LoadedSeries[] = []
  for (const job of JOBS) {
    for (const instance of ['0', '1']) {
      for (const code of ['200', '500']) series.push(counter(random, { __name__: 'http_requests_total', job, instance, code }))
      series.push(gauge(random, { __name__: 'queue_depth', job, instance }, () => random.below(200) - 100))
      series.push(gauge(random, { __name__: 'target_meta', job, instance, version: `v${random.below(2)}` }, () => 1))
    }
    series.push(...buckets(random, job))
    series.push(gauge(random, { __name__: 'temperature', job, room: `r${random.below(3)}` }, () => special(random, job)))
  }
  return series
}

/** No sample stands on a whole second. */
function timeOf(random: Seeded, scrape: number): number {
  return FIRST_MS + scrape * SCRAPE_MS + 100 + random.below(300)
}

/** Only one job has values that are no finite numbers, so that most queries have answers that can differ. */
function special(random: Seeded, job: string): number {
  const chance = job === 'c' ? random.below(20) : 20
  if (chance < 2) return NaN
  if (chance < 4) return chance === 2 ? Infinity : -Infinity
  return random.below(400) / 4 - 50
}

function gauge(random: Seeded, labels: LoadedSeries['labels'], value: () => number): LoadedSeries {
  const [t, v, stale]: [number[], number[], boolean[]] = [[], [], []]
  const first = random.below(3) === 0 ? random.below(SCRAPES / 2) : 0
  const last = random.below(3) === 0 ? SCRAPES - random.below(SCRAPES / 2) : SCRAPES
  let gapLeft = 0
  for (let scrape = first; scrape < last; scrape++) {
    if (gapLeft-- > 0) continue
    const isStale = random.below(60) === 0
    t.push(timeOf(random, scrape))
    v.push(isStale ? 0 : value())
    stale.push(isStale)
    if (isStale || random.below(40) === 0) gapLeft = random.below(30)
  }
  return { labels, t, v, stale }
}

const RISE_MOST = 50
/** A rise is at most RISE_MOST, so that from here on zero lies far before any window. */
const FAR_FROM_ZERO = 100 * RISE_MOST

/**
 * It begins with zero or far from it, falls to zero or stays far from it, and has gaps only far from it: versions differ in how they
 * extrapolate a counter that may have begun just before the window.
 */
function counter(random: Seeded, labels: LoadedSeries['labels']): LoadedSeries {
  const [t, v, stale]: [number[], number[], boolean[]] = [[], [], []]
  const first = random.below(3) === 0 ? random.below(SCRAPES / 2) : 0
  let value = random.below(3) === 0 ? 0 : 4 * FAR_FROM_ZERO
  let gapLeft = 0
  for (let scrape = first; scrape < SCRAPES; scrape++) {
    if (gapLeft-- > 0) continue
    if (random.below(60) === 0) value = value > 2 * FAR_FROM_ZERO && random.below(3) > 0 ? value - FAR_FROM_ZERO : 0
    else if (scrape > first) value += random.below(RISE_MOST)
    t.push(timeOf(random, scrape))
    v.push(value)
    stale.push(false)
    if (value > FAR_FROM_ZERO && random.below(50) === 0) gapLeft = random.below(30)
  }
  return { labels, t, v, stale }
}

/** Buckets, count and sum of one job, scraped together. */
function buckets(random: Seeded, job: string): readonly LoadedSeries[] {
  const t = Array.from({ length: SCRAPES }, (_, scrape) => timeOf(random, scrape))
  const stale = t.map(() => false)
  const counts = BOUNDS.map(() => FAR_FROM_ZERO)
  const rows = t.map(() => {
    const observed = random.below(20)
    for (let i = 0; i < observed; i++) counts[random.below(BOUNDS.length)]++
    return counts.map((_, le) => counts.slice(0, le + 1).reduce((a, b) => a + b, 0))
  })
  const of = (name: string, v: readonly number[], more: Readonly<Record<string, string>> = {}): LoadedSeries => ({
    labels: { __name__: `latency_seconds_${name}`, job, ...more }, t, v, stale,
  })
  const totals = rows.map((row) => row[row.length - 1])
  return [...BOUNDS.map((le, at) => of('bucket', rows.map((row) => row[at]), { le })), of('count', totals), of('sum', totals.map((total) => total * 0.75))]
}

/** As lines of the import format `series`. */
export function seriesLines(series: readonly LoadedSeries[]): string {
  return series.map(({ labels, t, v, stale }) => `{"labels":${JSON.stringify(labels)},"t":${JSON.stringify(t)},"v":[${v.map((value, i) => (stale[i] ? '"stale"' : told(value))).join(',')}]}\n`).join('')
}

/** JSON would write -0 as 0. */
function told(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"+Inf"' : '"-Inf"'
}
