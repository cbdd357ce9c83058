/** The limit beside a benchmark: what DuckDB alone takes to add up the value column of all metrics segments. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDuckdb, quoteText } from '../src/segment/segment.js'
import { median } from './timing.js'

const RUNS = 5

/** Median of some runs, in ms; two threads, files in the page cache. */
export async function duckdbSum(folder: string): Promise<number> {
  const objects = join(folder, 'objects')
  const files = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet') && name.includes('metrics'))
  const duckdb = await openDuckdb({ memoryMb: 1024, tempFolder: '', threads: 2 })
  const list = files.map((file) => quoteText(join(objects, file))).join(', ')
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    await duckdb.rows(`SELECT sum(list_sum(value)) AS total FROM read_parquet([${list}])`)
    times.push(performance.now() - began)
  }
  duckdb.close()
  return median(times)
}
