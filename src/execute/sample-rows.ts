/** Rows of a metrics scan as typed arrays, and the run of samples of one series. */
import type { SampleRun } from '../language/language.js'
import { DetailRows, stepBetween, wordsNumber, wordsOf, type Chunk, type ListColumn } from '../segment/segment.js'
import { FIRST_LABEL, SCAN_FIRST_TS, SCAN_LAST_TS, SCAN_SERIES, SCAN_STALE, SCAN_TS, SCAN_VALUE, type SampleScan } from './sample-sql.js'

/** Rows of one chunk, as the scan delivers them. */
export interface SampleRows {
  readonly rows: number
  /** Samples of all rows. */
  readonly samples: number
  /** Series hashes as word pairs. */
  readonly series: Int32Array
  /** Times of the first and the last sample, ms, as word pairs. */
  readonly firstTs: Int32Array
  readonly lastTs: Int32Array
  /** NULL, so of length 0, for a row whose samples are evenly spaced. */
  readonly ts: ListColumn<BigInt64Array>
  readonly tsWords: Int32Array
  readonly value: ListColumn<Float64Array>
  /** Positions of staleness markers in a row's list, or undefined. */
  staleAt(row: number): Int32Array | undefined
  /** Histograms and start times; undefined where the scan has neither. */
  readonly details: DetailRows | undefined
}

/** Samples of one series, times ascending and distinct; `stale` is 1 where a staleness marker stands. */
export interface SeriesRun extends SampleRun {
  readonly stale: Uint8Array | undefined
}

export function sampleRows(chunk: Chunk, { labels, details }: SampleScan): SampleRows {
  const ts = chunk.lists(SCAN_TS, 'BIGINT')
  const value = chunk.lists(SCAN_VALUE, 'DOUBLE')
  const stale = chunk.lists(SCAN_STALE, 'INTEGER')
  return {
    rows: chunk.rows,
    samples: value.child.length,
    series: chunk.words(SCAN_SERIES),
    firstTs: chunk.words(SCAN_FIRST_TS),
    lastTs: chunk.words(SCAN_LAST_TS),
    ts,
    tsWords: wordsOf(ts.child),
    value,
    staleAt: (row) => {
      const from = stale.offsets[row]
      return stale.lengths[row] === 0 ? undefined : stale.child.slice(from, from + stale.lengths[row])
    },
    details: details.histograms || details.startTimes ? new DetailRows(chunk, FIRST_LABEL + labels.length, details) : undefined,
  }
}

/** Which of a row's samples, counted from 0, is the first one after the bound; their number if none is. */
export function firstAfter(rows: SampleRows, row: number, boundMs: number): number {
  const count = rows.value.lengths[row]
  const firstMs = wordsNumber(rows.firstTs, row)
  // Most rows lie on one side of the bound.
  if (firstMs > boundMs) return 0
  const lastMs = wordsNumber(rows.lastTs, row)
  if (lastMs <= boundMs) return count
  if (rows.ts.lengths[row] === 0) return Math.floor((boundMs - firstMs) / stepBetween(firstMs, lastMs, count)) + 1
  const base = rows.ts.offsets[row]
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (wordsNumber(rows.tsWords, base + middle) > boundMs) high = middle
    else low = middle + 1
  }
  return low
}

/** Copies samples [first, last) of a row to `t` and `v` from `at` on. */
export function copySamples(rows: SampleRows, row: number, first: number, last: number, t: Float64Array, v: Float64Array, at: number): void {
  const values = rows.value.child
  const count = last - first
  const from = rows.value.offsets[row] + first
  for (let i = 0; i < count; i++) v[at + i] = values[from + i]
  if (rows.ts.lengths[row] === 0) return fillEvenly(rows, row, first, count, t, at)
  const words = rows.tsWords
  const base = rows.ts.offsets[row] + first
  for (let i = 0; i < count; i++) t[at + i] = words[(base + i) * 2 + 1] * 4294967296 + (words[(base + i) * 2] >>> 0)
}

function fillEvenly(rows: SampleRows, row: number, first: number, count: number, t: Float64Array, at: number): void {
  const firstMs = wordsNumber(rows.firstTs, row)
  const step = stepBetween(firstMs, wordsNumber(rows.lastTs, row), rows.value.lengths[row])
  // Whole numbers below 2^53: adding up is as exact as multiplying.
  let time = firstMs + first * step
  for (let i = 0; i < count; i++, time += step) t[at + i] = time
}

/** Those staleness markers of a row that stand among its samples [first, last), counted from first. */
export function staleWithin(rows: SampleRows, row: number, first: number, last: number): Int32Array | undefined {
  const kept = rows.staleAt(row)?.filter((position) => position >= first && position < last)
  return kept === undefined || kept.length === 0 ? undefined : kept.map((position) => position - first)
}
