/** Selectors and what stands directly on them: which leaf they become, and what of a range function runs in the units. */
import { executionError, findFunction, functionNames, SAMPLES, type QueryRange, type RangeFunction } from '../language/language.js'
import type { AtModifier, CallExpr, Expr, Grouping, RangeExpr, SelectorExpr, Span, SubqueryExpr } from '../model/expr.js'
import type { Matcher } from '../model/labels.js'
import { checkLimit } from '../model/limits.js'
import { distinctWithoutName } from '../model/plan.js'
import type { HintRule, LeafWindow, RootNode, SampleLeaf, SubqueryLevel, WindowExtension, WindowInput, WindowNode } from '../model/plan.js'
import { TIME_MS_MAX } from '../model/time.js'
import { offsetMs, rangeMs, type DurationContext, type Refuse } from './durations.js'
import { LeafList } from './lowering.js'
import { countAndSumSelectors } from './promql-hints.js'
import { shiftsOfFirst } from './promql-info.js'
import { namingOf, type PlanRequest } from './request.js'

const ALONE: Grouping = { without: true, labels: [] }

/** A function that is to go over windows at the root. */
interface WindowCall {
  readonly expr: CallExpr
  readonly entry: RangeFunction
}

type Lower = (expr: Expr, levels: readonly SubqueryLevel[]) => RootNode

export class SelectorLowering {
  readonly leaves: LeafList
  readonly #request: PlanRequest
  readonly #durations: DurationContext
  readonly #refuse: Refuse
  readonly #lower: Lower
  readonly #countAndSum: ReadonlySet<SelectorExpr>

  constructor(request: PlanRequest, refuse: Refuse, lower: Lower) {
    this.#request = request
    this.leaves = new LeafList(request.pushdown)
    this.#refuse = refuse
    this.#lower = lower
    this.#countAndSum = countAndSumSelectors(request.expr)
    const { stepSeconds, rangeSeconds } = this.queryRange
    this.#durations = { stepSeconds, rangeSeconds }
  }

  /** The query's own range; of an instant query, its one time. */
  get queryRange(): QueryRange {
    const { grid, endMs, mode } = this.#request
    const seconds = (ms: number): number => (mode === 'range' ? ms / 1000 : 0)
    return { startSeconds: grid.startMs / 1000, endSeconds: endMs / 1000, stepSeconds: seconds(grid.stepMs), rangeSeconds: seconds(endMs - grid.startMs) }
  }

