/** LogQL text to a tree, or the first mistake with its place. */
import { CommonTokenStream, ListTokenSource, type Token } from 'antlr4ng'
import { QueryError } from '../model/error.js'
import type { Expr } from '../model/expr.js'
import { checkLimit, DEFAULT_LIMITS, type Limits } from '../model/limits.js'
import { LogQLParser } from './generated/LogQLParser.js'
import { buildExpr } from './logql-build.js'
import { treeDepth } from './logql-depth.js'
import { describeMistake } from './logql-mistakes.js'
import { logqlTokens } from './logql-tokens.js'
import { runParser } from './syntax-error.js'
import { TextPositions } from './text-positions.js'

/**
 * The tree of a LogQL query. Brackets are not kept; literals are folded, and a negative line filter with `or` becomes several, as
 * Loki does. Throws `bad_query` with a position, or `limit_exceeded` for a text too long or nested too deep.
 */
export function parseLogql(text: string, limits: Limits = DEFAULT_LIMITS): Expr {
  const places = new TextPositions(text, limits)
  checkLimit(limits, 'queryTextBytesMax', places.end)
  const tokens = logqlTokens(text)
  checkLimit(limits, 'queryDepthMax', bracketDepth(tokens))
  const parser = new LogQLParser(new CommonTokenStream(new ListTokenSource(tokens)))
  const tree = runParser(
    parser,
    (rules) => rules.query(),
    (mistake) => describeMistake(mistake, tokens, places),
  )
  const expr = prefixed(() => buildExpr(tree.expr(), places))
  checkLimit(limits, 'queryDepthMax', treeDepth(expr))
  return expr
}

/** What reads as a query and is refused all the same is told with the words that Loki's clients look for. */
function prefixed(build: () => Expr): Expr {
  try {
    return build()
  } catch (thrown) {
    if (!(thrown instanceof QueryError) || thrown.code !== 'bad_query') throw thrown
    throw new QueryError({ ...thrown.toRecord(), message: `parse error : ${thrown.message}` })
  }
}

/** Parses a few queries, so that the first one of a client does not pay for the tables that the parser builds as it goes. */
export function warmLogqlParser(): void {
  for (const query of WARM_QUERIES) parseLogql(query)
}

const WARM_QUERIES = [
  '{app="a", env=~"b|c"} |= "x" != "y" or "z" | json a, b="c.d" | d > 5 and e="f" or (g >= 1s) | line_format "{{.a}}"',
  'sum by (a, b) (rate({app="a"} | logfmt --strict | label_format a=b, c="d" | drop e, f="g" [5m] offset 1h))',
  'topk(5, sum(count_over_time({app="a"}[1m] |~ "x")) by (b)) / on (b) group_left (c) avg without (d) (bytes_rate({app="a"}[1m])) * 100',
  'quantile_over_time(0.9, {app="a"} | json | unwrap duration(a) | __error__="" [1m]) by (b) > bool 1 or vector(0)',
  'label_replace(max_over_time(({app="a"} | regexp "(?P<a>x)" | unwrap b)[1m]) by (b), "a", "$1", "b", "(.*)") - 1 unless sum(rate({a="b"}[1m]))',
]

function bracketDepth(tokens: readonly Token[]): number {
  let depth = 0
  let deepest = 0
  for (const { type, text } of tokens) {
    if (type === LogQLParser.OPEN) deepest = Math.max(deepest, ++depth)
    else if (text === ')') depth--
  }
  return deepest
}
