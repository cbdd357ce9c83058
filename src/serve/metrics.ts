/** What a node tells Prometheus about itself: counted from telemetry events. Home of `prom-client`. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Telemetry, TelemetryEvent } from '../model/telemetry.js'

export interface Metrics {
  /** To be given every telemetry event of the node. */
  readonly observe: Telemetry
  readonly contentType: string
  text(): Promise<string>
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export function createMetrics(): Metrics {
  const registry = new Registry()
  // Among them the lag of the event loop (nodejs_eventloop_lag_seconds), memory and CPU.
  collectDefaultMetrics({ register: registry })
  const meters = createMeters(registry)
  const languages = new Map<string, string>()
  return {
    observe: (event) => count(meters, languages, event),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

type Meters = ReturnType<typeof createMeters>

function createMeters(registry: Registry) {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) => new Counter({ name: `millrace_${name}`, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram({ name: `millrace_${name}`, help, labelNames, buckets: SECONDS, registers })
  return {
    running: new Gauge({ name: 'millrace_queries_running', help: 'Queries that have begun and not ended.', registers }),
    queries: counter('queries_total', 'Queries that have ended, by language and status.', ['language', 'status']),
    waited: histogram('query_wait_seconds', 'How long queries waited for a place.', []),
    firstData: histogram('query_first_data_seconds', 'From the start of a query to its first datapoint.', ['language']),
    wall: histogram('query_seconds', 'From the start of a query to its end.', ['language']),
    units: counter('units_total', 'Work units that have been finished.', []),
    retries: counter('unit_retries_total', 'Work units that were tried again.', []),
    bytes: counter('query_bytes_total', 'Bytes of segments that queries read.', []),
    samples: counter('query_samples_total', 'Samples and entries that queries read.', []),
    cache: counter('cache_total', 'Segment cache: hits, fetches, evictions, and copies that were kept over the budget.', ['outcome']),
    fetched: counter('cache_fetched_bytes_total', 'Bytes fetched from the object store.', []),
    imports: counter('imports_total', 'Imports that have ended.', ['status']),
    imported: counter('import_samples_total', 'Samples and entries that were imported.', []),
    actorFailures: counter('actor_failures_total', 'Actors that failed.', []),
  }
}

function count(meters: Meters, languages: Map<string, string>, event: TelemetryEvent): void {
  switch (event.type) {
    case 'query:started':
      languages.set(event.queryId, event.language)
      meters.running.inc()
      return
    case 'query:admitted':
      meters.waited.observe(event.waitedMs / 1000)
      return
    case 'query:firstData':
      meters.firstData.observe({ language: languages.get(event.queryId) ?? 'unknown' }, event.afterMs / 1000)
      return
    case 'query:ended': {
      const language = languages.get(event.queryId) ?? 'unknown'
      if (languages.delete(event.queryId)) meters.running.dec()
      meters.queries.inc({ language, status: event.status })
      meters.wall.observe({ language }, event.wallMs / 1000)
      return
    }
    case 'unit:finished':
      meters.units.inc()
      meters.bytes.inc(event.bytes)
      meters.samples.inc(event.samples)
      return
    case 'unit:retried':
      meters.retries.inc()
      return
    case 'cache:hit':
      meters.cache.inc({ outcome: 'hit' })
      return
    case 'cache:evicted':
      meters.cache.inc({ outcome: 'evicted' })
      return
    case 'cache:overBudget':
      meters.cache.inc({ outcome: 'over-budget' })
      return
    case 'cache:fetched':
      meters.cache.inc({ outcome: 'fetched' })
      meters.fetched.inc(event.bytes)
      return
    case 'import:finished':
      meters.imports.inc({ status: 'ok' })
      meters.imported.inc(event.samples)
      return
    case 'import:failed':
      meters.imports.inc({ status: 'failed' })
      return
    case 'actor:failed':
      meters.actorFailures.inc()
      return
    case 'node:started':
    case 'node:draining':
    case 'node:stopping':
      return
  }
}
