/** The answers of Prometheus' query API: JSON as its clients know it. */
import type { RunsBlock } from '../../model/block.js'
import type { Data, SeriesData } from '../../model/event.js'
import { missingTexts, type AnswerEnd, type AnswerShape } from '../answer.js'
import { dataJson, PROMETHEUS_NUMBERS } from '../result-json.js'

/** Of warnings and of infos, each. */
const REMARKS_SHOWN = 10

/** What the caller wants of the answer beside the query. */
export interface PrometheusOptions {
  /** Series that are shown; 0: all. The rest is dropped with a warning, as the caller asked. */
  readonly limit: number
  readonly showStats: 'with-stats' | 'without-stats'
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
