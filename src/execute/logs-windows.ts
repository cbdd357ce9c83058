/**
 * Counts and sums of entries in the windows of consecutive steps. An entry belongs to a run of steps, so it is noted where
 * the run begins and taken off where it ends; sums along the steps then give every window. All of it is whole numbers
 * below 2^53, so that no order of adding and no cut of the steps changes a value.
 */

import { checkLimit, type Limits } from '../model/limits.js'
import type { NanoWindows } from '../model/nano-windows.js'

const EXACT_MAX = 2n ** 53n
const WORD = 4294967296

/** Steps whose windows hold an instant: [first, last], empty where first > last. */
export class StepFinder {
  first = 0
  last = -1
  readonly #windows: NanoWindows
  readonly #high: number
  readonly #low: number
  readonly #step: number
  readonly #range: number
  readonly #exact: boolean

  constructor(windows: NanoWindows) {
    const { end, step, range, count } = windows
    this.#windows = windows
    this.#high = Number(end >> 32n)
    this.#low = Number(BigInt.asUintN(32, end))
    this.#step = Number(step)
    this.#range = Number(range)
    this.#exact = 2n * range + step * BigInt(count + 1) < EXACT_MAX
  }

  /** `words`: times as pairs of 32-bit words, low before high, of instants within the reach of the windows. */
  find(words: Int32Array, row: number): void {
    const { count, step } = this.#windows
    const high = words[2 * row + 1]
    const low = words[2 * row] >>> 0
    if (step === 0n) {
      this.first = 0
      this.last = count - 1
    } else if (this.#exact) {
      const behind = (high - this.#high) * WORD + (low - this.#low)
      this.first = Math.max(0, ceilDivide(behind, this.#step))
      this.last = Math.min(count, ceilDivide(behind + this.#range, this.#step)) - 1
    } else {
      const behind = (BigInt(high) << 32n) + BigInt(low) - this.#windows.end
      this.first = Math.max(0, Number(ceilDivideBig(behind, step)))
      this.last = Math.min(count, Number(ceilDivideBig(behind + this.#windows.range, step))) - 1
    }
  }
}

/** The quotient is rounded, so it is set right by a product, which is exact. */
function ceilDivide(a: number, b: number): number {
  const quotient = Math.ceil(a / b)
  if ((quotient - 1) * b >= a) return quotient - 1
  return quotient * b < a ? quotient + 1 : quotient
}

function ceilDivideBig(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return quotient * b < a ? quotient + 1n : quotient
}

const ROWS_AT_FIRST = 16

/** One row of steps for each series: how many entries, and the sum of their weights. Throws `limit_exceeded` beyond unitPointsMax. */
export class WindowSums {
  readonly #steps: number
  readonly #weighted: boolean
  readonly #limits: Pick<Limits, 'unitPointsMax'>
  #capacity: number
  #counts: Float64Array
  #weights: Float64Array

  constructor(steps: number, kind: 'counted' | 'weighted', limits: Pick<Limits, 'unitPointsMax'>) {
    this.#steps = steps
    this.#limits = limits
    this.#capacity = Math.max(1, Math.min(ROWS_AT_FIRST, Math.floor(limits.unitPointsMax / Math.max(1, steps))))
    this.#weighted = kind === 'weighted'
    this.#counts = new Float64Array(this.#capacity * steps)
    this.#weights = new Float64Array(this.#weighted ? this.#capacity * steps : 0)
  }

  /** Adds entries to the steps [first, last] of a series; `weight` is that of all of them. */
  add(series: number, first: number, last: number, entries: number, weight: number): void {
    if (series >= this.#capacity) this.#grow(series + 1)
    const row = series * this.#steps
    this.#counts[row + first] += entries
    if (last + 1 < this.#steps) this.#counts[row + last + 1] -= entries
    if (!this.#weighted) return
    this.#weights[row + first] += weight
    if (last + 1 < this.#steps) this.#weights[row + last + 1] -= weight
  }

  /** Writes the sums (or counts) of a series, divided, and which steps have any entry. */
  finish(series: number, divisor: number, values: Float64Array, present: Uint8Array): void {
    const row = series * this.#steps
    let count = 0
    let weight = 0
    for (let k = 0; k < this.#steps; k++) {
      count += this.#counts[row + k]
      if (this.#weighted) weight += this.#weights[row + k]
      present[k] = count > 0 ? 1 : 0
      values[k] = count > 0 ? (this.#weighted ? weight : count) / divisor : 0
    }
  }

  #grow(rows: number): void {
    checkLimit(this.#limits, 'unitPointsMax', rows * this.#steps)
    this.#capacity = Math.max(rows, Math.min(this.#capacity * 2, Math.floor(this.#limits.unitPointsMax / this.#steps)))
    this.#counts = grown(this.#counts, this.#capacity * this.#steps)
    if (this.#weighted) this.#weights = grown(this.#weights, this.#capacity * this.#steps)
  }
}

function grown(array: Float64Array, size: number): Float64Array {
  const larger = new Float64Array(size)
  larger.set(array)
  return larger
}
