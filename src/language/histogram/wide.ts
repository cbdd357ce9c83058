/**
 * Histograms while they are added: lists of buckets, and every number with what it lost in rounding.
 * The rules of Prometheus' FloatHistogram.Add, Sub and KahanAdd (model/histogram/float_histogram.go) have their home here.
 */
import { usesCustomBounds, type NativeHistogram, type ResetHint } from '../../model/histogram.js'
import { bucketBound, commonBounds, sameBounds } from './bounds.js'
import { addMapped, coarsened, denseSide, merged, populated, sideOf, spansOf, withoutFirst, type Adder, type Side } from './sides.js'

/** Where the numbers stand in `totals`. */
const [COUNT, SUM, ZERO] = [0, 1, 2] as const

export interface WideHistogram {
  readonly hint: ResetHint
  readonly schema: number
  readonly zeroThreshold: number
  /** Count, sum, count of the zero bucket; and what they lost. */
  readonly totals: Float64Array
  readonly totalLows: Float64Array
  readonly positive: Side
  readonly negative: Side
  readonly customBounds: Float64Array
}

/** `low` holds what `value` lost, in buckets of the same layout. */
export function widened(value: NativeHistogram, low?: NativeHistogram): WideHistogram {
  const { hint, schema, zeroThreshold, customBounds } = value
  return {
    hint, schema, zeroThreshold, customBounds,
    totals: Float64Array.of(value.count, value.sum, value.zeroCount),
    totalLows: low === undefined ? new Float64Array(3) : Float64Array.of(low.count, low.sum, low.zeroCount),
    positive: sideOf(value.positiveSpans, value.positive, low?.positive),
    negative: sideOf(value.negativeSpans, value.negative, low?.negative),
  }
}

/** The histogram, and in the same layout what its numbers lost. */
export function narrowed({ hint, schema, zeroThreshold, customBounds, ...wide }: WideHistogram): { value: NativeHistogram; low: NativeHistogram } {
  const shape = { hint, schema, zeroThreshold, customBounds, positiveSpans: spansOf(wide.positive.indices), negativeSpans: spansOf(wide.negative.indices) }
  const numbers = (totals: Float64Array) => ({ count: totals[COUNT], sum: totals[SUM], zeroCount: totals[ZERO] })
  return {
    value: { ...shape, ...numbers(wide.totals), positive: wide.positive.counts, negative: wide.negative.counts },
    low: { ...shape, ...numbers(wide.totalLows), positive: wide.positive.lows, negative: wide.negative.lows },
  }
}

export interface WideCombination {
  readonly wide: WideHistogram
  readonly counterResetCollision: boolean
  readonly boundsReconciled: boolean
}

/**
 * `a` and `sign` times `b` in buckets that suit both: the coarser schema, a zero bucket that cuts no populated bucket of either,
 * the custom bounds that both have. Undefined for exponential and custom buckets, which nothing suits.
 */
export function combined(a: WideHistogram, b: WideHistogram, sign: 1 | -1, add: Adder): WideCombination | undefined {
  const custom = usesCustomBounds(a)
  if (custom !== usesCustomBounds(b)) return undefined
  const { hint, counterResetCollision } = combinedHint(a.hint, b.hint)
  const boundsReconciled = custom && !sameBounds(a.customBounds, b.customBounds)
  const [left, right] = custom ? [a, b] : alike(a, b, add)
  const sides = boundsReconciled ? reconciled(left, right, sign, add) : {
    positive: merged(left.positive, right.positive, sign, add),
    negative: merged(left.negative, right.negative, sign, add),
    customBounds: left.customBounds,
  }
  return { wide: { ...left, hint, ...addedTotals(left, right, sign, add), ...sides }, counterResetCollision, boundsReconciled }
}

function addedTotals(a: WideHistogram, b: WideHistogram, sign: 1 | -1, add: Adder): Pick<WideHistogram, 'totals' | 'totalLows'> {
  const totals = a.totals.slice()
  const totalLows = a.totalLows.slice()
  for (const at of [COUNT, SUM, ZERO]) {
    add(totals, totalLows, at, sign * b.totals[at])
    if (b.totalLows[at] !== 0) add(totals, totalLows, at, sign * b.totalLows[at])
  }
  return { totals, totalLows }
}

