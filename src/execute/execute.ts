/** The door of the room: a work unit and its local segments → one block. */
import type { LocalSegment, UnitResult } from '../model/engine.js'
import type { WorkUnit } from '../model/plan.js'
import type { UnitContext } from './context.js'
import { runLogUnit } from './logs.js'
import { runSampleUnit } from './samples.js'

export { SampleBuffers } from './sample-store.js'
export type { UnitContext } from './context.js'

/** Rejects with a QueryError: `cancelled`, `corrupt_data`, `limit_exceeded`, `bad_query` (a pipeline error) or `internal`. */
export async function runUnit(unit: WorkUnit, segments: readonly LocalSegment[], context: UnitContext): Promise<UnitResult> {
  const { leaf } = unit
  if (leaf.signal === 'metrics') return runSampleUnit(unit, leaf, segments, context)
  return runLogUnit(unit, segments, context)
}
