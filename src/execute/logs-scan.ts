/** What is asked of log segments, and how a scan answers. */
import type { WantedFields } from '../language/language.js'
import type { LocalSegment } from '../model/engine.js'
import type { Matcher } from '../model/labels.js'
import type { Tiles } from '../model/nano-windows.js'
import type { HashInterval } from '../model/plan.js'

export interface LogScanRequest {
  readonly matchers: readonly Matcher[]
  /** In ns, both inclusive. */
  readonly from: bigint
  readonly to: bigint
  readonly interval: HashInterval
  /** Over the column `line`, joined by AND. */
  readonly linePredicates: readonly string[]
  /** Names of the labels to read. */
  readonly streamLabels: ReadonlySet<string> | 'all'
  readonly metadataLabels: ReadonlySet<string> | 'all'
  /** `bytes`: only how long the line is. */
  readonly line: 'none' | 'bytes' | 'text'
  /** Where a segment has these fields in columns, they are read instead of the text of the line. */
  readonly fields?: WantedFields
  /** Rows that are alike in all that is read, and stand in one tile, may come as one. */
  readonly tiles?: Tiles
}

/** Columns of the result by their position: of single rows stream and ts, then what is given here. */
export interface LogScan {
  readonly sql: string
  /** What it reads of the files, of whole row groups. */
  readonly bytes: number
  /** How often an entry may come. */
  readonly copies: number
  /** Rows with equal stream, ts and id follow each other, and all but the first are copies; undefined where there can be none. */
  readonly id: number | undefined
  readonly line: number | undefined
  /** Which of two rows of one stream and time came first, where they may come from different scans. */
  readonly arrival: number | undefined
  readonly metaRest: number | undefined
  readonly stream: readonly ScannedLabel[]
  readonly metadata: readonly ScannedLabel[]
  /** The wanted fields that stand in columns, all that the lines have of those wanted; undefined: the line is to be parsed. */
  readonly fields: readonly ScannedLabel[] | undefined
  /** Of rows taken together. */
  readonly together: TogetherColumns | undefined
}

/** Columns of rows taken together: which tile, how many entries, how many bytes their lines have (where bytes are read). */
export interface TogetherColumns {
  readonly tile: number
  readonly entries: number
  readonly bytes: number | undefined
}

export interface ScannedLabel {
  readonly name: string
  readonly column: number
}

/** A segment, and what its rows must fulfil. */
export interface Reached {
  readonly local: LocalSegment
  readonly where: readonly string[]
  /** Columns of the file that these conditions look at. */
  readonly columns: readonly string[]
}

export const SCAN_STREAM = 0
export const SCAN_TS = 1
