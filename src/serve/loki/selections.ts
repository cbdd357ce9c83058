/** What a LogQL query selects: each of its stream selectors, with the time that it looks back to. */
import type { Expr, LogExpr } from '../../model/expr.js'
import type { TimeRange } from './parameters.js'

export interface Selection {
  readonly logs: LogExpr
  /** Of the window, in ns; 0: a log query has none. */
  readonly windowNs: bigint
  readonly offsetNs: bigint
}

/** In the order of the text. */
export function selectionsOf(expr: Expr): readonly Selection[] {
  switch (expr.kind) {
    case 'logs':
      return [{ logs: expr, windowNs: 0n, offsetNs: 0n }]
    case 'logRange':
      return [{ logs: expr.logs, windowNs: expr.rangeNs, offsetNs: expr.offsetNs }]
    case 'paren':
      return selectionsOf(expr.inner)
    case 'unary':
      return selectionsOf(expr.operand)
    case 'binary':
      return [...selectionsOf(expr.left), ...selectionsOf(expr.right)]
    case 'aggregate':
      return [...(expr.param === undefined ? [] : selectionsOf(expr.param)), ...selectionsOf(expr.operand)]
    case 'call':
      return expr.args.flatMap(selectionsOf)
    case 'number':
    case 'string':
    case 'selector':
    case 'range':
    case 'subquery':
    case 'durationCall':
      return []
  }
}

/** The time that is read for steps or entries of the range. */
export function readRange({ windowNs, offsetNs }: Selection, { startNs, endNs }: TimeRange): TimeRange {
  return { startNs: startNs - windowNs - offsetNs, endNs: endNs - offsetNs }
}
