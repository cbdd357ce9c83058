/** Calls: the tables of the language say whether a name is a function or an aggregation. */
import type { ParserRuleContext } from 'antlr4ng'
import { aggregationNames, findAggregation, findFunction, functionNames, nearestName } from '../language/language.js'
import type { AggregationEntry, Features } from '../language/language.js'
import type { Expr, Grouping, Span } from '../model/expr.js'
import type { CallContext, ExprContext } from './generated/PromQL.js'
import { badQueryAt, missing, requireFeature, spanOf, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

const EXPERIMENTAL = 'promql-experimental-functions'

export interface ArgumentBuilder {
  readonly positions: TextPositions
  readonly features: Features
  expr(context: ExprContext): Expr
}

/** A function or an aggregation with its arguments; how many and of which types is checked later. */
export function buildCall(context: CallContext, grouping: Grouping | undefined, builder: ArgumentBuilder): Expr {
  const { positions } = builder
  const word = context.IDENTIFIER()
  const name = word.getText()
  const nameSpan = tokenSpan(word.symbol, positions)
  const list = context.arguments() ?? missing(context)
  const args = list.expr().map((argument) => builder.expr(argument))
  const trailing = list._trailing ?? undefined
  if (trailing !== undefined) {
    throw badQueryAt('trailing commas not allowed in function call args', tokenSpan(trailing, positions), positions)
  }
  const span = spanOf(context, positions)
  const aggregation = findAggregation(name.toLowerCase())
  if (aggregation !== undefined) return aggregate({ aggregation, args, grouping, span, nameSpan }, builder)
  const entry = findFunction(name)
  if (entry === undefined) throw unknownFunction(name, nameSpan, positions)
  if (entry.experimental) requireFeature(EXPERIMENTAL, `function ${JSON.stringify(name)} is not enabled`, nameSpan, builder)
  if (grouping !== undefined) throw unexpectedGrouping(context.grouping() ?? missing(context), positions)
  return { kind: 'call', span, name, nameSpan, args }
}

interface AggregationCall {
  readonly aggregation: AggregationEntry
  readonly args: readonly Expr[]
  readonly grouping: Grouping | undefined
  readonly span: Span
  readonly nameSpan: Span
}

function aggregate(call: AggregationCall, builder: ArgumentBuilder): Expr {
  const { aggregation, args, grouping, span } = call
  const { positions } = builder
  const expected = aggregation.param === 'none' ? 1 : 2
  if (args.length === 0) throw badQueryAt('no arguments for aggregate expression provided', span, positions)
  if (aggregation.experimental) {
    requireFeature(EXPERIMENTAL, `${aggregation.name}() is experimental and must be enabled with --enable-feature=${EXPERIMENTAL}`, span, builder)
  }
  if (args.length !== expected) {
    const message = `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`
    throw badQueryAt(message, span, positions)
  }
  return {
    kind: 'aggregate',
    span,
    op: aggregation.name,
    opSpan: call.nameSpan,
    ...(expected === 2 ? { param: args[0] } : {}),
    operand: args[expected - 1],
    ...(grouping === undefined ? {} : { grouping }),
  }
}

function unknownFunction(name: string, span: Span, positions: TextPositions): Error {
  const nearest = nearestName(name, [...functionNames(), ...aggregationNames()])
  const message = `unknown function with name ${JSON.stringify(name)}`
  if (nearest === undefined) return badQueryAt(message, span, positions)
  return badQueryAt(`${message}, did you mean "${nearest}"`, span, positions, { nearest })
}

function unexpectedGrouping(context: ParserRuleContext, positions: TextPositions): Error {
  const token = context.start
  const span = token === null ? spanOf(context, positions) : tokenSpan(token, positions)
  return badQueryAt(`unexpected <${token?.text}>`, span, positions, { expected: 'no grouping: it belongs to aggregations' })
}
