/** Histograms and start times of samples on their way from rows to the runs of series. */
import { detectReset, type SampleRun } from '../language/language.js'
import type { NativeHistogram, ResetHint } from '../model/histogram.js'
import type { HintRule } from '../model/plan.js'
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
 * What a query sees of a stored run: the samples after `afterMs`, and on their histograms the hints of decisions/0007-native-histograms.md.
 * These are made from the samples before, whichever import or segment those come from, and never from what was stored, but for gauges.
 */
export function seenRun(run: SeriesRun, rule: HintRule, afterMs: number): SeriesRun {
  const { t, end, histograms } = run
  let { start } = run
  while (start < end && t[start] <= afterMs) start++
  if (histograms === undefined) return start === run.start ? run : { ...run, start }
  const seen = new Map<number, NativeHistogram>()
  let before = -1
  for (const [i, histogram] of histograms) {
    if (i >= start) {
      const hint = hintOf(run, histograms, before, i, rule)
      seen.set(i, hint === histogram.hint ? histogram : { ...histogram, hint })
    }
    before = i
  }
  const { histograms: _stored, ...rest } = run
  return { ...rest, start, ...(seen.size === 0 ? {} : { histograms: seen }) }
}

type Histograms = ReadonlyMap<number, NativeHistogram>

/** Of the histogram at `i`; the one before it, after how many floats and staleness markers whatsoever, stands at `before`. */
function hintOf({ t }: SeriesRun, histograms: Histograms, before: number, i: number, { manner, lookbackMs }: HintRule): ResetHint {
  const [previous, current] = [histograms.get(before), histograms.get(i)]
  if (current?.hint === 'gauge') return 'gauge'
  if (previous === undefined || current === undefined || t[before] <= t[i] - lookbackMs) return 'unknown'
  // Neither a float nor a staleness marker has a histogram, and both end what came before.
  if (before === i - 1 && continues(previous, current)) return 'notReset'
  if (manner === 'seen') return 'unknown'
  return isReset(previous, current) ? 'reset' : 'notReset'
}

/** Whether Prometheus would store both in one chunk of counters. */
function continues(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (previous.hint === 'gauge' || current.hint === 'reset') return false
  if (previous.schema !== current.schema || previous.zeroThreshold !== current.zeroThreshold) return false
  const { customBounds } = current
  if (previous.customBounds.length !== customBounds.length || !previous.customBounds.every((bound, at) => bound === customBounds[at])) return false
  return !isReset(previous, current)
}

/** By the counts alone, whatever the hint that came with them. */
function isReset(previous: NativeHistogram, current: NativeHistogram): boolean {
  return detectReset(previous, current.hint === 'unknown' ? current : { ...current, hint: 'unknown' })
}
