/**
 * Sums and means of many histograms, as Prometheus' sum, avg, sum_over_time and avg_over_time keep them (promql/engine.go): plain data that
 * can cross to another thread, every number with what it lost in rounding, so that totals of parts can be merged.
 */
import type { HistogramTotal, NativeHistogram } from '../../model/histogram.js'
import { divideHistogram, multiplyHistogram } from './arithmetic.js'
import { addKeepingAccount } from './sides.js'
import { combined, narrowed, widened } from './wide.js'

/** The total of one histogram. */
export function startTotal(of: HistogramTotal['of'], h: NativeHistogram): HistogramTotal {
  return {
    of, size: 1, value: h, low: zeroed(h), isMean: false,
    resetSeen: h.hint === 'reset', notResetSeen: h.hint === 'notReset', boundsReconciled: false, incompatible: false,
  }
}

function zeroed(h: NativeHistogram): NativeHistogram {
  return { ...h, count: 0, sum: 0, zeroCount: 0, positive: new Float64Array(h.positive.length), negative: new Float64Array(h.negative.length) }
}

/** The order matters in the last places only, and for `mean` where sums overflow. */
export function addToTotal(total: HistogramTotal, h: NativeHistogram): HistogramTotal {
  return mergeTotals(total, startTotal(total.of, h))
}

/** Both must be of the same kind. */
export function mergeTotals(a: HistogramTotal, b: HistogramTotal): HistogramTotal {
  if (a.incompatible || b.incompatible) return noTotal(a, b)
  if (!a.isMean && !b.isMean) {
    const sum = pairSum(a, b)
    if (sum === undefined) return noTotal(a, b)
    if (a.of === 'sum' || !overflows(sum.value)) return { ...noTotal(a, b), ...sum, incompatible: false }
  }
  const size = a.size + b.size
  const mean = pairSum(shareOf(a, size), shareOf(b, size))
  return mean === undefined ? noTotal(a, b) : { ...noTotal(a, b), ...mean, isMean: true, incompatible: false }
}

/** The flags of both, and no result. */
function noTotal(a: HistogramTotal, b: HistogramTotal): HistogramTotal {
  return {
    ...a, size: a.size + b.size, resetSeen: a.resetSeen || b.resetSeen, notResetSeen: a.notResetSeen || b.notResetSeen,
    boundsReconciled: a.boundsReconciled || b.boundsReconciled, incompatible: true,
  }
}

type Pair = Pick<HistogramTotal, 'value' | 'low' | 'boundsReconciled'>

function pairSum(a: Pair, b: Pair): Pair | undefined {
  const result = combined(widened(a.value, a.low), widened(b.value, b.low), 1, addKeepingAccount)
  if (result === undefined) return undefined
  return { ...narrowed(result.wide), boundsReconciled: a.boundsReconciled || b.boundsReconciled || result.boundsReconciled }
}

function meanOf(total: HistogramTotal): Pair {
  const { value, low, boundsReconciled, size, isMean } = total
  return isMean ? total : { value: divideHistogram(value, size), low: divideHistogram(low, size), boundsReconciled }
}

/** What it contributes to the mean of `size` histograms. */
function shareOf(total: HistogramTotal, size: number): Pair {
  const { value, low, boundsReconciled } = meanOf(total)
  // One by one, it is divided as Prometheus divides it, which decides whether huge numbers cancel out.
  if (total.size === 1) return { value: divideHistogram(value, size), low: divideHistogram(low, size), boundsReconciled }
  const factor = total.size / size
  return { value: multiplyHistogram(value, factor), low: multiplyHistogram(low, factor), boundsReconciled }
}

function overflows({ count, sum, zeroCount, positive, negative }: NativeHistogram): boolean {
  const isInfinite = (value: number) => Math.abs(value) === Infinity
  return isInfinite(count) || isInfinite(sum) || isInfinite(zeroCount) || positive.some(isInfinite) || negative.some(isInfinite)
}

/** Whether histograms after a reset and such without one are in it: a warning is due. */
export function hasResetCollision({ resetSeen, notResetSeen }: HistogramTotal): boolean {
  return resetSeen && notResetSeen
}

/** The sum or the mean; undefined if the buckets were incompatible. May hold empty buckets: sum and avg compact it, the functions over time do not. */
export function totalValue(total: HistogramTotal): NativeHistogram | undefined {
  if (total.incompatible) return undefined
  if (total.of === 'sum' || total.isMean) return settled(total)
  // Divided once what was lost is back in the sum: how much of it stands where depends on the order of addition.
  return divideHistogram(settled(total), total.size)
}

function settled({ value, low }: Pair): NativeHistogram {
  const added = (a: Float64Array, b: Float64Array) => a.map((count, at) => count + b[at])
  return {
    ...value, count: value.count + low.count, sum: value.sum + low.sum, zeroCount: value.zeroCount + low.zeroCount,
    positive: added(value.positive, low.positive), negative: added(value.negative, low.negative),
  }
}
