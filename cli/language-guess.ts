/** The language of a query text for who does not name it. */
import { ALL_FEATURES } from '../src/language/language.js'
import { QueryError } from '../src/model/error.js'
import type { Language } from '../src/model/expr.js'
import { parse } from '../src/parse/parse.js'

/** A selector that no metric name stands before: all of LogQL's are so, few of PromQL's. */
const NAMELESS_SELECTOR = /(^|[^\w:\s])\s*\{/

/**
 * The one language that can parse the text. If both can (`{app="cart"}`, `rate({app="cart"}[5m])`, `1 + 1`) or neither can:
 * LogQL for a text with a selector that has no name, else PromQL.
 */
export function guessLanguage(text: string): Language {
  const promql = parses(text, 'promql')
  const logql = parses(text, 'logql')
  if (promql !== logql) return promql ? 'promql' : 'logql'
  return NAMELESS_SELECTOR.test(text) ? 'logql' : 'promql'
}

function parses(text: string, language: Language): boolean {
  try {
    parse(text, language, { features: ALL_FEATURES })
    return true
  } catch (thrown) {
    if (thrown instanceof QueryError) return false
    throw thrown
  }
}
