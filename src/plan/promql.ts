/** PromQL: tree → plan. What is not supported is refused here by name, with its place. */
import { findAggregation, findFunction, SAMPLES, type FunctionEntry, type RootFunction } from '../language/language.js'
import type { AggregateExpr, BinaryExpr, CallExpr, Expr, Grouping, RangeExpr, SelectorExpr, Span } from '../model/expr.js'
import { namedByEquality, type LeafWindow, type Plan, type RootNode, type SampleLeaf, type SeriesOp } from '../model/plan.js'
import { TIME_MS_MAX } from '../model/time.js'
import { offsetMs, rangeMs, type DurationContext } from './durations.js'
import { aggregateNode, binaryNode, folded, groupingOf, LeafList, pushAggregation, pushSeriesOp, refusal } from './lowering.js'
import type { PlanRequest } from './request.js'

const ALONE: Grouping = { without: true, labels: [] }
const ALL_TOGETHER: Grouping = { without: false, labels: [] }

export function planPromql(request: PlanRequest): Plan {
  const lowering = new PromqlLowering(request)
  const type = lowering.typeOf(request.expr)
  if (type === 'matrix') {
    if (request.mode === 'range')
      lowering.refuse('invalid expression type "range vector" for range query, must be Scalar or instant Vector', request.expr.span)
    lowering.refuse('a range vector as the answer of an instant query is not supported yet', request.expr.span)
  }
  if (type === 'string' && request.mode === 'range')
    lowering.refuse('invalid expression type "string" for range query, must be Scalar or instant Vector', request.expr.span)
  const root = lowering.lower(request.expr)
  return {
    language: 'promql',
    text: request.text,
    resultType: type === 'string' ? 'string' : request.mode === 'range' ? 'matrix' : type === 'scalar' ? 'scalar' : 'vector',
    grid: request.grid,
    leaves: lowering.leaves.all,
    root,
  }
}

class PromqlLowering {
  readonly leaves = new LeafList()
  readonly #request: PlanRequest
  readonly #durations: DurationContext

  constructor(request: PlanRequest) {
    this.#request = request
    const { grid, endMs, mode } = request
    this.#durations = {
      stepSeconds: mode === 'range' ? grid.stepMs / 1000 : 0,
      rangeSeconds: mode === 'range' ? (endMs - grid.startMs) / 1000 : 0,
    }
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

  lower(expr: Expr): RootNode {
    switch (expr.kind) {
      case 'number':
        return { kind: 'number', value: expr.value }
      case 'string':
        return { kind: 'string', value: expr.value }
      case 'paren':
        return this.lower(expr.inner)
      case 'unary':
        return this.#unary(expr.op, this.lower(expr.operand), expr.span)
      case 'binary':
        return this.#binary(expr)
      case 'aggregate':
        return this.#aggregate(expr)
      case 'call':
        return this.#call(expr)
      case 'selector':
        return this.#selectorLeaf(expr, { kind: 'instant', lookbackMs: this.#request.lookbackMs }, false)
      case 'subquery':
        return this.refuse('subqueries are not supported yet', expr.span)
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
    return this.#pushed(operand, { op: '*', constant: -1, side: 'right', bool: false }) ?? { kind: 'unary', operand, span }
  }

  #binary(expr: BinaryExpr): RootNode {
    if (expr.op === '</' || expr.op === '>/') this.refuse(`operator "${expr.op}" trims native histograms, which are not supported yet`, expr.opSpan)
    if (expr.matching?.fillLeft !== undefined || expr.matching?.fillRight !== undefined)
      this.refuse('fill modifiers are not supported yet', expr.span)
    const left = this.lower(expr.left)
    const right = this.lower(expr.right)
    if (left.kind === 'number' && right.kind === 'number')
      return folded(expr.op, left.value, right.value, 'promql') ?? this.refuse(`set operator "${expr.op}" not allowed in binary scalar expression`, expr.span)
    if (right.kind === 'number') {
      const pushed = this.#pushed(left, { op: expr.op, constant: right.value, side: 'right', bool: expr.bool })
      if (pushed !== undefined) return pushed
    }
    if (left.kind === 'number') {
      const pushed = this.#pushed(right, { op: expr.op, constant: left.value, side: 'left', bool: expr.bool })
      if (pushed !== undefined) return pushed
    }
    const scalar = this.typeOf(expr.left) === 'scalar' || this.typeOf(expr.right) === 'scalar'
    return binaryNode(expr, left, right, scalar ? 'with-scalar' : 'vectors')
  }

