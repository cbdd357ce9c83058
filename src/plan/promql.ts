/** PromQL: tree → plan. What is not supported is refused here by name, with its place. */
import { findFunction, type ElementwiseFunction, type FunctionEntry, type RootFunction } from '../language/language.js'
import type { AggregateExpr, BinaryExpr, CallExpr, Expr, Grouping, SelectorExpr, Span } from '../model/expr.js'
import { METRIC_NAME } from '../model/labels.js'
import { namedByEquality, type Plan, type RootNode, type SampleLeaf, type SeriesOp, type SubqueryLevel } from '../model/plan.js'
import { aggregateNode, binaryNode, folded, groupingOf, pushAggregation, pushSeriesOp, refusal } from './lowering.js'
import { infoMatchers } from './promql-info.js'
import { remarksOnTypes, SelectorLowering, unwrapped } from './promql-selectors.js'
import { namingOf, type PlanRequest } from './request.js'

const ALL_TOGETHER: Grouping = { without: false, labels: [] }

export function planPromql(request: PlanRequest): Plan {
  const lowering = new PromqlLowering(request)
  const type = lowering.typeOf(request.expr)
  if ((type === 'matrix' || type === 'string') && request.mode === 'range') {
    const name = type === 'matrix' ? 'range vector' : 'string'
    lowering.refuse(`invalid expression type "${name}" for range query, must be Scalar or instant Vector`, request.expr.span)
  }
  const root = type === 'matrix' ? lowering.matrix(request.expr) : lowering.lower(request.expr, [])
  return {
    language: 'promql',
    text: request.text,
    naming: namingOf(request),
    resultType: type === 'string' || type === 'matrix' ? type : request.mode === 'range' ? 'matrix' : type,
    grid: request.grid,
    leaves: lowering.leaves.all,
    root,
  }
}

class PromqlLowering {
  readonly #request: PlanRequest
  readonly #selectors: SelectorLowering

  constructor(request: PlanRequest) {
    this.#request = request
    this.#selectors = new SelectorLowering(request, this.refuse, (expr, levels) => this.lower(expr, levels))
  }

  get leaves() {
    return this.#selectors.leaves
  }

  readonly refuse = (message: string, span: Span): never => {
    throw refusal(this.#request.text, message, span)
  }

  typeOf(expr: Expr): 'scalar' | 'vector' | 'matrix' | 'string' {
    switch (expr.kind) {
      case 'number':
        return 'scalar'
      case 'string':
        return 'string'
      case 'paren':
        return this.typeOf(expr.inner)
      case 'unary':
        return this.typeOf(expr.operand)
      case 'binary':
        return this.typeOf(expr.left) === 'scalar' && this.typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector'
      case 'call':
        return this.#function(expr).returns
      case 'range':
      case 'subquery':
        return 'matrix'
      case 'aggregate':
      case 'selector':
        return 'vector'
      case 'durationCall':
      case 'logs':
      case 'logRange':
        return this.refuse('not a PromQL expression', expr.span)
    }
  }

  /** A range vector as the answer. */
  matrix(expr: Expr): RootNode {
    return { kind: 'matrix', input: this.#selectors.windowInput(unwrapped(expr), []) }
  }

  /** `levels` are the subqueries around the expression, outermost first. */
  lower(expr: Expr, levels: readonly SubqueryLevel[]): RootNode {
    switch (expr.kind) {
      case 'number':
        return { kind: 'number', value: expr.value }
      case 'string':
        return { kind: 'string', value: expr.value }
      case 'paren':
        return this.lower(expr.inner, levels)
      case 'unary':
        return this.#unary(expr.op, this.lower(expr.operand, levels), expr.span)
      case 'binary':
        return this.#binary(expr, levels)
      case 'aggregate':
        return this.#aggregate(expr, levels)
      case 'call':
        return this.#call(expr, levels)
      case 'selector':
        return this.#selectors.instant(expr, 'value', levels)
      case 'subquery':
      case 'range':
      case 'durationCall':
      case 'logs':
      case 'logRange':
        return this.refuse('a range selector is only allowed as the argument of a function', expr.span)
    }
  }

  #unary(op: '+' | '-', operand: RootNode, span: Span): RootNode {
    if (op === '+') return operand
    if (operand.kind === 'number') return { kind: 'number', value: -operand.value }
    return this.#pushed(operand, { op: '*', constant: -1, side: 'right', bool: false, span }) ?? { kind: 'unary', operand, span }
  }

  #binary(expr: BinaryExpr, levels: readonly SubqueryLevel[]): RootNode {
    const left = this.lower(expr.left, levels)
    const right = this.lower(expr.right, levels)
    if (left.kind === 'number' && right.kind === 'number')
      return folded(expr.op, left.value, right.value, 'promql') ?? this.refuse(`set operator "${expr.op}" not allowed in binary scalar expression`, expr.span)
    if (right.kind === 'number') {
      const pushed = this.#pushed(left, { op: expr.op, constant: right.value, side: 'right', bool: expr.bool, span: expr.span })
      if (pushed !== undefined) return pushed
    }
    if (left.kind === 'number') {
      const pushed = this.#pushed(right, { op: expr.op, constant: left.value, side: 'left', bool: expr.bool, span: expr.span })
      if (pushed !== undefined) return pushed
    }
    const scalar = this.typeOf(expr.left) === 'scalar' || this.typeOf(expr.right) === 'scalar'
    return binaryNode(expr, left, right, scalar ? 'with-scalar' : 'vectors')
  }

