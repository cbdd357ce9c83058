/** Columnar results: of a unit, of a merged leaf, of an evaluated group. */
import type { HistogramTotal, NativeHistogram } from './histogram.js'
import type { Labels } from './labels.js'

/** What `present` says of a cell. */
export const ABSENT = 0
export const FLOAT = 1
export const HISTOGRAM = 2

/**
 * Series × steps, row by row: what series s has at step k stands at the cell `s * steps + k`. `present` tells what that is: nothing,
 * the number in `values` (NaN is one), or the histogram in `histograms`. `columns` are further accumulator columns of the same shape
 * (see language/accumulators.ts). Series are in ascending hash order within a unit; results of a query in label order.
 */
export interface SeriesBlock {
  readonly kind: 'series'
  readonly steps: number
  readonly labels: readonly Labels[]
  readonly values: Float64Array<ArrayBuffer>
  readonly present: Uint8Array<ArrayBuffer>
  readonly columns: Readonly<Record<string, Float64Array<ArrayBuffer>>>
  /** By cell, there where `present` is HISTOGRAM; left out where no cell has one. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram>
  /** By cell: what an accumulator has added up of histograms, before units are merged; left out where no cell has any. */
  readonly totals?: ReadonlyMap<number, HistogramTotal>
  /** By series: 1 if its metric name goes at the end of the query (delayed name removal); left out where none does. */
  readonly nameGoes?: Uint8Array<ArrayBuffer>
}

/**
 * Samples as they are stored: series r has the samples [starts[r], starts[r + 1]), times in ms, ascending and distinct, without
 * staleness markers. A sample is the histogram in `histograms` where there is one, else the number in `v`.
 */
export interface RunsBlock {
  readonly kind: 'runs'
  readonly labels: readonly Labels[]
  readonly starts: Int32Array<ArrayBuffer>
  readonly t: Float64Array<ArrayBuffer>
  readonly v: Float64Array<ArrayBuffer>
  /** By sample; left out where there is none. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram>
  /**
   * By sample, of values of log entries: how many ns after `t` it is, below 10^6. Times may be equal then: first comes the sample of the
   * stream with the lower hash, of one stream what arrived first.
   */
  readonly nanos?: Int32Array<ArrayBuffer>
  /** When each sample's counter began, in ms; 0: not known. Left out where none is known. */
  readonly startTimes?: Float64Array<ArrayBuffer>
}

/** The labels of log entries: all of them, and the three categories that they come from. */
export interface EntryLabels {
  readonly labels: Labels
  readonly stream: Labels
  readonly metadata: Labels
  readonly parsed: Labels
}

/** Log entries in their total order: (time in direction, label set ascending, order of arrival). */
export interface EntriesBlock {
  readonly kind: 'entries'
  readonly sets: readonly EntryLabels[]
  /** Index into `sets` for each entry. */
  readonly set: Int32Array<ArrayBuffer>
  readonly ts: BigInt64Array<ArrayBuffer>
  readonly line: readonly string[]
}

export type Block = SeriesBlock | RunsBlock | EntriesBlock

/** What a unit cost; summed into the statistics of the query. */
export interface UnitStats {
  readonly segments: number
  /** Segments that their word indexes have ruled out, and row groups of all. */
  readonly segmentsSkipped: number
  readonly rowGroupsSkipped: number
  readonly rows: number
  readonly samples: number
  readonly bytes: number
  readonly seriesMatched: number
  readonly readMs: number
  readonly computeMs: number
}

export const NO_STATS: UnitStats = { segments: 0, segmentsSkipped: 0, rowGroupsSkipped: 0, rows: 0, samples: 0, bytes: 0, seriesMatched: 0, readMs: 0, computeMs: 0 }

export function addStats(a: UnitStats, b: UnitStats): UnitStats {
  return {
    segments: a.segments + b.segments,
    segmentsSkipped: a.segmentsSkipped + b.segmentsSkipped,
    rowGroupsSkipped: a.rowGroupsSkipped + b.rowGroupsSkipped,
    rows: a.rows + b.rows,
    samples: a.samples + b.samples,
    bytes: a.bytes + b.bytes,
    seriesMatched: a.seriesMatched + b.seriesMatched,
    readMs: a.readMs + b.readMs,
    computeMs: a.computeMs + b.computeMs,
  }
}

/** Zeroed series block. */
export function emptySeries(steps: number): SeriesBlock {
  return seriesBlock([], steps)
}

export function seriesBlock(labels: readonly Labels[], steps: number): SeriesBlock {
  const size = labels.length * steps
  return { kind: 'series', steps, labels, values: new Float64Array(size), present: new Uint8Array(size), columns: {} }
}

/** The series of a block at the given indexes, in their order. Accumulator columns are left out. */
export function pickSeries(block: SeriesBlock, rows: readonly number[]): SeriesBlock {
  const { labels, values, present, steps, histograms, nameGoes } = block
  const picked = seriesBlock(rows.map((row) => labels[row]), steps)
  const moved = histograms === undefined ? undefined : new Map<number, NativeHistogram>()
  rows.forEach((row, place) => {
    const [from, to] = [row * steps, (row + 1) * steps]
    picked.values.set(values.subarray(from, to), place * steps)
    picked.present.set(present.subarray(from, to), place * steps)
    if (moved === undefined) return
    for (let cell = from; cell < to; cell++) if (present[cell] === HISTOGRAM) moved.set(place * steps + cell - from, histogramAt(block, cell))
  })
  const flags = nameGoes === undefined ? {} : { nameGoes: Uint8Array.from(rows, (row) => nameGoes[row]) }
  return { ...picked, ...withHistograms(moved), ...flags }
}

/** The part of a block that its histograms make: nothing where there are none. */
export function withHistograms(histograms: ReadonlyMap<number, NativeHistogram> | undefined): Pick<SeriesBlock, 'histograms'> {
  return histograms === undefined || histograms.size === 0 ? {} : { histograms }
}

/** The histogram of a cell whose `present` is HISTOGRAM. */
export function histogramAt({ histograms }: Pick<SeriesBlock, 'histograms'>, cell: number): NativeHistogram {
  const histogram = histograms?.get(cell)
  if (histogram === undefined) throw new Error(`cell ${cell} is said to have a histogram and has none`)
  return histogram
}

/** The histograms with other numbers for their cells; undefined takes one out. */
export function movedHistograms(
  { histograms }: Pick<SeriesBlock, 'histograms'>,
  cellOf: (cell: number) => number | undefined,
): ReadonlyMap<number, NativeHistogram> | undefined {
  if (histograms === undefined) return undefined
  const moved = new Map<number, NativeHistogram>()
  for (const [cell, histogram] of histograms) {
    const to = cellOf(cell)
    if (to !== undefined) moved.set(to, histogram)
  }
  return moved
}
