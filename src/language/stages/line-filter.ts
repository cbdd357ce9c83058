/** Line filters: `|= != |~ !~ |> !>` with `or` chains, as functions over a line and, where DuckDB means the same, as SQL. */
import { QueryError } from '../../model/error.js'
import type { LineFilterOp, LineFilterOperand, StageExpr } from '../../model/expr.js'
import { compileUnanchored, duckdbRegex } from '../regex.js'
import { stageError } from './define-stage.js'
import { containsAddress, parseAddressRange } from './ip.js'
import { compilePatternFilter } from './pattern.js'

export type LineFilterExpr = Extract<StageExpr, { kind: 'lineFilter' }>
export type LineTest = (line: string) => boolean

/** The filter as a function. Throws `bad_query` with the span of the operand. */
export function compileLineFilter(stage: LineFilterExpr): LineTest {
  const tests = stage.operands.map((operand) => compileOperand(stage.op, operand))
  const [first] = tests
  const any: LineTest = tests.length === 1 ? first : (line) => tests.some((test) => test(line))
  return isNegative(stage.op) ? (line) => !any(line) : any
}

/**
 * The filter as a predicate over the column `line`, or undefined where SQL cannot say it. `quoteText` makes a
 * VARCHAR literal. DuckDB matches bytes and has RE2 itself; lines are valid UTF-8, so the answers are equal.
 */
export function lineFilterSql(stage: LineFilterExpr, quoteText: (text: string) => string): string | undefined {
  const parts: string[] = []
  for (const operand of stage.operands) {
    const part = operandSql(stage.op, operand, quoteText)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return isNegative(stage.op) ? `NOT (${parts.join(' OR ')})` : `(${parts.join(' OR ')})`
}

/** `!= a or b` drops lines with either: the negation stands outside of the chain. */
function isNegative(op: LineFilterOp): boolean {
  return op === '!=' || op === '!~' || op === '!>'
}

function compileOperand(op: LineFilterOp, operand: LineFilterOperand): LineTest {
  const { text } = operand
  // The parser keeps an escaped byte that is no UTF-8 as a lone surrogate; upstream finds it also inside of a character.
  if (/\p{Surrogate}/u.test(text)) throw stageError('a line filter with bytes that are not UTF-8 is not supported', operand.span)
  if (operand.ip) {
    if (op !== '|=' && op !== '!=') throw stageError('ip: a line filter with ip() must be |= or !=', operand.span)
    const range = parseAddressRange(text)
    if (range === undefined) throw stageError(`ip: invalid pattern: ${JSON.stringify(text)}`, operand.span)
    return (line) => containsAddress(line, range)
  }
  switch (op) {
    case '|=':
    case '!=':
      return (line) => line.includes(text)
    case '|~':
    case '!~':
      return compileRegexTest(operand)
    case '|>':
    case '!>':
      return compilePatternFilter(text, operand.span)
  }
}

function compileRegexTest(operand: LineFilterOperand): LineTest {
  const special = wildcard(operand.text)
  if (special === 'anything') return () => true
  if (special === 'something') return (line) => line !== ''
  try {
    const regex = compileUnanchored(operand.text)
    return (line) => regex.test(line)
  } catch (thrown) {
    throw stageError(QueryError.from(thrown).message, operand.span)
  }
}

function operandSql(op: LineFilterOp, operand: LineFilterOperand, quoteText: (text: string) => string): string | undefined {
  if (operand.ip) return undefined
  switch (op) {
    case '|=':
    case '!=':
      return operand.text === '' ? 'true' : `contains(line, ${quoteText(operand.text)})`
    case '|~':
    case '!~':
      return regexSql(operand.text, quoteText)
    case '|>':
    case '!>':
      return undefined
  }
}

function regexSql(pattern: string, quoteText: (text: string) => string): string {
  const special = wildcard(pattern)
  if (special === 'anything') return 'true'
  if (special === 'something') return `line <> ''`
  return `regexp_matches(line, ${quoteText(duckdbRegex(pattern))})`
}

/** Loki takes these two for "any line" and "any line that is not empty", also where the line is nothing but newlines. */
function wildcard(pattern: string): 'anything' | 'something' | 'neither' {
  if (pattern === '' || pattern === '.*') return 'anything'
  return pattern === '.+' ? 'something' : 'neither'
}