  /** The node with the operation done in the units, if its leaf can take it. */
  #pushed(node: RootNode, op: SeriesOp): RootNode | undefined {
    const leaf = this.leaves.open(node)
    const pushed = leaf === undefined ? undefined : pushSeriesOp(leaf, op, namingOf(this.#request))
    if (pushed === undefined) return undefined
    this.leaves.replace(pushed)
    return node
  }

  #aggregate(expr: AggregateExpr, levels: readonly SubqueryLevel[]): RootNode {
    const operand = this.lower(expr.operand, levels)
    const leaf = this.leaves.open(operand)
    const apart = leaf?.signal === 'metrics' ? this.#toldApart(leaf) : undefined
    if (leaf !== undefined && apart !== undefined) {
      this.leaves.replace({ ...leaf, notPushed: apart })
    } else if (leaf !== undefined) {
      const pushed = pushAggregation(leaf, expr.op, groupingOf(expr), expr.operand.span)
      this.leaves.replace(pushed ?? { ...leaf, notPushed: `${expr.op} has to see every series` })
      if (pushed !== undefined) return operand
    }
    return aggregateNode(expr, operand, expr.param === undefined ? undefined : this.lower(expr.param, levels))
  }

  /** Why units must not add up the series of the leaf: they would lose what remarks and duplicates need of each. */
  #toldApart(leaf: SampleLeaf): string | undefined {
    if (remarksOnTypes(leaf)) return 'remarks need the type of each series'
    if (namedByEquality(leaf)) return undefined
    if (leaf.window.kind === 'instant' && leaf.window.smoothed) return 'remarks need the name of each series'
    const goes = namingOf(this.#request) === 'delayed' && leaf.name === 'goes'
    return goes ? 'series of several names are told apart by their names until the end' : undefined
  }

  #call(expr: CallExpr, levels: readonly SubqueryLevel[]): RootNode {
    const entry = this.#function(expr)
    switch (entry.kind) {
      case 'range':
        return this.#selectors.rangeCall(expr, entry, levels)
      case 'queryConstant':
        return { kind: 'number', value: entry.value(this.#selectors.queryRange) }
      case 'elementwise':
        return this.#plainCall(expr, entry, levels)
      case 'root':
        return this.#rootCall(expr, entry, levels)
    }
  }

  #plainCall(expr: CallExpr, _entry: ElementwiseFunction | RootFunction, levels: readonly SubqueryLevel[]): RootNode {
    const args = expr.args.map((arg) => this.lower(arg, levels))
    return { kind: 'call', fn: expr.name, args, argSpans: expr.args.map(({ span }) => span), span: expr.span }
  }

  #rootCall(expr: CallExpr, entry: RootFunction, levels: readonly SubqueryLevel[]): RootNode {
    if (expr.name === 'time') return { kind: 'time' }
    if (expr.name === 'info') return this.#info(expr, levels)
    const [first] = expr.args
    const selector = first === undefined ? undefined : unwrapped(first)
    const known = entry.ofSelector !== 'startTime' || this.#request.features.has('use-start-timestamps')
    if (entry.ofSelector !== undefined && known && selector?.kind === 'selector') return this.#selectors.instant(selector, entry.ofSelector, levels)
    const call =
      entry.matrixAs === undefined
        ? this.#plainCall(expr, entry, levels)
        : { kind: 'call' as const, fn: expr.name, args: [this.#matrixAs(expr, entry.matrixAs, levels)], argSpans: expr.args.map(({ span }) => span), span: expr.span }
    if (call.kind !== 'call') return call
    const leaf = entry.accumulator === undefined ? undefined : this.leaves.open(call.args[0])
    if (leaf !== undefined && entry.accumulator !== undefined) this.leaves.replace({ ...leaf, accumulate: { accumulator: entry.accumulator, grouping: ALL_TOGETHER } })
    const matchers = selectorMatchers(selector)
    return matchers === undefined ? call : { ...call, selector: matchers }
  }

  /** The second argument is no vector to be evaluated: it tells which info series are looked at, and which of their labels. */
  #info(expr: CallExpr, levels: readonly SubqueryLevel[]): RootNode {
    const [base, labels] = expr.args
    const chosen = labels === undefined ? undefined : unwrapped(labels)
    const given = chosen?.kind === 'selector' ? chosen.matchers : []
    const matchers = infoMatchers(given)
    const args = [this.lower(base, levels), ...this.#selectors.info(base, matchers, labels?.span ?? expr.span, levels)]
    // Series that are info series themselves by name are not enriched, unless the selector tells no name.
    const selector = labels === undefined || given.some(({ name }) => name === METRIC_NAME) ? matchers : given
    return { kind: 'call', fn: expr.name, args, argSpans: expr.args.map(({ span }) => span), selector, span: expr.span }
  }

  #matrixAs(expr: CallExpr, name: string, levels: readonly SubqueryLevel[]): RootNode {
    const entry = findFunction(name)
    if (entry?.kind !== 'range') throw new Error(`${name} is no function over a range`)
    return this.#selectors.rangeCall(expr, { ...entry, dropsName: false }, levels)
  }

  #function(expr: CallExpr): FunctionEntry {
    return findFunction(expr.name) ?? this.refuse(`unknown function with name "${expr.name}"`, expr.nameSpan)
  }
}

function selectorMatchers(arg: Expr | undefined): SelectorExpr['matchers'] | undefined {
  if (arg?.kind === 'range') return arg.selector.matchers
  return arg?.kind === 'selector' ? arg.matchers : undefined
}
