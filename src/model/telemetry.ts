/** Every observable moment, typed in one place. Logs, metrics and traces listen; nothing else logs. */
import type { UnitStats } from './block.js'
import type { Role } from './node.js'
import type { ErrorCode } from './error.js'
import type { OfQuery } from './trace.js'

export type TelemetryEvent =
  | (OfQuery & { readonly type: 'query:started'; readonly language: string; readonly text: string; readonly asker?: string })
  /** `bytesPruned`: of segments that the catalog has ruled out. */
  | (OfQuery & { readonly type: 'query:planned'; readonly groups: number; readonly units: number; readonly bytesPruned: number })
  /** It has its place. */
  | (OfQuery & { readonly type: 'query:admitted'; readonly waitedMs: number })
  | (OfQuery & { readonly type: 'query:firstData'; readonly afterMs: number })
  /** `ms`: since its units were handed to the dispatcher. */
  | (OfQuery & { readonly type: 'group:released'; readonly group: number; readonly ms: number })
  | (OfQuery & {
      readonly type: 'query:ended'
      readonly status: 'ok' | 'partial' | ErrorCode
      readonly message?: string
      readonly wallMs: number
      readonly units: number
      readonly bytes: number
      readonly samples: number
    })
  /** A segment is left out of an answer that may be partial. */
  | (OfQuery & { readonly type: 'segment:missing'; readonly segment: string; readonly object: string; readonly code: ErrorCode; readonly message: string })
  | (OfUnit & { readonly type: 'unit:finished'; readonly ms: number; readonly stats: UnitStats })
  | (OfUnit & { readonly type: 'unit:failed'; readonly ms: number; readonly code: ErrorCode; readonly message: string })
  /** A run has failed for a reason that may pass: after `ms`, at `node` (absent: here). `attempt` is the number of the next one, from 1. */
  | (OfUnit & { readonly type: 'unit:retried'; readonly attempt: number; readonly message: string; readonly ms: number; readonly node?: string })
  /** A second run of a unit that is far behind the others of its group has begun, at `node`; the first one goes on at `slowNode`. */
  | (OfUnit & { readonly type: 'unit:hedged'; readonly afterMs: number; readonly node: string; readonly slowNode: string })
  /** Units are called back: their query has ended, or another run of them was first. */
  | (OfQuery & { readonly type: 'units:cancelled'; readonly units: number })
  | { readonly type: 'cache:hit' | 'cache:evicted'; readonly object: string; readonly bytes: number }
  | { readonly type: 'cache:fetched'; readonly object: string; readonly bytes: number; readonly ms: number }
  /** What is pinned and being fetched takes more than limits.cacheBytesMax. */
  | { readonly type: 'cache:overBudget'; readonly bytes: number; readonly budget: number }
  /** What the DuckDB of a thread holds behind a unit. */
  | { readonly type: 'thread:memory'; readonly thread: number; readonly bytes: number; readonly spilledBytes: number }
  | { readonly type: 'import:finished'; readonly file: string; readonly segments: number; readonly samples: number; readonly ms: number }
  | { readonly type: 'import:failed'; readonly file: string; readonly message: string }
  /** Objects that no snapshot names any more were deleted; `failed`: could not be, `message` says why the last of them. */
  | { readonly type: 'collector:swept'; readonly objects: number; readonly failed: number; readonly message?: string }
  | { readonly type: 'actor:failed'; readonly actor: string; readonly message: string }
  | { readonly type: 'member:joined' | 'member:gone'; readonly node: string; readonly url: string; readonly role: Role }
  /** The lease could not be renewed: the catalog, or the names of the nodes, cannot be asked. */
  | { readonly type: 'membership:failed'; readonly message: string; readonly failures: number }
  /** One of several processes of a machine has ended and is started again. */
  | { readonly type: 'process:ended'; readonly process: number; readonly reason: string; readonly restartMs: number }
  /** Spans that did not reach the collector. */
  | { readonly type: 'traces:lost'; readonly spans: number; readonly message: string }
  | { readonly type: 'node:started' | 'node:draining' | 'node:stopping'; readonly detail: string }

interface OfUnit extends OfQuery {
  readonly unitId: string
}

/** Of a unit, also one that another node has sent: its query has another id there than `queryId` here. */
export function ofQuery(queryId: string, { organisation, query }: { readonly organisation: string; readonly query?: OfQuery }): OfQuery {
  return query ?? { queryId, organisation }
}

export type Telemetry = (event: TelemetryEvent) => void

/** What a node holds now: read when somebody asks, never counted along. */
export interface NodeReadings {
  readonly queriesWaiting: number
  /** For how long the query that has waited longest for a place does; 0 if none waits. */
  readonly oldestWaitingMs: number
  readonly queriesRunning: number
  /** Units that no thread has yet. */
  readonly unitsQueued: number
  /** For how long the unit that has waited longest does; 0 if none waits. */
  readonly oldestQueuedMs: number
  readonly unitsRunning: number
  readonly threads: number
  /** Nodes that are known: those that hold a lease, and those of whom it has run out while nothing can be learned. */
  readonly members: Readonly<Record<Role, { readonly leased: number; readonly late: number }>>
  /** Since this node renewed its lease; 0 where it is in no cluster. */
  readonly leaseAgeMs: number
  /** What the DuckDB of one thread may hold. */
  readonly threadMemoryBytesMax: number
  readonly cacheBytes: number
  readonly cacheBytesMax: number
  readonly objectsPinned: number
  readonly fetching: number
}
