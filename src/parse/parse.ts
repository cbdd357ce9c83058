/** The door of the room: query text to tree, or a positioned `bad_query`. */
import type { Expr, Language } from '../model/expr.js'
import { DEFAULT_LIMITS, type Limits } from '../model/limits.js'
import { parseLogql, warmLogqlParser } from './logql.js'
import { parsePromql, warmPromqlParser } from './promql.js'

export { prettyLogql } from './logql-pretty.js'
export { printLogql } from './logql-print.js'
export { prettyPromql } from './promql-pretty.js'
export { printPromql } from './promql-print.js'

export function parse(text: string, language: Language, limits: Limits = DEFAULT_LIMITS): Expr {
  switch (language) {
    case 'promql':
      return parsePromql(text, limits)
    case 'logql':
      return parseLogql(text, limits)
  }
}

/** Parses a few queries of each language, so that the first real one does not pay for building the parser's tables. */
export function warmParsers(): void {
  warmPromqlParser()
  warmLogqlParser()
}
