/** A native histogram: one sample whose value is a distribution. Plain data, never changed once made. */

/**
 * What is known of a counter reset before this histogram. `gauge`: it is no counter, and nothing is reset.
 * Hints matter to rate-like functions and to addition; the order in which samples are stored does not change them.
 */
export type ResetHint = 'unknown' | 'reset' | 'notReset' | 'gauge'

/** `length` consecutive buckets that begin `offset` buckets after the end of the span before (the first: at bucket index `offset`). */
export interface BucketSpan {
  readonly offset: number
  readonly length: number
}

/** Of the schema for custom bucket bounds; all others, -4 to 8, are exponential. */
export const CUSTOM_BUCKETS_SCHEMA = -53

/**
 * Exponential schemas: bucket i covers (b^(i−1), b^i] with b = 2^(2^−schema); negative buckets mirror them; the zero bucket covers
 * [−zeroThreshold, zeroThreshold]. Custom bounds: bucket i covers (customBounds[i−1], customBounds[i]], the first from −Inf, the last to +Inf;
 * zero bucket and negative buckets are empty then. Bucket values are absolute counts (not deltas) in the order of the spans.
 */
export interface NativeHistogram {
  readonly hint: ResetHint
  readonly schema: number
  readonly zeroThreshold: number
  readonly zeroCount: number
  readonly count: number
  readonly sum: number
  readonly positiveSpans: readonly BucketSpan[]
  readonly positive: Float64Array
  readonly negativeSpans: readonly BucketSpan[]
  readonly negative: Float64Array
  /** Upper bounds, finite and ascending; empty unless the schema is CUSTOM_BUCKETS_SCHEMA. */
  readonly customBounds: Float64Array
}

export function usesCustomBounds({ schema }: Pick<NativeHistogram, 'schema'>): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA
}

/** Bytes of a histogram without spans and buckets, as Prometheus counts them (FloatHistogram.Size). */
const EMPTY_BYTES = 168
const SAMPLE_BYTES = 16

/** As how many samples a histogram counts where samples are limited because of the memory that they take (promql/value.go, HPoint.size). */
export function samplesWorth({ positiveSpans, positive, negativeSpans, negative, customBounds }: NativeHistogram): number {
  const entries = positiveSpans.length + positive.length + negativeSpans.length + negative.length + customBounds.length
  return Math.floor((EMPTY_BYTES + 8 * entries + 8) / SAMPLE_BYTES)
}

/** The sum or the mean of many histograms while they come in; language/histogram/total.ts adds to it. */
export interface HistogramTotal {
  readonly of: 'sum' | 'mean'
  /** How many histograms it holds. */
  readonly size: number
  /** Their sum so far; their mean so far, once the sum behind a mean has overflowed. */
  readonly value: NativeHistogram
  /** What `value` has lost in rounding, in the same buckets. */
  readonly low: NativeHistogram
  readonly isMean: boolean
  readonly resetSeen: boolean
  readonly notResetSeen: boolean
  /** Custom bounds differed; only the common ones are left: an info is due. */
  readonly boundsReconciled: boolean
  /** Exponential and custom buckets met: a warning is due, and there is no result, whatever else is added. */
  readonly incompatible: boolean
}
