/** The SQL that reads one metrics segment for a unit: rows of matching series, their samples and the labels that are wanted. */
import { NAME_LABELS } from '../language/language.js'
import { detailColumns, furtherColumns, METRIC_COLUMNS, parquetSource, quoteIdentifier, type FurtherColumns, type VisitQuery } from '../segment/segment.js'
import type { HashInterval, SampleLeaf } from '../model/plan.js'
import type { LabelColumn, Segment } from '../model/segment.js'
import { matcherPredicates } from './matcher-sql.js'

export interface SampleScan {
  readonly query: VisitQuery
  /** Labels read, from column FIRST_LABEL on, in this order. */
  readonly labels: readonly LabelColumn[]
  /** Which further columns are read: they stand behind the labels. */
  readonly details: FurtherColumns
}

/** Columns of the result; behind them the labels, then histograms and start times. */
export const SCAN_SERIES = 0
export const SCAN_TS = 1
export const SCAN_VALUE = 2
export const SCAN_STALE = 3
export const SCAN_FIRST_TS = 4
export const SCAN_LAST_TS = 5
export const FIRST_LABEL = 6
const FIXED = [METRIC_COLUMNS.series, METRIC_COLUMNS.ts, METRIC_COLUMNS.value, METRIC_COLUMNS.stale, METRIC_COLUMNS.firstTs, METRIC_COLUMNS.lastTs]

export interface SampleBounds {
  /** Samples with readAfterMs < t ≤ untilMs are read, those that are not after `afterMs` only for what they tell of the hints of others. */
  readonly readAfterMs: number
  /** Samples with afterMs < t ≤ untilMs can be seen by a step. */
  readonly afterMs: number
  readonly untilMs: number
  readonly interval: HashInterval
}

/**
 * Undefined if no row of the segment can match. Rows are not filtered by time, since whoever reads them looks for their
 * samples anyway, and one more column to decode costs more than the few rows that it would save.
 */
export function sampleScan(segment: Segment, path: string, leaf: SampleLeaf, bounds: SampleBounds): SampleScan | undefined {
  const predicates = matcherPredicates(segment, leaf.matchers)
  if (predicates === undefined) return undefined
  const labels = segment.columns.filter((column) => column.kind === 'stream' && wanted(leaf, column.name))
  const details = detailsRead(segment, leaf)
  const columns = [...FIXED, ...labels.map((label) => label.column), ...detailColumns(details).map(({ name }) => name)]
  const where = [...predicates, ...hashPredicates(segment, bounds.interval)]
  const condition = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
  return { query: { columns: columns.map(quoteIdentifier), from: `FROM ${parquetSource(path)}${condition}` }, labels, details }
}

function detailsRead({ layout }: Segment, { startTimes }: SampleLeaf): FurtherColumns {
  const has = furtherColumns(layout)
  return { histograms: has.histograms, startTimes: has.startTimes && startTimes === 'read' }
}

/** Which labels the accumulator, or the reader of single series, has to know. */
function wanted(leaf: SampleLeaf, name: string): boolean {
  const { accumulator, grouping } = leaf.accumulate
  if (leaf.name === 'dropped' && NAME_LABELS.has(name)) return false
  if (accumulator === 'samples') return true
  if (grouping.without) return name !== '__name__' && !grouping.labels.includes(name)
  return grouping.labels.includes(name)
}

/** The series column is BIGINT and the interval bounds its high 32 bits; a bound that the segment does not reach is left out. */
function hashPredicates(segment: Segment, interval: HashInterval): readonly string[] {
  const series = quoteIdentifier(METRIC_COLUMNS.series)
  const from = segment.hashMin >= interval.from ? [] : [`${series} >= ${BigInt(interval.from) << 32n}`]
  const to = segment.hashMax < interval.to ? [] : [`${series} < ${BigInt(interval.to) << 32n}`]
  return [...from, ...to]
}

