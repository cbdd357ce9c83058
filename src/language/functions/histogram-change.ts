/** How much histograms changed over a window (Prometheus' histogramRate), and between two of them. */
import { addHistograms, compactHistogram, detectReset, reduceResolution, subtractHistograms, withHint } from '../histogram/histogram.js'
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import type { MixedWindow, WindowNotes } from '../define.js'
import { noteBoundsReconciled, noteMixedBuckets, noteNotCounter, noteNotGauge, noteOverlappingStart } from './range-notes.js'
import { overlapsBefore, startedAnew } from './start-times.js'
import { histogramOf } from './windows.js'

export type ChangeOf = 'counter' | 'gauge'

/**
 * The last histogram less the first, of a counter with what was lost in resets between them: a gauge. For two histograms or more; undefined,
 * with a warning, where buckets do not go together. Remarks are kept back until that is known, as upstream forgets them then.
 */
export function histogramChange(window: MixedWindow, of: ChangeOf): NativeHistogram | undefined {
  const { run, from, to, notes } = window
  const first = histogramOf(run, from)
  const last = histogramOf(run, to - 1)
  const base = of === 'counter' ? baseOf(window) : first
  if (usesCustomBounds(last) !== usesCustomBounds(base)) {
    if (of === 'counter' && (isGauge(first) || isGauge(last))) noteNotCounter(notes)
    return noteMixedBuckets(notes)
  }
  if (of === 'gauge') return gaugeChange(first, last, notes)
  const schema = leastSchema(window, base)
  return schema === undefined ? noteMixedBuckets(notes) : counterChange(window, base, schema)
}

function isGauge({ hint }: NativeHistogram): boolean {
  return hint === 'gauge'
}

/** The first histogram, unless it was reset before the second: then only the layout of the second counts, with nothing in it. */
function baseOf({ run, from }: MixedWindow): NativeHistogram {
  const first = histogramOf(run, from)
  const second = histogramOf(run, from + 1)
  return startedAnew(run, from + 1) || detectReset(first, second) ? nothingIn(second) : first
}

function nothingIn({ schema, customBounds }: NativeHistogram): NativeHistogram {
  const none = new Float64Array(0)
  return {
    hint: 'unknown', schema, customBounds, zeroThreshold: 0, zeroCount: 0, count: 0, sum: 0,
    positiveSpans: [], positive: none, negativeSpans: [], negative: none,
  }
}

/** The coarsest resolution of the window; undefined where custom and exponential buckets meet. */
function leastSchema({ run, from, to }: MixedWindow, base: NativeHistogram): number | undefined {
  let schema = Math.min(base.schema, histogramOf(run, to - 1).schema)
  for (let i = from + 1; i < to - 1; i++) {
    const histogram = histogramOf(run, i)
    if (usesCustomBounds(histogram) !== usesCustomBounds(base)) return undefined
    schema = Math.min(schema, histogram.schema)
  }
  return schema
}

function gaugeChange(first: NativeHistogram, last: NativeHistogram, notes: WindowNotes): NativeHistogram | undefined {
  const schema = Math.min(first.schema, last.schema)
  const change = subtractHistograms(atSchema(last, schema), first)
  if (change.kind === 'incompatible') return noteMixedBuckets(notes)
  if (change.boundsReconciled) noteBoundsReconciled(notes, 'subtraction')
  if (!isGauge(first) || !isGauge(last)) noteNotGauge(notes)
  return withHint(compactHistogram(change.histogram), 'gauge')
}

function counterChange({ run, from, to, notes }: MixedWindow, base: NativeHistogram, schema: number): NativeHistogram | undefined {
  const difference = subtractHistograms(atSchema(histogramOf(run, to - 1), schema), base)
  if (difference.kind === 'incompatible') return noteMixedBuckets(notes)
  let change = difference.histogram
  let previous = base
  let [reconciled, overlaps, gauges] = [false, false, isGauge(histogramOf(run, from))]
  for (let i = from + 1; i < to; i++) {
    const current = histogramOf(run, i)
    gauges ||= isGauge(current)
    overlaps ||= overlapsBefore(run, i)
    if (startedAnew(run, i) || detectReset(previous, current)) {
      const sum = addHistograms(change, previous)
      if (sum.kind === 'incompatible') return noteMixedBuckets(notes)
      reconciled ||= sum.boundsReconciled
      change = sum.histogram
    }
    previous = current
  }
  if (gauges) noteNotCounter(notes)
  if (difference.boundsReconciled) noteBoundsReconciled(notes, 'subtraction')
  if (reconciled) noteBoundsReconciled(notes, 'addition')
  if (overlaps) noteOverlappingStart(notes)
  return withHint(compactHistogram(change), 'gauge')
}

function atSchema(h: NativeHistogram, schema: number): NativeHistogram {
  return h.schema === schema ? h : reduceResolution(h, schema)
}

/** Sample i less the one before it, as irate and idelta take it: a gauge. A counter that was reset in between counts from zero. */
export function lastHistogramChange({ run, to, notes }: MixedWindow, of: ChangeOf): NativeHistogram | undefined {
  const before = histogramOf(run, to - 2)
  const last = histogramOf(run, to - 1)
  if (of === 'counter' && (isGauge(before) || isGauge(last))) noteNotCounter(notes)
  if (of === 'gauge' && !(isGauge(before) && isGauge(last))) noteNotGauge(notes)
  if (of === 'counter' && (startedAnew(run, to - 1) || detectReset(before, last))) return withHint(compactHistogram(last), 'gauge')
  const change = subtractHistograms(last, before)
  if (change.kind === 'incompatible') return noteMixedBuckets(notes)
  if (change.boundsReconciled) noteBoundsReconciled(notes, 'subtraction')
  return withHint(compactHistogram(change.histogram), 'gauge')
}
