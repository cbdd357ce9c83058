/** Label matchers as SQL over a nullable column. A label that a row lacks is the empty string to every matcher. */
import { duckdbRegex, matchesEmpty } from '../language/language.js'
import type { Matcher } from '../model/labels.js'
import { quoteIdentifier, quoteText } from '../segment/segment.js'

/** `all`: every row matches; `none`: no row does. */
export function columnPredicate(matcher: Matcher, column: string | undefined): string {
  if (column === undefined) return matchesEmpty(matcher) ? 'all' : 'none'
  const name = quoteIdentifier(column)
  switch (matcher.op) {
    case '=':
      return matcher.value === '' ? `(${name} IS NULL OR ${name} = '')` : `${name} = ${quoteText(matcher.value)}`
    case '!=':
      return matcher.value === '' ? `(${name} IS NOT NULL AND ${name} <> '')` : `${name} IS DISTINCT FROM ${quoteText(matcher.value)}`
    case '=~':
      return `regexp_full_match(coalesce(${name}, ''), ${quoteText(duckdbRegex(matcher.value))}, 's')`
    case '!~':
      return `NOT regexp_full_match(coalesce(${name}, ''), ${quoteText(duckdbRegex(matcher.value))}, 's')`
  }
}
