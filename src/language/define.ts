/** The kinds of entry of the language tables. An entry is the whole truth about one name; every room reads it from here. */
import type { Annotate } from '../model/annotation.js'
import type { RunsBlock, SeriesBlock } from '../model/block.js'
import type { HistogramTotal, NativeHistogram } from '../model/histogram.js'
import type { Limits } from '../model/limits.js'
import type { Naming } from '../model/plan.js'
import type { Language, Span } from '../model/expr.js'
import type { Matcher } from '../model/labels.js'
import type { Grid } from '../model/time.js'

export type ArgType = 'scalar' | 'string' | 'vector' | 'matrix'

/** What parser and type checker must know of a function. */
export interface FunctionSignature {
  readonly name: string
  readonly doc: string
  readonly args: readonly ArgType[]
  /**
   * 0: all arguments are needed. Else the last may be left out, and it may be repeated: positive, up to so many times; -1, without end.
   * `arity` of the door turns this into bounds.
   */
  readonly variadic: number
  readonly returns: 'scalar' | 'vector' | 'string' | 'matrix'
  /** Needs the feature `promql-experimental-functions`. */
  readonly experimental: boolean
}

/**
 * Samples [start, end) of one series, times ascending and distinct, without staleness markers.
 * Times are in the unit that `Windows.unitsPerSecond` tells.
 */
export interface SampleRun {
  readonly t: Float64Array
  readonly v: Float64Array
  readonly start: number
  readonly end: number
  /** By sample: the histogram where a sample is one. Left out where all are floats. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram>
  /** When each sample's counter began, in the unit of `t`; 0: not known. Left out where none is known. */
  readonly startTimes?: Float64Array
}

/** The windows of consecutive steps: window k is (firstEnd + k·step − range, firstEnd + k·step]: left-open. */
export interface Windows {
  readonly firstEnd: number
  readonly step: number
  readonly count: number
  readonly range: number
  /** 1000 for metrics (ms); 1e9 for logs (ns after a base). */
  readonly unitsPerSecond: number
  /** How far the evaluation time of a step lies after the end of its window: the offset. */
  readonly evaluationAhead: number
}

/**
 * Evaluates one series at all steps: writes `out[at + k]` and sets `present[at + k]` to 1 where there is a value.
 * The arrays come zeroed. A step's value depends on its own window only: never on where the steps begin or end,
 * so that cutting a query into groups changes no byte.
 */
export type RangeKernel = (
  run: SampleRun,
  windows: Windows,
  args: readonly number[],
  out: Float64Array,
  present: Uint8Array,
  at: number,
) => void

/** One window of a run in which there are histograms: samples [from, to), at least one. */
export interface MixedWindow {
  readonly run: SampleRun
  readonly from: number
  readonly to: number
  readonly args: readonly number[]
  /** In the unit of the run. */
  readonly end: number
  readonly windows: Windows
  readonly notes: WindowNotes
}

/** Takes remarks about the samples of one series. */
export interface WindowNotes {
  /** The metric name of the series; empty if it has none. */
  readonly metric: string
  /** Where the node keeps types as labels: that of the series, which may be empty. */
  readonly type?: string
  warn(text: string): void
  inform(text: string): void
}

/** What a window with histograms gives; undefined: nothing. */
export type MixedFunction = (window: MixedWindow) => number | NativeHistogram | undefined

export interface RangeFunction extends FunctionSignature {
  readonly kind: 'range'
  /** Over runs of floats alone. */
  readonly kernel: RangeKernel
  /** Over runs with any histogram in them. */
  readonly mixed: MixedFunction
  /**
   * With `anchored` or `smoothed`: the window holds what the modifier lets it see beyond its edges as well, up to the lookback.
   * Left out: the modifier is refused.
   */
  readonly extended?: Partial<Readonly<Record<'anchored' | 'smoothed', MixedFunction>>>
  /** Remarks that any float of the result is worth. */
  readonly noteOnFloats?: (notes: WindowNotes, args: readonly number[]) => void
  /** The result loses the metric name (all but last_over_time and first_over_time). */
  readonly dropsName: boolean
  /** Whether the value depends on the evaluation time beside the window: with `@` it then differs from step to step. */
  readonly seesEvaluationTime?: true
  /** Whether the value depends on start times: `mixed` is then for runs that have them as well, and `kernel` for the others. */
  readonly seesStartTimes?: true
}

/** Value by value; `absent` results are said by returning undefined. Parameters are the scalar arguments in order. */
export interface ElementwiseFunction extends FunctionSignature {
  readonly kind: 'elementwise'
  readonly apply: (value: number, args: readonly number[]) => number | undefined
  readonly dropsName: boolean
}

