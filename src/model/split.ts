/** A query taken apart into queries that, asked one by one and put together again, give the same answer. */
import type { QueryRequest, ResultType } from './event.js'

/** What the parts are to be equal in. */
export const SPLIT_BALANCES = ['bytes', 'rows', 'time'] as const
export type SplitBalance = (typeof SPLIT_BALANCES)[number]

/** What whoever asks can do with the answers of parts: put them one behind another, or also add them up. */
export const SPLIT_MERGES = ['concat', 'aggregate'] as const

export interface SplitOptions {
  /** Parts at most; absent: as many as the targets ask. */
  readonly splits?: number
  readonly balance: SplitBalance
  readonly merge: (typeof SPLIT_MERGES)[number]
  /** Of one part, as estimated; absent: limits.splitBytesTarget where `splits` is absent too. */
  readonly targetBytes?: number
  readonly targetRows?: number
  /** No part is shorter; absent: as long as the longest window. */
  readonly minIntervalMs?: number
  /** A power of two: into so many parts by series hash each part of time is cut. Only of `aggregate`. */
  readonly shards?: number
  /** Steps of one part at most. */
  readonly stepsMax: number
}

/** What a part will read, from the catalog's statistics. */
export interface SplitEstimate {
  readonly bytes: number
  readonly rows: number
  readonly segments: number
}

export interface SplitPart {
  /** Asks for the part alone, over the snapshot of the split. */
  readonly request: QueryRequest
  readonly estimate: SplitEstimate
}

export const SPLIT_MERGE_OPS = ['concat', 'merge', 'sum', 'min', 'max'] as const

/**
 * How answers of parts are put together. `concat`: in the order of the parts. `merge`: entries by time in the `order`, then label set ascending, then
 * in the order of the parts; those of one time, label set and line are one entry. Otherwise the values of each label set (and time) are added up,
 * or the least or greatest taken, and then multiplied by `scale`.
 */
export interface SplitMerge {
  readonly op: (typeof SPLIT_MERGE_OPS)[number]
  readonly order: 'ascending' | 'descending'
  /** So many parts that follow one another are of the same time; absent: each has its own. */
  readonly shards?: number
  readonly scale?: number
  /** 1 / scale: dividing by it gives the last bit as the whole does. */
  readonly divisor?: number
}

/** Times in ns. Logs: [startNs, endNs), or the one nanosecond; steps: the first and the last; an instant: twice the same. */
export interface SplitRange {
  readonly startNs: bigint
  readonly endNs: bigint
  /** Of steps. */
  readonly stepMs?: number
}

export interface QuerySplit {
  readonly resultType: ResultType
  /** In the order of the merge. */
  readonly parts: readonly SplitPart[]
  readonly merge: SplitMerge
  /** Of the whole query, as the parts make it up. */
  readonly range: SplitRange
  /** `organisation:generation` */
  readonly snapshot: string
  readonly warnings: readonly string[]
}
