/** One group of steps as the nodes of the root see it. */
import type { Annotate } from '../model/annotation.js'
import type { RunsBlock, SeriesBlock } from '../model/block.js'
import type { Language } from '../model/expr.js'
import type { Limits } from '../model/limits.js'
import type { Leaf, Naming, RootNode } from '../model/plan.js'
import type { Grid } from '../model/time.js'

/** Label set without the metric name → label set with it. */
export type DroppedNames = Map<string, string>

/** Something that is evaluated bit by bit: wherever it yields, whoever drives it may do something else, or drop it. */
export type Evaluation<T> = Generator<undefined, T>

export interface GroupRun {
  readonly grid: Grid
  readonly language: Language
  readonly naming: Naming
  readonly plan: readonly Leaf[]
  readonly leaves: readonly (SeriesBlock | RunsBlock)[]
  readonly limits: Limits
  readonly annotate: Annotate
  readonly dropped: Map<RootNode, DroppedNames>
}
