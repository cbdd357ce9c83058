/** The queries that a node runs now, as those who look after it see them. */
import type { UnitStats } from './block.js'
import type { Language } from './expr.js'

/** How far a query has come. */
export interface QueryProgress {
  /** `waiting`: it is not cut into units yet, so that none of them can run. */
  readonly state: 'waiting' | 'running'
  readonly groupsDone: number
  /** Undefined while it waits, as `units` is. */
  readonly groups: number | undefined
  readonly unitsDone: number
  readonly units: number | undefined
  readonly stats: UnitStats
}

export interface RunningQuery extends QueryProgress {
  readonly id: string
  readonly organisation: string
  readonly language: Language
  readonly text: string
  /** ms since 1970. */
  readonly startedAt: number
  readonly elapsedMs: number
  /** The id of a key or the address of a connection; undefined for a program in this process. */
  readonly asker: string | undefined
  readonly traceId: string | undefined
}

/** `organisation`: its queries alone; `all` is for who looks after the node. */
export type QueryScope = { readonly organisation: string } | 'all'

export interface RunningQueries {
  /** In the order of their start. */
  list(scope: QueryScope): readonly RunningQuery[]
  /** Its reader is told `cancelled` and by whom. False if there is no such query in the scope. */
  cancel(id: string, scope: QueryScope, by: string): boolean
}
