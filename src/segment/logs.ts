/** Log segments: one row per entry. */
import { compareUtf8, labelsObject, type Labels } from '../model/labels.js'
import type { LabelColumn, NewSegment } from '../model/segment.js'
import type { Duckdb } from './duckdb.js'
import { LAYOUT_VERSION, LOG_COLUMNS, labelColumns } from './layout.js'
import { FieldCells, type RowFields } from './log-fields.js'
import { quoteText } from './sql.js'
import { CHUNK_ROWS, writeParquet, type ChunkBuilder, type Column } from './table.js'
import { writeWordIndex } from './log-words.js'
import { streamsOf } from './log-streams.js'
import { LabelCells, fileFacts, segmentFacts, type SegmentTarget } from './write.js'

/**
 * Entries of a log segment; row r is entry `order[r]`. By entry: the stream (an index into `labels` and `hashes`), time in ns, `id`,
 * the UTF-8 bytes of the line, and its structured metadata as name and value by turns (names ascending, empty values kept), undefined for none.
 */
export interface LogRows {
  readonly labels: readonly Labels[]
  readonly hashes: BigInt64Array
  readonly order: Int32Array
  readonly stream: Int32Array
  readonly ts: BigInt64Array
  readonly id: BigInt64Array
  readonly line: (entry: number) => Uint8Array
  readonly metadata: readonly (Labels | undefined)[]
  /** By row; absent: no line is parsed. */
  readonly fields?: RowFields
}

const FIXED: readonly Column[] = [
  { name: LOG_COLUMNS.stream, type: 'BIGINT' },
  { name: LOG_COLUMNS.ts, type: 'BIGINT' },
  { name: LOG_COLUMNS.id, type: 'BIGINT' },
  { name: LOG_COLUMNS.line, type: 'VARCHAR' },
  { name: LOG_COLUMNS.lineBytes, type: 'INTEGER' },
  { name: LOG_COLUMNS.metaRest, type: 'VARCHAR' },
  { name: LOG_COLUMNS.parsedBy, type: 'INTEGER' },
]
/** In narrower ones counting takes longer, in wider ones more lines are read that nobody asked for. */
const ROW_GROUP_ROWS = 8_192

/**
 * Writes the entries to `target.path`, and their word index beside it. Every stream label gets a column (the caller keeps them within limits.labelNamesMax);
 * the commonest metadata names get the columns that are left, the others go to `meta_rest`.
 */
export async function writeLogSegment(duckdb: Duckdb, rows: LogRows, target: SegmentTarget): Promise<NewSegment> {
  const used = new Set<number>()
  for (const entry of rows.order) used.add(rows.stream[entry])
  const streamNames = new Set<string>()
  for (const index of used) for (let at = 0; at < rows.labels[index].length; at += 2) streamNames.add(rows.labels[index][at])
  const metaNames = commonestNames(rows, target.limits.labelNamesMax - streamNames.size)
  const columns = labelColumns(streamNames, metaNames, Object.values(LOG_COLUMNS))
  const fields = rows.fields === undefined ? undefined : new FieldCells(rows.fields, columns, target.limits)
  const file = {
    path: target.path,
    columns: [...columns.map(({ column }) => column).map(textColumn), ...FIXED, ...(fields?.columns ?? []).map(textColumn)],
    rowGroupRows: ROW_GROUP_ROWS,
    facts: fileFacts('logs', columns, LAYOUT_VERSION, fields?.facts),
  }
  const cells = { stream: cellsOf(columns, 'stream'), meta: cellsOf(columns, 'meta'), metaNames: new Set(metaNames), fields }
  const fill = (chunk: ChunkBuilder, from: number): void => fillRows(chunk, rows, from, cells)
  await writeParquet(duckdb, file, rows.order.length, fill, target.signal)
  const rest: readonly LabelColumn[] = rows.order.some((entry) => hasRest(rows.metadata[entry], cells.metaNames))
    ? [{ kind: 'rest', name: LOG_COLUMNS.metaRest, column: LOG_COLUMNS.metaRest }]
    : []
  const measured = { signal: 'logs', ...totals(rows), columns: [...columns, ...rest], names: [], layout: LAYOUT_VERSION, ...(fields === undefined ? {} : { fields: fields.facts }) } as const
  const { rowGroups, columnBytes } = await fileShape(duckdb, target.path)
  const streams = used.size > target.limits.segmentStreamsMax ? {} : { streams: streamsOf(rows) }
  return { ...(await segmentFacts(target, { ...rows, used }, measured)), columnBytes, ...streams, ...(await writeWordIndex(rows, rowGroups, target)) }
}

