/**
 * What a coordinator has to say and its channel has no room for yet: a pure machine that holds the events of one group at most,
 * and puts them in their order. Progress is told beside them, from time to time, where there is room.
 */
import type { ProgressEvent, QueryEvent } from '../src/model/event.js'
import type { Limits } from '../src/model/limits.js'
import type { EventChannel } from './event-channel.js'

export class Outbox {
  readonly #channel: EventChannel
  readonly #limits: Pick<Limits, 'progressEveryMs'>
  #events: QueryEvent[] = []
  #progressAt: number

  constructor(channel: EventChannel, limits: Pick<Limits, 'progressEveryMs'>, nowMs: number) {
    this.#channel = channel
    this.#limits = limits
    this.#progressAt = nowMs
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  add(...events: readonly QueryEvent[]): void {
    this.#events.push(...events)
  }

  /** Puts as many as the channel has room for, and gives them. A reader that waits takes one without using up room. */
  emit(): readonly QueryEvent[] {
    const put: QueryEvent[] = []
    for (let next = this.#events[0]; next !== undefined && this.#channel.room > 0; next = this.#events[0]) {
      this.#events = this.#events.slice(1)
      this.#channel.put(next)
      put.push(next)
    }
    return put
  }

  /** Left out where it would take the last room: progress must not hold up data. */
  tellProgress(progress: () => ProgressEvent, nowMs: number): void {
    if (nowMs - this.#progressAt < this.#limits.progressEveryMs || this.#channel.room < 2) return
    this.#progressAt = nowMs
    this.#channel.put(progress())
  }
}
