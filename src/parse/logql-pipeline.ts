/** From parse trees to model trees: selectors, stages and label filters of LogQL. */
import { Token, type ParserRuleContext } from 'antlr4ng'
import { compileRegex, findStageSyntax, regexMatchesEmpty, type StageSyntax } from '../language/language.js'
import { QueryError } from '../model/error.js'
import type { LabelFilterExpr, LineFilterOp, LogExpr, Span, StageArg, StageExpr, UnwrapExpr } from '../model/expr.js'
import type { Matcher, MatchOp } from '../model/labels.js'
import {
  BracketedFilterContext,
  CompareFilterContext,
  IpFilterContext,
  LabelFilterStageContext,
  LabelStageContext,
  LineFilterContext,
  MatcherFilterContext,
  NamedStageContext,
  UnwrapConvertedContext,
  type ArgumentContext,
  type LabelArgumentContext,
  type LabelFilterContext,
  type LabelTermContext,
  type LineTextContext,
  type MatcherContext,
  type QuantityContext,
  type SelectorContext,
  type StageContext,
  type UnwrapContext,
  type UnwrapLabelContext,
} from './generated/LogQLParser.js'
import { durationNs, literal, signedNumber, sizeBytes, unquote } from './logql-literals.js'
import { filterBindsFirst, joinByPrecedence, type FilterOp } from './logql-operators.js'
import { badQueryAt, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

/** The bytes from the first to the last token of a rule. */
export function spanOf(context: ParserRuleContext, places: TextPositions): Span {
  const first = context.start
  const last = context.stop ?? first
  if (first === null || last === null) return { start: places.end, end: places.end }
  return { start: tokenSpan(first, places).start, end: tokenSpan(last, places).end }
}

/** A selector and the stages behind it; `stages` may stand after a range. */
export function buildLogs(selector: SelectorContext, stages: readonly StageContext[], places: TextPositions): LogExpr {
  const built = stages.flatMap((stage, index) => {
    checkLabelStageEnd(stage, stages[index + 1], places)
    return buildStage(stage, places)
  })
  const { start, end } = spanOf(selector, places)
  const last = built.at(-1)?.span.end ?? end
  return { kind: 'logs', span: { start, end: last }, matchers: buildSelector(selector, places), stages: built }
}

/** What follows the last name of `drop` and `keep` and looks like a matcher is one: `drop a != ip("…")` is no line filter. */
function checkLabelStageEnd(stage: StageContext, next: StageContext | undefined, places: TextPositions): void {
  if (!(stage instanceof LabelStageContext) || !(next instanceof LineFilterContext)) return
  const op = next.lineOp()
  if (stage.labelArgument().at(-1)?.matcher() !== null || !/^!/.test(op.getText()) || op.getText() === '!>') return
  throw badQueryAt(`${op.getText()} after a label name takes one string`, spanOf(next.lineText()[0], places), places)
}

function buildSelector(selector: SelectorContext, places: TextPositions): readonly Matcher[] {
  const matchers = selector.matcher().map((matcher) => buildMatcher(matcher, places))
  if (!matchers.some(needsValue)) {
    const message = 'a selector needs at least one matcher that does not match the empty value, such as name=~".+"'
    throw badQueryAt(message, spanOf(selector, places), places)
  }
  return matchers
}

function needsValue({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value !== ''
    case '!=':
      return value === ''
    case '=~':
      return !regexMatchesEmpty(value)
    case '!~':
      return regexMatchesEmpty(value)
  }
}

function buildMatcher(context: MatcherContext, places: TextPositions): Matcher {
  const op = context.matchOp().getText() as MatchOp
  const matcher = { name: context.NAME().getText(), op, value: stringValue(context.STRING().getText()) }
  if (op === '=~' || op === '!~') checkAt(spanOf(context, places), places, () => void compileRegex(matcher.value))
  return matcher
}

function stringValue(token: string): string {
  return literal(token, unquote)
}

/** Runs a check that throws without a position. */
export function checkAt(span: Span, places: TextPositions, check: () => void): void {
  try {
    check()
  } catch (thrown) {
    if (thrown instanceof QueryError) throw badQueryAt(thrown.message, span, places, thrown.facts)
    throw thrown
  }
}

/** The stages that a rule stands for: a negative line filter with `or` is one stage for each text. */
function buildStage(context: StageContext, places: TextPositions): readonly StageExpr[] {
  const span = spanOf(context, places)
  if (context instanceof LineFilterContext) return buildLineFilter(context, span, places)
  if (context instanceof LabelFilterStageContext) {
    return [{ kind: 'labelFilter', span, filter: buildFilter(context.labelFilter(), places) }]
  }
  if (context instanceof LabelStageContext) {
    const word = context.LABEL_STAGE()
    const args = context.labelArgument().map((argument) => buildLabelArgument(argument, places))
    return [{ kind: 'stage', span, name: word.getText().toLowerCase(), nameSpan: tokenSpan(word.symbol, places), flags: [], args }]
  }
  return [buildNamedStage(context as NamedStageContext, span, places)]
}

function buildLineFilter(context: LineFilterContext, span: Span, places: TextPositions): readonly StageExpr[] {
  const op = context.lineOp().getText() as LineFilterOp
  const operands = context.lineText().map((text) => buildLineText(text, places))
  if (op === '|=' || op === '|~' || op === '|>') return [{ kind: 'lineFilter', span, op, operands }]
  return operands.map((operand) => ({ kind: 'lineFilter', span, op, operands: [operand] }))
}

function buildLineText(context: LineTextContext, places: TextPositions) {
  return { text: stringValue(context.STRING().getText()), ip: context.IP() !== null, span: spanOf(context, places) }
}

function buildLabelArgument(context: LabelArgumentContext, places: TextPositions): StageArg {
  const span = spanOf(context, places)
  const matcher = context.matcher()
  if (matcher === null) return { span, name: context.getText() }
  const { name, op, value } = buildMatcher(matcher, places)
  return { span, name, op, text: value }
}

function buildNamedStage(context: NamedStageContext, span: Span, places: TextPositions): StageExpr {
  const word = context.STAGE()
  const name = word.getText().toLowerCase()
  const syntax = findStageSyntax(name)
  if (syntax === undefined) throw badQueryAt(`unknown stage ${JSON.stringify(name)}`, span, places)
  const flags = new Set(context.FLAG().map((flag) => buildFlag(flag.symbol, syntax, places)))
  const args = context.argument().map((argument) => buildArgument(argument, syntax, places))
  if (args.length === 0 && (syntax.args === 'text' || syntax.args === 'formats')) {
    const wanted = syntax.args === 'text' ? 'a string' : 'a label name'
    throw badQueryAt(`${name} needs ${wanted}`, { start: span.end, end: span.end }, places)
  }
  if (syntax.args === 'text' && args.length > 1) throw badQueryAt(`${name} takes one string`, args[1].span, places)
  if (syntax.check !== undefined) {
    const { check } = syntax
    checkAt(args[0].span, places, () => check(args[0].text ?? ''))
  }
  return { kind: 'stage', span, name, nameSpan: tokenSpan(word.symbol, places), flags: syntax.flags.filter((flag) => flags.has(flag)), args }
}

function buildFlag(token: Token, syntax: StageSyntax, places: TextPositions): string {
  const flag = (token.text ?? '').slice(2)
  if (syntax.flags.includes(flag)) return flag
  const known = syntax.flags.map((name) => `--${name}`).join(' and ')
  const { start, end } = tokenSpan(token, places)
  const message = known === '' ? `${syntax.name} takes no flags` : `unknown flag --${flag}: ${syntax.name} takes ${known}`
  throw badQueryAt(message, { start: known === '' ? start : start + 2, end }, places)
}

function buildArgument(context: ArgumentContext, syntax: StageSyntax, places: TextPositions): StageArg {
  const span = spanOf(context, places)
  const string = context.STRING()
  const text = string === null ? undefined : stringValue(string.getText())
  const [name, source] = context.NAME().map((word) => word.getText())
  switch (syntax.args) {
    case 'text':
      if (text === undefined || name !== undefined) throw badQueryAt(`${syntax.name} takes a string`, span, places)
      return { span, text }
    case 'extractions':
      if (name === undefined) throw badQueryAt(`${syntax.name} takes label names and name="expression"`, span, places)
      if (source !== undefined) throw badQueryAt(`${syntax.name} takes a string after =`, spanOfName(context, 1, places), places)
      return { span, name, text: text ?? name }
    case 'formats':
      if (name === undefined) throw badQueryAt(`${syntax.name} takes a label name, then = and a label name or a string`, span, places)
      if (source !== undefined) return { span, name, source }
      if (text === undefined) throw badQueryAt(`${syntax.name} needs = after ${name}`, { start: span.end, end: span.end }, places)
      return { span, name, text }
    case 'none':
    case 'labels':
      throw badQueryAt(`${syntax.name} takes no arguments`, span, places)
  }
}

function spanOfName(context: ArgumentContext, index: number, places: TextPositions): Span {
  const word = context.NAME(index)
  return word === null ? spanOf(context, places) : tokenSpan(word.symbol, places)
}

export function buildUnwrap(context: UnwrapContext, places: TextPositions): UnwrapExpr {
  const form = context as UnwrapLabelContext | UnwrapConvertedContext
  const unwrap = {
    span: spanOf(form, places),
    label: form.NAME().getText(),
    filters: form.labelFilter().map((filter) => buildFilter(filter, places)),
  }
  return form instanceof UnwrapConvertedContext ? { ...unwrap, conversion: form.CONVERSION().getText().toLowerCase() } : unwrap
}

function buildFilter(context: LabelFilterContext, places: TextPositions): LabelFilterExpr {
  const rest = context.labelRest()
  const terms = [context.labelTerm(), ...rest.map((next) => next.labelTerm())].map((term) => buildTerm(term, places))
  const operators = rest.map((next): FilterOp => (next.AND() !== null ? 'and' : next.OR() !== null ? 'or' : ','))
  return joinByPrecedence(terms, operators, filterBindsFirst, (left, operator, right) => {
    const span = { start: left.span.start, end: right.span.end }
    return { kind: operator === 'or' ? 'or' : 'and', span, left, right }
  })
}

function buildTerm(context: LabelTermContext, places: TextPositions): LabelFilterExpr {
  const span = spanOf(context, places)
  if (context instanceof BracketedFilterContext) return { ...buildFilter(context.labelFilter(), places), span }
  if (context instanceof MatcherFilterContext) return { kind: 'matcher', span, matcher: buildMatcher(context.matcher(), places) }
  if (context instanceof IpFilterContext) {
    const op = context.ipOp().getText() as '=' | '!='
    return { kind: 'ip', span, name: context.NAME().getText(), op, pattern: stringValue(context.STRING().getText()) }
  }
  return buildComparison(context as CompareFilterContext, span, places)
}

type Comparison = Extract<LabelFilterExpr, { kind: 'compare' }>

function buildComparison(context: CompareFilterContext, span: Span, places: TextPositions): LabelFilterExpr {
  const written = context.compareOp().getText()
  const op = (written === '=' ? '==' : written) as Comparison['op']
  const quantity = context.quantity()
  const { unit, value } = quantityValue(quantity, places)
  return { kind: 'compare', span, name: context.NAME().getText(), op, unit, value, text: quantity.getText() }
}

function quantityValue(context: QuantityContext, places: TextPositions): Pick<Comparison, 'unit' | 'value'> {
  const number = context.number()
  if (number !== null) return { unit: 'number', value: signedNumber(number.getText()) }
  const text = context.getText()
  if (context.SIZE() !== null) return { unit: 'bytes', value: literal(text, sizeBytes) }
  const ns = literal(text, durationNs)
  const value = Number(ns)
  if (BigInt(value) !== ns) throw badQueryAt(`duration ${text} cannot be held exactly: write it in whole microseconds`, spanOf(context, places), places)
  return { unit: 'duration', value }
}
