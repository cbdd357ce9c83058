/** Functions that need the values of a window in order: it is kept while the window slides, since neighbours share most of their samples. */
import type { RangeKernel } from '../define.js'
import { isBefore, sortNumbers, sortedQuantile } from './quantile.js'

/** The values of one window, ascending; NaN are only counted. */
export interface SortedValues {
  readonly values: Float64Array
  readonly size: number
  readonly nans: number
}

/** Sliding in and out a sample costs about as much as this part of sorting the window. */
const MOVES_PER_SORT = 6
/** Up to so many values are moved one by one. */
const FEW = 24

/** A window whose order is kept. Which samples it holds decides what it is, to the bit; how it came to them does not. */
class SortedWindow implements SortedValues {
  readonly values: Float64Array
  size = 0
  nans = 0

  constructor(capacity: number) {
    this.values = new Float64Array(capacity)
  }

  fill(samples: Float64Array): void {
    const part = this.values.subarray(0, samples.length)
    part.set(samples)
    this.nans = sortNumbers(part)
    this.size = samples.length - this.nans
  }

  add(value: number): void {
    if (value !== value) {
      this.nans++
      return
    }
    const { values } = this
    const at = this.#placeOf(value)
    if (this.size - at > FEW) values.copyWithin(at + 1, at, this.size)
    else for (let i = this.size; i > at; i--) values[i] = values[i - 1]
    values[at] = value
    this.size++
  }

  remove(value: number): void {
    if (value !== value) {
      this.nans--
      return
    }
    const { values } = this
    const at = this.#placeOf(value)
    const last = --this.size
    if (last - at > FEW) values.copyWithin(at, at + 1, last + 1)
    else for (let i = at; i < last; i++) values[i] = values[i + 1]
  }

  /** The first place whose value is not before this one. */
  #placeOf(value: number): number {
    const { values } = this
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(values[middle], value)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** A kernel over the sorted values of each window with a sample. */
export function overSorted(evaluate: (window: SortedValues, args: readonly number[]) => number): RangeKernel {
  return ({ t, v, start, end }, windows, args, out, present, at) => {
    const window = new SortedWindow(end - start)
    let from = start
    let to = start
    let value = NaN
    for (let k = 0; k < windows.count; k++) {
      const windowEnd = windows.firstEnd + k * windows.step
      const [oldFrom, oldTo] = [from, to]
      while (to < end && t[to] <= windowEnd) to++
      while (from < to && t[from] <= windowEnd - windows.range) from++
      if (from === to) continue
      const moves = to - oldTo + (from - oldFrom)
      if (moves > 0) {
        if (from >= oldTo || moves * MOVES_PER_SORT > to - from) window.fill(v.subarray(from, to))
        else {
          for (let i = oldFrom; i < from; i++) window.remove(v[i])
          for (let i = oldTo; i < to; i++) window.add(v[i])
        }
        value = evaluate(window, args)
      }
      out[at + k] = value
      present[at + k] = 1
    }
  }
}

export function quantileOf({ values, size, nans }: SortedValues, [phi]: readonly number[]): number {
  return sortedQuantile(phi, values, size, nans)
}

/** The median of the distances from the median. NaN where any value is. */
export function medianDeviation(window: SortedValues): number {
  const { values, size, nans } = window
  if (nans > 0) return NaN
  const median = sortedQuantile(0.5, values, size, 0)
  const rank = 0.5 * (size - 1)
  if (!Number.isFinite(median)) return deviationFrom(median, values.slice(0, size))
  // Distances ascend on both sides away from the median: the least of them are merged up to the middle one.
  let right = 0
  while (right < size && values[right] < median) right++
  let left = right - 1
  let low = 0
  let high = 0
  const lower = Math.floor(rank)
  for (let taken = 0; taken <= Math.min(size - 1, lower + 1); taken++) {
    const toLeft = left < 0 ? Infinity : median - values[left]
    const toRight = right === size ? Infinity : values[right] - median
    low = taken <= lower ? Math.min(toLeft, toRight) : low
    high = Math.min(toLeft, toRight)
    if (right === size || (left >= 0 && toLeft <= toRight)) left--
    else right++
  }
  const weight = rank - lower
  return low * (1 - weight) + high * weight
}

/** Of a median that is infinite: distances from it are, or are not numbers. */
function deviationFrom(median: number, values: Float64Array): number {
  const distances = values.map((value) => Math.abs(value - median))
  const nans = sortNumbers(distances)
  return sortedQuantile(0.5, distances, distances.length - nans, nans)
}
