/**
 * DuckDB, the only way to it. An instance lives in memory, reads and writes local Parquet files and loads no extension.
 * A stream that is interrupted, or whose connection runs something else, ends like a complete one: so every scan
 * has a connection of its own while it runs, and keeps its own cancelled flag.
 */
import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk, type DuckDBResult } from '@duckdb/node-api'
import { cancelled, QueryError } from '../model/error.js'
import { Chunk } from './chunk.js'
import { chunkReleased } from './chunk-memory.js'
import { Visits, type VisitQuery } from './visits.js'

export interface DuckdbOptions {
  /** Value of limits.threadMemoryMb. */
  readonly memoryMb: number
  /** Where sorts may spill; the empty string: nowhere, running out of memory is then an error. */
  readonly tempFolder: string
  readonly threads: number
}

export interface ScanOptions {
  readonly signal?: AbortSignal
}

/** What `onChunk` may answer: `enough` ends the scan early. */
export type Wanted = 'enough' | void

/** Opens an instance of its own: about 3 MB and 20 ms each. Close it. */
export async function openDuckdb(options: DuckdbOptions): Promise<Duckdb> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${options.memoryMb}MB`,
    temp_directory: options.tempFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    // The operating system's page cache holds the same bytes, and these would count against the memory limit.
    enable_external_file_cache: 'false',
  })
  const duckdb = new Duckdb(instance, options.memoryMb)
  await duckdb.prepare()
  return duckdb
}

export class Duckdb {
  readonly #instance: DuckDBInstance
  readonly #memoryMb: number
  readonly #idle: DuckDBConnection[] = []
  /** Chunks whose memory is being looked at: views do not keep it alive, and a collected chunk frees it. */
  readonly #inUse = new Set<DuckDBDataChunk>()
  readonly #visits = new Visits()

  constructor(instance: DuckDBInstance, memoryMb: number) {
    this.#instance = instance
    this.#memoryMb = memoryMb
  }

  /** To be called once. */
  async prepare(): Promise<void> {
    await this.withConnection(async (connection) => {
      await connection.run('SET parquet_metadata_cache = true')
      this.#visits.register(connection)
    })
  }

  /**
   * Streams the rows of a query in chunks of at most 2,048, in order; the next chunk is decoded while `onChunk` works on one.
   * Rejects with `cancelled` when the signal aborts, even if the stream had just ended, and with whatever `onChunk` throws.
   */
  async scan(sql: string, onChunk: (chunk: Chunk) => Wanted, options: ScanOptions = {}): Promise<void> {
    await this.#connected(options.signal, async (connection, checkCancelled) => {
      const pending = await connection.startStream(sql)
      // Starting a statement clears an earlier interrupt; from here on an interrupt counts.
      checkCancelled()
      const result = await pending.getResult()
      checkCancelled()
      await this.#drain(result, onChunk, checkCancelled)
    })
  }

  /**
   * As `scan`, for columns of lists: the chunks are DuckDB's own memory and valid only during their call, and DuckDB waits for it.
   * Rejects with `cancelled` when the signal aborts.
   */
  async visit(query: VisitQuery, onChunk: (chunk: Chunk) => void, options: ScanOptions = {}): Promise<void> {
    await this.#connected(options.signal, async (connection, checkCancelled) => {
      await this.#visits.run(connection, query, onChunk, checkCancelled)
    })
  }

  /** Runs statements whose rows nobody wants. */
  async run(sql: string, options: ScanOptions = {}): Promise<void> {
    await this.#connected(options.signal, async (connection) => void (await connection.run(sql)))
  }

  /** The rows of a small result as values; BIGINT as bigint. For metadata, not for data. */
  async rows(sql: string, options: ScanOptions = {}): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#connected(options.signal, async (connection) => (await connection.run(sql)).getRowObjectsJS())
  }

  /** Runs `use` with a connection that nothing else uses meanwhile. */
  async withConnection<T>(use: (connection: DuckDBConnection) => Promise<T>, options: ScanOptions = {}): Promise<T> {
    return this.#connected(options.signal, use)
  }

  /** What it holds now. */
  async memory(): Promise<{ readonly bytes: number; readonly spilledBytes: number }> {
    const [held] = await this.rows('SELECT sum(memory_usage_bytes)::BIGINT AS bytes, sum(temporary_storage_bytes)::BIGINT AS spilled FROM duckdb_memory()')
    return { bytes: Number(held['bytes']), spilledBytes: Number(held['spilled']) }
  }

  close(): void {
    for (const connection of this.#idle.splice(0)) connection.closeSync()
    this.#instance.closeSync()
  }

  async #connected<T>(
    signal: AbortSignal | undefined,
    use: (connection: DuckDBConnection, checkCancelled: () => void) => Promise<T>,
  ): Promise<T> {
    const checkCancelled = (): void => {
      if (signal?.aborted) throw cancelled('the scan')
    }
    checkCancelled()
    const connection = this.#idle.pop() ?? (await this.#instance.connect())
    const interrupt = (): void => connection.interrupt()
    signal?.addEventListener('abort', interrupt, { once: true })
    try {
      const value = await use(connection, checkCancelled)
      checkCancelled()
      this.#idle.push(connection)
      return value
    } catch (thrown) {
      // A broken statement may leave a stream behind; closing the connection frees what it holds.
      connection.closeSync()
      checkCancelled()
      throw this.#asQueryError(thrown)
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  }

  async #drain(result: DuckDBResult, onChunk: (chunk: Chunk) => Wanted, checkCancelled: () => void): Promise<void> {
    const types = result.columnTypes().map(String)
    let next: Promise<DuckDBDataChunk | null> = result.fetchChunk()
    for (;;) {
      const chunk = await next
      checkCancelled()
      if (chunk === null || chunk.rowCount === 0) return
      next = result.fetchChunk()
      // A rejection is met at the next turn, or not at all if this chunk ends the scan.
      next.catch(() => undefined)
      this.#inUse.add(chunk)
      const viewed = new Chunk(chunk, types)
      try {
        if (onChunk(viewed) !== 'enough') continue
        await next.catch(() => undefined)
        return
      } catch (thrown) {
        await next.catch(() => undefined)
        throw thrown
      } finally {
        this.#inUse.delete(chunk)
        chunkReleased(viewed.viewedBytes)
      }
    }
  }

  #asQueryError(thrown: unknown): QueryError {
    if (thrown instanceof QueryError || !(thrown instanceof Error)) return QueryError.from(thrown)
    const message = thrown.message.split('\n', 1)[0]
    if (/^(Out of Memory Error|OutOfMemoryException)/.test(message)) {
      return new QueryError(
        {
          code: 'limit_exceeded',
          message: `too little memory in a thread: limit ${this.#memoryMb} MB (setting limits.threadMemoryMb): ${message}`,
          facts: { limit: 'threadMemoryMb', value: this.#memoryMb, setting: 'limits.threadMemoryMb' },
        },
        thrown,
      )
    }
    if (BROKEN_FILE.test(message)) return new QueryError({ code: 'corrupt_data', message: `a segment cannot be read: ${message}` }, thrown)
    return new QueryError({ code: 'internal', message }, thrown)
  }
}

/** What DuckDB says about files that are missing, cut short or not Parquet. */
const BROKEN_FILE =
  /^(IO Error|Serialization Error|Invalid Error)|No magic bytes|Failed to read (file|Parquet)|TProtocolException|too small to be a Parquet|decompression failure|[Pp]arquet file/

export { Chunk, wordsNumber, wordsOf, type ListColumn } from './chunk.js'
export { parquetSource, quoteIdentifier, quoteText } from './sql.js'
