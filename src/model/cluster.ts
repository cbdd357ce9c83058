/** The nodes of a cluster, as they know each other. */
import type { UnitResult } from './engine.js'
import type { WorkUnit } from './plan.js'

/** `query`: takes queries and evaluates them. `worker`: runs units for others. `all`: both. */
export type Role = 'query' | 'worker' | 'all'

/** What a node tells of itself. */
export interface NodeFacts {
  /** Differs for every start of a node. */
  readonly id: string
  /** Where other nodes reach it. */
  readonly url: string
  readonly role: Role
  /** Nodes of different versions run no units for each other. */
  readonly version: string
  /** Units that it runs at once. */
  readonly threads: number
  /** ms since 1970. */
  readonly startedAt: number
}

/** A node as another one sees it. */
export interface Member extends NodeFacts {
  /** Units that it held when it last renewed its lease. */
  readonly units: number
  /** When it renewed its lease for the last time, ms since 1970, by the clock of the catalog. */
  readonly seenAt: number
}

/** Who is there now. Nodes whose lease has run out are not among them. */
export interface Membership {
  /** Ascending by id; the node itself is among them once it has joined. */
  members(): readonly Member[]
}

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
  readonly result: UnitResult
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
