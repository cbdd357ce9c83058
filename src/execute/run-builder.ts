/** The samples of one series, put together from its rows in several segments. */
import type { HintRule } from '../model/plan.js'
import { HeldDetails, seenRun } from './histogram-rows.js'
import { RunMerger } from './run-merger.js'
import { copySamples, staleWithin, type SampleRows, type SeriesRun } from './sample-rows.js'

/** Rows are added in the order of time; where they overlap they are merged by rank. */
export class RunBuilder {
  #t = new Float64Array(1 << 10)
  #v = new Float64Array(1 << 10)
  #stale = new Uint8Array(1 << 10)
  #size = 0
  #anyStale = false
  #ascending = true
  /** Start, rank and staleness markers of each row; a row ends where the next one starts. */
  readonly #starts: number[] = []
  readonly #ranks: number[] = []
  readonly #staleRows = new Map<number, Int32Array>()
  readonly #details = new HeldDetails()
  readonly #hints: HintRule
  readonly #afterMs: number

  /** Windows see the samples after `afterMs`. */
  constructor(hints: HintRule, afterMs: number) {
    this.#hints = hints
    this.#afterMs = afterMs
  }

  reset(): void {
    this.#size = 0
    this.#anyStale = false
    this.#ascending = true
    this.#starts.length = 0
    this.#ranks.length = 0
    if (this.#staleRows.size > 0) this.#staleRows.clear()
    this.#details.clear()
  }

  /** Samples [first, last) of a row; there is at least one. */
  add(rows: SampleRows, row: number, first: number, last: number, rank: number): void {
    const start = this.#size
    const end = start + last - first
    if (end > this.#t.length) this.#grow(end)
    copySamples(rows, row, first, last, this.#t, this.#v, start)
    if (start > 0 && this.#t[start] <= this.#t[start - 1]) this.#ascending = false
    const stale = staleWithin(rows, row, first, last)
    if (stale !== undefined) this.#markStale(stale, start)
    this.#details.add(rows, row, first, last, start)
    this.#starts.push(start)
    this.#ranks.push(rank)
    this.#size = end
  }

  /** What windows may see. Valid until the next `reset`. */
  run(): SeriesRun {
    return seenRun(this.#ascending ? this.#joined() : this.#merged(), this.#hints, this.#afterMs)
  }

  #joined(): SeriesRun {
    const run = { t: this.#t, v: this.#v, stale: this.#anyStale ? this.#stale : undefined, start: 0, end: this.#size }
    return this.#details.isEmpty ? run : { ...run, ...this.#details.ofRun(this.#size, (sample) => sample) }
  }

  #merged(): SeriesRun {
    const merger = new RunMerger()
    this.#starts.forEach((start, row) => {
      const end = this.#starts[row + 1] ?? this.#size
      merger.add(this.#t, this.#v, start, end, this.#ranks[row], this.#staleRows.get(start))
    })
    const { t, v, size, source } = merger
    const run = { t, v, stale: this.#anyStale ? merger.stale : undefined, start: 0, end: size }
    return this.#details.isEmpty ? run : { ...run, ...this.#details.ofRun(size, (sample) => source[sample]) }
  }

  #markStale(positions: Int32Array, start: number): void {
    if (!this.#anyStale) this.#stale.fill(0)
    this.#anyStale = true
    this.#staleRows.set(start, positions)
    for (const position of positions) this.#stale[start + position] = 1
  }

  #grow(needed: number): void {
    const size = Math.max(needed, this.#t.length * 2)
    const [t, v, stale] = [new Float64Array(size), new Float64Array(size), new Uint8Array(size)]
    t.set(this.#t)
    v.set(this.#v)
    stale.set(this.#stale)
    this.#t = t
    this.#v = v
    this.#stale = stale
  }
}
