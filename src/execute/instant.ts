/** The instant selector over one series: the newest sample within the lookback, unless it marks the end of the series. */
import { asFirst, smoothedAt, type Cells, type SampleRun, type WindowNotes, type Windows } from '../language/language.js'
import { FLOAT, HISTOGRAM } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import type { LeafWindow } from '../model/plan.js'
import type { SeriesRun } from './sample-rows.js'

type InstantWindow = Extract<LeafWindow, { kind: 'instant' }>

/**
 * Windows are left-open: a sample exactly `range` (the lookback) before a step is too old. A start time that is not known is given as 0.
 */
export function newestSamples(run: SeriesRun, windows: Windows, { gives }: InstantWindow, cells: Cells): void {
  const { t, v, stale, start, end, histograms, startTimes } = run
  const { values, present } = cells
  let next = start
  for (let k = 0; k < windows.count; k++) {
    const time = windows.firstEnd + k * windows.step
    while (next < end && t[next] <= time) next++
    const newest = next - 1
    if (newest < start || t[newest] <= time - windows.range) continue
    if (stale !== undefined && stale[newest] === 1) continue
    const histogram = gives === 'value' ? histograms?.get(newest) : undefined
    if (histogram !== undefined) {
      const isFirst = newest === start || t[newest - 1] <= time - windows.range
      cells.histograms.set(k, isFirst ? asFirst(histogram) : histogram)
      present[k] = HISTOGRAM
      continue
    }
    values[k] = gives === 'value' ? v[newest] : (gives === 'time' ? t[newest] : (startTimes?.[newest] ?? 0)) / windows.unitsPerSecond
    present[k] = FLOAT
  }
}

/**
 * The same for `smoothed` (Prometheus' smoothSeries): on the line between the samples around each step, of which those up to the lookback
 * away count, on either side; after the last one its value stays, before the first one there is none. The run has no staleness markers.
 */
export function smoothedSamples(run: SampleRun, windows: Windows, cells: Cells, notes: WindowNotes): void {
  const { t, start, end } = run
  let from = start
  let next = start
  let to = start
  for (let k = 0; k < windows.count; k++) {
    const time = windows.firstEnd + k * windows.step
    while (to < end && t[to] <= time + windows.range) to++
    while (from < to && t[from] <= time - windows.range) from++
    while (next < to && t[next] < time) next++
    if (from === to) continue
    const value = smoothedAt(run, { from, next, to }, time, notes)
    if (value === undefined) continue
    if (typeof value !== 'number') cells.histograms.set(k, value)
    else cells.values[k] = value
    cells.present[k] = typeof value === 'number' ? FLOAT : HISTOGRAM
  }
}

/** Runs of samples for range functions have no staleness markers: they are taken out here, into scratch arrays. */
export function withoutStale(run: SeriesRun): SeriesRun {
  const { stale, start, end, histograms, startTimes } = run
  if (stale === undefined) return run
  const kept: number[] = []
  for (let i = start; i < end; i++) if (stale[i] === 0) kept.push(i)
  const moved = new Map<number, NativeHistogram>()
  if (histograms !== undefined) kept.forEach((i, at) => histograms.has(i) && moved.set(at, histograms.get(i) as NativeHistogram))
  return {
    t: Float64Array.from(kept, (i) => run.t[i]),
    v: Float64Array.from(kept, (i) => run.v[i]),
    stale: undefined,
    start: 0,
    end: kept.length,
    ...(moved.size === 0 ? {} : { histograms: moved }),
    ...(startTimes === undefined ? {} : { startTimes: Float64Array.from(kept, (i) => startTimes[i]) }),
  }
}
