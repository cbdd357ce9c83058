/** Native histograms and start times of samples in the further columns of metric segments, both ways. */
import type { BucketSpan, NativeHistogram, ResetHint } from '../model/histogram.js'
import type { Chunk, ListColumn } from './chunk.js'
import { HISTOGRAM_COLUMNS, START_COLUMN, type FurtherColumns } from './layout.js'
import type { ChunkBuilder, Column } from './table.js'

/** What samples have beside a time and a number, by their index; left out where none has it. */
export interface SampleDetails {
  readonly histograms?: ReadonlyMap<number, NativeHistogram>
  /** In ms; 0: not known. */
  readonly startTimes?: Float64Array
}

/** Samples [starts[row], ends[row]) are those of a row. */
interface DetailedRows extends SampleDetails {
  readonly starts: Int32Array
  readonly ends: Int32Array
}

interface ListOf {
  readonly name: string
  readonly type: 'INTEGER[]' | 'DOUBLE[]'
}

const { at, schema, hint, sizes, spans, count, zeroThreshold, zeroCount, buckets, bounds } = HISTOGRAM_COLUMNS
/** In the order in which they are written and read. */
const HISTOGRAM_LISTS: readonly ListOf[] = [
  ...[at, schema, hint, sizes, spans].map((name) => ({ name, type: 'INTEGER[]' as const })),
  ...[count, zeroThreshold, zeroCount, buckets, bounds].map((name) => ({ name, type: 'DOUBLE[]' as const })),
]
const HINTS: readonly ResetHint[] = ['unknown', 'reset', 'notReset', 'gauge']
/** Entries of `hist_sizes` for each histogram. */
const SIZES_EACH = 3

/** The columns that a segment has beside those of every metric segment, in their order. */
export function detailColumns({ histograms, startTimes }: FurtherColumns): readonly Column[] {
  return [...(histograms ? HISTOGRAM_LISTS : []), ...(startTimes ? [{ name: START_COLUMN, type: 'BIGINT[]' as const }] : [])]
}

/** Every name that such a column may have: no label gets a column of that name. */
export const DETAIL_NAMES: readonly string[] = detailColumns({ histograms: true, startTimes: true }).map(({ name }) => name)

/** Which columns rows need. */
export function detailsOf({ starts, ends, histograms, startTimes }: DetailedRows): FurtherColumns {
  const some = (has: (sample: number) => boolean): boolean =>
    starts.some((start, row) => {
      for (let i = start; i < ends[row]; i++) if (has(i)) return true
      return false
    })
  return {
    histograms: histograms !== undefined && some((i) => histograms.has(i)),
    startTimes: startTimes !== undefined && some((i) => startTimes[i] !== 0),
  }
}

/** Fills the columns from number `first` on with the details of rows [from, from + chunk.rows). */
export function fillDetails(chunk: ChunkBuilder, rows: DetailedRows, from: number, first: number, columns: FurtherColumns): void {
  const { histograms, startTimes } = rows
  if (columns.histograms && histograms !== undefined) fillHistograms(chunk, rows, histograms, from, first)
  if (!columns.startTimes || startTimes === undefined) return
  const lengths = new Int32Array(chunk.rows)
  const known: Float64Array[] = []
  for (let row = 0; row < chunk.rows; row++) {
    const times = startTimes.subarray(rows.starts[from + row], rows.ends[from + row])
    if (times.every((time) => time === 0)) continue
    lengths[row] = times.length
    known.push(times)
  }
  chunk.lists(first + (columns.histograms ? HISTOGRAM_LISTS.length : 0), lengths, wholeNumbers(known))
}

/** Whole numbers below 2^53 one after the other, without a BigInt each. */
function wholeNumbers(parts: readonly Float64Array[]): BigInt64Array<ArrayBuffer> {
  const values = new BigInt64Array(parts.reduce((sum, { length }) => sum + length, 0))
  const words = new Int32Array(values.buffer)
  let to = 0
  for (const part of parts) {
    for (const value of part) {
      words[to++] = value | 0
      words[to++] = Math.floor(value / 4294967296)
    }
  }
  return values
}

function fillHistograms(chunk: ChunkBuilder, rows: DetailedRows, histograms: ReadonlyMap<number, NativeHistogram>, from: number, first: number): void {
  const lists = HISTOGRAM_LISTS.map(() => ({ lengths: new Int32Array(chunk.rows), values: [] as number[] }))
  for (let row = 0; row < chunk.rows; row++) {
    const start = rows.starts[from + row]
    const before = lists.map(({ values }) => values.length)
    for (let i = start; i < rows.ends[from + row]; i++) {
      const histogram = histograms.get(i)
      if (histogram !== undefined) cellsOf(histogram, i - start).forEach((cells, list) => pushAll(lists[list].values, cells))
    }
    lists.forEach(({ lengths, values }, list) => (lengths[row] = values.length - before[list]))
  }
  lists.forEach(({ lengths, values }, list) => {
    const child = HISTOGRAM_LISTS[list].type === 'INTEGER[]' ? new Int32Array(values) : new Float64Array(values)
    chunk.lists(first + list, lengths, child)
  })
}

/** What a histogram adds to each of HISTOGRAM_LISTS. */
function cellsOf(h: NativeHistogram, position: number): readonly (readonly number[] | Float64Array)[] {
  const spanCells = [...h.positiveSpans, ...h.negativeSpans].flatMap(({ offset, length }) => [offset, length])
  return [
    [position],
    [h.schema],
    [HINTS.indexOf(h.hint)],
    [h.positiveSpans.length, h.negativeSpans.length, h.customBounds.length],
    spanCells,
    [h.count],
    [h.zeroThreshold],
    [h.zeroCount],
    [...h.positive, ...h.negative],
    h.customBounds,
  ]
}

