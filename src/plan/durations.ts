/** Duration expressions of PromQL, folded to whole milliseconds before anything is cut. */
import { arithmeticOf } from '../language/language.js'
import type { BinaryOp, Expr, Span } from '../model/expr.js'

/** What `step()` and `range()` mean inside a duration expression, in seconds: both 0 for instant queries. */
export interface DurationContext {
  readonly stepSeconds: number
  readonly rangeSeconds: number
}

export type Refuse = (message: string, span: Span) => never

/** Milliseconds of an offset: any sign. */
export function offsetMs(expr: Expr | undefined, context: DurationContext, refuse: Refuse): number {
  if (expr === undefined) return 0
  return wholeMs(expr, seconds(expr, context, refuse), refuse)
}

/** Milliseconds of a range or step: greater than zero. */
export function rangeMs(expr: Expr, context: DurationContext, refuse: Refuse): number {
  const value = seconds(expr, context, refuse)
  if (!(value > 0)) refuse('duration must be greater than 0', expr.span)
  return wholeMs(expr, value, refuse)
}

/** A duration is held in ns as 64 bits upstream: about 292 years. */
const SECONDS_MAX = 2 ** 63 / 1e9

function wholeMs(expr: Expr, value: number, refuse: Refuse): number {
  if (!Number.isFinite(value) || Math.abs(value) >= SECONDS_MAX) refuse('duration out of range', expr.span)
  return Math.trunc(Math.round(value * 1e9) / 1e6)
}

function seconds(expr: Expr, context: DurationContext, refuse: Refuse): number {
  switch (expr.kind) {
    case 'number':
      return expr.value
    case 'paren':
      return seconds(expr.inner, context, refuse)
    case 'unary':
      return expr.op === '-' ? -seconds(expr.operand, context, refuse) : seconds(expr.operand, context, refuse)
    case 'binary':
      return arithmetic(expr.op, seconds(expr.left, context, refuse), seconds(expr.right, context, refuse), expr.span, refuse)
    case 'durationCall':
    case 'call':
      return word(expr.name, expr.args.map((arg) => seconds(arg, context, refuse)), context, expr.span, refuse)
    case 'string':
    case 'aggregate':
    case 'selector':
    case 'range':
    case 'subquery':
    case 'logs':
    case 'logRange':
      return refuse('not a duration', expr.span)
  }
}

function arithmetic(op: BinaryOp, left: number, right: number, span: Span, refuse: Refuse): number {
  if (right === 0 && op === '/') return refuse('division by zero', span)
  if (right === 0 && op === '%') return refuse('modulo by zero', span)
  const operator = op === 'atan2' ? undefined : arithmeticOf(op, 'promql')
  return operator === undefined ? refuse(`operator "${op}" is not allowed in a duration expression`, span) : operator(left, right)
}

function word(name: string, args: readonly number[], context: DurationContext, span: Span, refuse: Refuse): number {
  if (name === 'step') return context.stepSeconds
  if (name === 'range') return context.rangeSeconds
  if (name === 'max_of') return Math.max(...args)
  if (name === 'min_of') return Math.min(...args)
  return refuse(`"${name}" is not allowed in a duration expression`, span)
}
