/** The language of a query text for who does not name it. */
import { QueryError } from '../src/model/error.js'
import type { Language } from '../src/model/expr.js'
import { parse } from '../src/parse/parse.js'

/**
 * The one language that can parse the text. If both can (`{app="cart"}`, `1 + 1`) or neither can: LogQL for a text
 * that begins with a brace, else PromQL.
 */
export function guessLanguage(text: string): Language {
  const promql = parses(text, 'promql')
  const logql = parses(text, 'logql')
  if (promql !== logql) return promql ? 'promql' : 'logql'
  return text.trimStart().startsWith('{') ? 'logql' : 'promql'
}

function parses(text: string, language: Language): boolean {
  try {
    parse(text, language)
    return true
  } catch (thrown) {
    if (thrown instanceof QueryError) return false
    throw thrown
  }
}
