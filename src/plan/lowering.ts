/** What both languages share in lowering a tree: the list of leaves, and what may be pushed into one. */
import { arithmeticOf, comparisonOf, findAggregation, SAMPLES } from '../language/language.js'
import type { AggregateExpr, BinaryExpr, BinaryOp, Grouping, Language, Span } from '../model/expr.js'
import { distinctWithoutName, type Leaf, type Naming, type RootNode, type SampleLeaf, type SeriesOp } from '../model/plan.js'
import type { Pushdown } from './request.js'
import { badQuery, type Position, type QueryError } from '../model/error.js'

/** Leaves are collected while the tree is walked; pushing an operation replaces the leaf in place. */
export class LeafList {
  readonly #leaves: Leaf[] = []
  readonly #pushdown: Pushdown

  constructor(pushdown: Pushdown = 'on') {
    this.#pushdown = pushdown
  }

  add(leaf: Leaf): RootNode {
    this.#leaves.push(leaf)
    return { kind: 'leaf', leaf: leaf.id }
  }

  get nextId(): number {
    return this.#leaves.length
  }

  get all(): readonly Leaf[] {
    return this.#leaves
  }

  at(id: number): Leaf {
    return this.#leaves[id]
  }

  replace(leaf: Leaf): void {
    this.#leaves[leaf.id] = leaf
  }

  /** The leaf behind a node if it may take more of the query: it returns every series by itself, and pushing is wanted. */
  open(node: RootNode): Leaf | undefined {
    return this.#pushdown === 'on' ? this.unaggregated(node) : undefined
  }

  /** The leaf behind a node if it still returns every series by itself. */
  unaggregated(node: RootNode): Leaf | undefined {
    if (node.kind !== 'leaf') return undefined
    const leaf = this.#leaves[node.leaf]
    return leaf.accumulate.accumulator === SAMPLES ? leaf : undefined
  }
}

const COMPARISONS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['==', '!=', '<', '<=', '>', '>='])
const TRIMS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['</', '>/'])
export const SET_OPS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['and', 'or', 'unless'])
const PUSHED_OPS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['+', '-', '*', '/', '%', '^', 'atan2', ...COMPARISONS, ...TRIMS])

/** Leaf with one more series-local operation, or undefined if the leaf cannot take it. */
export function pushSeriesOp(leaf: Leaf, op: SeriesOp, naming: Naming): SampleLeaf | undefined {
  if (leaf.signal !== 'metrics' || leaf.window.kind === 'raw' || !PUSHED_OPS.has(op.op)) return undefined
  const keepsName = TRIMS.has(op.op) || (COMPARISONS.has(op.op) && !op.bool)
  if (!keepsName && naming === 'immediate' && !distinctWithoutName(leaf)) return undefined
  const nameTaken = naming === 'immediate' ? 'dropped' : 'goes'
  const name = keepsName ? leaf.name : nameTaken
  const outermost = leaf.layers.at(-1)
  if (outermost === undefined) return { ...leaf, ops: [...leaf.ops, op], name }
  return { ...leaf, layers: [...leaf.layers.slice(0, -1), { ...outermost, ops: [...outermost.ops, op] }], name }
}

/** Leaf that accumulates by labels in the units, or undefined if this aggregation has to see every series. */
export function pushAggregation(leaf: Leaf, op: string, grouping: Grouping, span: Span): Leaf | undefined {
  const accumulator = findAggregation(op)?.accumulator
  if (accumulator === undefined) return undefined
  return { ...leaf, accumulate: { accumulator, grouping, span } }
}

/** Byte offsets to line and column. */
export function positionOf(text: string, span: Span): Position {
  const bytes = Buffer.from(text, 'utf8')
  const before = bytes.subarray(0, span.start)
  const line = before.filter((byte) => byte === 10).length + 1
  const column = span.start - (before.lastIndexOf(10) + 1) + 1
  return { offset: span.start, end: span.end, line, column }
}

export function refusal(text: string, message: string, span: Span): QueryError {
  return badQuery(message, positionOf(text, span))
}

/** Two constants calculated at once; undefined for a set operator, which needs vectors. A comparison gives 1 or 0. */
export function folded(op: BinaryOp, left: number, right: number, language: Language): RootNode | undefined {
  const arithmetic = arithmeticOf(op, language)
  if (arithmetic !== undefined) return { kind: 'number', value: arithmetic(left, right) }
  const compare = comparisonOf(op)
  return compare === undefined ? undefined : { kind: 'number', value: compare(left, right) ? 1 : 0 }
}

/** A binary operation at the root; matching counts only between two vectors. */
export function binaryNode(expr: BinaryExpr, left: RootNode, right: RootNode, operands: 'vectors' | 'with-scalar'): RootNode {
  const { op, bool, span, matching } = expr
  const node = { kind: 'binary', op, bool, left, right, span } as const
  return operands === 'with-scalar' || matching === undefined ? node : { ...node, matching }
}

export function aggregateNode(expr: AggregateExpr, operand: RootNode, param: RootNode | undefined): RootNode {
  const node = { kind: 'aggregate', op: expr.op, grouping: groupingOf(expr), operand, operandSpan: expr.operand.span, span: expr.span } as const
  return param === undefined || expr.param === undefined ? node : { ...node, param, paramSpan: expr.param.span }
}

/** No clause is one group without labels. */
export function groupingOf(expr: AggregateExpr): Grouping {
  return expr.grouping ?? { without: false, labels: [] }
}
