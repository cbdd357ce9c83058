/**
 * Parse tree of ANTLR to Expr. Checks what Prometheus checks while it parses; what needs the types of operands
 * is left to promql-check.ts. Rows of operators are walked by loops: only brackets nest.
 */
import type { Token, TokenStream } from 'antlr4ng'
import type { Features } from '../language/language.js'
import type { BinaryExpr, BinaryOp, Expr, Grouping, Matching } from '../model/expr.js'
import {
  PromQL,
  type CallContext,
  type ExprContext,
  type FillValueContext,
  type GroupContext,
  type GroupingContext,
  type LabelsContext,
  type ModifiersContext,
  type PrimaryContext,
} from './generated/PromQL.js'
import { buildCall } from './promql-calls.js'
import { checkPromql, isSetOperator, promqlType } from './promql-check.js'
import { buildNumber, signedNumber } from './promql-durations.js'
import { quote, unquote } from './promql-literals.js'
import { applyPostfix, buildSelector } from './promql-selectors.js'
import { badQueryAt, limitExceededAt, missing, requireFeature, spanOf, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

/** Builds the tree of one query; made anew for each. */
export class PromqlBuilder {
  readonly positions: TextPositions
  readonly features: Features
  readonly #stream: TokenStream
  #operators = 0

  constructor(positions: TextPositions, stream: TokenStream, features: Features) {
    this.positions = positions
    this.features = features
    this.#stream = stream
  }

  expr(context: ExprContext): Expr {
    const row: ExprContext[] = []
    let first = context
    while (first._op != null) {
      row.push(first)
      first = first.expr(0) ?? missing(first)
    }
    return row.reduceRight((left, binary) => this.#binary(left, binary), this.#term(first))
  }

  #term(context: ExprContext): Expr {
    if (context._sign != null) return this.#unary(context._sign, context.expr(0) ?? missing(context))
    const primary = this.primary(context.primary() ?? missing(context))
    return context.postfix().reduce((of, postfix) => this.#counted(of, applyPostfix(this, of, postfix)), primary)
  }

  primary(context: PrimaryContext): Expr {
    const selector = context.selector()
    if (selector !== null) return buildSelector(selector, this.positions)
    const call = context.call()
    if (call !== null) return this.#call(call)
    const number = context.number()
    if (number !== null) return buildNumber(number, this.positions)
    const span = spanOf(context, this.positions)
    if (context.STRING() !== null) return { kind: 'string', span, value: unquote(context.getText()) }
    return { kind: 'paren', span, inner: this.expr(context.expr() ?? missing(context)) }
  }

  #call(context: CallContext): Expr {
    const grouping = context.grouping()
    return buildCall(context, grouping === null ? undefined : this.#grouping(grouping), this)
  }

  #unary(sign: Token, context: ExprContext): Expr {
    const operand = this.expr(context)
    if (operand.kind === 'number') return signedNumber(sign, operand, this.positions)
    const span = { start: tokenSpan(sign, this.positions).start, end: operand.span.end }
    return this.#counted(operand, { kind: 'unary', span, op: sign.type === PromQL.SUB ? '-' : '+', operand })
  }

  #binary(left: Expr, context: ExprContext): Expr {
    const right = this.expr(context.expr(1) ?? missing(context))
    const modifiers = context.modifiers()
    const op = context._op ?? missing(context)
    const opSpan = this.positions.span(op.start, (modifiers?.stop ?? op).stop + 1)
    const span = { start: left.span.start, end: right.span.end }
    const bool = modifiers?.BOOL() != null
    const binary: BinaryExpr = { kind: 'binary', span, op: binaryOp(op), opSpan, left, right, bool }
    const matching = this.#matching(modifiers, binary)
    const fills = matching?.fillLeft !== undefined || matching?.fillRight !== undefined
    if (fills) requireFeature('promql-binop-fill-modifiers', 'binop fill modifiers are experimental and not enabled', span, this)
    return this.#counted(left, matching === undefined ? binary : { ...binary, matching })
  }

  /**
   * Counts operators. A query with too many is still checked as far as it was read:
   * a mistake in it is more use to the user than the limit.
   */
  #counted(before: Expr, made: Expr): Expr {
    if (++this.#operators > this.positions.limits.queryOperatorsMax) {
      checkPromql(before, this.positions)
      const span = made.kind === 'binary' ? made.opSpan : made.span
      throw limitExceededAt('queryOperatorsMax', this.#operators, span, this.positions)
    }
    return made
  }

  /** How series are matched. Next to a scalar a clause without labels says nothing; one with labels is refused later. */
  #matching(context: ModifiersContext | null, binary: BinaryExpr): Matching | undefined {
    const clause = context?.matching() ?? undefined
    const fill = context?.fill() ?? undefined
    const labels = clause === undefined ? [] : this.labels(clause.labels())
    const ofVectors = promqlType(binary.left) === 'vector' && promqlType(binary.right) === 'vector'
    if (!ofVectors && labels.length === 0 && fill === undefined) return undefined
    return {
      ...this.#cardinality(clause?.group() ?? undefined, binary.op),
      on: clause?.ON() != null,
      labels,
      ...(fill === undefined ? {} : fillValues(fill.fillValue().map((value) => this.#fillValue(value)), fill.start?.type)),
    }
  }

  #cardinality(group: GroupContext | undefined, op: BinaryOp): Pick<Matching, 'cardinality' | 'include'> {
    if (group === undefined) return { cardinality: isSetOperator(op) ? 'many-to-many' : 'one-to-one', include: [] }
    const include = group.labels()
    const next = group.stop === null ? undefined : this.tokenAfter(group.stop)
    if (include === null && next?.type === PromQL.LEFT_PAREN) {
      const word = group.getText()
      const message = `${word} takes what follows in brackets as labels, write ${word} () before an operand in brackets`
      throw badQueryAt(message, tokenSpan(next, this.positions), this.positions)
    }
    return {
      cardinality: group.GROUP_LEFT() === null ? 'one-to-many' : 'many-to-one',
      include: include === null ? [] : this.labels(include),
    }
  }

  #fillValue(context: FillValueContext): number {
    const literal = buildNumber(context.number(), this.positions)
    return context._sign == null ? literal.value : signedNumber(context._sign, literal, this.positions).value
  }

  #grouping(context: GroupingContext): Grouping {
    return { without: context.WITHOUT() !== null, labels: this.labels(context.labels()) }
  }

  labels(context: LabelsContext): readonly string[] {
    return context.label().map((label) => {
      if (label.STRING() === null) return label.getText()
      const name = unquote(label.getText())
      if (name !== '' && name.isWellFormed()) return name
      throw badQueryAt(`invalid label name for grouping: ${quote(name)}`, spanOf(label, this.positions), this.positions)
    })
  }

  /** The token behind a place of the tree. */
  tokenAfter(token: Token): Token {
    return this.#stream.get(token.tokenIndex + 1)
  }
}

/** `fill` is both sides; of `fill_left` and `fill_right` the one that stands first comes first. */
function fillValues(values: readonly number[], word: number | undefined): Pick<Matching, 'fillLeft' | 'fillRight'> {
  const [first, second] = values
  if (word === PromQL.FILL_LEFT) return { fillLeft: first, ...(second === undefined ? {} : { fillRight: second }) }
  if (word === PromQL.FILL_RIGHT) return { fillRight: first, ...(second === undefined ? {} : { fillLeft: second }) }
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
