/** The requests that a server works on: each can be told that its client has gone or that the node stops. */
import type { ServerResponse } from 'node:http'
import type { Every } from './event-stream.js'

export interface Signals {
  /** Aborts with either of the others. */
  readonly signal: AbortSignal
  /** Aborts when the client has gone, and at the end of every response. */
  readonly gone: AbortSignal
  /** Aborts when the node stops. */
  readonly stopping: AbortSignal
}

export class InFlight {
  /** What runs, and how to end it. Not AbortSignal.any with one signal for all: that keeps a trace of every request for ever. */
  readonly #running = new Map<Promise<unknown>, AbortController>()
  readonly #stopping = new AbortController()

  run<T>(response: ServerResponse, work: (signals: Signals) => Promise<T>): Promise<T> {
    const either = new AbortController()
    const gone = new AbortController()
    if (this.#stopping.signal.aborted) either.abort()
    response.once('close', () => {
      gone.abort()
      either.abort()
    })
    const done = work({ signal: either.signal, gone: gone.signal, stopping: this.#stopping.signal })
    this.#running.set(done, either)
    const forget = (): void => void this.#running.delete(done)
    done.then(forget, forget)
    return done
  }

  /** Ends what runs; resolves when it has ended, or after `graceMs`. */
  async stop(graceMs: number, every: Every): Promise<void> {
    this.#stopping.abort()
    for (const either of this.#running.values()) either.abort()
    let stopTimer = (): void => {}
    const grace = new Promise<void>((resolve) => {
      stopTimer = every(graceMs, resolve)
    })
    await Promise.race([Promise.allSettled(this.#running.keys()), grace])
    stopTimer()
  }
}
