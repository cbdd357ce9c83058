/** The door of the room: query text to tree, or a positioned `bad_query`. */
import type { Expr, Language } from '../model/expr.js'
import { parseLogql } from './logql.js'
import { parsePromql } from './promql.js'

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
