/** A plan: leaves (what one scan can answer) and a root (what is evaluated after the merge). Printable: see plan/explain.ts. */
import type { BinaryOp, Grouping, Language, LabelFilterExpr, Matching, Span, StageExpr, UnwrapExpr } from './expr.js'
import type { Matcher } from './labels.js'
import type { Needles } from './needles.js'
import type { Limits } from './limits.js'
import type { Grid } from './time.js'
import type { OfQuery } from './trace.js'
import type { Segment } from './segment.js'

export type Naming = 'immediate' | 'delayed'
export type Direction = 'forward' | 'backward'

/** What Loki does against its documentation; what each is, language/quirks.ts says. */
export type Quirk = 'label-regex-unanchored' | 'early-label-filter' | 'line-filter-before-decolorize'

export interface Plan {
  readonly language: Language
  readonly text: string
  /** When the metric name goes that an operation takes away: at once, or at the end of the query. */
  readonly naming: Naming
  readonly resultType: 'matrix' | 'vector' | 'scalar' | 'string' | 'streams'
  /** For log queries: a grid of one step, not used. */
  readonly grid: Grid
  readonly leaves: readonly Leaf[]
  readonly root: RootNode
  readonly entries?: EntriesRequest
}

/** What a log query wants: entries with startNs ≤ ts < endNs (start equal to end: exactly that nanosecond). */
export interface EntriesRequest {
  readonly startNs: bigint
  readonly endNs: bigint
  readonly direction: Direction
  /** 0: all. */
  readonly limit: number
  /** Entries nearer than this to the last one that was taken are left out; absent: none are. */
  readonly intervalNs?: bigint
}

export type Leaf = SampleLeaf | LogSampleLeaf | LogValuesLeaf | LogEntriesLeaf | LogStreamsLeaf

/**
 * What is asked about the series (or log streams) of a selector instead of their values: their label sets, the names of their labels,
 * or the values of one label. A block has a series for each: the label set itself, `{name="…"}`, or `{LABEL="…"}`; its value is 1.
 */
export type Finding = { readonly kind: 'series' } | { readonly kind: 'names' } | { readonly kind: 'values'; readonly label: string }

/** How `anchored` and `smoothed` widen a window: both look `lookbackMs` back before it, `smoothed` as far beyond its end. */
export interface WindowExtension {
  readonly modifier: 'anchored' | 'smoothed'
  readonly lookbackMs: number
}

/**
 * What is done with the samples of one series before anything is added up across series. `instant`: the newest sample within the
 * lookback, or its time, or when its counter began. `range`: a function over a window. `raw`: the samples themselves, for the root.
 * `exists`: only whether there is a sample in the window, staleness markers included; see Finding.
 */
export type LeafWindow =
  | { readonly kind: 'instant'; readonly lookbackMs: number; readonly gives: 'value' | 'time' | 'startTime'; readonly smoothed: boolean }
  | { readonly kind: 'range'; readonly fn: string; readonly rangeMs: number; readonly args: readonly number[]; readonly extension?: WindowExtension }
  | { readonly kind: 'raw'; readonly rangeMs: number; readonly extension?: WindowExtension }
  | { readonly kind: 'exists'; readonly rangeMs: number; readonly finds: Finding }

/**
 * A subquery: its operand is evaluated at the multiples of `stepMs` that lie in (first − offset − range, last − offset], where first and last
 * are the outer steps; with `atMs` that is the only outer step. See `subqueryGrid`.
 */
export interface SubqueryLevel {
  readonly rangeMs: number
  readonly stepMs: number
  readonly offsetMs: number
  readonly atMs?: number
}

/** A function over a subquery of what the leaf has so far, and arithmetic after it: done in the unit, series by series. */
export interface LeafLayer {
  readonly level: SubqueryLevel
  readonly fn: string
  readonly args: readonly number[]
  readonly ops: readonly SeriesOp[]
  /** Where remarks about its samples point to. */
  readonly span: Span
  /** What stands in the subquery has taken the metric name off: remarks have none to tell. */
  readonly nameless?: true
}

/**
 * Which reset hints a query sees of the histograms that a leaf reads, see decisions/0007-native-histograms.md. `seen`: whether a histogram
 * continues the sample before it. `detected`: where that tells nothing, also what its counts tell when compared with the histogram before it.
 * What came before counts for `lookbackMs`, which may be further back than any window; 0 where hints are not looked at.
 */
export interface HintRule {
  readonly manner: 'seen' | 'detected'
  readonly lookbackMs: number
}

/** Series-local arithmetic with a constant, applied in order to the values of each series. */
export interface SeriesOp {
  readonly op: BinaryOp
  readonly constant: number
  /** Which side the constant stands on. */
  readonly side: 'left' | 'right'
  readonly bool: boolean
  /** Of the whole operation. */
  readonly span: Span
}

