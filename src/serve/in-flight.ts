/** The requests that a server works on: each can be told that its client has gone or that the node stops. */
import type { QueryError } from '../model/error.js'
import type { Every } from './event-stream.js'

/** A response, as far as it matters here. */
export interface Closable {
  once(event: 'close', listener: () => void): unknown
}

export interface Signals {
  /** Aborts with either of the others. */
  readonly signal: AbortSignal
  /** Aborts when the client has gone, and at the end of every response. */
  readonly gone: AbortSignal
  /** Aborts when the node stops; its reason is the error that all that runs then ends with. */
  readonly stopping: AbortSignal
}

export class InFlight {
  /** What runs, and how to end it. Not AbortSignal.any with one signal for all: that keeps a trace of every request for ever. */
  readonly #running = new Map<Promise<unknown>, AbortController>()
  /** Responses that are not yet with their clients, each with a promise for that. */
  readonly #open = new Map<Closable, Promise<void>>()
  readonly #stopping = new AbortController()

  run<T>(response: Closable, work: (signals: Signals) => Promise<T>): Promise<T> {
    const either = new AbortController()
    const gone = new AbortController()
    if (this.#stopping.signal.aborted) either.abort()
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        this.#open.delete(response)
        gone.abort()
        either.abort()
        resolve()
      })
    })
    this.#open.set(response, closed)
    const done = work({ signal: either.signal, gone: gone.signal, stopping: this.#stopping.signal })
    this.#running.set(done, either)
    const forget = (): void => void this.#running.delete(done)
    done.then(forget, forget)
    return done
  }

  /** Resolves when all that runs now has been answered to the last byte, or after `ms`. */
  finish(ms: number, every: Every): Promise<void> {
    return atMost(ms, every, [...this.#open.values()])
  }

  /** Ends what runs, for the reason; resolves when it has ended, or after `graceMs`. */
  stop(reason: QueryError, graceMs: number, every: Every): Promise<void> {
    this.#stopping.abort(reason)
    for (const either of this.#running.values()) either.abort()
    return atMost(graceMs, every, [...this.#running.keys()])
  }
}

async function atMost(ms: number, every: Every, work: readonly Promise<unknown>[]): Promise<void> {
  let stopTimer = (): void => {}
  const over = new Promise<void>((resolve) => {
    stopTimer = every(ms, resolve)
  })
  await Promise.race([Promise.allSettled(work), over])
  stopTimer()
}
