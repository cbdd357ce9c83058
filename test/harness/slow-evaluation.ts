/** The meaning of a plan's root, told step by step over plain objects, as slowly as it is simple. */
import type { SeriesBlock } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import type { BinaryOp, Language } from '../../src/model/expr.js'
import { labelsObject } from '../../src/model/labels.js'
import type { RootNode } from '../../src/model/plan.js'
import { stepTime } from '../../src/model/time.js'
import { ARITHMETIC, COMPARISONS, GRID } from './root-trees.js'

export type LabelObject = Record<string, string>

interface Element {
  readonly labels: LabelObject
  readonly value: number
}

type StepValue = number | readonly Element[]

const NO_NAME = ['__name__', '__type__', '__unit__']

/** `{labels} step` → value, at the steps of GRID. */
export function slowly(root: RootNode, leaves: readonly SeriesBlock[], language: Language): ReadonlyMap<string, number> {
  const result = new Map<string, number>()
  for (let k = 0; k < GRID.count; k++) {
    for (const { labels, value } of elements(stepValue(root, leaves, k, language))) result.set(`${keyOf(labels)} ${k}`, value)
  }
  return result
}

function stepValue(node: RootNode, leaves: readonly SeriesBlock[], k: number, language: Language): StepValue {
  const down = (operand: RootNode) => stepValue(operand, leaves, k, language)
  switch (node.kind) {
    case 'leaf': {
      const { labels, steps, present, values } = leaves[node.leaf]
      const all = labels.map((set, s) => ({ labels: { ...labelsObject(set) }, cell: s * steps + k }))
      return all.filter(({ cell }) => present[cell] === 1).map((element) => ({ labels: element.labels, value: values[element.cell] }))
    }
    case 'number':
      return node.value
    case 'time':
      return stepTime(GRID, k) / 1000
    case 'unary':
      return distinct(elements(down(node.operand)).map(({ labels, value }) => ({ labels: without(labels, NO_NAME), value: -value })))
    case 'binary':
      return slowBinary(node, down(node.left), down(node.right), language)
    case 'aggregate':
      return slowAggregate(node, elements(down(node.operand)), node.param === undefined ? 0 : (down(node.param) as number))
    case 'call':
      return slowCall(node.fn, node.args.map(down), stepTime(GRID, k) / 1000)
    default:
      throw new Error(node.kind)
  }
}

function slowCall(fn: string, args: readonly StepValue[], seconds: number): StepValue {
  const mapped = (vector: StepValue, apply: (value: number) => number) =>
    distinct(elements(vector).map(({ labels, value }) => ({ labels: without(labels, NO_NAME), value: apply(value) })))
  switch (fn) {
    case 'scalar':
      return elements(args[0]).length === 1 ? elements(args[0])[0].value : NaN
    case 'vector':
      return [{ labels: {}, value: args[0] as number }]
    case 'hour':
      return [{ labels: {}, value: new Date(seconds * 1000).getUTCHours() }]
    case 'absent':
      return elements(args[0]).length === 0 ? [{ labels: {}, value: 1 }] : []
    case 'abs':
      return mapped(args[0], Math.abs)
    case 'clamp': {
      const most = args[2] as number
      if (most < -2) return []
      // Go lets an infinity win against NaN.
      const least = (value: number) => (value === -Infinity ? -Infinity : Math.min(most, value))
      return mapped(args[0], (value) => Math.max(-2, least(value)))
    }
    default:
      throw new Error(fn)
  }
}

type Binary = Extract<RootNode, { kind: 'binary' }>

function slowBinary(node: Binary, left: StepValue, right: StepValue, language: Language): StepValue {
  const { op, bool, matching } = node
  const filter = COMPARISONS.includes(op) && !bool
  if (typeof left === 'number' && typeof right === 'number') return applied(op, left, right, language)
  if (typeof left === 'number' || typeof right === 'number') {
    const vector = elements(typeof left === 'number' ? right : left)
    const results = vector.map(({ labels, value }) => {
      const result = typeof left === 'number' ? applied(op, left, value, language) : applied(op, value, right as number, language)
      return filter ? { labels, value, kept: result === 1 } : { labels: without(labels, NO_NAME), value: result, kept: true }
    })
    return distinct(results.filter(({ kept }) => kept).map(({ labels, value }) => ({ labels, value })))
  }
  const signature = (labels: LabelObject) =>
    keyOf(matching!.on ? only(labels, matching!.labels) : without(labels, [...matching!.labels, '__name__']))
  if (op === 'and') return left.filter((a) => right.some((b) => signature(a.labels) === signature(b.labels)))
  if (op === 'unless') return left.filter((a) => !right.some((b) => signature(a.labels) === signature(b.labels)))
  if (op === 'or') return [...left, ...right.filter((b) => !left.some((a) => signature(a.labels) === signature(b.labels)))]
  return slowMatch(node, left, right, signature, language)
}

