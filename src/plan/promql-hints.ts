/** Which selectors of a query are read by functions that look at count and sum of a histogram alone. */
import { findFunction } from '../language/language.js'
import type { Expr, SelectorExpr } from '../model/expr.js'

type Above = 'nothing' | 'countAndSum'

/**
 * Of these Prometheus reads count and sum alone, and makes their reset hints from the samples that it passes (its detectHistogramStatsDecoding,
 * HistogramStatsIterator): selectors below a function of counts and sums, unless one of buckets, a trim or a subquery stands anywhere above.
 */
export function countAndSumSelectors(expr: Expr): ReadonlySet<SelectorExpr> {
  const found = new Set<SelectorExpr>()
  collect(expr, 'nothing', found)
  return found
}

function collect(expr: Expr, above: Above, found: Set<SelectorExpr>): void {
  switch (expr.kind) {
    case 'selector':
      if (above === 'countAndSum') found.add(expr)
      return
    case 'range':
      return collect(expr.selector, above, found)
    case 'paren':
      return collect(expr.inner, above, found)
    case 'unary':
      return collect(expr.operand, above, found)
    case 'binary':
      if (expr.op === '</' || expr.op === '>/') return
      collect(expr.left, above, found)
      return collect(expr.right, above, found)
    case 'aggregate':
      if (expr.param !== undefined) collect(expr.param, above, found)
      return collect(expr.operand, above, found)
    case 'call': {
      const entry = findFunction(expr.name)
      const reads = entry?.kind === 'root' ? entry.readsOfHistograms : undefined
      if (reads === 'buckets') return
      for (const arg of expr.args) collect(arg, reads ?? above, found)
      return
    }
    case 'subquery':
    case 'number':
    case 'string':
    case 'durationCall':
    case 'logs':
    case 'logRange':
      return
  }
}
