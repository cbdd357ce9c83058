/** The paths that take a query apart: Loki's, its twin for PromQL, and one for the native stream. Nothing of a query is run. */
import type { Engine } from '../../model/engine.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import { LIMIT_RULES, type Limits } from '../../model/limits.js'
import type { QuerySplit, SplitOptions } from '../../model/split.js'
import { msToNs } from '../../model/time.js'
import { GET_OR_POST, JSON_TYPE, ofCaller } from '../answering.js'
import { lokiError, nativeError, prometheusError } from '../api-error.js'
import { send, type Exchange, type Route, type RouteParameter, type ServerOptions } from '../exchange.js'
import { INSTANT_LOGS, readLogInstant, readLogRange } from '../loki/answers.js'
import { resolutionRefused } from '../loki/parameters.js'
import type { LokiPlace } from '../loki/place.js'
import { LOKI_INSTANT, LOKI_RANGE } from '../loki/routes.js'
import { withinLimits } from '../loki/within-limits.js'
import { readRequest } from '../native-request.js'
import { parametersOf, type Parameters } from '../parameters.js'
import { prometheusResolutionRefused, readInstantQuery, readOptions, readRangeQuery } from '../prometheus/reading.js'
import { PROMETHEUS_INSTANT, PROMETHEUS_RANGE } from '../prometheus/routes.js'
import { splitJson } from './answer.js'
import { lokiDialect, NATIVE_DIALECT, prometheusDialect, type SplitDialect } from './dialects.js'
import { readSplitOptions, SPLIT_PARAMETERS } from './options.js'

export function splitRoutes(engine: Engine, server: ServerOptions): readonly Route[] {
  const { clock } = server
  return [lokiRoute({ engine, server }), prometheusRoute(engine, clock), nativeRoute(engine, clock)]
}

type Clock = ServerOptions['clock']

function lokiRoute(place: LokiPlace): Route {
  const { engine, server } = place
  const { limits } = engine
  return {
    ...common('/loki/api/v1/split_query', withTime([...LOKI_RANGE, ...LOKI_INSTANT])),
    failure: (error) => lokiError(error, 'before-plan'),
    handle: async (exchange) => {
      const parameters = parametersOf(exchange.request)
      const instant = parameters.get('time') !== undefined
      const asked = wholeQuery(parameters)
      const nowMs = server.clock.nowMs()
      const read = instant ? readLogInstant(asked, nowMs, limits) : readLogRange(asked, nowMs, ofAnyLength(limits))
      const request = await withinLimits(read, exchange, place)
      const split = await splitOf(engine, exchange, request, readSplitOptions(parameters, limits), () => resolutionRefused(limits))
      const streams = split.resultType === 'streams'
      if (streams && instant) throw badQuery(INSTANT_LOGS)
      // A log query has no steps, but Loki holds it to the same resolution.
      if (streams && hasTooManySteps(request, limits)) throw resolutionRefused(limits)
      const stepless = parameters.get('step') === undefined && split.resultType === 'matrix'
      const limit = 'limit' in request.when ? request.when.limit : limits.entriesLimitDefault
      const shown = streams || limit !== 0 ? limit : limits.entriesLimitDefault
      return answer(exchange, stepless ? { ...split, warnings: [STEP_DEFAULTED, ...split.warnings] } : split, lokiDialect(shown))
    },
  }
}

const STEP_DEFAULTED = 'step was not given; send subqueries[].step'

function prometheusRoute(engine: Engine, clock: Clock): Route {
  const { limits } = engine
  return {
    ...common('/api/v1/split_query', withTime([...PROMETHEUS_RANGE, ...PROMETHEUS_INSTANT])),
    cors: true,
    failure: (error) => prometheusError(error, 'before-plan'),
    handle: async (exchange) => {
      const parameters = parametersOf(exchange.request)
      const { limit } = readOptions(parameters)
      const asked = wholeQuery(parameters)
      const request = parameters.get('time') === undefined ? readRangeQuery(asked, ofAnyLength(limits)) : readInstantQuery(asked, clock.nowMs(), limits)
      const split = await splitOf(engine, exchange, request, readSplitOptions(parameters, limits), () => prometheusResolutionRefused(limits))
      return answer(exchange, split, prometheusDialect(limit))
    },
  }
}

function nativeRoute(engine: Engine, clock: Clock): Route {
  const { limits } = engine
  return {
    ...common('/api/v1/split', NATIVE),
    failure: nativeError,
    handle: async (exchange) => {
      const parameters = parametersOf(exchange.request)
      const request = readRequest(wholeQuery(parameters), clock.nowMs(), limits)
      const options = { ...readSplitOptions(parameters, limits), stepsMax: limits.streamStepsMax }
      return answer(exchange, await engine.split(ofCaller(exchange, request), options), NATIVE_DIALECT)
    },
  }
}

const NATIVE: readonly RouteParameter[] = [
  { name: 'lang', takes: 'word', words: ['promql', 'logql'], required: true },
  { name: 'query', takes: 'promql', required: true },
  { name: 'start', takes: 'seconds' },
  { name: 'end', takes: 'seconds' },
  { name: 'time', takes: 'seconds' },
  { name: 'step', takes: 'duration' },
  { name: 'interval', takes: 'duration' },
  { name: 'limit', takes: 'whole' },
  ...SPLIT_PARAMETERS,
]

function common(path: string, parameters: readonly RouteParameter[]): Omit<Route, 'handle' | 'failure'> {
  return { path, methods: GET_OR_POST, access: 'read', body: 'parameters', parameters }
}

/** Without repeats; with `time` the query is one of an instant, and nothing of a range is needed. */
function withTime(parameters: readonly RouteParameter[]): readonly RouteParameter[] {
  const known = new Map([...parameters, ...SPLIT_PARAMETERS].map((parameter) => [parameter.name, parameter]))
  return [...known.values()].map(({ required, ...parameter }) => (parameter.name === 'query' && required === true ? { ...parameter, required } : parameter))
}

/** To readers of queries `shards` says which one is asked for, here how many there are to be. */
function wholeQuery(parameters: Parameters): Parameters {
  return parameters.without('shards')
}

/** Each part is held to the resolution of a query, the whole may be finer. */
function ofAnyLength(limits: Limits): Limits {
  return { ...limits, queryStepsMax: limits.streamStepsMax }
}

function hasTooManySteps({ when }: QueryRequest, { queryStepsMax }: Limits): boolean {
  return 'stepMs' in when && (when.endNs - when.startNs) / msToNs(when.stepMs) > BigInt(queryStepsMax)
}

async function splitOf(engine: Engine, exchange: Exchange, request: QueryRequest, options: SplitOptions, refusal: () => QueryError): Promise<QuerySplit> {
  try {
    return await engine.split(ofCaller(exchange, request), options)
  } catch (thrown) {
    const error = QueryError.from(thrown)
    throw error.code === 'limit_exceeded' && error.facts['limit'] === ('queryStepsMax' satisfies keyof typeof LIMIT_RULES) ? refusal() : error
  }
}

function answer({ reply }: Exchange, split: QuerySplit, dialect: SplitDialect): unknown {
  return send(reply.header('cache-control', 'no-store'), JSON_TYPE, `${splitJson(split, dialect)}\n`)
}
