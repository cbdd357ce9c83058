/** Runs upstream's parser tests: is each query accepted or refused as stated, with which tree or error, and does it print and come back. */
import { isDeepStrictEqual } from 'node:util'
import { ALL_FEATURES, readFeatures, type Features } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import type { Expr, SelectorExpr } from '../../src/model/expr.js'
import { parsePromql } from '../../src/parse/promql.js'
import { prettyPromql } from '../../src/parse/promql-pretty.js'
import { printPromql } from '../../src/parse/promql-print.js'
import { comparableAst, upstreamAst } from './promql-ast.js'
import { selectorsOf } from './promqltest-variants.js'

export interface CorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

/** Mistakes of operators: the last byte of the range is left out there. */
const OPERATOR_MISTAKE = /^(bool modifier can only|comparisons between scalars|label ".*" must not occur in ON and GROUP)/

type CorpusText = string | { readonly $base64: string }

interface PromqlEntry {
  readonly query: CorpusText
  readonly valid: boolean
  readonly error?: string | null
  readonly errors?: readonly { readonly start: number; readonly end: number; readonly msg: string }[] | null
  readonly string?: string
  readonly pretty?: string
  readonly maxCharactersPerLine?: number
  /** The matchers of each selector, in upstream's order. */
  readonly selectors?: readonly string[]
  readonly ast?: unknown
  /** Features, without `promql-`. */
  readonly needs?: readonly string[]
}

/** All of a parse.json; `failed` says for each query what went wrong. */
export function runPromqlParseCorpus(json: string): CorpusResult {
  const entries = JSON.parse(json) as readonly PromqlEntry[]
  const failed = entries.flatMap((entry) => {
    const fault = promqlFault(entry)
    return fault === undefined ? [] : [`${shown(corpusText(entry.query))}: ${fault}`]
  })
  return { passed: entries.length - failed.length, failed, skipped: [] }
}

function promqlFault(entry: PromqlEntry): string | undefined {
  const text = corpusText(entry.query)
  const needs = readFeatures((entry.needs ?? []).map((name) => `promql-${name}`))
  try {
    const tree = parsePromql(text, needs)
    return entry.valid ? (acceptedFault(entry, tree) ?? gateFault(text, needs)) : `accepted, but must be refused: ${entry.error}`
  } catch (error) {
    if (!(error instanceof QueryError)) return `threw ${String(error)}`
    return entry.valid ? `refused: ${error.message}` : refusedFault(entry, error)
  }
}

/** Without a feature that it needs the query is refused, and told what is missing. */
function gateFault(text: string, needs: Features): string | undefined {
  for (const feature of needs) {
    if (feature === 'promql-duration-expr') continue
    try {
      parsePromql(text, new Set([...needs].filter((other) => other !== feature)))
      return `accepted without ${feature}`
    } catch (thrown) {
      const { facts, message } = QueryError.from(thrown)
      if (facts['feature'] !== feature) return `without ${feature} refused with ${message}`
    }
  }
  return undefined
}

function acceptedFault(entry: PromqlEntry, tree: Expr): string | undefined {
  const printed = printPromql(tree)
  if (entry.string !== undefined && printed !== entry.string) return `printed as ${printed}, not as ${entry.string}`
  const pretty = prettyPromql(tree, entry.maxCharactersPerLine)
  if (entry.pretty !== undefined && pretty !== entry.pretty) return `laid out as ${pretty}, not as ${entry.pretty}`
  if (!isDeepStrictEqual(meaningOf(parsePromql(pretty, ALL_FEATURES)), meaningOf(tree))) return `another tree comes back from ${pretty}`
  const selectors = selectorsOf(tree).map(matchersText)
  if (entry.selectors !== undefined && !isDeepStrictEqual(selectors, entry.selectors)) return `selects ${selectors.join(' and ')}`
  if (entry.ast !== undefined) {
    const ours = upstreamAst(tree)
    const theirs = comparableAst(entry.ast)
    if (!isDeepStrictEqual(comparableAst(ours), theirs)) return `is ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`
  }
  return roundTripFault(tree, printed)
}

function refusedFault(entry: PromqlEntry, error: QueryError): string | undefined {
  const first = entry.errors?.[0]
  if (error.position === undefined) return `refused without a position: ${error.message}`
  if (first === undefined) return undefined
  const { offset, end, line, column } = error.position
  const wanted = OPERATOR_MISTAKE.test(first.msg) ? first.end + 1 : first.end
  // Where bad bytes became U+FFFD on their way in, the text is longer than upstream's.
  const isEnd = end === wanted || typeof entry.query !== 'string'
  if (offset !== first.start || !isEnd) return `refused at ${offset}:${end}, not at ${first.start}:${wanted}: ${error.message}`
  if (error.message !== first.msg) return `refused with ${error.message}, not with ${first.msg}`
  const whole = `${entry.query === '' ? 'unknown position' : `${line}:${column}`}: parse error: ${error.message}`
  return whole === entry.error ? undefined : `refused with ${whole}, not with ${entry.error}`
}

/** The matcher of a name before the braces stands last, as upstream adds it. */
function matchersText({ name, matchers }: SelectorExpr): string {
  const ordered = name === undefined ? matchers : [...matchers.slice(1), matchers[0]]
  return `{${ordered.map((matcher) => matcher.name + matcher.op + JSON.stringify(matcher.value)).join(', ')}}`
}

/** Why the printed text is not the same query, if it is not. */
export function roundTripFault(tree: Expr, printed: string): string | undefined {
  const again = parsePromql(printed, ALL_FEATURES)
  if (!isDeepStrictEqual(meaningOf(again), meaningOf(tree))) return `another tree comes back from ${printed}`
  return printPromql(again) === printed ? undefined : `printed again as ${printPromql(again)}, not as ${printed}`
}

/** The tree without places and spelling; matchers in one order, and `by ()` as no clause. */
export function meaningOf(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(meaningOf)
  if (typeof tree !== 'object' || tree === null) return tree
  const kept = Object.entries(tree).filter(([key, value]) => !isSpelling(key, value))
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'matchers' ? sorted(value) : meaningOf(value)]))
}

function isSpelling(key: string, value: unknown): boolean {
  if (key === 'span' || key === 'opSpan' || key === 'nameSpan' || key === 'text') return true
  return key === 'grouping' && isDeepStrictEqual(value, { without: false, labels: [] })
}

function sorted(matchers: readonly unknown[]): readonly string[] {
  return matchers.map((matcher) => JSON.stringify(matcher)).sort()
}

/** Corpus texts that are no UTF-8 come in base64; their bad bytes become U+FFFD, as they would on their way in. */
export function corpusText(text: CorpusText): string {
  return typeof text === 'string' ? text : Buffer.from(text.$base64, 'base64').toString()
}

function shown(text: string): string {
  return text.length > 120 ? `${JSON.stringify(text.slice(0, 120))}… (${text.length} characters)` : JSON.stringify(text)
}