/** A gauge makes a gauge of both; what is not known of one is not known of both. `reset` and `notReset` contradict each other. */
export function combinedHint(a: ResetHint, b: ResetHint): { readonly hint: ResetHint; readonly counterResetCollision: boolean } {
  if (a === b) return { hint: a, counterResetCollision: false }
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', counterResetCollision: false }
  return { hint: 'unknown', counterResetCollision: a !== 'unknown' && b !== 'unknown' }
}

/** Both with the same zero threshold and schema. What the zero bucket takes up is taken from the finer buckets, so that nothing counts twice. */
function alike(a: WideHistogram, b: WideHistogram, add: Adder): readonly [WideHistogram, WideHistogram] {
  let [left, right] = [a, b]
  while (left.zeroThreshold < right.zeroThreshold || right.zeroThreshold < left.zeroThreshold) {
    if (left.zeroThreshold > right.zeroThreshold) right = withZeroThreshold(right, left.zeroThreshold, add)
    else left = withZeroThreshold(left, right.zeroThreshold, add)
  }
  const schema = Math.min(a.schema, b.schema)
  return [withSchema(left, schema, add), withSchema(right, schema, add)]
}

/** In buckets of a schema that is not finer. Not for custom bounds. */
export function withSchema(wide: WideHistogram, schema: number, add: Adder): WideHistogram {
  const levels = wide.schema - schema
  if (levels === 0) return wide
  return { ...wide, schema, positive: coarsened(wide.positive, levels, add), negative: coarsened(wide.negative, levels, add) }
}

/**
 * With a zero bucket up to `threshold`, which is not less than its own; farther if that would cut a populated bucket: up to its end.
 * The buckets inside are gone, their observations counted as zero.
 */
export function withZeroThreshold(wide: WideHistogram, threshold: number, add: Adder): WideHistogram {
  if (threshold === wide.zeroThreshold) return wide
  const zeroThreshold = uncutThreshold(wide, threshold)
  const totals = wide.totals.slice()
  const totalLows = wide.totalLows.slice()
  const outside = (side: Side) => {
    const inside = sizeInside(side, wide.schema, zeroThreshold)
    for (let at = 0; at < inside; at++) {
      add(totals, totalLows, ZERO, side.counts[at])
      if (side.lows[at] !== 0) add(totals, totalLows, ZERO, side.lows[at])
    }
    return withoutFirst(side, inside)
  }
  return { ...wide, zeroThreshold, positive: outside(wide.positive), negative: outside(wide.negative), totals, totalLows }
}

function uncutThreshold(wide: WideHistogram, threshold: number): number {
  const ends = [wide.positive, wide.negative].map((side) => {
    const last = sizeInside(side, wide.schema, threshold) - 1
    const end = last < 0 || side.counts[last] === 0 ? threshold : exponentialEnd(side, last, wide.schema)
    return Math.max(end, threshold)
  })
  const uncut = Math.max(...ends)
  return uncut === threshold ? threshold : uncutThreshold(wide, uncut)
}

function exponentialEnd({ indices }: Side, at: number, schema: number): number {
  return bucketBound(indices[at], schema, NO_BOUNDS)
}

/** How many buckets begin below the threshold. */
function sizeInside({ indices }: Side, schema: number, threshold: number): number {
  const size = indices.findIndex((index) => bucketBound(index - 1, schema, NO_BOUNDS) >= threshold)
  return size === -1 ? indices.length : size
}

const NO_BOUNDS = new Float64Array(0)

function reconciled(a: WideHistogram, b: WideHistogram, sign: 1 | -1, add: Adder): Pick<WideHistogram, 'positive' | 'negative' | 'customBounds'> {
  const customBounds = commonBounds(a.customBounds, b.customBounds)
  const dense = denseSide(customBounds.length + 1)
  addMapped(dense, a.positive, a.customBounds, customBounds, 1, add)
  addMapped(dense, b.positive, b.customBounds, customBounds, sign, add)
  return { positive: populated(dense), negative: a.negative, customBounds }
}
