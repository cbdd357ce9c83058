/** Change over a window: of counters, and of gauges. */
import { badQuery } from '../../model/error.js'
import type { FunctionEntry, RangeKernel, SampleRun, Windows } from '../define.js'
import { unsupported } from './unsupported.js'
import { NeumaierSum, eachWindow, overWindows } from './windows.js'

export const COUNTER_FUNCTIONS: readonly FunctionEntry[] = [
  overWindows('rate', 'The increase of a counter per second.', extrapolated('rate')),
  overWindows('increase', 'The increase of a counter.', extrapolated('increase')),
  overWindows('delta', 'The change of a gauge.', extrapolated('delta')),
  overWindows(
    'irate',
    'The increase per second between the last two samples.',
    eachWindow(2, ({ t, v }, _from, to, _args, { unitsPerSecond }) => {
      const increase = v[to - 1] < v[to - 2] ? v[to - 1] : v[to - 1] - v[to - 2]
      return increase / ((t[to - 1] - t[to - 2]) / unitsPerSecond)
    }),
  ),
  overWindows('idelta', 'The change between the last two samples.', eachWindow(2, ({ v }, _from, to) => v[to - 1] - v[to - 2])),
  overWindows('resets', 'How often a counter fell.', countPairs((before, value) => value < before)),
  overWindows('changes', 'How often the value changed.', countPairs(differ)),
  overWindows('deriv', 'The slope per second by least squares.', eachWindow(2, slopePerSecond)),
  unsupported('predict_linear', 'The value some seconds ahead by least squares.', ['matrix', 'scalar']),
  {
    ...overWindows('double_exponential_smoothing', 'The value smoothed, and its trend smoothed.', eachWindow(2, smoothed)),
    args: ['matrix', 'scalar', 'scalar'],
    experimental: true,
  },
]

/**
 * The change from the first to the last sample, stretched to the edges of the window. An edge further from its sample than
 * 1.1 mean distances is not reached: half a mean distance is added there; and a counter is not stretched below zero.
 * O(1) a step: only windows with resets look at more than their first and last sample.
 */
function extrapolated(fn: 'rate' | 'increase' | 'delta'): RangeKernel {
  const isCounter = fn !== 'delta'
  return (run, windows, _args, out, present, at) => {
    const { t, v, end } = run
    const { range, step, count, firstEnd, unitsPerSecond } = windows
    const divisor = fn === 'rate' ? range / unitsPerSecond : 1
    const resets = isCounter ? resetsOf(run) : NO_RESETS
    let nextReset = 0
    let from = run.start
    let to = run.start
    for (let k = 0; k < count; k++) {
      const windowEnd = firstEnd + k * step
      const windowStart = windowEnd - range
      while (to < end && t[to] <= windowEnd) to++
      while (from < to && t[from] <= windowStart) from++
      if (to - from < 2) continue
      const last = to - 1
      const first = v[from]
      let change = v[last] - first
      while (nextReset < resets.length && resets[nextReset] <= from) nextReset++
      // Added again for each window, in the order of time: a running sum would remember where the run began.
      for (let r = nextReset; r < resets.length && resets[r] < to; r++) change += v[resets[r] - 1]

      const sampled = (t[last] - t[from]) / unitsPerSecond
      const gaps = last - from
      let toStart = (t[from] - windowStart) / unitsPerSecond
      let toEnd = (windowEnd - t[last]) / unitsPerSecond
      // Most windows are far from both rules; products with a margin tell so without their divisions.
      const near = sampled * NEARLY_FAR
      if (toStart * gaps >= near && toStart >= (sampled / gaps) * FAR) toStart = sampled / gaps / 2
      if (isCounter && change > 0 && first >= 0 && !(sampled * first > toStart * change * MARGIN)) {
        const toZero = sampled * (first / change)
        if (toZero < toStart) toStart = toZero
      }
      if (toEnd * gaps >= near && toEnd >= (sampled / gaps) * FAR) toEnd = sampled / gaps / 2
      out[at + k] = change * ((sampled + toStart + toEnd) / sampled / divisor)
      present[at + k] = 1
    }
  }
}

/** An edge this many mean distances from its sample is not reached. */
const FAR = 1.1
/** Rounding moves neither side of a comparison by as much as these do. */
const NEARLY_FAR = FAR * (1 - 1e-9)
const MARGIN = 1 + 1e-9

const NO_RESETS: readonly number[] = []

/** Indexes of the samples that are less than the one before them. */
function resetsOf({ v, start, end }: SampleRun): readonly number[] {
  const resets: number[] = []
  for (let i = start + 1; i < end; i++) if (v[i] < v[i - 1]) resets.push(i)
  return resets
}

/** Counts the neighbours in the window for which `counts` holds; whole numbers, so that sliding is exact. */
function countPairs(counts: (before: number, value: number) => boolean): RangeKernel {
  return ({ t, v, start, end }, windows, _args, out, present, at) => {
    let from = start
    let to = start
    let pairs = 0
    for (let k = 0; k < windows.count; k++) {
      const windowEnd = windows.firstEnd + k * windows.step
      for (; to < end && t[to] <= windowEnd; to++) if (to > from && counts(v[to - 1], v[to])) pairs++
      for (; from < to && t[from] <= windowEnd - windows.range; from++) {
        if (from + 1 < to && counts(v[from], v[from + 1])) pairs--
      }
      if (from === to) continue
      out[at + k] = pairs
      present[at + k] = 1
    }
  }
}

function differ(before: number, value: number): boolean {
  return value !== before && !(Number.isNaN(value) && Number.isNaN(before))
}

/** Least squares with times counted from the first sample. Equal values have slope 0, equal infinities none. */
function slopePerSecond(
  { t, v }: SampleRun,
  from: number,
  to: number,
  _args: readonly number[],
  { unitsPerSecond }: Windows,
): number {
  const x = new NeumaierSum()
  const y = new NeumaierSum()
  const xy = new NeumaierSum()
  const xx = new NeumaierSum()
  let constant = true
  for (let i = from; i < to; i++) {
    if (v[i] !== v[from] && i > from) constant = false
    const seconds = (t[i] - t[from]) / unitsPerSecond
    x.add(seconds)
    y.add(v[i])
    xy.add(seconds * v[i])
    xx.add(seconds * seconds)
  }
  if (constant) return Math.abs(v[from]) === Infinity ? NaN : 0
  const n = to - from
  const covariance = xy.value - (x.value * y.value) / n
  const variance = xx.value - (x.value * x.value) / n
  return covariance / variance
}

/** Holt's linear method. Throws `bad_query` for factors outside (0, 1). */
function smoothed({ v }: SampleRun, from: number, to: number, [smoothing, trend]: readonly number[]): number {
  checkFactor('smoothing', smoothing)
  checkFactor('trend', trend)
  let before = 0
  let level = v[from]
  let slope = v[from + 1] - v[from]
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) slope = trend * (level - before) + (1 - trend) * slope
    const next = smoothing * v[i] + (1 - smoothing) * (level + slope)
    before = level
    level = next
  }
  return level
}

function checkFactor(name: string, factor: number): void {
  if (factor > 0 && factor < 1) return
  throw badQuery(`invalid ${name} factor: ${factor}, expected more than 0 and less than 1`, undefined, { class: 'execution' })
}
