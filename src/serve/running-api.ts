/** The list of running queries, and how to cancel one. */
import type { FastifyReply } from 'fastify'
import { QueryError } from '../model/error.js'
import type { QueryScope, RunningQuery } from '../model/running.js'
import type { Siblings } from '../model/siblings.js'
import { nativeError } from './api-error.js'
import { callerOf } from './caller.js'
import type { Exchange, ObservedNode, Route } from './exchange.js'

const JSON_TYPE = 'application/json; charset=utf-8'

export function runningRoutes(node: ObservedNode, siblings: Siblings): readonly Route[] {
  const route = (path: string, method: 'GET' | 'DELETE', handle: Route['handle']): Route => ({ path, methods: [method], access: 'read', body: 'parameters', failure: nativeError, handle })
  return [
    route('/api/v1/queries', 'GET', async (exchange) => send(exchange, await list(node, siblings, callerOf(exchange).scope))),
    route('/api/v1/queries/:id', 'DELETE', async (exchange) => cancel(node, siblings, exchange)),
  ]
}

/** In the order of their start, with how many processes have not told theirs, if any has not. */
async function list({ id, running }: ObservedNode, siblings: Siblings, scope: QueryScope): Promise<object> {
  const { answers, missing } = await siblings.queries(scope)
  const all = [{ node: id, queries: running.list(scope) }, ...answers].flatMap(({ node, queries }) => queries.map((query) => ({ node, query })))
  const queries = all.toSorted((a, b) => a.query.startedAt - b.query.startedAt).map(({ node, query }) => shown(node, query))
  return { queries, ...(missing === 0 ? {} : { processesMissing: missing }) }
}

/** A query of somebody else is as unknown as one that has ended. */
async function cancel({ running }: ObservedNode, siblings: Siblings, exchange: Exchange): Promise<FastifyReply> {
  const { scope, asker } = callerOf(exchange)
  const { id } = exchange.request.params as { readonly id: string }
  if (running.cancel(id, scope, asker)) return send(exchange, { id, cancelled: true })
  const { answers, missing } = await siblings.cancel(id, scope, asker)
  if (answers.includes(true)) return send(exchange, { id, cancelled: true })
  if (missing > 0) throw new QueryError({ code: 'unavailable', message: `${missing} processes of this machine do not answer, and no other one runs a query ${id}`, facts: { queryId: id, missing } })
  const { contentType, body } = nativeError(new QueryError({ code: 'bad_query', message: `no such query is running: ${id}`, facts: { queryId: id } }))
  return exchange.reply.code(404).header('content-type', contentType).send(body)
}

function send({ reply }: Exchange, value: unknown): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(`${JSON.stringify(value)}\n`)
}

/** Members that are not known yet are left out. */
function shown(node: string, { id, text, startedAt, stats, ...rest }: RunningQuery): object {
  const { samples, rows, bytes } = stats
  return { id, node, ...rest, query: text, started: new Date(startedAt).toISOString(), samples, rows, bytes }
}
