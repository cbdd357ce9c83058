/** Every path of a node, and what answers it. */
import type { IncomingMessage } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Engine, ImportFormat } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { QueryRequest } from '../model/event.js'
import { checkLimit } from '../model/limits.js'
import { readResumePoint } from '../model/resume.js'
import { AnswerError, collectAnswer, type Answer } from './answer.js'
import { lokiError, nativeError, prometheusError, withHead, type ErrorAnswer } from './api-error.js'
import { callerOf } from './caller.js'
import { clusterRoutes } from './cluster-api.js'
import { STOPPING, streamQuery } from './event-stream.js'
import { send, sendChunks, type Exchange, type Route, type ServerOptions } from './exchange.js'
import { FRONT_PAGE } from './front-page.js'
import { keyRoutes } from './keys-api.js'
import { lokiJson, readLogInstant, readLogRange } from './loki-api.js'
import { readRequest } from './native-request.js'
import { badParameter, parametersOf, type Parameters } from './parameters.js'
import { prometheusJson, readInstantQuery, readOptions, readRangeQuery } from './prometheus-api.js'
import { numbersOf } from './result-json.js'
import { runningRoutes } from './running-api.js'

const GET_OR_POST = ['GET', 'POST'] as const
const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'
const INSTANT_LOGS = 'log queries are not supported as an instant query type, please change your query to a range query type'

export function routesOf(engine: Engine, options: ServerOptions): readonly Route[] {
  const running = options.node === undefined ? [] : runningRoutes(options.node.running)
  const engineRoutes = [...nativeRoutes(engine, options), ...prometheusRoutes(engine, options), ...lokiRoutes(engine, options)]
  return [...engineRoutes, ...running, ...nodeRoutes(engine, options), ...keyRoutes(options.keys), ...clusterRoutes(engine, options)]
}

function nativeRoutes(engine: Engine, { clock }: ServerOptions): readonly Route[] {
  const read = (exchange: Exchange): QueryRequest => ofCaller(exchange, readRequest(parametersOf(exchange.request), clock.nowMs(), engine.limits))
  return [
    native('/api/v1/stream', (exchange) => stream(engine, exchange, streamRequest(engine, exchange, clock), clock)),
    native('/api/v1/explain', async (exchange) => {
      const text = await engine.explain(read(exchange))
      return send(exchange.reply, TEXT_TYPE, text.endsWith('\n') ? text : `${text}\n`)
    }),
    {
      path: '/api/v1/import',
      methods: ['POST'],
      access: 'write',
      body: 'raw',
      failure: nativeError,
      handle: (exchange) => importBody(engine, exchange),
    },
  ]
}

function native(path: string, handle: Route['handle']): Route {
  return { path, methods: GET_OR_POST, access: 'read', body: 'parameters', failure: nativeError, handle }
}

/** With the id of an event, from the header or the parameter, the same request as the one that the id is of: its relative times are what they were. */
function streamRequest(engine: Engine, exchange: Exchange, clock: ServerOptions['clock']): QueryRequest {
  const parameters = parametersOf(exchange.request)
  // An EventSource that connects again by itself sends the header, and its URL is the one it began with.
  const after = exchange.request.headers['last-event-id'] || parameters.get('lastEventId')
  if (typeof after !== 'string') return ofCaller(exchange, readRequest(parameters, clock.nowMs(), engine.limits))
  const { nowMs = clock.nowMs() } = readResumePoint(after)
  return { ...ofCaller(exchange, readRequest(parameters, nowMs, engine.limits)), after }
}

async function stream(engine: Engine, exchange: Exchange, request: QueryRequest, clock: ServerOptions['clock']): Promise<FastifyReply> {
  const { reply, gone, stopping } = exchange
  const framing = String(exchange.request.headers.accept ?? '').includes('application/x-ndjson') ? 'ndjson' : 'sse'
  const numbers = numbersOf(request.language)
  const target = { response: reply.raw, framing, numbers, every: clock.every, heartbeatMs: engine.limits.heartbeatMs, gone, stopping } as const
  await streamQuery(engine.query(request, exchange.signal), target, () => reply.hijack())
  return reply
}

async function importBody(engine: Engine, exchange: Exchange): Promise<FastifyReply> {
  const parameters = parametersOf(exchange.request)
  const format = parameters.word<ImportFormat>('format', ['openmetrics', 'loki', 'series'])
  if (format === undefined) throw badParameter('format', 'is missing: openmetrics, loki or series')
  const report = await engine.import({
    file: parameters.get('file') ?? 'body',
    body: boundedBody(exchange.request.raw, engine),
    format,
    signal: exchange.signal,
    organisation: exchange.caller.organisation,
  })
  return send(exchange.reply, JSON_TYPE, `${JSON.stringify(report)}\n`)
}

