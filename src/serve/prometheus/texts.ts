/** Prometheus' paths that tell something of a query by its text alone. */
import type { Engine } from '../../model/engine.js'
import { TIME_MS_MAX } from '../../model/time.js'
import { GET_OR_POST } from '../answering.js'
import type { Route, RouteParameter, ServerOptions } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { sendData } from './data.js'
import { prometheusRoute } from './place.js'
import { invalid, readText, readTimeOr } from './reading.js'
import { treeJson } from './tree-json.js'

const QUERY: readonly RouteParameter[] = [{ name: 'query', takes: 'promql', required: true }]
const IN_RANGE: readonly RouteParameter[] = [...QUERY, { name: 'start', takes: 'seconds' }, { name: 'end', takes: 'seconds' }]

export function textRoutes({ limits }: Engine, { texts }: ServerOptions): readonly Route[] {
  const route = (path: string, parameters: readonly RouteParameter[], answer: (text: string, given: Parameters) => unknown): Route =>
    prometheusRoute(GET_OR_POST, path, parameters, async (exchange, given) => sendData(exchange, answer(readText(given, limits), given)))
  return [
    route('/api/v1/format_query', QUERY, (text) => texts.pretty(text, 'promql')),
    route('/api/v1/parse_query', QUERY, (text) => treeJson(texts.tree(text, 'promql'))),
    // No exemplar is kept, so that there is none to show; a mistake in the question is told all the same.
    route('/api/v1/query_exemplars', IN_RANGE, (text, given) => {
      const [start, end] = [readTimeOr(given, 'start', -TIME_MS_MAX), readTimeOr(given, 'end', TIME_MS_MAX)]
      if (end < start) throw invalid('end', 'end timestamp must not be before start timestamp')
      texts.tree(text, 'promql')
      return []
    }),
  ]
}