  instant(selector: SelectorExpr, gives: 'value' | 'time' | 'startTime', levels: readonly SubqueryLevel[]): RootNode {
    // The time of a sample is never one in between.
    const smoothed = selector.modifier === 'smoothed' && gives === 'value'
    if (selector.modifier === 'anchored') this.#refuse('anchored modifier can only be used with a range selector', selector.span)
    const window: LeafWindow = { kind: 'instant', lookbackMs: this.#request.lookbackMs, gives, smoothed }
    return this.#named(this.#leaf(selector, window, selector.span, levels), gives !== 'value', selector.span)
  }

  /** Two leaves of the info series that `info(expr, …)` looks at: the time of the newest sample, and its value. */
  info(expr: Expr, matchers: readonly Matcher[], span: Span, levels: readonly SubqueryLevel[]): readonly RootNode[] {
    let [atMs, offset]: [number | undefined, number] = [undefined, 0]
    for (const shift of shiftsOfFirst(expr)) {
      const own = offsetMs(shift.offset, this.#durations, this.#refuse)
      offset = shift.at === undefined ? offset + own : own
      atMs = this.#atMs(shift.at) ?? atMs
    }
    return (['time', 'value'] as const).map((gives) => {
      const window: LeafWindow = { kind: 'instant', lookbackMs: this.#request.lookbackMs, gives, smoothed: false }
      const leaf = this.#leaf({ kind: 'selector', span, matchers }, window, span, levels)
      return this.leaves.add({ ...leaf, offsetMs: offset, ...(atMs === undefined ? {} : { atMs }), notPushed: 'info has to see every series' })
    })
  }

  /** A range function: in the units where its arguments are constants and its windows hold samples or what the units know. */
  rangeCall(expr: CallExpr, entry: RangeFunction, levels: readonly SubqueryLevel[]): RootNode {
    const ranged = expr.args.find((arg) => ['range', 'subquery'].includes(unwrapped(arg).kind))
    if (ranged === undefined) return this.#refuse('a range vector is missing', expr.span)
    const inner = unwrapped(ranged)
    const span = remarkSpan(unwrapped(expr.args[0]))
    const args = expr.args.filter((arg) => arg !== ranged).map((arg) => this.#lower(arg, levels))
    const constants = args.flatMap((arg) => (arg.kind === 'number' ? [arg.value] : []))
    const timeMatters = entry.seesEvaluationTime === true && (inner.kind === 'range' ? inner.selector : (inner as SubqueryExpr)).at !== undefined
    if (constants.length < args.length || timeMatters || this.#request.pushdown === 'off') {
      return this.#atRoot(entry, this.windowInput(inner, levels, { expr, entry }), args, span)
    }
    if (inner.kind === 'range') return this.#overSamples(expr, entry, inner, constants, span, levels)
    return this.#overSubquery(expr, entry, inner as SubqueryExpr, constants, span, levels)
  }

  /** What the windows of a root function are cut from. */
  windowInput(expr: Expr, levels: readonly SubqueryLevel[], call?: WindowCall): WindowInput {
    if (expr.kind === 'subquery') {
      const level = this.#level(expr)
      return { kind: 'subquery', operand: this.#lower(expr.operand, [...levels, level]), level }
    }
    if (expr.kind !== 'range') return this.#refuse('not a range vector', expr.span)
    const extension = this.#extension(expr.selector, call?.entry, call?.expr)
    const ms = rangeMs(expr.range, this.#durations, this.#refuse)
    const window: LeafWindow = { kind: 'raw', rangeMs: ms, ...(extension === undefined ? {} : { extension }) }
    const leaf = this.#leaf(expr.selector, window, expr.span, levels)
    this.leaves.add({ ...leaf, notPushed: this.#whyRaw(call) })
    const { atMs, offsetMs: offset } = leaf
    return { kind: 'samples', leaf: leaf.id, rangeMs: ms, offsetMs: offset, ...(atMs === undefined ? {} : { atMs }), ...(extension === undefined ? {} : { extension }) }
  }

  #whyRaw(call: WindowCall | undefined): string {
    if (call === undefined) return 'the samples are the answer'
    return this.#request.pushdown === 'off' ? 'nothing is to be pushed' : 'an argument differs from step to step'
  }

  #overSamples(expr: CallExpr, entry: RangeFunction, { selector, range }: RangeExpr, args: readonly number[], span: Span, levels: readonly SubqueryLevel[]): RootNode {
    const extension = this.#extension(selector, entry, expr)
    const window: LeafWindow = {
      kind: 'range',
      fn: entry.name,
      rangeMs: rangeMs(range, this.#durations, this.#refuse),
      args,
      ...(extension === undefined ? {} : { extension }),
    }
    return this.#named(this.#leaf(selector, window, span, levels), entry.dropsName, expr.span)
  }

  #overSubquery(expr: CallExpr, entry: RangeFunction, subquery: SubqueryExpr, args: readonly number[], span: Span, levels: readonly SubqueryLevel[]): RootNode {
    const level = this.#level(subquery)
    const operand = this.#lower(subquery.operand, [...levels, level])
    const leaf = this.leaves.open(operand)
    if (leaf === undefined || leaf.signal !== 'metrics') {
      return this.#atRoot(entry, { kind: 'subquery', operand, level }, args.map((value) => ({ kind: 'number', value })), span)
    }
    const nameless = leaf.name === 'dropped' ? { nameless: true as const } : {}
    const layer = { level, fn: entry.name, args, ops: [], span, ...nameless }
    this.leaves.replace({ ...leaf, levels, layers: [...leaf.layers, layer] })
    return this.#renamed(operand, entry.dropsName, expr.span)
  }

  #atRoot(entry: RangeFunction, input: WindowInput, args: readonly RootNode[], span: Span): RootNode {
    const goes = entry.dropsName && namingOf(this.#request) === 'delayed'
    const node: WindowNode = { kind: 'window', fn: entry.name, input, args, name: goes ? 'goes' : 'kept', span, ...this.#typed }
    return entry.dropsName && !goes ? { kind: 'dropName', operand: node, span } : node
  }

  /** The leaf added, its name taken off if it has to be: at once, at the end, or at the root if series may then fall together. */
  #named(leaf: SampleLeaf, dropsName: boolean, span: Span): RootNode {
    return this.#renamed(this.leaves.add(leaf), dropsName, span)
  }

  #renamed(node: RootNode, dropsName: boolean, span: Span): RootNode {
    const leaf = this.leaves.unaggregated(node)
    if (!dropsName || leaf === undefined || leaf.signal !== 'metrics') return node
    if (namingOf(this.#request) === 'delayed') {
      this.leaves.replace({ ...leaf, name: 'goes' })
      return node
    }
    if (distinctWithoutName(leaf) && this.#request.pushdown === 'on') {
      this.leaves.replace({ ...leaf, name: 'dropped' })
      return node
    }
    const notPushed = leaf.typed === true ? 'series of one name may differ in type or unit alone' : 'series of several names may fall together without the name'
    this.leaves.replace({ ...leaf, notPushed })
    return { kind: 'dropName', operand: node, span }
  }

  #leaf(selector: SelectorExpr, window: LeafWindow, span: Span, levels: readonly SubqueryLevel[]): SampleLeaf {
    const at = this.#atMs(selector.at)
    return {
      id: this.leaves.nextId,
      signal: 'metrics',
      matchers: selector.matchers,
      window,
      span,
      startTimes: this.#readsStartTimes(window) ? 'read' : 'ignored',
      hints: this.#hints(selector, window),
      offsetMs: offsetMs(selector.offset, this.#durations, this.#refuse),
      ops: [],
      layers: [],
      levels,
      name: 'kept',
      accumulate: { accumulator: SAMPLES, grouping: ALONE },
      ...this.#typed,
      ...(at === undefined ? {} : { atMs: at }),
    }
  }

  #hints(selector: SelectorExpr, window: LeafWindow): HintRule {
    const lookbackMs = window.kind === 'instant' && window.gives !== 'value' ? 0 : this.#request.lookbackMs
    return { manner: this.#countAndSum.has(selector) ? 'detected' : 'seen', lookbackMs }
  }

  #readsStartTimes(window: LeafWindow): boolean {
    return this.#request.features.has('use-start-timestamps') || (window.kind === 'instant' && window.gives === 'startTime')
  }

  #level({ range, step, offset, at, span }: SubqueryExpr): SubqueryLevel {
    const { limits } = this.#request
    const level = {
      rangeMs: rangeMs(range, this.#durations, this.#refuse),
      stepMs: step === undefined ? limits.subqueryStepMs : rangeMs(step, this.#durations, this.#refuse),
      offsetMs: offsetMs(offset, this.#durations, this.#refuse),
    }
    if (level.stepMs === 0) this.#refuse('the step of a subquery must be a millisecond or more', step?.span ?? span)
    checkLimit(limits, 'subqueryStepsMax', Math.floor(level.rangeMs / level.stepMs))
    const atMs = this.#atMs(at)
    return atMs === undefined ? level : { ...level, atMs }
  }

  get #typed(): Pick<SampleLeaf, 'typed'> {
    return this.#request.features.has('type-and-unit-labels') ? { typed: true } : {}
  }

  /** Prometheus refuses other functions when it evaluates them, without a place; that it would is known here. */
  #extension({ modifier }: SelectorExpr, entry: RangeFunction | undefined, call: CallExpr | undefined): WindowExtension | undefined {
    if (modifier === undefined) return undefined
    if (call !== undefined && entry?.extended?.[modifier] === undefined) {
      const allowed = extendedFunctions(modifier).join(', ')
      throw executionError(`${modifier} modifier can only be used with: ${allowed} - not with ${call.name}`)
    }
    return { modifier, lookbackMs: this.#request.lookbackMs }
  }

  #atMs(at: AtModifier | undefined): number | undefined {
    if (at === undefined) return undefined
    switch (at.kind) {
      case 'time':
        if (Math.abs(at.ms) > TIME_MS_MAX) this.#refuse(`timestamp out of bounds for @ modifier: ${at.ms / 1000}`, at.span)
        return at.ms
      case 'start':
        return this.#request.grid.startMs
      case 'end':
        return this.#request.endMs
    }
  }
}

/** Prometheus has forgotten where a subquery stood when it evaluates a function over it: such remarks point to the beginning of the query. */
function remarkSpan(firstArgument: Expr): Span {
  return firstArgument.kind === 'subquery' ? { start: 0, end: 0 } : firstArgument.span
}

function extendedFunctions(modifier: WindowExtension['modifier']): readonly string[] {
  const allows = (name: string): boolean => {
    const entry = findFunction(name)
    return entry?.kind === 'range' && entry.extended?.[modifier] !== undefined
  }
  return functionNames().filter(allows).sort()
}

/** Whether a function of the leaf may remark on a type, which goes when the name goes. */
export function remarksOnTypes({ typed, window, layers }: SampleLeaf): boolean {
  const names = [...(window.kind === 'range' ? [window.fn] : []), ...layers.map(({ fn }) => fn)]
  return typed === true && names.some((name) => {
    const entry = findFunction(name)
    return entry?.kind === 'range' && entry.noteOnFloats !== undefined
  })
}

export function unwrapped(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrapped(expr.inner) : expr
}
