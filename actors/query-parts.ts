/** The rooms that a query goes through, as its coordinator needs them. */
import type { Evaluation } from '../src/evaluate/evaluate.js'
import type { RootValue } from '../src/language/language.js'
import type { GroupedQuery } from '../src/lookup/lookup.js'
import type { AnnotationList } from '../src/model/annotation.js'
import type { RunsBlock, SeriesBlock } from '../src/model/block.js'
import type { Catalog } from '../src/model/engine.js'
import type { QueryRequest } from '../src/model/event.js'
import type { Limits } from '../src/model/limits.js'
import type { Plan } from '../src/model/plan.js'
import type { LookupResult, Snapshot } from '../src/model/segment.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { Grid } from '../src/model/time.js'
import type { Ref } from './actor.js'
import type { AdmissionMessage } from './admission.js'
import type { QueryRegistry } from './running-queries.js'
import type { CancelQuery, CancelUnits, RunUnits } from './unit-messages.js'

/** Evaluates the root group by group, in their order; it may remember from one group what the next needs. */
export interface GroupEvaluator {
  /** `leaves` in the order of the plan's; all have `grid.count` steps. Throws QueryError, when it is driven. */
  evaluateGroup(grid: Grid, leaves: readonly (SeriesBlock | RunsBlock)[]): Evaluation<RootValue>
  /** What is remarkable about the answer so far. */
  readonly annotations: AnnotationList
  /** Whether what it remembers of earlier groups can change what it says of a later one: it must then see them all. */
  readonly remembersGroups: boolean
}

export interface QueryParts {
  /** Text to plan; throws QueryError. */
  readonly prepare: (request: QueryRequest) => Plan
  readonly catalog: Pick<Catalog, 'snapshot' | 'snapshotAt' | 'lookup'>
  /** One request per leaf, in the order of the leaves. */
  readonly lookUp: (plan: Plan, snapshot: Snapshot, catalog: Pick<Catalog, 'lookup'>) => Promise<readonly LookupResult[]>
  readonly groupQuery: (plan: Plan, snapshot: Snapshot, lookups: readonly LookupResult[], limits: Limits) => GroupedQuery
  readonly createEvaluator: (plan: Plan) => GroupEvaluator
  readonly admission: Ref<AdmissionMessage>
  /** Where units go: placement, which knows the nodes. */
  readonly dispatcher: Ref<RunUnits | CancelQuery | CancelUnits>
  /** Where a query stands while it runs. */
  readonly running: QueryRegistry
  readonly limits: Limits
  readonly telemetry: Telemetry
}
