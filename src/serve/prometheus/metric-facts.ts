/** Prometheus' paths about what the catalog knows of metrics: how many series there are of what, and what has been said of them. */
import { badQuery, QueryError } from '../../model/error.js'
import { describedMetrics, type Cardinality, type Counts, type MetricDescription, type MetricFacts } from '../../model/metric-facts.js'
import { callerOf } from '../caller.js'
import type { Route, RouteParameter, ServerOptions } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { sendData } from './data.js'
import { GET, prometheusRoute } from './place.js'

const TSDB: readonly RouteParameter[] = [{ name: 'limit', takes: 'whole' }]
const METADATA: readonly RouteParameter[] = [
  { name: 'metric', takes: 'text' },
  { name: 'limit', takes: 'whole' },
  { name: 'limit_per_metric', takes: 'whole' },
]

/** As Prometheus. */
const ENTRIES_DEFAULT = 10
const ENTRIES_MAX = 10_000

const NO_FACTS: MetricFacts = { cardinality: () => Promise.reject(noCatalog()), descriptions: () => Promise.reject(noCatalog()) }

export function metricFactsRoutes({ metricFacts = NO_FACTS }: ServerOptions): readonly Route[] {
  return [
    prometheusRoute(GET, '/api/v1/status/tsdb', TSDB, async (exchange, given) => {
      const entries = readEntries(given)
      return sendData(exchange, tsdbStatus(await metricFacts.cardinality(callerOf(exchange).organisation), entries))
    }),
    prometheusRoute(GET, '/api/v1/metadata', METADATA, async (exchange, given) => {
      const shown = { metrics: readCount(given, 'limit'), perMetric: readCount(given, 'limit_per_metric') }
      const descriptions = await metricFacts.descriptions(callerOf(exchange).organisation, given.get('metric'))
      return sendData(exchange, metadataOf(descriptions, shown))
    }),
  ]
}

function noCatalog(): QueryError {
  return new QueryError({ code: 'unavailable', message: 'this server has no catalog that could tell of metrics' })
}

function readEntries(given: Parameters): number {
  const entries = wholeOf(given.get('limit') ?? String(ENTRIES_DEFAULT))
  if (entries === undefined || entries < 1) throw badQuery('limit must be a positive number', undefined, { parameter: 'limit' })
  if (entries > ENTRIES_MAX) throw badQuery(`limit must not exceed ${ENTRIES_MAX}`, undefined, { parameter: 'limit' })
  return entries
}

/** Undefined: none was asked for. */
function readCount(given: Parameters, name: string): number | undefined {
  const text = given.get(name)
  if (text === undefined) return undefined
  const count = wholeOf(text)
  if (count === undefined) throw badQuery(`${name} must be a number`, undefined, { parameter: name })
  return count
}

/** A number as Go reads it into 64 bits. */
function wholeOf(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? Number(text) : undefined
}

function tsdbStatus({ series, labelPairs, chunks, times, ...lists }: Cardinality, entries: number): object {
  const first = (counts: Counts): readonly object[] => counts.slice(0, entries).map(([name, value]) => ({ name, value }))
  return {
    headStats: { numSeries: series, numLabelPairs: labelPairs, chunkCount: chunks, minTime: times?.minMs ?? 0, maxTime: times?.maxMs ?? 0 },
    seriesCountByMetricName: first(lists.seriesByMetric),
    labelValueCountByLabelName: first(lists.valuesByLabel),
    memoryInBytesByLabelName: first(lists.bytesByLabel),
    seriesCountByLabelValuePair: first(lists.seriesByPair),
  }
}

interface Shown {
  /** Below zero, as none: all of them. */
  readonly metrics: number | undefined
  /** Zero and below, as none: all of them. */
  readonly perMetric: number | undefined
}

function metadataOf(descriptions: readonly MetricDescription[], { metrics = -1, perMetric = 0 }: Shown): object {
  const all = [...describedMetrics(descriptions)]
  const shown = metrics < 0 ? all : all.slice(0, metrics)
  const told = (own: readonly MetricDescription[]): readonly object[] => (perMetric > 0 ? own.slice(0, perMetric) : own).map(({ type, help, unit }) => ({ type, help, unit }))
  return Object.fromEntries(shown.map(([metric, own]) => [metric, told(own)]))
}
