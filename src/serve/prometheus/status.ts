/** What Prometheus tells of itself, as far as it means something here; what Millrace has not (targets, rules, alerts) is empty and well-formed. */
import { GET_OR_POST, JSON_TYPE } from '../answering.js'
import { send, type Route, type RouteParameter, type ServerOptions } from '../exchange.js'
import { packageVersion } from '../../model/place.js'
import { sendData } from './data.js'
import { GET, prometheusRoute } from './place.js'
import { invalid } from './reading.js'

/** The release of Prometheus whose PromQL and API are answered: clients look at it to know what they may ask. */
const LIKE_PROMETHEUS = '3.14.0'

const RULE_TYPES = ['alert', 'record']
const RULES_PARAMETERS: readonly RouteParameter[] = [{ name: 'type', takes: 'word', words: RULE_TYPES }]

export function statusRoutes({ clock, texts }: ServerOptions): readonly Route[] {
  const startedMs = clock.nowMs()
  const route = (path: string, answer: () => unknown): Route => prometheusRoute(GET, path, [], async (exchange) => sendData(exchange, answer()))
  return [
    featuresRoute(texts.features),
    route('/api/v1/status/buildinfo', buildInfo),
    route('/api/v1/status/runtimeinfo', () => runtimeInfo(startedMs, clock.nowMs())),
    route('/api/v1/status/flags', () => ({ 'enable-feature': texts.features.join(',') })),
    route('/api/v1/status/config', () => ({ yaml: '' })),
    route('/api/v1/status/walreplay', () => ({ min: 0, max: 0, current: 0, state: 'done' })),
    prometheusRoute(GET, '/api/v1/rules', RULES_PARAMETERS, async (exchange, given) => {
      const type = given.get('type') ?? ''
      if (type !== '' && !RULE_TYPES.includes(type)) throw invalid('type', `not supported value ${JSON.stringify(type)}`)
      return sendData(exchange, { groups: [] })
    }),
    route('/api/v1/alerts', () => ({ alerts: [] })),
    route('/api/v1/targets', () => ({ activeTargets: [], droppedTargets: [], droppedTargetCounts: {} })),
    route('/api/v1/targets/metadata', () => []),
    route('/api/v1/scrape_pools', () => ({ scrapePools: [] })),
    route('/api/v1/alertmanagers', () => ({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
  ]
}

function buildInfo(): object {
  return { version: LIKE_PROMETHEUS, revision: `millrace ${packageVersion()}`, branch: '', buildUser: '', buildDate: '', goVersion: '' }
}

function runtimeInfo(startedMs: number, nowMs: number): object {
  return {
    startTime: new Date(startedMs).toISOString(),
    CWD: '',
    hostname: '',
    serverTime: new Date(nowMs).toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: new Date(startedMs).toISOString(),
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: 0,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: '',
  }
}

/** One path for two APIs: Prometheus' clients read `data`, Lakerunner's read `features`. */
function featuresRoute(enabled: readonly string[]): Route {
  const told = { status: 'success', data: featuresTold(enabled), features: { metricsSummarySSE: true } }
  return prometheusRoute(GET_OR_POST, '/api/v1/features', [], async ({ reply }) => send(reply, JSON_TYPE, JSON.stringify(told)))
}

function featuresTold(enabled: readonly string[]): object {
  return { api: { query_stats: true, query_warnings: true }, promql: Object.fromEntries(enabled.map((name) => [name.replaceAll('-', '_'), true])) }
}
