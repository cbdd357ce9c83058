/**
 * Prometheus looks at each part of a query as soon as it has read it: what is wrong with a part that is whole is told before a word
 * further on that fits nowhere.
 */
import { ParserRuleContext, type Token } from 'antlr4ng'
import { findAggregation } from '../language/language.js'
import { QueryError } from '../model/error.js'
import { CallContext, ExprContext, PrimaryContext } from './generated/PromQL.js'
import type { PromqlBuilder } from './promql-build.js'

/**
 * The first mistake in what was read whole before `token`, at which the rules `open`, innermost first, could not go on: it is
 * misplaced, or it is no token of the language.
 */
export function earlierMistake(
  open: readonly ParserRuleContext[],
  token: Token,
  kind: 'misplaced' | 'no-token',
  builder: PromqlBuilder,
): QueryError | undefined {
  try {
    for (const part of wholeParts(open, token, kind)) {
      if (part instanceof ExprContext) builder.expr(part)
      else builder.primary(part)
    }
    return undefined
  } catch (thrown) {
    if (thrown instanceof QueryError) return thrown
    throw thrown
  }
}

/** The largest parts that are whole, from left to right. What is open holds what is whole as its children. */
function* wholeParts(open: readonly ParserRuleContext[], token: Token, kind: 'misplaced' | 'no-token'): Generator<ExprContext | PrimaryContext> {
  const isOpen = new Set(open)
  const left = open.flatMap((context) => rulesIn(context).filter((child) => !isOpen.has(child)).toReversed())
  // Walked with a list of what is left and not recursively: rows of operators nest as deep as they are long.
  for (let context = left.pop(); context !== undefined; context = left.pop()) {
    // What is no token at all ends Prometheus' reading before it has decided that the part in front of it is whole.
    const mayGoOn = kind === 'no-token' && context.stop !== null && context.stop.tokenIndex + 1 === token.tokenIndex
    if (mayGoOn && isAggregation(context)) continue
    if (context instanceof PrimaryContext || (context instanceof ExprContext && !mayGoOn)) yield context
    else left.push(...rulesIn(context).toReversed())
  }
}

function rulesIn(context: ParserRuleContext): readonly ParserRuleContext[] {
  return context.children.filter((child) => child instanceof ParserRuleContext)
}

function isAggregation(context: ParserRuleContext): boolean {
  const call = context instanceof PrimaryContext ? context.call() : undefined
  return call instanceof CallContext && findAggregation(call.IDENTIFIER().getText().toLowerCase()) !== undefined
}
