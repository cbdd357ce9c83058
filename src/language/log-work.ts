/** How units answer log leaves: what DuckDB does of the stages, what is read of lines, and what is left to a pipeline. Units and EXPLAIN ask the same. */
import type { Grouping, StageExpr } from '../model/expr.js'
import type { Limits } from '../model/limits.js'
import type { Leaf, LogEntriesLeaf, LogStreamsLeaf } from '../model/plan.js'
import type { FieldParser } from '../model/segment.js'
import { compilePipeline, fieldParser, findStage, pushdown, type Pipeline, type PipelineOptions, type Pushdown } from './stages/stages.js'

/** A log leaf that takes entries through stages. */
export type LogLeaf = Exclude<Extract<Leaf, { signal: 'logs' }>, LogStreamsLeaf>
export type LogWindowLeaf = Exclude<LogLeaf, LogEntriesLeaf>

/** A series for each label set. */
export const EACH_LABEL_SET: Grouping = { without: true, labels: [] }

/** What an entry adds to its windows, and whether the sum is taken per second. */
export interface LogCount {
  readonly weight: 'one' | 'bytes'
  readonly perSecond: boolean
}

const LOG_COUNTS: ReadonlyMap<string, LogCount> = new Map([
  ['count_over_time', { weight: 'one', perSecond: false }],
  ['rate', { weight: 'one', perSecond: true }],
  ['bytes_over_time', { weight: 'bytes', perSecond: false }],
  ['bytes_rate', { weight: 'bytes', perSecond: true }],
])

/** What a range aggregation without `unwrap` counts; undefined if no unit can do it. */
export function logCountOf(fn: string): LogCount | undefined {
  return LOG_COUNTS.get(fn)
}

/** Fields that take the place of lines, where segments have them in columns. */
export interface WantedFields {
  readonly parser: FieldParser
  readonly names: readonly string[]
  /** What is read of the line all the same. */
  readonly line: 'none' | 'bytes'
}

export interface LogWork {
  readonly pushed: Pushdown
  /** Of the pipelines of what is left. */
  readonly options: PipelineOptions
  /** For whole lines. */
  readonly pipeline: Pipeline
  /** What is read of lines whose fields stand in no columns. */
  readonly line: 'none' | 'bytes' | 'text'
  readonly fields: WantedFields | undefined
  /** Whether rows that are alike may come as one, and if not, why. */
  readonly rows: 'together' | { readonly singlyBecause: string }
}

/** `quoteText` makes a VARCHAR literal. Throws what the stages do not compile with. */
export function logWork(leaf: LogLeaf, quoteText: (text: string) => string, context: { readonly limits: Limits; readonly clock?: () => number }): LogWork {
  const pushed = leaf.rowByRow ? { predicates: [], filters: [], rest: leaf.stages } : pushdown(leaf.stages, quoteText, leaf.quirks)
  const options = { ...context, needed: neededLabels(leaf), quirks: leaf.quirks, ...(leaf.kind === 'values' ? { unwrap: leaf.unwrap } : {}) }
  const pipeline = compilePipeline(pushed.rest, options)
  // The line is read only if a stage looks at it, and only its length if bytes are all that counts.
  const unread = countsBytes(leaf) && !pipeline.altersLine ? 'bytes' : 'none'
  const line = leaf.kind === 'entries' || pipeline.readsLine ? 'text' : unread
  const fields = leaf.kind === 'entries' || leaf.rowByRow ? undefined : wantedFields(leaf, pushed.rest, pipeline, unread)
  return { pushed, options, pipeline, line, fields, rows: rowsOf(leaf, pipeline, fields) }
}

/** The labels that series are made of. Of sums they are those of groups: only such a sum is the sum of the entries of its group. */
export function seriesGrouping({ kind, accumulate: { accumulator, grouping } }: LogLeaf): Grouping {
  return kind === 'values' || accumulator === 'sum' ? grouping : EACH_LABEL_SET
}

/** Whether every row becomes an entry and no two of them the same one, so that the newest rows are the newest entries: a limit then bounds the time to be read. */
export function limitBoundsTime(leaf: LogEntriesLeaf, { pushed }: LogWork): boolean {
  return leaf.rowByRow !== true && pushed.rest.every(leavesApart)
}

function leavesApart(stage: StageExpr): boolean {
  if (stage.kind !== 'stage') return false
  const entry = findStage(stage.name)
  return entry !== undefined && entry.parses && !entry.alters
}

function neededLabels(leaf: LogLeaf): PipelineOptions['needed'] {
  const { without, labels } = seriesGrouping(leaf)
  return without ? 'all' : new Set(labels)
}

function countsBytes(leaf: LogLeaf): boolean {
  return leaf.kind === 'samples' && logCountOf(leaf.fn)?.weight === 'bytes'
}

function wantedFields({ quirks }: LogLeaf, stages: readonly StageExpr[], { wanted }: Pipeline, line: WantedFields['line']): WantedFields | undefined {
  const parser = fieldParser(stages, wanted, quirks)
  return parser === undefined || wanted === 'all' ? undefined : { parser, names: [...wanted], line }
}

function rowsOf(leaf: LogLeaf, pipeline: Pipeline, fields: WantedFields | undefined): LogWork['rows'] {
  if (leaf.rowByRow) return { singlyBecause: 'that was asked for' }
  if (leaf.kind === 'entries') return { singlyBecause: 'each may be in the answer' }
  if (leaf.kind === 'values') return { singlyBecause: 'each has a value of its own' }
  if (pipeline.readsTime) return { singlyBecause: 'a stage looks at the time' }
  if (pipeline.readsLine && fields === undefined) return { singlyBecause: 'a stage looks at the line' }
  return 'together'
}
