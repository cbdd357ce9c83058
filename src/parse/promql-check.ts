/**
 * Static checks of a PromQL tree: types, arity, matchers, matching. Order, words and places of the errors are those of
 * Prometheus (promql/parser, checkAST): operands before what stands on them, from left to right.
 */
import { arity, findAggregation, findFunction, OPERATOR_RULES, regexMatchesEmpty } from '../language/language.js'
import type { ArgType, FunctionEntry } from '../language/language.js'
import type { AggregateExpr, BinaryExpr, BinaryOp, CallExpr, Expr, SelectorExpr, Span } from '../model/expr.js'
import { METRIC_NAME, type Matcher } from '../model/labels.js'
import { badQueryAt } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

/** Throws `bad_query` for the first thing that is wrong; returns the type of the expression's value. */
export function checkPromql(expr: Expr, positions: TextPositions): ArgType {
  return new Checker(positions).check(expr)
}

/** Functions with an argument that must be a selector without a metric name and may match anything; its index. */
const LABEL_SELECTOR_ARGUMENT: ReadonlyMap<string, number> = new Map([['info', 1]])

class Checker {
  readonly #positions: TextPositions

  constructor(positions: TextPositions) {
    this.#positions = positions
  }

  check(expr: Expr): ArgType {
    switch (expr.kind) {
      case 'number':
        return 'scalar'
      case 'string':
        return 'string'
      case 'paren':
        return this.check(expr.inner)
      case 'unary': {
        const type = this.check(expr.operand)
        if (type === 'scalar' || type === 'vector') return type
        const wanted = 'expressions of type scalar or instant vector'
        throw this.#error(`unary expression only allowed on ${wanted}, got "${typeName(type)}"`, expr.span)
      }
      case 'binary':
        return this.#binary(expr)
      case 'aggregate':
        return this.#aggregate(expr)
      case 'call':
        return this.#call(expr)
      case 'selector':
        this.#selector(expr)
        return 'vector'
      case 'range':
        this.#selector(expr.selector)
        return 'matrix'
      case 'subquery': {
        const type = this.check(expr.operand)
        if (type === 'vector') return 'matrix'
        throw this.#error(`subquery is only allowed on instant vector, got ${type} instead`, expr.span)
      }
      case 'durationCall':
      case 'logs':
      case 'logRange':
        throw this.#error(`${expr.kind} is no expression of PromQL`, expr.span)
    }
  }

