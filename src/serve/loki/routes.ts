/** The paths of Loki's API, those of its first versions under /api/prom among them. */
import type { FastifyReply } from 'fastify'
import type { Engine } from '../../model/engine.js'
import { badQuery } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import { answered, JSON_TYPE, sendAnswer, TEXT_TYPE } from '../answering.js'
import { lokiError, type ErrorAnswer } from '../api-error.js'
import { send, type Exchange, type Route, type RouteParameter, type ServerOptions } from '../exchange.js'
import { parametersOf, type Parameters } from '../parameters.js'
import { labelsJson } from '../result-json.js'
import { lokiShape, readLogInstant, readLogRange } from './answers.js'
import { detectedFields, detectedLabels, detectedValues } from './detected.js'
import { labelNames, labelValues, series } from './labels.js'
import { legacyQuery } from './legacy.js'
import { buildInfo, drilldownLimits, formatError, formatQuery, tenantLimits } from './misc.js'
import { answering, lokiRoute, TIMES, type Answers, type LokiPlace } from './place.js'
import { tailRoutes } from './tail-routes.js'
import { volumeRoutes } from './volume-routes.js'
import { withinLimits } from './within-limits.js'

const PARQUET_TYPE = 'application/vnd.apache.parquet'

const OF_EVERY_QUERY: readonly RouteParameter[] = [
  { name: 'query', takes: 'logql', required: true },
  { name: 'limit', takes: 'whole' },
  { name: 'direction', takes: 'word', words: ['forward', 'backward'] },
  { name: 'partial', takes: 'word', words: ['allow'] },
  { name: 'snapshot', takes: 'text' },
  { name: 'shards', takes: 'shard' },
]
export const LOKI_INSTANT: readonly RouteParameter[] = [...OF_EVERY_QUERY, { name: 'time', takes: 'nanoseconds' }]
export const LOKI_RANGE: readonly RouteParameter[] = [...OF_EVERY_QUERY, ...TIMES, { name: 'step', takes: 'duration' }, { name: 'interval', takes: 'duration' }]
const OF_STREAMS: readonly RouteParameter[] = [{ name: 'query', takes: 'logql' }, ...TIMES]
const SERIES: readonly RouteParameter[] = [{ name: 'match[]', takes: 'logql', repeated: true }, { name: 'match', takes: 'logql', repeated: true }, ...TIMES]
const OF_FIELDS: readonly RouteParameter[] = [
  { name: 'query', takes: 'logql', required: true },
  ...TIMES,
  { name: 'line_limit', takes: 'whole' },
  { name: 'field_limit', takes: 'whole' },
  { name: 'limit', takes: 'whole' },
  { name: 'step', takes: 'duration' },
]
const QUERY_TEXT: readonly RouteParameter[] = [{ name: 'query', takes: 'logql', required: true }]

export function lokiRoutes(engine: Engine, server: ServerOptions): readonly Route[] {
  const place: LokiPlace = { engine, server }
  return [...queryRoutes(place), ...metadataRoutes(place), ...volumeRoutes(place), ...tailRoutes(place), ...legacyRoutes(place), ...plainRoutes(place)]
}

function queryRoutes(place: LokiPlace): readonly Route[] {
  const { engine, server } = place
  const route = (path: string, parameters: readonly RouteParameter[], read: (parameters: Parameters) => QueryRequest): Route => ({
    ...lokiRoute(path, parameters),
    handle: (exchange) =>
      answered(exchange, lokiError, async () => {
        const { headers } = exchange.request
        if (headers.accept === PARQUET_TYPE) throw badQuery('support for Parquet encoded responses is disabled: answers are JSON')
        const flags = String(headers['x-loki-response-encoding-flags'] ?? '')
        const request = await withinLimits(read(parametersOf(exchange.request)), exchange, place)
        const shape = lokiShape(flags.includes('categorize-labels') ? 'categorized' : 'merged', request.when)
        return sendAnswer(engine, exchange, request, shape, server)
      }),
  })
  return [
    route('/loki/api/v1/query', LOKI_INSTANT, (parameters) => readLogInstant(parameters, server.clock.nowMs(), engine.limits)),
    route('/loki/api/v1/query_range', LOKI_RANGE, (parameters) => readLogRange(parameters, server.clock.nowMs(), engine.limits)),
  ]
}

