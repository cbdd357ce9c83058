/**
 * Parse tree of ANTLR to Expr. Checks what Prometheus checks while it parses; what needs the types of operands
 * is left to promql-check.ts. Rows of operators are walked by loops: only brackets nest.
 */
import type { Token, TokenStream } from 'antlr4ng'
import type { BinaryExpr, BinaryOp, Expr, Grouping, Matching, NumberLiteral } from '../model/expr.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import {
  BinaryContext,
  CalledContext,
  NumberLiteralContext,
  OperandContext,
  ParenthesisedContext,
  PromQL,
  SelectedContext,
  StringLiteralContext,
  UnaryContext,
  type CallContext,
  type ExprContext,
  type FillValueContext,
  type GroupingContext,
  type LabelsContext,
  type ModifiersContext,
  type PrimaryContext,
} from './generated/PromQL.js'
import { buildCall } from './promql-calls.js'
import { checkPromql, isSetOperator, promqlType } from './promql-check.js'
import { buildNumber, signedNumber } from './promql-durations.js'
import { unquote } from './promql-literals.js'
import { applyPostfix, buildSelector } from './promql-selectors.js'
import { badQueryAt, limitExceededAt, missing, spanOf, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

/** Builds the tree of one query; made anew for each. */
export class PromqlBuilder {
  readonly positions: TextPositions
  readonly #stream: TokenStream
  #operators = 0

  constructor(positions: TextPositions, stream: TokenStream) {
    this.positions = positions
    this.#stream = stream
  }

  expr(context: ExprContext): Expr {
    const row: BinaryContext[] = []
    let first = context
    while (first instanceof BinaryContext) {
      row.push(first)
      first = first.expr(0) ?? missing(first)
    }
    return row.reduceRight((left, binary) => this.#binary(left, binary), this.#term(first))
  }

  #term(context: ExprContext): Expr {
    if (context instanceof OperandContext) {
      return context.postfix().reduce((of, postfix) => this.#counted(of, applyPostfix(this, of, postfix)), this.#primary(context.primary()))
    }
    if (context instanceof UnaryContext) return this.#unary(context)
    return missing(context)
  }

  #primary(context: PrimaryContext): Expr {
    const span = spanOf(context, this.positions)
    if (context instanceof NumberLiteralContext) return buildNumber(context.number(), this.positions)
    if (context instanceof StringLiteralContext) return { kind: 'string', span, value: unquote(context.getText()) }
    if (context instanceof ParenthesisedContext) return { kind: 'paren', span, inner: this.expr(context.expr()) }
    if (context instanceof CalledContext) return this.#call(context.call())
    if (context instanceof SelectedContext) return buildSelector(context.selector(), this.positions)
    return missing(context)
  }

  #call(context: CallContext): Expr {
    const grouping = context.grouping()
    return buildCall(context, grouping === null ? undefined : this.#grouping(grouping), this)
  }

  #unary(context: UnaryContext): Expr {
    const sign = context.sign().start ?? missing(context)
    const operand = this.expr(context.expr())
    if (operand.kind === 'number') return signedNumber(sign, operand, this.positions)
    const span = { start: tokenSpan(sign, this.positions).start, end: operand.span.end }
    return this.#counted(operand, { kind: 'unary', span, op: sign.text === '-' ? '-' : '+', operand })
  }

  #binary(left: Expr, context: BinaryContext): Expr {
    const right = this.expr(context.expr(1) ?? missing(context))
    const modifiers = context.modifiers()
    const op = context._op ?? missing(context)
    const last = modifiers.getChildCount() > 0 ? (modifiers.stop ?? op) : op
    const opSpan = this.positions.span(op.start, last.stop + 1)
    const span = { start: left.span.start, end: right.span.end }
    const binary: BinaryExpr = { kind: 'binary', span, op: binaryOp(op), opSpan, left, right, bool: modifiers.BOOL() !== null }
    const matching = this.#matching(modifiers, binary)
    return this.#counted(left, matching === undefined ? binary : { ...binary, matching })
  }

  /**
   * Counts operators. A query with too many is still checked as far as it was read:
   * a mistake in it is more use to the user than the limit.
   */
  #counted(before: Expr, made: Expr): Expr {
    if (++this.#operators > DEFAULT_LIMITS.queryOperatorsMax) {
      checkPromql(before, this.positions)
      throw limitExceededAt('queryOperatorsMax', this.#operators, made.kind === 'binary' ? made.opSpan : made.span, this.positions)
    }
    return made
  }

  /** How series are matched. Next to a scalar a clause without labels says nothing; one with labels is refused later. */
  #matching(context: ModifiersContext, binary: BinaryExpr): Matching | undefined {
    const labels = context.labels()
    const fill = context.fill()
    const matching: Matching = {
      ...this.#cardinality(context, binary.op),
      on: context.ON() !== null,
      labels: labels === null ? [] : this.labels(labels),
      ...(fill === null ? {} : fillValues(fill.fillValue().map((value) => this.#fillValue(value)), fill.start?.text ?? '')),
    }
    const ofVectors = promqlType(binary.left) === 'vector' && promqlType(binary.right) === 'vector'
    return ofVectors || matching.labels.length > 0 || fill !== null ? matching : undefined
  }

  #cardinality(context: ModifiersContext, op: BinaryOp): Pick<Matching, 'cardinality' | 'include'> {
    const group = context.group()
    if (group === null) return { cardinality: isSetOperator(op) ? 'many-to-many' : 'one-to-one', include: [] }
    const include = group.labels()
    const next = group.stop === null ? undefined : this.tokenAfter(group.stop)
    if (include === null && next?.type === PromQL.LEFT_PAREN) {
      const message = `${group.getText()} takes what follows in brackets as labels, write ${group.getText()} () before an operand in brackets`
      throw badQueryAt(message, tokenSpan(next, this.positions), this.positions)
    }
    return {
      cardinality: group.GROUP_LEFT() === null ? 'one-to-many' : 'many-to-one',
      include: include === null ? [] : this.labels(include),
    }
  }

  #fillValue(context: FillValueContext): number {
    const literal: NumberLiteral = buildNumber(context.number(), this.positions)
    const sign = context.sign()?.start ?? undefined
    return sign === undefined ? literal.value : signedNumber(sign, literal, this.positions).value
  }

  #grouping(context: GroupingContext): Grouping {
    return { without: context.WITHOUT() !== null, labels: this.labels(context.labels()) }
  }

  labels(context: LabelsContext): readonly string[] {
    return context.label().map((label) => (label.STRING() === null ? label.getText() : unquote(label.getText())))
  }

  /** The token behind a place of the tree. */
  tokenAfter(token: Token): Token {
    return this.#stream.get(token.tokenIndex + 1)
  }
}

/** `fill` is both sides; of `fill_left` and `fill_right` the one that stands first comes first. */
function fillValues(values: readonly number[], word: string): { readonly fillLeft?: number; readonly fillRight?: number } {
  const [first, second] = values
  switch (word.toLowerCase()) {
    case 'fill_left':
      return { fillLeft: first, ...(second === undefined ? {} : { fillRight: second }) }
    case 'fill_right':
      return { fillRight: first, ...(second === undefined ? {} : { fillLeft: second }) }
  }
  return { fillLeft: first, fillRight: first }
}

function binaryOp(token: Token): BinaryOp {
  const text = (token.text ?? '').toLowerCase()
  switch (text) {
    case '+': case '-': case '*': case '/': case '%': case '^': case 'atan2':
    case '==': case '!=': case '<': case '<=': case '>': case '>=': case '</': case '>/':
    case 'and': case 'or': case 'unless':
      return text
  }
  throw new Error(`unknown operator ${text}`)
}
