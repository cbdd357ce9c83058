/** Durations, offsets and @ timestamps: the parts of PromQL that say when. Formulas and bounds: promql/parser of Prometheus 3. */
import type { Token } from 'antlr4ng'
import type { AtModifier, Expr, NumberLiteral, Span } from '../model/expr.js'
import type {
  DurationContext,
  DurationOperandContext,
  NumberContext,
  OffsetContext,
  TimestampContext,
} from './generated/PromQL.js'
import { DURATION_SECONDS_MAX, durationSeconds, LiteralError, numberValue } from './promql-literals.js'
import { badQueryAt, limitExceededAt, missing, spanOf, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

/** The calls that durations may hold, in lower case, and how many arguments they take. They are written in any case. */
export const DURATION_CALLS: ReadonlyMap<string, number> = new Map([
  ['step', 0],
  ['range', 0],
  ['max_of', 2],
  ['min_of', 2],
])

/** The literal of a number or duration token. */
export function buildNumber(context: NumberContext, positions: TextPositions): NumberLiteral {
  const token = context.start
  const isDuration = context.DURATION() !== null
  const span = spanOf(context, positions)
  const text = context.getText()
  try {
    return { kind: 'number', span, value: isDuration ? durationSeconds(text) : numberValue(text), isDuration, text }
  } catch (error) {
    if (error instanceof LiteralError && token !== null) throw badQueryAt(error.message, span, positions)
    throw error
  }
}

/** A sign before a number belongs to the number. */
export function signedNumber(sign: Token, literal: NumberLiteral, positions: TextPositions): NumberLiteral {
  const { start } = tokenSpan(sign, positions)
  const value = sign.text === '-' ? -literal.value : literal.value
  return { ...literal, span: { start, end: literal.span.end }, value, text: (sign.text ?? '') + literal.text }
}

/** A range or a step: a literal must be above zero, an expression is known only when the query has its times. */
export function buildPositiveDuration(context: DurationContext, positions: TextPositions): Expr {
  const duration = buildDuration(context, positions)
  if (duration.kind === 'number' && !(duration.value > 0)) {
    throw badQueryAt('duration must be greater than 0', duration.span, positions)
  }
  return asDuration(duration)
}

/** What stands behind `offset`: seconds, positive into the past. */
export function buildOffset(context: OffsetContext, positions: TextPositions): Expr {
  return asDuration(withSign(context._sign, buildOperand(context.durationOperand(), positions), positions))
}

/** `[300]` and `[5m]` are the same tree, as far as durations can say it. */
function asDuration(expr: Expr): Expr {
  if (expr.kind !== 'number' || !Number.isSafeInteger(Math.round(expr.value * 1000))) return expr
  return Math.round(expr.value * 1000) / 1000 === expr.value ? { ...expr, isDuration: true } : expr
}

/** `@ 1603774568`, `@ start()`, `@ end()`. `of` is what it stands behind: Prometheus points there when it is out of bounds. */
export function buildTimestamp(context: TimestampContext, span: Span, of: Span, positions: TextPositions): AtModifier {
  const number = context.number()
  if (number === null) {
    const word = context.IDENTIFIER()
    const name = word?.getText().toLowerCase()
    if (name === 'start' || name === 'end') return { kind: name, span }
    const token = word?.symbol ?? context.start
    const message = `unexpected identifier ${JSON.stringify(word?.getText())} in @, expected timestamp`
    const place = token === null ? span : tokenSpan(token, positions)
    throw badQueryAt(message, place, positions, { expected: 'timestamp, start() or end()' })
  }
  const literal = buildNumber(number, positions)
  const { value } = context._sign == null ? literal : signedNumber(context._sign, literal, positions)
  if (!(Math.abs(value) < 2 ** 63)) {
    throw badQueryAt(`timestamp out of bounds for @ modifier: ${sixDecimals(value)}`, of, positions)
  }
  return { kind: 'time', ms: roundAwayFromZero(value * 1000), span }
}

function buildDuration(context: DurationContext, positions: TextPositions): Expr {
  const chain: DurationContext[] = []
  let first = context
  while (first._op != null) {
    chain.push(first)
    first = first.duration(0) ?? missing(first)
  }
  if (chain.length > positions.limits.queryOperatorsMax) {
    throw limitExceededAt('queryOperatorsMax', chain.length, spanOf(context, positions), positions)
  }
  return chain.reduceRight((left, binary) => buildDurationBinary(left, binary, positions), buildDurationTerm(first, positions))
}

function buildDurationTerm(context: DurationContext, positions: TextPositions): Expr {
  const operand = context.durationOperand()
  if (operand !== null) return buildOperand(operand, positions)
  return withSign(context._sign, buildDuration(context.duration(0) ?? missing(context), positions), positions)
}

function buildDurationBinary(left: Expr, context: DurationContext, positions: TextPositions): Expr {
  const right = buildDuration(context.duration(1) ?? missing(context), positions)
  const token = context._op ?? missing(context)
  const op = durationOp(token.text)
  const opSpan = tokenSpan(token, positions)
  if (right.kind === 'number' && right.value === 0) {
    if (op === '/') throw badQueryAt('division by zero', opSpan, positions)
    if (op === '%') throw badQueryAt('modulo by zero', opSpan, positions)
  }
  return { kind: 'binary', span: { start: left.span.start, end: right.span.end }, op, opSpan, left, right, bool: false }
}

function durationOp(text: string | undefined): '+' | '-' | '*' | '/' | '%' | '^' {
  switch (text) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return text
  }
  throw new Error(`unknown operator between durations: ${text}`)
}

function buildOperand(context: DurationOperandContext, positions: TextPositions): Expr {
  const number = context.number()
  if (number !== null) return inRange(buildNumber(number, positions), positions)
  const word = context.IDENTIFIER()
  if (word !== null) return buildDurationCall(context, word.symbol, positions)
  const inner = buildDuration(context.duration(0) ?? missing(context), positions)
  return { kind: 'paren', span: spanOf(context, positions), inner }
}

function buildDurationCall(context: DurationOperandContext, word: Token, positions: TextPositions): Expr {
  const text = word.text ?? ''
  const name = text.toLowerCase()
  const count = DURATION_CALLS.get(name)
  const args = context.duration().map((argument) => buildDuration(argument, positions))
  const expected = 'number, duration, step(), or range()'
  if (count === undefined) {
    const message = `unexpected identifier "${text}" in offset, expected ${expected}`
    throw badQueryAt(message, tokenSpan(word, positions), positions, { expected })
  }
  if (args.length !== count) {
    const message = `expected ${count} argument(s) in call to "${name}", got ${args.length}`
    throw badQueryAt(message, spanOf(context, positions), positions)
  }
  return { kind: 'durationCall', span: spanOf(context, positions), name, args }
}

/** A plus before anything, and a minus before a number, are not kept as operators. */
function withSign(sign: Token | null | undefined, operand: Expr, positions: TextPositions): Expr {
  if (sign == null) return operand
  if (operand.kind === 'number') return inRange(signedNumber(sign, operand, positions), positions)
  const span = { start: tokenSpan(sign, positions).start, end: operand.span.end }
  return sign.text === '-' ? { kind: 'unary', span, op: '-', operand } : operand
}

function inRange(literal: NumberLiteral, positions: TextPositions): NumberLiteral {
  if (Math.abs(literal.value) <= DURATION_SECONDS_MAX) return literal
  throw badQueryAt('duration out of range', literal.span, positions)
}

function roundAwayFromZero(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value))
}

function sixDecimals(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return `${BigInt(Math.trunc(value))}.000000`
}
