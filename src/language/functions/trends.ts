/** Lines through the samples of a window: deriv, predict_linear, double_exponential_smoothing. */
import { goFixed } from '../annotations.js'
import type { MixedFunction, RangeKernel, SampleRun, Windows } from '../define.js'
import { executionError } from '../vectors.js'
import { NeumaierSum, eachWindow, floatsAlone } from './windows.js'

/** The slope per second, with times counted from the first sample. */
export function slopePerSecond(run: SampleRun, from: number, to: number, _args: readonly number[], { unitsPerSecond }: Windows): number {
  return fitted(run, from, to, run.t[from], unitsPerSecond, 'slope')
}

/** The value so many seconds after the evaluation time, on the line through the samples. */
export const predictLinear: RangeKernel = (run, windows, [seconds], out, present, at) => {
  const { t } = run
  const { firstEnd, step, count, range, evaluationAhead, unitsPerSecond } = windows
  let from = run.start
  let to = run.start
  for (let k = 0; k < count; k++) {
    const end = firstEnd + k * step
    while (to < run.end && t[to] <= end) to++
    while (from < to && t[from] <= end - range) from++
    if (to - from < 2) continue
    out[at + k] = fitted(run, from, to, end + evaluationAhead, unitsPerSecond, seconds)
    present[at + k] = 1
  }
}

/**
 * Least squares with times counted from `origin`: the slope, or the value so many seconds after it. Equal values have slope 0, equal
 * infinities none.
 */
function fitted(run: SampleRun, from: number, to: number, origin: number, unitsPerSecond: number, what: 'slope' | number): number {
  const { t, v } = run
  // Sums and what rounding loses of them: Knuth's two-sum, which holds as long as everything is finite.
  let [x, xLost, y, yLost, xy, xyLost, xx, xxLost] = [0, 0, 0, 0, 0, 0, 0, 0]
  let constant = true
  for (let i = from; i < to; i++) {
    const value = v[i]
    if (value !== v[from] && i > from) constant = false
    const seconds = (t[i] - origin) / unitsPerSecond
    let total = x + seconds
    let part = total - x
    xLost += x - (total - part) + (seconds - part)
    x = total
    total = y + value
    part = total - y
    yLost += y - (total - part) + (value - part)
    y = total
    const product = seconds * value
    total = xy + product
    part = total - xy
    xyLost += xy - (total - part) + (product - part)
    xy = total
    const square = seconds * seconds
    total = xx + square
    part = total - xx
    xxLost += xx - (total - part) + (square - part)
    xx = total
  }
  if (constant) return constantLine(v[from], what)
  const isFinite = Number.isFinite(y) && Number.isFinite(xy)
  if (!isFinite) return fittedBeyond(run, from, to, origin, unitsPerSecond, what)
  return onLine(to - from, x + xLost, y + yLost, xy + xyLost, xx + xxLost, what)
}

function constantLine(value: number, what: 'slope' | number): number {
  if (Math.abs(value) === Infinity) return NaN
  return what === 'slope' ? 0 : 0 * what + value
}

function onLine(n: number, x: number, y: number, xy: number, xx: number, what: 'slope' | number): number {
  const slope = (xy - (x * y) / n) / (xx - (x * x) / n)
  return what === 'slope' ? slope : slope * what + (y / n - (slope * x) / n)
}

/** Where infinities come in, sums lose nothing more: what upstream then arrives at depends on that. */
function fittedBeyond({ t, v }: SampleRun, from: number, to: number, origin: number, unitsPerSecond: number, what: 'slope' | number): number {
  const [x, y, xy, xx] = [new NeumaierSum(), new NeumaierSum(), new NeumaierSum(), new NeumaierSum()]
  for (let i = from; i < to; i++) {
    const seconds = (t[i] - origin) / unitsPerSecond
    x.add(seconds)
    y.add(v[i])
    xy.add(seconds * v[i])
    xx.add(seconds * seconds)
  }
  return onLine(to - from, x.value, y.value, xy.value, xx.value, what)
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
