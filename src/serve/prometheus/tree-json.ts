/** A PromQL tree in the shape in which Prometheus' own interface reads it from parse_query. */
import { findFunction } from '../../language/language.js'
import type { AtModifier, BinaryExpr, Expr, SelectorExpr } from '../../model/expr.js'
import type { Matcher } from '../../model/labels.js'
import { formatFixed } from '../number-format.js'

type Json = { readonly [member: string]: unknown }

export function treeJson(expr: Expr): Json {
  const inner = treeJson
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatFixed(expr.value) }
    case 'string':
      return { type: 'stringLiteral', val: expr.value }
    case 'paren':
      return { type: 'parenExpr', expr: inner(expr.inner) }
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: inner(expr.operand) }
    case 'binary':
      return { type: 'binaryExpr', op: expr.op, lhs: inner(expr.left), rhs: inner(expr.right), matching: matchingJson(expr), bool: expr.bool }
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: inner(expr.operand),
        param: expr.param === undefined ? null : inner(expr.param),
        grouping: expr.grouping?.labels ?? [],
        without: expr.grouping?.without ?? false,
      }
    case 'call':
      return { type: 'call', func: signatureJson(expr.name), args: expr.args.map(inner) }
    case 'selector':
      return { type: 'vectorSelector', ...selectorJson(expr) }
    case 'range':
      return { type: 'matrixSelector', ...selectorJson(expr.selector), range: milliseconds(expr.range) }
    case 'subquery':
      return { type: 'subquery', expr: inner(expr.operand), range: milliseconds(expr.range), offset: milliseconds(expr.offset), step: milliseconds(expr.step), ...momentJson(expr.at) }
    case 'durationCall':
      return { type: 'durationExpr' }
    case 'logs':
    case 'logRange':
      throw new Error('not a PromQL tree')
  }
}

function selectorJson({ name, matchers, offset, at, modifier }: SelectorExpr): Json {
  const shown = matchers.filter((matcher) => !(name !== undefined && matcher.name === '__name__' && matcher.op === '=' && matcher.value === name))
  const extended = { anchored: modifier === 'anchored', smoothed: modifier === 'smoothed' }
  return { name: name ?? '', offset: milliseconds(offset), matchers: shown.map(matcherJson), ...momentJson(at), ...extended }
}

function matcherJson({ name, op, value }: Matcher): Json {
  return { name, value, type: op }
}

function momentJson(at: AtModifier | undefined): Json {
  if (at === undefined) return { timestamp: null, startOrEnd: null }
  return at.kind === 'time' ? { timestamp: at.ms, startOrEnd: null } : { timestamp: null, startOrEnd: at.kind }
}

/** Of a duration in seconds; 0 for one that is calculated only when the query runs, as upstream shows it. */
function milliseconds(seconds: Expr | undefined): number {
  if (seconds?.kind === 'number') return Math.trunc(seconds.value * 1000)
  if (seconds?.kind === 'unary' && seconds.op === '-') return -milliseconds(seconds.operand)
  return 0
}

function matchingJson({ matching }: BinaryExpr): Json | null {
  if (matching === undefined) return null
  const { cardinality, labels, on, include, fillLeft = null, fillRight = null } = matching
  return { card: cardinality, labels, on, include, fillValues: { lhs: fillLeft, rhs: fillRight } }
}

function signatureJson(name: string): Json {
  const { args = [], variadic = 0, returns = 'vector' } = findFunction(name) ?? {}
  return { name, argTypes: args, variadic, returnType: returns }
}
