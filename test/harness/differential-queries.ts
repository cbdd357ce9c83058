/**
 * PromQL over the data of differential-data.ts, at random and well-typed, as trees that can be shrunk. Two engines that add up in another
 * order differ in the last places: what may is `rough`, and goes into nothing that makes much of little (rounding, equality, resets).
 *
 * Evaluation times are 1 s after a multiple of 10 s, ranges and offsets of samples are multiples of 10 s, ranges of subqueries are
 * 5 s more and their steps multiples of 10 s: so nothing stands exactly on the left edge of a window, where versions 2 and 3 differ.
 * predict_linear has no `@`: of a range query 2.42 pins its window at the first step alone. Rates are of counters, see their data, and
 * deviations of finite numbers: that of NaN alone is 0 in 2.42. Of selectors with both `@` and an offset, 2.42's timestamp() misses samples.
 */
import type { Seeded } from '../../benchmarks/seeded.js'
import { FIRST_MS, SPAN_MS } from './differential-data.js'

export type NodeKind = 'exact' | 'rough' | 'scalar' | 'exactMatrix' | 'roughMatrix'

export interface QueryNode {
  readonly kind: NodeKind
  readonly parts: readonly (string | QueryNode)[]
}

export function textOf(node: QueryNode): string {
  return node.parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('')
}

/** Trees that are smaller by one node, which a node of its own kind below it takes the place of. */
export function* shrunk(node: QueryNode): Generator<QueryNode> {
  for (const below of descendants(node)) if (fits(below, node)) yield below
  for (const [at, part] of node.parts.entries()) {
    if (typeof part === 'string') continue
    for (const smaller of shrunk(part)) yield { ...node, parts: node.parts.with(at, smaller) }
  }
}

function* descendants(node: QueryNode): Generator<QueryNode> {
  for (const part of node.parts) {
    if (typeof part === 'string') continue
    yield part
    yield* descendants(part)
  }
}

/** Exact values may stand where rough ones may. */
function fits(inner: QueryNode, outer: QueryNode): boolean {
  return inner.kind === outer.kind || (inner.kind === 'exact' && outer.kind === 'rough') || (inner.kind === 'exactMatrix' && outer.kind === 'roughMatrix')
}

const EXACT_OVER_TIME = ['sum_over_time', 'min_over_time', 'max_over_time', 'count_over_time', 'last_over_time', 'present_over_time', 'changes', 'resets', 'idelta']
const COUNTER = ['rate', 'increase']
const DIFFERENCE = ['irate', 'delta']
const COUNTERS = ['http_requests_total', 'latency_seconds_count', 'latency_seconds_sum', 'latency_seconds_bucket']
const ROUGH_OVER_TIME = ['sum_over_time', 'avg_over_time', 'min_over_time', 'max_over_time', 'count_over_time', 'last_over_time', 'deriv']
const SPREAD_OVER_TIME = ['stddev_over_time', 'stdvar_over_time', 'avg_over_time', 'deriv']
const EXACT_AGGREGATIONS = ['sum', 'min', 'max', 'count', 'group']
const SPREAD_AGGREGATIONS = ['avg', 'stddev', 'stdvar']
const METRICS = ['http_requests_total', 'queue_depth', 'temperature', 'target_meta', 'latency_seconds_count', 'latency_seconds_sum', 'latency_seconds_bucket']
const LABELS = ['job', 'instance', 'code', 'version', 'room', 'le']

export class DifferentialQueries {
  readonly #random: Seeded

  constructor(random: Seeded) {
    this.#random = random
  }

