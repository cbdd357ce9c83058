/** What native histograms tell about their observations: quantiles, fractions, variance (Prometheus' promql/quantile.go, functions.go). */
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import { exp2 } from '../elementary/exponentials.js'
import { log2 } from '../elementary/logarithms.js'
import { bucketsDownward, bucketsUpward, type Bucket } from './buckets.js'
import { addKeepingAccount } from './sides.js'

/**
 * What an info is due for: observations that are NaN are counted and in no bucket, so that a quantile is one of them (`nanResult`),
 * is higher than without them (`nanSkew`), or that they are in no fraction (`nanExcluded`).
 */
export type EstimateNote = 'nanResult' | 'nanSkew' | 'nanExcluded'

export interface Estimate {
  readonly value: number
  readonly note?: EstimateNote
}

/** Bounds and count of a bucket as estimates take them. */
type Span = Pick<Bucket, 'lower' | 'upper' | 'count'>

/**
 * The φ-quantile. NaN for φ = NaN or without observations; -Inf below φ = 0, +Inf above 1. Found from the nearer end; inside a bucket
 * interpolated on a logarithmic scale, in the zero bucket and between custom bounds on a linear one. A zero bucket beside one side only
 * lies on that side. Of custom buckets the first begins at 0 if it ends above, and the last is its lower bound.
 */
export function histogramQuantile(phi: number, h: NativeHistogram): Estimate {
  if (phi < 0) return { value: -Infinity }
  if (phi > 1) return { value: Infinity }
  if (h.count === 0 || Number.isNaN(phi)) return { value: NaN }
  // NaN observations have no place among the others but the highest, so that only the way up finds ranks.
  const hasNaN = Number.isNaN(h.sum)
  const upward = hasNaN || phi < 0.5
  const rank = (upward ? phi : 1 - phi) * h.count
  const found = bucketAtRank(upward ? bucketsUpward(h) : bucketsDownward(h), rank)
  const edge = usesCustomBounds(h) ? endlessEdge(found.bucket) : undefined
  if (edge !== undefined) return { value: edge }
  const bucket = quantileSpan(h, found.bucket)
  const counted = Math.min(found.counted, h.count)
  if (counted < rank) return hasNaN ? { value: NaN, note: 'nanResult' } : { value: bucket.upper }
  const fraction = (upward ? rank - (counted - bucket.count) : counted - rank) / bucket.count
  const value = pointInside(h, bucket, fraction)
  return hasNaN && bucketTotal(h) < h.count ? { value, note: 'nanSkew' } : { value }
}

/** The bucket in which the counts reach the rank, or the last one, and how many are counted with it. */
function bucketAtRank(buckets: Iterable<Span>, rank: number): { readonly bucket: Span; readonly counted: number } {
  let counted = 0
  let bucket: Span = { lower: 0, upper: 0, count: 0 }
  for (const each of buckets) {
    bucket = each
    counted += each.count
    if (each.count !== 0 && counted >= rank) break
  }
  return { bucket, counted }
}

/** The only bound of a bucket without end in which nothing can be interpolated. */
function endlessEdge({ lower, upper }: Span): number | undefined {
  if (lower === -Infinity) return upper <= 0 ? upper : undefined
  return upper === Infinity ? lower : undefined
}

/** Where the quantile may lie. */
function quantileSpan(h: NativeHistogram, bucket: Span): Span {
  if (usesCustomBounds(h)) return bucket.lower === -Infinity ? { ...bucket, lower: 0 } : bucket
  return bucket.lower < 0 && bucket.upper > 0 ? oneSided(h, bucket) : bucket
}

/** The zero bucket, cut in half where buckets exist on one side only. */
function oneSided({ positive, negative }: NativeHistogram, bucket: Span): Span {
  if (negative.length === 0 && positive.length > 0) return { ...bucket, lower: 0 }
  return positive.length === 0 && negative.length > 0 ? { ...bucket, upper: 0 } : bucket
}

/** The point that leaves `fraction` of the bucket below it. */
function pointInside(h: NativeHistogram, { lower, upper }: Span, fraction: number): number {
  if (usesCustomBounds(h) || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction
  const logLower = log2(Math.abs(lower))
  const logUpper = log2(Math.abs(upper))
  if (lower > 0) return exp2(logLower + (logUpper - logLower) * fraction)
  return -exp2(logUpper + (logLower - logUpper) * (1 - fraction))
}

function bucketTotal(h: NativeHistogram): number {
  let total = 0
  for (const { count } of bucketsUpward(h)) total += count
  return total
}

/**
 * The part of the observations between two values, the inverse of the quantile: 0 if `lower` is not below `upper`, NaN if one of them is
 * NaN or there are no observations. Interpolated as quantiles are; of buckets without end nothing can be told, and they are left out.
 */
export function histogramFraction(lower: number, upper: number, h: NativeHistogram): Estimate {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: NaN }
  if (lower >= upper) return { value: 0 }
  const total = Number.isNaN(h.sum) ? bucketTotal(h) : h.count
  const [lowerRank, upperRank] = [lower, upper].map((value) => Math.min(rankOf(value, h) ?? total, total))
  const value = (upperRank - lowerRank) / h.count
  return total < h.count ? { value, note: 'nanExcluded' } : { value }
}

/** How many observations lie below the value; undefined beyond the last bucket. */
function rankOf(value: number, h: NativeHistogram): number | undefined {
  let rank = 0
  for (const each of bucketsUpward(h)) {
    const touchesZero = each.lower <= 0 && each.upper >= 0
    const bucket = touchesZero ? oneSided(h, each) : each
    if (bucket.lower >= value) return rank
    if (bucket.upper > value) return rankInside(value, bucket, rank, usesCustomBounds(h) || touchesZero)
    rank += bucket.count
  }
  return undefined
}

/** `below` observations lie below the bucket. */
function rankInside(value: number, { lower, upper, count }: Span, below: number, linear: boolean): number {
  if (linear) return lower === -Infinity ? count : below + (count * (value - lower)) / (upper - lower)
  return below + count * exponentialFraction(value, lower, upper)
}

/** The part of an exponential bucket, one that does not touch zero, that lies below the value. */
export function exponentialFraction(value: number, lower: number, upper: number): number {
  const [logLower, logUpper, logValue] = [lower, upper, value].map((bound) => log2(Math.abs(bound)))
  if (value > 0) return (logValue - logLower) / (logUpper - logLower)
  return 1 - (logValue - logUpper) / (logLower - logUpper)
}

export function histogramAverage({ sum, count }: NativeHistogram): number {
  return sum / count
}

/**
 * The population variance, as if all observations of a bucket lay in one point: its geometric mean, between custom bounds its arithmetic
 * mean, in the zero bucket 0.
 */
export function histogramVariance(h: NativeHistogram): number {
  const mean = histogramAverage(h)
  const [squares, lows] = [new Float64Array(1), new Float64Array(1)]
  for (const bucket of bucketsUpward(h)) {
    if (bucket.count === 0) continue
    const distance = pointOf(h, bucket) - mean
    addKeepingAccount(squares, lows, 0, bucket.count * distance * distance)
  }
  return (squares[0] + lows[0]) / h.count
}

export function histogramDeviation(h: NativeHistogram): number {
  return Math.sqrt(histogramVariance(h))
}

function pointOf(h: NativeHistogram, { lower, upper }: Span): number {
  if (usesCustomBounds(h)) return (upper + lower) / 2
  if (lower <= 0 && upper >= 0) return 0
  const mean = Math.sqrt(upper * lower)
  return upper < 0 ? -mean : mean
}
