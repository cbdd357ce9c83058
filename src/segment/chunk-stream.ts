/** One scan, pulled chunk by chunk. The next chunk is decoded while the present one is looked at. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import { QueryError } from '../model/error.js'
import { Chunk } from './chunk.js'
import { chunkReleased } from './chunk-memory.js'

export interface ChunkStream {
  /** Undefined after the last chunk. */
  next(): Promise<Chunk | undefined>
  /** Ends the scan wherever it is; needed unless `next` has given undefined. */
  close(): Promise<void>
}

interface StreamParts {
  readonly signal: AbortSignal | undefined
  readonly asError: (thrown: unknown) => QueryError
  /** The connection is idle again. */
  readonly giveBack: () => void
}

export async function openChunkStream(connection: DuckDBConnection, sql: string, parts: StreamParts): Promise<ChunkStream> {
  const { signal } = parts
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt, { once: true })
  try {
    const pending = await connection.startStream(sql)
    // Starting a statement clears an earlier interrupt; from here on an interrupt counts.
    checkCancelled(signal)
    const result = await pending.getResult()
    checkCancelled(signal)
    return new PulledChunks(connection, result, parts, interrupt)
  } catch (thrown) {
    signal?.removeEventListener('abort', interrupt)
    connection.closeSync()
    checkCancelled(signal)
    throw parts.asError(thrown)
  }
}

class PulledChunks implements ChunkStream {
  readonly #connection: DuckDBConnection
  readonly #result: DuckDBResult
  readonly #parts: StreamParts
  readonly #interrupt: () => void
  readonly #types: readonly string[]
  #ahead: Promise<DuckDBDataChunk | null>
  #present: Chunk | undefined
  #ended = false

  constructor(connection: DuckDBConnection, result: DuckDBResult, parts: StreamParts, interrupt: () => void) {
    this.#connection = connection
    this.#result = result
    this.#parts = parts
    this.#interrupt = interrupt
    this.#types = result.columnTypes().map(String)
    this.#ahead = this.#fetch()
  }

  async next(): Promise<Chunk | undefined> {
    if (this.#ended) return undefined
    const done = this.#present?.viewedBytes ?? 0
    this.#present = undefined
    chunkReleased(done)
    try {
      const chunk = await this.#ahead
      checkCancelled(this.#parts.signal)
      if (chunk !== null && chunk.rowCount > 0) {
        this.#ahead = this.#fetch()
        this.#present = new Chunk(chunk, this.#types)
        return this.#present
      }
    } catch (thrown) {
      this.#end()
      this.#connection.closeSync()
      checkCancelled(this.#parts.signal)
      throw this.#parts.asError(thrown)
    }
    this.#end()
    this.#parts.giveBack()
    return undefined
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.#end()
    this.#connection.interrupt()
    await this.#ahead.catch(() => undefined)
    this.#connection.closeSync()
  }

  /** A rejection is met by the next `next` or `close`, and must not count as unhandled until then. */
  #fetch(): Promise<DuckDBDataChunk | null> {
    const chunk = this.#result.fetchChunk()
    chunk.catch(() => undefined)
    return chunk
  }

  #end(): void {
    this.#ended = true
    this.#parts.signal?.removeEventListener('abort', this.#interrupt)
  }
}

function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new QueryError({ code: 'cancelled', message: 'the scan was cancelled' })
}
