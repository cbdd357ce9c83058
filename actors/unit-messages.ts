/** What is said about work units between who wants them (a query, or another node), placement, and the dispatcher. */
import type { PackedResult } from '../src/model/engine.js'
import type { QueryError } from '../src/model/error.js'
import type { WorkUnit } from '../src/model/plan.js'
import type { Ref } from './actor.js'

/**
 * The units of one group of a query; each is answered once by UnitDone or UnitFailed, unless it is cancelled before.
 * The signal is aborted when the query has ended: its CancelQuery overtakes units that still wait in the mailbox.
 */
export interface RunUnits {
  readonly type: 'RunUnits'
  readonly queryId: string
  readonly units: readonly WorkUnit[]
  readonly replyTo: Ref<UnitReply>
  readonly signal: AbortSignal
  /** Stands in the answers, and in the CancelUnit that calls these units back. */
  readonly tag?: string
  /** Who wants them; absent: a query of this node. */
  readonly origin?: 'another node'
}

export interface CancelQuery {
  readonly type: 'CancelQuery'
  readonly queryId: string
}

export interface CancelUnit {
  readonly type: 'CancelUnit'
  readonly tag: string
}

/** Some units of a query are no longer wanted, others are. Sent behind the units, not urged: it would overtake them. */
export interface CancelUnits {
  readonly type: 'CancelUnits'
  readonly queryId: string
  readonly unitIds: readonly string[]
}

export type UnitReply =
  | {
      readonly type: 'UnitDone'
      readonly unitId: string
      readonly tag?: string
      readonly result: PackedResult
      readonly bytesFetched: number
      readonly retries: number
    }
  | { readonly type: 'UnitFailed'; readonly unitId: string; readonly tag?: string; readonly error: QueryError }
