/** The door of the room: Expr → Plan. Everything that depends on the whole range is resolved here, before any cut. */
import type { Plan } from '../model/plan.js'
import { planLogql } from './logql.js'
import { planPromql } from './promql.js'
import type { PlanRequest } from './request.js'

export { explainPlan } from './explain.js'
export { planFinding } from './finding.js'
export { overWholeRange, type WholeRange } from './whole-range.js'
export { shardPlan, shardable, type Shardable } from './shards.js'
export { windowParts, type WindowParts } from './window-parts.js'
export type { PlanRequest, Pushdown } from './request.js'

/** Throws `bad_query` with a position for what is not supported. */
export function plan(request: PlanRequest): Plan {
  return request.language === 'promql' ? planPromql(request) : planLogql(request)
}
