/** `/api/v1/keys`: the keys of the caller's organisation. */
import type { FastifyReply } from 'fastify'
import { readScopes, type KeyBook, type Scope } from '../model/access.js'
import { QueryError } from '../model/error.js'
import { nativeError } from './api-error.js'
import { send, type Exchange, type Route } from './exchange.js'
import { badParameter, parametersOf } from './parameters.js'

export function keyRoutes(keys: KeyBook): readonly Route[] {
  const route = (path: string, methods: Route['methods'], handle: Route['handle']): Route => ({ path, methods, access: 'admin', body: 'parameters', failure: nativeError, handle })
  return [
    route('/api/v1/keys', ['GET', 'POST'], (exchange) => (exchange.request.method === 'GET' ? list(keys, exchange) : create(keys, exchange))),
    route('/api/v1/keys/revoke', ['POST'], (exchange) => revoke(keys, exchange)),
  ]
}

async function list(keys: KeyBook, { reply, caller }: Exchange): Promise<FastifyReply> {
  return sendJson(reply, { keys: await keys.list(caller.organisation) })
}

/** Nobody makes a key that opens more than their own. */
async function create(keys: KeyBook, { request, reply, caller }: Exchange): Promise<FastifyReply> {
  const parameters = parametersOf(request)
  const scopes = readScopes((parameters.get('scopes') ?? '').split(',').filter((name) => name !== ''))
  checkOwned(scopes, caller.scopes)
  return sendJson(reply, await keys.create({ organisation: caller.organisation, scopes, note: parameters.get('note') ?? '' }))
}

function checkOwned(wanted: readonly Scope[], owned: readonly Scope[]): void {
  const beyond = wanted.find((scope) => !owned.includes(scope))
  if (beyond !== undefined) throw new QueryError({ code: 'forbidden', message: `scope ${beyond} can only be given by who has it`, facts: { scope: beyond } })
}

async function revoke(keys: KeyBook, { request, reply, caller }: Exchange): Promise<FastifyReply> {
  const id = parametersOf(request).get('id')
  if (id === undefined) throw badParameter('id', 'is missing')
  return sendJson(reply, await keys.revoke(id, caller.organisation))
}

function sendJson(reply: FastifyReply, value: object): FastifyReply {
  return send(reply.header('cache-control', 'no-store'), 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`)
}
