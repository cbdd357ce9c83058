/** LogQL: tree → plan. What is not supported is refused here by name, with its place. */
import { compilePipeline, needlesOf, SAMPLES } from '../language/language.js'
import { QueryError } from '../model/error.js'
import type { AggregateExpr, BinaryExpr, CallExpr, Expr, Grouping, LogExpr, LogRangeExpr, Span, StageExpr, UnwrapExpr } from '../model/expr.js'
import type { Matcher } from '../model/labels.js'
import type { LogSampleLeaf, LogValuesLeaf, LogWindowNode, Plan, RootNode } from '../model/plan.js'
import { aggregateNode, binaryNode, folded, groupingOf, LeafList, pushAggregation, refusal } from './lowering.js'
import type { PlanRequest } from './request.js'

/** A series of a range aggregation is a full label set; it may come from several streams, so its samples are summed. */
const EACH_LABEL_SET: Grouping = { without: true, labels: [] }

/** Rates are totals, which add up exactly however the work is cut, divided once at the root. */
const TOTAL_OF_RATE: ReadonlyMap<string, string> = new Map([
  ['rate', 'count_over_time'],
  ['bytes_rate', 'bytes_over_time'],
])

/** What is estimated upstream is calculated here. */
const EXACT_FORM: ReadonlyMap<string, string> = new Map([['approx_topk', 'topk']])
/** What is the same over a group of series as over each, and then added up. */
const SUMS_OF_VALUES: ReadonlySet<string> = new Set(['sum_over_time', 'rate'])

/** The windows of values are found in doubles of ns, which are exact up to 104 days. */
const UNWRAP_RANGE_MAX_NS = 100n * 86_400_000_000_000n + 1n

export function planLogql(request: PlanRequest): Plan {
  const lowering = new LogqlLowering(request)
  const expr = request.expr
  if (expr.kind === 'logs') return lowering.entriesPlan(expr)
  const root = lowering.lower(expr)
  const scalar = root.kind === 'number'
  return {
    language: 'logql',
    naming: 'immediate',
    text: request.text,
    resultType: request.mode === 'range' ? 'matrix' : scalar ? 'scalar' : 'vector',
    grid: request.grid,
    leaves: lowering.leaves.all,
    root,
  }
}

class LogqlLowering {
  readonly leaves = new LeafList()
  readonly #request: PlanRequest

  constructor(request: PlanRequest) {
    this.#request = request
  }

  #refuse(message: string, span: Span): never {
    throw refusal(this.#request.text, message, span)
  }

  entriesPlan(expr: LogExpr): Plan {
    const { entries } = this.#request
    if (entries === undefined)
      return this.#refuse(
        'log queries are not supported as an instant query type, please change your query to a range query type',
        expr.span,
      )
    this.#checkStages(expr)
    this.leaves.add({
      id: 0,
      signal: 'logs',
      kind: 'entries',
      matchers: expr.matchers,
      stages: expr.stages,
      ...this.#pushdown(expr.stages),
      ...this.#quirks(),
      accumulate: { accumulator: 'entries', grouping: EACH_LABEL_SET },
    })
    return {
      language: 'logql',
      naming: 'immediate',
      text: this.#request.text,
      resultType: 'streams',
      grid: { ...this.#request.grid, count: 1 },
      leaves: this.leaves.all,
      root: { kind: 'entries', leaf: 0 },
      entries,
    }
  }

  lower(expr: Expr): RootNode {
    switch (expr.kind) {
      case 'number':
        return { kind: 'number', value: expr.value }
      case 'paren':
        return this.lower(expr.inner)
      case 'call':
        return this.#call(expr)
      case 'aggregate':
        return this.#aggregate(expr)
      case 'binary':
        return this.#binary(expr)
      case 'logs':
        return this.#refuse('a log query has no value that could be calculated with; count its lines with count_over_time', expr.span)
      case 'string':
      case 'unary':
      case 'selector':
      case 'range':
      case 'subquery':
      case 'durationCall':
      case 'logRange':
        return this.#refuse('not a LogQL expression', expr.span)
    }
  }

