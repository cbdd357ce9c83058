import type { Duckdb } from '../segment/segment.js'
import type { SampleBuffers } from './sample-store.js'

/** What a unit runs with: a thread's own DuckDB, a way to learn that it was cancelled, and a clock for the statistics. */
export interface UnitContext {
  readonly duckdb: Pick<Duckdb, 'scan' | 'visit'>
  /** The thread's own room for samples; one unit at a time uses it. */
  readonly buffers: SampleBuffers
  /** Aborts the scan that runs. */
  readonly signal: AbortSignal
  /** Throws `cancelled`; for loops that let no event in. */
  readonly checkCancelled: () => void
  /** Milliseconds since some moment. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}
