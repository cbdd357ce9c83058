/** What PromQL's operators do with native histograms. Results are new, arguments never changed. */
import type { NativeHistogram, ResetHint } from '../../model/histogram.js'
import { addPlainly, indicesOf, spansOf } from './sides.js'
import { combined, narrowed, widened, withSchema, withZeroThreshold } from './wide.js'
import { sameBounds } from './bounds.js'

export type Combination =
  | {
      readonly kind: 'combined'
      /** May hold empty buckets; operators and aggregations compact it. */
      readonly histogram: NativeHistogram
      /** One was hinted to come after a reset, the other not: a warning is due. */
      readonly counterResetCollision: boolean
      /** Custom bounds differed; only those that both had are left: an info is due. */
      readonly boundsReconciled: boolean
    }
  /** Exponential and custom buckets have nothing in common: a warning is due, and there is no result. */
  | { readonly kind: 'incompatible' }

export function addHistograms(a: NativeHistogram, b: NativeHistogram): Combination {
  return combination(a, b, 1)
}

/** The hint is that of an addition. PromQL's `-` and all rates make a gauge of the result: `withHint`. */
export function subtractHistograms(a: NativeHistogram, b: NativeHistogram): Combination {
  return combination(a, b, -1)
}

function combination(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Combination {
  const result = combined(widened(a), widened(b), sign, addPlainly)
  if (result === undefined) return { kind: 'incompatible' }
  const { wide, counterResetCollision, boundsReconciled } = result
  return { kind: 'combined', histogram: narrowed(wide).value, counterResetCollision, boundsReconciled }
}

export function withHint(h: NativeHistogram, hint: ResetHint): NativeHistogram {
  return { ...h, hint }
}

/** Each count, and the sum, times a number; times a negative one, it is a gauge. */
export function multiplyHistogram(h: NativeHistogram, factor: number): NativeHistogram {
  return mapped(h, (value) => value * factor, factor < 0 ? 'gauge' : h.hint)
}

/** Divided by zero, the totals are infinite or NaN and no buckets are left. */
export function divideHistogram(h: NativeHistogram, divisor: number): NativeHistogram {
  const divided = mapped(h, (value) => value / divisor, divisor < 0 ? 'gauge' : h.hint)
  if (divisor !== 0) return divided
  return { ...divided, positiveSpans: [], positive: new Float64Array(0), negativeSpans: [], negative: new Float64Array(0) }
}

export function negateHistogram(h: NativeHistogram): NativeHistogram {
  return multiplyHistogram(h, -1)
}

function mapped(h: NativeHistogram, change: (value: number) => number, hint: ResetHint): NativeHistogram {
  return {
    ...h, hint, count: change(h.count), sum: change(h.sum), zeroCount: change(h.zeroCount),
    positive: h.positive.map(change), negative: h.negative.map(change),
  }
}

/** The same observations in buckets of a schema that is not finer; the schema may be finer than 8 before. Not for custom bounds. */
export function reduceResolution(h: NativeHistogram, schema: number): NativeHistogram {
  return narrowed(withSchema(widened(h), schema, addPlainly)).value
}

/**
 * The same observations with a zero bucket up to `threshold`, which must not be less than its own; farther, up to the end of a
 * populated bucket, if that bucket would be cut. Not for custom bounds.
 */
export function widenZeroBucket(h: NativeHistogram, threshold: number): NativeHistogram {
  return narrowed(withZeroThreshold(widened(h), threshold, addPlainly)).value
}

/**
 * Without empty buckets, and with as few spans as that allows. `maxEmpty` or fewer empty buckets in a row between populated ones are
 * written out instead of beginning a span; Infinity: at most one span a side.
 */
export function compactHistogram(h: NativeHistogram, maxEmpty = 0): NativeHistogram {
  const positive = compactSide(h.positiveSpans, h.positive, maxEmpty)
  const negative = compactSide(h.negativeSpans, h.negative, maxEmpty)
  return { ...h, positiveSpans: positive.spans, positive: positive.counts, negativeSpans: negative.spans, negative: negative.counts }
}

function compactSide(spans: NativeHistogram['positiveSpans'], counts: Float64Array, maxEmpty: number) {
  const indices = indicesOf(spans, counts.length)
  const keptIndices: number[] = []
  const keptCounts: number[] = []
  indices.forEach((index, at) => {
    if (counts[at] === 0) return
    const next = (keptIndices.at(-1) ?? index - 1) + 1
    for (let empty = next; index - next <= maxEmpty && empty < index; empty++) {
      keptIndices.push(empty)
      keptCounts.push(0)
    }
    keptIndices.push(index)
    keptCounts.push(counts[at])
  })
  return { spans: spansOf(Int32Array.from(keptIndices)), counts: Float64Array.from(keptCounts) }
}

/**
 * Whether both say the same: all numbers to the bit (NaN equals NaN, 0 is not -0), empty buckets and the hint aside.
 * This is PromQL's `==` between histograms, and what `changes` goes by.
 */
export function histogramsEqual(a: NativeHistogram, b: NativeHistogram): boolean {
  if (a.schema !== b.schema || a.zeroThreshold !== b.zeroThreshold || !sameBounds(a.customBounds, b.customBounds)) return false
  if (!Object.is(a.count, b.count) || !Object.is(a.sum, b.sum) || !Object.is(a.zeroCount, b.zeroCount)) return false
  const [left, right] = [compactHistogram(a), compactHistogram(b)]
  return sameSide(left.positiveSpans, left.positive, right.positiveSpans, right.positive)
    && sameSide(left.negativeSpans, left.negative, right.negativeSpans, right.negative)
}

type Spans = NativeHistogram['positiveSpans']

/** Of compact sides: their spans are the only ones possible. */
function sameSide(spansA: Spans, a: Float64Array, spansB: Spans, b: Float64Array): boolean {
  const sameSpans = spansA.length === spansB.length && spansA.every(({ offset, length }, i) => offset === spansB[i].offset && length === spansB[i].length)
  return sameSpans && a.every((count, i) => Object.is(count, b[i]))
}
