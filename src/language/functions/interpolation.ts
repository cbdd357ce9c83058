/** Values between samples, for `smoothed` (Prometheus' interpolate and interpolateHistograms). */
import { addHistograms, detectReset, multiplyHistogram, subtractHistograms, withHint } from '../histogram/histogram.js'
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import type { SampleRun, WindowNotes } from '../define.js'
import type { ChangeOf } from './histogram-change.js'
import { noteBoundsReconciled, noteMixedBuckets, noteMixedKinds } from './range-notes.js'
import { histogramOf, kindsIn } from './windows.js'

/** The float at a time between samples i and i + 1. A counter that fell is taken to rise from zero. */
export function floatBetween({ t, v }: SampleRun, i: number, time: number, of: ChangeOf): number {
  const from = of === 'counter' && v[i + 1] < v[i] ? 0 : v[i]
  return from + ((v[i + 1] - from) * (time - t[i])) / (t[i + 1] - t[i])
}

/** The same of histograms; undefined, with a warning, where their buckets do not go together. */
export function histogramBetween(run: SampleRun, i: number, time: number, of: ChangeOf, notes: WindowNotes): NativeHistogram | undefined {
  const [before, after] = [histogramOf(run, i), histogramOf(run, i + 1)]
  const [timeBefore, timeAfter] = [run.t[i], run.t[i + 1]]
  if (time === timeBefore) return before
  if (time === timeAfter) return after
  if (usesCustomBounds(before) !== usesCustomBounds(after)) return noteMixedBuckets(notes)
  const part = (time - timeBefore) / (timeAfter - timeBefore)
  if (of === 'counter' && detectReset(before, after)) return multiplyHistogram(after, part)
  const change = subtracted(after, before, notes)
  return change === undefined ? undefined : added(multiplyHistogram(change, part), before, notes)
}

/** Samples [from, to) may be seen from a time; `next` is the first of them that is not before it, or `to`. */
export interface Around {
  readonly from: number
  readonly next: number
  readonly to: number
}

/** What a `smoothed` selector says at a time; undefined: nothing. Floats are not taken for counters, histograms are unless both are gauges. */
export function smoothedAt(run: SampleRun, { from, next, to }: Around, time: number, notes: WindowNotes): number | NativeHistogram | undefined {
  const kinds = kindsIn(run, from, to)
  if (kinds === 'both') return noteMixedKinds(notes)
  const isExact = next < to && run.t[next] === time
  if (!isExact && next === from) return undefined
  if (kinds === 'floats') {
    if (isExact) return run.v[next]
    return next === to ? run.v[next - 1] : floatBetween(run, next - 1, time, 'gauge')
  }
  if (isExact) return histogramOf(run, next)
  const before = histogramOf(run, next - 1)
  // A hint tells how a sample goes with the one before it, which does not hold later.
  if (next === to) return withHint(before, 'unknown')
  const gauges = before.hint === 'gauge' && histogramOf(run, next).hint === 'gauge'
  return histogramBetween(run, next - 1, time, gauges ? 'gauge' : 'counter', notes)
}

/** a + b with the remarks that are due; undefined where buckets do not go together. */
export function added(a: NativeHistogram, b: NativeHistogram, notes: WindowNotes): NativeHistogram | undefined {
  const sum = addHistograms(a, b)
  if (sum.kind === 'incompatible') return noteMixedBuckets(notes)
  if (sum.boundsReconciled) noteBoundsReconciled(notes, 'addition')
  return sum.histogram
}

/** a − b, likewise. */
export function subtracted(a: NativeHistogram, b: NativeHistogram, notes: WindowNotes): NativeHistogram | undefined {
  const difference = subtractHistograms(a, b)
  if (difference.kind === 'incompatible') return noteMixedBuckets(notes)
  if (difference.boundsReconciled) noteBoundsReconciled(notes, 'subtraction')
  return difference.histogram
}
