/**
 * One side of a histogram, bucket by bucket. Spans are how histograms are stored and told; arithmetic is done on lists of bucket indices,
 * ascending in absolute value, with their counts. Each count is a pair: the sum, and what was lost when it was rounded (Neumaier).
 */
import type { BucketSpan } from '../../model/histogram.js'
import { coarserIndex } from './bounds.js'

export interface Side {
  /** Ascending, without repetition. */
  readonly indices: Int32Array
  readonly counts: Float64Array
  /** What `counts` lost in rounding; zeros if nobody kept account. */
  readonly lows: Float64Array
}

/** Adds `value` to `sums[at]`. */
export type Adder = (sums: Float64Array, lows: Float64Array, at: number, value: number) => void

/** As two doubles are added: what is lost is lost. */
export const addPlainly: Adder = (sums, _lows, at, value) => {
  sums[at] += value
}

/** Neumaier's summation: what is lost is kept in `lows`. An infinite sum has lost nothing. */
export const addKeepingAccount: Adder = (sums, lows, at, value) => {
  const sum = sums[at]
  const next = sum + value
  if (Math.abs(next) === Infinity) lows[at] = 0
  else if (Math.abs(sum) >= Math.abs(value)) lows[at] += sum - next + value
  else lows[at] += value - next + sum
  sums[at] = next
}

/** The spans must count as many buckets as there are. */
export function sideOf(spans: readonly BucketSpan[], counts: Float64Array, lows: Float64Array | undefined): Side {
  return { indices: indicesOf(spans, counts.length), counts, lows: lows ?? new Float64Array(counts.length) }
}

export function indicesOf(spans: readonly BucketSpan[], size: number): Int32Array {
  const indices = new Int32Array(size)
  let at = 0
  let index = 0
  for (const { offset, length } of spans) {
    index += offset
    for (let k = 0; k < length && at < size; k++) indices[at++] = index++
  }
  return indices
}

/** Neighbouring buckets share a span. */
export function spansOf(indices: Int32Array): readonly BucketSpan[] {
  const spans: { offset: number; length: number }[] = []
  let next = 0
  for (const index of indices) {
    const last = spans.at(-1)
    if (last !== undefined && index === next) last.length++
    else spans.push({ offset: index - next, length: 1 })
    next = index + 1
  }
  return spans
}

/** Only the buckets at the positions `kept`. */
export function picked({ indices, counts, lows }: Side, kept: readonly number[]): Side {
  return {
    indices: Int32Array.from(kept, (at) => indices[at]),
    counts: Float64Array.from(kept, (at) => counts[at]),
    lows: Float64Array.from(kept, (at) => lows[at]),
  }
}

/** Without the first `count` buckets. */
export function withoutFirst({ indices, counts, lows }: Side, count: number): Side {
  return { indices: indices.slice(count), counts: counts.slice(count), lows: lows.slice(count) }
}

/** Without empty buckets. */
export function populated(side: Side): Side {
  return picked(side, [...side.counts.keys()].filter((at) => side.counts[at] !== 0 || side.lows[at] !== 0))
}

/** The same observations in the buckets of a schema that is coarser by `levels`. */
export function coarsened({ indices, counts, lows }: Side, levels: number, add: Adder): Side {
  const targets = indices.map((index) => coarserIndex(index, levels))
  const distinct = targets.filter((target, at) => at === 0 || target !== targets[at - 1])
  const side: Side = { indices: distinct, counts: new Float64Array(distinct.length), lows: new Float64Array(distinct.length) }
  let to = -1
  for (let at = 0; at < targets.length; at++) {
    if (at > 0 && targets[at] === targets[at - 1]) addPair(side, to, counts[at], lows[at], add)
    else setPair(side, ++to, counts[at], lows[at])
  }
  return side
}

/** `a` and `sign` times `b`, bucket by bucket; a bucket that only one of them has stays as it is. */
export function merged(a: Side, b: Side, sign: 1 | -1, add: Adder): Side {
  const indices = union(a.indices, b.indices)
  const side: Side = { indices, counts: new Float64Array(indices.length), lows: new Float64Array(indices.length) }
  let [inA, inB] = [0, 0]
  for (let at = 0; at < indices.length; at++) {
    const isInA = a.indices[inA] === indices[at]
    if (isInA) setPair(side, at, a.counts[inA], a.lows[inA++])
    if (b.indices[inB] !== indices[at]) continue
    const [count, low] = [sign * b.counts[inB], sign * b.lows[inB++]]
    if (isInA) addPair(side, at, count, low, add)
    else setPair(side, at, count, low)
  }
  return side
}

/** Both lists ascend; what is in both is in the result once. */
function union(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length)
  let [inA, inB, size] = [0, 0, 0]
  while (inA < a.length || inB < b.length) {
    const next = inB >= b.length || a[inA] <= b[inB] ? a[inA] : b[inB]
    if (a[inA] === next) inA++
    if (b[inB] === next) inB++
    all[size++] = next
  }
  return all.slice(0, size)
}

/** Adds the observations to dense buckets between the bounds `to`, of which each is one of the side's own ascending `bounds`. */
export function addMapped(into: Side, side: Side, bounds: Float64Array, to: Float64Array, sign: 1 | -1, add: Adder): void {
  let target = 0
  for (let at = 0; at < side.counts.length; at++) {
    const bound = side.indices[at] < bounds.length ? bounds[side.indices[at]] : Infinity
    while (target < to.length && to[target] < bound) target++
    addPair(into, target, sign * side.counts[at], sign * side.lows[at], add)
  }
}

/** `size` empty buckets from index 0 on. */
export function denseSide(size: number): Side {
  return { indices: Int32Array.from({ length: size }, (_, index) => index), counts: new Float64Array(size), lows: new Float64Array(size) }
}

function setPair({ counts, lows }: Side, at: number, count: number, low: number): void {
  counts[at] = count
  lows[at] = low
}

function addPair({ counts, lows }: Side, at: number, count: number, low: number, add: Adder): void {
  add(counts, lows, at, count)
  if (low !== 0) add(counts, lows, at, low)
}