/** What a unit returns: one entry of language/accumulators.ts, by labels. `samples`: every series by itself. */
export interface Accumulate {
  readonly accumulator: string
  readonly grouping: Grouping
  /** Of the operand of the aggregation, where remarks point to. */
  readonly span?: Span
}

interface LeafBase {
  readonly id: number
  readonly matchers: readonly Matcher[]
  readonly accumulate: Accumulate
  /** Only series, or streams, whose hash lies here are read; absent: all. */
  readonly hashes?: HashInterval
  /** Why no more was pushed to the units; for EXPLAIN. */
  readonly notPushed?: string
}

export interface SampleLeaf extends LeafBase {
  readonly signal: 'metrics'
  readonly window: LeafWindow
  /** Of the first argument of the window's function: where remarks about the samples point to. */
  readonly span: Span
  /** Whether units read when the counters of the samples began. */
  readonly startTimes: 'read' | 'ignored'
  readonly hints: HintRule
  /** Types of metrics are kept as labels, and remarks go by them. */
  readonly typed?: true
  readonly offsetMs: number
  /** A fixed evaluation time from `@`, before the offset is taken off: the leaf has one step, copied to all. */
  readonly atMs?: number
  readonly ops: readonly SeriesOp[]
  /** Innermost first. */
  readonly layers: readonly LeafLayer[]
  /** The subqueries around the leaf that the root evaluates, outermost first: they decide which steps the units are asked for. */
  readonly levels: readonly SubqueryLevel[]
  /** What becomes of the metric name: kept; taken off before accumulating; or kept and marked, to be taken off at the end of the query. */
  readonly name: 'kept' | 'dropped' | 'goes'
}

/** A LogQL range aggregation: each entry that passes the stages is a sample of its final label set. */
export interface LogSampleLeaf extends LeafBase {
  readonly signal: 'logs'
  readonly kind: 'samples'
  readonly stages: readonly StageExpr[]
  /** What an entry that passes the stages has in it; absent: nothing is known. */
  readonly needles?: Needles
  /** Absent: none. */
  readonly quirks?: readonly Quirk[]
  /** Units take each row through the whole pipeline, and leave nothing of it to columns or to SQL: only comparisons ask for it. */
  readonly rowByRow?: true
  readonly fn: string
  readonly args: readonly number[]
  readonly rangeNs: bigint
  readonly offsetNs: bigint
}

/**
 * The values that `unwrap` reads, for a LogWindowNode at the root: as RunsBlock with `nanos`, a run for each final label set or group.
 * Streams of several units may end in the same one, so that runs are joined in the order of time.
 */
export interface LogValuesLeaf extends LeafBase {
  readonly signal: 'logs'
  readonly kind: 'values'
  readonly stages: readonly StageExpr[]
  /** What an entry that passes the stages has in it; absent: nothing is known. */
  readonly needles?: Needles
  /** Absent: none. */
  readonly quirks?: readonly Quirk[]
  /** Units take each row through the whole pipeline, and leave nothing of it to columns or to SQL: only comparisons ask for it. */
  readonly rowByRow?: true
  readonly unwrap: UnwrapExpr
  readonly rangeNs: bigint
  readonly offsetNs: bigint
}

export interface LogEntriesLeaf extends LeafBase {
  readonly signal: 'logs'
  readonly kind: 'entries'
  readonly stages: readonly StageExpr[]
  /** What an entry that passes the stages has in it; absent: nothing is known. */
  readonly needles?: Needles
  /** Absent: none. */
  readonly quirks?: readonly Quirk[]
  /** Units take each row through the whole pipeline, and leave nothing of it to columns or to SQL: only comparisons ask for it. */
  readonly rowByRow?: true
}

/** The streams that have an entry in the window that ends at the only step; of labels that of the stream alone, no structured metadata. */
export interface LogStreamsLeaf extends LeafBase {
  readonly signal: 'logs'
  readonly kind: 'streams'
  readonly finds: Finding
  readonly rangeNs: bigint
  readonly offsetNs: bigint
}

export type RootNode =
  | { readonly kind: 'leaf'; readonly leaf: number }
  | { readonly kind: 'entries'; readonly leaf: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'time' }
  /**
   * Takes the metric name off every series of a range function over several names. Fails with upstream's duplicate
   * labelset text if two series fall together, in whatever group and at whatever step each has its values.
   */
  | { readonly kind: 'dropName'; readonly operand: RootNode; readonly span: Span }
  | { readonly kind: 'unary'; readonly operand: RootNode; readonly span: Span }
  /** Only as the root of an instant query: a range vector as it is. */
  | { readonly kind: 'matrix'; readonly input: WindowInput }
  | BinaryNode
  | AggregateNode
  | CallNode
  | WindowNode
  | LogWindowNode

