/** How much of something there is up to a time, from the statistics of segments: each is taken as spread evenly over its time. */
import type { Reach } from './reach.js'

/** `T`: a segment, or whatever else has a time; both of its ends are inclusive. */
export class Density<T extends Reach = Reach> {
  /** Where the density changes, ascending, with what there is before, and the density behind it. */
  readonly #edges: readonly bigint[]
  readonly #before: Float64Array
  readonly #density: Float64Array

  constructor(segments: readonly T[], amountOf: (segment: T) => number) {
    const changes = new Map<bigint, { density: number; living: number }>()
    const change = (at: bigint, density: number, living: number): void => {
      const known = changes.get(at) ?? { density: 0, living: 0 }
      changes.set(at, { density: known.density + density, living: known.living + living })
    }
    for (const segment of segments) {
      const density = amountOf(segment) / Number(segment.timeMax - segment.timeMin + 1n)
      change(segment.timeMin, density, 1)
      change(segment.timeMax + 1n, -density, -1)
    }
    this.#edges = [...changes.keys()].sort((a, b) => (a < b ? -1 : Number(a > b)))
    this.#before = new Float64Array(this.#edges.length)
    this.#density = new Float64Array(this.#edges.length)
    let living = 0
    this.#edges.forEach((edge, at) => {
      const known = changes.get(edge) ?? { density: 0, living: 0 }
      const behind = at === 0 ? 0 : this.#density[at - 1]
      living += known.living
      // What is left of sums that should be nothing must not add up over the years in between.
      this.#density[at] = living === 0 ? 0 : Math.max(0, behind + known.density)
      this.#before[at] = at === 0 ? 0 : this.#before[at - 1] + behind * Number(edge - this.#edges[at - 1])
    })
  }

  /** What lies before the time. */
  before(time: bigint): number {
    const at = this.#lastAt(time)
    return at < 0 ? 0 : this.#before[at] + this.#density[at] * Number(time - this.#edges[at])
  }

  within({ timeMin, timeMax }: Reach): number {
    return timeMax < timeMin ? 0 : this.before(timeMax + 1n) - this.before(timeMin)
  }

  /** The first time in [from, to] before which there is so much; `to` if there is none. */
  timeOf(amount: number, from: bigint, to: bigint): bigint {
    let [low, high] = [from, to]
    while (low < high) {
      const middle = low + (high - low) / 2n
      if (this.before(middle) >= amount) high = middle
      else low = middle + 1n
    }
    return low
  }

  /** The place of the last edge at or before the time; -1: there is none. */
  #lastAt(time: bigint): number {
    let [low, high] = [0, this.#edges.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#edges[middle] <= time) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
