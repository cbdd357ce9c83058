/** Rows of a metrics scan as typed arrays, and the run of samples of one series. */
import { wordsNumber, wordsOf, type Chunk, type ListColumn } from '../segment/segment.js'
import { SCAN_SERIES, SCAN_STALE, SCAN_TS, SCAN_VALUE } from './sample-sql.js'

/** Rows of one chunk, as the scan delivers them. */
export interface SampleRows {
  readonly rows: number
  /** Samples of all rows. */
  readonly samples: number
  /** Series hashes as word pairs. */
  readonly series: Int32Array
  readonly ts: ListColumn<BigInt64Array>
  readonly tsWords: Int32Array
  readonly value: ListColumn<Float64Array>
  /** Positions of staleness markers in a row's list, or undefined. */
  staleAt(row: number): Int32Array | undefined
}

/** Samples of one series, times ascending and distinct; `stale` is 1 where a staleness marker stands. */
export interface SeriesRun {
  readonly t: Float64Array
  readonly v: Float64Array
  readonly stale: Uint8Array | undefined
  readonly start: number
  readonly end: number
}

export function sampleRows(chunk: Chunk): SampleRows {
  const ts = chunk.lists(SCAN_TS, 'BIGINT')
  const stale = chunk.lists(SCAN_STALE, 'INTEGER')
  return {
    rows: chunk.rows,
    samples: ts.child.length,
    series: chunk.words(SCAN_SERIES),
    ts,
    tsWords: wordsOf(ts.child),
    value: chunk.lists(SCAN_VALUE, 'DOUBLE'),
    staleAt: (row) => {
      const from = stale.offsets[row]
      return stale.lengths[row] === 0 ? undefined : stale.child.slice(from, from + stale.lengths[row])
    },
  }
}

/** Index of the first sample of a row whose time is after the bound; one past its last if none is. */
export function firstAfter(rows: SampleRows, row: number, boundMs: number): number {
  const words = rows.tsWords
  let low = rows.ts.offsets[row]
  let high = low + rows.ts.lengths[row]
  // Most rows lie on one side of the bound.
  if (low === high || wordsNumber(words, low) > boundMs) return low
  if (wordsNumber(words, high - 1) <= boundMs) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if (wordsNumber(words, middle) > boundMs) high = middle
    else low = middle + 1
  }
  return low
}

/** Copies samples [first, last) of a row to `t` and `v` from `at` on. */
export function copySamples(rows: SampleRows, row: number, first: number, last: number, t: Float64Array, v: Float64Array, at: number): void {
  const words = rows.tsWords
  const values = rows.value.child
  const shift = rows.value.offsets[row] - rows.ts.offsets[row]
  for (let i = first, to = at; i < last; i++, to++) {
    t[to] = words[i * 2 + 1] * 4294967296 + (words[i * 2] >>> 0)
    v[to] = values[i + shift]
  }
}

/** Those staleness markers of a row that stand among its samples [first, last), counted from first. */
export function staleWithin(rows: SampleRows, row: number, first: number, last: number): Int32Array | undefined {
  const offset = rows.ts.offsets[row]
  const kept = rows.staleAt(row)?.filter((position) => position >= first - offset && position < last - offset)
  return kept === undefined || kept.length === 0 ? undefined : kept.map((position) => position - (first - offset))
}
