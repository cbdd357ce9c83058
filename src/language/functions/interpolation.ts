/** Values between samples, for `smoothed` (Prometheus' interpolate and interpolateHistograms). */
import { addHistograms, detectReset, multiplyHistogram, subtractHistograms } from '../histogram/histogram.js'
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import type { SampleRun, WindowNotes } from '../define.js'
import type { ChangeOf } from './histogram-change.js'
import { noteBoundsReconciled, noteMixedBuckets } from './range-notes.js'
import { histogramOf } from './windows.js'

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
