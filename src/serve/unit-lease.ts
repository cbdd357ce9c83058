/**
 * One unit at work for another node. The request is the lease: the unit runs for as long as the connection holds and no longer, and its frames
 * go out as the connection takes them.
 */
import { once, type EventEmitter } from 'node:events'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { UnitHost } from '../model/cluster.js'
import { badQuery, type ErrorRecord } from '../model/error.js'
import type { WorkUnit } from '../model/plan.js'
import { aliveFrame, errorFrame, resultFrames } from '../wire/wire.js'
import { errorOf } from './api-error.js'
import type { Every } from './event-stream.js'
import type { Signals } from './in-flight.js'
import { UNIT_HEADERS, UNIT_TYPE, versionText } from './unit-exchange.js'

/** Of a response what a lease needs; `drain` is emitted when more can be written. */
export interface LeaseResponse extends EventEmitter, Pick<ServerResponse, 'destroyed' | 'writableNeedDrain'> {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  write(bytes: Uint8Array): boolean
  end(): unknown
  destroy(): unknown
}

/** Why a node of this version takes no unit of whoever sent the headers; undefined if it does. */
export function versionRefusal(headers: IncomingHttpHeaders, version: string): string | undefined {
  const theirs = headerOf(headers, UNIT_HEADERS.version)
  const ours = versionText(version)
  if (theirs === ours) return undefined
  return `this node runs ${ours} and takes no units from ${theirs === '' ? 'a node without version' : theirs}: run the same version everywhere`
}

/** Throws `bad_query` for what is no number. */
export function firstFrameWanted(headers: IncomingHttpHeaders): number {
  const text = headerOf(headers, UNIT_HEADERS.fromFrame)
  if (!/^\d{1,9}$/.test(text)) throw badQuery(`${UNIT_HEADERS.fromFrame} must be the number of a frame, is ${JSON.stringify(text)}`)
  return Number(text)
}

/** One unit at work for another node. */
export class UnitLease {
  readonly #response: LeaseResponse
  readonly #unit: WorkUnit
  /** The number of the next frame. */
  #next: number
  readonly #from: number
  readonly #abort = new AbortController()

  constructor(response: LeaseResponse, unit: WorkUnit, from: number) {
    this.#response = response
    this.#unit = unit
    this.#from = this.#next = from
  }

  /** Ends the response, or cuts its connection where not even an error can be told. Does not throw. */
  async work(host: UnitHost, { signal, stopping }: Pick<Signals, 'signal' | 'stopping'>, every: Every): Promise<void> {
    const response = this.#response
    const { unitHeartbeatMs, unitDeadlineMs } = this.#unit.limits
    const end = (): void => this.#abort.abort()
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    // A reader that takes nothing would hold a result for ever.
    const stopDeadline = every(unitDeadlineMs, () => response.destroy())
    response.writeHead(200, { 'content-type': UNIT_TYPE, 'cache-control': 'no-store' })
    this.#alive()
    const stopHeartbeat = every(unitHeartbeatMs, () => this.#alive())
    try {
      const result = await host.runUnit(this.#unit, this.#abort.signal)
      stopHeartbeat()
      for (const frame of resultFrames(result, this.#unit.limits, this.#from)) await this.#send(frame)
    } catch (thrown) {
      stopHeartbeat()
      this.#tell(errorOf(thrown, stopping).toRecord())
    } finally {
      stopDeadline()
      signal.removeEventListener('abort', end)
    }
    response.end()
  }

  #alive(): void {
    if (!this.#response.writableNeedDrain && !this.#response.destroyed) this.#response.write(aliveFrame(this.#next))
  }

  #tell(error: ErrorRecord): void {
    if (!this.#response.destroyed) this.#response.write(errorFrame(this.#next, error))
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const { signal } = this.#abort
    signal.throwIfAborted()
    this.#next++
    if (!this.#response.write(bytes)) await once(this.#response, 'drain', { signal })
  }
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}
