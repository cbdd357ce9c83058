/** Vector selectors and what may stand behind an expression: ranges, subqueries, offset, @, anchored, smoothed. */
import type { Token } from 'antlr4ng'
import { compileRegex, type Features } from '../language/language.js'
import { QueryError } from '../model/error.js'
import type { Expr, SelectorExpr, Span } from '../model/expr.js'
import { METRIC_NAME, type Matcher, type MatchOp } from '../model/labels.js'
import { PromQL, type MatcherContext, type PostfixContext, type SelectorContext } from './generated/PromQL.js'
import { buildOffset, buildPositiveDuration, buildTimestamp } from './promql-durations.js'
import { unquote } from './promql-literals.js'
import { badQueryAt, missing, requireFeature, spanOf, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

const EXTENDED = 'promql-extended-range-selectors'

export function buildSelector(context: SelectorContext, positions: TextPositions): SelectorExpr {
  const name = context._name?.text
  const matchers = context.matchers()?.matcher().map((matcher) => buildMatcher(matcher, positions)) ?? []
  const span = spanOf(context, positions)
  if (name === undefined) return { kind: 'selector', span, matchers }
  return { kind: 'selector', span, name, matchers: [{ name: METRIC_NAME, op: '=', value: name }, ...matchers] }
}

function buildMatcher(context: MatcherContext, positions: TextPositions): Matcher {
  const key = context._key
  if (key == null) return { name: METRIC_NAME, op: '=', value: unquote(context._metric?.text ?? '') }
  const name = key.type === PromQL.STRING ? unquote(key.text ?? '') : (key.text ?? '')
  const op = matchOp(context._op?.text)
  const value = unquote(context._value?.text ?? '')
  if (op === '=~' || op === '!~') checkRegex(value, context, positions)
  return { name, op, value }
}

function matchOp(text: string | undefined): MatchOp {
  switch (text) {
    case '=':
    case '!=':
    case '=~':
    case '!~':
      return text
  }
  throw new Error(`unknown match operator ${text}`)
}

function checkRegex(pattern: string, context: MatcherContext, positions: TextPositions): void {
  try {
    compileRegex(pattern)
  } catch (error) {
    throw badQueryAt(QueryError.from(error).message, spanOf(context, positions), positions)
  }
}

/** What the postfix needs to know of the text around it. */
export interface Surroundings {
  readonly positions: TextPositions
  readonly features: Features
  tokenAfter(token: Token): Token
}

/** `of` with the postfix applied. Errors and their places are those of Prometheus. */
export function applyPostfix(around: Surroundings, of: Expr, context: PostfixContext): Expr {
  switch (context.start?.type) {
    case PromQL.LEFT_BRACKET:
      return bracketed(of, context, around.positions)
    case PromQL.OFFSET:
      return offsetBy(around, of, context)
    case PromQL.AT:
      return at(of, context, around.positions)
    case PromQL.ANCHORED:
      return extended(around, of, 'anchored', spanOf(context, around.positions).end)
    case PromQL.SMOOTHED:
      return extended(around, of, 'smoothed', spanOf(context, around.positions).end)
  }
  return missing(context)
}

function bracketed(of: Expr, context: PostfixContext, positions: TextPositions): Expr {
  const range = buildPositiveDuration(context._range ?? missing(context), positions)
  const brackets = spanOf(context, positions)
  const span = { start: of.span.start, end: brackets.end }
  if (context.COLON() !== null) {
    const step = context._step === undefined ? undefined : buildPositiveDuration(context._step, positions)
    return { kind: 'subquery', span, operand: of, range, ...(step === undefined ? {} : { step }) }
  }
  if (of.kind !== 'selector') throw badQueryAt('ranges only allowed for vector selectors', brackets, positions)
  if (of.offset !== undefined) throw badQueryAt('no offset modifiers allowed before range', brackets, positions)
  if (of.at !== undefined) throw badQueryAt('no @ modifiers allowed before range', brackets, positions)
  return { kind: 'range', span, selector: of, range }
}

const ARITHMETIC: ReadonlySet<number> = new Set([PromQL.ADD, PromQL.SUB, PromQL.MUL, PromQL.DIV, PromQL.MOD, PromQL.POW])

function offsetBy(around: Surroundings, of: Expr, context: PostfixContext): Expr {
  const { positions } = around
  const offset = buildOffset(context.offset() ?? missing(context), positions)
  const end = spanOf(context, positions).end
  // Prometheus reads `foo offset (5m) - 1` as an offset of 4m59s, which nobody means: it has to be written with brackets.
  const next = context.stop === null ? undefined : around.tokenAfter(context.stop)
  if (offset.kind === 'paren' && next !== undefined && ARITHMETIC.has(next.type)) {
    const message = `ambiguous "${next.text}" after an offset in brackets, put brackets around the selector or the whole offset`
    throw badQueryAt(message, tokenSpan(next, positions), positions)
  }
  if (targetOf(of, 'offset', 'offset modifier', positions).offset !== undefined) {
    throw badQueryAt('offset may not be set multiple times', of.span, positions)
  }
  return withModifier(of, { offset }, end)
}

function at(of: Expr, context: PostfixContext, positions: TextPositions): Expr {
  const span = spanOf(context, positions)
  const moment = buildTimestamp(context.timestamp() ?? missing(context), span, of.span, positions)
  if (targetOf(of, '@', '@ modifier', positions).at !== undefined) {
    throw badQueryAt('@ <timestamp> may not be set multiple times', of.span, positions)
  }
  return withModifier(of, { at: moment }, span.end)
}

function extended(around: Surroundings, of: Expr, word: 'anchored' | 'smoothed', end: number): Expr {
  const { positions } = around
  requireFeature(EXTENDED, `${word} modifier is experimental and must be enabled with --enable-feature=${EXTENDED}`, of.span, around)
  const selector = of.kind === 'range' ? of.selector : of
  if (selector.kind !== 'selector') {
    const why = selector.kind === 'subquery' ? 'is not supported for subqueries' : 'not implemented'
    throw badQueryAt(`${word} modifier ${why}`, of.span, positions, { expected: `a selector before ${word}` })
  }
  if (selector.modifier !== undefined && selector.modifier !== word) {
    throw badQueryAt('anchored and smoothed modifiers cannot be used together', of.span, positions)
  }
  return withModifier(of, { modifier: word }, end)
}

interface TimeModifiers {
  readonly offset?: unknown
  readonly at?: unknown
}

function targetOf(of: Expr, word: string, what: string, positions: TextPositions): TimeModifiers {
  if (of.kind === 'selector' || of.kind === 'subquery') return of
  if (of.kind === 'range') return of.selector
  const message = `${what} must be preceded by an instant vector selector or range vector selector or a subquery`
  throw badQueryAt(message, of.span, positions, { expected: `a selector before ${word}` })
}

/** The modifier stands in the selector, or in the subquery; the node reaches to the end of the modifier. */
function withModifier(of: Expr, modifier: Partial<SelectorExpr>, end: number): Expr {
  const span: Span = { start: of.span.start, end }
  if (of.kind === 'range') return { ...of, span, selector: { ...of.selector, ...modifier } }
  return { ...of, ...modifier, span } as Expr
}
