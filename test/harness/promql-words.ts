/** Which words of the language a query uses: functions, aggregations, operators and modifiers, as the language tables name them. */
import { aggregationNames, functionNames, MODIFIER_RULES, OPERATOR_RULES } from '../../src/language/language.js'
import type { AtModifier, BinaryExpr, Expr, Grouping, Matching } from '../../src/model/expr.js'
import { parse } from '../../src/parse/parse.js'
import { childrenOf } from './promqltest-variants.js'
import { TEST_FEATURES } from './straight.js'

/** Every word that there is. */
export function promqlWords(): readonly string[] {
  return [...functionNames(), ...aggregationNames(), ...Object.keys(OPERATOR_RULES), ...MODIFIER_RULES.map(({ word }) => word)]
}

/** For each word of the language, how many of the queries use it. A query that does not parse uses none. */
export function wordCounts(queries: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map(promqlWords().map((word) => [word, 0]))
  for (const query of queries) for (const word of wordsOf(query)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function wordsOf(query: string): ReadonlySet<string> {
  try {
    const words = new Set<string>()
    addWords(parse(query, 'promql', { features: TEST_FEATURES }), words)
    return words
  } catch {
    return new Set()
  }
}

function addWords(expr: Expr, words: Set<string>): void {
  for (const word of ownWords(expr)) words.add(word)
  for (const child of childrenOf(expr)) addWords(child, words)
}

function ownWords(expr: Expr): readonly string[] {
  switch (expr.kind) {
    case 'binary':
      return [expr.op, ...binaryWords(expr)]
    case 'aggregate':
      return [expr.op, ...groupingWords(expr.grouping)]
    case 'call':
    case 'durationCall':
      return [expr.name]
    case 'selector':
      return [...momentWords(expr), ...(expr.modifier === undefined ? [] : [expr.modifier])]
    case 'subquery':
      return momentWords(expr)
    case 'range':
    case 'number':
    case 'string':
    case 'paren':
    case 'unary':
    case 'logs':
    case 'logRange':
      return []
  }
}

function momentWords({ offset, at }: { readonly offset?: Expr; readonly at?: AtModifier }): readonly string[] {
  return [...(offset === undefined ? [] : ['offset']), ...(at === undefined ? [] : ['@'])]
}

function groupingWords(grouping: Grouping | undefined): readonly string[] {
  return grouping === undefined ? [] : [grouping.without ? 'without' : 'by']
}

function binaryWords({ bool, matching }: BinaryExpr): readonly string[] {
  return [...(bool ? ['bool'] : []), ...(matching === undefined ? [] : matchingWords(matching))]
}

/** `ignoring ()` is the same as no clause at all. */
function matchingWords({ cardinality, on, labels, fillLeft, fillRight }: Matching): readonly string[] {
  return [
    ...(on ? ['on'] : labels.length > 0 ? ['ignoring'] : []),
    ...(cardinality === 'many-to-one' ? ['group_left'] : cardinality === 'one-to-many' ? ['group_right'] : []),
    ...(fillLeft !== undefined && fillLeft === fillRight ? ['fill'] : []),
    ...(fillLeft !== undefined && fillLeft !== fillRight ? ['fill_left'] : []),
    ...(fillRight !== undefined && fillLeft !== fillRight ? ['fill_right'] : []),
  ]
}
