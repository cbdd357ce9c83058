/** The HTTP server: one table of routes over an Engine. Home of `fastify`. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Caller } from '../model/access.js'
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { limitExceeded, nodeStopping, type Limits } from '../model/limits.js'
import { DEFAULT_ORGANISATION } from '../model/segment.js'
import { type ErrorAnswer, errorOf, nativeError, withHead } from './api-error.js'
import { arrivalOptions, boundArrival, tooLate } from './arrival.js'
import { allowOrigin } from './cors.js'
import { challenge, credentialsOf } from './credentials.js'
import type { Exchange, Route, ServerOptions } from './exchange.js'
import { InFlight } from './in-flight.js'
import { Sockets } from './sockets.js'
import { isLokis, LOKI_NOT_FOUND } from './loki/routes.js'
import { routesOf } from './routes.js'

export interface RunningServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Resolves when what is being answered now has been, or after `ms`. New requests go on being answered. */
  finish(ms: number): Promise<void>
  /** Ends what runs with `unavailable`, then closes every connection. */
  close(): Promise<void>
}

/**
 * Listens; rejects with the error of the system (EADDRINUSE, …) if it cannot.
 * Every unknown path is answered 404, a known one with another method 405.
 */
export async function createServer(engine: Engine, options: ServerOptions): Promise<RunningServer> {
  const { limits } = engine
  const inFlight = new InFlight()
  const app = Fastify({
    bodyLimit: limits.requestBodyBytesMax,
    ...arrivalOptions(limits),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    return503OnClosing: true,
  })
  const routes = routesOf(engine, options)
  understandForms(app)
  const sockets = new Sockets()
  const server = { inFlight, limits, options, sockets, callers: new WeakMap<FastifyRequest, Caller>() }
  addRoutes(app, routes.filter((route) => route.body === 'parameters'), server)
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
    addRoutes(raw, routes.filter((route) => route.body === 'raw'), server)
  })
  answerTheRest(app, routes, options)
  sockets.listen(app.server, (request, response) => app.routing(request, response))
  await app.listen({ host: options.host, port: options.port, exclusive: options.portOf !== 'all processes' })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    host: options.host,
    port,
    finish: (ms) => inFlight.finish(ms, options.clock.every),
    close: async () => {
      // A reader that takes nothing would hold the node up; its connection is cut with the others.
      await inFlight.stop(nodeStopping(limits), limits.stopGraceMs, options.clock.every)
      await app.close()
    },
  }
}

function understandForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const asText = { parseAs: 'string' } as const
  for (const type of ['application/x-www-form-urlencoded', 'application/json']) {
    app.addContentTypeParser(type, asText, (_request, body, done) => done(null, body))
  }
}

/** What all routes of a server share. */
interface Serving {
  readonly inFlight: InFlight
  readonly limits: Limits
  readonly options: ServerOptions
  readonly sockets: Sockets
  /** Who sent the requests that are being answered. */
  readonly callers: WeakMap<FastifyRequest, Caller>
}

function addRoutes(app: FastifyInstance, routes: readonly Route[], serving: Serving): void {
  const { inFlight, limits, callers, options, sockets } = serving
  for (const route of routes) {
    app.route({
      method: [...route.methods],
      url: route.path,
      // Before the body: of a caller who may not, nothing is read.
      onRequest: (request, reply) => {
        if (route.cors === true) allowOrigin(request, reply, options.corsOrigins)
        return admit(route, request, reply, serving)
      },
      handler: (request, reply) =>
        inFlight.run(reply.raw, (signals) =>
          respond(route, { request, reply, caller: callers.get(request) ?? NOBODY, openSocket: sockets.opener(request.raw), ...signals }),
        ),
      // Reached for bodies that are too large or of a type that is not known.
      errorHandler: (error, request, reply) => {
        const length = Number(request.headers['content-length'] ?? NaN)
        return sendError(reply, { ...route.failure(bodyError(error, length, limits)), status: error.statusCode ?? 500 })
      },
    })
    if (route.cors === true) {
      // What a browser asks before it asks: whoever may ask is told there, and nothing else.
      app.options(route.path, (request, reply) => {
        allowOrigin(request, reply, options.corsOrigins)
        return reply.code(204).send()
      })
    }
  }
}

const NOBODY: Caller = { organisation: DEFAULT_ORGANISATION, scopes: [] }

async function admit(route: Route, request: FastifyRequest, reply: FastifyReply, { limits, options, callers }: Serving): Promise<FastifyReply | undefined> {
  const bound = (): void => boundArrival(request.raw, limits.requestArrivalMs, options.clock.every, () => tellLate(route, reply, limits))
  // Only an import of a caller who may has longer.
  if (route.body === 'parameters' || route.access === 'open') bound()
  if (route.access === 'open') return undefined
  try {
    callers.set(request, await options.authenticate(credentialsOf(request), route.access))
    return undefined
  } catch (thrown) {
    const error = QueryError.from(thrown)
    if (route.body === 'raw') bound()
    if (error.code === 'unauthorized') challenge(reply)
    return sendError(reply, route.failure(error))
  }
}

function tellLate(route: Route, reply: FastifyReply, limits: Limits): void {
  if (reply.sent) return
  void reply.header('connection', 'close')
  void sendError(reply, { ...route.failure(new QueryError({ code: 'bad_query', message: tooLate(limits) })), status: 408 })
}

async function respond(route: Route, exchange: Exchange): Promise<unknown> {
  try {
    return await route.handle(exchange)
  } catch (thrown) {
    return sendError(exchange.reply, route.failure(errorOf(thrown, exchange.stopping)))
  }
}

/** `length` is what the client says that it sends; NaN if it does not. */
function bodyError(error: Error & { statusCode?: number }, length: number, limits: Limits): QueryError {
  const max = limits.requestBodyBytesMax
  if (error.statusCode === 413) return limitExceeded(limits, 'requestBodyBytesMax', length > max ? length : max + 1)
  const code = error.statusCode === undefined || error.statusCode >= 500 ? 'internal' : 'bad_query'
  return new QueryError({ code, message: error.message.toLowerCase() })
}

function answerTheRest(app: FastifyInstance, routes: readonly Route[], options: ServerOptions): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]
    const allowed = routes.find((route) => isAt(route.path, path))?.methods
    const message = allowed === undefined ? `no such path: ${path}` : `${request.method} is not allowed at ${path}, only ${allowed.join(' and ')}`
    if (allowed !== undefined) void reply.header('allow', allowed.join(', '))
    else if (isLokis(path)) return sendError(reply, LOKI_NOT_FOUND)
    return sendError(reply, { ...nativeError(new QueryError({ code: 'bad_query', message })), status: allowed === undefined ? 404 : 405 })
  })
  app.setErrorHandler((error, _request, reply) => {
    const failure = QueryError.from(error)
    options.onFailure(failure.message)
    return sendError(reply, nativeError(failure))
  })
}

/** A part of a path that begins with a colon stands for any one. */
function isAt(pattern: string, path: string): boolean {
  const parts = path.split('/')
  const wanted = pattern.split('/')
  return wanted.length === parts.length && wanted.every((part, at) => part === parts[at] || (part.startsWith(':') && parts[at] !== ''))
}

function sendError(reply: FastifyReply, answer: ErrorAnswer): FastifyReply {
  return withHead(reply, answer).send(answer.body)
}
