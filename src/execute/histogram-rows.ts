/** Histograms and start times of samples on their way from rows to the runs of series. */
import { detectReset, type SampleRun } from '../language/language.js'
import type { NativeHistogram, ResetHint } from '../model/histogram.js'
import type { SampleRows, SeriesRun } from './sample-rows.js'

export type RunDetails = Pick<SampleRun, 'histograms' | 'startTimes'>

const NO_DETAILS: RunDetails = {}

/** What samples in a buffer have beside time and number, by their place in the buffer. Costs nothing where no row has any. */
export class HeldDetails {
  readonly #histograms = new Map<number, NativeHistogram>()
  #startTimes = new Float64Array(0)
  /** First places of the rows that have any. */
  readonly #rows = new Set<number>()

  clear(): void {
    if (this.#rows.size === 0) return
    this.#histograms.clear()
    this.#startTimes.fill(0)
    this.#rows.clear()
  }

  /** Takes those of samples [first, last) of a row, counted from its first, which stand in the buffer from `at` on. */
  add(rows: SampleRows, row: number, first: number, last: number, at: number): void {
    if (rows.details === undefined) return
    const valueAt = rows.value.offsets[row]
    const known = this.#histograms.size
    const sumAt = (position: number): number => rows.value.child[valueAt + position]
    const keep = (position: number, histogram: NativeHistogram): void => void this.#histograms.set(at + position - first, histogram)
    rows.details.forEachHistogram(row, first, last, sumAt, keep)
    if (this.#histograms.size > known) this.#rows.add(at)
    if (!rows.details.hasStartTimes(row)) return
    this.#makeRoom(at + last - first)
    rows.details.copyStartTimes(row, first, last, this.#startTimes, at)
    this.#rows.add(at)
  }

  /** Whether the row that begins at the place has any. */
  has(row: number): boolean {
    return this.#rows.has(row)
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0
  }

  /** Of a run whose sample i is the one at `placeOf(i)` in the buffer. */
  ofRun(size: number, placeOf: (sample: number) => number): RunDetails {
    if (this.#rows.size === 0) return NO_DETAILS
    const histograms = new Map<number, NativeHistogram>()
    const startTimes = new Float64Array(size)
    let anyStart = false
    for (let i = 0; i < size; i++) {
      const place = placeOf(i)
      const histogram = this.#histograms.get(place)
      if (histogram !== undefined) histograms.set(i, histogram)
      if (place < this.#startTimes.length) startTimes[i] = this.#startTimes[place]
      anyStart ||= startTimes[i] !== 0
    }
    return { ...(histograms.size === 0 ? {} : { histograms }), ...(anyStart ? { startTimes } : {}) }
  }

  #makeRoom(size: number): void {
    if (size <= this.#startTimes.length) return
    const longer = new Float64Array(Math.max(size, this.#startTimes.length * 2))
    longer.set(this.#startTimes)
    this.#startTimes = longer
  }
}

/**
 * The run with the hints that a query sees, which are those of decisions/0008-native-histograms.md: made from the sample before, whichever
 * import or segment that comes from, and never from what was stored, but for gauges. The first sample of a window is `unknown`
 * whatever this says: see `overRun` and `newestSamples`.
 */
export function withSeenHints(run: SeriesRun): SeriesRun {
  const { histograms } = run
  if (histograms === undefined) return run
  const seen = new Map<number, NativeHistogram>()
  for (const [i, histogram] of histograms) {
    // Neither a float nor a staleness marker has a histogram, and both end what came before.
    const hint = seenHint(histograms.get(i - 1), histogram)
    seen.set(i, hint === histogram.hint ? histogram : { ...histogram, hint })
  }
  return { ...run, histograms: seen }
}

function seenHint(previous: NativeHistogram | undefined, current: NativeHistogram): ResetHint {
  if (current.hint === 'gauge') return 'gauge'
  return previous !== undefined && continues(previous, current) ? 'notReset' : 'unknown'
}

/** Whether Prometheus would store both in one chunk of counters. */
function continues(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (previous.hint === 'gauge' || current.hint === 'reset') return false
  if (previous.schema !== current.schema || previous.zeroThreshold !== current.zeroThreshold) return false
  const { customBounds } = current
  if (previous.customBounds.length !== customBounds.length || !previous.customBounds.every((bound, at) => bound === customBounds[at])) return false
  return !detectReset(previous, current.hint === 'notReset' ? { ...current, hint: 'unknown' } : current)
}
