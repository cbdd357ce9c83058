/**
 * What a fleet of services looks like to PromQL: request counters, gauges, classic buckets and small reference series.
 * Seeded; scraped every 30 s with an offset in ms per pod.
 */
import { labelsFrom, type Labels } from '../src/model/labels.js'
import type { GeneratedSeries } from './hicard-data.js'
import { seeded, type Seeded } from './seeded.js'

export interface FleetOptions {
  /** Request counters; gauges are as many, buckets a third. */
  readonly series: number
  readonly hours: number
  readonly seed: number
}

export const FLEET_START_MS = 1_704_067_200_000
export const FLEET_SCRAPE_MS = 30_000
const ROUTES = 10
const BUCKETS = ['0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']
const ZONES = 3
const RESETS_ONE_IN = 25

export function fleetEndMs({ hours }: FleetOptions): number {
  return FLEET_START_MS + hours * 3_600_000
}

export function* fleetSeries(options: FleetOptions): Generator<GeneratedSeries> {
  const pods = Math.ceil(options.series / ROUTES)
  for (let pod = 0; pod < pods; pod++) {
    const random = seeded(options.seed * 1_000_003 + pod)
    yield madeOf(named('build_info', pod, [['version', `1.${pod % 7}`]]), pod, options, () => 1)
    for (let route = 0; route < ROUTES; route++) {
      yield counter(named('http_requests_total', pod, [['route', `/r${route}`]]), pod, options, random, 40)
      yield madeOf(named('queue_length', pod, [['route', `/r${route}`]]), pod, options, walk(random))
    }
    if (pod % 3 === 0) yield* buckets(pod, options, random)
  }
}

function named(name: string, pod: number, more: readonly (readonly [string, string])[]): Labels {
  return labelsFrom([
    ['__name__', name],
    ['job', `job-${pod % 8}`],
    ['zone', `z${pod % ZONES}`],
    ['pod', `pod-${String(pod).padStart(4, '0')}`],
    ...more,
  ])
}

function madeOf(labels: Labels, pod: number, { hours }: FleetOptions, next: (index: number) => number): GeneratedSeries {
  const count = (hours * 3_600_000) / FLEET_SCRAPE_MS
  // Never 0: a sample on the edge of a window is in it for Prometheus 2 and is not for Prometheus 3.
  const offset = 1 + ((pod * 7919) % (FLEET_SCRAPE_MS - 1))
  const t = Float64Array.from({ length: count }, (_, i) => FLEET_START_MS + i * FLEET_SCRAPE_MS + offset)
  return { labels, t, v: Float64Array.from({ length: count }, (_, i) => next(i)), stale: [] }
}

function counter(labels: Labels, pod: number, options: FleetOptions, random: Seeded, speed: number): GeneratedSeries {
  const count = (options.hours * 3_600_000) / FLEET_SCRAPE_MS
  const resetAt = random.below(RESETS_ONE_IN) === 0 ? random.below(count) : -1
  let total = random.below(10_000)
  return madeOf(labels, pod, options, (i) => (total = (i === resetAt ? 0 : total) + random.below(speed)))
}

/** A value with a fraction, so that sums are not of whole numbers. */
function walk(random: Seeded): () => number {
  let value = 50 + random.below(50)
  return () => (value = Math.max(0, value + (random.next() - 0.5) * 4))
}

function* buckets(pod: number, options: FleetOptions, random: Seeded): Generator<GeneratedSeries> {
  const count = (options.hours * 3_600_000) / FLEET_SCRAPE_MS
  const totals = BUCKETS.map(() => new Float64Array(count))
  const held = BUCKETS.map(() => 0)
  for (let i = 0; i < count; i++) {
    let below = 0
    BUCKETS.forEach((_, at) => {
      below += random.below(9)
      totals[at][i] = held[at] += below
    })
  }
  for (const [at, le] of BUCKETS.entries()) yield madeOf(named('http_duration_seconds_bucket', pod, [['le', le]]), pod, options, (i) => totals[at][i])
}
