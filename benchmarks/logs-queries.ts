/** The questions, and how long an answer may take on two cores. */
import { LOGS_END_MS, LOGS_START_MS, needleTraceId, type LogsOptions } from './logs-data.js'
import { rangeParameters, type StreamParameters } from './timing.js'

export interface LogsQuery {
  readonly text: string
  readonly when: 'range' | 'instant' | { readonly limit: number }
  /** Warm, two cores. */
  readonly targetMs?: number
}

export const LOGS_STEP_MS = 60_000
/** The first step whose window of a minute lies in the range. */
export const LOGS_FIRST_STEP_MS = LOGS_START_MS + LOGS_STEP_MS

export function logsQueries({ seed }: LogsOptions): readonly LogsQuery[] {
  return [
    { text: 'sum by (app) (count_over_time({app=~".+"}[1m]))', when: 'range', targetMs: 100 },
    { text: 'sum(count_over_time({app=~".+"} |= "connection refused" [1m]))', when: 'range', targetMs: 400 },
    { text: 'sum(count_over_time({app=~".+"} |~ "time(d )?out after [0-9]+ms" [1m]))', when: 'range', targetMs: 500 },
    { text: 'sum by (status) (count_over_time({app=~"json-.*"} | json | status >= 500 [1m]))', when: 'range', targetMs: 300 },
    { text: 'sum by (level) (rate({app=~"fmt-.*"} | logfmt [1m]))', when: 'range' },
    { text: 'quantile_over_time(0.95, {app=~"fmt-.*"} | logfmt | unwrap duration(duration) [1m]) by (app)', when: 'range' },
    { text: 'topk(10, sum by (user) (count_over_time({app=~"fmt-.*"} | logfmt [2h])))', when: 'instant', targetMs: 600 },
    { text: `{app=~".+"} |= "${needleTraceId(seed)}"`, when: { limit: 100 }, targetMs: 60 },
    { text: '{app="json-3"} |= "error"', when: { limit: 1_000 }, targetMs: 90 },
    { text: 'sum by (app) (bytes_rate({app=~".+"}[1m]))', when: 'range', targetMs: 250 },
  ]
}

export function logsParameters({ text, when }: LogsQuery): StreamParameters {
  const asked = { lang: 'logql', query: text }
  if (when === 'instant') return { ...asked, time: String(LOGS_END_MS / 1000) }
  if (when === 'range') return { ...asked, ...rangeParameters({ startMs: LOGS_FIRST_STEP_MS, endMs: LOGS_END_MS, stepMs: LOGS_STEP_MS }) }
  return { ...asked, start: String(LOGS_START_MS / 1000), end: String(LOGS_END_MS / 1000), limit: String(when.limit), direction: 'backward' }
}