/** Rows of each row group, in their order, and the bytes of each column. */
async function fileShape(duckdb: Duckdb, path: string): Promise<{ readonly rowGroups: readonly number[]; readonly columnBytes: Readonly<Record<string, number>> }> {
  const chunks = await duckdb.rows(
    `SELECT row_group_id, row_group_num_rows, path_in_schema, total_compressed_size FROM parquet_metadata(${quoteText(path)}) ORDER BY row_group_id`,
  )
  const rowGroups: number[] = []
  const columnBytes: Record<string, number> = Object.create(null)
  for (const chunk of chunks) {
    const column = String(chunk['path_in_schema'])
    rowGroups[Number(chunk['row_group_id'])] = Number(chunk['row_group_num_rows'])
    columnBytes[column] = (columnBytes[column] ?? 0) + Number(chunk['total_compressed_size'])
  }
  return { rowGroups, columnBytes }
}

function textColumn(name: string): Column {
  return { name, type: 'VARCHAR' }
}

function cellsOf(columns: readonly LabelColumn[], kind: LabelColumn['kind']): LabelCells {
  return new LabelCells(columns.filter((column) => column.kind === kind).map(({ name }) => name), CHUNK_ROWS)
}

interface EntryCells {
  readonly stream: LabelCells
  readonly meta: LabelCells
  readonly metaNames: ReadonlySet<string>
  readonly fields: FieldCells | undefined
}

function fillRows(chunk: ChunkBuilder, rows: LogRows, from: number, cells: EntryCells): void {
  cells.stream.clear()
  cells.meta.clear()
  const hashes = new BigInt64Array(chunk.rows)
  const ts = new BigInt64Array(chunk.rows)
  const ids = new BigInt64Array(chunk.rows)
  const lineBytes = new Int32Array(chunk.rows)
  const rest: (string | undefined)[] = Array.from({ length: chunk.rows }, () => undefined)
  for (let row = 0; row < chunk.rows; row++) {
    const entry = rows.order[from + row]
    const stream = rows.stream[entry]
    cells.stream.set(row, rows.labels[stream])
    hashes[row] = rows.hashes[stream]
    ts[row] = rows.ts[entry]
    ids[row] = rows.id[entry]
    lineBytes[row] = rows.line(entry).byteLength
    const metadata = rows.metadata[entry]
    if (metadata === undefined) continue
    cells.meta.set(row, metadata)
    rest[row] = restOf(metadata, cells.metaNames)
  }
  const labelCells = [...cells.stream.cells, ...cells.meta.cells]
  labelCells.forEach((values, column) => chunk.texts(column, values))
  const base = labelCells.length
  chunk.values(base, hashes)
  chunk.values(base + 1, ts)
  chunk.values(base + 2, ids)
  chunk.utf8(base + 3, (row) => rows.line(rows.order[from + row]))
  chunk.values(base + 4, lineBytes)
  chunk.texts(base + 5, rest)
  if (cells.fields === undefined) chunk.values(base + 6, new Int32Array(chunk.rows))
  else cells.fields.fill(chunk, base + 6, from)
}

function hasRest(metadata: Labels | undefined, withColumn: ReadonlySet<string>): boolean {
  return metadata !== undefined && metadata.some((name, at) => at % 2 === 0 && !withColumn.has(name))
}

function restOf(metadata: Labels, withColumn: ReadonlySet<string>): string | undefined {
  const rest: string[] = []
  for (let at = 0; at < metadata.length; at += 2) if (!withColumn.has(metadata[at])) rest.push(metadata[at], metadata[at + 1])
  return rest.length === 0 ? undefined : JSON.stringify(labelsObject(rest))
}

/** The names of metadata that stand in most entries, at most `count`; of equally common ones the first in order. */
function commonestNames(rows: LogRows, count: number): readonly string[] {
  const uses = new Map<string, number>()
  for (const entry of rows.order) {
    const metadata = rows.metadata[entry]
    if (metadata === undefined) continue
    for (let at = 0; at < metadata.length; at += 2) uses.set(metadata[at], (uses.get(metadata[at]) ?? 0) + 1)
  }
  const byUse = [...uses].sort(([a, usesA], [b, usesB]) => usesB - usesA || compareUtf8(a, b))
  return byUse.slice(0, Math.max(count, 0)).map(([name]) => name)
}

function totals(rows: LogRows): { timeMin: bigint; timeMax: bigint; rows: number; samples: number } {
  let timeMin = rows.ts[rows.order[0]]
  let timeMax = timeMin
  for (const entry of rows.order) {
    if (rows.ts[entry] < timeMin) timeMin = rows.ts[entry]
    if (rows.ts[entry] > timeMax) timeMax = rows.ts[entry]
  }
  return { timeMin, timeMax, rows: rows.order.length, samples: rows.order.length }
}
