/** What `info` reads beside its argument: which info series, and as of when. */
import { TARGET_INFO } from '../language/language.js'
import type { AtModifier, Expr, SelectorExpr } from '../model/expr.js'
import { METRIC_NAME, type Matcher } from '../model/labels.js'

/** A selector or a subquery: what moves the time at which something is read. */
export type Shift = Pick<SelectorExpr, 'offset' | 'at'> & { readonly at?: AtModifier }

/**
 * Info series are read as of the time of the first selector of the argument: the shifts from the outermost subquery around it inwards.
 * None where there is no selector.
 */
export function shiftsOfFirst(expr: Expr): readonly Shift[] {
  return pathToFirst(expr) ?? []
}

function pathToFirst(expr: Expr): readonly Shift[] | undefined {
  switch (expr.kind) {
    case 'selector':
      return [expr]
    case 'range':
      return [expr.selector]
    case 'subquery': {
      const inner = pathToFirst(expr.operand)
      return inner === undefined ? undefined : [expr, ...inner]
    }
    case 'paren':
      return pathToFirst(expr.inner)
    case 'unary':
      return pathToFirst(expr.operand)
    case 'binary':
      return pathToFirst(expr.left) ?? pathToFirst(expr.right)
    case 'aggregate':
      return pathToFirst(expr.operand) ?? (expr.param === undefined ? undefined : pathToFirst(expr.param))
    case 'call':
      return expr.args.map(pathToFirst).find((path) => path !== undefined)
    case 'number':
    case 'string':
    case 'durationCall':
    case 'logs':
    case 'logRange':
      return undefined
  }
}

/** Of the selector in the second argument: without a name it is target_info, with names that are only forbidden any that ends in _info. */
export function infoMatchers(selector: readonly Matcher[]): readonly Matcher[] {
  const names = selector.filter(({ name }) => name === METRIC_NAME)
  if (names.length === 0) return [...selector, { name: METRIC_NAME, op: '=', value: TARGET_INFO }]
  if (names.some(({ op }) => op === '=' || op === '=~')) return selector
  return [...selector, { name: METRIC_NAME, op: '=~', value: '.+_info' }]
}
