/** What the panels of dashboards ask, by kind of query, of a few ranges each, so that the same question comes again and its answer can be compared. */
import { LAKE_END_MS, LAKE_START_MS } from './cluster-lake.js'
import type { Seeded } from './seeded.js'

export type PanelKind = 'prometheus range' | 'prometheus instant' | 'loki range' | 'loki entries' | 'stream promql' | 'stream logql'

export interface Panel {
  readonly kind: PanelKind
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
}

const MINUTE_MS = 60_000
const WIDTHS_MS = [15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS, 115 * MINUTE_MS]
const STEPS = 120

const PROMQL = [
  'sum by (job) (rate(m[5m]))',
  'sum by (job) (rate(m{status=~"5.."}[5m])) / sum by (job) (rate(m[5m]))',
  'topk(10, sum by (pod) (rate(m[1m])))',
  'histogram_quantile(0.99, sum by (le) (rate(b_bucket[5m])))',
  'max by (instance) (m{path="/api/v1/p3"})',
  'm{pod="pod-00007"}',
]
const METRICS_OF_LOGS = [
  'sum by (app) (count_over_time({app=~".+"}[1m]))',
  'sum by (level) (count_over_time({app="json-3"} | json [1m]))',
  'sum(rate({app=~"fmt-.*"} |= "error" [1m]))',
]
const ENTRIES = ['{app="json-1"} |= "error"', '{app=~"fmt-[1-3]"} | logfmt | status >= 500', '{app=~".+"} |= "connection refused"']

export const PANEL_KINDS: readonly PanelKind[] = ['prometheus range', 'prometheus instant', 'loki range', 'loki entries', 'stream promql', 'stream logql']

export function drawPanel(random: Seeded): Panel {
  const kind = PANEL_KINDS[random.below(PANEL_KINDS.length)]
  const range = drawRange(random)
  const instant = { time: seconds(LAKE_END_MS - random.below(4) * 10 * MINUTE_MS) }
  const promql = PROMQL[random.below(PROMQL.length)]
  const logMetric = METRICS_OF_LOGS[random.below(METRICS_OF_LOGS.length)]
  const entries = ENTRIES[random.below(ENTRIES.length)]
  switch (kind) {
    case 'prometheus range':
      return { kind, path: '/api/v1/query_range', parameters: { query: promql, ...range } }
    case 'prometheus instant':
      return { kind, path: '/api/v1/query', parameters: { query: promql, ...instant } }
    case 'loki range':
      return { kind, path: '/loki/api/v1/query_range', parameters: { query: logMetric, ...range } }
    case 'loki entries':
      return { kind, path: '/loki/api/v1/query_range', parameters: { query: entries, ...range, limit: '200' } }
    case 'stream promql':
      return { kind, path: '/api/v1/stream', parameters: { lang: 'promql', query: promql, ...range } }
    case 'stream logql':
      return { kind, path: '/api/v1/stream', parameters: { lang: 'logql', query: random.below(2) === 0 ? logMetric : entries, ...range } }
  }
}

/** Ends on a whole minute, begins after the first five, which windows look back to. */
function drawRange(random: Seeded): { readonly start: string; readonly end: string; readonly step: string } {
  const width = WIDTHS_MS[random.below(WIDTHS_MS.length)]
  const latest = LAKE_END_MS - LAKE_START_MS - 5 * MINUTE_MS - width
  const endMs = LAKE_END_MS - Math.min(random.below(3) * 5 * MINUTE_MS, latest)
  return { start: seconds(endMs - width), end: seconds(endMs), step: String(Math.ceil(width / STEPS / 1000)) }
}

function seconds(ms: number): string {
  return String(ms / 1000)
}
