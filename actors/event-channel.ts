/**
 * The way of a query's events to its one reader: at most `eventsMax` wait here, and the last one beside them, so that
 * a reader that takes its time stalls the query and nothing grows. An event counts as unread until the reader asks for the next one: so long
 * it is being written. A reader that leaves (`return`) is told to `onLeft`.
 */
import { QueryError } from '../src/model/error.js'
import type { QueryEvent } from '../src/model/event.js'
import { bytesHeld } from './held-bytes.js'

/** What the channel tells its writer. */
export interface ChannelWatcher {
  /** A full channel has room again, or data has been read. */
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
  /** Taken, and perhaps still being written. */
  #taken: QueryEvent | undefined
  #unreadBytes = 0
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

  /** About how much memory the events take that the reader is not done with. */
  get unreadBytes(): number {
    return this.#unreadBytes
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
    this.#unreadBytes += bytesHeld(event)
    const waiting = this.#waiting
    if (waiting === undefined) {
      this.#events.push(event)
      return
    }
    this.#waiting = undefined
    this.#taken = event
    waiting({ done: false, value: event })
  }

  next(): Promise<Result> {
    const isDone = this.#doneWithData()
    const event = this.#events.shift()
    const room = event !== undefined && this.#events.length === this.#eventsMax - 1
    const result = event === undefined ? this.#wait() : Promise.resolve({ done: false as const, value: event })
    this.#taken ??= event
    if (!this.#closed && !this.#left && (room || isDone)) this.#watcher.onRoom()
    return result
  }

  #wait(): Promise<Result> {
    if (this.#closed || this.#left) return Promise.resolve({ done: true, value: undefined })
    if (this.#waiting !== undefined) {
      return Promise.reject(new QueryError({ code: 'internal', message: 'the events of a query are read one after the other' }))
    }
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  /** Who asks for the next event is done with the one before; whether that was data. */
  #doneWithData(): boolean {
    const taken = this.#taken
    if (taken === undefined) return false
    this.#taken = undefined
    this.#unreadBytes -= bytesHeld(taken)
    return taken.type === 'data'
  }

  return(): Promise<Result> {
    this.#events = []
    this.#taken = undefined
    this.#unreadBytes = 0
    this.#waiting?.({ done: true, value: undefined })
    this.#waiting = undefined
    if (!this.#left && !this.#closed) this.#watcher.onLeft()
    this.#left = true
    return Promise.resolve({ done: true, value: undefined })
  }
}
