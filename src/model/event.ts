/** What a query is and what its reader receives: exactly one `plan`, then data and progress, then exactly one `end` or `error`. */
import type { EntriesBlock, RunsBlock, SeriesBlock, UnitStats } from './block.js'
import type { ErrorCode, ErrorRecord } from './error.js'
import type { Language } from './expr.js'
import type { Direction, Finding, Plan } from './plan.js'
import type { PruneStep } from './segment.js'
import type { Shard } from './shard.js'
import type { Grid } from './time.js'
import type { TraceContext } from './trace.js'

/** A query as asked. Times in ms for PromQL; `startNs`/`endNs` where a client gave ns (LogQL). */
export interface QueryRequest {
  readonly language: Language
  readonly text: string
  readonly organisation?: string
  readonly when: QueryWhen
  /**
   * Not values are asked for but which series, label names or label values there are in [startNs, endNs] of a range, both inclusive; the text
   * is a selector then, or empty for all. The answer is a vector with a series for each, see Finding.
   */
  readonly finds?: Finding
  /** PromQL lookback; default 5 minutes. */
  readonly lookbackMs?: number
  /** Wall-clock budget; at most limits.queryTimeoutMs. */
  readonly timeoutMs?: number
  /** Steps are limited by `streamStepsMax` for streams and `queryStepsMax` for the compatible endpoints. */
  readonly stepsMax?: number
  /** The id of the last event that the caller has of the same query: the answer goes on behind it, over the same snapshot. */
  readonly after?: string
  /** The snapshot that the answer is over, as `PlanEvent.snapshot` names it; absent: the newest. It may be gone: then that is the answer. */
  readonly snapshot?: string
  /** When the relative times of whoever asked were resolved, ms since 1970; it is kept in the ids. Absent: there were none. */
  readonly nowMs?: number
  /** Segments that cannot be read are left out of the answer, and named at its end; absent: they are an error. */
  readonly partial?: 'allow'
  /** Only these of the series, or log streams, are asked about, by every selector of the text; absent: all. */
  readonly shard?: Shard
  /** Only what was published behind this generation of the organisation; absent: everything. */
  readonly newerThan?: number
  /** Who asks, for those who look after the node: the id of a key or the address of a connection. */
  readonly asker?: string
  readonly trace?: TraceContext
}

export type QueryWhen =
  | { readonly kind: 'instant'; readonly timeNs: bigint }
  | { readonly kind: 'range'; readonly startNs: bigint; readonly endNs: bigint; readonly stepMs: number }
  /** Log queries; limit 0: all. Entries with startNs ≤ ts < endNs. */
  | { readonly kind: 'entries'; readonly startNs: bigint; readonly endNs: bigint; readonly direction: Direction; readonly limit: number; readonly intervalNs?: bigint }
  /** A range for which it is not known yet whether the text is a log query. */
  | {
      readonly kind: 'either'
      readonly startNs: bigint
      readonly endNs: bigint
      readonly stepMs: number
      readonly direction: Direction
      readonly limit: number
      /** Of log queries, see EntriesRequest. */
      readonly intervalNs?: bigint
      /** Metric grids are widened to multiples of the step, as Loki does. */
      readonly align: 'to-step' | 'as-given'
    }

export type ResultType = Plan['resultType']

export interface PlanEvent {
  readonly type: 'plan'
  /** From here the query can go on: see QueryRequest.after. */
  readonly id: string
  readonly queryId: string
  readonly resultType: ResultType
  readonly grid: Grid
  /** `organisation:generation` */
  readonly snapshot: string
  readonly groups: number
  readonly units: number
  readonly pruning: readonly PruneStep[]
  readonly estimatedSamples: number
  readonly estimatedBytes: number
  /** What follows is the rest of an answer, from the id on. */
  readonly resumed?: true
}

/** Part of the answer. Everything up to `watermark` (in the direction of the query) is complete. */
export interface DataEvent {
  readonly type: 'data'
  /** From behind this event the query can go on; events without an id have that of the one before. */
  readonly id: string
  readonly group: number
  readonly data: Data
  readonly watermark: Watermark
}

export type Watermark = { readonly ms: number } | { readonly ns: bigint }

export type Data = SeriesData | RunsData | ScalarData | StringData | StreamsData

/** Values at the steps of `grid` (the steps of one group); series in label order. */
export interface SeriesData {
  readonly resultType: 'matrix' | 'vector'
  readonly grid: Grid
  readonly block: SeriesBlock
  /** Series in the order of the answer where it is not label order (instant topk, sort). */
  readonly ordered: boolean
}

/** A range vector as the answer of an instant query: samples at their own times. */
export interface RunsData {
  readonly resultType: 'samples'
  readonly runs: RunsBlock
}

export interface ScalarData {
  readonly resultType: 'scalar'
  readonly grid: Grid
  readonly values: Float64Array<ArrayBuffer>
}

export interface StringData {
  readonly resultType: 'string'
  readonly grid: Grid
  readonly value: string
}

export interface StreamsData {
  readonly resultType: 'streams'
  readonly block: EntriesBlock
}

export interface ProgressEvent {
  readonly type: 'progress'
  readonly groupsDone: number
  readonly groups: number
  readonly unitsDone: number
  readonly units: number
  readonly stats: UnitStats
}

export interface WarningEvent {
  readonly type: 'warning'
  readonly id: string
  readonly level: 'warning' | 'info'
  readonly message: string
  /** This is no remark itself: it tells that there were more of them than limits.annotationsMax. */
  readonly cut?: true
  /** This is no remark itself: it tells what the answer lacks from the next `data` on. */
  readonly missing?: true
}

/** A segment that could not be read, or is not what the catalog says. */
export interface MissingSegment {
  /** As the catalog names it. */
  readonly segment: string
  readonly key: string
  /** Of its first and its last sample or entry. */
  readonly start: Watermark
  readonly end: Watermark
  /** The code of the failure, and its message. */
  readonly reason: ErrorCode
  readonly message: string
  /** Where the answer is one over the snapshot without the segment; everywhere else it is the whole one. Ascending. */
  readonly affected: readonly AffectedRange[]
}

/** Steps, or times of entries, both inclusive. */
export interface AffectedRange {
  readonly start: Watermark
  readonly end: Watermark
}

/** Everything that a partial answer lacks. */
export interface Missing {
  readonly segments: number
  /** In the order in which they were left out; at most limits.missingSegmentsNamedMax. */
  readonly named: readonly MissingSegment[]
}

export interface EndEvent {
  readonly type: 'end'
  readonly status: 'ok' | 'partial'
  readonly snapshot: string
  /** What a partial answer lacks; absent where it is whole. */
  readonly missing?: Missing
  readonly stats: QueryStats
}

export interface QueryStats extends UnitStats {
  readonly units: number
  readonly groups: number
  readonly retries: number
  readonly wallMs: number
  readonly firstDataMs: number
  readonly bytesFetched: number
}

export interface ErrorEvent {
  readonly type: 'error'
  readonly error: ErrorRecord
}

export type QueryEvent = PlanEvent | DataEvent | ProgressEvent | WarningEvent | EndEvent | ErrorEvent
