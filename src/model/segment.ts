/** Segments: immutable Parquet objects and their rows in the catalog. */
import { badQuery } from './error.js'
import type { Labels, Matcher } from './labels.js'
import type { SeriesCounts } from './metric-facts.js'

/** Whose data it is where nobody says. */
export const DEFAULT_ORGANISATION = 'default'

export type Signal = 'metrics' | 'logs' | 'traces'

/** Which Parquet column holds which label. DuckDB ignores the case of column names and labels do not, so names may differ. */
export interface LabelColumn {
  /** `stream`: a label of the series or stream. `meta`: structured metadata of a log entry. `rest`: metadata of names without a column, as JSON. */
  readonly kind: 'stream' | 'meta' | 'rest'
  readonly name: string
  readonly column: string
  /** Distinct values of a stream label in the segment, where they are few enough to be counted. */
  readonly values?: number
}

/**
 * Times are in the signal's own unit: ms for metrics, ns for logs. `timeMin` and `timeMax` are both inclusive.
 * Hashes are the high 32 bits of the series hash, signed, both inclusive.
 */
export interface SegmentFacts {
  readonly signal: Signal
  readonly object: string
  readonly timeMin: bigint
  readonly timeMax: bigint
  readonly hashMin: number
  readonly hashMax: number
  readonly rows: number
  readonly series: number
  /** Samples of a metrics segment; entries of a log segment. */
  readonly samples: number
  readonly bytes: number
  /** xxHash64 of the object's bytes, 16 hexadecimal digits. */
  readonly checksum: string
  readonly columns: readonly LabelColumn[]
  /** The metric names inside, for a metrics segment with few of them; empty: not known. */
  readonly names: readonly string[]
  /** Column layout version of the file. */
  readonly layout: number
  /** Beside a log segment: which of its row groups may hold which words. */
  readonly wordIndex?: WordIndexFacts
  /** Bytes of each column of a log segment, as stored; absent: not known. */
  readonly columnBytes?: Readonly<Record<string, number>>
  /** What a log segment knows of the fields of its lines; absent: nothing. */
  readonly fields?: FieldFacts
}

/** The stages whose fields a log segment may hold. */
export const FIELD_PARSERS = ['json', 'logfmt'] as const
export type FieldParser = (typeof FIELD_PARSERS)[number]

/** Of each row that a parser has parsed, all fields are known: those with a column stand there, the others are in the line alone. */
export interface FieldFacts {
  /** Rows of each parser; all others have to be parsed by whoever asks. */
  readonly parsed: Readonly<Record<FieldParser, number>>
  /** Every name that a row of the parser has: a name that is not here is a field of none of them. */
  readonly names: readonly FieldName[]
}

export interface FieldName {
  readonly parser: FieldParser
  readonly name: string
  /** Two parsers may share a column, a row has one parser. */
  readonly column?: string
}

/** An object beside the segment; see segment/word-index. */
export interface WordIndexFacts {
  readonly object: string
  readonly bytes: number
  /** As of the segment. */
  readonly checksum: string
}

/** Rows [from, to) of a segment file. */
export interface RowRange {
  readonly from: number
  readonly to: number
}

/** A clause about the summary of a word index: it holds where all bits of one alternative are set, and is void where a stream has one of the labels. */
export interface SummaryClause {
  readonly labels: readonly string[]
  readonly alternatives: readonly (readonly number[])[]
}

/** What an import hands to the catalog. */
export interface NewSegment extends SegmentFacts {
  /** See model/fingerprint.ts. Sorted ascending, without repeats. */
  readonly fingerprints: readonly bigint[]
  /** Which letters stand together anywhere in the lines of a log segment, as bits; absent: not known. */
  readonly wordSummary?: Uint8Array
  /** Of a metrics segment. */
  readonly seriesCounts?: SeriesCounts
  /** What a log segment holds of each stream; absent: there are more of them than limits.segmentStreamsMax. */
  readonly streams?: readonly StreamFacts[]
}

/** What a log segment holds of one stream. Times in ns, both inclusive. */
export interface StreamFacts {
  /** Of the stream alone, no structured metadata. */
  readonly labels: Labels
  readonly entries: number
  /** UTF-8 bytes of the lines. */
  readonly bytes: number
  readonly timeMin: bigint
  readonly timeMax: bigint
}

export interface StreamsRequest {
  readonly organisation: string
  /** Both inclusive, in ns. */
  readonly timeMin: bigint
  readonly timeMax: bigint
}

/** A log segment that reaches into the time of a StreamsRequest, and all of its streams. */
export interface SegmentStreams {
  readonly id: string
  readonly timeMin: bigint
  readonly timeMax: bigint
  /** Undefined: not known, because they are too many or the segment is older than the list. */
  readonly streams: readonly StreamFacts[] | undefined
}

/** A segment as a query sees it. */
export interface Segment extends SegmentFacts {
  readonly id: string
  /** The organisation's generation that published it: of two equal timestamps the higher generation wins. */
  readonly created: number
}

/** A pinned set of segments: those with created ≤ generation < retired. */
export interface Snapshot {
  readonly organisation: string
  readonly generation: number
  /** Of these, only segments with created > newerThan; absent: all. */
  readonly newerThan?: number
}

/** How a snapshot is named to clients. */
export function snapshotText(snapshot: Snapshot): string {
  return `${snapshot.organisation}:${snapshot.generation}`
}

/** The way back. Throws `bad_query` for what names no snapshot. */
export function readSnapshot(text: string): Snapshot {
  const parts = /^(.+):(\d{1,15})$/s.exec(text)
  if (parts === null) throw badQuery(`parameter snapshot must be an organisation and a generation, such as default:7, not ${JSON.stringify(text)}`, undefined, { parameter: 'snapshot' })
  return { organisation: parts[1], generation: Number(parts[2]) }
}

export interface LookupRequest {
  readonly snapshot: Snapshot
  readonly signal: Signal
  readonly matchers: readonly Matcher[]
  /** Both inclusive, in the signal's unit. */
  readonly timeMin: bigint
  readonly timeMax: bigint
  /** What the summaries of segments must say, all of it; absent: nothing is asked. */
  readonly words?: readonly SummaryClause[]
}

/** How many segments and bytes were left after one step of pruning. The first step is `snapshot`. */
export interface PruneStep {
  readonly step: string
  readonly segments: number
  readonly bytes: number
}

export interface LookupResult {
  /** Ascending by (timeMin, id). */
  readonly segments: readonly Segment[]
  readonly pruning: readonly PruneStep[]
}
