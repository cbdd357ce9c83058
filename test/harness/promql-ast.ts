/** Our trees in the shape of upstream's parser tests, so that structure, values and places can be compared as data. */
import type { AtModifier, BinaryExpr, Expr, Matching, SelectorExpr, Span } from '../../src/model/expr.js'
import type { Matcher } from '../../src/model/labels.js'

const OPS: Readonly<Record<string, string>> = {
  '+': 'ADD', '-': 'SUB', '*': 'MUL', '/': 'DIV', '%': 'MOD', '^': 'POW', atan2: 'ATAN2', '==': 'EQLC', '!=': 'NEQ', '<': 'LSS',
  '<=': 'LTE', '>': 'GTR', '>=': 'GTE', '</': 'TRIM_UPPER', '>/': 'TRIM_LOWER', and: 'LAND', or: 'LOR', unless: 'LUNLESS',
}
const CARDINALITIES = {
  'one-to-one': 'CardOneToOne', 'many-to-one': 'CardManyToOne', 'one-to-many': 'CardOneToMany', 'many-to-many': 'CardManyToMany',
}

type Ast = Record<string, unknown>

/** Fields with zero values are left out, as upstream does. */
export function upstreamAst(expr: Expr): Ast {
  return compact(fieldsOf(expr))
}

function fieldsOf(expr: Expr): Ast {
  const PosRange = [expr.span.start, expr.span.end]
  switch (expr.kind) {
    case 'number':
      return { node: 'NumberLiteral', Val: upstreamNumber(expr.value), Duration: expr.isDuration, PosRange }
    case 'string':
      return { node: 'StringLiteral', Val: upstreamText(expr.value), PosRange }
    case 'paren':
      return { node: 'ParenExpr', Expr: upstreamAst(expr.inner), PosRange }
    case 'unary':
      return { node: 'UnaryExpr', Op: OPS[expr.op], Expr: upstreamAst(expr.operand), StartPos: expr.span.start }
    case 'binary':
      return {
        node: 'BinaryExpr', Op: OPS[expr.op], LHS: upstreamAst(expr.left), RHS: upstreamAst(expr.right),
        VectorMatching: upstreamMatching(expr), ReturnBool: expr.bool,
      }
    case 'aggregate': {
      const { grouping, param } = expr
      return {
        node: 'AggregateExpr', Op: expr.op.toUpperCase(), Expr: upstreamAst(expr.operand), PosRange,
        Param: param === undefined ? undefined : upstreamAst(param), Grouping: grouping?.labels, Without: grouping?.without,
      }
    }
    case 'call':
      return { node: 'Call', Func: expr.name, Args: expr.args.map((arg, at) => upstreamArgument(expr.name, arg, at)), PosRange }
    case 'selector':
      return { node: 'VectorSelector', ...selectorFields(expr), PosRange }
    case 'range':
      return {
        node: 'MatrixSelector', VectorSelector: upstreamAst(expr.selector), EndPos: expr.span.end,
        ...durationFields('Range', 'RangeExpr', expr.range),
      }
    case 'subquery':
      return {
        node: 'SubqueryExpr', Expr: upstreamAst(expr.operand), EndPos: expr.span.end, ...momentFields(expr.at),
        ...durationFields('Range', 'RangeExpr', expr.range), ...durationFields('Step', 'StepExpr', expr.step),
        ...durationFields('OriginalOffset', 'OriginalOffsetExpr', expr.offset),
      }
    case 'durationCall':
    case 'logs':
    case 'logRange':
      throw new Error(`${expr.kind} stands outside a duration`)
  }
}

/** The second argument of `info` need not select anything. */
function upstreamArgument(name: string, arg: Expr, at: number): Ast {
  return name === 'info' && at === 1 ? { ...upstreamAst(arg), BypassEmptyMatcherCheck: true } : upstreamAst(arg)
}

