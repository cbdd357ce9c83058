/** rate, increase and delta: the change over a window, stretched to its edges (Prometheus' extrapolatedRate). */
import { addHistograms, multiplyHistogram } from '../histogram/histogram.js'
import type { NativeHistogram } from '../../model/histogram.js'
import type { MixedFunction, MixedWindow, RangeKernel, SampleRun } from '../define.js'
import { histogramChange } from './histogram-change.js'
import { noteBoundsReconciled, noteMixedBuckets, noteMixedKinds, noteOverlappingStart } from './range-notes.js'
import { beginningInside, overlapsBefore, startedAnew } from './start-times.js'
import { histogramOf, kindsIn } from './windows.js'

export type Rate = 'rate' | 'increase' | 'delta'

/** An edge this many mean distances from its sample is not reached. */
const FAR = 1.1
/** Rounding moves neither side of a comparison by as much as these do. */
const NEARLY_FAR = FAR * (1 - 1e-9)
const MARGIN = 1 + 1e-9

const NO_RESETS: readonly number[] = []

/**
 * The change from the first to the last sample, stretched to the edges of the window. An edge further from its sample than
 * 1.1 mean distances is not reached: half a mean distance is added there; and a counter is not stretched below zero.
 * O(1) a step: only windows with resets look at more than their first and last sample. Knows nothing of start times.
 */
export function stretchedFloats(fn: Rate): RangeKernel {
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

/** Indexes of the samples that are less than the one before them. */
function resetsOf({ v, start, end }: SampleRun): readonly number[] {
  const resets: number[] = []
  for (let i = start + 1; i < end; i++) if (v[i] < v[i - 1]) resets.push(i)
  return resets
}

/** The same window by window, also of histograms, and with start times. */
export function stretched(fn: Rate): MixedFunction {
  return (window) => {
    switch (kindsIn(window.run, window.from, window.to)) {
      case 'both':
        return noteMixedKinds(window.notes)
      case 'floats':
        return floatRate(window, fn)
      case 'histograms':
        return histogramRate(window, fn)
    }
  }
}

function floatRate(window: MixedWindow, fn: Rate): number | undefined {
  const { run, from, to } = window
  const first = run.v[from]
  let change = run.v[to - 1] - first
  if (fn !== 'delta') {
    for (let i = from + 1; i < to; i++) if (run.v[i] < run.v[i - 1] || startedAnew(run, i)) change += run.v[i - 1]
    noteOverlap(window)
  }
  const began = beginningOf(window, fn)
  if (began !== undefined) change += first
  const factor = factorOf(window, fn, began, first, change)
  return factor === undefined ? undefined : change * factor
}

function histogramRate(window: MixedWindow, fn: Rate): NativeHistogram | undefined {
  const { run, from, to, notes } = window
  const several = to - from > 1
  const change = several ? histogramChange(window, fn === 'delta' ? 'gauge' : 'counter') : undefined
  if (several && change === undefined) return undefined
  const first = histogramOf(run, from)
  const began = beginningOf(window, fn)
  const factor = factorOf(window, fn, began, first.count, change?.count ?? 0)
  if (factor === undefined) return undefined
  if (change === undefined) return multiplyHistogram(first, factor)
  if (began === undefined) return multiplyHistogram(change, factor)
  const sum = addHistograms(change, first)
  if (sum.kind === 'incompatible') return noteMixedBuckets(notes)
  if (sum.boundsReconciled) noteBoundsReconciled(notes, 'addition')
  return multiplyHistogram(sum.histogram, factor)
}

/** Once a window is enough. */
export function noteOverlap({ run, from, to, notes }: MixedWindow): void {
  if (run.startTimes === undefined) return
  for (let i = from + 1; i < to; i++) if (overlapsBefore(run, i)) return noteOverlappingStart(notes)
}

/** Where the start of a counter is inside the window, it was zero then, and nothing has to be guessed about the left edge. */
function beginningOf({ run, from, end, windows }: MixedWindow, fn: Rate): number | undefined {
  return fn === 'delta' ? undefined : beginningInside(run, from, end - windows.range)
}

/** What the change is multiplied with; undefined where there is nothing to tell a rate from: a single sample without a beginning. */
function factorOf(window: MixedWindow, fn: Rate, began: number | undefined, first: number, change: number): number | undefined {
  const { run, from, to, end, windows } = window
  const gaps = to - from - 1
  if (gaps === 0 && began === undefined) return undefined
  const { range, unitsPerSecond } = windows
  const last = run.t[to - 1]
  const between = (last - run.t[from]) / unitsPerSecond
  const mean = gaps === 0 ? 0 : between / gaps
  const sampled = began === undefined ? between : (last - began) / unitsPerSecond
  const toStart = began === undefined ? distanceToStart(window, fn, mean, between, first, change) : 0
  const distance = (end - last) / unitsPerSecond
  const toEnd = distance >= mean * FAR ? mean / 2 : distance
  const factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled
  return fn === 'rate' ? factor / (range / unitsPerSecond) : factor
}

function distanceToStart({ run, from, end, windows }: MixedWindow, fn: Rate, mean: number, sampled: number, first: number, change: number): number {
  const distance = (run.t[from] - (end - windows.range)) / windows.unitsPerSecond
  const toStart = distance >= mean * FAR ? mean / 2 : distance
  if (fn === 'delta' || !(change > 0 && first >= 0)) return toStart
  const toZero = sampled * (first / change)
  return toZero < toStart ? toZero : toStart
}
