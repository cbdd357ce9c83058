/** From buffered samples to metric segments: one for each window of time, rows in file order. */
import { METRIC_NAME, compareUtf8, labelValue, type Labels } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import { writeMetricSegment, type MetricRows } from '../segment/segment.js'
import type { Delivery } from './delivery.js'
import type { SortedSamples } from './sample-buffer.js'
import type { SeriesTable } from './series-table.js'
import { endOfWindow, sampleWindowMs, windowOf } from './windows.js'

/** Writes all samples to segments, windows in ascending order. */
export async function flushSamples(samples: SortedSamples, table: SeriesTable, delivery: Delivery, limits: Limits): Promise<void> {
  const order = fileOrder(samples, table)
  if (order.length === 0) return
  const widthMs = sampleWindowMs(samples, limits)
  const next = samples.starts.slice(0, samples.ends.length)
  for (;;) {
    let first = Infinity
    for (const series of order) if (next[series] < samples.ends[series]) first = Math.min(first, samples.t[next[series]])
    if (first === Infinity) return
    const window = windowOf(first, widthMs)
    const rows = takeWindow(samples, order, next, (window + 1) * widthMs)
    for (const [from, to] of runsOfFewLabels(rows.series, table.labels, limits.labelNamesMax)) {
      const part: MetricRows = { ...samples, ...rowsBetween(rows, from, to), labels: table.labels, hashes: table.hashes }
      const timeMs = firstTime(part)
      await delivery.addToWindow(`${window} of ${widthMs}`, timeMs, (duckdb, target) => writeMetricSegment(duckdb, part, target))
    }
  }
}

/** The series that have samples, by (metric name, hash). */
function fileOrder(samples: SortedSamples, table: SeriesTable): Int32Array {
  const present: number[] = []
  for (let series = 0; series < samples.ends.length; series++) if (samples.ends[series] > samples.starts[series]) present.push(series)
  const names = [...new Set(present.map((series) => labelValue(table.labels[series], METRIC_NAME)))].sort(compareUtf8)
  const rankOf = new Map(names.map((name, rank) => [name, rank]))
  const ranks = new Int32Array(samples.ends.length)
  for (const series of present) ranks[series] = rankOf.get(labelValue(table.labels[series], METRIC_NAME)) ?? 0
  const { hashes } = table
  return Int32Array.from(present).sort((a, b) => ranks[a] - ranks[b] || (hashes[a] < hashes[b] ? -1 : 1))
}

type Rows = Pick<MetricRows, 'series' | 'starts' | 'ends'>

/** The rows of one window: of each series its samples before `boundaryMs`, which are taken off `next`. */
function takeWindow(samples: SortedSamples, order: Int32Array, next: Int32Array, boundaryMs: number): Rows {
  const rows = { series: new Int32Array(order.length), starts: new Int32Array(order.length), ends: new Int32Array(order.length) }
  let count = 0
  for (const series of order) {
    const start = next[series]
    const end = endOfWindow(samples, start, samples.ends[series], boundaryMs)
    if (end === start) continue
    rows.series[count] = series
    rows.starts[count] = start
    rows.ends[count] = end
    next[series] = end
    count++
  }
  return rowsBetween(rows, 0, count)
}

function rowsBetween(rows: Rows, from: number, to: number): Rows {
  return { series: rows.series.subarray(from, to), starts: rows.starts.subarray(from, to), ends: rows.ends.subarray(from, to) }
}

function firstTime(rows: MetricRows): number {
  let first = Infinity
  for (const start of rows.starts) first = Math.min(first, rows.t[start])
  return first
}

/** Cuts rows, given by the index of their labels, into runs [from, to) that have at most `namesMax` label names together: a column each. */
export function* runsOfFewLabels(sets: Int32Array, labels: readonly Labels[], namesMax: number): Generator<readonly [number, number]> {
  let names = new Set<string>()
  let from = 0
  for (let row = 0; row < sets.length; row++) {
    const added = labels[sets[row]]
    let fresh = 0
    for (let at = 0; at < added.length; at += 2) if (!names.has(added[at])) fresh++
    if (names.size + fresh > namesMax) {
      yield [from, row]
      from = row
      names = new Set()
    }
    if (fresh > 0) for (let at = 0; at < added.length; at += 2) names.add(added[at])
  }
  if (from < sets.length) yield [from, sets.length]
}
