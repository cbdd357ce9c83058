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
