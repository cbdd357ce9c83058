/** The paths of Prometheus' API. */
import type { Engine } from '../../model/engine.js'
import type { QueryRequest } from '../../model/event.js'
import { GET_OR_POST, sendAnswer } from '../answering.js'
import type { Route, RouteParameter, ServerOptions } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { prometheusShape } from './answers.js'
import { prometheusRoute } from './place.js'
import { readInstantQuery, readOptions, readRangeQuery } from './reading.js'

const OF_EVERY_QUERY: readonly RouteParameter[] = [
  { name: 'query', takes: 'promql', required: true },
  { name: 'timeout', takes: 'duration' },
  { name: 'limit', takes: 'whole' },
  { name: 'lookback_delta', takes: 'duration' },
  { name: 'stats', takes: 'text' },
  { name: 'partial', takes: 'word', words: ['allow'] },
  { name: 'snapshot', takes: 'text' },
  { name: 'shards', takes: 'shard' },
]
export const PROMETHEUS_INSTANT: readonly RouteParameter[] = [...OF_EVERY_QUERY, { name: 'time', takes: 'seconds' }]
export const PROMETHEUS_RANGE: readonly RouteParameter[] = [
  ...OF_EVERY_QUERY,
  { name: 'start', takes: 'seconds', required: true },
  { name: 'end', takes: 'seconds', required: true },
  { name: 'step', takes: 'duration', required: true },
]

export function prometheusRoutes(engine: Engine, server: ServerOptions): readonly Route[] {
  const route = (path: string, parameters: readonly RouteParameter[], read: (parameters: Parameters) => QueryRequest): Route =>
    prometheusRoute(GET_OR_POST, path, parameters, async (exchange, given) => {
      const options = readOptions(given)
      return sendAnswer(engine, exchange, read(given), prometheusShape(options), server)
    })
  return [
    route('/api/v1/query', PROMETHEUS_INSTANT, (parameters) => readInstantQuery(parameters, server.clock.nowMs(), engine.limits)),
    route('/api/v1/query_range', PROMETHEUS_RANGE, (parameters) => readRangeQuery(parameters, engine.limits)),
  ]
}
