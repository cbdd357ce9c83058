/**
 * The door of the room: the root of a plan over the merged blocks of its leaves, all steps of a group at once.
 * A group is evaluated by itself; what must be known of earlier groups is in the Evaluator.
 */
import { inLabelOrder, runsInLabelOrder, withoutEmptySeries, type RootValue } from '../language/language.js'
import { AnnotationList } from '../model/annotation.js'
import type { RunsBlock, SeriesBlock } from '../model/block.js'
import { DEFAULT_LIMITS, type Limits } from '../model/limits.js'
import type { Plan, RootNode } from '../model/plan.js'
import type { Grid } from '../model/time.js'
import { withoutMarkedNames } from './naming.js'
import { valueOf } from './nodes.js'
import type { DroppedNames, Evaluation } from './run.js'
import { dropsNames } from './dropped-names.js'

/** What the evaluator needs of a plan. */
export type Evaluated = Pick<Plan, 'language' | 'root' | 'naming' | 'leaves'>

/** An evaluator for one run of a query. Its groups must come in the order of their numbers. */
export function createEvaluator(plan: Evaluated, limits: Limits = DEFAULT_LIMITS): Evaluator {
  return new Evaluator(plan, limits)
}

export type { Evaluation } from './run.js'

export class Evaluator {
  /** What is remarkable about the answer so far. */
  readonly annotations: AnnotationList
  readonly #plan: Evaluated
  readonly #limits: Limits
  /** By `dropName` node: which series stands behind each label set without a name, over all groups so far. */
  readonly #dropped = new Map<RootNode, DroppedNames>()

  constructor(plan: Evaluated, limits: Limits) {
    this.#plan = plan
    this.#limits = limits
    this.annotations = new AnnotationList(limits.annotationsMax)
  }

  /** Whether what it remembers of earlier groups can change what it says of a later one: it must then see them all. */
  get remembersGroups(): boolean {
    return dropsNames(this.#plan.root)
  }

  /**
   * The value of the root at the steps of `grid`. `leaves` are in the order of the plan's, each with the steps that the root asks of it.
   * Series come in label order, unless `ordered` says that their order is part of the answer; those without any value are left out.
   * Throws `bad_query` with the fact class=execution for what the language forbids, like many-to-many matching.
   * Nothing is done before it is asked to go on, nor between; it yields after each node, and within windows after each series.
   */
  *evaluateGroup(grid: Grid, leaves: readonly (SeriesBlock | RunsBlock)[]): Evaluation<RootValue> {
    const { language, root, naming, leaves: plan } = this.#plan
    const { add: annotate } = this.annotations
    const run = { grid, language, naming, plan, leaves, limits: this.#limits, annotate, dropped: this.#dropped }
    const value = withoutMarkedNames(yield* valueOf(root, run))
    if (value.type === 'runs') return { ...value, block: runsInLabelOrder(value.block) }
    if (value.type !== 'vector') return value
    const block = withoutEmptySeries(value.block)
    return { ...value, block: value.ordered ? block : inLabelOrder(block) }
  }
}
