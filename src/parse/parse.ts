/** The door of the room: query text to tree, or a positioned `bad_query`. */
import type { Expr, Language } from '../model/expr.js'
import { parseLogql, warmLogqlParser } from './logql.js'
import { parsePromql, warmPromqlParser } from './promql.js'

export { prettyLogql } from './logql-pretty.js'
export { printLogql } from './logql-print.js'
export { printPromql } from './promql-print.js'

export function parse(text: string, language: Language): Expr {
  switch (language) {
    case 'promql':
      return parsePromql(text)
    case 'logql':
      return parseLogql(text)
  }
}

/** Parses a few queries of each language, so that the first real one does not pay for building the parser's tables. */
export function warmParsers(): void {
  warmPromqlParser()
  warmLogqlParser()
}
