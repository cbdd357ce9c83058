/** The door of the room: a work unit and its local segments → one block. */
import type { LocalSegment, UnitResult } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { WorkUnit } from '../model/plan.js'
import { isReadable, LAYOUT_VERSION } from '../segment/segment.js'
import type { UnitContext } from './context.js'
import { runLogUnit } from './logs.js'
import { runSampleUnit } from './samples.js'

export { SampleBuffers } from './sample-store.js'
export type { UnitContext } from './context.js'

/** Rejects with a QueryError: `cancelled`, `corrupt_data`, `limit_exceeded`, `bad_query` (a pipeline error) or `internal`. */
export async function runUnit(unit: WorkUnit, segments: readonly LocalSegment[], context: UnitContext): Promise<UnitResult> {
  const { leaf } = unit
  try {
    refuseOtherLayouts(segments)
    return leaf.signal === 'metrics' ? await runSampleUnit(unit, leaf, segments, context) : await runLogUnit(unit, segments, context)
  } catch (thrown) {
    throw namingSegment(QueryError.from(thrown), segments)
  }
}

/** A file of another layout would be misread. */
function refuseOtherLayouts(segments: readonly LocalSegment[]): void {
  const other = segments.find(({ segment }) => !isReadable(segment.layout))?.segment
  if (other === undefined) return
  throw new QueryError({
    code: 'corrupt_data',
    message: `segment ${other.id} (${other.object}) has layout ${other.layout}, this version reads layout ${LAYOUT_VERSION}`,
    facts: { segment: other.id, layout: other.layout },
  })
}

/** DuckDB says what is wrong and at best the path of the file; an operator needs the segment. */
function namingSegment(error: QueryError, segments: readonly LocalSegment[]): QueryError {
  if (error.code !== 'corrupt_data' || error.facts['segment'] !== undefined) return error
  const named = segments.filter(({ path }) => error.message.includes(path))
  const suspects = (named.length === 0 ? segments : named).map(({ segment }) => segment)
  const list = suspects.map(({ id, object }) => `${id} (${object})`).join(', ')
  const facts = { ...error.facts, segment: suspects.map(({ id }) => id).join(', ') }
  return new QueryError({ code: 'corrupt_data', message: `${error.message}; among segments ${list}`, facts }, error)
}
