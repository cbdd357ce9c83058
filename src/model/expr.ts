/** What was asked: one tree type for all languages. Plain data; every node knows its place in the text. */
import type { Matcher } from './labels.js'

/** UTF-8 byte offsets into the query text, half-open. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix' | 'logs'
export type Language = 'promql' | 'logql'

export type Expr =
  | NumberLiteral
  | StringLiteral
  | ParenExpr
  | UnaryExpr
  | BinaryExpr
  | AggregateExpr
  | CallExpr
  | SelectorExpr
  | RangeExpr
  | SubqueryExpr
  | StepInvariantWord
  | LogExpr
  | LogRangeExpr

/** `1h30m` in PromQL is a number too: `isDuration` is only for printing it back. */
export interface NumberLiteral {
  readonly kind: 'number'
  readonly span: Span
  readonly value: number
  readonly isDuration: boolean
  /** The text of a literal whose printed form must keep it (LogQL bytes and durations in label filters). */
  readonly text: string
}

export interface StringLiteral {
  readonly kind: 'string'
  readonly span: Span
  readonly value: string
}

export interface ParenExpr {
  readonly kind: 'paren'
  readonly span: Span
  readonly inner: Expr
}

export interface UnaryExpr {
  readonly kind: 'unary'
  readonly span: Span
  readonly op: '+' | '-'
  readonly operand: Expr
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>='
export type TrimOp = '</' | '>/'
export type SetOp = 'and' | 'or' | 'unless'
export type BinaryOp = ArithmeticOp | ComparisonOp | TrimOp | SetOp

export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'

export interface Matching {
  readonly cardinality: Cardinality
  /** True for `on (...)`, false for `ignoring (...)` and for no clause at all. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** Labels in the brackets of group_left or group_right. */
  readonly include: readonly string[]
  readonly fillLeft?: number
  readonly fillRight?: number
}

export interface BinaryExpr {
  readonly kind: 'binary'
  readonly span: Span
  readonly op: BinaryOp
  readonly opSpan: Span
  readonly left: Expr
  readonly right: Expr
  readonly bool: boolean
  /** Undefined where an operand is a scalar. */
  readonly matching?: Matching
}

export interface Grouping {
  readonly without: boolean
  readonly labels: readonly string[]
}

export interface AggregateExpr {
  readonly kind: 'aggregate'
  readonly span: Span
  readonly op: string
  readonly opSpan: Span
  readonly param?: Expr
  readonly operand: Expr
  readonly grouping?: Grouping
}

/** A function call. LogQL range aggregations are calls whose last argument is a LogRangeExpr; they may carry a grouping. */
export interface CallExpr {
  readonly kind: 'call'
  readonly span: Span
  readonly name: string
  readonly nameSpan: Span
  readonly args: readonly Expr[]
  readonly grouping?: Grouping
}

export type AtModifier =
  | { readonly kind: 'time'; readonly ms: number; readonly span: Span }
  | { readonly kind: 'start' | 'end'; readonly span: Span }

/** A PromQL vector selector. `matchers` holds the metric name as a matcher of `__name__`, first if it stood before the braces. */
export interface SelectorExpr {
  readonly kind: 'selector'
  readonly span: Span
  /** The name that stood before the braces, if any. */
  readonly name?: string
  readonly matchers: readonly Matcher[]
  /** Seconds: a number literal, or a duration expression. Positive looks into the past. */
  readonly offset?: Expr
  readonly at?: AtModifier
  readonly modifier?: 'anchored' | 'smoothed'
}

/** A PromQL range selector `selector[range]`; offset and @ stand in the selector. */
export interface RangeExpr {
  readonly kind: 'range'
  readonly span: Span
  readonly selector: SelectorExpr
  /** Seconds. */
  readonly range: Expr
}

export interface SubqueryExpr {
  readonly kind: 'subquery'
  readonly span: Span
  readonly operand: Expr
  /** Seconds. */
  readonly range: Expr
  /** Seconds; absent: the default step of the node. */
  readonly step?: Expr
  readonly offset?: Expr
  readonly at?: AtModifier
}

/** `step()`, `range()`, `max_of(…)`, `min_of(…)` inside a duration expression. */
export interface StepInvariantWord {
  readonly kind: 'durationCall'
  readonly span: Span
  readonly name: string
  readonly args: readonly Expr[]
}

/** A LogQL log query: stream selector and pipeline. */
export interface LogExpr {
  readonly kind: 'logs'
  readonly span: Span
  readonly matchers: readonly Matcher[]
  readonly stages: readonly StageExpr[]
}

/** The argument of a LogQL range aggregation. Durations in ns, as the language has them. */
export interface LogRangeExpr {
  readonly kind: 'logRange'
  readonly span: Span
  readonly logs: LogExpr
  readonly rangeNs: bigint
  /** Of `[…]`, the brackets among it. */
  readonly rangeSpan: Span
  readonly offsetNs: bigint
  /** Of `offset …`, where it is written. */
  readonly offsetSpan?: Span
  readonly unwrap?: UnwrapExpr
}

export interface UnwrapExpr {
  readonly span: Span
  readonly label: string
  readonly conversion?: string
  readonly filters: readonly LabelFilterExpr[]
}

export type LineFilterOp = '|=' | '!=' | '|~' | '!~' | '|>' | '!>'

/** One operand of a line filter; `ip` marks `ip("…")`. */
export interface LineFilterOperand {
  readonly text: string
  readonly ip: boolean
  readonly span: Span
}

export type StageExpr =
  | { readonly kind: 'lineFilter'; readonly span: Span; readonly op: LineFilterOp; readonly operands: readonly LineFilterOperand[] }
  | { readonly kind: 'labelFilter'; readonly span: Span; readonly filter: LabelFilterExpr }
  | ParserStageExpr

/** Every stage that is a word: json, logfmt, regexp, pattern, unpack, line_format, label_format, decolorize, drop, keep. */
export interface ParserStageExpr {
  readonly kind: 'stage'
  readonly span: Span
  readonly name: string
  readonly nameSpan: Span
  /** `--strict`, `--keep-empty`, without the dashes. */
  readonly flags: readonly string[]
  readonly args: readonly StageArg[]
}

/**
 * An argument of a stage: `"text"` (text), `name` (name), `name="text"` (extraction or template), `a=b` (rename),
 * `name=~"re"` (a matcher, for drop and keep; `name="v"` too).
 */
export interface StageArg {
  readonly span: Span
  readonly name?: string
  readonly op?: Matcher['op']
  /** A string literal's value. */
  readonly text?: string
  /** The identifier on the right of `a=b`. */
  readonly source?: string
}

export type LabelFilterExpr =
  | { readonly kind: 'and' | 'or'; readonly span: Span; readonly left: LabelFilterExpr; readonly right: LabelFilterExpr }
  | { readonly kind: 'matcher'; readonly span: Span; readonly matcher: Matcher }
  | { readonly kind: 'ip'; readonly span: Span; readonly name: string; readonly op: '=' | '!='; readonly pattern: string }
  | {
      readonly kind: 'compare'
      readonly span: Span
      readonly name: string
      readonly op: '==' | '!=' | '>' | '>=' | '<' | '<='
      readonly unit: 'number' | 'duration' | 'bytes'
      /** A number; nanoseconds; bytes. */
      readonly value: number
      /** The literal as written. */
      readonly text: string
    }
