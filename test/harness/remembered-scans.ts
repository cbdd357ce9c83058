/**
 * Scans of files that never change, each made once: what DuckDB gave is handed out again to whoever asks the same.
 * Tests that ask thousands of queries of a handful of tiny segments would otherwise open files most of the time.
 */
import type { UnitContext } from '../../src/execute/execute.js'
import type { Chunk, Duckdb } from '../../src/segment/segment.js'

/** Holds all chunks until it is let go of: for small data. */
export function rememberedScans(duckdb: Duckdb): UnitContext['duckdb'] {
  const known = new Map<string, Promise<readonly Chunk[]>>()
  const chunksOf = (sql: string): Promise<readonly Chunk[]> => {
    const chunks = known.get(sql) ?? scanned(duckdb, sql)
    known.set(sql, chunks)
    return chunks
  }
  return {
    scan: async (sql, onChunk) => {
      for (const chunk of await chunksOf(sql)) if (onChunk(chunk) === 'enough') return
    },
    // What a visit is shown is gone after it, so its rows are asked for as a result, which stays.
    visit: async ({ columns, from }, onChunk) => {
      for (const chunk of await chunksOf(`SELECT ${columns.join(', ')} ${from}`)) onChunk(chunk)
    },
  }
}

async function scanned(duckdb: Duckdb, sql: string): Promise<readonly Chunk[]> {
  const chunks: Chunk[] = []
  await duckdb.scan(sql, (chunk) => void chunks.push(chunk))
  return chunks
}

/**
 * The same for log segments whose entries have few different times: a bound is moved to the next entry that it lets through, so that bounds with
 * no entry between them are one scan.
 */
export function scansByEntries(scans: UnitContext['duckdb'], times: readonly bigint[]): UnitContext['duckdb'] {
  return scansByBounds(scans, 'ts', times)
}

/** The same for bounds of the hashes of streams. */
export function scansByStreams(scans: UnitContext['duckdb'], hashes: readonly bigint[]): UnitContext['duckdb'] {
  return scansByBounds(scans, 'stream', hashes)
}

function scansByBounds(scans: UnitContext['duckdb'], column: string, values: readonly bigint[]): UnitContext['duckdb'] {
  const ascending = [...new Set(values)].sort((a, b) => (a < b ? -1 : Number(a > b)))
  const bounds = new RegExp(`\\b${column} (>=|<=|<) (-?\\d+)\\b`, 'g')
  const moved = (sql: string): string =>
    sql.replaceAll(bounds, (_, bound: string, text: string) => {
      const value = BigInt(text)
      const allowed = bound === '<=' ? ascending.findLast((each) => each <= value) : ascending.find((each) => each >= value)
      return `${column} ${bound} ${allowed ?? value}`
    })
  return { scan: (sql, onChunk) => scans.scan(moved(sql), onChunk), visit: ({ columns, from }, onChunk) => scans.visit({ columns, from: moved(from) }, onChunk) }
}
