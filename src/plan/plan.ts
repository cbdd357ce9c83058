/** The door of the room: Expr → Plan. Everything that depends on the whole range is resolved here, before any cut. */
import type { Expr, Language } from '../model/expr.js'
import type { Grid } from '../model/time.js'
import type { EntriesRequest, Plan } from '../model/plan.js'
import { planLogql } from './logql.js'
import { planPromql } from './promql.js'

export { explainPlan } from './explain.js'

export interface PlanRequest {
  readonly language: Language
  readonly text: string
  readonly expr: Expr
  readonly mode: 'instant' | 'range'
  /** The steps; not used by log queries. */
  readonly grid: Grid
  /** The end that was asked for (`@ end()`); it need not be a step of the grid. */
  readonly endMs: number
  /** Present when the caller can take log entries. */
  readonly entries?: EntriesRequest
  readonly lookbackMs: number
}

/** Throws `bad_query` with a position for what is not supported. */
export function plan(request: PlanRequest): Plan {
  return request.language === 'promql' ? planPromql(request) : planLogql(request)
}
