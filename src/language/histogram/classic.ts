/** Classic histograms, cumulative counts up to bounds, as native ones with these bounds (Prometheus' util/convertnhcb). */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/histogram.js'
import { compactHistogram } from './arithmetic.js'

export interface ClassicHistogram {
  /** Ascending by bound, which is the label `le`; a bound told again is ignored. Counts are cumulative. */
  readonly buckets: readonly ClassicBucket[]
  /** Absent: that of the last bucket. */
  readonly count?: number
  /** Absent: 0. */
  readonly sum?: number
}

export interface ClassicBucket {
  readonly bound: number
  readonly count: number
}

export type Conversion = { readonly kind: 'histogram'; readonly histogram: NativeHistogram } | { readonly kind: 'invalid'; readonly reason: string }

/** A last bucket up to +Inf that is not told has the overall count. Invalid: counts that are negative, fall, or do not come to the count. */
export function histogramFromClassic(classic: ClassicHistogram): Conversion {
  const count = classic.count ?? classic.buckets.at(-1)?.count
  if (count === undefined) return { kind: 'invalid', reason: 'a histogram without buckets and without a count' }
  const told = classic.buckets.filter(({ bound }, at) => at === 0 || bound !== classic.buckets[at - 1].bound)
  const buckets = told.at(-1)?.bound === Infinity ? told : [...told, { bound: Infinity, count }]
  const reason = classicFault(buckets, count)
  if (reason !== undefined) return { kind: 'invalid', reason }
  const histogram: NativeHistogram = {
    hint: 'unknown', schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, zeroCount: 0, count, sum: classic.sum ?? 0,
    positiveSpans: [{ offset: 0, length: buckets.length }],
    positive: Float64Array.from(buckets, (bucket, at) => bucket.count - (at === 0 ? 0 : buckets[at - 1].count)),
    negativeSpans: [], negative: new Float64Array(0),
    customBounds: Float64Array.from(buckets.slice(0, -1), ({ bound }) => bound),
  }
  return { kind: 'histogram', histogram: compactHistogram(histogram) }
}

function classicFault(buckets: readonly ClassicBucket[], count: number): string | undefined {
  if (count < 0) return `the count ${count} is negative`
  for (const [at, { bound, count: upTo }] of buckets.entries()) {
    if (Number.isNaN(bound) || bound === -Infinity) return `a bucket up to ${bound}`
    if (upTo < 0) return `the count ${upTo} up to ${bound} is negative`
    if (at > 0 && bound < buckets[at - 1].bound) return `the bound ${bound} comes after ${buckets[at - 1].bound}`
    if (at > 0 && upTo < buckets[at - 1].count) return `${upTo} observations up to ${bound} are fewer than ${buckets[at - 1].count} up to a lower bound`
  }
  const all = buckets[buckets.length - 1].count
  return all === count ? undefined : `the count ${count} is not the ${all} of the last bucket`
}
