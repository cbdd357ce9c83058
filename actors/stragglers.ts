/** How long the units of a group take, and which of those that run are far behind. */
import type { Limits } from '../src/model/limits.js'

/** So many units of a group must have ended before any is called slow. */
const ENDED_MIN = 3

export class Stragglers {
  readonly #limits: Pick<Limits, 'hedgeAfterMs' | 'hedgeAfterMedians'>
  /** ms of the units that have ended, by query and group. */
  readonly #ended = new Map<string, Map<number, number[]>>()

  constructor(limits: Pick<Limits, 'hedgeAfterMs' | 'hedgeAfterMedians'>) {
    this.#limits = limits
  }

  ended(queryId: string, group: number, ms: number): void {
    const groups = this.#ended.get(queryId) ?? new Map<number, number[]>()
    this.#ended.set(queryId, groups)
    const times = groups.get(group) ?? []
    groups.set(group, times)
    times.push(ms)
  }

  /** Whether a unit that has run for so long is far over the median of its group. */
  isOne(queryId: string, group: number, ms: number): boolean {
    const times = this.#ended.get(queryId)?.get(group) ?? []
    if (times.length < ENDED_MIN || ms < this.#limits.hedgeAfterMs) return false
    const median = times.toSorted((a, b) => a - b)[times.length >> 1]
    return ms > median * this.#limits.hedgeAfterMedians
  }

  forget(queryId: string): void {
    this.#ended.delete(queryId)
  }
}