function metadataRoutes(place: LokiPlace): readonly Route[] {
  const names: Answers = async (exchange, parameters) => listJson(await labelNames(exchange, parameters, place))
  const values: Answers = async (exchange, parameters) => listJson(await labelValues(exchange, parameters, nameOf(exchange), place))
  const fieldValues: Answers = (exchange, parameters) => detectedValues(exchange, parameters, nameOf(exchange), place)
  return [
    answering('/loki/api/v1/labels', OF_STREAMS, names),
    answering('/loki/api/v1/label', OF_STREAMS, names),
    answering('/loki/api/v1/label/:name/values', OF_STREAMS, values),
    answering('/loki/api/v1/series', SERIES, seriesAnswers(place)),
    answering('/loki/api/v1/detected_labels', OF_STREAMS, (exchange, parameters) => detectedLabels(exchange, parameters, place)),
    answering('/loki/api/v1/detected_fields', OF_FIELDS, (exchange, parameters) => detectedFields(exchange, parameters, place)),
    answering('/loki/api/v1/detected_field/:name/values', OF_FIELDS, fieldValues),
  ]
}

function seriesAnswers(place: LokiPlace): Answers {
  return async (exchange, parameters) => {
    const found = await series(exchange, parameters, place)
    return pieces('{"status":"success","data":[', found.map(labelsJson), ']}\n')
  }
}

function legacyRoutes(place: LokiPlace): readonly Route[] {
  const names: Answers = async (exchange, parameters) => legacyListJson(await labelNames(exchange, parameters, place))
  const values: Answers = async (exchange, parameters) => legacyListJson(await labelValues(exchange, parameters, nameOf(exchange), place))
  return [
    answering('/api/prom/query', [...LOKI_RANGE, { name: 'regexp', takes: 'text' }], (exchange, parameters) => legacyQuery(exchange, parameters, place)),
    answering('/api/prom/label', OF_STREAMS, names),
    answering('/api/prom/label/:name/values', OF_STREAMS, values),
    answering('/api/prom/series', SERIES, seriesAnswers(place)),
  ]
}

function plainRoutes({ engine, server }: LokiPlace): readonly Route[] {
  const { limits } = engine
  const page = (path: string, contentType: string, text: string): Route => ({ ...lokiRoute(path, []), handle: async ({ reply }) => send(reply, contentType, text) })
  return [
    answering('/loki/api/v1/format_query', QUERY_TEXT, async (_, parameters) => formatQuery(parameters, server.texts, limits), formatError),
    page('/loki/api/v1/status/buildinfo', JSON_TYPE, buildInfo()),
    page('/loki/api/v1/drilldown-limits', JSON_TYPE, drilldownLimits(limits)),
    page('/config/tenant/v1/limits', 'text/yaml; charset=utf-8', tenantLimits(limits)),
    { ...lokiRoute('/ready', []), methods: ['GET'], access: 'open', handle: ({ reply }) => ready(engine, reply) },
  ]
}

async function ready(engine: Engine, reply: FastifyReply): Promise<FastifyReply> {
  await engine.ready()
  return send(reply, TEXT_TYPE, 'ready\n')
}

/** The part of the path that stands for a label or a field. */
function nameOf({ request }: Exchange): string {
  return (request.params as { readonly name: string }).name
}

/** Where there is nothing, Loki leaves `data` out. */
function listJson(texts: readonly string[]): string {
  return `${JSON.stringify({ status: 'success', ...(texts.length === 0 ? {} : { data: texts }) })}\n`
}

function legacyListJson(texts: readonly string[]): string {
  return `${JSON.stringify(texts.length === 0 ? {} : { values: texts })}\n`
}

function* pieces(head: string, elements: readonly string[], tail: string): Generator<string> {
  yield head
  const AT_ONCE = 1_000
  for (let from = 0; from < elements.length; from += AT_ONCE) yield `${from === 0 ? '' : ','}${elements.slice(from, from + AT_ONCE).join(',')}`
  yield tail
}

export function isLokis(path: string): boolean {
  return path.startsWith('/loki/') || path.startsWith('/api/prom/')
}

export const LOKI_NOT_FOUND: ErrorAnswer = { status: 404, contentType: TEXT_TYPE, body: '404 page not found\n' }
