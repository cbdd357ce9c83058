/** Who is in the cluster, for operators; for its nodes, what this one says of itself, and units. */
import type { FastifyRequest } from 'fastify'
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { nativeError } from './api-error.js'
import { send, type ClusterDoor, type Route, type ServerOptions } from './exchange.js'
import { nodesJson } from './node-json.js'
import { checkToken, clusterToken } from './unit-exchange.js'
import { unitRoute } from './unit-route.js'

export const NODE_PATH = '/internal/v1/node'

export function clusterRoutes(engine: Engine, { cluster, units, clock }: ServerOptions): readonly Route[] {
  return [
    getJson('/api/v1/nodes', 'observe', async () => nodesJson(await engine.nodes())),
    ...(cluster === undefined ? [] : [ownFactsRoute(cluster)]),
    ...(units === undefined ? [] : [unitRoute(units, engine.limits, clock.every)]),
  ]
}

function getJson(path: string, access: Route['access'], answer: (request: FastifyRequest) => Promise<string>): Route {
  const handle: Route['handle'] = async ({ request, reply }) => send(reply, 'application/json; charset=utf-8', await answer(request))
  return { path, methods: ['GET'], access, body: 'parameters', failure: nativeError, handle }
}

/** The token is asked for instead of a key. */
function ownFactsRoute({ secret, self }: ClusterDoor): Route {
  const token = clusterToken(secret)
  return getJson(NODE_PATH, 'open', async ({ headers }) => {
    checkToken(headers, token)
    const facts = self()
    if (facts === undefined) throw new QueryError({ code: 'unavailable', message: 'the node is leaving the cluster' })
    return `${JSON.stringify(facts)}\n`
  })
}