function pushAll(values: number[], more: readonly number[] | Float64Array): void {
  for (const value of more) values.push(value)
}

/** Details in a chunk whose further columns begin at number `first`, in the order of `detailColumns`. */
export class DetailRows {
  readonly #integers: readonly ListColumn<Int32Array>[]
  readonly #doubles: readonly ListColumn<Float64Array>[]
  readonly #starts: ListColumn<BigInt64Array> | undefined

  constructor(chunk: Chunk, first: number, columns: FurtherColumns) {
    const lists = columns.histograms ? HISTOGRAM_LISTS : []
    const numbers = lists.map(({ type }, list) => ({ type, column: first + list }))
    this.#integers = numbers.flatMap(({ type, column }) => (type === 'INTEGER[]' ? [chunk.lists(column, 'INTEGER')] : []))
    this.#doubles = numbers.flatMap(({ type, column }) => (type === 'DOUBLE[]' ? [chunk.lists(column, 'DOUBLE')] : []))
    this.#starts = columns.startTimes ? chunk.lists(first + lists.length, 'BIGINT') : undefined
  }

  /** Calls `visit` with each histogram among the samples [first, last) of a row, by its position in the row. `sumAt` tells the value of a position. */
  forEachHistogram(row: number, first: number, last: number, sumAt: (position: number) => number, visit: (position: number, histogram: NativeHistogram) => void): void {
    if (this.#integers.length === 0) return
    const [positions] = this.#integers
    const next = this.#cursor(row)
    for (let i = 0; i < positions.lengths[row]; i++) {
      const position = positions.child[positions.offsets[row] + i]
      if (position >= last) return
      if (position < first) next.skip(i)
      else visit(position, next.take(i, sumAt(position)))
    }
  }

  /** Copies the start times of samples [first, last) of a row to `to` from `at` on; false, and nothing copied, where none is known. */
  copyStartTimes(row: number, first: number, last: number, to: Float64Array, at: number): boolean {
    if (this.#starts === undefined || this.#starts.lengths[row] === 0) return false
    const { child, offsets } = this.#starts
    for (let i = first; i < last; i++) to[at + i - first] = Number(child[offsets[row] + i])
    return true
  }

  hasStartTimes(row: number): boolean {
    return this.#starts !== undefined && this.#starts.lengths[row] > 0
  }

  #cursor(row: number): RowCursor {
    return new RowCursor(this.#integers, this.#doubles, row)
  }
}

/** Goes over the histograms of one row: those of different size stand one after the other. */
class RowCursor {
  readonly #integers: readonly ListColumn<Int32Array>[]
  readonly #doubles: readonly ListColumn<Float64Array>[]
  readonly #row: number
  #spanAt: number
  #bucketAt: number
  #boundAt: number

  constructor(integers: readonly ListColumn<Int32Array>[], doubles: readonly ListColumn<Float64Array>[], row: number) {
    this.#integers = integers
    this.#doubles = doubles
    this.#row = row
    this.#spanAt = integers[4].offsets[row]
    this.#bucketAt = doubles[3].offsets[row]
    this.#boundAt = doubles[4].offsets[row]
  }

  skip(index: number): void {
    const [positiveSpans, negativeSpans, boundCount] = this.#sizes(index)
    this.#spans(positiveSpans)
    this.#spans(negativeSpans)
    this.#boundAt += boundCount
  }

  take(index: number, sum: number): NativeHistogram {
    const row = this.#row
    const [, schemas, hints] = this.#integers
    const [counts, thresholds, zeroCounts, , boundList] = this.#doubles
    const [positiveCount, negativeCount, boundCount] = this.#sizes(index)
    const positive = this.#spans(positiveCount)
    const negative = this.#spans(negativeCount)
    const customBounds = Float64Array.from(boundList.child.subarray(this.#boundAt, this.#boundAt + boundCount))
    this.#boundAt += boundCount
    return {
      hint: HINTS[hints.child[hints.offsets[row] + index]],
      schema: schemas.child[schemas.offsets[row] + index],
      zeroThreshold: thresholds.child[thresholds.offsets[row] + index],
      zeroCount: zeroCounts.child[zeroCounts.offsets[row] + index],
      count: counts.child[counts.offsets[row] + index],
      sum,
      positiveSpans: positive.spans,
      positive: positive.buckets(),
      negativeSpans: negative.spans,
      negative: negative.buckets(),
      customBounds,
    }
  }

  #sizes(index: number): Int32Array {
    const { child, offsets } = this.#integers[3]
    const from = offsets[this.#row] + index * SIZES_EACH
    return child.subarray(from, from + SIZES_EACH)
  }

  /** The next spans, and a copy of the buckets that they cover. */
  #spans(wanted: number): { readonly spans: readonly BucketSpan[]; readonly buckets: () => Float64Array } {
    const { child } = this.#integers[4]
    const found = Array.from({ length: wanted }, (_, i) => ({ offset: child[this.#spanAt + 2 * i], length: child[this.#spanAt + 2 * i + 1] }))
    const from = this.#bucketAt
    this.#spanAt += 2 * wanted
    this.#bucketAt += found.reduce((total, { length }) => total + length, 0)
    const to = this.#bucketAt
    return { spans: found, buckets: () => Float64Array.from(this.#doubles[3].child.subarray(from, to)) }
  }
}
