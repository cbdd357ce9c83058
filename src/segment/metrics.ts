/** Metric segments: one row per series. */
import { METRIC_NAME, labelValue, type Labels } from '../model/labels.js'
import type { NewSegment } from '../model/segment.js'
import type { Duckdb } from './duckdb.js'
import { DETAIL_NAMES, detailColumns, detailsOf, fillDetails, type SampleDetails } from './histogram-columns.js'
import { METRIC_COLUMNS, labelColumns, layoutOf, type FurtherColumns } from './layout.js'
import { CHUNK_ROWS, writeParquet, type ChunkBuilder, type Column } from './table.js'
import { countSeries } from './series-counts.js'
import { LabelCells, fileFacts, segmentFacts, type SegmentTarget } from './write.js'

/**
 * Rows of a metric segment in file order. Row r is series `series[r]` with the samples [starts[r], ends[r]) of `t` (ms), `v` and `stale`
 * (1: a staleness marker); at least one each, times ascending without repeats. A histogram has its sum in `v`. `labels` and `hashes` are by series.
 */
export interface MetricRows extends SampleDetails {
  readonly labels: readonly Labels[]
  readonly hashes: BigInt64Array
  readonly series: Int32Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly t: Float64Array
  readonly v: Float64Array
  readonly stale: Uint8Array
}

const FIXED: readonly Column[] = [
  { name: METRIC_COLUMNS.series, type: 'BIGINT' },
  { name: METRIC_COLUMNS.firstTs, type: 'BIGINT' },
  { name: METRIC_COLUMNS.lastTs, type: 'BIGINT' },
  { name: METRIC_COLUMNS.ts, type: 'BIGINT[]' },
  { name: METRIC_COLUMNS.value, type: 'DOUBLE[]' },
  { name: METRIC_COLUMNS.stale, type: 'INTEGER[]' },
]
export const ROW_GROUP_ROWS = 2048
/** A segment with more metric names than this does not list them. */
export const NAMES_MAX = 64

/** Writes the rows to `target.path`. Labels of one series may not outnumber limits.labelNamesMax; the caller sees to it. */
export async function writeMetricSegment(duckdb: Duckdb, rows: MetricRows, target: SegmentTarget): Promise<NewSegment> {
  const used = new Set(rows.series)
  const names = new Set([METRIC_NAME])
  for (const index of used) for (let at = 0; at < rows.labels[index].length; at += 2) names.add(rows.labels[index][at])
  const columns = labelColumns(names, [], [...Object.values(METRIC_COLUMNS), ...DETAIL_NAMES])
  const details = detailsOf(rows)
  const layout = layoutOf(details)
  const cells = new LabelCells(columns.map(({ name }) => name), CHUNK_ROWS)
  const file = {
    path: target.path,
    columns: [...columns.map(({ column }) => ({ name: column, type: 'VARCHAR' as const })), ...FIXED, ...detailColumns(details)],
    rowGroupRows: ROW_GROUP_ROWS,
    facts: fileFacts('metrics', columns, layout),
  }
  const fill = (chunk: ChunkBuilder, from: number): void => fillRows(chunk, rows, from, cells, details)
  await writeParquet(duckdb, file, rows.series.length, fill, target.signal)
  const facts = await segmentFacts(target, { ...rows, used }, { signal: 'metrics', ...totals(rows), columns, names: metricNames(rows.labels, used), layout })
  return { ...facts, seriesCounts: countSeries({ labels: rows.labels, used }, target.limits.segmentSeriesCountsMax) }
}

