/**
 * Writing: rows go as whole columns into a table in memory, in the order in which they shall stand in the file,
 * and from there to Parquet. The bindings below node-api are used because its vectors take lists value by value.
 */
import { DuckDBDataChunk, DuckDBListType, BIGINT, DOUBLE, INTEGER, VARCHAR, type DuckDBAppender, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api'
import bindings, { type Vector } from '@duckdb/node-bindings'
import type { Duckdb } from './duckdb.js'
import { quoteIdentifier, quoteText } from './sql.js'

const TYPES = {
  BIGINT,
  DOUBLE,
  INTEGER,
  VARCHAR,
  'BIGINT[]': new DuckDBListType(BIGINT),
  'DOUBLE[]': new DuckDBListType(DOUBLE),
  'INTEGER[]': new DuckDBListType(INTEGER),
} as const satisfies Record<string, DuckDBType>

export interface Column {
  readonly name: string
  readonly type: keyof typeof TYPES
}

export interface ParquetFile {
  readonly path: string
  readonly columns: readonly Column[]
  readonly rowGroupRows: number
  /** The file's own metadata. */
  readonly facts: Readonly<Record<string, string>>
}

/** Rows of one chunk at most. */
export const CHUNK_ROWS = 2048

const LIST_ENTRY_WORDS = 4
/** The table takes what the appender has collected after so many rows; bounds what exists twice. */
const FLUSH_ROWS = 8 * CHUNK_ROWS

/** A VARCHAR in a vector: its length, and behind it the text itself where that is short enough. */
const TEXT_BYTES = 16
const LENGTH_BYTES = 4

type Fill = (chunk: ChunkBuilder, from: number, count: number) => void

/** Writes `rows` rows to a new Parquet file; `fill` is called for each run of at most CHUNK_ROWS of them and must write every column. */
export async function writeParquet(duckdb: Duckdb, file: ParquetFile, rows: number, fill: Fill, signal?: AbortSignal): Promise<void> {
  await duckdb.withConnection(
    async (connection) => {
      const columns = file.columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`)
      await connection.run(`CREATE OR REPLACE TEMP TABLE pending (${columns.join(', ')})`)
      try {
        await append(connection, file.columns, rows, fill)
        await connection.run(copyStatement('SELECT * FROM pending', file))
      } finally {
        await connection.run('DROP TABLE pending')
      }
    },
    signal === undefined ? {} : { signal },
  )
}

/** Writes the rows of a query, in its order, to a new Parquet file. */
export async function copyToParquet(duckdb: Duckdb, query: string, file: Omit<ParquetFile, 'columns'>, signal?: AbortSignal): Promise<void> {
  await duckdb.run(copyStatement(query, file), signal === undefined ? {} : { signal })
}

function copyStatement(query: string, file: Omit<ParquetFile, 'columns'>): string {
  const facts = Object.entries(file.facts).map(([key, value]) => `${quoteIdentifier(key)}: ${quoteText(value)}`)
  return (
    `COPY (${query}) TO ${quoteText(file.path)} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ` +
    `ROW_GROUP_SIZE ${file.rowGroupRows}, KV_METADATA {${facts.join(', ')}})`
  )
}

async function append(connection: DuckDBConnection, columns: readonly Column[], rows: number, fill: Fill): Promise<void> {
  const appender: DuckDBAppender = await connection.createAppender('pending')
  const chunk = DuckDBDataChunk.create(columns.map(({ type }) => TYPES[type]))
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from)
    chunk.reset()
    chunk.rowCount = count
    fill(new ChunkBuilder(chunk, count), from, count)
    appender.appendDataChunk(chunk)
    if (from % FLUSH_ROWS === 0) appender.flushSync()
  }
  appender.closeSync()
}

/** A chunk being filled; columns by position, rows from 0. */
export class ChunkBuilder {
  readonly rows: number
  readonly #chunk: DuckDBDataChunk

  constructor(chunk: DuckDBDataChunk, rows: number) {
    this.#chunk = chunk
    this.rows = rows
  }

  /** The first `rows` values of a plain column of the same width. */
  values(column: number, values: BigInt64Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>): void {
    copyInto(this.#vector(column), values, this.rows)
  }

  /** VARCHAR; undefined is NULL. */
  texts(column: number, values: readonly (string | undefined)[]): void {
    const vector = this.#vector(column)
    const long: number[] = []
    const bytes = new Uint8Array(this.rows * TEXT_BYTES)
    let nulls = 0
    for (let row = 0; row < this.rows; row++) {
      const value = values[row]
      if (value === undefined) nulls++
      else if (!putShort(bytes, row * TEXT_BYTES, value)) long.push(row)
    }
    bindings.copy_data_to_vector(vector, 0, bytes.buffer, 0, bytes.byteLength)
    for (const row of long) bindings.vector_assign_string_element(vector, row, values[row] ?? '')
    if (nulls > 0) this.#nulls(vector, (row) => values[row] === undefined)
  }

  /** VARCHAR from UTF-8 bytes. */
  utf8(column: number, bytesOf: (row: number) => Uint8Array): void {
    const vector = this.#vector(column)
    for (let row = 0; row < this.rows; row++) bindings.vector_assign_string_element_len(vector, row, bytesOf(row))
  }

  /** Lists one after the other in `child`, as long as `lengths` says; a list of length 0 is NULL. */
  lists(column: number, lengths: Int32Array, child: BigInt64Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>): void {
    const vector = this.#vector(column)
    const entries = new Int32Array(this.rows * LIST_ENTRY_WORDS)
    let size = 0
    for (let row = 0; row < this.rows; row++) {
      entries[row * LIST_ENTRY_WORDS] = size
      entries[row * LIST_ENTRY_WORDS + 2] = lengths[row]
      size += lengths[row]
    }
    bindings.list_vector_reserve(vector, size)
    bindings.list_vector_set_size(vector, size)
    if (size > 0) copyInto(bindings.list_vector_get_child(vector), child, size)
    bindings.copy_data_to_vector(vector, 0, entries.buffer, 0, entries.byteLength)
    this.#nulls(vector, (row) => lengths[row] === 0)
  }

  #nulls(vector: Vector, isNull: (row: number) => boolean): void {
    const mask = new Uint8Array(Math.ceil(this.rows / 64) * 8).fill(0xff)
    let nulls = 0
    for (let row = 0; row < this.rows; row++) {
      if (!isNull(row)) continue
      mask[row >> 3] &= ~(1 << (row & 7))
      nulls++
    }
    if (nulls === 0) return
    bindings.vector_ensure_validity_writable(vector)
    bindings.copy_data_to_vector_validity(vector, 0, mask.buffer, 0, mask.byteLength)
  }

  #vector(column: number): Vector {
    return bindings.data_chunk_get_vector(this.#chunk.chunk, column)
  }
}

/** Writes a short text of ASCII as it lies in a vector: one call for many of these saves a call for each. False if the text is another. */
function putShort(bytes: Uint8Array, at: number, text: string): boolean {
  const { length } = text
  if (length > TEXT_BYTES - LENGTH_BYTES) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) {
      bytes.fill(0, at, at + TEXT_BYTES)
      return false
    }
    bytes[at + LENGTH_BYTES + i] = code
  }
  bytes[at] = length
  return true
}

function copyInto(vector: Vector, values: BigInt64Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>, count: number): void {
  bindings.copy_data_to_vector(vector, 0, values.buffer, values.byteOffset, count * values.BYTES_PER_ELEMENT)
}
