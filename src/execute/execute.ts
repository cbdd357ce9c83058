/** The door of the room: a work unit and its local segments → one block. */
import type { LocalSegment, UnitResult } from '../model/engine.js'
import type { WorkUnit } from '../model/plan.js'
import type { Duckdb } from '../segment/segment.js'
import { runLogUnit } from './logs.js'
import type { SampleBuffers } from './sample-store.js'
import { runSampleUnit } from './samples.js'

/** What a unit runs with: a thread's own DuckDB, a way to learn that it was cancelled, and a clock for the statistics. */
export interface UnitContext {
  readonly duckdb: Duckdb
  /** The thread's own room for samples; one unit at a time uses it. */
  readonly buffers: SampleBuffers
  /** Aborts the scan that runs. */
  readonly signal: AbortSignal
  /** Throws `cancelled`; for loops that let no event in. */
  readonly checkCancelled: () => void
  /** Milliseconds since some moment. */
  readonly now: () => number
}

/** Rejects with a QueryError: `cancelled`, `corrupt_data`, `limit_exceeded`, `bad_query` (a pipeline error) or `internal`. */
export async function runUnit(unit: WorkUnit, segments: readonly LocalSegment[], context: UnitContext): Promise<UnitResult> {
  const { leaf } = unit
  if (leaf.signal === 'metrics') return runSampleUnit(unit, leaf, segments, context)
  return runLogUnit(unit, segments, context.duckdb, context.signal)
}