function fillRows(chunk: ChunkBuilder, rows: MetricRows, from: number, cells: LabelCells, details: FurtherColumns): void {
  cells.clear()
  const hashes = new BigInt64Array(chunk.rows)
  const lengths = new Int32Array(chunk.rows)
  let size = 0
  for (let row = 0; row < chunk.rows; row++) {
    const series = rows.series[from + row]
    cells.set(row, rows.labels[series])
    hashes[row] = rows.hashes[series]
    lengths[row] = rows.ends[from + row] - rows.starts[from + row]
    size += lengths[row]
  }
  cells.cells.forEach((values, column) => chunk.texts(column, values))
  const base = cells.cells.length
  chunk.values(base, hashes)
  fillSamples(chunk, rows, { from, size, lengths, base })
  fillDetails(chunk, rows, from, base + FIXED.length, details)
}

interface SampleSpan {
  readonly from: number
  readonly size: number
  readonly lengths: Int32Array
  readonly base: number
}

function fillSamples(chunk: ChunkBuilder, rows: MetricRows, span: SampleSpan): void {
  const values = new Float64Array(span.size)
  const first = new BigInt64Array(chunk.rows)
  const last = new BigInt64Array(chunk.rows)
  const staleAt: number[] = []
  const staleLengths = new Int32Array(chunk.rows)
  for (let row = 0, at = 0; row < chunk.rows; row++) {
    const start = rows.starts[span.from + row]
    const end = rows.ends[span.from + row]
    first[row] = BigInt(rows.t[start])
    last[row] = BigInt(rows.t[end - 1])
    values.set(rows.v.subarray(start, end), at)
    at += end - start
    for (let i = start; i < end; i++) {
      if (rows.stale[i] === 0) continue
      staleAt.push(i - start)
      staleLengths[row]++
    }
  }
  chunk.values(span.base + 1, first)
  chunk.values(span.base + 2, last)
  fillTimes(chunk, rows, span)
  chunk.lists(span.base + 4, span.lengths, values)
  chunk.lists(span.base + 5, staleLengths, Int32Array.from(staleAt))
}

/** The times of rows that are not evenly spaced; NULL for those that are. */
function fillTimes(chunk: ChunkBuilder, rows: MetricRows, span: SampleSpan): void {
  const times = new BigInt64Array(span.size)
  const words = new Int32Array(times.buffer)
  const lengths = new Int32Array(chunk.rows)
  let at = 0
  for (let row = 0; row < chunk.rows; row++) {
    const start = rows.starts[span.from + row]
    const end = rows.ends[span.from + row]
    if (evenlySpaced(rows.t, start, end)) continue
    lengths[row] = end - start
    for (let i = start; i < end; i++, at++) {
      // Times are whole and below 2^53, so the two words are exact without a BigInt each.
      words[at * 2] = rows.t[i] | 0
      words[at * 2 + 1] = Math.floor(rows.t[i] / 4294967296)
    }
  }
  chunk.lists(span.base + 3, lengths, times.subarray(0, at))
}

function evenlySpaced(t: Float64Array, start: number, end: number): boolean {
  const step = t[start + 1] - t[start]
  for (let i = start + 2; i < end; i++) if (t[i] - t[i - 1] !== step) return false
  return true
}

function totals(rows: MetricRows): { timeMin: bigint; timeMax: bigint; rows: number; samples: number } {
  let timeMin = Infinity
  let timeMax = -Infinity
  let samples = 0
  for (let row = 0; row < rows.series.length; row++) {
    timeMin = Math.min(timeMin, rows.t[rows.starts[row]])
    timeMax = Math.max(timeMax, rows.t[rows.ends[row] - 1])
    samples += rows.ends[row] - rows.starts[row]
  }
  return { timeMin: BigInt(timeMin), timeMax: BigInt(timeMax), rows: rows.series.length, samples }
}

/** All metric names, or none where there are many or a series has none: the list is complete or empty. */
function metricNames(labels: readonly Labels[], used: ReadonlySet<number>): readonly string[] {
  const names = new Set<string>()
  for (const index of used) {
    names.add(labelValue(labels[index], METRIC_NAME))
    if (names.size > NAMES_MAX || names.has('')) return []
  }
  return [...names]
}
