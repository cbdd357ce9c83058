/** Who is in the cluster, for anybody, and what this node says of itself to the other nodes. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { nativeError } from './api-error.js'
import type { ClusterDoor, Route, ServerOptions } from './exchange.js'
import { nodesJson } from './node-json.js'

/** Carries the secret that the nodes of a cluster share. */
export const SECRET_HEADER = 'x-millrace-secret'

export function clusterRoutes(engine: Engine, { cluster }: ServerOptions): readonly Route[] {
  const routes = [getJson('/api/v1/nodes', async () => nodesJson(await engine.nodes()))]
  if (cluster !== undefined) routes.push(getJson('/internal/v1/node', async (request) => ownFacts(request, cluster)))
  return routes
}

function getJson(path: string, answer: (request: FastifyRequest) => Promise<string>): Route {
  const handle = async ({ request, reply }: { request: FastifyRequest; reply: FastifyReply }): Promise<FastifyReply> =>
    reply.header('content-type', 'application/json; charset=utf-8').send(await answer(request))
  return { path, methods: ['GET'], body: 'parameters', failure: nativeError, handle }
}

function ownFacts(request: FastifyRequest, cluster: ClusterDoor): string {
  checkSecret(request, cluster.secret)
  const self = cluster.self()
  if (self === undefined) throw new QueryError({ code: 'unavailable', message: 'the node is leaving the cluster' })
  return `${JSON.stringify(self)}\n`
}

/** Throws `unauthorized` unless the request carries the secret. Takes as long whatever it carries. */
function checkSecret(request: FastifyRequest, secret: string): void {
  const given = request.headers[SECRET_HEADER]
  if (!timingSafeEqual(digest(typeof given === 'string' ? given : ''), digest(secret))) {
    throw new QueryError({ code: 'unauthorized', message: 'only nodes of the cluster are answered here: cluster.secret differs or is missing' })
  }
}

/** Of one length for texts of any. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
