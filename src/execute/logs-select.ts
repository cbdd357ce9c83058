/** The SQL of a scan of log segments: which columns, in which order, row by row or rows that are alike together. */
import type { WantedFields } from '../language/language.js'
import type { Tiles } from '../model/nano-windows.js'
import type { LocalSegment } from '../model/engine.js'
import type { FieldParser, LabelColumn, Segment } from '../model/segment.js'
import { LOG_COLUMNS, parquetSource, quoteIdentifier } from '../segment/segment.js'
import { SCAN_STREAM, SCAN_TS, type LogScan, type LogScanRequest, type Reached, type ScannedLabel } from './logs-scan.js'

/** The place of a row in its file. */
export const ROW_NUMBER = 'file_row_number'

/** More labels than these are compared slower than the hash of the stream is, and each label picked. */
const LABELS_COMPARED_MAX = 2

/** More than a file has rows. */
const ROWS_MAX = 2n ** 40n

const NULL_TEXT = 'CAST(NULL AS VARCHAR)'

/**
 * Rows by (stream, ts, arrival), streams in any order. `manner`: what the segments have in common. Where entries may come in several of
 * them, they come from all at once, those of an older segment first; else one segment comes after the other.
 */
export function rowScan(segments: readonly Reached[], manner: 'overlapping' | 'apart', request: LogScanRequest, fields: WantedFields | undefined): LogScan {
  const columns = new ScanColumns(segments)
  columns.add('s', () => LOG_COLUMNS.stream)
  columns.add('t', () => LOG_COLUMNS.ts)
  const mixed = manner === 'overlapping' && segments.length > 1
  const id = mixed ? columns.add('i', () => LOG_COLUMNS.id) : undefined
  const line = request.line === 'none' ? undefined : columns.add('l', () => (request.line === 'bytes' ? LOG_COLUMNS.lineBytes : LOG_COLUMNS.line))
  const entry = columns.ofEntry(request, fields)
  const stream = columns.labels('stream', request.streamLabels)
  const arrival = request.fields === undefined ? undefined : columns.addArrival()
  const all = segments.map((reached, at) => columns.select(reached, mixed ? at : undefined)).join(' UNION ALL ')
  const order = `${columns.names[SCAN_STREAM]}, ${columns.names[SCAN_TS]}, segment_age, arrival`
  const sql = mixed ? `SELECT * EXCLUDE (segment_age, arrival) FROM (${all}) ORDER BY ${order}` : all
  return { sql, bytes: columns.bytes(), copies: mixed ? segments.length : 1, id, line, arrival, ...entry, stream, together: undefined }
}

/** One row for all rows that are alike in labels, metadata, fields and tile, in any order. The segments have no entry in common. */
export function togetherScan(apart: readonly Reached[], request: LogScanRequest, fields: WantedFields | undefined, tiles: Tiles): LogScan {
  const { streamLabels } = request
  const columns = new ScanColumns(apart)
  const tile = columns.add('tile', () => LOG_COLUMNS.ts, (ts) => `CAST((${ts} - ${tiles.after} - 1) // ${tiles.width} AS INTEGER)`)
  const entry = columns.ofEntry(request, fields)
  const byStream = streamLabels === 'all' || streamLabels.size > LABELS_COMPARED_MAX
  if (byStream) columns.add('stream', () => LOG_COLUMNS.stream)
  const keysOfStream = byStream ? [] : columns.labels('stream', streamLabels)
  const keys = columns.names
  const stream = byStream ? columns.labels('stream', streamLabels) : keysOfStream
  const picked = columns.names.slice(keys.length).map((name) => `any_value(${name})`)
  const bytes = request.line === 'bytes' ? ['CAST(sum(out_bytes) AS BIGINT)'] : []
  const selects = apart.map((reached) => columns.select(reached, undefined, request.line === 'bytes' ? [`${LOG_COLUMNS.lineBytes} AS out_bytes`] : []))
  const sql = `SELECT ${[...keys, ...picked, 'CAST(count(*) AS INTEGER)', ...bytes].join(', ')} FROM (${selects.join(' UNION ALL ')}) GROUP BY ${keys.join(', ')}`
  const entries = keys.length + picked.length
  const together = { tile, entries, bytes: request.line === 'bytes' ? entries + 1 : undefined }
  return { sql, bytes: columns.bytes(request.line === 'bytes' ? [LOG_COLUMNS.lineBytes] : []), copies: 1, id: undefined, line: undefined, arrival: undefined, ...entry, stream, together }
}