  /** A whole query. `topk` and `count_values` stand only outermost: which of equal series is taken is not told. */
  query(): QueryNode {
    switch (this.#random.below(14)) {
      case 0:
        return node('rough', this.#pick(['topk', 'bottomk']), this.#grouping(), `(${1 + this.#random.below(3)}, `, this.#exact(2), ')')
      case 1:
        return node('exact', 'count_values', this.#grouping(), '("value", ', this.#exact(2), ')')
      case 2:
        return this.#scalar(2)
      case 3:
        return node('exact', this.#pick(['sort', 'sort_desc']), '(', this.#exact(2), ')')
    }
    return this.#random.below(2) === 0 ? this.#rough(4) : this.#exact(4)
  }

  #exact(depth: number): QueryNode {
    if (depth <= 0) return this.#selector()
    switch (this.#random.below(13)) {
      case 0:
      case 1:
        return node('exact', this.#pick(EXACT_AGGREGATIONS), this.#grouping(), '(', this.#exact(depth - 1), ')')
      case 2:
      case 3:
        return node('exact', this.#pick(EXACT_OVER_TIME), '(', this.#exactMatrix(depth - 1), ')')
      case 4:
        return node('exact', '(', this.#exact(depth - 1), ` ${this.#pick(['+', '-', '*', '%'])} `, String(this.#random.below(8) - 2), ')')
      case 5:
        return node('exact', '(', this.#exact(depth - 1), ` ${this.#comparison()} `, String(this.#random.below(40) - 10), ')')
      case 6:
        return this.#paired('exact', [this.#exact(depth - 1), this.#exact(depth - 1)], this.#pick(['+', '-', '==', '!=', '>', '<=', '== bool', '< bool']))
      case 7:
        return node('exact', '(', this.#exact(depth - 1), ` ${this.#pick(['and', 'or', 'unless'])}${this.#matching()} `, this.#exact(depth - 1), ')')
      case 8:
        return node('exact', this.#pick(['abs', 'ceil', 'floor', 'round', 'sgn', '-', '+']), '(', this.#exact(depth - 1), ')')
      case 9:
        return node('exact', 'clamp(', this.#exact(depth - 1), `, ${this.#random.below(20) - 10}, ${this.#random.below(100)})`)
      case 10:
        if (this.#random.below(3) === 0) return node('exact', `timestamp(${this.#series()}${this.#offset()})`)
        return node('exact', this.#pick(['absent', 'hour', 'minute', 'day_of_week', 'month']), '(', this.#exact(depth - 1), ')')
      case 11:
        if (this.#random.below(3) === 0) return node('exact', 'label_join(', this.#exact(depth - 1), ', "job", "-", "job", "code")')
        return node('exact', 'label_replace(', this.#exact(depth - 1), ', "job", "$1-x", "job", "(.).*")')
      case 12:
        return node('exact', 'vector(', this.#scalar(depth - 1), ')')
    }
    return this.#selector()
  }

  #rough(depth: number): QueryNode {
    if (depth <= 0) return this.#counted()
    switch (this.#random.below(12)) {
      case 0:
      case 1:
        return this.#random.below(2) === 0 ? this.#counted() : node('rough', this.#pick(DIFFERENCE), '(', this.#exactMatrix(depth - 1), ')')
      case 2:
        return node('rough', this.#pick(SPREAD_OVER_TIME), '(', this.#exactMatrix(depth - 1), ')')
      case 3:
        return node('rough', this.#pick(ROUGH_OVER_TIME), '(', this.#roughMatrix(depth - 1), ')')
      case 4:
      case 5:
        return node('rough', this.#pick(['sum', 'avg', 'min', 'max', 'count']), this.#grouping(), '(', this.#rough(depth - 1), ')')
      case 6:
        return node('rough', this.#pick(SPREAD_AGGREGATIONS), this.#grouping(), '((', this.#exact(depth - 1), ') > -1e300 < 1e300)')
      case 7:
        return this.#paired('rough', [this.#rough(depth - 1), this.#exact(depth - 1)], this.#pick(['+', '-', '*', '/', '/']))
      case 8:
        return node('rough', `quantile${this.#over()}(0.37, `, this.#rough(depth - 1), ')')
      case 9:
        return node('rough', this.#pick(['quantile_over_time(0.63, ', 'quantile_over_time(0.9, ']), this.#exactMatrix(depth - 1), ')')
      case 10:
        return node('rough', `predict_linear(${this.#series()}${this.#range()}${this.#offset()}, ${this.#random.below(600)})`)
      case 11:
        return node('rough', 'histogram_quantile(0.37', this.#pick(['', ' + 0.4', ' + 0.61']), `, sum by (le${this.#pick(['', ', job'])}) (rate(latency_seconds_bucket${this.#range()})))`)
    }
    return this.#selector()
  }

  #counted(): QueryNode {
    return node('rough', this.#pick(COUNTER), `(${this.#series(COUNTERS)}${this.#range()}${this.#moment()})`)
  }

  #scalar(depth: number): QueryNode {
    switch (this.#random.below(5)) {
      case 0:
        return node('scalar', 'scalar(', this.#exact(depth - 1), ')')
      case 1:
        return node('scalar', 'time()')
      case 2:
        return node('scalar', '(', this.#scalar(depth - 1), ` ${this.#pick(['+', '*', '-', '< bool'])} `, this.#scalar(depth - 1), ')')
    }
    return node('scalar', String(this.#random.below(100)))
  }

  #exactMatrix(depth: number): QueryNode {
    if (depth <= 0 || this.#random.below(3) > 0) return node('exactMatrix', this.#matrixText())
    return node('exactMatrix', '(', this.#exact(depth - 1), `)${this.#subquery()}`)
  }

  #roughMatrix(depth: number): QueryNode {
    if (depth <= 0) return node('roughMatrix', this.#matrixText())
    return node('roughMatrix', '(', this.#rough(depth - 1), `)${this.#subquery()}`)
  }

  #paired(kind: NodeKind, [left, right]: readonly [QueryNode, QueryNode], op: string): QueryNode {
    if (this.#random.below(4) > 0) return node(kind, '(', left, ` ${op}${this.#matching()} `, right, ')')
    return node(kind, '(', left, ` ${op} on (job, instance) group_left (version) `, node('exact', 'target_meta'), ')')
  }

  #selector(): QueryNode {
    return node('exact', this.#series() + this.#moment())
  }

  #matrixText(): string {
    return this.#series() + this.#range() + this.#moment()
  }

  #series(names: readonly string[] = METRICS): string {
    const matchers = Array.from({ length: this.#random.below(3) }, () =>
      this.#pick(['job="a"', 'job!="b"', 'job=~"a|c"', 'instance="0"', 'instance!~"1"', 'code="200"', 'code!=""', 'nothing=""', 'room=~"r[01]|"']),
    )
    return `${this.#pick(names)}${matchers.length === 0 ? '' : `{${matchers.join(', ')}}`}`
  }

  #range(): string {
    return `[${10 * (1 + this.#random.below(60))}s]`
  }

  #subquery(): string {
    return `[${10 * (2 + this.#random.below(40)) + 5}s:${10 * (1 + this.#random.below(6))}s]${this.#moment()}`
  }

  #moment(): string {
    const at = this.#pick(['', '', '', '', ` @ ${FIRST_MS / 1000 + 10 * this.#random.below(SPAN_MS / 10_000) + 1}`, ' @ start()', ' @ end()'])
    return at + this.#offset()
  }

  #offset(): string {
    return this.#pick(['', '', '', ` offset ${10 * (1 + this.#random.below(60))}s`, ` offset -${10 * (1 + this.#random.below(30))}s`])
  }

  #comparison(): string {
    return this.#pick(['==', '!=', '>', '<', '>=', '<=', '> bool', '== bool'])
  }

  #matching(): string {
    return this.#pick(['', ' on (job)', ' on (job, instance)', ' ignoring (code)', ' ignoring (le, version)', ' on ()'])
  }

  #grouping(): string {
    return this.#pick(['', this.#over(), this.#over()])
  }

  #over(): string {
    const labels = LABELS.filter(() => this.#random.below(3) === 0)
    return ` ${this.#pick(['by', 'without'])} (${labels.join(', ')}) `
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)]
  }
}

function node(kind: NodeKind, ...parts: readonly (string | QueryNode)[]): QueryNode {
  return { kind, parts }
}
