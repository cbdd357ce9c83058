/** Units for other nodes, over HTTP. */
import type { IncomingMessage } from 'node:http'
import type { FastifyReply } from 'fastify'
import { badQuery, QueryError } from '../model/error.js'
import { checkLimit, type Limits } from '../model/limits.js'
import type { WorkUnit } from '../model/plan.js'
import { isKeyOf } from '../storage/storage.js'
import { readUnitRequest } from '../wire/wire.js'
import { nativeError } from './api-error.js'
import type { Every } from './event-stream.js'
import type { Exchange, Route } from './exchange.js'
import { checkToken, clusterToken, UNITS_PATH, type UnitServing } from './unit-exchange.js'
import { firstFrameWanted, UnitLease, versionRefusal } from './unit-lease.js'

export function unitRoute({ host, secret, version }: UnitServing, limits: Limits, every: Every): Route {
  const token = clusterToken(secret)
  const handle = async (exchange: Exchange): Promise<FastifyReply> => {
    const { request, reply } = exchange
    checkToken(request.headers, token)
    const refusal = versionRefusal(request.headers, version)
    if (refusal !== undefined) return refuse(reply, refusal)
    const from = firstFrameWanted(request.headers)
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

function refuse(reply: FastifyReply, message: string): FastifyReply {
  const { contentType, body } = nativeError(new QueryError({ code: 'unavailable', message }))
  return reply.code(409).header('content-type', contentType).send(body)
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