/** What is left of a body is thrown away as it comes: a connection that is cut would take with it the answer that says why. */
async function* boundedBody(request: IncomingMessage, { limits }: Engine): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      checkLimit(limits, 'importBodyBytesMax', bytes)
      yield chunk
    }
  } finally {
    request.resume()
  }
}

function prometheusRoutes(engine: Engine, { clock }: ServerOptions): readonly Route[] {
  const route = (path: string, read: (parameters: Parameters) => QueryRequest): Route => ({
    path,
    methods: GET_OR_POST,
    access: 'read',
    body: 'parameters',
    failure: (error) => prometheusError(error, 'before-plan'),
    handle: (exchange) =>
      answered(exchange, prometheusError, async () => {
        const parameters = parametersOf(exchange.request)
        const options = readOptions(parameters)
        const answer = await ask(engine, exchange, read(parameters))
        return sendChunks(exchange, JSON_TYPE, prometheusJson(answer, options))
      }),
  })
  return [
    route('/api/v1/query', (parameters) => readInstantQuery(parameters, clock.nowMs(), engine.limits)),
    route('/api/v1/query_range', (parameters) => readRangeQuery(parameters, engine.limits)),
  ]
}

function lokiRoutes(engine: Engine, { clock }: ServerOptions): readonly Route[] {
  const route = (path: string, read: (parameters: Parameters) => QueryRequest): Route => ({
    path,
    methods: GET_OR_POST,
    access: 'read',
    body: 'parameters',
    failure: (error) => lokiError(error, 'before-plan'),
    handle: (exchange) =>
      answered(exchange, lokiError, async () => {
        const request = read(parametersOf(exchange.request))
        const answer = await ask(engine, exchange, request)
        if (request.when.kind === 'instant' && answer.resultType === 'streams') throw new QueryError({ code: 'bad_query', message: INSTANT_LOGS })
        const flags = String(exchange.request.headers['x-loki-response-encoding-flags'] ?? '')
        return sendChunks(exchange, JSON_TYPE, lokiJson(answer, flags.includes('categorize-labels') ? 'categorized' : 'merged'))
      }),
  })
  return [
    route('/loki/api/v1/query', (parameters) => readLogInstant(parameters, clock.nowMs(), engine.limits)),
    route('/loki/api/v1/query_range', (parameters) => readLogRange(parameters, clock.nowMs(), engine.limits)),
  ]
}

function ask(engine: Engine, exchange: Exchange, request: QueryRequest): Promise<Answer> {
  return collectAnswer(engine.query(ofCaller(exchange, request), exchange.signal), engine.limits)
}

/** Tells the shape of an error by whether the query had been planned. */
async function answered(exchange: Exchange, shape: typeof lokiError, answer: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await answer()
  } catch (thrown) {
    if (!(thrown instanceof AnswerError)) throw thrown
    const error = exchange.stopping.aborted ? new QueryError(STOPPING) : thrown.error
    const told: ErrorAnswer = shape(error, thrown.planned ? 'planned' : 'before-plan')
    return withHead(exchange.reply, told).send(told.body)
  }
}

function nodeRoutes(engine: Engine, { metrics, node }: ServerOptions): readonly Route[] {
  return [
    page('/', 'open', async ({ reply, request }) => send(reply, 'text/html; charset=utf-8', FRONT_PAGE.replace('HOST', request.host.replace(/[^\w.:[\]-]/g, '')))),
    page('/healthz', 'open', async ({ reply }) => send(reply, TEXT_TYPE, 'ok\n')),
    page('/readyz', 'open', async ({ reply }) => {
      await engine.ready()
      return send(reply, TEXT_TYPE, 'ready\n')
    }),
    page('/metrics', 'observe', async ({ reply }) => send(reply, metrics.contentType, await metrics.text(node?.readings()))),
  ]
}

function page(path: string, access: Route['access'], handle: Route['handle']): Route {
  return { path, methods: ['GET'], access, body: 'parameters', failure: nativeError, handle }
}

function ofCaller(exchange: Exchange, request: QueryRequest): QueryRequest {
  const { organisation, asker, trace } = callerOf(exchange)
  return { ...request, organisation, asker, ...(trace === undefined ? {} : { trace }) }
}
