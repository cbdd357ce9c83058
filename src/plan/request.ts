import type { Features, Quirks } from '../language/language.js'
import type { Expr, Language } from '../model/expr.js'
import type { Limits } from '../model/limits.js'
import type { EntriesRequest, Naming } from '../model/plan.js'
import type { Grid } from '../model/time.js'

/**
 * How much of a query is done in the units, and how. `on`: all that can be. `off`, of PromQL: nothing but reading, so that windows,
 * arithmetic and aggregations are the root's. Of LogQL: each row by itself through the whole pipeline (`rowByRow` of leaves). Both give the
 * same bytes; `off` is there to be compared with.
 */
export type Pushdown = 'on' | 'off'

/** What the planner is asked. */
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
  readonly limits: Limits
  /** What the node has enabled beyond the language as it comes. */
  readonly features: Features
  /** Which of Loki's quirks LogQL has. */
  readonly quirks: Quirks
  readonly pushdown: Pushdown
}

/** When the metric name goes, by what the node has enabled. */
export function namingOf({ features }: PlanRequest): Naming {
  return features.has('promql-delayed-name-removal') ? 'delayed' : 'immediate'
}
