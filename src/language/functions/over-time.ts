/** Functions over the samples of one series in a window. */
import type { FunctionEntry, RangeFunction, RangeKernel, SampleRun } from '../define.js'
import { absent } from './other.js'
import { quantile } from './quantile.js'
import { NeumaierSum, eachWindow, overWindows } from './windows.js'

export const OVER_TIME_FUNCTIONS: readonly FunctionEntry[] = [
  overWindows('avg_over_time', 'The mean of the samples.', exactly(slidingSum((sum, n) => sum / n), eachWindow(1, mean))),
  overWindows('count_over_time', 'The number of samples.', eachWindow(1, (_run, from, to) => to - from)),
  keepingName(overWindows('last_over_time', 'The newest sample.', eachWindow(1, ({ v }, _from, to) => v[to - 1]))),
  overWindows('max_over_time', 'The greatest sample; NaN only if all are.', extreme((a, b) => a < b)),
  overWindows('min_over_time', 'The least sample; NaN only if all are.', extreme((a, b) => a > b)),
  overWindows('present_over_time', 'The value 1 where there is any sample.', eachWindow(1, () => 1)),
  overWindows(
    'stddev_over_time',
    'The population standard deviation.',
    eachWindow(1, (run, from, to) => Math.sqrt(variance(run, from, to))),
  ),
  overWindows('stdvar_over_time', 'The population variance.', eachWindow(1, variance)),
  overWindows('sum_over_time', 'The sum of the samples.', exactly(slidingSum((sum) => sum), eachWindow(1, total))),
  {
    kind: 'root',
    name: 'absent_over_time',
    doc: 'The value 1 where no series has a sample in the window.',
    args: ['matrix'],
    variadic: 0,
    returns: 'vector',
    experimental: false,
    matrixAs: 'present_over_time',
    accumulator: 'group',
    evaluate: absent,
  },
  keepingName(overWindows('first_over_time', 'The oldest sample.', eachWindow(1, ({ v }, from) => v[from]))),
  {
    ...overWindows(
      'quantile_over_time',
      'The φ-quantile of the samples.',
      eachWindow(1, ({ v }, from, to, [phi]) => quantile(phi, v.slice(from, to))),
    ),
    args: ['scalar', 'matrix'],
  },
  experimental(overWindows('mad_over_time', 'The median absolute deviation.', eachWindow(1, medianDeviation))),
  experimental(overWindows('ts_of_first_over_time', 'The time of the oldest sample.', timeOf((_run, from) => from))),
  experimental(overWindows('ts_of_last_over_time', 'The time of the newest sample.', timeOf((_run, _from, to) => to - 1))),
  experimental(overWindows('ts_of_max_over_time', 'The time of the last greatest sample.', timeOf(lastBest((a, b) => a >= b)))),
  experimental(overWindows('ts_of_min_over_time', 'The time of the last least sample.', timeOf(lastBest((a, b) => a <= b)))),
]

function keepingName(entry: RangeFunction): RangeFunction {
  return { ...entry, dropsName: false }
}

function experimental(entry: RangeFunction): RangeFunction {
  return { ...entry, experimental: true }
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

/** Welford's method with compensated mean and squares. */
function variance({ v }: SampleRun, from: number, to: number): number {
  const mean = new NeumaierSum()
  const squares = new NeumaierSum()
  for (let i = from; i < to; i++) {
    const delta = v[i] - mean.value
    mean.add(delta / (i - from + 1))
    squares.add(delta * (v[i] - mean.value))
  }
  return squares.value / (to - from)
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
function exactly(sliding: RangeKernel, afresh: RangeKernel): RangeKernel {
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

function slidingSum(finish: (sum: number, n: number) => number): RangeKernel {
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

/**
 * The first sample of the window that no other beats. A queue holds those that can still become the best,
 * each strictly worse or later than the one before it; `worse(a, b)`: a cannot win while b is there.
 */
function extreme(worse: (a: number, b: number) => boolean): RangeKernel {
  return ({ t, v, start, end }, windows, _args, out, present, at) => {
    const queue = new Int32Array(end - start)
    let head = 0
    let tail = 0
    let from = start
    let to = start
    for (let k = 0; k < windows.count; k++) {
      const windowEnd = windows.firstEnd + k * windows.step
      for (; to < end && t[to] <= windowEnd; to++) {
        if (Number.isNaN(v[to])) continue
        while (tail > head && worse(v[queue[tail - 1]], v[to])) tail--
        queue[tail++] = to
      }
      while (from < to && t[from] <= windowEnd - windows.range) from++
      while (head < tail && queue[head] < from) head++
      if (from === to) continue
      out[at + k] = head < tail ? v[queue[head]] : NaN
      present[at + k] = 1
    }
  }
}

function medianDeviation({ v }: SampleRun, from: number, to: number): number {
  const values = v.slice(from, to)
  if (values.some(Number.isNaN)) return NaN
  const median = quantile(0.5, values)
  return quantile(0.5, values.map((value) => Math.abs(value - median)))
}

/** The time in seconds of the sample that `choose` names. */
function timeOf(choose: (run: SampleRun, from: number, to: number) => number): RangeKernel {
  return eachWindow(1, (run, from, to, _args, { unitsPerSecond }) => run.t[choose(run, from, to)] / unitsPerSecond)
}

function lastBest(replaces: (value: number, best: number) => boolean): (run: SampleRun, from: number, to: number) => number {
  return ({ v }, from, to) => {
    let best = from
    for (let i = from + 1; i < to; i++) if (replaces(v[i], v[best]) || Number.isNaN(v[best])) best = i
    return best
  }
}
