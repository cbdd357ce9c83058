/** The SQL that reads log segments for a unit: which rows, in which order, and which columns. */
import type { LocalSegment } from '../model/engine.js'
import type { Matcher } from '../model/labels.js'
import type { Direction, HashInterval } from '../model/plan.js'
import type { LabelColumn, RowRange, Segment } from '../model/segment.js'
import { LOG_COLUMNS, parquetSource, quoteIdentifier } from '../segment/segment.js'
import { columnPredicate } from './matcher-sql.js'

export interface LogScanRequest {
  readonly matchers: readonly Matcher[]
  /** In ns, both inclusive. */
  readonly from: bigint
  readonly to: bigint
  readonly interval: HashInterval
  /** Over the column `line`, joined by AND. */
  readonly linePredicates: readonly string[]
  /** Names of the labels to read. */
  readonly streamLabels: ReadonlySet<string> | 'all'
  readonly metadataLabels: ReadonlySet<string> | 'all'
  /** `bytes`: only how long the line is. */
  readonly line: 'none' | 'bytes' | 'text'
}

/** Columns of the result by their position: stream, ts, then what is given here. */
export interface LogScan {
  readonly sql: string
  readonly segments: number
  /** Rows with equal stream, ts and id follow each other, and all but the first are copies; undefined where there can be none. */
  readonly id: number | undefined
  readonly line: number | undefined
  readonly metaRest: number | undefined
  readonly stream: readonly ScannedLabel[]
  readonly metadata: readonly ScannedLabel[]
}

export interface ScannedLabel {
  readonly name: string
  readonly column: number
}

export const SCAN_STREAM = 0
export const SCAN_TS = 1

/**
 * Segments that can hold the same entry are read together, by one scan each. Rows come by (stream, ts, arrival);
 * a copy in a later generation comes after the entry itself.
 */
export function logScans(segments: readonly LocalSegment[], request: LogScanRequest): readonly LogScan[] {
  const reached = segments.flatMap((local) => {
    const where = predicates(local, request)
    return where === undefined ? [] : [{ local, where }]
  })
  return overlapping(reached, request).map((together) => scanOf(together, request))
}

/**
 * The time of the n-th row (from 1) of a scan in a direction; no row if there are fewer. At least n distinct entries
 * are at or before it in that direction, counting every entry as often as it can be copied.
 */
export function nthTimeSql(scan: LogScan, direction: Direction, n: number): string {
  const order = direction === 'forward' ? 'ASC' : 'DESC'
  return `SELECT ${LOG_COLUMNS.ts} FROM (${scan.sql}) ORDER BY ${LOG_COLUMNS.ts} ${order} LIMIT 1 OFFSET ${n * scan.segments - 1}`
}

interface Reached {
  readonly local: LocalSegment
  readonly where: readonly string[]
}

/** Undefined if no row of the segment can match. */
function predicates({ segment, rows }: LocalSegment, request: LogScanRequest): readonly string[] | undefined {
  if (segment.timeMax < request.from || segment.timeMin > request.to) return undefined
  if (segment.hashMax < request.interval.from || segment.hashMin >= request.interval.to) return undefined
  const where: string[] = rows === undefined ? [] : [rowsPredicate(rows)]
  for (const matcher of request.matchers) {
    const column = segment.columns.find((candidate) => candidate.kind === 'stream' && candidate.name === matcher.name)
    const predicate = columnPredicate(matcher, column?.column)
    if (predicate === 'none') return undefined
    if (predicate !== 'all') where.push(predicate)
  }
  if (segment.timeMin < request.from) where.push(`${LOG_COLUMNS.ts} >= ${request.from}`)
  if (segment.timeMax > request.to) where.push(`${LOG_COLUMNS.ts} <= ${request.to}`)
  if (segment.hashMin < request.interval.from) where.push(`${LOG_COLUMNS.stream} >= ${BigInt(request.interval.from) << 32n}`)
  if (segment.hashMax >= request.interval.to) where.push(`${LOG_COLUMNS.stream} < ${BigInt(request.interval.to) << 32n}`)
  return [...where, ...request.linePredicates]
}

