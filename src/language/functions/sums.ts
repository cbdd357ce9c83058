/** Sums and means over windows: of floats with what rounding loses, of histograms as totals. */
import { addToTotal, hasResetCollision, startTotal, totalValue } from '../histogram/histogram.js'
import type { HistogramTotal, NativeHistogram } from '../../model/histogram.js'
import type { MixedFunction, MixedWindow, RangeFunction, RangeKernel, SampleRun } from '../define.js'
import { noteBoundsReconciled, noteMixedBuckets, noteMixedKinds, noteResetCollision } from './range-notes.js'
import { NeumaierSum, eachWindow, histogramOf, kindsIn, overFloats, overWindows } from './windows.js'

export const SUM_FUNCTIONS: readonly RangeFunction[] = [
  totals('avg_over_time', 'The mean of the samples.', 'mean', exactly(slidingSum((sum, n) => sum / n), eachWindow(1, mean))),
  totals('sum_over_time', 'The sum of the samples.', 'sum', exactly(slidingSum((sum) => sum), eachWindow(1, total))),
]

function totals(name: string, doc: string, of: HistogramTotal['of'], kernel: RangeKernel): RangeFunction {
  const mixed: MixedFunction = (window) => {
    switch (kindsIn(window.run, window.from, window.to)) {
      case 'both':
        return noteMixedKinds(window.notes)
      case 'floats':
        return overFloats(kernel, window)
      case 'histograms':
        return histogramTotal(of, window)
    }
  }
  return overWindows(name, doc, kernel, mixed)
}

function histogramTotal(of: HistogramTotal['of'], { run, from, to, notes }: MixedWindow): NativeHistogram | undefined {
  let sum = startTotal(of, histogramOf(run, from))
  for (let i = from + 1; i < to && !sum.incompatible; i++) sum = addToTotal(sum, histogramOf(run, i))
  const value = totalValue(sum)
  if (value === undefined) return noteMixedBuckets(notes)
  if (hasResetCollision(sum)) noteResetCollision(notes)
  if (sum.boundsReconciled) noteBoundsReconciled(notes, 'aggregation')
  return value
}

/** Sum and count as long as the sum does not overflow; from there on a running mean, as upstream. */
function mean({ v }: SampleRun, from: number, to: number): number {
  const { sum, lost } = addUp(v, from, to)
  const n = to - from
  return Number.isFinite(sum) ? sum / n + lost / n : overflowingMean(v, from, to)
}

function overflowingMean(v: Float64Array, from: number, to: number): number {
  const sum = new NeumaierSum(v[from])
  for (let i = from + 1; i < to; i++) {
    const longer = sum.rounded + v[i]
    if (longer === Infinity || longer === -Infinity) return runningMean(v, from, i, to, sum)
    sum.add(v[i])
  }
  const n = to - from
  return sum.rounded / n + sum.lost / n
}

/** Goes on at sample `next` from the sum of those before it. */
function runningMean(v: Float64Array, from: number, next: number, to: number, sum: NeumaierSum): number {
  let mean = sum.rounded / (next - from)
  let lost = sum.lost / (next - from)
  for (let i = next; i < to; i++) {
    const n = i - from + 1
    const shrink = (n - 1) / n
    const scaled = new NeumaierSum(shrink * mean, shrink * lost)
    scaled.add(v[i] / n)
    mean = scaled.rounded
    lost = scaled.lost
  }
  return mean + lost
}

function total({ v }: SampleRun, from: number, to: number): number {
  const { sum, lost } = addUp(v, from, to)
  return Number.isFinite(sum) ? sum + lost : sum
}

/**
 * The sum and what rounding lost of it. Knuth's two-sum finds the same error as Neumaier's comparison, without a branch;
 * it does not where the sum is not finite, which it then stays.
 */
function addUp(v: Float64Array, from: number, to: number): { readonly sum: number; readonly lost: number } {
  let sum = 0
  let lost = 0
  for (let i = from; i < to; i++) {
    const value = v[i]
    const total = sum + value
    const part = total - sum
    lost += sum - (total - part) + (value - part)
    sum = total
  }
  return { sum, lost }
}

/**
 * Slides where that is exact: over whole numbers whose magnitudes add up to 2^53 at most, every sum in any order is exact.
 * Elsewhere each window is added up afresh.
 */
export function exactly(sliding: RangeKernel, afresh: RangeKernel): RangeKernel {
  return (run, windows, args, out, present, at) => {
    const kernel = addsUpExactly(run) ? sliding : afresh
    kernel(run, windows, args, out, present, at)
  }
}

function addsUpExactly({ v, start, end }: SampleRun): boolean {
  let magnitude = 0
  for (let i = start; i < end; i++) {
    if (!Number.isInteger(v[i])) return false
    magnitude += Math.abs(v[i])
  }
  return magnitude <= 2 ** 53
}

/** One pass over the run; `finish` makes the value of a window from its sum and how many it has. */
export function slidingSum(finish: (sum: number, n: number) => number): RangeKernel {
  return ({ t, v, start, end }, windows, _args, out, present, at) => {
    let from = start
    let to = start
    let sum = 0
    for (let k = 0; k < windows.count; k++) {
      const windowEnd = windows.firstEnd + k * windows.step
      while (to < end && t[to] <= windowEnd) sum += v[to++]
      while (from < to && t[from] <= windowEnd - windows.range) sum -= v[from++]
      if (from === to) continue
      out[at + k] = finish(sum, to - from)
      present[at + k] = 1
    }
  }
}
