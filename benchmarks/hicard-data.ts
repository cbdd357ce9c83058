/**
 * High cardinality, seeded: one counter `m` over job, instance, pod, path and status, and classic buckets `b_bucket` beside it.
 * Scraped every 10 s with an offset in ms per instance; 2 % of the pods end or begin inside the range; some counters reset.
 */
import { labelsFrom, type Labels } from '../src/model/labels.js'
import { seeded, type Seeded } from './seeded.js'

export interface HicardOptions {
  /** Series of `m`; the default shape is 2,000 pods × 10 paths × 5 statuses. */
  readonly series: number
  readonly minutes: number
  readonly seed: number
}

export interface GeneratedSeries {
  readonly labels: Labels
  /** Unix ms. */
  readonly t: Float64Array
  readonly v: Float64Array
  /** Positions of staleness markers. */
  readonly stale: readonly number[]
}

export const HICARD_START_MS = 1_704_067_200_000
export const SCRAPE_MS = 10_000
const PATHS = 10
const STATUSES = ['200', '201', '404', '500', '503']
const PODS_PER_INSTANCE = 2
const INSTANCES_PER_JOB = 50
const BUCKETS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']
/** One in so many counters resets once. */
const RESETS_ONE_IN = 50

/** Series in the order of a scrape target: first `m` pod by pod, then the buckets instance by instance. */
export function* hicardSeries(options: HicardOptions): Generator<GeneratedSeries> {
  const pods = Math.ceil(options.series / (PATHS * STATUSES.length))
  for (let pod = 0; pod < pods; pod++) {
    const random = seeded(options.seed * 1_000_003 + pod)
    const instance = Math.floor(pod / PODS_PER_INSTANCE)
    const life = lifeOf(pod, scrapes(options), random)
    for (let path = 0; path < PATHS; path++)
      for (const status of STATUSES) yield counterSeries(pod, instance, path, status, life, options, random)
  }
  for (let instance = 0; instance < Math.ceil(pods / PODS_PER_INSTANCE); instance++) yield* bucketSeries(instance, options)
}

export function hicardEndMs(options: HicardOptions): number {
  return HICARD_START_MS + options.minutes * 60_000
}

function scrapes(options: HicardOptions): number {
  return (options.minutes * 60_000) / SCRAPE_MS
}

interface Life {
  readonly first: number
  /** Exclusive; the scrape after the last one leaves a staleness marker. */
  readonly last: number
}

function lifeOf(pod: number, count: number, random: Seeded): Life {
  const turn = Math.floor(count / 4) + random.below(Math.max(1, Math.floor(count / 2)))
  if (pod % 100 === 50) return { first: 0, last: turn }
  if (pod % 100 === 51) return { first: turn, last: count }
  return { first: 0, last: count }
}

function jobOf(instance: number): string {
  return `job-${String(Math.floor(instance / INSTANCES_PER_JOB)).padStart(2, '0')}`
}

function offsetOf(instance: number): number {
  return (instance * 7919) % SCRAPE_MS
}

function counterSeries(
  pod: number,
  instance: number,
  path: number,
  status: string,
  life: Life,
  options: HicardOptions,
  random: Seeded,
): GeneratedSeries {
  const labels = labelsFrom([
    ['__name__', 'm'],
    ['job', jobOf(instance)],
    ['instance', `10.0.${instance >> 8}.${instance & 255}:9100`],
    ['pod', `pod-${String(pod).padStart(5, '0')}`],
    ['path', `/api/v1/p${path}`],
    ['status', status],
  ])
  const ends = life.last < scrapes(options)
  const size = life.last - life.first + (ends ? 1 : 0)
  const t = new Float64Array(size)
  const v = new Float64Array(size)
  const resetAt = random.below(RESETS_ONE_IN) === 0 ? life.first + random.below(size) : -1
  const speed = 1 + random.below(50)
  let total = random.below(100_000)
  for (let i = 0; i < size; i++) {
    const scrape = life.first + i
    if (scrape === resetAt) total = 0
    total += random.below(speed)
    t[i] = HICARD_START_MS + scrape * SCRAPE_MS + offsetOf(instance)
    v[i] = total
  }
  if (ends) v[size - 1] = NaN
  return { labels, t, v, stale: ends ? [size - 1] : [] }
}

function* bucketSeries(instance: number, options: HicardOptions): Generator<GeneratedSeries> {
  const random = seeded(options.seed * 7_000_003 + instance)
  const count = scrapes(options)
  const totals = BUCKETS.map(() => 0)
  const values = BUCKETS.map(() => new Float64Array(count))
  for (let scrape = 0; scrape < count; scrape++) {
    let below = 0
    BUCKETS.forEach((_, at) => {
      below += random.below(20)
      totals[at] += below
      values[at][scrape] = totals[at]
    })
  }
  const t = Float64Array.from({ length: count }, (_, scrape) => HICARD_START_MS + scrape * SCRAPE_MS + offsetOf(instance))
  for (const [at, le] of BUCKETS.entries()) {
    const labels = labelsFrom([
      ['__name__', 'b_bucket'],
      ['job', jobOf(instance)],
      ['instance', `10.0.${instance >> 8}.${instance & 255}:9100`],
      ['le', le],
    ])
    yield { labels, t, v: values[at], stale: [] }
  }
}