  /** The node with the operation done in the units, if its leaf can take it. */
  #pushed(node: RootNode, op: SeriesOp): RootNode | undefined {
    const leaf = this.leaves.unaggregated(node)
    const pushed = leaf === undefined ? undefined : pushSeriesOp(leaf, op)
    if (pushed === undefined) return undefined
    this.leaves.replace(pushed)
    return node
  }

  #aggregate(expr: AggregateExpr): RootNode {
    if (findAggregation(expr.op)?.supported !== true) this.refuse(`aggregation "${expr.op}" is not supported yet`, expr.opSpan)
    const operand = this.lower(expr.operand)
    const leaf = this.leaves.unaggregated(operand)
    const pushed = leaf === undefined ? undefined : pushAggregation(leaf, expr.op, groupingOf(expr))
    if (pushed !== undefined) {
      this.leaves.replace(pushed)
      return operand
    }
    if (leaf !== undefined) this.leaves.replace({ ...leaf, notPushed: `${expr.op} has to see every series` })
    return aggregateNode(expr, operand, expr.param === undefined ? undefined : this.lower(expr.param))
  }

  #call(expr: CallExpr): RootNode {
    const entry = this.#function(expr)
    switch (entry.kind) {
      case 'unsupported':
        return this.refuse(`function "${expr.name}" is not supported yet`, expr.nameSpan)
      case 'range':
        return this.#rangeCall(expr, entry.dropsName)
      case 'elementwise':
        return { kind: 'call', fn: expr.name, args: expr.args.map((arg) => this.lower(arg)), span: expr.span }
      case 'root':
        return this.#rootCall(expr, entry)
    }
  }

  #rootCall(expr: CallExpr, entry: RootFunction): RootNode {
    if (expr.name === 'time') return { kind: 'time' }
    const matrixAs = entry.matrixAs
    const args =
      matrixAs === undefined
        ? expr.args.map((arg) => this.lower(arg))
        : [this.#rangeCall({ ...expr, name: matrixAs }, false)]
    const leaf = entry.accumulator === undefined ? undefined : this.leaves.unaggregated(args[0])
    if (leaf !== undefined && entry.accumulator !== undefined) this.leaves.replace({ ...leaf, accumulate: { accumulator: entry.accumulator, grouping: ALL_TOGETHER } })
    const selector = selectorMatchers(expr.args[0])
    return { kind: 'call', fn: expr.name, args, span: expr.span, ...(selector === undefined ? {} : { selector }) }
  }

  #rangeCall(expr: CallExpr, dropsName: boolean): RootNode {
    const range = expr.args.find((arg) => unwrapped(arg).kind === 'range' || unwrapped(arg).kind === 'subquery')
    const inner = range === undefined ? undefined : unwrapped(range)
    if (inner === undefined || inner.kind === 'subquery') return this.refuse('subqueries are not supported yet', (inner ?? expr).span)
    const args = expr.args.filter((arg) => arg !== range).map((arg) => {
      const lowered = this.lower(arg)
      return lowered.kind === 'number' ? lowered.value : this.refuse(`an argument of "${expr.name}" that varies from step to step is not supported yet`, arg.span)
    })
    const selector = (inner as RangeExpr).selector
    const window: LeafWindow = {
      kind: 'range',
      fn: expr.name,
      rangeMs: rangeMs((inner as RangeExpr).range, this.#durations, this.refuse),
      args,
    }
    return this.#selectorLeaf(selector, window, dropsName)
  }

  #selectorLeaf(selector: SelectorExpr, window: LeafWindow, dropsName: boolean): RootNode {
    if (selector.modifier !== undefined) this.refuse(`modifier "${selector.modifier}" is not supported yet`, selector.span)
    const at = this.#atMs(selector)
    const leaf: SampleLeaf = {
      id: this.leaves.nextId,
      signal: 'metrics',
      matchers: selector.matchers,
      window,
      offsetMs: offsetMs(selector.offset, this.#durations, this.refuse),
      ops: [],
      dropsName: false,
      accumulate: { accumulator: SAMPLES, grouping: ALONE },
      ...(at === undefined ? {} : { atMs: at }),
    }
    if (!dropsName) return this.leaves.add(leaf)
    if (namedByEquality(leaf)) return this.leaves.add({ ...leaf, dropsName: true })
    const node = this.leaves.add({ ...leaf, notPushed: 'series of several names may fall together without the name' })
    return { kind: 'dropName', operand: node, span: selector.span }
  }

  #atMs(selector: SelectorExpr): number | undefined {
    if (selector.at === undefined) return undefined
    switch (selector.at.kind) {
      case 'time':
        if (Math.abs(selector.at.ms) > TIME_MS_MAX) this.refuse(`timestamp out of bounds for @ modifier: ${selector.at.ms / 1000}`, selector.at.span)
        return selector.at.ms
      case 'start':
        return this.#request.grid.startMs
      case 'end':
        return this.#request.endMs
    }
  }

  #function(expr: CallExpr): FunctionEntry {
    return findFunction(expr.name) ?? this.refuse(`unknown function with name "${expr.name}"`, expr.nameSpan)
  }
}

function selectorMatchers(arg: Expr | undefined): SelectorExpr['matchers'] | undefined {
  if (arg?.kind === 'range') return arg.selector.matchers
  return arg?.kind === 'selector' ? arg.matchers : undefined
}

function unwrapped(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrapped(expr.inner) : expr
}
