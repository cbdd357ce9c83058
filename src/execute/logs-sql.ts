/** Which rows of log segments a unit reads, and by which scans. */
import type { WantedFields } from '../language/language.js'
import type { LocalSegment } from '../model/engine.js'
import type { Direction } from '../model/plan.js'
import type { RowRange, Segment } from '../model/segment.js'
import { LOG_COLUMNS, PARSED_BY } from '../segment/segment.js'
import type { LogScan, LogScanRequest, Reached } from './logs-scan.js'
import { ROW_NUMBER, rowScan, togetherScan } from './logs-select.js'
import { columnPredicate } from './matcher-sql.js'

/**
 * Segments that can hold the same entry are read together, by one scan each; where fields stand in columns, lines that lack them have a
 * scan of their own. Rows come by (stream, ts, arrival); a copy in a later generation comes after the entry itself.
 */
export function logScans(segments: readonly LocalSegment[], request: LogScanRequest): readonly LogScan[] {
  const reached = segments.flatMap((local) => reach(local, request) ?? [])
  return scansOf(overlapping(reached, request), request)
}

/**
 * The time of the n-th row (from 1) of a scan in a direction; no row if there are fewer. At least n distinct entries
 * are at or before it in that direction, counting every entry as often as it can be copied.
 */
export function nthTimeSql(scan: LogScan, direction: Direction, n: number): string {
  const order = direction === 'forward' ? 'ASC' : 'DESC'
  return `SELECT ts FROM (${scan.sql}) AS scanned(stream, ts) ORDER BY ts ${order} LIMIT 1 OFFSET ${n * scan.copies - 1}`
}

/** The segment with the conditions on its rows; undefined if none can match. */
function reach(local: LocalSegment, request: LogScanRequest): Reached | undefined {
  const { segment, rows } = local
  if (segment.timeMax < request.from || segment.timeMin > request.to) return undefined
  if (segment.hashMax < request.interval.from || segment.hashMin >= request.interval.to) return undefined
  const where: string[] = rows === undefined ? [] : [rowsPredicate(rows)]
  const columns = new Set<string>()
  const add = (column: string, predicate: string): void => {
    where.push(predicate)
    columns.add(column)
  }
  for (const matcher of request.matchers) {
    const column = segment.columns.find((candidate) => candidate.kind === 'stream' && candidate.name === matcher.name)
    const predicate = columnPredicate(matcher, column?.column)
    if (predicate === 'none') return undefined
    if (predicate !== 'all' && column !== undefined) add(column.column, predicate)
  }
  const { ts, stream, line } = LOG_COLUMNS
  if (segment.timeMin < request.from) add(ts, `${ts} >= ${request.from}`)
  if (segment.timeMax > request.to) add(ts, `${ts} <= ${request.to}`)
  if (segment.hashMin < request.interval.from) add(stream, `${stream} >= ${BigInt(request.interval.from) << 32n}`)
  if (segment.hashMax >= request.interval.to) add(stream, `${stream} < ${BigInt(request.interval.to) << 32n}`)
  for (const predicate of request.linePredicates) add(line, predicate)
  return { local, where, columns: [...columns] }
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

function scansOf(groups: readonly (readonly Reached[])[], request: LogScanRequest): readonly LogScan[] {
  const apart = groups.filter(({ length }) => length === 1).flat()
  return [...apartScans(apart, request), ...groups.filter(({ length }) => length > 1).flatMap((group) => overlappingScans(group, request))]
}

/** Of segments that share no entry: one scan of the rows whose fields stand in columns, one of the others. */
function apartScans(apart: readonly Reached[], request: LogScanRequest): readonly LogScan[] {
  const { fields, tiles } = request
  const [known, rest] = fields === undefined ? [[], apart] : parted(apart, fields)
  const scans: LogScan[] = []
  if (fields !== undefined && known.length > 0) {
    const asked = { ...request, line: fields.line }
    scans.push(tiles === undefined ? rowScan(known, 'apart', asked, fields) : togetherScan(known, asked, fields, tiles))
  }
  if (rest.length > 0) {
    scans.push(tiles === undefined || request.line === 'text' ? rowScan(rest, 'apart', request, undefined) : togetherScan(rest, request, undefined, tiles))
  }
  return scans
}

/** Rows whose fields stand in columns, and the others. */
function parted(apart: readonly Reached[], fields: WantedFields): readonly [known: readonly Reached[], rest: readonly Reached[]] {
  const known = apart.filter(({ local }) => hasFields(local.segment, fields))
  const others = apart.filter((reached) => !known.includes(reached))
  const unparsed = known.filter(({ local: { segment } }) => segment.fields?.parsed[fields.parser] !== segment.rows)
  return [narrowedTo(known, fields, '='), [...narrowedTo(unparsed, fields, '<>'), ...others]]
}

function overlappingScans(group: readonly Reached[], request: LogScanRequest): readonly LogScan[] {
  const { fields } = request
  if (fields === undefined || !group.every(({ local }) => hasFields(local.segment, fields))) return [rowScan(group, 'overlapping', request, undefined)]
  const known = rowScan(narrowedTo(group, fields, '='), 'overlapping', { ...request, line: fields.line }, fields)
  const allKnown = group.every(({ local: { segment } }) => segment.fields?.parsed[fields.parser] === segment.rows)
  return allKnown ? [known] : [known, rowScan(narrowedTo(group, fields, '<>'), 'overlapping', request, undefined)]
}

/** Whether every wanted field of lines that the parser has parsed stands in a column. */
function hasFields({ fields }: Segment, { parser, names }: WantedFields): boolean {
  if (fields === undefined || fields.parsed[parser] === 0) return false
  return !fields.names.some((field) => field.parser === parser && field.column === undefined && names.includes(field.name))
}

function narrowedTo(together: readonly Reached[], { parser }: WantedFields, comparison: '=' | '<>'): readonly Reached[] {
  return together.map(({ local, where, columns }) => ({
    local,
    where: [...where, `${LOG_COLUMNS.parsedBy} ${comparison} ${PARSED_BY[parser]}`],
    columns: [...columns, LOG_COLUMNS.parsedBy],
  }))
}
