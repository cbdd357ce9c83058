/** Lines through the samples of a window: deriv, predict_linear, double_exponential_smoothing. */
import { goFixed } from '../annotations.js'
import type { MixedFunction, SampleRun, Windows } from '../define.js'
import { executionError } from '../vectors.js'
import { NeumaierSum, eachWindow, floatsAlone } from './windows.js'

interface Line {
  readonly slope: number
  readonly intercept: number
}

/** The slope per second, with times counted from the first sample. */
export function slopePerSecond(run: SampleRun, from: number, to: number, _args: readonly number[], { unitsPerSecond }: Windows): number {
  return regression(run, from, to, run.t[from], unitsPerSecond).slope
}

/**
 * The value so many seconds after the evaluation time, on the line through the samples. Each window is one of its own, so that its end is
 * known: a kernel over `eachWindow` is not told.
 */
export const predictLinear = (run: SampleRun, windows: Windows, [seconds]: readonly number[], out: Float64Array, present: Uint8Array, at: number): void => {
  const { t } = run
  let from = run.start
  let to = run.start
  for (let k = 0; k < windows.count; k++) {
    const end = windows.firstEnd + k * windows.step
    while (to < run.end && t[to] <= end) to++
    while (from < to && t[from] <= end - windows.range) from++
    if (to - from < 2) continue
    const { slope, intercept } = regression(run, from, to, end + windows.evaluationAhead, windows.unitsPerSecond)
    out[at + k] = slope * seconds + intercept
    present[at + k] = 1
  }
}

/** Least squares; the intercept is the value at `origin`. Equal values have slope 0, equal infinities none. */
function regression({ t, v }: SampleRun, from: number, to: number, origin: number, unitsPerSecond: number): Line {
  const x = new NeumaierSum()
  const y = new NeumaierSum()
  const xy = new NeumaierSum()
  const xx = new NeumaierSum()
  let constant = true
  for (let i = from; i < to; i++) {
    if (v[i] !== v[from] && i > from) constant = false
    const seconds = (t[i] - origin) / unitsPerSecond
    x.add(seconds)
    y.add(v[i])
    xy.add(seconds * v[i])
    xx.add(seconds * seconds)
  }
  if (constant) return Math.abs(v[from]) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: v[from] }
  const n = to - from
  const covariance = xy.value - (x.value * y.value) / n
  const variance = xx.value - (x.value * x.value) / n
  const slope = covariance / variance
  return { slope, intercept: y.value / n - (slope * x.value) / n }
}

/** Holt's linear method. Refuses factors outside (0, 1) as soon as there is any sample at all. */
export const smoothedTwice = eachWindow(1, ({ v }, from, to, args) => {
  checkFactors(args)
  return to - from < 2 ? undefined : level(v, from, to, args)
})

export const smoothedTwiceMixed: MixedFunction = (window) => {
  checkFactors(window.args)
  return floatsAlone(smoothedTwice)(window)
}

function level(v: Float64Array, from: number, to: number, [smoothing, trend]: readonly number[]): number {
  let before = 0
  let now = v[from]
  let slope = v[from + 1] - v[from]
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) slope = trend * (now - before) + (1 - trend) * slope
    const next = smoothing * v[i] + (1 - smoothing) * (now + slope)
    before = now
    now = next
  }
  return now
}

function checkFactors([smoothing, trend]: readonly number[]): void {
  if (smoothing <= 0 || smoothing >= 1) throw executionError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${goFixed(smoothing)}`)
  if (trend <= 0 || trend >= 1) throw executionError(`invalid trend factor. Expected: 0 < tf < 1, got: ${goFixed(trend)}`)
}
