/** Functions over the samples of one series in a window. */
import type { FunctionEntry, MixedFunction, RangeFunction, RangeKernel, SampleRun } from '../define.js'
import { goNumber } from '../annotations.js'
import { absent } from './other.js'
import { medianDeviation, overSorted, quantileOf } from './sorted-window.js'
import { SUM_FUNCTIONS } from './sums.js'
import { NeumaierSum, eachWindow, overAnySamples, overWindows } from './windows.js'

export const OVER_TIME_FUNCTIONS: readonly FunctionEntry[] = [
  ...SUM_FUNCTIONS,
  overAnySamples('count_over_time', 'The number of samples.', (_run, from, to) => to - from),
  chosen('last_over_time', 'The newest sample.', (_from, to) => to - 1),
  overWindows('max_over_time', 'The greatest sample; NaN only if all are.', extreme((a, b) => a < b)),
  overWindows('min_over_time', 'The least sample; NaN only if all are.', extreme((a, b) => a > b)),
  overAnySamples('present_over_time', 'The value 1 where there is any sample.', () => 1),
  overWindows(
    'stddev_over_time',
    'The population standard deviation.',
    eachWindow(1, (run, from, to) => Math.sqrt(variance(run, from, to))),
  ),
  overWindows('stdvar_over_time', 'The population variance.', eachWindow(1, variance)),
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
  chosen('first_over_time', 'The oldest sample.', (from) => from),
  {
    ...overWindows('quantile_over_time', 'The φ-quantile of the samples.', overSorted(quantileOf)),
    args: ['scalar', 'matrix'],
    noteOnFloats: (notes, [phi]) => {
      if (!(phi >= 0 && phi <= 1)) notes.warn(`quantile value should be between 0 and 1, got ${goNumber(phi)}`)
    },
  },
  experimental(overWindows('mad_over_time', 'The median absolute deviation.', overSorted(medianDeviation))),
  experimental(overAnySamples('ts_of_first_over_time', 'The time of the oldest sample.', ({ t }, from, _to, _args, { unitsPerSecond }) => t[from] / unitsPerSecond)),
  experimental(overAnySamples('ts_of_last_over_time', 'The time of the newest sample.', ({ t }, _from, to, _args, { unitsPerSecond }) => t[to - 1] / unitsPerSecond)),
  experimental(overWindows('ts_of_max_over_time', 'The time of the last greatest sample.', timeOf(lastBest((a, b) => a >= b)))),
  experimental(overWindows('ts_of_min_over_time', 'The time of the last least sample.', timeOf(lastBest((a, b) => a <= b)))),
]

/** An entry for a function that gives one of its samples as it is, float or histogram, with its name. */
function chosen(name: string, doc: string, choose: (from: number, to: number) => number): RangeFunction {
  const kernel = eachWindow(1, ({ v }, from, to) => v[choose(from, to)])
  const mixed: MixedFunction = ({ run, from, to }) => run.histograms?.get(choose(from, to)) ?? run.v[choose(from, to)]
  return { ...overWindows(name, doc, kernel, mixed), dropsName: false }
}

function experimental(entry: RangeFunction): RangeFunction {
  return { ...entry, experimental: true }
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
