/**
 * Units for other nodes. The request is the lease: the unit runs for as long as the connection holds and no longer, and its frames go out as
 * the connection takes them.
 */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { UnitHost } from '../model/cluster.js'
import { badQuery, QueryError, type ErrorRecord } from '../model/error.js'
import { checkLimit, type Limits } from '../model/limits.js'
import type { WorkUnit } from '../model/plan.js'
import { isKeyOf } from '../storage/storage.js'
import { aliveFrame, errorFrame, readUnitRequest, resultFrames } from '../wire/wire.js'
import { errorOf, nativeError } from './api-error.js'
import type { Every } from './event-stream.js'
import type { Exchange, Route } from './exchange.js'
import { checkToken, clusterToken, UNIT_HEADERS, UNIT_TYPE, UNITS_PATH, versionText, type UnitServing } from './unit-exchange.js'

export function unitRoute({ host, secret, version }: UnitServing, limits: Limits, every: Every): Route {
  const token = clusterToken(secret)
  const handle = async (exchange: Exchange): Promise<FastifyReply> => {
    const { request, reply } = exchange
    checkToken(request.headers, token)
    const theirs = headerOf(request, UNIT_HEADERS.version)
    const ours = versionText(version)
    if (theirs !== ours) return refuse(reply, `this node runs ${ours} and takes no units from ${theirs === '' ? 'a node without version' : theirs}: run the same version everywhere`)
    const from = readFrom(request)
    const unit = readUnitRequest(await wholeBody(request.raw, limits))
    checkObjects(unit)
    reply.hijack()
    const lease = new UnitLease(reply.raw, unit, from)
    await lease.work(host, exchange, every)
    return reply
  }
  return { path: UNITS_PATH, methods: ['POST'], access: 'open', body: 'raw', failure: nativeError, handle }
}

/** Whatever another node has in mind, a unit reads what its organisation has and nothing else. */
function checkObjects({ id, organisation, segments }: WorkUnit): void {
  if (typeof organisation !== 'string') throw badQuery('the unit names no organisation')
  const objects = segments.flatMap(({ object, wordIndex }) => (wordIndex === undefined ? [object] : [object, wordIndex.object]))
  const foreign = objects.find((object) => typeof object !== 'string' || !isKeyOf(organisation, object))
  if (foreign === undefined) return
  const message = `unit ${id} of organisation ${JSON.stringify(organisation)} names object ${JSON.stringify(foreign)}, which is not one of that organisation's`
  throw new QueryError({ code: 'forbidden', message, facts: { organisation, object: String(foreign) } })
}

/** One unit at work for another node. */
class UnitLease {
  readonly #response: ServerResponse
  readonly #unit: WorkUnit
  /** The number of the next frame. */
  #next: number
  readonly #from: number
  readonly #abort = new AbortController()

  constructor(response: ServerResponse, unit: WorkUnit, from: number) {
    this.#response = response
    this.#unit = unit
    this.#from = this.#next = from
  }

  /** Ends the response, or cuts its connection where not even an error can be told. Does not throw. */
  async work(host: UnitHost, { signal, stopping }: Exchange, every: Every): Promise<void> {
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

function headerOf({ headers }: FastifyRequest, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

function refuse(reply: FastifyReply, message: string): FastifyReply {
  const { contentType, body } = nativeError(new QueryError({ code: 'unavailable', message }))
  return reply.code(409).header('content-type', contentType).send(body)
}

function readFrom(request: FastifyRequest): number {
  const text = headerOf(request, UNIT_HEADERS.fromFrame)
  if (!/^\d{1,9}$/.test(text)) throw badQuery(`${UNIT_HEADERS.fromFrame} must be the number of a frame, is ${JSON.stringify(text)}`)
  return Number(text)
}

async function wholeBody(request: IncomingMessage, limits: Limits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    checkLimit(limits, 'unitRequestBytesMax', bytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