function selectorFields(expr: SelectorExpr): Ast {
  const matchers = expr.matchers.map(upstreamMatcher)
  const ordered = expr.name === undefined ? matchers : [...matchers.slice(1), matchers[0]]
  return {
    Name: expr.name, LabelMatchers: ordered, ...momentFields(expr.at),
    ...durationFields('OriginalOffset', 'OriginalOffsetExpr', expr.offset),
  }
}

function upstreamMatcher({ name, op, value }: Matcher): Ast {
  return { type: op, name, value }
}

function momentFields(at: AtModifier | undefined): Ast {
  if (at === undefined) return {}
  return at.kind === 'time' ? { Timestamp: at.ms } : { StartOrEnd: at.kind.toUpperCase() }
}

function durationFields(literal: string, expression: string, expr: Expr | undefined): Ast {
  if (expr === undefined) return {}
  return expr.kind === 'number' ? { [literal]: Math.round(expr.value * 1e9) / 1e6 } : { [expression]: upstreamDuration(expr) }
}

/** Brackets are a flag of what they hold; around a literal they are a sum of one. Of operators only the unary ones have a place. */
function upstreamDuration(expr: Expr): Ast {
  switch (expr.kind) {
    case 'number':
      return upstreamAst(expr)
    case 'paren': {
      const { inner, span } = expr
      return inner.kind === 'number' ? bracketedLiteral(inner, span) : { ...upstreamDuration(inner), Wrapped: true }
    }
    case 'unary': {
      const { operand } = expr
      // Behind a sign upstream gives the brackets the place of what they hold.
      const inBrackets = operand.kind === 'paren' && operand.inner.kind === 'number' ? operand.inner : undefined
      const RHS = inBrackets === undefined ? upstreamDuration(operand) : bracketedLiteral(inBrackets, inBrackets.span)
      return { node: 'DurationExpr', Op: OPS[expr.op], RHS, StartPos: expr.span.start }
    }
    case 'binary':
      return { node: 'DurationExpr', Op: OPS[expr.op], LHS: upstreamDuration(expr.left), RHS: upstreamDuration(expr.right) }
    case 'durationCall': {
      const [left, right] = expr.args.map(upstreamDuration)
      const { start: StartPos, end: EndPos } = expr.span
      return compact({ node: 'DurationExpr', Op: expr.name.toUpperCase(), LHS: left, RHS: right, StartPos, EndPos })
    }
    default:
      throw new Error(`${expr.kind} stands in a duration`)
  }
}

function bracketedLiteral(literal: Expr, { start, end }: Span): Ast {
  return { node: 'DurationExpr', Op: 'ADD', RHS: upstreamAst(literal), Wrapped: true, StartPos: start, EndPos: end }
}

function upstreamMatching({ matching }: BinaryExpr): Ast | undefined {
  if (matching === undefined) return undefined
  const { cardinality, on, labels, include }: Matching = matching
  return compact({ node: 'VectorMatching', Card: CARDINALITIES[cardinality], MatchingLabels: labels, On: on, Include: include })
}

function upstreamNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

/** Texts with bytes that are no UTF-8 stand in base64. */
function upstreamText(text: string): unknown {
  if (text.isWellFormed()) return text
  const bytes = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - 0xdc00) : Buffer.from(character)
  })
  return { $base64: Buffer.concat(bytes).toString('base64') }
}

function isZero(value: unknown): boolean {
  return value === undefined || value === false || value === 0 || value === '' || (Array.isArray(value) && value.length === 0)
}

function compact(fields: Ast): Ast {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isZero(value)))
}

/** A tree without what is not compared: upstream writes CardOneToOne sometimes, and its zero is the same. */
export function comparableAst(ast: unknown): unknown {
  if (Array.isArray(ast)) return ast.map(comparableAst)
  if (typeof ast !== 'object' || ast === null) return ast
  const kept = Object.entries(ast).filter(([, value]) => value !== 'CardOneToOne')
  return compact(Object.fromEntries(kept.map(([key, value]) => [key, comparableAst(value)])))
}
