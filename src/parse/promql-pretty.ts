/**
 * PromQL over several lines, laid out as Prometheus' format_query does: what fits a line stays on it, what does not is broken at each
 * level. Selectors, literals and durations are never broken.
 */
import type { AggregateExpr, BinaryExpr, CallExpr, Expr, SubqueryExpr } from '../model/expr.js'
import { isInfiniteBase, printAggregateHead, printOperator, printPromql, printSubqueryTimes } from './promql-print.js'

const INDENT = '  '

/** An expression is broken if its printed text is longer than `width` UTF-8 bytes; the indent does not count. */
export function prettyPromql(expr: Expr, width = 100): string {
  return pretty(expr, 0, width)
}

/** The lines of a node whose parent has begun a new line for it, indented by `level`. */
function pretty(expr: Expr, level: number, width: number): string {
  const text = printPromql(expr)
  const fits = Buffer.byteLength(text) <= width
  switch (expr.kind) {
    case 'aggregate':
      return fits ? indented(text, level) : prettyAggregate(expr, level, width)
    case 'binary':
      return fits ? indented(text, level) : prettyBinary(expr, level, width)
    case 'call':
      return fits ? indented(text, level) : prettyCall(expr, level, width)
    case 'paren':
      return fits ? indented(text, level) : bracketed('', [pretty(expr.inner, level + 1, width)], level)
    case 'unary':
      return indented(expr.op + pretty(expr.operand, level, width).trim(), level)
    case 'subquery':
      return fits ? text : prettySubquery(expr, level, width)
    case 'number':
    case 'string':
    case 'selector':
    case 'range':
    case 'durationCall':
    case 'logs':
    case 'logRange':
      return indented(text, level)
  }
}

function indented(text: string, level: number): string {
  return INDENT.repeat(level) + text
}

function bracketed(head: string, lines: readonly string[], level: number): string {
  return `${indented(head, level)}(\n${lines.join(',\n')}\n${indented(')', level)}`
}

function prettyAggregate(expr: AggregateExpr, level: number, width: number): string {
  const args = expr.param === undefined ? [expr.operand] : [expr.param, expr.operand]
  return bracketed(printAggregateHead(expr), args.map((arg) => pretty(arg, level + 1, width)), level)
}

function prettyCall({ name, args }: CallExpr, level: number, width: number): string {
  return bracketed(name, args.map((arg) => pretty(arg, level + 1, width)), level)
}

/** The operator stands on a line of its own, one level to the left of both operands. */
function prettyBinary(expr: BinaryExpr, level: number, width: number): string {
  const left = isInfiniteBase(expr.left, expr.op) ? indented('Inf', level + 1) : pretty(expr.left, level + 1, width)
  return `${left}\n${indented(printOperator(expr), level)}\n${pretty(expr.right, level + 1, width)}`
}

/** Upstream indents a subquery only where it breaks it; its clients see the same text from us. */
function prettySubquery(expr: SubqueryExpr, level: number, width: number): string {
  return pretty(expr.operand, level, width) + printSubqueryTimes(expr)
}
