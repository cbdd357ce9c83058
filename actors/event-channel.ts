/**
 * The way of a query's events to its one reader: at most `eventsMax` wait here, and the last one beside them, so that
 * a reader that takes its time stalls the query and nothing grows. A reader that leaves (`return`) is told to `onLeft`.
 */
import { QueryError } from '../src/model/error.js'
import type { QueryEvent } from '../src/model/event.js'

/** What the channel tells its writer. */
export interface ChannelWatcher {
  /** A full channel has room again. */
  onRoom(): void
  /** The reader left before the last event. */
  onLeft(): void
  /** The last event is in the channel. */
  onClosed(): void
}

type Result = IteratorResult<QueryEvent, undefined>

export class EventChannel implements AsyncIterator<QueryEvent, undefined> {
  readonly #eventsMax: number
  readonly #watcher: ChannelWatcher
  #events: QueryEvent[] = []
  #waiting: ((result: Result) => void) | undefined
  #closed = false
  #left = false

  constructor(eventsMax: number, watcher: ChannelWatcher) {
    this.#eventsMax = eventsMax
    this.#watcher = watcher
  }

  /** How many events may be put now. */
  get room(): number {
    return this.#closed || this.#left ? 0 : Math.max(0, this.#eventsMax - this.#events.length)
  }

  /** Must not be called without room. */
  put(event: QueryEvent): void {
    if (this.room === 0) throw new QueryError({ code: 'internal', message: 'the event channel has no room' })
    this.#hand(event)
  }

  /** The last event; there is always room for it. A second last event is not taken: the first has told the outcome. */
  close(last: QueryEvent): void {
    if (this.#closed) return
    this.#closed = true
    this.#hand(last)
    this.#watcher.onClosed()
  }

  #hand(event: QueryEvent): void {
    if (this.#left) return
    const waiting = this.#waiting
    if (waiting === undefined) {
      this.#events.push(event)
      return
    }
    this.#waiting = undefined
    waiting({ done: false, value: event })
  }

  next(): Promise<Result> {
    const event = this.#events.shift()
    if (event !== undefined) {
      if (!this.#closed && this.#events.length === this.#eventsMax - 1) this.#watcher.onRoom()
      return Promise.resolve({ done: false, value: event })
    }
    if (this.#closed || this.#left) return Promise.resolve({ done: true, value: undefined })
    if (this.#waiting !== undefined) {
      return Promise.reject(new QueryError({ code: 'internal', message: 'the events of a query are read one after the other' }))
    }
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  return(): Promise<Result> {
    this.#events = []
    this.#waiting?.({ done: true, value: undefined })
    this.#waiting = undefined
    if (!this.#left && !this.#closed) this.#watcher.onLeft()
    this.#left = true
    return Promise.resolve({ done: true, value: undefined })
  }
}
