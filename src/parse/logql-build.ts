/** From parse trees to model trees: metric expressions of LogQL, checked as far as Loki checks them when it parses. */
import type { TerminalNode } from 'antlr4ng'
import {
  findLogqlFunction,
  findRangeOperation,
  findVectorOperation,
  type RangeOperation,
  type VectorOperation,
} from '../language/language.js'
import type {
  AggregateExpr,
  BinaryExpr,
  BinaryOp,
  CallExpr,
  Expr,
  Grouping,
  LogRangeExpr,
  Matching,
  NumberLiteral,
  Span,
  StringLiteral,
} from '../model/expr.js'
import {
  BracketedContext,
  BracketedRangeContext,
  LiteralContext,
  LogQueryContext,
  NumberFunctionContext,
  RangeAggregationContext,
  VectorAggregationContext,
  VectorFunctionContext,
  type BinaryOpContext,
  type ExprContext,
  type GroupingContext,
  type LogRangeContext,
  type MatchingContext,
  type NamesContext,
  type OffsetContext,
  type OperandContext,
  type RangeFirstContext,
  type RangeLastContext,
  type RangeOfBracketedContext,
  type RangeOfSelectorContext,
} from './generated/LogQLParser.js'
import { durationNs, literal, prometheusDuration, signedNumber, stringValue } from './logql-literals.js'
import { foldNumbers, joinByPrecedence, operatorBindsFirst } from './logql-operators.js'
import { buildLogs, buildUnwrap, checkRegex, spanOf } from './logql-pipeline.js'
import { badQueryAt, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

interface Operator {
  readonly op: BinaryOp
  readonly span: Span
  readonly bool: boolean
  readonly matching: Matching | undefined
}

/** Operands and operators by precedence; literals on both sides of an operator become one. */
export function buildExpr(context: ExprContext, places: TextPositions): Expr {
  const written = context.operand()
  const operands = written.map((operand) => buildOperand(operand, places))
  const operators = context.binaryOp().map((operator, index) => {
    checkGroupLabels(operator.matching(), written[index + 1], places)
    return buildOperator(operator, places)
  })
  return joinByPrecedence(
    operands,
    operators,
    (left, right) => operatorBindsFirst(left.op, right.op),
    (left, operator, right) => buildBinary(left, operator, right, places),
  )
}

function buildOperand(context: OperandContext, places: TextPositions): Expr {
  if (context instanceof BracketedContext) return buildExpr(context.expr(), places)
  if (context instanceof LogQueryContext) return buildLogs(context.selector(), context.stage(), places)
  if (context instanceof LiteralContext) return buildNumber(context.number().getText(), spanOf(context, places))
  if (context instanceof RangeAggregationContext) return buildRangeAggregation(context, places)
  if (context instanceof VectorAggregationContext) return buildVectorAggregation(context, places)
  if (context instanceof VectorFunctionContext) return buildVectorFunction(context, places)
  return buildNumberFunction(context as NumberFunctionContext, places)
}

function buildNumber(text: string, span: Span): NumberLiteral {
  return { kind: 'number', span, value: signedNumber(text), isDuration: false, text }
}

function buildOperator(context: BinaryOpContext, places: TextPositions): Operator {
  const operator = context.operator()
  const matching = context.matching()
  return {
    op: operator.getText().toLowerCase() as BinaryOp,
    span: spanOf(operator, places),
    bool: context.BOOL() !== null,
    matching: matching === null ? undefined : buildMatching(matching),
  }
}

/** Brackets behind `group_left` and `group_right` hold labels, so an operand that begins with one must be preceded by them. */
function checkGroupLabels(matching: MatchingContext | null, right: OperandContext, places: TextPositions): void {
  if (matching === null || matching.names().length > 1 || !(right instanceof BracketedContext)) return
  const group = matching.GROUP_LEFT() ?? matching.GROUP_RIGHT()
  if (group === null) return
  const word = nameOf(group)
  throw badQueryAt(`brackets behind ${word} hold labels: write ${word} () before a bracketed operand`, spanOf(right.expr(), places), places)
}

function buildMatching(context: MatchingContext): Matching {
  const labels = namesOf(context.names(0))
  const include = namesOf(context.names(1))
  const grouped = context.GROUP_LEFT() ?? context.GROUP_RIGHT()
  const cardinality = grouped === null ? 'one-to-one' : context.GROUP_LEFT() === null ? 'one-to-many' : 'many-to-one'
  return { cardinality, on: context.ON() !== null, labels, include }
}

function namesOf(context: NamesContext | null): readonly string[] {
  return context === null ? [] : context.NAME().map((name) => name.getText())
}

function isSetOperator(op: BinaryOp): boolean {
  return op === 'and' || op === 'or' || op === 'unless'
}

function buildBinary(left: Expr, operator: Operator, right: Expr, places: TextPositions): Expr {
  const { op, bool } = operator
  checkLeg(left, op, 'left', places)
  checkLeg(right, op, 'right', places)
  const span = { start: left.span.start, end: right.span.end }
  if (left.kind === 'number' && right.kind === 'number') {
    const value = foldNumbers(op, left.value, right.value)
    if (value !== undefined) return { kind: 'number', span, value, isDuration: false, text: String(value) }
  }
  const scalar = left.kind === 'number' || right.kind === 'number'
  const matching = scalar ? naming(operator.matching) : (operator.matching ?? PLAIN_MATCHING)
  const binary: BinaryExpr = { kind: 'binary', span, op, opSpan: operator.span, left, right, bool }
  if (matching === undefined) return binary
  return { ...binary, matching: isSetOperator(op) ? { ...matching, cardinality: 'many-to-many' } : matching }
}

const PLAIN_MATCHING: Matching = { cardinality: 'one-to-one', on: false, labels: [], include: [] }

/** A clause beside a number says nothing; it is kept where it names labels, so that it is printed as written. */
function naming(matching: Matching | undefined): Matching | undefined {
  return matching !== undefined && (matching.on || matching.labels.length > 0) ? matching : undefined
}

function checkLeg(leg: Expr, op: BinaryOp, side: 'left' | 'right', places: TextPositions): void {
  if (leg.kind === 'logs') throw badQueryAt(`unexpected type for ${side} leg of binary operation (${op}): a log query`, leg.span, places)
  if (leg.kind === 'number' && isSetOperator(op)) {
    throw badQueryAt(`unexpected literal for ${side} leg of logical/set binary operation (${op}): ${leg.value.toFixed(6)}`, leg.span, places)
  }
}

function buildGrouping(context: GroupingContext | null): Grouping | undefined {
  return context === null ? undefined : { without: context.WITHOUT() !== null, labels: namesOf(context.names()) }
}

function nameOf(word: TerminalNode): string {
  return word.getText().toLowerCase()
}

function buildRangeAggregation(context: RangeAggregationContext, places: TextPositions): CallExpr {
  const word = context.RANGE_OPERATION()
  const operation = literal(nameOf(word), findRangeOperation)
  const number = context.NUMBER()
  const grouping = buildGrouping(context.grouping())
  const nameSpan = tokenSpan(word.symbol, places)
  if (operation.parameter === 'number' && number === null) throw badQueryAt(`parameter required for operation ${operation.name}`, nameSpan, places)
  if (operation.parameter === 'none' && number !== null) {
    throw badQueryAt(`parameter ${number.getText()} not supported for operation ${operation.name}`, tokenSpan(number.symbol, places), places)
  }
  const clause = context.grouping()
  if (clause !== null && operation.grouping === 'forbidden') {
    throw badQueryAt(`grouping not allowed for ${operation.name} aggregation`, spanOf(clause, places), places)
  }
  const range = buildLogRange(context.logRange(), places)
  checkUnwrap(operation, range, nameSpan, places)
  const parameter = number === null ? [] : [buildNumber(number.getText(), tokenSpan(number.symbol, places))]
  const call: CallExpr = { kind: 'call', span: spanOf(context, places), name: operation.name, nameSpan, args: [...parameter, range] }
  return grouping === undefined ? call : { ...call, grouping }
}

function checkUnwrap({ name, unwrap }: RangeOperation, range: LogRangeExpr, nameSpan: Span, places: TextPositions): void {
  if (unwrap === 'required' && range.unwrap === undefined) throw badQueryAt(`invalid aggregation ${name} without unwrap`, nameSpan, places)
  if (unwrap === 'forbidden' && range.unwrap !== undefined) throw badQueryAt(`invalid aggregation ${name} with unwrap`, range.unwrap.span, places)
}

function buildLogRange(context: LogRangeContext, places: TextPositions): LogRangeExpr {
  if (context instanceof BracketedRangeContext) return buildLogRange(context.logRange(), places)
  const form = context as RangeFirstContext | RangeLastContext | RangeOfSelectorContext | RangeOfBracketedContext
  const stages = 'stage' in form ? form.stage() : []
  const offset = form.offset()
  const unwrap = form.unwrap()
  const range: LogRangeExpr = {
    kind: 'logRange',
    span: spanOf(form, places),
    logs: buildLogs(form.selector(), stages, places),
    rangeNs: literal(form.RANGE().getText().slice(1, -1), prometheusDuration),
    rangeSpan: tokenSpan(form.RANGE().symbol, places),
    offsetNs: offset === null ? 0n : offsetNs(offset),
    ...(offset === null ? {} : { offsetSpan: spanOf(offset, places) }),
  }
  return unwrap === null ? range : { ...range, unwrap: buildUnwrap(unwrap, places) }
}

function offsetNs(context: OffsetContext): bigint {
  return literal(context.DURATION().getText(), durationNs)
}

function buildVectorAggregation(context: VectorAggregationContext, places: TextPositions): AggregateExpr {
  const word = context.VECTOR_OPERATION()
  const operation = literal(nameOf(word), findVectorOperation)
  const opSpan = tokenSpan(word.symbol, places)
  const param = buildCount(operation, context.NUMBER(), opSpan, places)
  const clause = context.grouping()
  const grouping = buildGrouping(clause)
  if (clause !== null && grouping !== undefined) checkGrouping(operation, clause, grouping, places)
  const operand = buildSeries(context.expr(), operation.name, places)
  const span = spanOf(context, places)
  // `by ()` is what no clause at all means.
  const grouped = grouping !== undefined && (grouping.without || grouping.labels.length > 0)
  return {
    kind: 'aggregate',
    span,
    op: operation.name,
    opSpan,
    ...(param === undefined ? {} : { param }),
    operand,
    ...(grouped ? { grouping } : {}),
  }
}

function buildCount(operation: VectorOperation, number: TerminalNode | null, opSpan: Span, places: TextPositions): NumberLiteral | undefined {
  if (number === null) {
    if (operation.parameter === 'count') throw badQueryAt(`parameter required for operation ${operation.name}`, opSpan, places)
    return undefined
  }
  const text = number.getText()
  const span = tokenSpan(number.symbol, places)
  if (operation.parameter === 'none') throw badQueryAt(`unsupported parameter for operation ${operation.name}(${text},`, span, places)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(Number(text))) throw badQueryAt(`invalid parameter ${operation.name}(${text},`, span, places)
  if (Number(text) < 1) throw badQueryAt(`invalid parameter (must be greater than 0) ${operation.name}(${text}`, span, places)
  return buildNumber(text, span)
}

