/**
 * The samples of a unit, gathered row by row from its segments and handed out series by series.
 * Holds 16 bytes a sample, and what a sample has besides; the planner keeps units small enough (limits.unitSamplesTarget).
 */
import type { HintRule } from '../model/plan.js'
import { HeldDetails, seenRun } from './histogram-rows.js'
import { RunMerger } from './run-merger.js'
import { anyAfter, copySamples, firstAfter, staleWithin, type SampleRows, type SeriesRun } from './sample-rows.js'
import type { SampleBounds } from './sample-sql.js'
import { SeriesTable } from './series-table.js'

const NONE = -1

/** Room for samples that a thread keeps from unit to unit: new memory of this size costs more than filling it. */
export class SampleBuffers {
  t = new Float64Array(0)
  v = new Float64Array(0)

  /** Keeps the first `used` samples. */
  reserve(size: number, used: number): void {
    if (size <= this.t.length) return
    const t = new Float64Array(size)
    const v = new Float64Array(size)
    t.set(this.t.subarray(0, used))
    v.set(this.v.subarray(0, used))
    this.t = t
    this.v = v
  }
}

export class SampleStore {
  readonly table = new SeriesTable()
  readonly #buffers: SampleBuffers
  #samples = 0
  readonly #bounds: SampleBounds
  readonly #hints: HintRule
  /** By series: 1 if it has a sample that windows may see. */
  readonly #seen: number[] = []
  #seriesSeen = 0
  readonly #rowStart: number[] = []
  readonly #rowEnd: number[] = []
  readonly #rowNext: number[] = []
  readonly #rowRank: number[] = []
  readonly #firstRow: number[] = []
  readonly #lastRow: number[] = []
  readonly #staleRows = new Map<number, Int32Array>()
  readonly #details = new HeldDetails()
  #runT = new Float64Array(1 << 10)
  #runV = new Float64Array(1 << 10)
  #runStale = new Uint8Array(1 << 10)

  /** Keeps what the bounds tell to read. The buffers are this store's until the next one is made with them. */
  constructor(bounds: SampleBounds, hints: HintRule, buffers: SampleBuffers) {
    this.#buffers = buffers
    this.#bounds = bounds
    this.#hints = hints
  }

  get samples(): number {
    return this.#samples
  }

  get seriesSeen(): number {
    return this.#seriesSeen
  }

  /** Whether windows may see a sample of the series. */
  isSeen(series: number): boolean {
    return this.#seen[series] === 1
  }

  /**
   * Adds the rows of a chunk. `rank` orders segments by age: of two samples at one time the one of the higher rank counts.
   * `onNewSeries` is called once for each series that was not there before, in the order of their numbers.
   */
  add(chunk: SampleRows, rank: number, onNewSeries: (row: number) => void): void {
    const { readAfterMs, afterMs, untilMs } = this.#bounds
    for (let row = 0; row < chunk.rows; row++) {
      const first = firstAfter(chunk, row, readAfterMs)
      const last = firstAfter(chunk, row, untilMs)
      if (first === last) continue
      const known = this.table.size
      const series = this.table.indexOf(chunk.series[row * 2 + 1], chunk.series[row * 2])
      if (this.table.size > known) {
        this.#firstRow.push(NONE)
        this.#lastRow.push(NONE)
        this.#seen.push(0)
        onNewSeries(row)
      }
      if (this.#seen[series] === 0 && anyAfter(chunk, last, afterMs)) {
        this.#seen[series] = 1
        this.#seriesSeen++
      }
      const stored = this.#copy(chunk, row, first, last)
      this.#link(series, stored, rank)
      const stale = staleWithin(chunk, row, first, last)
      if (stale !== undefined) this.#staleRows.set(stored, stale)
    }
  }

  #copy(chunk: SampleRows, row: number, first: number, last: number): number {
    const { t, v } = this.#roomFor(last - first)
    copySamples(chunk, row, first, last, t, v, this.#samples)
    this.#details.add(chunk, row, first, last, this.#samples)
    this.#rowStart.push(this.#samples)
    this.#samples += last - first
    this.#rowEnd.push(this.#samples)
    return this.#rowStart.length - 1
  }

