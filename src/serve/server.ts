/** The HTTP server: one table of routes over an Engine. Home of `fastify`. */
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { nativeError, type ErrorAnswer } from './api-error.js'
import type { Exchange, Route, ServerOptions } from './exchange.js'
import { routesOf } from './routes.js'

export interface RunningServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Ends what runs with `unavailable`, then closes every connection. */
  close(): Promise<void>
}

/**
 * Listens; rejects with the error of the system (EADDRINUSE, …) if it cannot.
 * Every unknown path is answered 404, a known one with another method 405.
 */
export async function createServer(engine: Engine, options: ServerOptions): Promise<RunningServer> {
  const { limits } = engine
  const stopping = new AbortController()
  const running = new Set<Promise<unknown>>()
  const app = Fastify({
    bodyLimit: limits.requestBodyBytesMax,
    http: { maxHeaderSize: limits.requestHeaderBytesMax },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    return503OnClosing: true,
  })
  const routes = routesOf(engine, options)
  understandForms(app)
  addRoutes(app, routes.filter((route) => route.body === 'parameters'), stopping.signal, running)
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
    addRoutes(raw, routes.filter((route) => route.body === 'raw'), stopping.signal, running)
  })
  answerTheRest(app, routes, options)
  await app.listen({ host: options.host, port: options.port })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    host: options.host,
    port,
    close: async () => {
      stopping.abort()
      await Promise.allSettled(running)
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

function addRoutes(app: FastifyInstance, routes: readonly Route[], stopping: AbortSignal, running: Set<Promise<unknown>>): void {
  for (const route of routes) {
    app.route({
      method: [...route.methods],
      url: route.path,
      handler: (request, reply) => {
        const gone = new AbortController()
        // `close` comes at the end of every response, and before it only if the client has gone.
        reply.raw.once('close', () => gone.abort())
        const signal = AbortSignal.any([gone.signal, stopping])
        const done = respond(route, { request, reply, signal, gone: gone.signal, stopping })
        running.add(done)
        void done.finally(() => running.delete(done))
        return done
      },
      // Reached for bodies that are too large or of a type that is not known.
      errorHandler: (error, _request, reply) => sendError(reply, { ...route.failure(bodyError(error)), status: error.statusCode ?? 500 }),
    })
  }
}

async function respond(route: Route, exchange: Exchange): Promise<unknown> {
  try {
    return await route.handle(exchange)
  } catch (thrown) {
    return sendError(exchange.reply, route.failure(QueryError.from(thrown)))
  }
}

function bodyError(error: Error & { statusCode?: number }): QueryError {
  const code = error.statusCode === undefined || error.statusCode >= 500 ? 'internal' : 'bad_query'
  return new QueryError({ code, message: error.message.toLowerCase() })
}

function answerTheRest(app: FastifyInstance, routes: readonly Route[], options: ServerOptions): void {
  const methods = new Map(routes.map((route) => [route.path, route.methods]))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]
    const allowed = methods.get(path)
    const message = allowed === undefined ? `no such path: ${path}` : `${request.method} is not allowed at ${path}, only ${allowed.join(' and ')}`
    if (allowed !== undefined) void reply.header('allow', allowed.join(', '))
    return sendError(reply, { ...nativeError(new QueryError({ code: 'bad_query', message })), status: allowed === undefined ? 404 : 405 })
  })
  app.setErrorHandler((error, _request, reply) => {
    const failure = QueryError.from(error)
    options.onFailure(failure.message)
    return sendError(reply, nativeError(failure))
  })
}

function sendError(reply: FastifyReply, answer: ErrorAnswer): FastifyReply {
  return reply.code(answer.status).header('content-type', answer.contentType).header('x-content-type-options', 'nosniff').send(answer.body)
}
