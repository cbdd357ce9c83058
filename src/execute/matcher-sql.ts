/** Label matchers as SQL over a nullable column. A label that a row lacks is the empty string to every matcher. */
import { duckdbRegex, matchesEmpty } from '../language/language.js'
import type { Matcher } from '../model/labels.js'
import type { Segment } from '../model/segment.js'
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
      return matchesSql(name, matcher.value)
    case '!~':
      return `NOT ${matchesSql(name, matcher.value)}`
  }
}

/** Of rows of the segment, joined by AND; undefined if no row can match. */
export function matcherPredicates(segment: Segment, matchers: readonly Matcher[]): readonly string[] | undefined {
  const predicates: string[] = []
  for (const matcher of matchers) {
    if (holdsThroughout(segment, matcher)) continue
    const column = segment.columns.find((candidate) => candidate.kind === 'stream' && candidate.name === matcher.name)
    const predicate = columnPredicate(matcher, column?.column)
    if (predicate === 'none') return undefined
    if (predicate !== 'all') predicates.push(predicate)
  }
  return predicates
}

/** A segment of one metric name, as most are, needs no look at the name of each row. */
function holdsThroughout(segment: Segment, matcher: Matcher): boolean {
  return matcher.name === '__name__' && matcher.op === '=' && segment.names.length === 1 && segment.names[0] === matcher.value
}

/** Characters that stand for themselves in a regex. */
const PLAIN = /^[\w :;,/@%&=<>~"'!#-]+$/

/** Never NULL. Patterns that are texts with a wildcard around them are compared as such, which is several times faster. */
function matchesSql(name: string, pattern: string): string {
  const text = `coalesce(${name}, '')`
  if (pattern === '.+') return `(${text} <> '')`
  const words = pattern.split('|')
  if (words.every((word) => PLAIN.test(word))) return `(${text} IN (${words.map(quoteText).join(', ')}))`
  const [, before, inner, behind] = /^(\.\*)?(.*?)(\.\*)?$/s.exec(pattern) ?? []
  if (inner !== undefined && PLAIN.test(inner)) {
    if (before !== undefined && behind !== undefined) return `contains(${text}, ${quoteText(inner)})`
    if (behind !== undefined) return `starts_with(${text}, ${quoteText(inner)})`
    if (before !== undefined) return `ends_with(${text}, ${quoteText(inner)})`
  }
  return `regexp_full_match(${text}, ${quoteText(duckdbRegex(pattern))}, 's')`
}