/** A range function at the root: over a subquery of what only the root knows, or with arguments that differ from step to step. */
export interface WindowNode {
  readonly kind: 'window'
  readonly fn: string
  readonly input: WindowInput
  /** All but the range vector, in their order. */
  readonly args: readonly RootNode[]
  /** Whether the metric name stays as it is, or goes at the end of the query. */
  readonly name: 'kept' | 'goes'
  /** Of the first argument: where remarks about the samples point to. */
  readonly span: Span
  /** As of a leaf. */
  readonly typed?: true
}

/** A LogQL range aggregation at the root, over the values of a leaf. */
export interface LogWindowNode {
  readonly kind: 'logWindow'
  /** A name of language/logql-kernels.ts. */
  readonly fn: string
  readonly args: readonly number[]
  readonly leaf: number
  readonly rangeNs: bigint
  readonly offsetNs: bigint
}

export type WindowInput =
  /** The samples of a leaf whose window is `raw`. */
  | {
      readonly kind: 'samples'
      readonly leaf: number
      readonly rangeMs: number
      readonly offsetMs: number
      readonly atMs?: number
      readonly extension?: WindowExtension
    }
  | { readonly kind: 'subquery'; readonly operand: RootNode; readonly level: SubqueryLevel }

export interface CallNode {
  readonly kind: 'call'
  readonly fn: string
  readonly args: readonly RootNode[]
  readonly argSpans: readonly Span[]
  /** The matchers of the first argument where that is a selector and nothing else: `absent` makes labels of them. Of `info`: of its info series. */
  readonly selector?: readonly Matcher[]
  readonly span: Span
}

export interface BinaryNode {
  readonly kind: 'binary'
  readonly op: BinaryOp
  readonly bool: boolean
  readonly left: RootNode
  readonly right: RootNode
  /** Undefined where an operand is a scalar. */
  readonly matching?: Matching
  readonly span: Span
}

export interface AggregateNode {
  readonly kind: 'aggregate'
  readonly op: string
  readonly grouping: Grouping
  readonly param?: RootNode
  readonly paramSpan?: Span
  readonly operand: RootNode
  readonly operandSpan: Span
  readonly span: Span
}

/** A run of consecutive steps, or for log queries a slice of time [startNs, endNs). Numbered in the order of release. */
export interface TimeGroup {
  readonly index: number
  readonly firstStep: number
  readonly stepCount: number
  readonly startNs: bigint
  readonly endNs: bigint
}

/** Half-open interval over the high 32 bits of the series hash, signed: [from, to). The whole is [-2^31, 2^31). */
export interface HashInterval {
  readonly from: number
  readonly to: number
}

export const WHOLE_HASH: HashInterval = { from: -2147483648, to: 2147483648 }

/** A rectangle: one leaf × one group × one interval of hashes, with every segment that touches it. */
export interface WorkUnit {
  /** Unique within the query: `leaf.group.part`. */
  readonly id: string
  readonly organisation: string
  readonly language: Language
  readonly leaf: Leaf
  readonly group: TimeGroup
  /** The steps of the group; for a pinned leaf, the one pinned step. */
  readonly grid: Grid
  readonly interval: HashInterval
  readonly segments: readonly Segment[]
  readonly entries?: EntriesRequest
  readonly estimatedSamples: number
  /** Of the node that asks: whoever runs the unit has no others. */
  readonly limits: Limits
  /** For logs and traces of whoever runs the unit. */
  readonly query?: OfQuery
}

export type { LabelFilterExpr }

/** What entries that pass the leaf's stages have in them; nothing is known of other leaves. */
export function leafNeedles(leaf: Leaf): Needles {
  return leaf.signal === 'logs' && leaf.kind !== 'streams' ? (leaf.needles ?? []) : []
}

/** The metric name that all series have when they are accumulated; empty if it is gone or not known. */
export function sharedName(leaf: Leaf): string {
  if (leaf.signal !== 'metrics' || leaf.name === 'dropped') return ''
  return leaf.matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value ?? ''
}

/** Series of one metric name stay distinct without the name, unless types or units are labels that go with it; of several names they may fall together. */
export function distinctWithoutName(leaf: SampleLeaf): boolean {
  return namedByEquality(leaf) && leaf.typed !== true
}

export function namedByEquality(leaf: SampleLeaf): boolean {
  return leaf.matchers.some((matcher) => matcher.name === '__name__' && matcher.op === '=' && matcher.value !== '')
}
