/** The paths of Lakerunner's API. What they mean is Millrace's own: exact, and an error where there is one. */
import type { FastifyReply } from 'fastify'
import type { Engine } from '../../model/engine.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import type { Language } from '../../model/expr.js'
import { msToNs } from '../../model/time.js'
import { JSON_TYPE, ofCaller, sendStream } from '../answering.js'
import { AnswerError } from '../answer.js'
import { withHead, type ErrorAnswer } from '../api-error.js'
import { send, sendChunks, type Exchange, type Route, type RouteParameter, type ServerOptions } from '../exchange.js'
import { findLabels, findTexts, type FindRequest } from '../found.js'
import { requestParameters } from '../parameters.js'
import { labelsJson } from '../result-json.js'
import { logsError, plainError } from './errors.js'
import { DONE, envelope, lakerunnerFraming, lakerunnerHeaders } from './framing.js'
import { readPayload, stepMsOf, type Payload } from './payload.js'
import { validationOf } from './validation.js'

const LANGUAGE_OF = { metrics: 'promql', logs: 'logql' } as const
type Kind = keyof typeof LANGUAGE_OF

const TAG: readonly RouteParameter[] = [{ name: 'tagName', takes: 'text', required: true }]

/** Labels that tell the service of a series or stream. */
const SERVICE_LABELS = ['resource_service_name', 'service_name'] as const

export function lakerunnerRoutes(engine: Engine, server: ServerOptions): readonly Route[] {
  const payloadOf = ({ request }: Exchange): Payload => readPayload(request.body, request.headers['content-type'], server.clock.nowMs(), engine.limits)
  const post = (path: string, failure: (error: QueryError) => ErrorAnswer, answer: (exchange: Exchange) => Promise<FastifyReply>, parameters: Route['parameters'] = []): Route => ({
    path: `/api/v1/${path}`,
    methods: ['POST'],
    access: 'read',
    body: 'parameters',
    parameters,
    failure,
    handle: (exchange) => told(exchange, failure, () => answer(exchange)),
  })
  const found = (exchange: Exchange, kind: Kind, finds: FindRequest['finds']): FindRequest => findingOf(payloadOf(exchange), kind, finds)
  const ofKind = (kind: Kind): readonly Route[] => {
    const failure = kind === 'logs' ? logsError : plainError
    return [
      post(`${kind}/query`, failure, async (exchange) => query(engine, exchange, server, kind, payloadOf(exchange))),
      post(`${kind}/tags`, failure, async (exchange) => {
        const { metric } = payloadOf(exchange)
        const tags = await findTexts(engine, exchange, found(exchange, kind, { kind: 'names' }))
        if (metric !== undefined && tags.length === 0) throw unknownMetric(metric)
        return json(exchange, metric === undefined ? { tags } : { metric: { name: metric, type: 'unknown' }, tags })
      }),
      post(`${kind}/tagvalues`, failure, async (exchange) => {
        const label = tagName(exchange)
        const values = await findTexts(engine, exchange, found(exchange, kind, { kind: 'values', label }))
        return sendEvents(exchange, values)
      }, TAG),
    ]
  }
  return [
    ...ofKind('metrics'),
    ...ofKind('logs'),
    post('metrics/metadata', plainError, async (exchange) => {
      const names = await findTexts(engine, exchange, found(exchange, 'metrics', { kind: 'values', label: '__name__' }))
      return json(exchange, { metrics: names.map((name) => ({ name, type: 'unknown' })) })
    }),
    post('logs/series', logsError, async (exchange) => {
      const series = await findLabels(engine, exchange, found(exchange, 'logs', { kind: 'series' }))
      return sendChunks(exchange, JSON_TYPE, [`{"status":"success","data":[${series.map(labelsJson).join(',')}]}`])
    }),
    post('promql/validate', plainError, async (exchange) => json(exchange, validationOf(exchange.request.body, 'promql', server.texts))),
    post('logql/validate', plainError, async (exchange) => json(exchange, validationOf(exchange.request.body, 'logql', server.texts))),
    ...plainRoutes(engine),
  ]
}

