/** PromQL text to tree: all of PromQL 3.x as far as its features are enabled; what can be evaluated is the planner's concern. */
import { NO_FEATURES, type Features } from '../language/language.js'
import { DEFAULT_LIMITS, type Limits } from '../model/limits.js'
import type { Expr } from '../model/expr.js'
import { PromQL } from './generated/PromQL.js'
import { PromqlBuilder } from './promql-build.js'
import { checkPromql } from './promql-check.js'
import { earlierMistake } from './promql-earlier.js'
import { describeMistake, lexicalError } from './promql-mistakes.js'
import { readTokens } from './promql-tokens.js'
import { limitExceededAt, runParser } from './syntax-error.js'
import { TextPositions } from './text-positions.js'

/**
 * The tree of a query. Throws `bad_query` with the place of the first mistake and what was expected there, also for what is not
 * enabled, or `limit_exceeded` for texts that are too long or nested too deep.
 */
export function parsePromql(text: string, features: Features, limits: Limits = DEFAULT_LIMITS): Expr {
  const positions = new TextPositions(text, limits)
  if (positions.end > limits.queryTextBytesMax) {
    throw limitExceededAt('queryTextBytesMax', positions.end, { start: 0, end: positions.end }, positions)
  }
  const { stream, mistake } = readTokens(text, positions)
  const parser = new PromQL(stream)
  const builder = new PromqlBuilder(positions, stream, features)
  const query = runParser(parser, () => parser.query(), (at) => {
    const kind = at.token === mistake?.token ? 'no-token' : 'misplaced'
    return earlierMistake(at.open, at.token, kind, builder) ?? describeMistake(at, mistake, positions)
  })
  if (mistake !== undefined) throw lexicalError(mistake, positions)
  const expr = builder.expr(query.expr())
  checkPromql(expr, positions)
  return expr
}

/** Queries of the shapes that dashboards use. */
const WARM_UP: readonly string[] = [
  'up',
  'sum by (job, instance) (rate(a{job=~"a|b", status!="500"}[5m] offset 1h)) / on (job) group_left (x) sum(a) > bool 0',
  'histogram_quantile(0.99, sum by (le) (rate(b_bucket{c="d"}[5m]))) * 100 or vector(0)',
  'topk(5, max_over_time(rate(a[1m])[1h:30s] @ end())) unless ignoring (b) c{d!~"e.*"} @ 1.5',
  '-a ^ 2 + (b - c) % 3 and d == e',
  'label_replace(a, "b", "$1", "c", "(.*)")',
]

/** Parses a few queries, so that the first one of a user does not pay for building the tables: some 50 ms once. */
export function warmPromqlParser(): void {
  for (const text of WARM_UP) parsePromql(text, NO_FEATURES)
}
