/** The nodes of a cluster, as they know each other. */

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

/** A member, and how long ago it was seen. */
export interface NodeReport extends Member {
  readonly seenAgoMs: number
}

/** Who was there at one moment. */
export interface RollCall {
  /** The moment, by the clock that `seenAt` of the members is told by. */
  readonly atMs: number
  readonly members: readonly Member[]
}

/** Where a node tells the others that it is there, and learns of them: the catalog, or the nodes themselves. */
export interface Roll {
  /**
   * Renews the lease of this node, or registers it, and gives the members as they are then. Rejects with `unavailable` if that cannot be
   * done, at the latest after three times limits.nodeLeaseMs.
   */
  renew(node: NodeFacts, units: number): Promise<RollCall>
  /** The node is no member from now on. */
  leave(id: string): Promise<void>
  /** Calls back when somebody has joined or left, as far as that is heard of: who hears nothing learns it by renewing. Replaces the one before. */
  onChange(changed: () => void): void
  close(): Promise<void>
}
