/**
 * One chunk of a scan, column by column, without an object per value. Views show DuckDB's own memory:
 * they are valid only while the `onChunk` call that received the chunk runs; copy what must live longer.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import bindings, { type Vector } from '@duckdb/node-bindings'
import { QueryError } from '../model/error.js'

/** The arrays that hold the values of a column or the children of a list column, by SQL type. */
export interface ArrayOfType {
  readonly BIGINT: BigInt64Array<ArrayBuffer>
  readonly DOUBLE: Float64Array<ArrayBuffer>
  readonly INTEGER: Int32Array<ArrayBuffer>
}

/** List r holds `child[offsets[r]]` to `child[offsets[r] + lengths[r] - 1]`. A NULL list has length 0. */
export interface ListColumn<A> {
  readonly offsets: Int32Array<ArrayBuffer>
  readonly lengths: Int32Array<ArrayBuffer>
  readonly child: A
}

const BYTES_OF = { BIGINT: 8, DOUBLE: 8, INTEGER: 4 } as const
const STRING_BYTES = 16
/** A string is its length and, if it is short, its bytes; else behind four of them a pointer to all. */
const LENGTH_BYTES = 4
const POINTER_AT = 8
const INLINE_BYTES_MAX = 12

export class Chunk {
  readonly rows: number
  readonly #chunk: DuckDBDataChunk
  readonly #types: readonly string[]
  readonly #vectors: (Vector | undefined)[] = []
  readonly #bytes: (Uint8Array | undefined)[] = []
  readonly #texts: (Buffer<ArrayBuffer> | undefined)[] = []
  readonly #validity: (Uint8Array | null | undefined)[] = []
  #viewedBytes = 0

  constructor(chunk: DuckDBDataChunk, types: readonly string[]) {
    this.#chunk = chunk
    this.#types = types
    this.rows = chunk.rowCount
  }

  /** Bytes of the columns that have been looked at: about what DuckDB holds for the chunk. */
  get viewedBytes(): number {
    return this.#viewedBytes
  }

  bigints(column: number): BigInt64Array<ArrayBuffer> {
    return this.#plain(column, 'BIGINT')
  }

  /** A BIGINT column as pairs of words: the low 32 bits of row r at 2r (read it unsigned: `>>> 0`), the high ones, signed, at 2r + 1. */
  words(column: number): Int32Array<ArrayBuffer> {
    return wordsOf(this.#plain(column, 'BIGINT'))
  }

  doubles(column: number): Float64Array<ArrayBuffer> {
    return this.#plain(column, 'DOUBLE')
  }

  integers(column: number): Int32Array<ArrayBuffer> {
    return this.#plain(column, 'INTEGER')
  }

  /** A list column, `lists(c, 'BIGINT')` for BIGINT[]; the child is a view of the whole chunk. */
  lists<T extends keyof ArrayOfType>(column: number, type: T): ListColumn<ArrayOfType[T]> {
    this.#expect(column, `${type}[]`)
    const entries = this.#data(column, STRING_BYTES)
    const words = new Int32Array(entries.buffer as ArrayBuffer, entries.byteOffset, this.rows * 4)
    const offsets = new Int32Array(this.rows)
    const lengths = new Int32Array(this.rows)
    const validity = this.#validityOf(column)
    for (let row = 0; row < this.rows; row++) {
      if (validity !== null && (validity[row >> 3] & (1 << (row & 7))) === 0) continue
      offsets[row] = words[row * 4]
      lengths[row] = words[row * 4 + 2]
    }
    const vector = this.#vector(column)
    const size = bindings.list_vector_get_size(vector)
    const bytes = size === 0 ? new Uint8Array(0) : bindings.vector_get_data(bindings.list_vector_get_child(vector), size * BYTES_OF[type])
    this.#viewedBytes += bytes.byteLength
    return { offsets, lengths, child: view(bytes, type, size) }
  }

  /** The VARCHAR of a row; null where absent. Decoded on demand: read each cell once. */
  text(column: number, row: number): string | null {
    this.#expect(column, 'VARCHAR')
    if (this.isNull(column, row)) return null
    const data = this.#textData(column)
    const at = row * STRING_BYTES
    const length = data.readUInt32LE(at)
    if (length <= INLINE_BYTES_MAX) return data.toString('utf8', at + LENGTH_BYTES, at + LENGTH_BYTES + length)
    const bytes = bindings.get_data_from_pointer(data.buffer, data.byteOffset + at + POINTER_AT, length)
    return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, length).toString('utf8')
  }

  isNull(column: number, row: number): boolean {
    const validity = this.#validityOf(column)
    return validity !== null && (validity[row >> 3] & (1 << (row & 7))) === 0
  }

  /** One view a column, since making one costs as much as decoding a short text. */
  #textData(column: number): Buffer<ArrayBuffer> {
    const data = this.#data(column, STRING_BYTES)
    return (this.#texts[column] ??= Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
  }

  #plain<T extends keyof ArrayOfType>(column: number, type: T): ArrayOfType[T] {
    this.#expect(column, type)
    return view(this.#data(column, BYTES_OF[type]), type, this.rows)
  }

  #expect(column: number, type: string): void {
    if (this.#types[column] === type) return
    throw new QueryError({ code: 'internal', message: `column ${column} of a scan is ${this.#types[column]}, expected ${type}` })
  }

  #vector(column: number): Vector {
    return (this.#vectors[column] ??= bindings.data_chunk_get_vector(this.#chunk.chunk, column))
  }

  #data(column: number, bytesPerRow: number): Uint8Array {
    const known = this.#bytes[column]
    if (known !== undefined) return known
    const bytes = bindings.vector_get_data(this.#vector(column), this.rows * bytesPerRow)
    this.#viewedBytes += bytes.byteLength
    this.#bytes[column] = bytes
    return bytes
  }

  /** One bit a row, set where there is a value; null where no row is NULL. */
  #validityOf(column: number): Uint8Array | null {
    const known = this.#validity[column]
    if (known !== undefined) return known
    // Despite its declared type the binding answers null where DuckDB keeps no mask.
    const bytes: Uint8Array | null = bindings.vector_get_validity(this.#vector(column), Math.ceil(this.rows / 64) * 8)
    this.#validity[column] = bytes
    return bytes
  }
}

/** BIGINT values as pairs of 32-bit words, low before high; the same memory. */
export function wordsOf(values: BigInt64Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

/** The exact value of a word pair where it is below 2^53 in magnitude, as times in ms are. */
export function wordsNumber(words: Int32Array, index: number): number {
  return words[index * 2 + 1] * 4294967296 + (words[index * 2] >>> 0)
}

function view<T extends keyof ArrayOfType>(bytes: Uint8Array, type: T, length: number): ArrayOfType[T]
function view(bytes: Uint8Array, type: keyof ArrayOfType, length: number): ArrayOfType[keyof ArrayOfType] {
  const buffer = bytes.buffer as ArrayBuffer
  switch (type) {
    case 'BIGINT':
      return new BigInt64Array(buffer, bytes.byteOffset, length)
    case 'DOUBLE':
      return new Float64Array(buffer, bytes.byteOffset, length)
    case 'INTEGER':
      return new Int32Array(buffer, bytes.byteOffset, length)
  }
}