  #expect(expr: Expr, wanted: ArgType, where: string): void {
    const type = this.check(expr)
    if (type === wanted) return
    throw this.#error(`expected type ${typeName(wanted)} in ${where}, got ${typeName(type)}`, expr.span)
  }

  #aggregate(expr: AggregateExpr): ArgType {
    this.#expect(expr.operand, 'vector', 'aggregation expression')
    const param = findAggregation(expr.op)?.param
    if (expr.param !== undefined && param !== undefined && param !== 'none') {
      this.#expect(expr.param, param, 'aggregation parameter')
    }
    return 'vector'
  }

  #call(expr: CallExpr): ArgType {
    const entry = findFunction(expr.name)
    if (entry === undefined) throw this.#error(`unknown function with name ${JSON.stringify(expr.name)}`, expr.nameSpan)
    this.#arity(expr, entry)
    const free = LABEL_SELECTOR_ARGUMENT.get(expr.name)
    if (free !== undefined && free < expr.args.length) this.#labelSelector(expr.args[free], expr)
    expr.args.forEach((arg, index) => {
      if (index !== free) this.#expect(arg, entry.args[Math.min(index, entry.args.length - 1)], `call to function "${expr.name}"`)
    })
    return entry.returns
  }

  #arity(expr: CallExpr, entry: FunctionEntry): void {
    const { least, most } = arity(entry)
    const count = expr.args.length
    if (count >= least && count <= most) return
    const wanted = least === most ? `${least}` : count < least ? `at least ${least}` : `at most ${most}`
    throw this.#error(`expected ${wanted} argument(s) in call to "${expr.name}", got ${count}`, expr.span)
  }

  /** Looked at before the other arguments. Brackets around the selector are not allowed. */
  #labelSelector(arg: Expr, call: CallExpr): void {
    const type = promqlType(arg)
    if (type !== 'vector') {
      throw this.#error(`expected type ${typeName('vector')} in call to function "${call.name}", got ${typeName(type)}`, call.span)
    }
    if (arg.kind !== 'selector') throw this.#error('expected label selectors only', arg.span)
    if (arg.name !== undefined) throw this.#error('expected label selectors only, got vector selector instead', arg.span)
  }

  #selector(expr: SelectorExpr): void {
    if (expr.name !== undefined) {
      const again = expr.matchers.slice(1).find((matcher) => matcher.name === METRIC_NAME)
      if (again === undefined) return
      const names = `${JSON.stringify(expr.name)} or ${JSON.stringify(again.value)}`
      throw this.#error(`metric name must not be set twice: ${names}`, expr.span)
    }
    if (!expr.matchers.every(acceptsEmpty)) return
    throw this.#error('vector selector must contain at least one non-empty matcher', expr.span)
  }

  #binary(expr: BinaryExpr): ArgType {
    const left = this.check(expr.left)
    const right = this.check(expr.right)
    const isSet = isSetOperator(expr.op)
    this.#operator(expr, left, right)
    for (const [operand, type] of [[expr.left, left], [expr.right, right]] as const) {
      if (type === 'scalar' || type === 'vector') continue
      throw this.#error('binary expression must contain only scalar and instant vector types', operand.span)
    }
    const vectors = left === 'vector' && right === 'vector'
    if (!vectors && (expr.matching?.labels ?? []).length > 0) {
      throw this.#error('vector matching only allowed between instant vectors', expr.span)
    }
    if (vectors && isSet && expr.matching?.cardinality !== 'many-to-many') {
      throw this.#error(`no grouping allowed for "${expr.op}" operation`, expr.span)
    }
    if (!vectors && isSet) throw this.#error(`set operator "${expr.op}" not allowed in binary scalar expression`, expr.span)
    this.#fill(expr, vectors, isSet)
    return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector'
  }

  #operator(expr: BinaryExpr, left: ArgType, right: ArgType): void {
    const compares = OPERATOR_RULES[expr.op].kind === 'comparison'
    if (expr.bool && !compares) throw this.#error('bool modifier can only be used on comparison operators', expr.opSpan)
    if (compares && !expr.bool && left === 'scalar' && right === 'scalar') {
      throw this.#error('comparisons between scalars must use BOOL modifier', expr.opSpan)
    }
    const { matching } = expr
    const twice = matching?.on === true ? matching.labels.find((label) => matching.include.includes(label)) : undefined
    if (twice === undefined) return
    throw this.#error(`label ${JSON.stringify(twice)} must not occur in ON and GROUP clause at once`, expr.opSpan)
  }

  #fill(expr: BinaryExpr, vectors: boolean, isSet: boolean): void {
    if (expr.matching?.fillLeft === undefined && expr.matching?.fillRight === undefined) return
    if (!vectors) throw this.#error('filling in missing series only allowed between instant vectors', expr.span)
    if (isSet) throw this.#error('filling in missing series not allowed for set operators', expr.span)
  }

  #error(message: string, span: Span): Error {
    return badQueryAt(message, span, this.#positions)
  }
}

/** How Prometheus calls the types in messages. */
function typeName(type: ArgType): string {
  switch (type) {
    case 'vector':
      return 'instant vector'
    case 'matrix':
      return 'range vector'
    case 'scalar':
    case 'string':
      return type
  }
}

/** The type of a tree's value, without checking anything; of a call that is not known, vector. */
export function promqlType(expr: Expr): ArgType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'paren':
      return promqlType(expr.inner)
    case 'unary':
      return promqlType(expr.operand)
    case 'binary':
      return promqlType(expr.left) === 'scalar' && promqlType(expr.right) === 'scalar' ? 'scalar' : 'vector'
    case 'call':
      return findFunction(expr.name)?.returns ?? 'vector'
    case 'range':
    case 'subquery':
      return 'matrix'
    case 'aggregate':
    case 'selector':
    case 'durationCall':
    case 'logs':
    case 'logRange':
      return 'vector'
  }
}

/** Whether the operator is `and`, `or` or `unless`. */
export function isSetOperator(op: BinaryOp): boolean {
  return OPERATOR_RULES[op].kind === 'set'
}

function acceptsEmpty({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value === ''
    case '!=':
      return value !== ''
    case '=~':
      return regexMatchesEmpty(value)
    case '!~':
      return !regexMatchesEmpty(value)
  }
}
