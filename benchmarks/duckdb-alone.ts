/** The limit beside a benchmark: what DuckDB alone takes over the same segments. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Signal } from '../src/model/segment.js'
import { openDuckdb, quoteText } from '../src/segment/segment.js'
import { median } from './timing.js'

/** The text of a statement, given what to read from. */
export type DuckdbStatement = (segments: string) => string

export const SUM_OF_VALUES: DuckdbStatement = (segments) => `SELECT sum(list_sum(value)) FROM ${segments}`

const RUNS = 5

/** Median of some runs, in ms; two threads, files in the page cache. */
export async function duckdbAlone(folder: string, signal: Signal, statement: DuckdbStatement): Promise<number> {
  const objects = join(folder, 'objects')
  const files = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet') && name.includes(`/${signal}/`))
  const sql = statement(`read_parquet([${files.map((file) => quoteText(join(objects, file))).join(', ')}])`)
  const duckdb = await openDuckdb({ memoryMb: 1024, tempFolder: '', threads: 2 })
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    await duckdb.rows(sql)
    times.push(performance.now() - began)
  }
  duckdb.close()
  return median(times)
}
