/** Every path of a node, and what answers it. */
import type { Engine } from '../model/engine.js'
import { NO_SIBLINGS } from '../model/siblings.js'
import { TEXT_TYPE } from './answering.js'
import { nativeError } from './api-error.js'
import { clusterRoutes } from './cluster-api.js'
import { send, type Route, type ServerOptions } from './exchange.js'
import { FRONT_PAGE } from './front-page.js'
import { keyRoutes } from './keys-api.js'
import { lakerunnerRoutes } from './lakerunner/routes.js'
import { lokiRoutes } from './loki/routes.js'
import { mergeMetrics } from './metrics-text.js'
import { nativeRoutes } from './native-routes.js'
import { metricFactsRoutes } from './prometheus/metric-facts.js'
import { prometheusRoutes } from './prometheus/routes.js'
import { seriesRoutes } from './prometheus/series.js'
import { statusRoutes } from './prometheus/status.js'
import { textRoutes } from './prometheus/texts.js'
import { runningRoutes } from './running-api.js'
import { splitRoutes } from './split/routes.js'

export function routesOf(engine: Engine, options: ServerOptions): readonly Route[] {
  const running = options.node === undefined ? [] : runningRoutes(options.node, options.siblings ?? NO_SIBLINGS)
  const prometheus = [...prometheusRoutes(engine, options), ...seriesRoutes(engine, options), ...textRoutes(engine, options), ...statusRoutes(options), ...metricFactsRoutes(options)]
  const engineRoutes = [...nativeRoutes(engine, options), ...prometheus, ...lokiRoutes(engine, options), ...lakerunnerRoutes(engine, options), ...splitRoutes(engine, options)]
  return [...engineRoutes, ...running, ...nodeRoutes(engine, options), ...keyRoutes(options.keys), ...clusterRoutes(engine, options)]
}

/** Our own, and what `promtool check healthy` and `check ready` ask for. */
const HEALTH_PATHS = ['/healthz', '/-/healthy'] as const
const READY_PATHS = ['/readyz', '/-/ready'] as const

function nodeRoutes(engine: Engine, options: ServerOptions): readonly Route[] {
  return [
    page('/', 'open', async ({ reply, request }) => send(reply, 'text/html; charset=utf-8', FRONT_PAGE.replace('HOST', request.host.replace(/[^\w.:[\]-]/g, '')))),
    ...HEALTH_PATHS.map((path) => page(path, 'open', async ({ reply }) => send(reply, TEXT_TYPE, 'ok\n'))),
    ...READY_PATHS.map((path) =>
      page(path, 'open', async ({ reply }) => {
        await engine.ready()
        return send(reply, TEXT_TYPE, 'ready\n')
      }),
    ),
    page('/metrics', 'observe', async ({ reply }) => send(reply, options.metrics.contentType, await metricsText(options))),
  ]
}

async function metricsText({ metrics, node, siblings = NO_SIBLINGS }: ServerOptions): Promise<string> {
  const { answers, missing } = await siblings.metrics()
  const own = await metrics.text(node?.readings(), missing)
  return answers.length === 0 ? own : mergeMetrics([own, ...answers])
}

function page(path: string, access: Route['access'], handle: Route['handle']): Route {
  return { path, methods: ['GET'], access, body: 'parameters', failure: nativeError, handle }
}
