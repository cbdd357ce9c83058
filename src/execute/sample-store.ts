/**
 * The samples of a unit, gathered row by row from its segments and handed out series by series.
 * Holds 16 bytes a sample, and what a sample has besides; the planner keeps units small enough (limits.unitSamplesTarget).
 */
import type { HintRule } from '../model/plan.js'
import { HeldDetails, seenRun } from './histogram-rows.js'
import { RunMerger } from './run-merger.js'
import { copySamples, firstAfter, staleWithin, type SampleRows, type SeriesRun } from './sample-rows.js'
import type { SampleBounds } from './sample-sql.js'
import { SeriesTable } from './series-table.js'

const NONE = -1

/** Room for samples that a thread keeps from unit to unit: new memory of this size costs more than filling it. */
export class SampleBuffers {
  t = new Float64Array(0)
  v = new Float64Array(0)
  readonly rowStart = new IntColumn()
  readonly rowEnd = new IntColumn()
  /** The next row of the same series. */
  readonly rowNext = new IntColumn()
  readonly rowRank = new IntColumn()
  /** By series. */
  readonly firstRow = new IntColumn()
  readonly lastRow = new IntColumn()
  /** By series: 1 if it has a sample that windows may see. */
  readonly seen = new IntColumn()

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

/** Integers by number, growing. */
export class IntColumn {
  values = new Int32Array(1 << 10)

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const values = new Int32Array(Math.max(index + 1, this.values.length * 2))
      values.set(this.values)
      this.values = values
    }
    this.values[index] = value
  }
}

export class SampleStore {
  readonly table = new SeriesTable()
  readonly #buffers: SampleBuffers
  #samples = 0
  #rows = 0
  #seriesSeen = 0
  readonly #bounds: SampleBounds
  readonly #hints: HintRule
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
    return this.#buffers.seen.values[series] === 1
  }

  /**
   * Adds the rows of a chunk. `rank` orders segments by age: of two samples at one time the one of the higher rank counts.
   * `onNewSeries` is called once for each series that was not there before, in the order of their numbers.
   */
  add(chunk: SampleRows, rank: number, onNewSeries: (row: number) => void): void {
    const { readAfterMs, afterMs, untilMs } = this.#bounds
    const { firstRow, seen } = this.#buffers
    this.#roomFor(chunk.samples)
    for (let row = 0; row < chunk.rows; row++) {
      const first = firstAfter(chunk, row, readAfterMs)
      const last = firstAfter(chunk, row, untilMs)
      if (first === last) continue
      const known = this.table.size
      const series = this.table.indexOf(chunk.series[row * 2 + 1], chunk.series[row * 2])
      if (this.table.size > known) {
        firstRow.set(series, NONE)
        seen.set(series, 0)
        onNewSeries(row)
      }
      if (seen.values[series] === 0 && firstAfter(chunk, row, afterMs) < last) {
        seen.set(series, 1)
        this.#seriesSeen++
      }
      const stored = this.#copy(chunk, row, first, last)
      this.#link(series, stored, rank)
      const stale = staleWithin(chunk, row, first, last)
      if (stale !== undefined) this.#staleRows.set(stored, stale)
    }
  }

  #copy(chunk: SampleRows, row: number, first: number, last: number): number {
    const { t, v, rowStart, rowEnd } = this.#buffers
    copySamples(chunk, row, first, last, t, v, this.#samples)
    this.#details.add(chunk, row, first, last, this.#samples)
    const stored = this.#rows++
    rowStart.set(stored, this.#samples)
    this.#samples += last - first
    rowEnd.set(stored, this.#samples)
    return stored
  }

  #roomFor(count: number): void {
    const needed = this.#samples + count
    if (needed > this.#buffers.t.length) this.#buffers.reserve(Math.max(needed, this.#buffers.t.length * 2), this.#samples)
  }

  #link(series: number, row: number, rank: number): void {
    const { firstRow, lastRow, rowNext, rowRank } = this.#buffers
    rowNext.set(row, NONE)
    rowRank.set(row, rank)
    if (firstRow.values[series] === NONE) firstRow.set(series, row)
    else rowNext.set(lastRow.values[series], row)
    lastRow.set(series, row)
  }

  /** What windows may see of a series. The arrays are reused by the next call. */
  run(series: number): SeriesRun {
    return seenRun(this.#stored(series), this.#hints, this.#bounds.afterMs)
  }

  #stored(series: number): SeriesRun {
    const { t, v, firstRow, rowNext, rowStart, rowEnd } = this.#buffers
    const first = firstRow.values[series]
    const isPlain = rowNext.values[first] === NONE && !this.#staleRows.has(first) && !this.#details.has(rowStart.values[first])
    if (isPlain) return { t, v, stale: undefined, start: rowStart.values[first], end: rowEnd.values[first] }
    return this.#joined(first)
  }

  #joined(first: number): SeriesRun {
    const { t, v } = this.#buffers
    const next = this.#buffers.rowNext.values
    const starts = this.#buffers.rowStart.values
    const ends = this.#buffers.rowEnd.values
    let count = 0
    for (let row = first; row !== NONE; row = next[row]) count += ends[row] - starts[row]
    if (count > this.#runT.length) this.#growRun(count)
    let at = 0
    let stale = false
    let ascending = true
    const place = new Int32Array(this.#details.isEmpty ? 0 : count)
    for (let row = first; row !== NONE; row = next[row]) {
      const start = starts[row]
      const length = ends[row] - start
      if (at > 0 && t[start] <= this.#runT[at - 1]) ascending = false
      copyInto(t, v, start, length, this.#runT, this.#runV, at)
      const marks = this.#staleRows.size === 0 ? undefined : this.#staleRows.get(row)
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
    const { t, v, rowNext, rowStart, rowEnd, rowRank } = this.#buffers
    const merger = new RunMerger()
    for (let row = first; row !== NONE; row = rowNext.values[row])
      merger.add(t, v, rowStart.values[row], rowEnd.values[row], rowRank.values[row], this.#staleRows.get(row))
    const { size, source } = merger
    const run = { t: merger.t, v: merger.v, stale: anyStale ? merger.stale : undefined, start: 0, end: size }
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