function plainRoutes(engine: Engine): readonly Route[] {
  const route = (path: string, methods: Route['methods'], answer: (exchange: Exchange) => Promise<FastifyReply>): Route => ({
    path: `/api/v1/${path}`,
    methods,
    access: 'read',
    body: 'parameters',
    failure: plainError,
    handle: (exchange) => told(exchange, plainError, () => answer(exchange)),
  })
  return [
    route('ping', ['GET'], async (exchange) => json(exchange, { status: 'ok' })),
    route('services', ['GET'], async (exchange) => {
      const asked = (['promql', 'logql'] as const).flatMap((language) => SERVICE_LABELS.map((label) => ({ language, label })))
      const lists: string[] = []
      for (const { language, label } of asked) {
        lists.push(...(await findTexts(engine, exchange, { language, selectors: [''], startNs: -(2n ** 62n), endNs: 2n ** 62n, finds: { kind: 'values', label } })))
      }
      return json(exchange, { services: [...new Set(lists)].sort() })
    }),
  ]
}

async function told(exchange: Exchange, failure: (error: QueryError) => ErrorAnswer, answer: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await answer()
  } catch (thrown) {
    if (!(thrown instanceof AnswerError)) throw thrown
    const answered = failure(thrown.error)
    return withHead(exchange.reply, answered).send(answered.body)
  }
}

function query(engine: Engine, exchange: Exchange, { clock }: ServerOptions, kind: Kind, payload: Payload): Promise<FastifyReply> {
  const { q = '', summary = false, reverse = false, limit = 0, startMs, endMs } = payload
  if (q === '') throw badQuery('q is missing: the text of the query')
  const range = { startNs: msToNs(startMs), endNs: msToNs(endMs), stepMs: stepMsOf(payload) }
  const when: QueryRequest['when'] =
    kind === 'metrics'
      ? { kind: 'range', ...range }
      : { kind: 'either', ...range, direction: reverse ? 'backward' : 'forward', limit, align: 'as-given' }
  const asked = ofCaller(exchange, { language: LANGUAGE_OF[kind], text: q, when, stepsMax: engine.limits.streamStepsMax })
  return sendStream(engine, exchange, asked, { framing: lakerunnerFraming(summary ? 'summary' : 'points', q, queryIdOf(exchange)), clock })
}

/** An id that can stand in a header again; others are not told. */
function queryIdOf({ request }: Exchange): string | undefined {
  const id = request.headers['x-cardinalhq-query-id']
  return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : undefined
}

function findingOf({ q, metric, startMs, endMs }: Payload, kind: Kind, finds: FindRequest['finds']): FindRequest {
  const language: Language = LANGUAGE_OF[kind]
  const selector = q ?? (metric === undefined ? '' : `{__name__=${JSON.stringify(metric)}}`)
  return { language, selectors: [selector], startNs: msToNs(startMs), endNs: msToNs(endMs), finds }
}

/** Their dots are underscores in the labels. */
function tagName({ request }: Exchange): string {
  const name = requestParameters(request.url, undefined, undefined).get('tagName')
  if (name === undefined || !/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name)) throw badQuery('the parameter tagName must be the name of a tag')
  return name.replaceAll('.', '_')
}

function unknownMetric(name: string): QueryError {
  return new QueryError({ code: 'bad_query', message: `no such metric in this range: ${name}`, facts: { status: 404 } })
}

function json({ reply }: Exchange, value: unknown): FastifyReply {
  return send(reply, JSON_TYPE, `${JSON.stringify(value)}\n`)
}

function sendEvents(exchange: Exchange, values: readonly string[]): FastifyReply {
  void exchange.reply.headers(lakerunnerHeaders(queryIdOf(exchange)))
  return exchange.reply.send(`${values.map((value) => envelope('result', JSON.stringify({ value }))).join('')}${DONE}`)
}
