/**
 * Rows of a query handed over in DuckDB's own memory. A result of DuckDB is a copy of every vector, in memory that is new each
 * time, and for columns of lists that copy costs four times what decoding them does. A function of ours in the query is called
 * with the vectors themselves, so `SELECT count(visit(columns))` reads a file without one. See docs/decisions/0006-units.md.
 */
import { ANY, DuckDBDataChunk, DuckDBLogicalType, DuckDBScalarFunction, INTEGER, type DuckDBConnection, type DuckDBScalarFunctionInfo } from '@duckdb/node-api'
import bindings from '@duckdb/node-bindings'
import { Chunk } from './chunk.js'
import { copiesReleased } from './chunk-memory.js'

const FUNCTION = 'millrace_visit'

/** A query in two parts, since the columns become arguments of a function. */
export interface VisitQuery {
  /** SQL expressions, the columns of the chunks. */
  readonly columns: readonly string[]
  /** From `FROM` on. */
  readonly from: string
}

interface Visit {
  readonly onChunk: (chunk: Chunk) => void
  readonly checkCancelled: () => void
  types: readonly string[] | undefined
  thrown: { readonly reason: unknown } | undefined
}

/** The visits that run in one instance. */
export class Visits {
  readonly #running = new Map<number, Visit>()
  #next = 0

  /** To be called once an instance. */
  register(connection: DuckDBConnection): void {
    const visit = DuckDBScalarFunction.create({
      name: FUNCTION,
      varArgsType: ANY,
      returnType: INTEGER,
      specialHandling: true,
      volatile: true,
      mainFunction: (info, input) => this.#take(info, input),
    })
    connection.registerScalarFunction(visit)
  }

  /** Rejects with what `onChunk` or `checkCancelled` throws, or with what DuckDB says. A chunk is valid only during its call. */
  async run(connection: DuckDBConnection, query: VisitQuery, onChunk: (chunk: Chunk) => void, checkCancelled: () => void): Promise<void> {
    const { columns, from } = query
    const id = this.#next++
    const visit: Visit = { onChunk, checkCancelled, types: undefined, thrown: undefined }
    this.#running.set(id, visit)
    try {
      const pending = await connection.start(`SELECT count(${FUNCTION}(${[...columns, id].join(', ')})) ${from}`)
      // Starting a statement clears an earlier interrupt; from here on an interrupt counts.
      checkCancelled()
      await pending.getResult()
    } catch (failed) {
      throw visit.thrown === undefined ? failed : visit.thrown.reason
    } finally {
      this.#running.delete(id)
    }
  }

  /** Called by DuckDB's thread, which waits meanwhile, on the thread of this instance. An exception must not leave it. */
  #take(info: DuckDBScalarFunctionInfo, input: DuckDBDataChunk): void {
    if (input.rowCount === 0) return
    const id = input.columnCount - 1
    const visit = this.#running.get(numberOf(input, id))
    try {
      if (visit === undefined) throw new Error('rows of a visit that does not run')
      visit.types ??= Array.from({ length: id }, (_, column) => typeOf(input, column))
      const chunk = new Chunk(input, visit.types)
      visit.checkCancelled()
      visit.onChunk(chunk)
      copiesReleased(chunk.viewedBytes)
    } catch (reason) {
      if (visit !== undefined) visit.thrown = { reason }
      info.setError('the visitor has failed')
    }
  }
}

function numberOf(input: DuckDBDataChunk, column: number): number {
  const bytes = bindings.vector_get_data(bindings.data_chunk_get_vector(input.chunk, column), 4)
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true)
}

function typeOf(input: DuckDBDataChunk, column: number): string {
  const vector = bindings.data_chunk_get_vector(input.chunk, column)
  return DuckDBLogicalType.create(bindings.vector_get_column_type(vector)).asType().toString()
}
