/** Units on other nodes of a cluster. */
import type { PackedResult } from './engine.js'
import type { NodeFacts } from './node.js'
import type { WorkUnit } from './plan.js'

export type { Member, Membership, NodeFacts, NodeReport, Role, Roll, RollCall } from './node.js'

/**
 * What has arrived of the result of a unit. Its frames are numbered and the same whoever makes them, so that another node goes on behind the
 * last good one.
 */
export interface UnitReception {
  /** Frames that have arrived whole. */
  readonly frames: number
}

/** What a unit on another node gave, and what it cost there. */
export interface RemoteResult {
  readonly result: PackedResult
  readonly bytesFetched: number
  readonly retries: number
}

/** Whoever runs units that other nodes send. */
export interface UnitHost {
  /** Runs the unit on this node and nowhere else. Rejects with a QueryError: `cancelled` after an abort, else whatever the unit fails with. */
  runUnit(unit: WorkUnit, signal: AbortSignal): Promise<RemoteResult>
}

/** Units on other nodes. */
export interface RemoteUnits {
  newReception(): UnitReception
  /**
   * One request, which is the lease: the node works for as long as the connection holds. Rejects with `unavailable` where the unit may go on
   * elsewhere (a connection that breaks or is refused, a deadline, 5xx, a frame that is not what it should be, another version), with
   * `cancelled` after an abort, and with whatever error the unit itself ended with there.
   */
  run(node: NodeFacts, unit: WorkUnit, reception: UnitReception, signal: AbortSignal): Promise<RemoteResult>
  close(): Promise<void>
}
