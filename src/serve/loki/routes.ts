/** The paths of Loki's API. */
import type { Engine } from '../../model/engine.js'
import { QueryError } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import { answered, ask, GET_OR_POST, JSON_TYPE } from '../answering.js'
import { lokiError } from '../api-error.js'
import { sendChunks, type Route, type RouteParameter, type ServerOptions } from '../exchange.js'
import { parametersOf, type Parameters } from '../parameters.js'
import { lokiJson, readLogInstant, readLogRange } from './answers.js'

const INSTANT_LOGS = 'log queries are not supported as an instant query type, please change your query to a range query type'

const OF_EVERY_QUERY: readonly RouteParameter[] = [
  { name: 'query', takes: 'logql', required: true },
  { name: 'limit', takes: 'whole' },
  { name: 'direction', takes: 'word', words: ['forward', 'backward'] },
]
const INSTANT: readonly RouteParameter[] = [...OF_EVERY_QUERY, { name: 'time', takes: 'nanoseconds' }]
const RANGE: readonly RouteParameter[] = [
  ...OF_EVERY_QUERY,
  { name: 'start', takes: 'nanoseconds' },
  { name: 'end', takes: 'nanoseconds' },
  { name: 'since', takes: 'duration' },
  { name: 'step', takes: 'duration' },
  { name: 'interval', takes: 'duration' },
]

export function lokiRoutes(engine: Engine, { clock }: ServerOptions): readonly Route[] {
  const route = (path: string, parameters: readonly RouteParameter[], read: (parameters: Parameters) => QueryRequest): Route => ({
    path,
    methods: GET_OR_POST,
    access: 'read',
    body: 'parameters',
    parameters,
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
    route('/loki/api/v1/query', INSTANT, (parameters) => readLogInstant(parameters, clock.nowMs(), engine.limits)),
    route('/loki/api/v1/query_range', RANGE, (parameters) => readLogRange(parameters, clock.nowMs(), engine.limits)),
  ]
}