  #call(expr: CallExpr): RootNode {
    const range = expr.args.find((arg) => arg.kind === 'logRange')
    if (range === undefined) {
      const args = expr.args.map((arg): RootNode => (arg.kind === 'string' ? { kind: 'string', value: arg.value } : this.lower(arg)))
      return { kind: 'call', fn: expr.name, args, argSpans: expr.args.map(({ span }) => span), span: expr.span }
    }
    return this.#rangeAggregation(expr, range as LogRangeExpr)
  }

  #rangeAggregation(expr: CallExpr, range: LogRangeExpr): RootNode {
    this.#checkStages(range.logs, range.unwrap)
    if (expr.name === 'absent_over_time') return this.#absent(expr, range)
    if (range.unwrap !== undefined) return this.#values(expr, range, range.unwrap, expr.name)
    return this.#counted(expr, range)
  }

  #absent(expr: CallExpr, range: LogRangeExpr): RootNode {
    const { unwrap } = range
    const present = unwrap === undefined ? this.#counted({ ...expr, name: 'count_over_time' }, range) : this.#values(expr, range, unwrap, 'present_over_time')
    const selector = soleEqualities(range.logs.matchers)
    return { kind: 'call', fn: expr.name, args: [present], argSpans: [range.span], selector, span: expr.span }
  }

  #values(expr: CallExpr, range: LogRangeExpr, unwrap: UnwrapExpr, fn: string): RootNode {
    const { rangeNs, offsetNs } = range
    if (rangeNs >= UNWRAP_RANGE_MAX_NS) this.#refuse('a range over unwrapped values may be 100 days at most', range.span)
    const leaf: LogValuesLeaf = {
      id: this.leaves.nextId,
      signal: 'logs',
      kind: 'values',
      matchers: range.logs.matchers,
      stages: range.logs.stages,
      ...this.#pushdown(range.logs.stages),
      ...this.#quirks(),
      unwrap,
      rangeNs,
      offsetNs,
      accumulate: { accumulator: SAMPLES, grouping: expr.grouping ?? EACH_LABEL_SET },
      notPushed: 'the values of a label set may come from streams of several units, and are put together at the root in the order of time',
    }
    this.leaves.add(leaf)
    const args = expr.args.flatMap((arg) => (arg.kind === 'number' ? [arg.value] : []))
    return { kind: 'logWindow', fn, args, leaf: leaf.id, rangeNs, offsetNs }
  }

  #counted(expr: CallExpr, range: LogRangeExpr): RootNode {
    const total = TOTAL_OF_RATE.get(expr.name)
    const leaf: LogSampleLeaf = {
      id: this.leaves.nextId,
      signal: 'logs',
      kind: 'samples',
      matchers: range.logs.matchers,
      stages: range.logs.stages,
      ...this.#pushdown(range.logs.stages),
      ...this.#quirks(),
      fn: total ?? expr.name,
      args: [],
      rangeNs: range.rangeNs,
      offsetNs: range.offsetNs,
      accumulate: { accumulator: 'sum', grouping: EACH_LABEL_SET },
      notPushed: 'every label set is a series of its own',
    }
    const node = this.leaves.add(leaf)
    if (total === undefined) return node
    const seconds: RootNode = { kind: 'number', value: Number(range.rangeNs) / 1e9 }
    return { kind: 'binary', op: '/', bool: false, left: node, right: seconds, span: expr.span }
  }

  #aggregate(expr: AggregateExpr): RootNode {
    if (expr.op === 'approx_topk' && this.#request.mode === 'range') this.#refuse('count min sketches are only supported on instant queries', expr.opSpan)
    const operand = this.lower(expr.operand)
    if (expr.op === 'sum' && !this.#leftToRoot(operand, expr) && this.#sumInUnits(operand, expr)) return operand
    if (isOrdering(expr.op)) return this.#ordered(expr, operand)
    const op = EXACT_FORM.get(expr.op) ?? expr.op
    return aggregateNode({ ...expr, op }, operand, expr.param === undefined ? undefined : this.lower(expr.param))
  }

  /** Order is for instant queries: the series of a range come in label order. */
  #ordered({ op, operand: { span: operandSpan }, span }: AggregateExpr, operand: RootNode): RootNode {
    if (this.#request.mode === 'range') return operand
    return { kind: 'call', fn: op, args: [operand], argSpans: [operandSpan], span }
  }

  /** A sum of whole numbers over whole label sets is the same at the root. One by labels is not: they decide how far lines are parsed, and which errors are met. */
  #leftToRoot(operand: RootNode, expr: AggregateExpr): boolean {
    return this.#request.pushdown === 'off' && operand.kind === 'leaf' && groupingOf(expr).without
  }

  /** A sum is added up in the units, also of a quotient by a constant, since that divides the whole as it divides the parts. */
  #sumInUnits(operand: RootNode, expr: AggregateExpr): boolean {
    if (operand.kind === 'binary' && operand.op === '/' && operand.right.kind === 'number') return this.#sumInUnits(operand.left, expr)
    if (operand.kind === 'logWindow') return this.#sumOfValues(operand, expr)
    if (operand.kind !== 'leaf' || !isEachLabelSet(this.leaves.at(operand.leaf).accumulate.grouping)) return false
    const { notPushed: _, ...leaf } = this.leaves.at(operand.leaf)
    const pushed = pushAggregation(leaf, 'sum', groupingOf(expr), expr.operand.span)
    if (pushed !== undefined) this.leaves.replace(pushed)
    return pushed !== undefined
  }

  /** A sum of sums is the sum of all values of the group, so that units need to extract no more than its labels. */
  #sumOfValues({ fn, leaf: id }: LogWindowNode, expr: AggregateExpr): boolean {
    const leaf = this.leaves.at(id)
    if (!SUMS_OF_VALUES.has(fn) || !isEachLabelSet(leaf.accumulate.grouping)) return false
    this.leaves.replace({ ...leaf, accumulate: { ...leaf.accumulate, grouping: groupingOf(expr) } })
    return true
  }

  #binary(expr: BinaryExpr): RootNode {
    const left = this.lower(expr.left)
    const right = this.lower(expr.right)
    if (left.kind === 'number' && right.kind === 'number')
      return folded(expr.op, left.value, right.value, 'logql') ?? this.#refuse(`set operator "${expr.op}" needs vectors on both sides`, expr.span)
    return binaryNode(expr, left, right, left.kind === 'number' || right.kind === 'number' ? 'with-scalar' : 'vectors')
  }

  #pushdown(stages: readonly StageExpr[]): Pick<LogSampleLeaf, 'needles' | 'rowByRow'> {
    const { pushdown, quirks } = this.#request
    if (pushdown === 'off') return { rowByRow: true }
    const needles = needlesOf(stages, quirks)
    return needles.length === 0 ? {} : { needles }
  }

  #quirks(): Pick<LogSampleLeaf, 'quirks'> {
    const { quirks } = this.#request
    return quirks.length === 0 ? {} : { quirks }
  }

  /** The stage that holds a place, as it is written. */
  #stageText({ stages, span: all }: LogExpr, { start }: Span): string {
    const { span } = stages.find((stage) => stage.span.start <= start && start < stage.span.end) ?? { span: all }
    return Buffer.from(this.#request.text, 'utf8').subarray(span.start, span.end).toString('utf8')
  }

  /** Compiles the pipeline once, only to learn whether it can be: a stage's own complaint gets its place in the text. */
  #checkStages(logs: LogExpr, unwrap?: UnwrapExpr): void {
    try {
      compilePipeline(logs.stages, { needed: 'all', limits: this.#request.limits, ...(unwrap === undefined ? {} : { unwrap }) })
    } catch (error) {
      if (!(error instanceof QueryError) || error.code !== 'bad_query' || error.position !== undefined) throw error
      const { start, end } = error.facts
      const span = typeof start === 'number' && typeof end === 'number' ? { start, end } : logs.span
      throw refusal(this.#request.text, `parse error : stage '${this.#stageText(logs, span)}' : ${error.message}`, span)
    }
  }
}

function isOrdering(op: string): boolean {
  return op === 'sort' || op === 'sort_desc'
}

function isEachLabelSet(grouping: Grouping): boolean {
  return grouping.without && grouping.labels.length === 0
}

/** The labels of what is absent: a name that another matcher is about as well has no one value. */
function soleEqualities(matchers: readonly Matcher[]): readonly Matcher[] {
  return matchers.filter(({ name, op }) => op === '=' && matchers.filter((other) => other.name === name).length === 1)
}