  #roomFor(count: number): SampleBuffers {
    const needed = this.#samples + count
    if (needed > this.#buffers.t.length) this.#buffers.reserve(Math.max(needed, this.#buffers.t.length * 2), this.#samples)
    return this.#buffers
  }

  #link(series: number, row: number, rank: number): void {
    this.#rowNext.push(NONE)
    this.#rowRank.push(rank)
    const last = this.#lastRow[series]
    if (last === NONE) this.#firstRow[series] = row
    else this.#rowNext[last] = row
    this.#lastRow[series] = row
  }

  /** What windows may see of a series. The arrays are reused by the next call. */
  run(series: number): SeriesRun {
    return seenRun(this.#stored(series), this.#hints, this.#bounds.afterMs)
  }

  #stored(series: number): SeriesRun {
    const first = this.#firstRow[series]
    const isPlain = this.#rowNext[first] === NONE && !this.#staleRows.has(first) && !this.#details.has(this.#rowStart[first])
    if (isPlain)
      return { t: this.#buffers.t, v: this.#buffers.v, stale: undefined, start: this.#rowStart[first], end: this.#rowEnd[first] }
    return this.#joined(first)
  }

  #joined(first: number): SeriesRun {
    let count = 0
    for (let row = first; row !== NONE; row = this.#rowNext[row]) count += this.#rowEnd[row] - this.#rowStart[row]
    if (count > this.#runT.length) this.#growRun(count)
    const { t, v } = this.#buffers
    let at = 0
    let stale = false
    let ascending = true
    const place = new Int32Array(this.#details.isEmpty ? 0 : count)
    for (let row = first; row !== NONE; row = this.#rowNext[row]) {
      const start = this.#rowStart[row]
      const length = this.#rowEnd[row] - start
      if (at > 0 && t[start] <= this.#runT[at - 1]) ascending = false
      copyInto(t, v, start, length, this.#runT, this.#runV, at)
      const marks = this.#staleRows.get(row)
      if (marks !== undefined && !stale) this.#runStale.fill(0, 0, count)
      stale ||= marks !== undefined
      for (const position of marks ?? []) this.#runStale[at + position] = 1
      if (place.length > 0) for (let i = 0; i < length; i++) place[at + i] = start + i
      at += length
    }
    if (!ascending) return this.#merged(first, stale)
    const run = { t: this.#runT, v: this.#runV, stale: stale ? this.#runStale : undefined, start: 0, end: at }
    return this.#details.isEmpty ? run : { ...run, ...this.#details.ofRun(at, (sample) => place[sample]) }
  }

  /** Rows of several imports that overlap in time: they are merged one after the other. */
  #merged(first: number, anyStale: boolean): SeriesRun {
    const merger = new RunMerger()
    for (let row = first; row !== NONE; row = this.#rowNext[row]) {
      const stale = this.#staleRows.get(row)
      merger.add(this.#buffers.t, this.#buffers.v, this.#rowStart[row], this.#rowEnd[row], this.#rowRank[row], stale)
    }
    const { t, v, size, source } = merger
    const run = { t, v, stale: anyStale ? merger.stale : undefined, start: 0, end: size }
    return this.#details.isEmpty ? run : { ...run, ...this.#details.ofRun(size, (sample) => source[sample]) }
  }

  #growRun(needed: number): void {
    const size = Math.max(needed, this.#runT.length * 2)
    this.#runT = new Float64Array(size)
    this.#runV = new Float64Array(size)
    this.#runStale = new Uint8Array(size)
  }
}

function copyInto(t: Float64Array, v: Float64Array, start: number, length: number, toT: Float64Array, toV: Float64Array, at: number): void {
  for (let i = 0; i < length; i++) {
    toT[at + i] = t[start + i]
    toV[at + i] = v[start + i]
  }
}
