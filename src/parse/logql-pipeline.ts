/** From parse trees to model trees: selectors, stages and label filters of LogQL. */
import type { ParserRuleContext, TerminalNode } from 'antlr4ng'
import { compileRegex, findStageSyntax, regexMatchesEmpty, type StageSyntax } from '../language/language.js'
import { QueryError } from '../model/error.js'
import type { LabelFilterExpr, LineFilterOp, LineFilterOperand, LogExpr, Span, StageArg, StageExpr, UnwrapExpr } from '../model/expr.js'
import type { Matcher, MatchOp } from '../model/labels.js'
import {
  BracketedFilterContext,
  CompareFilterContext,
  ExtractionStageContext,
  FormatStageContext,
  IpFilterContext,
  LabelFilterStageContext,
  LabelStageContext,
  LineFilterContext,
  MatcherFilterContext,
  PlainStageContext,
  TextStageContext,
  UnwrapConvertedContext,
  type ExtractionContext,
  type FormatContext,
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
import { durationNs, literal, signedNumber, sizeBytes, stringValue } from './logql-literals.js'
import { filterBindsFirst, joinByPrecedence, type FilterOp } from './logql-operators.js'
import { wordText } from './logql-tokens.js'
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
  const op = next.lineOp().getText()
  if (stage.labelArgument().at(-1)?.matcher() !== null || (op !== '!=' && op !== '!~')) return
  throw badQueryAt(`${op} after a label name takes one string`, spanOf(next.lineText()[0], places), places)
}

const EMPTY_COMPATIBLE =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will'

function buildSelector(selector: SelectorContext, places: TextPositions): readonly Matcher[] {
  const matchers = selector.matcher().map((matcher) => buildMatcher(matcher, places))
  if (!matchers.some(needsValue)) {
    throw badQueryAt(EMPTY_COMPATIBLE, spanOf(selector, places), places)
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
  const matcher = { name: context.NAME().getText(), op, value: textOf(context.STRING()) }
  if (op === '=~' || op === '!~') checkRegex(matcher.value, spanOf(context, places), places)
  return matcher
}

function textOf(string: TerminalNode): string {
  return literal(string.getText(), stringValue)
}

/** Refuses what RE2 refuses, with `context` before its words; bytes that are not UTF-8 among it: such a byte is held as a lone surrogate. */
export function checkRegex(pattern: string, span: Span, places: TextPositions, context = ''): void {
  if (/\p{Surrogate}/u.test(pattern)) throw badQueryAt(`${context}error parsing regexp: invalid UTF-8`, span, places)
  checkAt(span, places, () => void compileRegex(pattern), context)
}

/** Runs a check that throws without a position; `context` stands before its message. */
function checkAt(span: Span, places: TextPositions, check: () => void, context = ''): void {
  try {
    check()
  } catch (thrown) {
    if (thrown instanceof QueryError) throw badQueryAt(context + thrown.message, span, places, thrown.facts)
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
  return [buildNamedStage(context as NamedStageContext, span, places)]
}

function buildLineFilter(context: LineFilterContext, span: Span, places: TextPositions): readonly StageExpr[] {
  const op = context.lineOp().getText() as LineFilterOp
  const operands = context.lineText().map((text) => buildLineText(text, places))
  if (op === '|=' || op === '|~' || op === '|>') return [{ kind: 'lineFilter', span, op, operands }]
  return operands.map((operand) => ({ kind: 'lineFilter', span, op, operands: [operand] }))
}

function buildLineText(context: LineTextContext, places: TextPositions): LineFilterOperand {
  return { text: textOf(context.STRING()), ip: context.IP() !== null, span: spanOf(context, places) }
}

function buildLabelArgument(context: LabelArgumentContext, places: TextPositions): StageArg {
  const span = spanOf(context, places)
  const matcher = context.matcher()
  if (matcher === null) return { span, name: context.getText() }
  const { name, op, value } = buildMatcher(matcher, places)
  return { span, name, op, text: value }
}

type NamedStageContext = PlainStageContext | TextStageContext | ExtractionStageContext | FormatStageContext | LabelStageContext

function buildNamedStage(context: NamedStageContext, span: Span, places: TextPositions): StageExpr {
  const word = stageWord(context)
  const name = word.getText().toLowerCase()
  const syntax = literal(name, findStageSyntax)
  const flags = context instanceof ExtractionStageContext ? buildFlags(context.FLAG(), syntax, places) : []
  const args = buildArguments(context, places)
  const { check } = syntax
  if (check !== undefined) checkAt(args[0].span, places, () => check(args[0].text ?? ''))
  return { kind: 'stage', span, name, nameSpan: tokenSpan(word.symbol, places), flags, args }
}

function stageWord(context: NamedStageContext): TerminalNode {
  if (context instanceof PlainStageContext) return context.PLAIN_STAGE()
  if (context instanceof TextStageContext) return context.TEXT_STAGE()
  if (context instanceof ExtractionStageContext) return context.EXTRACTION_STAGE()
  return context instanceof FormatStageContext ? context.FORMAT_STAGE() : context.LABEL_STAGE()
}

/** The flags in the order of the table, each once. */
function buildFlags(words: readonly TerminalNode[], { name, flags }: StageSyntax, places: TextPositions): readonly string[] {
  const given = new Set(
    words.map(({ symbol }) => {
      const flag = wordText(symbol).slice(2)
      if (flags.includes(flag)) return flag
      const { start, end } = tokenSpan(symbol, places)
      if (flags.length === 0) throw badQueryAt(`${name} takes no flags`, { start, end }, places)
      throw badQueryAt(`unknown flag --${flag}: ${name} takes ${flags.map((known) => `--${known}`).join(' and ')}`, { start: start + 2, end }, places)
    }),
  )
  return flags.filter((flag) => given.has(flag))
}

function buildArguments(context: NamedStageContext, places: TextPositions): readonly StageArg[] {
  if (context instanceof PlainStageContext) return []
  if (context instanceof TextStageContext) {
    const string = context.STRING()
    return [{ span: tokenSpan(string.symbol, places), text: textOf(string) }]
  }
  if (context instanceof ExtractionStageContext) return context.extraction().map((extraction) => buildExtraction(extraction, places))
  if (context instanceof FormatStageContext) return context.format().map((format) => buildFormat(format, places))
  return context.labelArgument().map((argument) => buildLabelArgument(argument, places))
}

/** A name alone extracts the field of that name. */
function buildExtraction(context: ExtractionContext, places: TextPositions): StageArg {
  const name = context.NAME().getText()
  const string = context.STRING()
  return { span: spanOf(context, places), name, text: string === null ? name : textOf(string) }
}

function buildFormat(context: FormatContext, places: TextPositions): StageArg {
  const span = spanOf(context, places)
  const [name, source] = context.NAME().map((word) => word.getText())
  const string = context.STRING()
  return string === null ? { span, name, source } : { span, name, text: textOf(string) }
}

/** `| unwrap` and the label filters behind it. */
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
    return { kind: 'ip', span, name: context.NAME().getText(), op, pattern: textOf(context.STRING()) }
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
  if (BigInt(value) !== ns) {
    throw badQueryAt(`duration ${text} cannot be held exactly: write it in whole microseconds`, spanOf(context, places), places)
  }
  return { unit: 'duration', value }
}
