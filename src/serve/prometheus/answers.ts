/** The answers of Prometheus' query API: parameters, checks and JSON as its clients know them. */
import type { RunsBlock } from '../../model/block.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { Data, QueryRequest, SeriesData } from '../../model/event.js'
import { limitExceeded, type Limits } from '../../model/limits.js'
import { msToNs } from '../../model/time.js'
import { missingTexts, type AnswerEnd, type AnswerShape } from '../answer.js'
import { readPartial, readSnapshotName, type Parameters } from '../parameters.js'
import { dataJson, PROMETHEUS_NUMBERS } from '../result-json.js'
import { readDurationMs, readPrometheusTimeMs } from '../time-text.js'

/** Of warnings and of infos, each. */
const REMARKS_SHOWN = 10

/** What the caller wants of the answer beside the query. */
export interface PrometheusOptions {
  /** Series that are shown; 0: all. The rest is dropped with a warning, as the caller asked. */
  readonly limit: number
  readonly showStats: 'with-stats' | 'without-stats'
}

export function readInstantQuery(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const timeMs = parameters.get('time') === undefined ? nowMs : readTime(parameters, 'time')
  return { ...readCommon(parameters, limits), when: { kind: 'instant', timeNs: msToNs(timeMs) } }
}

export function readRangeQuery(parameters: Parameters, limits: Limits): QueryRequest {
  const startMs = readTime(parameters, 'start')
  const endMs = readTime(parameters, 'end')
  if (endMs < startMs) throw invalid('end', 'end timestamp must not be before start time')
  const stepMs = Math.trunc(readDuration(parameters, 'step', parameters.get('step') ?? ''))
  if (stepMs <= 0) throw invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer')
  const pointsMax = limits.queryStepsMax
  if (Math.trunc((endMs - startMs) / stepMs) > pointsMax) throw prometheusResolutionRefused(limits)
  const when = { kind: 'range', startNs: msToNs(startMs), endNs: msToNs(endMs), stepMs } as const
  return { ...readCommon(parameters, limits), when, stepsMax: pointsMax + 1 }
}

export function prometheusResolutionRefused({ queryStepsMax }: Limits): QueryError {
  return badQuery(`exceeded maximum resolution of ${queryStepsMax.toLocaleString('en')} points per timeseries. Try decreasing the query resolution (?step=XX)`)
}

export function readOptions(parameters: Parameters): PrometheusOptions {
  const text = parameters.get('limit') ?? '0'
  if (!/^[+-]?\d+$/.test(text)) throw invalid('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (Number(text) < 0) throw invalid('limit', 'limit must be non-negative')
  return { limit: Number(text), showStats: parameters.get('stats') === undefined ? 'without-stats' : 'with-stats' }
}

function readCommon(parameters: Parameters, limits: Limits): Omit<QueryRequest, 'when'> {
  const text = parameters.get('query')
  if (text === undefined) throw invalid('query', 'unknown position: parse error: no expression found in input')
  if (Buffer.byteLength(text) > limits.queryTextBytesMax) throw limitExceeded(limits, 'queryTextBytesMax', Buffer.byteLength(text))
  const lookback = parameters.get('lookback_delta')
  const timeout = parameters.get('timeout')
  return {
    language: 'promql',
    text,
    ...(lookback === undefined ? {} : { lookbackMs: readDuration(parameters, 'lookback_delta', lookback) }),
    ...readPartial(parameters),
    ...readSnapshotName(parameters),
    ...(timeout === undefined ? {} : { timeoutMs: readDuration(parameters, 'timeout', timeout) }),
  }
}

function readTime(parameters: Parameters, name: string): number {
  const text = parameters.get(name) ?? ''
  const ms = readPrometheusTimeMs(text)
  if (ms === undefined) throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
  return ms
}

function readDuration(parameters: Parameters, name: string, text: string): number {
  const ms = readDurationMs(text)
  if (ms === undefined) throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid duration`)
  return ms
}

function invalid(name: string, problem: string): QueryError {
  return badQuery(`invalid parameter "${name}": ${problem}`, undefined, { parameter: name })
}

/** `{"status":"success","data":{…}}`. */
export function prometheusShape(options: PrometheusOptions): AnswerShape {
  return {
    numbers: PROMETHEUS_NUMBERS,
    categories: 'merged',
    rowsMax: options.limit,
    single: (data, _, dropped) => singleJson(data, options.limit, dropped),
    head: '{"status":"success","data":{',
    tail: (end) => tailJson(end, options),
  }
}

function tailJson(end: AnswerEnd, { showStats }: PrometheusOptions): string {
  const stats = showStats === 'with-stats' ? `,"stats":${JSON.stringify(statsOf(end))}` : ''
  const own = [...missingTexts(end), ...(end.dropped > 0 ? ['results truncated due to limit'] : []), ...(end.remarksCut === undefined ? [] : [end.remarksCut])]
  const warnings = fewOf(end.warnings, own, 'warning')
  return `${stats}}${listJson('warnings', warnings)}${listJson('infos', fewOf(end.infos, [], 'info'))}}`
}

function singleJson(data: Data | undefined, limit: number, dropped: (elements: number) => void): Iterable<string> {
  if (data === undefined) return ['"resultType":"vector","result":[]']
  if (data.resultType === 'samples') return dataJson({ ...data, runs: limitRuns(data.runs, limit, dropped) }, PROMETHEUS_NUMBERS, 'buckets')
  if (data.resultType === 'vector') return dataJson(limitVector(data, limit, dropped), PROMETHEUS_NUMBERS, 'buckets')
  return dataJson(data, PROMETHEUS_NUMBERS, 'buckets')
}

function limitVector(data: SeriesData, limit: number, dropped: (elements: number) => void): SeriesData {
  const { block } = data
  if (limit === 0 || block.labels.length <= limit) return data
  dropped(block.labels.length - limit)
  return { ...data, block: { ...block, labels: block.labels.slice(0, limit) } }
}

function limitRuns(runs: RunsBlock, limit: number, dropped: (elements: number) => void): RunsBlock {
  if (limit === 0 || runs.labels.length <= limit) return runs
  dropped(runs.labels.length - limit)
  return { ...runs, labels: runs.labels.slice(0, limit) }
}

function statsOf({ stats }: AnswerEnd): object {
  return { timings: { evalTotalTime: stats.wallMs / 1000 }, samples: { totalQueryableSamples: stats.samples } }
}

/** As upstream, no more than ten of a kind, and how many others there are; what is said of the answer itself is always told. */
function fewOf(remarks: readonly string[], own: readonly string[], level: 'warning' | 'info'): readonly string[] {
  const shown = REMARKS_SHOWN - own.length
  if (remarks.length <= shown) return [...remarks, ...own]
  return [...remarks.slice(0, shown), ...own, `${remarks.length - shown} more ${level} annotations omitted`]
}

function listJson(name: string, list: readonly string[]): string {
  return list.length === 0 ? '' : `,"${name}":${JSON.stringify(list)}`
}
