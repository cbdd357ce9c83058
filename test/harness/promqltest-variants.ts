/** The same query pinned to a time by `@` wherever it reads: asked at any other time it must answer the same. */
import type { Expr, SelectorExpr } from '../../src/model/expr.js'
import { parse, printPromql } from '../../src/parse/parse.js'
import { TEST_FEATURES } from './straight.js'

/** What these answer hangs on the time that they are asked at, however their arguments are pinned. */
const TIME_WORDS: ReadonlySet<string> = new Set([
  'days_in_month', 'day_of_month', 'day_of_week', 'day_of_year', 'hour', 'minute', 'month', 'year',
  'end', 'predict_linear', 'range', 'start', 'step', 'time', 'timestamp',
])

/** The text of the query with `@ ms` at each selector and subquery that has no time yet; undefined if the query cannot be pinned. */
export function pinnedQuery(query: string, ms: number): string | undefined {
  const tree = parse(query, 'promql', { features: TEST_FEATURES })
  return callsTimeWord(tree) ? undefined : printPromql(pinned(tree, ms))
}

/** Times to ask a query at that is pinned to `ms`. */
export function timesAround(ms: number): readonly number[] {
  return ms === 0 ? [-1000, 0, 1000] : [-10 * ms, 0, Math.trunc(ms / 5), ms, 10 * ms]
}

/** All selectors of a query, in their order. */
export function selectorsOf(expr: Expr): readonly SelectorExpr[] {
  if (expr.kind === 'selector') return [expr]
  if (expr.kind === 'range') return [expr.selector]
  return childrenOf(expr).flatMap(selectorsOf)
}

function callsTimeWord(expr: Expr): boolean {
  return (expr.kind === 'call' && TIME_WORDS.has(expr.name)) || childrenOf(expr).some(callsTimeWord)
}

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'paren':
      return [expr.inner]
    case 'unary':
    case 'subquery':
      return [expr.operand]
    case 'binary':
      return [expr.left, expr.right]
    case 'aggregate':
      return expr.param === undefined ? [expr.operand] : [expr.param, expr.operand]
    case 'call':
      return expr.args
    case 'range':
      return [expr.selector]
    case 'number':
    case 'string':
    case 'selector':
    case 'durationCall':
    case 'logs':
    case 'logRange':
      return []
  }
}

function pinned(expr: Expr, ms: number): Expr {
  const inner = (child: Expr): Expr => pinned(child, ms)
  switch (expr.kind) {
    case 'paren':
      return { ...expr, inner: inner(expr.inner) }
    case 'unary':
      return { ...expr, operand: inner(expr.operand) }
    case 'binary':
      return { ...expr, left: inner(expr.left), right: inner(expr.right) }
    case 'aggregate':
      return { ...expr, operand: inner(expr.operand), ...(expr.param === undefined ? {} : { param: inner(expr.param) }) }
    case 'call':
      return { ...expr, args: expr.args.map(inner) }
    case 'range':
      return { ...expr, selector: pinnedHere(expr.selector, ms) }
    case 'selector':
    case 'subquery':
      return pinnedHere(expr, ms)
    case 'number':
    case 'string':
    case 'durationCall':
    case 'logs':
    case 'logRange':
      return expr
  }
}

/** Below a pinned subquery nothing else is pinned. */
function pinnedHere<E extends Extract<Expr, { kind: 'selector' | 'subquery' }>>(expr: E, ms: number): E {
  return expr.at?.kind === 'time' ? expr : { ...expr, at: { kind: 'time', ms, span: expr.span } }
}
