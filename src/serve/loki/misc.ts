/** What Loki's clients ask that is no question about data: layouts of queries, versions, limits. */
import { prometheusDurationText } from '../../language/language.js'
import { QueryError } from '../../model/error.js'
import type { QueryTexts } from '../../model/engine.js'
import type { Limits } from '../../model/limits.js'
import { packageVersion } from '../../model/place.js'
import { msToNs } from '../../model/time.js'
import { lokiError, type ErrorAnswer } from '../api-error.js'
import { JSON_TYPE } from '../answering.js'
import type { Parameters } from '../parameters.js'
import { readText } from './parameters.js'

/** Clients choose by it what to ask for: the version of Loki whose API this is. */
const API_VERSION = '3.5.0'

export function formatQuery(parameters: Parameters, texts: QueryTexts, limits: Limits): string {
  const pretty = texts.pretty(readText(parameters, limits), 'logql')
  return `${JSON.stringify({ status: 'success', data: pretty })}\n`
}

/** The one error that Loki tells as JSON. */
export function formatError(error: QueryError): ErrorAnswer {
  const answer = lokiError(error, 'before-plan')
  return answer.status === 400 ? { ...answer, contentType: JSON_TYPE, body: JSON.stringify({ status: 'invalid-query', error: answer.body.trimEnd() }) } : answer
}

export function buildInfo(): string {
  const build = { version: API_VERSION, revision: `millrace-${packageVersion()}`, branch: '', buildUser: 'millrace', buildDate: '', goVersion: '' }
  return `${JSON.stringify(build)}\n`
}

/** By the names that Loki gives them. */
function limitsOf(limits: Limits): Readonly<Record<string, string | number | boolean>> {
  return {
    discover_log_levels: false,
    max_entries_limit_per_query: limits.entriesLimitMax,
    max_line_size_truncate: false,
    max_query_bytes_read: '0B',
    max_query_length: '0s',
    max_query_lookback: '0s',
    max_query_range: '0s',
    max_query_series: limits.querySeriesMax,
    query_timeout: prometheusDurationText(msToNs(Math.ceil(limits.queryTimeoutMs))),
    retention_period: '0s',
    volume_enabled: true,
    volume_max_series: limits.volumeSeriesMax,
  }
}

export function drilldownLimits(limits: Limits): string {
  return `${JSON.stringify({ limits: limitsOf(limits), pattern_ingester_enabled: false, version: API_VERSION })}\n`
}

/** As YAML. */
export function tenantLimits(limits: Limits): string {
  return Object.entries(limitsOf(limits)).map(([name, value]) => `${name}: ${value}\n`).join('')
}
