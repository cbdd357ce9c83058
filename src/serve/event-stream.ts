/**
 * The native stream: events of a query written to a response as SSE or NDJSON. The reader's pace is the query's pace:
 * the next event is asked for when the one before has been taken by the connection.
 */
import { once, type EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { QueryError } from '../model/error.js'
import type { QueryEvent } from '../model/event.js'
import { errorOf } from './api-error.js'
import { EventIds, eventJson, NO_ID } from './event-json.js'
import type { NumberStyle } from './result-json.js'

/** How events are written. */
export interface Framing {
  readonly headers: Readonly<Record<string, string>>
  readonly heartbeat: string
  /** How a stream goes on at another node; absent: it does not. */
  readonly wayOn?: string
  /** What an event is written as, in pieces; none: it is left out. */
  readonly text: (event: QueryEvent, id: string) => Iterable<string>
}

export const SSE_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }

const WAY_ON = 'ask another one with the id of this event as Last-Event-ID'

export function sseFraming(numbers: NumberStyle): Framing {
  return {
    headers: SSE_HEADERS,
    heartbeat: ': heartbeat\n\n',
    wayOn: WAY_ON,
    *text(event, id) {
      yield `event: ${event.type}\nid: ${id}\ndata: `
      yield* eventJson(event, id, numbers)
      yield '\n\n'
    },
  }
}

export function ndjsonFraming(numbers: NumberStyle): Framing {
  return {
    headers: { ...SSE_HEADERS, 'content-type': 'application/x-ndjson; charset=utf-8' },
    heartbeat: '{"type":"heartbeat"}\n',
    wayOn: WAY_ON,
    *text(event, id) {
      yield* eventJson(event, id, numbers)
      yield '\n'
    },
  }
}

/** Calls the action every so many milliseconds until the returned function is called. */
export type Every = (ms: number, action: () => void) => () => void

/** Of a response what a stream needs; `drain` is emitted when more can be written. */
export interface StreamResponse extends EventEmitter, Pick<ServerResponse, 'writableNeedDrain'> {
  writeHead(status: number, headers: Readonly<Record<string, string>>): { flushHeaders(): void }
  write(text: string): boolean
  end(): unknown
  destroy(error?: Error): unknown
}

export interface StreamTarget {
  readonly response: StreamResponse
  readonly framing: Framing
  readonly every: Every
  readonly heartbeatMs: number
  /** Aborts when the reader has gone. */
  readonly gone: AbortSignal
  /** Aborts when the node stops. */
  readonly stopping: AbortSignal
}

/** Events of which the first has been asked for already. */
interface BegunEvents {
  readonly first: Promise<IteratorResult<QueryEvent>>
  readonly rest: AsyncIterator<QueryEvent>
}

/**
 * The answer of a query, as a stream. `begin` is called once it is one: a failure before anything else throws, to be told in another way,
 * unless the query has been silent for too long. A reader that goes ends the query.
 */
export async function streamQuery(query: AsyncIterable<QueryEvent>, target: StreamTarget, begin: () => void): Promise<void> {
  const events = query[Symbol.asyncIterator]()
  const { gone, stopping, heartbeatMs, every } = target
  gone.addEventListener('abort', () => void Promise.resolve(events.return?.()).catch(() => {}), { once: true })
  const begun = { first: events.next(), rest: events }
  if (await speaksWithin(begun, heartbeatMs, every)) await refuseFailure(begun.first, stopping)
  begin()
  await writeEvents(begun, target)
}

/** An error before anything else is told by the HTTP status. */
async function refuseFailure(first: Promise<IteratorResult<QueryEvent>>, stopping: AbortSignal): Promise<void> {
  const { done, value } = await first
  if (done === true) throw new Error('the query gave no event')
  if (value.type === 'error') throw errorOf(new QueryError(value.error), stopping)
}

/** Whether the first event, or the failure in its place, is there within so many ms: until then a query may wait for its turn. */
async function speaksWithin({ first }: BegunEvents, ms: number, every: Every): Promise<boolean> {
  let stopTimer = (): void => {}
  const silence = new Promise<boolean>((resolve) => {
    stopTimer = every(ms, () => resolve(false))
  })
  const spoken = first.then(() => true, () => true)
  const outcome = await Promise.race([spoken, silence])
  stopTimer()
  return outcome
}

/**
 * Writes the first event and all that follow, and ends the response. A query that breaks off by throwing is told
 * as an `error` event, so that a stream never just stops. Does not throw; returns early once the reader has gone.
 */
async function writeEvents({ first, rest }: BegunEvents, target: StreamTarget): Promise<void> {
  const { response, gone } = target
  response.writeHead(200, target.framing.headers).flushHeaders()
  const writer = new EventWriter(target)
  const stopHeartbeat = target.every(target.heartbeatMs, () => writer.heartbeat())
  try {
    let event: QueryEvent | undefined = await nextEvent(first, target.stopping)
    while (event !== undefined && !gone.aborted) {
      await writer.write(event)
      event = event.type === 'end' || event.type === 'error' ? undefined : await nextEvent(rest.next(), target.stopping)
    }
    response.end()
  } catch (thrown) {
    if (!gone.aborted) response.destroy(thrown instanceof Error ? thrown : undefined)
  } finally {
    stopHeartbeat()
  }
}

async function nextEvent(next: Promise<IteratorResult<QueryEvent>>, stopping: AbortSignal): Promise<QueryEvent> {
  const event = await takeEvent(next)
  return stopping.aborted && event.type === 'error' ? { type: 'error', error: errorOf(event.error, stopping).toRecord() } : event
}

/** A stream that a stopping node ends says how it goes on. */
function withWayOn(event: QueryEvent, { wayOn }: Framing): QueryEvent {
  if (event.type !== 'error' || wayOn === undefined) return event
  return { ...event, error: { ...event.error, message: `${event.error.message}: ${wayOn}` } }
}

async function takeEvent(next: Promise<IteratorResult<QueryEvent>>): Promise<QueryEvent> {
  try {
    const { done, value } = await next
    if (done !== true) return value
    return { type: 'error', error: { code: 'internal', message: 'the query stopped without end or error' } }
  } catch (thrown) {
    return { type: 'error', error: QueryError.from(thrown).toRecord() }
  }
}

class EventWriter {
  readonly #target: StreamTarget
  readonly #ids = new EventIds()
  #writing = false

  constructor(target: StreamTarget) {
    this.#target = target
  }

  async write(event: QueryEvent): Promise<void> {
    const { framing, stopping } = this.#target
    const id = this.#ids.next(event)
    this.#writing = true
    const told = stopping.aborted && id !== NO_ID ? withWayOn(event, framing) : event
    for (const chunk of framing.text(told, id)) await this.#send(chunk)
    this.#writing = false
  }

  /** Between events only, and not to a reader that has not even taken what was sent. */
  heartbeat(): void {
    const { response, framing } = this.#target
    if (!this.#writing && !response.writableNeedDrain) response.write(framing.heartbeat)
  }

  async #send(text: string): Promise<void> {
    const { response, gone } = this.#target
    if (gone.aborted) throw gone.reason
    if (!response.write(text)) await once(response, 'drain', { signal: gone })
  }
}