/** DuckDB reads no row group that such a condition leaves out. */
function rowsPredicate(ranges: readonly RowRange[]): string {
  const parts = ranges.map(({ from, to }) => `(${ROW_NUMBER} >= ${from} AND ${ROW_NUMBER} < ${to})`)
  return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`
}

/** Groups of segments, oldest first in each; segments of different groups have no entry in common. */
function overlapping(reached: readonly Reached[], request: LogScanRequest): readonly (readonly Reached[])[] {
  const groups: Reached[][] = []
  for (const next of [...reached].sort((a, b) => compareAge(a.local.segment, b.local.segment))) {
    const touched = groups.filter((group) => group.some((other) => overlap(next.local.segment, other.local.segment, request)))
    const joined = [...touched.flat(), next]
    for (const group of touched) groups.splice(groups.indexOf(group), 1)
    groups.push(joined)
  }
  return groups.map((group) => group.sort((a, b) => compareAge(a.local.segment, b.local.segment)))
}

/** Whether two segments overlap in hash, and in time as far as the request looks. */
function overlap(a: Segment, b: Segment, request: LogScanRequest): boolean {
  if (a.hashMin > b.hashMax || b.hashMin > a.hashMax) return false
  const from = [a.timeMin, b.timeMin, request.from].reduce((x, y) => (x > y ? x : y))
  const to = [a.timeMax, b.timeMax, request.to].reduce((x, y) => (x < y ? x : y))
  return from <= to
}

/** Catalog ids are decimal numbers in order of registration. */
function compareAge(a: Segment, b: Segment): number {
  return a.created - b.created || a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id))
}

function scanOf(together: readonly Reached[], request: LogScanRequest): LogScan {
  const fixed = [LOG_COLUMNS.stream, LOG_COLUMNS.ts].map((column) => ({ name: column, of: (): string => column }))
  const columns: OutputColumn[] = [...fixed]
  const add = (name: string, of: OutputColumn['of']): number => columns.push({ name, of }) - 1
  const several = together.length > 1
  const id = several ? add('i', () => LOG_COLUMNS.id) : undefined
  const line = request.line === 'none' ? undefined : add('l', () => lineSql(request.line === 'bytes'))
  const metaRest = hasRest(request) && together.some(({ local }) => hasRestColumn(local.segment)) ? add('r', () => LOG_COLUMNS.metaRest) : undefined
  const labels = (kind: LabelColumn['kind'], wanted: ReadonlySet<string> | 'all'): readonly ScannedLabel[] =>
    labelNames(together, kind, wanted).map((name) => ({
      name,
      column: add(`${kind}${columns.length}`, (segment) => labelSql(segment, kind, name)),
    }))
  const stream = labels('stream', request.streamLabels)
  const metadata = labels('meta', request.metadataLabels)
  const selects = together.map(({ local, where }, at) => selectSql(local, where, columns, several ? at : undefined))
  const order = [LOG_COLUMNS.stream, LOG_COLUMNS.ts, 'segment_age', 'arrival'].join(', ')
  const sql = several ? `SELECT * EXCLUDE (segment_age, arrival) FROM (${selects.join(' UNION ALL ')}) ORDER BY ${order}` : selects[0]
  return { sql, segments: together.length, id, line, metaRest, stream, metadata }
}

interface OutputColumn {
  readonly name: string
  readonly of: (segment: Segment) => string
}

function selectSql(local: LocalSegment, where: readonly string[], columns: readonly OutputColumn[], age: number | undefined): string {
  const selected = columns.map((column) => `${column.of(local.segment)} AS ${column.name}`)
  const order = age === undefined ? [] : [`${age} AS segment_age`, `${ROW_NUMBER} AS arrival`]
  const source = age === undefined && local.rows === undefined ? parquetSource(local.path) : numberedSource(local.path)
  const filter = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
  return `SELECT ${[...selected, ...order].join(', ')} FROM ${source}${filter}`
}

/** The place of a row in its file, a column of numberedSource. */
const ROW_NUMBER = 'file_row_number'

function numberedSource(path: string): string {
  return parquetSource(path).replace(/\)$/, `, ${ROW_NUMBER} = true)`)
}

function lineSql(bytesOnly: boolean): string {
  return bytesOnly ? LOG_COLUMNS.lineBytes : LOG_COLUMNS.line
}

function hasRestColumn({ columns }: Segment): boolean {
  return columns.some(({ kind }) => kind === 'rest')
}

/** Metadata without a column of its own may be any, unless nothing of it is asked for. */
function hasRest(request: LogScanRequest): boolean {
  return request.metadataLabels === 'all' || request.metadataLabels.size > 0
}

function labelNames(together: readonly Reached[], kind: LabelColumn['kind'], wanted: ReadonlySet<string> | 'all'): readonly string[] {
  const names = new Set<string>()
  for (const { local } of together) {
    for (const column of local.segment.columns) {
      if (column.kind === kind && (wanted === 'all' || wanted.has(column.name))) names.add(column.name)
    }
  }
  return [...names]
}

function labelSql(segment: Segment, kind: LabelColumn['kind'], name: string): string {
  const column = segment.columns.find((candidate) => candidate.kind === kind && candidate.name === name)
  return column === undefined ? 'CAST(NULL AS VARCHAR)' : quoteIdentifier(column.column)
}
