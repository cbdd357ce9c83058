/** Units for other nodes, over HTTP. */
import type { IncomingMessage } from 'node:http'
import type { FastifyReply } from 'fastify'
import { QueryError } from '../model/error.js'
import { checkLimit, type Limits } from '../model/limits.js'
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
    reply.hijack()
    const lease = new UnitLease(reply.raw, unit, from)
    await lease.work(host, exchange, every)
    return reply
  }
  return { path: UNITS_PATH, methods: ['POST'], access: 'open', body: 'raw', failure: nativeError, handle }
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
