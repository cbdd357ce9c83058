/** Samples as they come, in columns; and the same sorted by series and time. */
import type { NativeHistogram } from '../model/histogram.js'
import type { SampleDetails } from '../segment/segment.js'
import { BufferedDetails, rearranging, type HeldDetails } from './buffered-details.js'

const CAPACITY_FIRST = 1 << 14

/** Samples by series: those of series s are [starts[s], ends[s]), times ascending without repeats; starts[s] = ends[s] for none. */
export interface SortedSamples extends SampleDetails {
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly t: Float64Array
  readonly v: Float64Array
  readonly stale: Uint8Array
}

type HeldSamples = SortedSamples & HeldDetails

export class SampleBuffer {
  #series = new Int32Array(CAPACITY_FIRST)
  #t = new Float64Array(CAPACITY_FIRST)
  #v = new Float64Array(CAPACITY_FIRST)
  #stale = new Uint8Array(CAPACITY_FIRST)
  readonly #details = new BufferedDetails()
  #count = 0
  readonly #usualMax: number

  /** `usualMax`: how many samples there usually are when it is drained; more fit, but memory grows to that first. */
  constructor(usualMax: number) {
    this.#usualMax = usualMax
  }

  get count(): number {
    return this.#count
  }

  /** Samples held, a histogram counted as the samples that take as much memory. */
  get weight(): number {
    return this.#count + this.#details.weight
  }

  /** `startMs`: when the counter began, 0 where that is not known. */
  add(series: number, timeMs: number, value: number, startMs: number): void {
    if (startMs !== 0) this.#details.setStart(this.#count, startMs)
    if (this.#count === this.#t.length) this.#grow(this.#count + 1)
    this.#series[this.#count] = series
    this.#t[this.#count] = timeMs
    this.#stale[this.#count] = 0
    this.#v[this.#count++] = value
  }

  addHistogram(series: number, timeMs: number, histogram: NativeHistogram, startMs: number): void {
    this.#details.setHistogram(this.#count, histogram)
    this.add(series, timeMs, histogram.sum, startMs)
  }

  /** Samples of one series; the arrays are copied. `stale` has a 1 where a sample is a staleness marker. */
  addRun(series: number, t: Float64Array, v: Float64Array, stale: Uint8Array | undefined, details: SampleDetails): void {
    const end = this.#count + t.length
    if (end > this.#t.length) this.#grow(end)
    this.#series.fill(series, this.#count, end)
    this.#t.set(t, this.#count)
    this.#v.set(v, this.#count)
    if (stale === undefined) this.#stale.fill(0, this.#count, end)
    else this.#stale.set(stale, this.#count)
    this.#details.setRun(this.#count, t.length, details)
    for (const [i, { sum }] of details.histograms ?? []) this.#v[this.#count + i] = sum
    this.#count = end
  }

  /**
   * Sorts what is held and forgets it; the result may share the buffer's memory, so nothing may be added while it is in use.
   * Of two samples of one series at one time the later one stays.
   */
  drain(seriesCount: number): SortedSamples {
    const starts = new Int32Array(seriesCount + 1)
    let grouped = true
    for (let i = 0; i < this.#count; i++) {
      starts[this.#series[i] + 1]++
      if (i > 0 && this.#series[i] < this.#series[i - 1]) grouped = false
    }
    for (let s = 0; s < seriesCount; s++) starts[s + 1] += starts[s]
    const sorted = grouped ? this.#asGrouped(starts, seriesCount) : this.#bySeries(starts, seriesCount)
    for (let s = 0; s < seriesCount; s++) if (!ascends(sorted.t, starts[s], sorted.ends[s])) sorted.ends[s] = sortRun(sorted, starts[s], sorted.ends[s])
    this.#count = 0
    this.#details.clear()
    return sorted
  }

  /** Input that comes series by series stands in place already, and a copy of it would double the memory of an import. */
  #asGrouped(starts: Int32Array, seriesCount: number): HeldSamples {
    const held = <A extends Float64Array | Uint8Array>(column: A): A => column.subarray(0, this.#count) as A
    return { starts, ends: starts.slice(1, seriesCount + 1), t: held(this.#t), v: held(this.#v), stale: held(this.#stale), ...this.#details.held(this.#count) }
  }

  #bySeries(starts: Int32Array, seriesCount: number): HeldSamples {
    const ends = starts.slice(0, seriesCount)
    const sorted = { starts, ends, t: new Float64Array(this.#count), v: new Float64Array(this.#count), stale: new Uint8Array(this.#count) }
    const place = new Int32Array(this.#details.isEmpty ? 0 : this.#count)
    for (let i = 0; i < this.#count; i++) {
      const at = ends[this.#series[i]]++
      sorted.t[at] = this.#t[i]
      sorted.v[at] = this.#v[i]
      sorted.stale[at] = this.#stale[i]
      if (place.length > 0) place[i] = at
    }
    return { ...sorted, ...this.#details.moved(place) }
  }

  #grow(needed: number): void {
    const doubled = this.#t.length * 2
    const capacity = Math.max(needed, this.#t.length < this.#usualMax ? Math.min(doubled, this.#usualMax) : doubled)
    this.#series = widened(new Int32Array(capacity), this.#series)
    this.#t = widened(new Float64Array(capacity), this.#t)
    this.#v = widened(new Float64Array(capacity), this.#v)
    this.#stale = widened(new Uint8Array(capacity), this.#stale)
  }
}

function widened<A extends Int32Array | Float64Array | Uint8Array>(wider: A, old: A): A {
  wider.set(old)
  return wider
}

function ascends(t: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (t[i] <= t[i - 1]) return false
  return true
}

/** Sorts [start, end) by time and order of arrival and keeps the last of equal times; returns the new end. */
function sortRun(samples: HeldSamples, start: number, end: number): number {
  const t = samples.t.slice(start, end)
  const v = samples.v.slice(start, end)
  const stale = samples.stale.slice(start, end)
  const order = Int32Array.from(t, (_, index) => index).sort((a, b) => t[a] - t[b] || a - b)
  const giveBack = rearranging(samples, start, end)
  let at = start - 1
  for (const from of order) {
    if (at < start || samples.t[at] !== t[from]) at++
    samples.t[at] = t[from]
    samples.v[at] = v[from]
    samples.stale[at] = stale[from]
    giveBack?.(from, at)
  }
  return at + 1
}