/** Evaluated at the root over all steps of a group at once. */
export interface RootFunction extends FunctionSignature {
  readonly kind: 'root'
  /** Of a plain selector the function asks for this of each sample, and nothing else has to be evaluated. */
  readonly ofSelector?: 'time' | 'startTime'
  /** For a matrix argument: the range function whose result, metric names kept, the root gets in its place. */
  readonly matrixAs?: string
  /** The accumulator, without labels, that tells all that the function looks at of its first argument. */
  readonly accumulator?: string
  readonly evaluate: (args: readonly RootValue[], call: RootCall) => RootValue
}

/** What a root function may know beside the values of its arguments. */
export interface RootCall {
  /** The steps of the group; step width 0: an instant query. */
  readonly grid: Grid
  readonly language: Language
  /** The matchers of the first argument where that is a selector, with or without a range, and nothing else. */
  readonly selector: readonly Matcher[] | undefined
  readonly span: Span
  /** Of the arguments, in their order. */
  readonly argSpans: readonly Span[]
  readonly naming: Naming
  readonly limits: Limits
  readonly annotate: Annotate
}

/** The range that a query is asked over, in seconds. Of an instant query step and range are 0, start and end its time. */
export interface QueryRange {
  readonly startSeconds: number
  readonly endSeconds: number
  readonly stepSeconds: number
  readonly rangeSeconds: number
}

/** A number that is known once the query is asked. */
export interface QueryConstant extends FunctionSignature {
  readonly kind: 'queryConstant'
  readonly value: (range: QueryRange) => number
}

export type FunctionEntry = RangeFunction | ElementwiseFunction | RootFunction | QueryConstant

/** What flows between the operators of the root: a vector at each step, a number at each step, or a string. */
export type RootValue =
  | { readonly type: 'vector'; readonly block: SeriesBlock; readonly ordered: boolean }
  | { readonly type: 'scalar'; readonly values: Float64Array<ArrayBuffer> }
  | { readonly type: 'string'; readonly value: string }
  /** Only as the answer of an instant query. */
  | { readonly type: 'runs'; readonly block: RunsBlock }

/** An aggregation operator over series. */
export interface AggregationEntry {
  readonly name: string
  readonly doc: string
  readonly param: 'none' | 'scalar' | 'string'
  readonly experimental: boolean
  /** The accumulator that units can fill for it; absent: it is evaluated at the root over all series. */
  readonly accumulator?: string
}

/** Cells that are added: floats in `values`, histograms by cell. */
export interface AccumulatorInput {
  readonly values: Float64Array
  readonly present: Uint8Array
  readonly histograms?: ReadonlyMap<number, NativeHistogram>
}

/**
 * Mergeable state of one group of series at each step. Column 0 is `values` of the block, `present` says that anything was added
 * but for histograms that `totals` holds; further columns have names. Laws under test for every entry: a fresh state is neutral, merge is
 * associative, pushdown equals no pushdown.
 */
export interface Accumulator {
  readonly name: string
  readonly doc: string
  /** Names of the columns beside `values`. */
  readonly columns: readonly string[]
  /** What becomes of histograms: added up, counted as floats are, or passed over, which is worth a remark. */
  readonly histograms: 'added' | 'counted' | 'ignored'
  /** Adds one series' cells [from, from + count) to the state rows beginning at `at`. */
  add(state: AccumulatorState, at: number, input: AccumulatorInput, from: number, count: number): void
  /** Adds the rows of another state. */
  merge(state: AccumulatorState, at: number, other: AccumulatorState, from: number, count: number): void
  /** Turns state into the final cells: floats in place, histograms by cell in what is returned. */
  finish(state: AccumulatorState, size: number): FinishedState
}

export interface AccumulatorState {
  readonly values: Float64Array
  readonly present: Uint8Array
  /** In the order of `columns`. */
  readonly columns: readonly Float64Array[]
  /** By cell: the histograms that were added. */
  readonly totals: Map<number, HistogramTotal>
}

export interface FinishedState {
  readonly histograms: ReadonlyMap<number, NativeHistogram>
  readonly notes: ReadonlySet<StateNote>
}

/**
 * What a remark is due for. `mixed`: floats and histograms met in a group, which has no value then; nor has it where `incompatible`
 * buckets met. The other two are of groups that have one.
 */
export type StateNote = 'mixed' | 'incompatible' | 'resetCollision' | 'boundsReconciled'
