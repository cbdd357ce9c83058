/** Label filters: `| status >= 500 and method = "GET"`, as functions over an entry. */
import { QueryError } from '../../model/error.js'
import type { LabelFilterExpr, StageExpr } from '../../model/expr.js'
import type { Matcher } from '../../model/labels.js'
import type { Quirks } from '../quirks.js'
import { compileRegex } from '../regex.js'
import { parseBytesText, parseDurationText, parseFloatText } from './conversions.js'
import { stageError, type LineFunction } from './define-stage.js'
import { containsAddress, parseAddressRange } from './ip.js'
import { lokiRegexTest } from './loki-regex.js'

const FILTER_ERROR = 'LabelFilterErr'

type Compare = Extract<LabelFilterExpr, { kind: 'compare' }>

/**
 * `and` looks at both sides, `or` at the right one only if the left fails: an error of a side that was looked at stays.
 * Throws `bad_query` with the span of the filter.
 */
export function compileLabelFilter(filter: LabelFilterExpr, quirks: Quirks): LineFunction {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return compileBoth(filter.kind, compileLabelFilter(filter.left, quirks), compileLabelFilter(filter.right, quirks))
    case 'matcher': {
      const test = quirkyTest(filter.matcher, quirks) ?? compileMatcher(filter.matcher, filter.span)
      return (entry) => test(entry.matched(filter.matcher.name))
    }
    case 'ip':
      return compileIp(filter)
    case 'compare':
      return compileCompare(filter)
  }
}

/** Undefined where the matcher means what the documentation says. */
function quirkyTest({ op, value }: Matcher, quirks: Quirks): ((value: string) => boolean) | undefined {
  if (!quirks.includes('label-regex-unanchored') || (op !== '=~' && op !== '!~')) return undefined
  const test = lokiRegexTest(value)
  if (test === undefined || op === '=~') return test
  return (text) => !test(text)
}

/** Of each label the first filter that looks at nothing but it: what a parser that extracts the label asks with the quirk. */
export function filtersOfOneLabel(stages: readonly StageExpr[], quirks: Quirks): ReadonlyMap<string, LineFunction> {
  const filters = new Map<string, LineFunction>()
  for (const stage of stages) {
    if (stage.kind !== 'labelFilter' || stage.filter.kind === 'and' || stage.filter.kind === 'or') continue
    const [name] = labelsOfFilter(stage.filter)
    if (!filters.has(name)) filters.set(name, compileLabelFilter(stage.filter, quirks))
  }
  return filters
}

/** The labels that a filter looks at. */
export function labelsOfFilter(filter: LabelFilterExpr): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...labelsOfFilter(filter.left), ...labelsOfFilter(filter.right)]
    case 'matcher':
      return [filter.matcher.name]
    case 'ip':
    case 'compare':
      return [filter.name]
  }
}

/** Whether a filter may mark an entry with an error: all that convert a value may. */
export function filterCanFail(filter: LabelFilterExpr): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filterCanFail(filter.left) || filterCanFail(filter.right)
    case 'matcher':
    case 'ip':
      return false
    case 'compare':
      return true
  }
}

/** A string matcher as a test of a value; regexes must match the whole value. */
export function compileMatcher(matcher: Matcher, span: LabelFilterExpr['span']): (value: string) => boolean {
  const { value } = matcher
  switch (matcher.op) {
    case '=':
      return (text) => text === value
    case '!=':
      return (text) => text !== value
    case '=~':
      return wholeRegex(value, span)
    case '!~': {
      const test = wholeRegex(value, span)
      return (text) => !test(text)
    }
  }
}

function wholeRegex(pattern: string, span: LabelFilterExpr['span']): (text: string) => boolean {
  try {
    const regex = compileRegex(pattern)
    return (text) => regex.test(text)
  } catch (thrown) {
    throw stageError(QueryError.from(thrown).message, span)
  }
}

function compileBoth(kind: 'and' | 'or', left: LineFunction, right: LineFunction): LineFunction {
  if (kind === 'or') return (entry) => left(entry) || right(entry)
  return (entry) => {
    const first = left(entry)
    return right(entry) && first
  }
}

/** An entry in error passes: only string matchers take those out. A label that is absent fails. */
function compileIp(filter: Extract<LabelFilterExpr, { kind: 'ip' }>): LineFunction {
  const range = parseAddressRange(filter.pattern)
  if (range === undefined) throw stageError(`ip: invalid pattern: ${JSON.stringify(filter.pattern)}`, filter.span)
  const wanted = filter.op === '='
  return (entry) => {
    if (entry.error !== '') return true
    const value = entry.get(filter.name)
    return value !== undefined && containsAddress(value, range) === wanted
  }
}

/**
 * An absent label drops the entry. A value that is no number, duration or size keeps the entry and marks it, unless it
 * is marked already. Loki takes the label of an entry in error for its value as well.
 */
function compileCompare(filter: Compare): LineFunction {
  const convert = conversionOf(filter.unit)
  const holds = comparisonOf(filter)
  return (entry) => {
    const text = entry.get(filter.name)
    if (text === undefined) return false
    const value = convert(text)
    if (typeof value === 'number') return holds(value)
    if (entry.error === '') entry.fail(FILTER_ERROR, value)
    return true
  }
}

function conversionOf(unit: Compare['unit']): (text: string) => number | string {
  switch (unit) {
    case 'number':
      return parseFloatText
    case 'duration':
      return parseDurationText
    case 'bytes':
      return parseBytesText
  }
}

function comparisonOf(filter: Compare): (value: number) => boolean {
  const bound = filter.value
  switch (filter.op) {
    case '==':
      return (value) => value === bound
    case '!=':
      return (value) => value !== bound
    case '>':
      return (value) => value > bound
    case '>=':
      return (value) => value >= bound
    case '<':
      return (value) => value < bound
    case '<=':
      return (value) => value <= bound
  }
}
