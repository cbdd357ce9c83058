/** A block whose series are found while its values are. */
import { ABSENT, FLOAT, HISTOGRAM, seriesBlock, withHistograms, type SeriesBlock } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import { labelsKey, type Labels } from '../model/labels.js'
import { checkLimit, type Limits } from '../model/limits.js'
import type { Sample } from './sample-operators.js'

/** A mark of `present` for a place that is taken and has no value. */
const CLAIMED = 3

/** Series are added by their labels, one row for each set; memory doubles as they come, up to limits.querySeriesMax rows. */
export class RowBuilder {
  readonly #steps: number
  readonly #limits: Limits
  readonly #labels: Labels[] = []
  readonly #rows = new Map<string, number>()
  readonly #histograms = new Map<number, NativeHistogram>()
  #values: Float64Array<ArrayBuffer>
  #present: Uint8Array<ArrayBuffer>

  constructor(steps: number, rowsExpected: number, limits: Limits) {
    this.#steps = steps
    this.#limits = limits
    this.#values = new Float64Array(steps * Math.max(rowsExpected, 1))
    this.#present = new Uint8Array(this.#values.length)
  }

  /** The row of a label set, added if it is new. */
  row(labels: Labels): number {
    const key = labelsKey(labels)
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    checkLimit(this.#limits, 'querySeriesMax', this.#labels.length + 1)
    const row = this.#labels.push(labels) - 1
    this.#rows.set(key, row)
    if ((row + 1) * this.#steps > this.#values.length) this.#grow()
    return row
  }

  /** Takes a place, with or without a value to come; false if it was taken before. */
  claim(row: number, step: number): boolean {
    const at = row * this.#steps + step
    if (this.#present[at] !== ABSENT) return false
    this.#present[at] = CLAIMED
    return true
  }

  get(row: number, step: number): number {
    return this.#values[row * this.#steps + step]
  }

  set(row: number, step: number, value: number): void {
    this.#values[row * this.#steps + step] = value
    this.#present[row * this.#steps + step] = FLOAT
  }

  setSample(row: number, step: number, sample: Sample): void {
    if (typeof sample === 'number') return this.set(row, step, sample)
    this.#present[row * this.#steps + step] = HISTOGRAM
    this.#histograms.set(row * this.#steps + step, sample)
  }

  block(): SeriesBlock {
    const size = this.#labels.length * this.#steps
    const present = this.#present.slice(0, size).map((mark) => (mark === CLAIMED ? ABSENT : mark))
    const shape = seriesBlock([], this.#steps)
    return { ...shape, labels: this.#labels, values: this.#values.slice(0, size), present, ...withHistograms(this.#histograms) }
  }

  #grow(): void {
    const values = new Float64Array(this.#values.length * 2)
    values.set(this.#values)
    this.#values = values
    const present = new Uint8Array(values.length)
    present.set(this.#present)
    this.#present = present
  }
}
