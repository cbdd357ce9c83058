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
  const worse = language === 'promql' ? UPSTREAM_TIES : TIES_IN_ORDER
  const instant = grid.stepMs === 0
  const present = new Uint8Array(block.present.length)
  const order: number[] = []
  for (const rows of membersOf(groupSeries(block.labels, grouping))) {
    const best = new BestCells(keys, counts, rows.length, worse)
    for (const s of rows) {
      for (let k = 0; k < block.steps; k++) if (block.present[s * block.steps + k] === FLOAT) best.offer(k, s * block.steps + k)
    }
    for (let k = 0; k < block.steps; k++) {
      const cells = best.at(k)
      for (const cell of cells) present[cell] = FLOAT
      if (instant) order.push(...cells.toSorted((a, b) => descending(keys[a], keys[b])))
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

/** The order of a heap: `a` is nearer to being given up than `b`. Elements are cells; of equal keys the lower one comes first in the input. */
type Worse = (keys: Float64Array, a: number, b: number) => boolean

/** Upstream compares values alone, so the shape of its heap decides which of several equal ones is given up. */
const UPSTREAM_TIES: Worse = (keys, a, b) => Number.isNaN(keys[a]) || keys[a] < keys[b]

/** A total order: of equal ones the later is given up. */
const TIES_IN_ORDER: Worse = (keys, a, b) => (descending(keys[a], keys[b]) || a - b) > 0

/**
 * The cells with the greatest keys at each step; NaN is the least. A binary heap a step holds the best so far, the worst on top. The heaps
 * of all steps stand in one array, so that a block is gone through series by series, as it lies in memory.
 */
class BestCells {
  readonly #keys: Float64Array
  readonly #sizes: Int32Array
  readonly #worse: Worse
  readonly #room: number
  readonly #heaps: Int32Array
  readonly #held: Int32Array

  /** `counts`: how many are wanted at each step, of at most `most`. */
  constructor(keys: Float64Array, counts: readonly number[], most: number, worse: Worse) {
    this.#keys = keys
    this.#sizes = Int32Array.from(counts, (count) => Math.min(Math.max(count, 0), most))
    this.#worse = worse
    this.#room = this.#sizes.reduce((a, b) => Math.max(a, b), 0)
    this.#heaps = new Int32Array(this.#room * counts.length)
    this.#held = new Int32Array(counts.length)
  }

  /** Cells of one step must come in ascending order. */
  offer(step: number, cell: number): void {
    const base = step * this.#room
    const held = this.#held[step]
    if (held < this.#sizes[step]) {
      this.#heaps[base + held] = cell
      this.#held[step] = held + 1
      this.#liftLast(base, held)
      return
    }
    if (held === 0) return
    const key = this.#keys[cell]
    const worst = this.#keys[this.#heaps[base]]
    // Equal to the worst is not enough, since it came later.
    if (!(worst < key) && !(Number.isNaN(worst) && !Number.isNaN(key))) return
    this.#heaps[base] = cell
    this.#sinkFirst(base, held)
  }

  /** The cells of a step, in no order that means anything to others. */
  at(step: number): Int32Array {
    return this.#heaps.subarray(step * this.#room, step * this.#room + this.#held[step])
  }

  #liftLast(base: number, last: number): void {
    let at = last
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#isWorse(base, at, above)) return
      this.#swap(base + at, base + above)
      at = above
    }
  }

  #sinkFirst(base: number, size: number): void {
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= size) return
      if (below + 1 < size && this.#isWorse(base, below + 1, below)) below++
      if (!this.#isWorse(base, below, at)) return
      this.#swap(base + at, base + below)
      at = below
    }
  }

  #isWorse(base: number, a: number, b: number): boolean {
    return this.#worse(this.#keys, this.#heaps[base + a], this.#heaps[base + b])
  }

  #swap(a: number, b: number): void {
    const held = this.#heaps[a]
    this.#heaps[a] = this.#heaps[b]
    this.#heaps[b] = held
  }
}

function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a === b ? 0 : b - a
}
