/** How wide the windows of time are that segments cover, and the cutting of samples along them. */
import type { Limits } from '../model/limits.js'
import type { SortedSamples } from './sample-buffer.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Widths in ms, ascending. Windows begin at multiples of their width, so those of different imports lie on each other. */
export const WINDOW_WIDTHS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 8].map((n) => n * HOUR),
  ...Array.from({ length: 23 }, (_, power) => 2 ** power * DAY),
]

/** Rows of a window of a quarter of the usual samples still read well. */
const NARROWEST_SHARE = 4
/** Series whose spacing is looked at; the median of more is no better. */
const SPACINGS_MAX = 1000

/**
 * The widest window in which a row has at most limits.segmentSamplesPerRowMax samples at the median spacing; narrower, down to a quarter
 * of that, while a window would hold more than limits.segmentSamplesMax; wider if there would be more than
 * limits.importSegmentsPerFlushMax windows. That last rule comes first.
 */
export function sampleWindowMs(samples: SortedSamples, limits: Limits): number {
  const spacing = medianSpacing(samples)
  const fits = (perRow: number): number => widthIndex((width) => width <= perRow * spacing)
  let index = fits(limits.segmentSamplesPerRowMax)
  const narrowest = Math.min(index, fits(limits.segmentSamplesPerRowMax / NARROWEST_SHARE))
  while (index > narrowest && samplesInFullest(samples, WINDOW_WIDTHS_MS[index]) > limits.segmentSamplesMax) index--
  while (index < WINDOW_WIDTHS_MS.length - 1 && tooManyWindows(samples, WINDOW_WIDTHS_MS[index], limits.importSegmentsPerFlushMax)) index++
  return WINDOW_WIDTHS_MS[index]
}

/** The narrowest width that covers the span of ms. */
export function coveringWindowMs(spanMs: number): number {
  return WINDOW_WIDTHS_MS.find((width) => width >= spanMs) ?? WINDOW_WIDTHS_MS[WINDOW_WIDTHS_MS.length - 1]
}

/** The number of the window that holds the time: floor, also before the epoch. */
export function windowOf(timeMs: number, widthMs: number): number {
  return Math.floor(timeMs / widthMs)
}

/** The last width that passes, the first one if none does. */
function widthIndex(passes: (widthMs: number) => boolean): number {
  return Math.max(WINDOW_WIDTHS_MS.findLastIndex(passes), 0)
}

/** Median over series of their mean spacing in ms; where every series has one sample, a width that holds any. */
function medianSpacing(samples: SortedSamples): number {
  const stride = Math.max(1, Math.floor(samples.ends.length / SPACINGS_MAX))
  const spacings: number[] = []
  for (let s = 0; s < samples.ends.length; s++) {
    const count = samples.ends[s] - samples.starts[s]
    // Series held in full are few in a small import, so only plenty of them is thinned out.
    if (count < 2 || (s % stride !== 0 && spacings.length > 0)) continue
    spacings.push((samples.t[samples.ends[s] - 1] - samples.t[samples.starts[s]]) / (count - 1))
  }
  if (spacings.length === 0) return MINUTE
  return spacings.sort((a, b) => a - b)[spacings.length >> 1]
}

function samplesInFullest(samples: SortedSamples, widthMs: number): number {
  const counts = new Map<number, number>()
  forEachWindow(samples, widthMs, (window, count) => void counts.set(window, (counts.get(window) ?? 0) + count))
  return Math.max(...counts.values())
}

function tooManyWindows(samples: SortedSamples, widthMs: number, max: number): boolean {
  const windows = new Set<number>()
  forEachWindow(samples, widthMs, (window) => void (windows.size <= max && windows.add(window)))
  return windows.size > max
}

/** Calls `visit` for each run of samples of one series in one window. */
function forEachWindow(samples: SortedSamples, widthMs: number, visit: (window: number, count: number) => void): void {
  for (let s = 0; s < samples.ends.length; s++) {
    for (let from = samples.starts[s]; from < samples.ends[s]; ) {
      const window = windowOf(samples.t[from], widthMs)
      const end = endOfWindow(samples, from, samples.ends[s], (window + 1) * widthMs)
      visit(window, end - from)
      from = end
    }
  }
}

/** The first sample in [from, end) at or after `boundaryMs`; binary search, so wide windows cost little. */
export function endOfWindow(samples: SortedSamples, from: number, end: number, boundaryMs: number): number {
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if (samples.t[middle] < boundaryMs) low = middle + 1
    else high = middle
  }
  return low
}
