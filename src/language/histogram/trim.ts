/** PromQL's `</` and `>/`: what lies beyond a value is cut off (Prometheus' FloatHistogram.TrimBuckets). */
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import { compactHistogram } from './arithmetic.js'
import { negativeBuckets, positiveBuckets, zeroBucket, type Bucket } from './buckets.js'
import { exponentialFraction } from './estimates.js'

/** `h </ limit`: the observations up to `limit`. See `trimBelow` for the rest. */
export function trimAbove(h: NativeHistogram, limit: number): NativeHistogram {
  return trimmed(h, limit, 'upTo')
}

/**
 * `h >/ limit`: the observations from `limit` on. A bucket that the limit cuts keeps its part by interpolation. If anything was cut off,
 * count and sum are those of the buckets that are left, each observation in the middle of its bucket: the geometric one, in the zero bucket
 * and between custom bounds the arithmetic one. Otherwise the histogram stays as it is.
 */
export function trimBelow(h: NativeHistogram, limit: number): NativeHistogram {
  return trimmed(h, limit, 'from')
}

type Kept = 'upTo' | 'from'
type Sign = 1 | -1

/** How much of a bucket is left, and the value that stands for each of these observations. */
interface Rest {
  readonly count: number
  readonly middle: number
}

const NOTHING: Rest = { count: 0, middle: 0 }

function trimmed(h: NativeHistogram, limit: number, kept: Kept): NativeHistogram {
  const rest = (bucket: Bucket, sign: Sign) => (bucket.count === 0 ? NOTHING : restOf(h, bucket, limit, kept, sign))
  const positive = Array.from(positiveBuckets(h), (bucket) => rest(bucket, 1))
  const negative = Array.from(negativeBuckets(h), (bucket) => rest(bucket, -1))
  const zero = h.zeroCount > 0 ? restOfZero(oneSidedZero(h), limit, kept) : undefined
  const isWhole = (rests: readonly Rest[], counts: Float64Array) => rests.every(({ count }, at) => count === counts[at])
  if (isWhole(positive, h.positive) && isWhole(negative, h.negative) && (zero === undefined || zero.count === h.zeroCount)) return h
  const left = [...positive, ...negative, zero ?? NOTHING]
  return compactHistogram({
    ...h, zeroCount: zero?.count ?? h.zeroCount,
    count: left.reduce((total, { count }) => total + count, 0),
    sum: left.reduce((total, { count, middle }) => total + middle * count, 0),
    positive: Float64Array.from(positive, ({ count }) => count),
    negative: Float64Array.from(negative, ({ count }) => count),
  })
}

function restOf(h: NativeHistogram, bucket: Bucket, limit: number, kept: Kept, sign: Sign): Rest {
  const { lower, upper, count } = bucket
  const linear = usesCustomBounds(h)
  const isWhole = kept === 'upTo' ? upper <= limit : lower >= limit
  if (isWhole) return { count, middle: middleOf(lower, upper, sign, linear) }
  const isCut = kept === 'upTo' ? lower < limit : upper > limit
  if (!isCut) return NOTHING
  if (lower === -Infinity) return kept === 'upTo' ? restUpToOfFirst(bucket, limit) : restFromOfFirst(bucket, limit)
  // Where its observations lie above the limit nobody knows: all are taken to lie there.
  if (upper === Infinity) return kept === 'from' ? { count, middle: limit } : NOTHING
  const below = count * (linear ? (limit - lower) / (upper - lower) : exponentialFraction(limit, lower, upper))
  if (kept === 'upTo') return { count: below, middle: middleOf(lower, limit, sign, linear) }
  return { count: count - below, middle: middleOf(limit, upper, sign, linear) }
}

/** Of the bucket from -Inf on, cut by the limit. One that ends above zero is taken to begin there, of others nothing can be told. */
function restUpToOfFirst({ upper, count }: Bucket, limit: number): Rest {
  if (upper <= 0) return { count, middle: limit }
  return limit > 0 && upper !== Infinity ? { count: (count * limit) / upper, middle: limit / 2 } : NOTHING
}

function restFromOfFirst({ upper, count }: Bucket, limit: number): Rest {
  return limit >= 0 && upper !== Infinity ? { count: count * (1 - limit / upper), middle: (limit + upper) / 2 } : NOTHING
}

function oneSidedZero(h: NativeHistogram): Bucket {
  const bucket = zeroBucket(h)
  const [hasPositive, hasNegative] = [h.positive, h.negative].map((counts) => counts.some((count) => count !== 0))
  if (hasNegative && !hasPositive) return { ...bucket, upper: 0 }
  return hasPositive && !hasNegative ? { ...bucket, lower: 0 } : bucket
}

function restOfZero({ lower, upper, count }: Bucket, limit: number, kept: Kept): Rest {
  const [from, to] = kept === 'upTo' ? [lower, Math.min(limit, upper)] : [Math.max(limit, lower), upper]
  if (kept === 'upTo' ? limit <= lower : limit > lower && limit >= upper) return NOTHING
  const isWhole = from === lower && to === upper
  return { count: isWhole ? count : (count * (to - from)) / (upper - lower), middle: (from + to) / 2 }
}

function middleOf(lower: number, upper: number, sign: Sign, linear: boolean): number {
  if (lower === -Infinity) return upper === Infinity ? 0 : upper > 0 ? upper / 2 : upper
  if (upper === Infinity) return lower
  return linear ? (lower + upper) / 2 : sign * Math.sqrt(Math.abs(lower * upper))
}
