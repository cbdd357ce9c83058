/** The paths of Millrace's own API: the stream of a query, its plan, and imports. */
import type { IncomingMessage } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Engine, ImportFormat } from '../model/engine.js'
import type { QueryRequest } from '../model/event.js'
import { checkLimit } from '../model/limits.js'
import { readResumePoint } from '../model/resume.js'
import { GET_OR_POST, JSON_TYPE, ofCaller, sendStream, TEXT_TYPE } from './answering.js'
import { nativeError } from './api-error.js'
import { ndjsonFraming, sseFraming } from './event-stream.js'
import { send, type Exchange, type Route, type RouteParameter, type ServerOptions } from './exchange.js'
import { readRequest } from './native-request.js'
import { badParameter, parametersOf } from './parameters.js'
import { numbersOf } from './result-json.js'

export function nativeRoutes(engine: Engine, { clock }: ServerOptions): readonly Route[] {
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

const PARAMETERS: readonly RouteParameter[] = [
  { name: 'lang', takes: 'word', words: ['promql', 'logql'], required: true },
  { name: 'query', takes: 'promql', required: true },
  { name: 'start', takes: 'seconds' },
  { name: 'end', takes: 'seconds' },
  { name: 'step', takes: 'duration' },
  { name: 'time', takes: 'seconds' },
  { name: 'direction', takes: 'word', words: ['forward', 'backward'] },
  { name: 'limit', takes: 'whole' },
  { name: 'interval', takes: 'duration' },
  { name: 'lookback', takes: 'duration' },
  { name: 'timeout', takes: 'duration' },
  { name: 'partial', takes: 'word', words: ['allow'] },
  { name: 'shards', takes: 'shard' },
  { name: 'lastEventId', takes: 'text' },
]

function native(path: string, handle: Route['handle']): Route {
  return { path, methods: GET_OR_POST, access: 'read', body: 'parameters', parameters: PARAMETERS, failure: nativeError, handle }
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

function stream(engine: Engine, exchange: Exchange, request: QueryRequest, clock: ServerOptions['clock']): Promise<FastifyReply> {
  const numbers = numbersOf(request.language)
  const framing = String(exchange.request.headers.accept ?? '').includes('application/x-ndjson') ? ndjsonFraming(numbers) : sseFraming(numbers)
  return sendStream(engine, exchange, request, { framing, clock })
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