function slowMatch(node: Binary, left: readonly Element[], right: readonly Element[], signature: (labels: LabelObject) => string, language: Language): StepValue {
  const { op, bool } = node
  const matching = node.matching!
  if (left.length === 0 || right.length === 0) return []
  const [many, one] = matching.cardinality === 'one-to-many' ? [right, left] : [left, right]
  const owners = new Map<string, Element>()
  for (const element of one) {
    if (owners.has(signature(element.labels))) fail('found duplicate series')
    owners.set(signature(element.labels), element)
  }
  const met = new Set<string>()
  const results: Element[] = []
  for (const element of many) {
    const owner = owners.get(signature(element.labels))
    if (owner === undefined) continue
    const [a, b] = many === left ? [element.value, owner.value] : [owner.value, element.value]
    const arithmetic = ARITHMETIC.includes(op)
    let labels = arithmetic ? without(element.labels, NO_NAME) : element.labels
    if (matching.cardinality === 'one-to-one') labels = matching.on ? only(labels, matching.labels) : without(labels, matching.labels)
    for (const name of matching.include) {
      labels = without(labels, [name])
      if (name in owner.labels) labels = { ...labels, [name]: owner.labels[name] }
    }
    if (bool) labels = without(labels, NO_NAME)
    const place = signature(element.labels) + (matching.cardinality === 'one-to-one' ? '' : keyOf(labels))
    if (met.has(place)) fail('multiple matches')
    met.add(place)
    const result = applied(op, a, b, language)
    if (arithmetic || bool) results.push({ labels, value: result })
    else if (result === 1) results.push({ labels, value: a })
  }
  return distinct(results)
}

function applied(op: BinaryOp, a: number, b: number, language: Language): number {
  if (language === 'logql' && b === 0 && (op === '/' || op === '%')) return NaN
  switch (op) {
    case '+': return a + b
    case '-': return a - b
    case '*': return a * b
    case '/': return a / b
    case '%': return a % b
    case '^': return a === 1 || (a === -1 && !Number.isNaN(b) && !Number.isFinite(b)) ? 1 : a ** b
    case 'atan2': return Math.atan2(a, b)
    case '==': return Number(a === b)
    case '!=': return Number(a !== b)
    case '<': return Number(a < b)
    case '<=': return Number(a <= b)
    case '>': return Number(a > b)
    case '>=': return Number(a >= b)
    default: throw new Error(op)
  }
}

type Aggregate = Extract<RootNode, { kind: 'aggregate' }>

function slowAggregate({ op, grouping }: Aggregate, vector: readonly Element[], param: number): StepValue {
  const groups = new Map<string, { labels: LabelObject; members: Element[] }>()
  for (const element of vector) {
    const labels = grouping.without ? without(element.labels, [...grouping.labels, '__name__']) : only(element.labels, grouping.labels)
    const group = groups.get(keyOf(labels)) ?? { labels, members: [] }
    group.members.push(element)
    groups.set(keyOf(labels), group)
  }
  if (op === 'topk' || op === 'bottomk') {
    if (Number.isNaN(param)) fail('Parameter value is NaN')
    const size = Math.max(0, Math.trunc(param))
    const rank = (value: number) => (Number.isNaN(value) ? -Infinity : op === 'topk' ? value : -value)
    const best = (a: Element, b: Element) => Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value)) || rank(b.value) - rank(a.value)
    return [...groups.values()].flatMap(({ members }) => [...members].sort(best).slice(0, size))
  }
  return [...groups.values()].map(({ labels, members }) => ({ labels, value: summary(op, members.map(({ value }) => value), param) }))
}

function summary(op: string, values: readonly number[], param: number): number {
  const total = values.reduce((a, b) => a + b, 0)
  const mean = total / values.length
  const numbers = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  switch (op) {
    case 'sum': return total
    case 'avg': return mean
    case 'count': return values.length
    case 'group': return 1
    case 'min': return numbers[0] ?? NaN
    case 'max': return numbers[numbers.length - 1] ?? NaN
    case 'stdvar': return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    case 'stddev': return Math.sqrt(summary('stdvar', values, param))
    case 'quantile': {
      if (!(param >= 0 && param <= 1)) return Number.isNaN(param) ? NaN : param < 0 ? -Infinity : Infinity
      const all = [...values.filter(Number.isNaN), ...numbers]
      const rank = param * (all.length - 1)
      const low = Math.floor(rank)
      return all[low] * (1 - (rank - low)) + all[Math.min(all.length - 1, low + 1)] * (rank - low)
    }
    default: throw new Error(op)
  }
}

function elements(value: StepValue): readonly Element[] {
  if (typeof value === 'number') throw new Error('a number where a vector was expected')
  return value
}

function distinct(vector: readonly Element[]): readonly Element[] {
  if (new Set(vector.map(({ labels }) => keyOf(labels))).size < vector.length) fail('vector cannot contain metrics with the same labelset')
  return vector
}

function only(labels: LabelObject, names: readonly string[]): LabelObject {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)))
}

function without(labels: LabelObject, names: readonly string[]): LabelObject {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)))
}

export function keyOf(labels: LabelObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))
}

function fail(message: string): never {
  throw new QueryError({ code: 'bad_query', message })
}
