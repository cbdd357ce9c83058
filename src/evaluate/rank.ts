/** topk and bottomk: the elements themselves, chosen in each group at each step. */
import { executionError, ignoredHistogram, inLabelOrder, type RootValue } from '../language/language.js'
import { FLOAT, pickSeries } from '../model/block.js'
import type { AggregateNode } from '../model/plan.js'
import { formatDecimal } from './decimal.js'
import { groupSeries, membersOf } from './groups.js'
import type { GroupRun } from './run.js'

/**
 * Keeps the k best of each group, at every step anew. The elements of an instant PromQL query come group by group,
 * the best first; all others in label order.
 */
export function ranked(
  op: 'topk' | 'bottomk',
  { grouping, span }: AggregateNode,
  operand: RootValue,
  sizes: Float64Array,
  { grid, language, annotate }: GroupRun,
): RootValue {
  if (operand.type !== 'vector') throw new Error(`${op} of a ${operand.type}`)
  const counts = wholeSizes(sizes)
  // Ties fall to the series that comes first, so the order of the series is part of the meaning.
  const { histograms, ...block } = operand.ordered ? operand.block : inLabelOrder(operand.block)
  const isIgnored = [...(histograms?.keys() ?? [])].some((cell) => counts[cell % block.steps] >= 1)
  if (isIgnored) annotate(ignoredHistogram(op, span))
  const keys = op === 'topk' ? block.values : block.values.map((value) => -value)
  const rule = language === 'promql' ? UPSTREAM_TIES : TIES_IN_ORDER
  const instant = grid.stepMs === 0
  const present = new Uint8Array(block.present.length)
  const order: number[] = []
  for (const rows of membersOf(groupSeries(block.labels, grouping))) {
    for (let k = 0; k < block.steps; k++) {
      const cells = rows.map((s) => s * block.steps + k).filter((cell) => block.present[cell] === FLOAT)
      const best = bestCells(cells, keys, counts[k], rule)
      for (const cell of best) present[cell] = FLOAT
      if (instant) for (const cell of best) order.push(cell)
    }
  }
  const chosen = { ...block, present }
  if (instant && language === 'promql') return { type: 'vector', block: pickSeries(chosen, order), ordered: true }
  return { type: 'vector', block: chosen, ordered: operand.ordered }
}

/** The parameters as whole numbers; throws upstream's errors for what is none. */
export function wholeSizes(values: Float64Array): readonly number[] {
  return Array.from(values, wholeSize)
}

function wholeSize(value: number): number {
  if (Number.isNaN(value)) throw executionError('Parameter value is NaN')
  if (value >= 2 ** 63) throw executionError(`Scalar value ${exponentText(value)} overflows int64`)
  if (value <= -(2 ** 63)) throw executionError(`Scalar value ${exponentText(value)} underflows int64`)
  return Math.trunc(value)
}

/** As Go prints a number this large. */
function exponentText(value: number): string {
  return Number.isFinite(value) ? value.toExponential() : formatDecimal(value)
}

/** Which elements go first. Elements are cells; of equal keys the lower cell comes first in the input. */
interface RankRule {
  /** The order of the heap: `a` is nearer to being given up than `b`. */
  readonly worse: (keys: Float64Array, a: number, b: number) => boolean
  /** Whether the worst one held gives its place to a newcomer. */
  readonly yields: (keys: Float64Array, held: number, newcomer: number) => boolean
}

/** Upstream compares values alone, so the shape of its heap decides which of several equal ones is given up. */
const UPSTREAM_TIES: RankRule = {
  worse: (keys, a, b) => Number.isNaN(keys[a]) || keys[a] < keys[b],
  yields: (keys, held, newcomer) =>
    keys[held] < keys[newcomer] || (Number.isNaN(keys[held]) && !Number.isNaN(keys[newcomer])),
}

/** A total order: of equal ones the later is given up. */
const TIES_IN_ORDER: RankRule = {
  worse: (keys, a, b) => (descending(keys[a], keys[b]) || a - b) > 0,
  yields: (keys, held, newcomer) => (descending(keys[held], keys[newcomer]) || held - newcomer) > 0,
}

/** The `size` cells with the greatest keys, best first; NaN is the least. A binary heap holds the best, the worst on top. */
function bestCells(
  cells: readonly number[],
  keys: Float64Array,
  size: number,
  { worse, yields }: RankRule,
): readonly number[] {
  const heap: number[] = []
  for (const cell of cells) {
    if (heap.length < size) {
      heap.push(cell)
      liftLast(heap, (a, b) => worse(keys, a, b))
    } else if (size >= 1 && yields(keys, heap[0], cell)) {
      heap[0] = cell
      sinkFirst(heap, (a, b) => worse(keys, a, b))
    }
  }
  return heap.sort((a, b) => descending(keys[a], keys[b]))
}

function liftLast(heap: number[], worse: (a: number, b: number) => boolean): void {
  let at = heap.length - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if (!worse(heap[at], heap[above])) return
    swap(heap, at, above)
    at = above
  }
}

function sinkFirst(heap: number[], worse: (a: number, b: number) => boolean): void {
  let at = 0
  for (;;) {
    let below = 2 * at + 1
    if (below >= heap.length) return
    if (below + 1 < heap.length && worse(heap[below + 1], heap[below])) below++
    if (!worse(heap[below], heap[at])) return
    swap(heap, at, below)
    at = below
  }
}

function swap(heap: number[], a: number, b: number): void {
  const held = heap[a]
  heap[a] = heap[b]
  heap[b] = held
}

function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a === b ? 0 : b - a
}
