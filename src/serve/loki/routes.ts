/** The paths of Loki's API. */
import type { Engine } from '../../model/engine.js'
import type { QueryRequest } from '../../model/event.js'
import { answered, GET_OR_POST, sendAnswer } from '../answering.js'
import { lokiError } from '../api-error.js'
import type { Route, RouteParameter, ServerOptions } from '../exchange.js'
import { parametersOf, type Parameters } from '../parameters.js'
import { lokiShape, readLogInstant, readLogRange } from './answers.js'

const OF_EVERY_QUERY: readonly RouteParameter[] = [
  { name: 'query', takes: 'logql', required: true },
  { name: 'limit', takes: 'whole' },
  { name: 'direction', takes: 'word', words: ['forward', 'backward'] },
  { name: 'partial', takes: 'word', words: ['allow'] },
  { name: 'snapshot', takes: 'text' },
]
export const LOKI_INSTANT: readonly RouteParameter[] = [...OF_EVERY_QUERY, { name: 'time', takes: 'nanoseconds' }]
export const LOKI_RANGE: readonly RouteParameter[] = [
  ...OF_EVERY_QUERY,
  { name: 'start', takes: 'nanoseconds' },
  { name: 'end', takes: 'nanoseconds' },
  { name: 'since', takes: 'duration' },
  { name: 'step', takes: 'duration' },
  { name: 'interval', takes: 'duration' },
]

export function lokiRoutes(engine: Engine, server: ServerOptions): readonly Route[] {
  const route = (path: string, parameters: readonly RouteParameter[], read: (parameters: Parameters) => QueryRequest): Route => ({
    path,
    methods: GET_OR_POST,
    access: 'read',
    body: 'parameters',
    parameters,
    failure: (error) => lokiError(error, 'before-plan'),
    handle: (exchange) =>
      answered(exchange, lokiError, async () => {
        const flags = String(exchange.request.headers['x-loki-response-encoding-flags'] ?? '')
        const request = read(parametersOf(exchange.request))
        const shape = lokiShape(flags.includes('categorize-labels') ? 'categorized' : 'merged', request.when)
        return sendAnswer(engine, exchange, request, shape, server)
      }),
  })
  return [
    route('/loki/api/v1/query', LOKI_INSTANT, (parameters) => readLogInstant(parameters, server.clock.nowMs(), engine.limits)),
    route('/loki/api/v1/query_range', LOKI_RANGE, (parameters) => readLogRange(parameters, server.clock.nowMs(), engine.limits)),
  ]
}
