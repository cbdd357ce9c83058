/** One group of steps as the nodes of the root see it. */
import type { SeriesBlock } from '../model/block.js'
import type { Language } from '../model/expr.js'
import type { Limits } from '../model/limits.js'
import type { RootNode } from '../model/plan.js'
import type { Grid } from '../model/time.js'

/** Label set without the metric name → label set with it. */
export type DroppedNames = Map<string, string>

export interface GroupRun {
  readonly grid: Grid
  readonly language: Language
  readonly leaves: readonly SeriesBlock[]
  readonly limits: Limits
  readonly dropped: Map<RootNode, DroppedNames>
}
