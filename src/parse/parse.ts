/** The door of the room: query text to tree, or a positioned `bad_query`. */
import { NO_FEATURES, type Features } from '../language/language.js'
import type { Expr, Language } from '../model/expr.js'
import { DEFAULT_LIMITS, type Limits } from '../model/limits.js'
import { parseLogql, warmLogqlParser } from './logql.js'
import { parsePromql, warmPromqlParser } from './promql.js'

export { prettyLogql } from './logql-pretty.js'
export { printLogql } from './logql-print.js'
export { prettyPromql } from './promql-pretty.js'
export { printPromql } from './promql-print.js'

/** What a text is held to: by default the default limits, and PromQL as it comes, with no feature enabled. */
export interface ParseOptions {
  readonly limits?: Limits
  readonly features?: Features
}

/** Throws `bad_query` with the place of the first mistake, or `limit_exceeded`. */
export function parse(text: string, language: Language, { limits = DEFAULT_LIMITS, features = NO_FEATURES }: ParseOptions = {}): Expr {
  switch (language) {
    case 'promql':
      return parsePromql(text, features, limits)
    case 'logql':
      return parseLogql(text, limits)
  }
}

/** Parses a few queries of each language, so that the first real one does not pay for building the parser's tables. */
export function warmParsers(): void {
  warmPromqlParser()
  warmLogqlParser()
}
