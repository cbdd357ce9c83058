/** Rows of accumulator state, one row of steps per group of series, growing as groups appear; at the end a block. */
import type { AccumulatorState, Cells } from '../language/language.js'
import { withHistograms, type SeriesBlock } from '../model/block.js'
import type { HistogramTotal, NativeHistogram } from '../model/histogram.js'
import type { Labels } from '../model/labels.js'
import { checkLimit, type Limits } from '../model/limits.js'

const ABSENT = -1
const ROWS_AT_FIRST = 16
const POINTS_AT_FIRST = 1 << 16

export class StateRows {
  readonly #steps: number
  readonly #names: readonly string[]
  readonly #limits: Pick<Limits, 'unitPointsMax'>
  #capacity: number
  #values: Float64Array<ArrayBuffer>
  #present: Uint8Array<ArrayBuffer>
  #columns: Float64Array<ArrayBuffer>[]
  #state: AccumulatorState
  readonly #labels: Labels[] = []
  readonly #histograms = new Map<number, NativeHistogram>()
  readonly #totals = new Map<number, HistogramTotal>()
  /** Row of each group, so that groups without any value leave no row. */
  readonly #rows: number[] = []

  /** Adding a row throws `limit_exceeded` once rows times steps are more than unitPointsMax. */
  constructor(columnNames: readonly string[], steps: number, limits: Pick<Limits, 'unitPointsMax'>) {
    this.#steps = steps
    this.#limits = limits
    this.#capacity = Math.max(1, Math.min(ROWS_AT_FIRST, Math.floor(POINTS_AT_FIRST / Math.max(1, steps))))
    this.#names = columnNames
    this.#values = new Float64Array(this.#capacity * steps)
    this.#present = new Uint8Array(this.#capacity * steps)
    this.#columns = columnNames.map(() => new Float64Array(this.#capacity * steps))
    this.#state = { values: this.#values, present: this.#present, columns: this.#columns, totals: this.#totals }
  }

  /** Valid until the next row is added. */
  state(): AccumulatorState {
    return this.#state
  }

  /** Where the steps of a group begin in the state; ask before `state()`, since a new group may move it. */
  rowOf(group: number, labels: readonly Labels[]): number {
    while (this.#rows.length <= group) this.#rows.push(ABSENT)
    if (this.#rows[group] === ABSENT) this.#rows[group] = this.#newRow(labels[group])
    return this.#rows[group] * this.#steps
  }

  /** A series by itself. */
  append(labels: Labels, { values, present, histograms }: Cells): void {
    const at = this.#newRow(labels) * this.#steps
    this.#values.set(values, at)
    this.#present.set(present, at)
    for (const [cell, histogram] of histograms) this.#histograms.set(at + cell, histogram)
  }

  #newRow(labels: Labels): number {
    checkLimit(this.#limits, 'unitPointsMax', (this.#labels.length + 1) * this.#steps)
    if (this.#labels.length === this.#capacity) this.#grow()
    this.#labels.push(labels)
    return this.#labels.length - 1
  }

  #grow(): void {
    this.#capacity *= 2
    const size = this.#capacity * this.#steps
    this.#values = grown(this.#values, new Float64Array(size))
    this.#present = grown(this.#present, new Uint8Array(size))
    this.#columns = this.#columns.map((column) => grown(column, new Float64Array(size)))
    this.#state = { values: this.#values, present: this.#present, columns: this.#columns, totals: this.#totals }
  }

  toBlock(): SeriesBlock {
    const size = this.#labels.length * this.#steps
    return {
      kind: 'series',
      steps: this.#steps,
      labels: this.#labels,
      values: this.#values.slice(0, size),
      present: this.#present.slice(0, size),
      columns: Object.fromEntries(this.#names.map((name, at) => [name, this.#columns[at].slice(0, size)])),
      ...withHistograms(this.#histograms),
      ...(this.#totals.size === 0 ? {} : { totals: this.#totals }),
    }
  }
}

function grown<A extends Float64Array | Uint8Array>(from: A, into: A): A {
  into.set(from)
  return into
}
