/** What rooms need of each other, as interfaces: implemented in their rooms, joined in actors/main.ts. */
import type { Annotation } from './annotation.js'
import type { Block, EntriesBlock, UnitStats } from './block.js'
import type { Expr, Language } from './expr.js'
import type { MetricDescription } from './metric-facts.js'
import type { NodeReport } from './node.js'
import type { QueryEvent, QueryRequest } from './event.js'
import type { Limits } from './limits.js'
import type { PackedBlock } from './packed-block.js'
import type { WorkUnit } from './plan.js'
import type { QuerySplit, SplitOptions } from './split.js'
import type { TraceContext } from './trace.js'
import type { LookupRequest, LookupResult, NewSegment, RowRange, Segment, SegmentStreams, Snapshot, StreamsRequest } from './segment.js'

/** The index of segments. Every method rejects with QueryError `unavailable` when the database cannot be reached. */
export interface Catalog {
  /** The newest snapshot of the organisation; generation 0 for one that has nothing yet. */
  snapshot(organisation: string): Promise<Snapshot>
  /**
   * The snapshot of that generation, as long as all its segments are kept. Rejects with `cannot_resume` if one of them has been retired
   * longer ago than limits.segmentRetiredKeepMs, or if there is no such generation yet.
   */
  snapshotAt(organisation: string, generation: number): Promise<Snapshot>
  lookup(request: LookupRequest): Promise<LookupResult>
  /** The log segments of the newest snapshot that reach into the time, ascending by id, each with its streams. No object is read. */
  streams(request: StreamsRequest): Promise<readonly SegmentStreams[]>
  /**
   * An import is about to put these objects: until it publishes or withdraws they are on record as its own, and are deleted if it is not
   * heard of for limits.importAbandonedMs. Rejects with `unavailable` if that has happened already.
   */
  announce(organisation: string, importId: string, objects: readonly string[]): Promise<void>
  /** The import is over and has left no object, or none that may be deleted. */
  withdraw(importId: string): Promise<void>
  /** All segments become visible together, or none. `announced`: the import whose objects they are. Resolves with the new generation. */
  publish(organisation: string, segments: readonly NewSegment[], announced?: Announced): Promise<number>
  /** The segments are no longer part of newer snapshots. Resolves with the new generation. */
  retire(organisation: string, segmentIds: readonly string[]): Promise<number>
  ping(): Promise<void>
  close(): Promise<void>
}

/** What an import has announced. */
export interface Announced {
  readonly importId: string
  /** How many objects. */
  readonly objects: number
  /** What it has told of metrics: kept with its segments, up to limits.organisationMetricDescriptionsMax. */
  readonly descriptions?: readonly MetricDescription[]
}

/** Where segment objects live. Keys are relative paths of [a-z0-9/_.-]. Objects are never changed once written. */
export interface ObjectStore {
  /** Names the store in messages. */
  readonly name: string
  /** Copies a local file to the key; visible whole or not at all. */
  put(key: string, file: string, signal?: AbortSignal): Promise<void>
  /**
   * Copies the object into a new local file. Rejects with `corrupt_data` if there is no such object,
   * `unavailable` if the store cannot be reached.
   */
  fetch(key: string, file: string, signal?: AbortSignal): Promise<void>
  /** The path of the object where it is a local file anyway; it is then read in place. */
  localPath(key: string): string | undefined
  delete(key: string): Promise<void>
  /** Keys that begin with the prefix, ascending. */
  list(prefix: string): Promise<readonly string[]>
  ping(): Promise<void>
  close(): Promise<void>
}

/** A segment on local disk. */
export interface LocalSegment {
  readonly segment: Segment
  readonly path: string
  /** The rows that may matter, ascending; absent: all. */
  readonly rows?: readonly RowRange[]
}

export interface UnitResult {
  readonly block: Block
  readonly annotations: readonly Annotation[]
  readonly stats: UnitStats
}

/** As it crosses threads and nodes; only who merges it unpacks it. */
export interface PackedResult extends Omit<UnitResult, 'block'> {
  readonly block: PackedBlock
}

/** Runs units somewhere: in threads of this process, or on another node. */
export interface UnitRunner {
  /** Rejects with a QueryError. An aborted signal interrupts the work within 250 ms and rejects with `cancelled`. */
  run(unit: WorkUnit, segments: readonly LocalSegment[], signal: AbortSignal): Promise<PackedResult>
  /** How many units can run at once. */
  readonly capacity: number
  close(): Promise<void>
}

export type ImportFormat = 'openmetrics' | 'loki' | 'series'

export interface ImportRequest {
  /** Named in errors and progress. */
  readonly file: string
  /** The bytes of the file; gzip is recognised by its first two bytes. */
  readonly body: AsyncIterable<Uint8Array>
  readonly format: ImportFormat
  readonly organisation?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly bytes: number
  readonly lines: number
  readonly samples: number
  readonly segments: number
}

export interface ImportReport extends ImportProgress {
  readonly file: string
  readonly series: number
  readonly generation: number
  readonly snapshot: string
}

/** A log query whose answer goes on with what is imported. */
export interface TailRequest {
  readonly text: string
  readonly organisation: string
  readonly asker?: string
  readonly trace?: TraceContext
  /** Entries before this time, in ns, are never told. */
  readonly startNs: bigint
  /** The newest so many entries are told at the beginning. */
  readonly limit: number
  /** How long others have that import at the same time: their entries are then told in order with the first ones. */
  readonly delayMs: number
}

/** What a node can tell of log streams beside the answers to queries. */
export interface LogStreams {
  /** As of Catalog. */
  streams(request: StreamsRequest): Promise<readonly SegmentStreams[]>
  /**
   * The entries of a log query, and then those that are imported, as they are published: of each publication in order of time. It goes on until
   * its reader leaves, or throws the QueryError that ends it: `cancelled`, `unavailable` when the node stops, `limit_exceeded` by tailDurationMaxMs,
   * `too_many_requests` by organisationTailsMax.
   */
  tail(request: TailRequest, signal: AbortSignal): AsyncIterable<EntriesBlock>
}

/** What can be told of a query by its text alone. Both throw `bad_query` with a position. */
export interface QueryTexts {
  /** What is enabled of PromQL beyond the language as it comes. */
  readonly features: readonly string[]
  tree(text: string, language: Language): Expr
  /** Laid out over lines, as each language's own formatter does. */
  pretty(text: string, language: Language): string
}

/** A whole Millrace, in this process or at a URL: what the HTTP server, the command line and programs use. */
export interface Engine {
  query(request: QueryRequest, signal?: AbortSignal): AsyncIterable<QueryEvent>
  /** The plan, the pruning and the units as text. No unit is run; word indexes are fetched and asked, as the query would do it. */
  explain(request: QueryRequest): Promise<string>
  /** The query taken apart into queries that give the same answer together. Rejects as the query would before it is run. */
  split(request: QueryRequest, options: SplitOptions): Promise<QuerySplit>
  import(request: ImportRequest): Promise<ImportReport>
  /** The members of the cluster, ascending by id; a node without a cluster is its only one. */
  nodes(): Promise<readonly NodeReport[]>
  /** Rejects with `unavailable` naming what cannot be reached. */
  ready(): Promise<void>
  readonly limits: Limits
  close(): Promise<void>
}
