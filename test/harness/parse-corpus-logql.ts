/** Runs Loki's parser cases: is each query accepted or refused as stated and where, what kind is it, which selectors, how does it print. */
import { isDeepStrictEqual } from 'node:util'
import { QueryError } from '../../src/model/error.js'
import type { Expr, LogExpr, LogRangeExpr } from '../../src/model/expr.js'
import { printLogql } from '../../src/parse/logql-print.js'
import { parseLogql } from '../../src/parse/logql.js'
import type { CorpusResult } from './parse-corpus.js'

interface SelectorCase {
  readonly matchers: readonly (readonly [name: string, op: string, value: string])[]
  readonly range_ns: number
  readonly offset_ns: number
}

interface LogqlCase {
  readonly query: string
  readonly valid: boolean
  readonly kind?: 'logs' | 'metric' | 'scalar'
  readonly canonical?: string
  /** Upstream's own canonical form does not come back. */
  readonly canonicalReparse?: string
  readonly selectors?: readonly SelectorCase[] | null
  readonly error?: string
}

/** All of a parse.json of LogQL; `failed` says for each query what went wrong. */
export function runLogqlParseCorpus(json: string): CorpusResult {
  const cases = JSON.parse(json) as readonly LogqlCase[]
  const failed = cases.flatMap((entry) => {
    const fault = logqlFault(entry)
    return fault === undefined ? [] : [`${JSON.stringify(entry.query.slice(0, 200))}: ${fault}`]
  })
  return { passed: cases.length - failed.length, failed, skipped: [] }
}

function logqlFault(entry: LogqlCase): string | undefined {
  let tree: Expr
  try {
    tree = parseLogql(entry.query)
  } catch (error) {
    if (!(error instanceof QueryError)) return `threw ${String(error)}`
    return entry.valid ? `refused: ${error.message}` : refusedFault(entry.error ?? '', error)
  }
  return entry.valid ? acceptedFault(entry, tree) : `accepted, but must be refused: ${entry.error}`
}

function acceptedFault(entry: LogqlCase, tree: Expr): string | undefined {
  const kind = kindOf(tree)
  if (kind !== entry.kind) return `is ${kind}, not ${entry.kind}`
  const selectors = selectorsOf(tree)
  if (!isDeepStrictEqual(selectors, entry.selectors ?? [])) return `has the selectors ${JSON.stringify(selectors)}`
  const printed = printLogql(tree)
  if (printed !== entry.canonical) return `printed as ${printed}, not as ${entry.canonical}`
  return entry.canonicalReparse === undefined ? roundTripFault(tree, printed) : undefined
}

/** Line 0 is what Loki says of tokens whose place it lost; the column is right there too. */
function refusedFault(expected: string, error: QueryError): string | undefined {
  if (error.code !== 'bad_query') return `refused as ${error.code}`
  if (error.position === undefined) return `refused without a position: ${error.message}`
  const place = /line (\d+), col (\d+)/.exec(expected)
  if (place === null) return undefined
  const [line, column] = [Number(place[1]), Number(place[2])]
  const same = error.position.column === column && (line === 0 || error.position.line === line)
  return same ? undefined : `refused at ${error.position.line}:${error.position.column}, not at ${line}:${column}: ${error.message}`
}

export function kindOf(tree: Expr): LogqlCase['kind'] {
  if (tree.kind === 'logs') return 'logs'
  return tree.kind === 'number' ? 'scalar' : 'metric'
}

/** The selectors from left to right; those of log queries have no range. */
export function selectorsOf(tree: Expr): readonly SelectorCase[] {
  switch (tree.kind) {
    case 'logs':
      return [selectorCase(tree, undefined)]
    case 'logRange':
      return [selectorCase(tree.logs, tree)]
    case 'binary':
      return [...selectorsOf(tree.left), ...selectorsOf(tree.right)]
    case 'aggregate':
      return selectorsOf(tree.operand)
    case 'call':
      return tree.args.flatMap(selectorsOf)
    default:
      return []
  }
}

function selectorCase(logs: LogExpr, range: LogRangeExpr | undefined): SelectorCase {
  return {
    matchers: logs.matchers.map(({ name, op, value }) => [name, op, value] as const),
    range_ns: Number(range?.rangeNs ?? 0n),
    offset_ns: Number(range?.offsetNs ?? 0n),
  }
}

/** Why the printed text is not the same query, if it is not. */
export function roundTripFault(tree: Expr, printed: string): string | undefined {
  const again = parseLogql(printed)
  if (!isDeepStrictEqual(meaningOf(again), meaningOf(tree))) return `another tree comes back from ${printed}`
  return printLogql(again) === printed ? undefined : `printed again as ${printLogql(again)}, not as ${printed}`
}

/** The tree without places and spelling. Sizes are printed rounded, so only that there is one is compared. */
export function meaningOf(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(meaningOf)
  if (typeof tree !== 'object' || tree === null) return tree
  const fields = Object.entries(tree).filter(([key]) => !isSpelling(tree as { kind?: string; unit?: string }, key))
  return Object.fromEntries(fields.map(([key, value]) => [key, meaningOf(value)]))
}

function isSpelling({ kind, unit }: { readonly kind?: string; readonly unit?: string }, key: string): boolean {
  if (key === 'span' || key.endsWith('Span')) return true
  if (key === 'text') return kind === 'number' || kind === 'compare'
  return key === 'value' && unit === 'bytes'
}
