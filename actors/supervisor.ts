/** What happens after an actor has failed: it ends, or it is made anew with back-off until it has failed too often. */
import type { Limits } from '../src/model/limits.js'

/** `end`: a failure is the end (a query answers its error). `restart`: a new actor takes over the mailbox. */
export type FailurePolicy = 'end' | 'restart'

/** The failures of one actor that are recent enough to count. */
export class Restarts {
  readonly #limits: Limits
  #failedAt: number[] = []

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Milliseconds to wait before the actor is made anew, or undefined: it has failed too often, give up. */
  next(nowMs: number, random: number): number | undefined {
    const since = nowMs - this.#limits.actorRestartWindowMs
    this.#failedAt = [...this.#failedAt.filter((at) => at > since), nowMs]
    if (this.#failedAt.length > this.#limits.actorRestartsMax) return undefined
    return backoffMs(this.#limits, this.#failedAt.length, random)
  }
}

/**
 * How long to wait before attempt `failures + 1`: doubles from retryBackoffMs to retryBackoffMaxMs,
 * spread over its upper half by `random` in [0, 1) so that many do not try again at one moment.
 */
export function backoffMs(limits: Limits, failures: number, random: number): number {
  const full = Math.min(limits.retryBackoffMs * 2 ** (failures - 1), limits.retryBackoffMaxMs)
  return full * (0.5 + random / 2)
}
