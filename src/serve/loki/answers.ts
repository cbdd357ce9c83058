/** The answers of Loki's query API: parameters, checks, texts and JSON as its clients know them. */
import { badQuery, type QueryError } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import type { Direction } from '../../model/plan.js'
import { msToNs } from '../../model/time.js'
import { missingTexts, type AnswerShape } from '../answer.js'
import { lokiStats } from './stats.js'
import { automaticStepMs } from '../native-request.js'
import { readPartial, readSnapshotName, type Parameters } from '../parameters.js'
import { dataJson, LOKI_NUMBERS } from '../result-json.js'
import type { Categories } from '../streams.js'
import { readDurationMs, wrongDuration, readLokiTimeNs, readPrometheusDurationMs } from '../time-text.js'

export const INSTANT_LOGS = 'log queries are not supported as an instant query type, please change your query to a range query type'

const LIMIT_REFUSED = 'limit must be a positive value'

const HOUR_MS = 3_600_000
const NANOS_IN_MS = 1e6

export function readLogInstant(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const text = readText(parameters, limits)
  const timeNs = readTime(parameters, 'time') ?? msToNs(nowMs)
  if (readLimit(parameters, limits) === 0) throw badQuery(LIMIT_REFUSED)
  readDirection(parameters)
  return { language: 'logql', text, when: { kind: 'instant', timeNs }, ...readPartial(parameters), ...readSnapshotName(parameters) }
}

export function readLogRange(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const text = readText(parameters, limits)
  const endNs = readTime(parameters, 'end') ?? msToNs(nowMs)
  const startNs = readTime(parameters, 'start') ?? earlier(endNs, nowMs) - msToNs(readSince(parameters))
  if (endNs < startNs) throw badQuery('end timestamp must not be before or equal to start time')
  const limit = readLimit(parameters, limits)
  const direction = readDirection(parameters)
  const stepMs = Math.trunc(readStep(parameters, 'step') ?? automaticStepMs(startNs, endNs))
  if (stepMs <= 0) throw badQuery('zero or negative query resolution step widths are not accepted. Try a positive integer')
  const pointsMax = limits.queryStepsMax
  if ((endNs - startNs) / msToNs(stepMs) > BigInt(pointsMax)) throw resolutionRefused(limits)
  const interval = readStep(parameters, 'interval') ?? 0
  if (interval < 0) throw badQuery('interval must be >= 0')
  const intervalNs = BigInt(Math.trunc(interval * NANOS_IN_MS))
  // Widening to multiples of the step can add two points.
  return { language: 'logql', text, when: { kind: 'either', startNs, endNs, stepMs, direction, limit, intervalNs, align: 'to-step' }, stepsMax: pointsMax + 3, ...readPartial(parameters), ...readSnapshotName(parameters) }
}

export function resolutionRefused({ queryStepsMax }: Limits): QueryError {
  return badQuery(`exceeded maximum resolution of ${queryStepsMax.toLocaleString('en')} points per time series. Try increasing the value of the step parameter`)
}

function earlier(endNs: bigint, nowMs: number): bigint {
  const nowNs = msToNs(nowMs)
  return endNs < nowNs ? endNs : nowNs
}

function readText(parameters: Parameters, limits: Limits): string {
  const text = parameters.get('query')
  if (text === undefined) throw badQuery('parse error : syntax error: unexpected $end')
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(text))
  return text
}

function readTime(parameters: Parameters, name: string): bigint | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ns = readLokiTimeNs(text)
  const prefix = name === 'time' ? '' : `could not parse '${name}' parameter: `
  if (ns === undefined) throw badQuery(`${prefix}strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return ns
}

function readSince(parameters: Parameters): number {
  const text = parameters.get('since')
  if (text === undefined) return HOUR_MS
  const ms = readPrometheusDurationMs(text)
  if (ms === undefined) throw badQuery(`could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(text)}`)
  return ms
}

/** 0: all entries of a range. */
function readLimit(parameters: Parameters, limits: Limits): number {
  const text = parameters.get('limit')
  if (text === undefined) return limits.entriesLimitDefault
  if (!/^[+-]?\d+$/.test(text)) throw badQuery(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const limit = Number(text)
  if (limit < 0) throw badQuery(LIMIT_REFUSED)
  const max = limits.entriesLimitMax
  if (limit > max) throw badQuery(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${max})`)
  return limit
}

function readDirection(parameters: Parameters): Direction {
  const text = parameters.get('direction') ?? 'backward'
  switch (text.toLowerCase()) {
    case 'forward':
      return 'forward'
    case 'backward':
      return 'backward'
  }
  throw badQuery(`invalid direction '${text}'`)
}

function readStep(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ms = readDurationMs(text)
  if (ms === undefined) throw badQuery(wrongDuration(text))
  return ms
}

/** `{"status":"success","data":{…,"stats":{…}}}` and a line break. */
export function lokiShape(categories: Categories, when: QueryRequest['when']): AnswerShape {
  return {
    numbers: LOKI_NUMBERS,
    categories,
    rowsMax: 0,
    single: (data) => (data === undefined ? ['"resultType":"vector","result":[]'] : dataJson(data, LOKI_NUMBERS, 'buckets')),
    refuse: ({ resultType }) => {
      if (resultType === 'streams' && when.kind === 'instant') throw badQuery(INSTANT_LOGS)
    },
    head: '{"status":"success","data":{',
    tail: (end) => {
      const warnings = [...missingTexts(end), ...end.warnings]
      return `,"stats":${JSON.stringify(lokiStats(end))}}${warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`}}\n`
    },
  }
}