interface OutputColumn {
  readonly name: string
  /** The column of the file that it is made of; undefined: the segment has none, and the column is NULL. */
  readonly from: (segment: Segment) => string | undefined
  /** What becomes of it. `age`: the place of the segment among those of the scan, the oldest first. */
  readonly form: (column: string, age: number) => string
}

/** The columns of a scan, as they are added. */
class ScanColumns {
  readonly #segments: readonly Reached[]
  readonly #columns: OutputColumn[] = []
  #tellsArrival = false

  constructor(segments: readonly Reached[]) {
    this.#segments = segments
  }

  get names(): readonly string[] {
    return this.#columns.map(({ name }) => name)
  }

  /** The position of the new column. Names differ from those of all columns in files. */
  add(name: string, from: OutputColumn['from'], form: OutputColumn['form'] = asItIs): number {
    return this.#columns.push({ name: `out_${this.#columns.length}_${name}`, from, form }) - 1
  }

  addArrival(): number {
    this.#tellsArrival = true
    return this.add('arrival', () => ROW_NUMBER, (column, age) => `${BigInt(age) * ROWS_MAX} + ${column}`)
  }

  /** What makes up the labels of an entry, but for those of its stream. */
  ofEntry(request: LogScanRequest, fields: WantedFields | undefined): Pick<LogScan, 'metaRest' | 'metadata' | 'fields'> {
    const rest = hasRest(request) && this.#segments.some(({ local }) => local.segment.columns.some(({ kind }) => kind === 'rest'))
    return {
      metaRest: rest ? this.add('rest', () => LOG_COLUMNS.metaRest) : undefined,
      metadata: this.labels('meta', request.metadataLabels),
      fields: fields === undefined ? undefined : this.#fields(fields),
    }
  }

  labels(kind: LabelColumn['kind'], wanted: ReadonlySet<string> | 'all'): readonly ScannedLabel[] {
    return labelNames(this.#segments, kind, wanted).map((name) => ({ name, column: this.add(kind, (segment) => labelColumn(segment, kind, name)) }))
  }

  #fields({ parser, names }: WantedFields): readonly ScannedLabel[] {
    const there = names.filter((name) => this.#segments.some(({ local }) => fieldColumn(local.segment, parser, name) !== undefined))
    return there.map((name) => ({ name, column: this.add('field', (segment) => fieldColumn(segment, parser, name)) }))
  }

  /** What the scan reads of the files, as they are stored: row groups that the word index leaves out are not, those that DuckDB leaves out are. */
  bytes(further: readonly string[] = []): number {
    return this.#segments.reduce((bytes, { local, columns }) => {
      const own = this.#columns.flatMap(({ from }) => from(local.segment) ?? [])
      return bytes + bytesOf(local, new Set([...own, ...columns, ...further]))
    }, 0)
  }

  /** With an age, the rows tell it and their place in the file. */
  select({ local, where }: Reached, age: number | undefined, further: readonly string[] = []): string {
    const selected = this.#columns.map(({ name, from, form }) => `${columnSql(from(local.segment), (column) => form(column, age ?? 0))} AS ${name}`)
    const order = age === undefined ? [] : [`${age} AS segment_age`, `${ROW_NUMBER} AS arrival`]
    const numbered = age !== undefined || local.rows !== undefined || this.#tellsArrival
    const source = numbered ? numberedSource(local.path) : parquetSource(local.path)
    const filter = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
    return `SELECT ${[...selected, ...further, ...order].join(', ')} FROM ${source}${filter}`
  }
}

function numberedSource(path: string): string {
  return parquetSource(path).replace(/\)$/, `, ${ROW_NUMBER} = true)`)
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

function labelColumn(segment: Segment, kind: LabelColumn['kind'], name: string): string | undefined {
  return segment.columns.find((candidate) => candidate.kind === kind && candidate.name === name)?.column
}

function fieldColumn({ fields }: Segment, parser: FieldParser, name: string): string | undefined {
  return fields?.names.find((field) => field.parser === parser && field.name === name)?.column
}

function asItIs(column: string): string {
  return column
}

function columnSql(column: string | undefined, form: (quoted: string) => string): string {
  return column === undefined ? NULL_TEXT : form(quoteIdentifier(column))
}

/** Where the columns are not known by themselves, the whole object. */
function bytesOf({ segment, rows }: LocalSegment, columns: ReadonlySet<string>): number {
  const { columnBytes } = segment
  const whole = columnBytes === undefined ? segment.bytes : [...columns].reduce((bytes, column) => bytes + (columnBytes[column] ?? 0), 0)
  const read = rows === undefined ? segment.rows : rows.reduce((sum, { from, to }) => sum + to - from, 0)
  return Math.round((whole * read) / Math.max(1, segment.rows))
}
