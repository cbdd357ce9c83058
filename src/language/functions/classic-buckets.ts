/** Classic histograms: series with an `le` label, each counting the observations up to that bound (Prometheus' promql/quantile.go). */

/** The buckets of one histogram at one step: the first `size` of bounds, ascending, and of cumulative counts. */
export interface ClassicBuckets {
  readonly bounds: Float64Array
  readonly counts: Float64Array
  size: number
}

/** How far counts had to be lifted to ascend, and between which bounds. */
export interface Lift {
  readonly leastBound: number
  readonly greatestBound: number
  readonly greatestDifference: number
}

export interface BucketQuantile {
  readonly value: number
  readonly lift?: Lift
}

/** Counts of neighbouring buckets that differ by less than this part of their sum are taken for equal. */
const TOLERANCE = 1e-12

/** A number as Go reads it, and not beyond the range of a double; undefined for any other text. */
export function parseBound(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return NaN
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** Adds a bucket whose bound is not below those before it. Equal bounds that were written differently are one bucket. */
export function addBucket(buckets: ClassicBuckets, bound: number, count: number): void {
  const { bounds, counts, size } = buckets
  if (size > 0 && bounds[size - 1] === bound) {
    counts[size - 1] += count
    return
  }
  bounds[size] = bound
  counts[size] = count
  buckets.size++
}

/**
 * The φ-quantile; forces the counts to ascend in place. NaN without a last bucket of +Inf, with fewer than two buckets, or without
 * observations. The quantile is interpolated between the bounds of its bucket, of which the first begins at 0 if it ends above it; in the
 * +Inf bucket it is the bound below.
 */
export function bucketQuantile(phi: number, buckets: ClassicBuckets): BucketQuantile {
  if (Number.isNaN(phi)) return { value: NaN }
  if (phi < 0) return { value: -Infinity }
  if (phi > 1) return { value: Infinity }
  if (!isClosed(buckets)) return { value: NaN }
  const lift = forceAscending(buckets)
  const value = quantileOfAscending(phi, buckets)
  return lift === undefined ? { value } : { value, lift }
}

function isClosed({ bounds, size }: ClassicBuckets): boolean {
  return bounds[size - 1] === Infinity
}

function quantileOfAscending(phi: number, { bounds, counts, size }: ClassicBuckets): number {
  const observations = counts[size - 1]
  if (size < 2 || observations === 0) return NaN
  const rank = phi * observations
  const bucket = firstAtLeast(counts, size - 1, rank)
  if (bucket === size - 1) return bounds[size - 2]
  if (bucket === 0) return bounds[0] <= 0 ? bounds[0] : bounds[0] * (rank / counts[0])
  const below = counts[bucket - 1]
  const start = bounds[bucket - 1]
  return start + (bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below))
}

/** A count below, or hardly different from, the one before it becomes that one. What fell by more is told. */
function forceAscending({ bounds, counts, size }: ClassicBuckets): Lift | undefined {
  let lift: Lift | undefined
  for (let b = 1; b < size; b++) {
    const before = counts[b - 1]
    const isNear = nearlyEqual(before, counts[b])
    if (!isNear && counts[b] < before) lift = lifted(lift, bounds[b], before - counts[b])
    if (isNear || counts[b] < before) counts[b] = before
  }
  return lift
}

function lifted(lift: Lift | undefined, bound: number, difference: number): Lift {
  return {
    leastBound: Math.min(lift?.leastBound ?? bound, bound),
    greatestBound: Math.max(lift?.greatestBound ?? bound, bound),
    greatestDifference: Math.max(lift?.greatestDifference ?? difference, difference),
  }
}

const LEAST_NORMAL = 2 ** -1022

function nearlyEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const magnitude = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || magnitude < LEAST_NORMAL) return difference < TOLERANCE * LEAST_NORMAL
  return difference / Math.min(magnitude, Number.MAX_VALUE) < TOLERANCE
}

/** Binary search for the first of `size` counts that is at least `rank`; `size` if none is. */
function firstAtLeast(counts: Float64Array, size: number, rank: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if (counts[middle] >= rank) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * The part of the observations between two values: NaN without a last bucket of +Inf, without observations or if a value is NaN; 0 if
 * `lower` is not below `upper`. Interpolated inside buckets, of which the first begins at 0 if it ends above it; of those without end nothing
 * can be told, and they are left out.
 */
export function bucketFraction(lower: number, upper: number, buckets: ClassicBuckets): number {
  if (!isClosed(buckets)) return NaN
  const observations = buckets.counts[buckets.size - 1]
  if (observations === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN
  if (lower >= upper) return 0
  const [from, to] = [lower, upper].map((value) => Math.min(rankOf(value, buckets) ?? observations, observations))
  return (to - from) / observations
}

/** How many observations lie below the value; undefined beyond all buckets. */
function rankOf(value: number, { bounds, counts, size }: ClassicBuckets): number | undefined {
  let below = 0
  for (let b = 0; b < size; b++) {
    const start = b === 0 ? (bounds[0] > 0 ? 0 : -Infinity) : bounds[b - 1]
    if (start >= value) return below
    if (bounds[b] > value) return start === -Infinity ? counts[b] : below + ((counts[b] - below) * (value - start)) / (bounds[b] - start)
    below = counts[b]
  }
  return undefined
}