function checkGrouping({ name, grouping: rule }: VectorOperation, clause: GroupingContext, grouping: Grouping, places: TextPositions): void {
  if (rule === 'allowed' || (rule === 'empty' && grouping.labels.length === 0)) return
  const message = rule === 'empty' ? "sort and sort_desc doesn't allow grouping by" : `grouping not allowed for ${name} aggregation`
  throw badQueryAt(message, spanOf(clause, places), places)
}

/** A metric expression that is an argument; a log query is refused where it ends, since a range could still follow. */
function buildSeries(context: ExprContext, taker: string, places: TextPositions): Expr {
  const expr = buildExpr(context, places)
  if (expr.kind !== 'logs') return expr
  const { end } = spanOf(context, places)
  throw badQueryAt(`${taker} takes a metric query, not a log query: put a range operation such as rate around it`, { start: end, end }, places)
}

function buildVectorFunction(context: VectorFunctionContext, places: TextPositions): CallExpr {
  const word = context.VECTOR_FUNCTION()
  const { name, args } = literal(nameOf(word), findLogqlFunction)
  const series = buildSeries(context.expr(), name, places)
  const strings = context.STRING().map((token): StringLiteral => {
    return { kind: 'string', span: tokenSpan(token.symbol, places), value: literal(token.getText(), stringValue) }
  })
  if (strings.length !== args.length - 1) {
    const { end } = spanOf(context, places)
    throw badQueryAt(`${name} takes ${args.length} arguments, but has ${strings.length + 1}`, { start: end - 1, end }, places)
  }
  const regex = strings[strings.length - 1]
  checkRegex(regex.value, regex.span, places, `invalid regex in ${name}: `)
  return { kind: 'call', span: spanOf(context, places), name, nameSpan: tokenSpan(word.symbol, places), args: [series, ...strings] }
}

function buildNumberFunction(context: NumberFunctionContext, places: TextPositions): CallExpr {
  const word = context.NUMBER_FUNCTION()
  const number = context.NUMBER()
  const argument = buildNumber(number.getText(), tokenSpan(number.symbol, places))
  return { kind: 'call', span: spanOf(context, places), name: nameOf(word), nameSpan: tokenSpan(word.symbol, places), args: [argument] }
}
