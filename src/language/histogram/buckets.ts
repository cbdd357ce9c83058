/** The buckets of a histogram one after another, with their bounds. */
import { usesCustomBounds, type BucketSpan, type NativeHistogram } from '../../model/histogram.js'
import { bucketBound } from './bounds.js'

export interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly lowerInclusive: boolean
  readonly upperInclusive: boolean
  readonly count: number
  /** In the schema and on its side; of no meaning for the zero bucket. */
  readonly index: number
}

type BucketAt = (h: NativeHistogram, index: number, count: number) => Bucket

const positiveAt: BucketAt = (h, index, count) => {
  const lower = bucketBound(index - 1, h.schema, h.customBounds)
  const upper = bucketBound(index, h.schema, h.customBounds)
  return { lower, upper, lowerInclusive: usesCustomBounds(h) && index === 0, upperInclusive: true, count, index }
}

const negativeAt: BucketAt = (h, index, count) => {
  const lower = -bucketBound(index, h.schema, h.customBounds)
  const upper = -bucketBound(index - 1, h.schema, h.customBounds)
  return { lower, upper, lowerInclusive: true, upperInclusive: false, count, index }
}

/** As they are stored, empty ones too, from the zero bucket on upwards. With custom bounds: all buckets. */
export function positiveBuckets(h: NativeHistogram): Generator<Bucket> {
  return outwards(h, h.positiveSpans, h.positive, positiveAt)
}

/** As they are stored, empty ones too, from the zero bucket on downwards. */
export function negativeBuckets(h: NativeHistogram): Generator<Bucket> {
  return outwards(h, h.negativeSpans, h.negative, negativeAt)
}

/** The buckets of one side, the one nearest to zero first. */
function* outwards(h: NativeHistogram, spans: readonly BucketSpan[], counts: Float64Array, bucketAt: BucketAt): Generator<Bucket> {
  let [index, at] = [0, 0]
  for (const { offset, length } of spans) {
    index += offset
    for (let k = 0; k < length; k++) yield bucketAt(h, index++, counts[at++])
  }
}

/** Closed on both ends. */
export function zeroBucket({ zeroThreshold, zeroCount }: NativeHistogram): Bucket {
  return { lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount, index: 0 }
}

/**
 * All buckets from the lowest to the highest, empty ones too as far as they are stored; the zero bucket between the sides if it has a
 * positive count. A bucket that reaches into the zero bucket begins at its threshold.
 */
export function* bucketsUpward(h: NativeHistogram): Generator<Bucket> {
  yield* backwards(h, h.negativeSpans, h.negative, negativeAt)
  if (h.zeroCount > 0) yield zeroBucket(h)
  for (const bucket of positiveBuckets(h)) yield clipped(bucket, h.zeroThreshold)
}

/** The same from the highest to the lowest. */
export function* bucketsDownward(h: NativeHistogram): Generator<Bucket> {
  yield* backwards(h, h.positiveSpans, h.positive, positiveAt)
  if (h.zeroCount > 0) yield zeroBucket(h)
  for (const bucket of negativeBuckets(h)) yield clipped(bucket, h.zeroThreshold)
}

/** The buckets of one side, the one farthest from zero first. */
function* backwards(h: NativeHistogram, spans: readonly BucketSpan[], counts: Float64Array, bucketAt: BucketAt): Generator<Bucket> {
  let index = spans.reduce((end, { offset, length }) => end + offset + length, 0)
  let at = counts.length
  for (const { offset, length } of spans.toReversed()) {
    for (let k = 0; k < length; k++) yield clipped(bucketAt(h, --index, counts[--at]), h.zeroThreshold)
    index -= offset
  }
}

function clipped(bucket: Bucket, threshold: number): Bucket {
  if (bucket.lower > 0 && bucket.lower < threshold) return { ...bucket, lower: threshold }
  if (bucket.upper < 0 && bucket.upper > -threshold) return { ...bucket, upper: -threshold }
  return bucket
}

/** How a bucket is bounded, in the numbers of Prometheus' query API. */
export type BoundaryRule = 0 | 1 | 2 | 3

const [LEFT_OPEN, RIGHT_OPEN, OPEN, CLOSED] = [0, 1, 2, 3] as const

export interface HistogramJson {
  readonly count: number
  readonly sum: number
  /** Ascending, without empty ones. The API leaves the property out if there are none. */
  readonly buckets: readonly { readonly rule: BoundaryRule; readonly lower: number; readonly upper: number; readonly count: number }[]
}

/** What Prometheus' query API tells of a histogram, in numbers. */
export function histogramJson(h: NativeHistogram): HistogramJson {
  const shown = [...bucketsUpward(h)].filter(({ count }) => count !== 0)
  return { count: h.count, sum: h.sum, buckets: shown.map((bucket) => ({ rule: ruleOf(bucket), lower: bucket.lower, upper: bucket.upper, count: bucket.count })) }
}

function ruleOf({ lowerInclusive, upperInclusive }: Bucket): BoundaryRule {
  if (lowerInclusive) return upperInclusive ? CLOSED : RIGHT_OPEN
  return upperInclusive ? LEFT_OPEN : OPEN
}
