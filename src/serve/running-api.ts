/** The list of running queries, and how to cancel one. */
import type { FastifyReply } from 'fastify'
import { QueryError } from '../model/error.js'
import type { RunningQueries, RunningQuery } from '../model/running.js'
import { nativeError } from './api-error.js'
import { callerOf } from './caller.js'
import type { Exchange, Route } from './exchange.js'

const JSON_TYPE = 'application/json; charset=utf-8'

export function runningRoutes(running: RunningQueries): readonly Route[] {
  return [
    {
      path: '/api/v1/queries',
      methods: ['GET'],
      access: 'read',
      body: 'parameters',
      failure: nativeError,
      handle: async (exchange) => send(exchange, { queries: running.list(callerOf(exchange).scope).map(shown) }),
    },
    { path: '/api/v1/queries/:id', methods: ['DELETE'], access: 'read', body: 'parameters', failure: nativeError, handle: async (exchange) => cancel(running, exchange) },
  ]
}

/** A query of somebody else is as unknown as one that has ended. */
function cancel(running: RunningQueries, exchange: Exchange): FastifyReply {
  const { scope, asker } = callerOf(exchange)
  const { id } = exchange.request.params as { readonly id: string }
  if (running.cancel(id, scope, asker)) return send(exchange, { id, cancelled: true })
  const { contentType, body } = nativeError(new QueryError({ code: 'bad_query', message: `no such query is running: ${id}`, facts: { queryId: id } }))
  return exchange.reply.code(404).header('content-type', contentType).send(body)
}

function send({ reply }: Exchange, value: unknown): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(`${JSON.stringify(value)}\n`)
}

/** Members that are not known yet are left out. */
function shown({ text, startedAt, stats, ...rest }: RunningQuery): object {
  const { samples, rows, bytes } = stats
  return { ...rest, query: text, started: new Date(startedAt).toISOString(), samples, rows, bytes }
}
