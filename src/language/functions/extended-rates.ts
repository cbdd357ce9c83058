/**
 * rate, increase and delta with `anchored` and `smoothed` (Prometheus' extendedRate and extendedHistogramRate): from the value at the start
 * of the window to that at its end, without guessing. Anchored: the last sample at or before an edge. Smoothed: interpolated at the edge.
 */
import { compactHistogram, detectReset, divideHistogram, withHint } from '../histogram/histogram.js'
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import type { WindowExtension } from '../../model/plan.js'
import type { MixedFunction, MixedWindow, SampleRun, WindowNotes } from '../define.js'
import type { ChangeOf } from './histogram-change.js'
import { added, floatBetween, histogramBetween, subtracted } from './interpolation.js'
import { noteMixedBuckets, noteMixedKinds, noteNotCounter, noteNotGauge } from './range-notes.js'
import type { Rate } from './rates.js'
import { histogramOf, kindsIn } from './windows.js'

type Modifier = WindowExtension['modifier']

/** The window proper, (start, end], and the samples first to last that tell about it: some may lie beyond its edges. */
export interface Edges {
  readonly start: number
  readonly end: number
  readonly first: number
  readonly last: number
}

export function betweenEdges(fn: Rate, modifier: Modifier): MixedFunction {
  const of = fn === 'delta' ? 'gauge' : 'counter'
  return (window) => {
    const { run, from, to, end, windows, notes } = window
    const kinds = kindsIn(run, from, to)
    if (kinds === 'both') return noteMixedKinds(notes)
    const edges = edgesOf(run, from, to, end - windows.range, end, modifier)
    if (edges === undefined) return undefined
    const seconds = fn === 'rate' ? windows.range / windows.unitsPerSecond : 1
    if (kinds === 'floats') return floatChange(run, edges, of, modifier) / seconds
    const change = histogramChange(window, edges, of, modifier)
    if (change === undefined) return undefined
    return withHint(compactHistogram(fn === 'rate' ? divideHistogram(change, seconds) : change), 'gauge')
  }
}

/** Undefined where no sample tells anything about the window. Samples [from, to) are those that the modifier lets it see, one or more. */
export function edgesOf({ t }: SampleRun, from: number, to: number, start: number, end: number, modifier: Modifier): Edges | undefined {
  let first = from
  while (first + 2 < to && t[first + 1] <= start) first++
  let last = to - 1
  if (modifier === 'smoothed') for (last = from; last + 1 < to && t[last] < end; ) last++
  if (t[last] <= start || (modifier === 'smoothed' && t[first] > end)) return undefined
  return { start, end, first, last }
}

/** The value at the start of the window: a sample before it has one after it, or there would be no edges. */
export function leftFloat(run: SampleRun, { start, first }: Edges, of: ChangeOf, modifier: Modifier): number {
  return modifier === 'smoothed' && run.t[first] < start ? floatBetween(run, first, start, of) : run.v[first]
}

/** The value at the end of the window, likewise. */
export function rightFloat(run: SampleRun, { end, last }: Edges, of: ChangeOf, modifier: Modifier): number {
  return modifier === 'smoothed' && run.t[last] > end ? floatBetween(run, last - 1, end, of) : run.v[last]
}

/** Samples [first, past) lie strictly inside the window. */
export function insideOf({ t }: SampleRun, { start, end, first, last }: Edges): { readonly first: number; readonly past: number } {
  return { first: t[first] <= start ? first + 1 : first, past: t[last] >= end ? last : last + 1 }
}

function floatChange(run: SampleRun, edges: Edges, of: ChangeOf, modifier: Modifier): number {
  const left = leftFloat(run, edges, of, modifier)
  const right = rightFloat(run, edges, of, modifier)
  if (of === 'gauge') return right - left
  const { first, past } = insideOf(run, edges)
  let lost = 0
  let previous = left
  for (let i = first; i < past; i++) {
    if (run.v[i] < previous) lost += previous
    previous = run.v[i]
  }
  if (right < previous) lost += previous
  return right - left + lost
}

function histogramChange({ run, notes }: MixedWindow, edges: Edges, of: ChangeOf, modifier: Modifier): NativeHistogram | undefined {
  if (!checkedKinds(run, edges, of, notes)) return undefined
  const { start, end, first, last } = edges
  const smoothed = modifier === 'smoothed'
  const left = smoothed && run.t[first] < start ? histogramBetween(run, first, start, of, notes) : histogramOf(run, first)
  if (left === undefined) return undefined
  const right = smoothed && run.t[last] > end ? histogramBetween(run, last - 1, end, of, notes) : histogramOf(run, last)
  if (right === undefined) return undefined
  if (of === 'gauge' && (left.hint !== 'gauge' || right.hint !== 'gauge')) noteNotGauge(notes)
  const change = subtracted(right, left, notes)
  if (change === undefined || of === 'gauge') return change
  return withResets(run, edges, modifier, { left, right, change }, notes)
}

/** False, with a warning, where custom and exponential buckets meet. */
function checkedKinds(run: SampleRun, { first, last }: Edges, of: ChangeOf, notes: WindowNotes): boolean {
  const custom = usesCustomBounds(histogramOf(run, first))
  let gauges = false
  for (let i = first; i <= last; i++) {
    const histogram = histogramOf(run, i)
    gauges ||= histogram.hint === 'gauge'
    if (usesCustomBounds(histogram) === custom) continue
    if (of === 'counter' && gauges && i > first) noteNotCounter(notes)
    noteMixedBuckets(notes)
    return false
  }
  if (of === 'counter' && gauges) noteNotCounter(notes)
  return true
}

interface Change {
  readonly left: NativeHistogram
  readonly right: NativeHistogram
  readonly change: NativeHistogram
}

/**
 * The change and what was lost in resets. A reset that the left value was interpolated over is in that value already. The last sample is
 * left out, since the right value is that sample, or has its hint.
 */
function withResets(run: SampleRun, edges: Edges, modifier: Modifier, { left, right, change }: Change, notes: WindowNotes): NativeHistogram | undefined {
  const { start, first, last } = edges
  const counted = modifier === 'smoothed' && run.t[first] < start && detectReset(histogramOf(run, first), histogramOf(run, first + 1))
  const next = counted ? first + 2 : first + 1
  if (next > last) return change
  let previous = counted ? histogramOf(run, first + 1) : left
  let lost: NativeHistogram | undefined
  for (let i = next; i <= last; i++) {
    const current = i === last ? right : histogramOf(run, i)
    if (detectReset(previous, current)) {
      lost = lost === undefined ? previous : added(lost, previous, notes)
      if (lost === undefined) return undefined
    }
    previous = current
  }
  return lost === undefined ? change : added(change, lost, notes)
}
