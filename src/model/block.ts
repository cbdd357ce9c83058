/** Columnar results: of a unit, of a merged leaf, of an evaluated group. */
import type { Labels } from './labels.js'

/**
 * Series × steps, row by row: the value of series s at step k stands at `s * steps + k` and counts only if `present` is 1 there.
 * NaN is a value; absence is `present` 0. `columns` are further accumulator columns of the same shape (see language/accumulators.ts).
 * Series are in ascending hash order within a unit; results of a query in label order.
 */
export interface SeriesBlock {
  readonly kind: 'series'
  readonly steps: number
  readonly labels: readonly Labels[]
  readonly values: Float64Array<ArrayBuffer>
  readonly present: Uint8Array<ArrayBuffer>
  readonly columns: Readonly<Record<string, Float64Array<ArrayBuffer>>>
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

export type Block = SeriesBlock | EntriesBlock

/** What a unit cost; summed into the statistics of the query. */
export interface UnitStats {
  readonly segments: number
  readonly rows: number
  readonly samples: number
  readonly bytes: number
  readonly seriesMatched: number
  readonly readMs: number
  readonly computeMs: number
}

export const NO_STATS: UnitStats = { segments: 0, rows: 0, samples: 0, bytes: 0, seriesMatched: 0, readMs: 0, computeMs: 0 }

export function addStats(a: UnitStats, b: UnitStats): UnitStats {
  return {
    segments: a.segments + b.segments,
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
export function pickSeries({ labels, values, present, steps }: SeriesBlock, rows: readonly number[]): SeriesBlock {
  const picked = seriesBlock(rows.map((row) => labels[row]), steps)
  let at = 0
  for (const row of rows) {
    for (let from = row * steps; from < (row + 1) * steps; from++, at++) {
      picked.values[at] = values[from]
      picked.present[at] = present[from]
    }
  }
  return picked
}
