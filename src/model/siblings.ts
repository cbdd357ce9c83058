/** The processes of one machine that share a port, as they ask each other. */
import type { QueryScope, RunningQuery } from './running.js'

/** What of those that were asked has come in time. */
export interface Gathered<T> {
  readonly answers: readonly T[]
  /** How many did not answer within limits.siblingAnswerMs. */
  readonly missing: number
}

/** The queries of one node. */
export interface QueriesOfNode {
  /** Its id. */
  readonly node: string
  readonly queries: readonly RunningQuery[]
}

/** The other processes. None of it rejects. */
export interface Siblings {
  /** Their answers to a request for `/metrics`. */
  metrics(): Promise<Gathered<string>>
  queries(scope: QueryScope): Promise<Gathered<QueriesOfNode>>
  /** Whether each had such a query, and has cancelled it. */
  cancel(id: string, scope: QueryScope, by: string): Promise<Gathered<boolean>>
}

/** For a process that has a port to itself. */
export const NO_SIBLINGS: Siblings = {
  metrics: async () => ({ answers: [], missing: 0 }),
  queries: async () => ({ answers: [], missing: 0 }),
  cancel: async () => ({ answers: [], missing: 0 }),
}
