/** The answers of Loki's query API: parameters, checks, texts and JSON as its clients know them. */
import { badQuery } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import type { Limits } from '../../model/limits.js'
import type { Direction } from '../../model/plan.js'
import { msToNs } from '../../model/time.js'
import { missingTexts, type AnswerShape } from '../answer.js'
import { lokiStats } from './stats.js'
import { readPartial, readShards, readSnapshotName, type Parameters } from '../parameters.js'
import { dataJson, LOKI_NUMBERS } from '../result-json.js'
import type { Categories } from '../streams.js'
import { readGridStepMs, readInteger, readStep, readText, readTime, readTimes } from './parameters.js'

export const INSTANT_LOGS = 'log queries are not supported as an instant query type, please change your query to a range query type'

const NANOS_IN_MS = 1e6

export function readLogInstant(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const text = readText(parameters, limits)
  const timeNs = readTime(parameters, 'time') ?? msToNs(nowMs)
  readLimit(parameters, limits)
  readDirection(parameters)
  return { language: 'logql', text, when: { kind: 'instant', timeNs }, ...readPartial(parameters), ...readSnapshotName(parameters), ...readShards(parameters) }
}

export function readLogRange(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const text = readText(parameters, limits)
  const { startNs, endNs } = readTimes(parameters, nowMs)
  // 0: all.
  const limit = readInteger(parameters, 'limit') === 0 ? 0 : readLimit(parameters, limits)
  const direction = readDirection(parameters)
  const stepMs = readGridStepMs(parameters, { startNs, endNs }, limits)
  const interval = readStep(parameters, 'interval') ?? 0
  if (interval < 0) throw badQuery('interval must be >= 0')
  const intervalNs = BigInt(Math.trunc(interval * NANOS_IN_MS))
  // Widening to multiples of the step can add two points.
  return { language: 'logql', text, when: { kind: 'either', startNs, endNs, stepMs, direction, limit, intervalNs, align: 'to-step' }, stepsMax: limits.queryStepsMax + 3, ...readPartial(parameters), ...readSnapshotName(parameters), ...readShards(parameters) }
}

/** By the parameter of that name. How many entries there may be is not known here: a metric query has none, and any limit. */
export function readLimit(parameters: Parameters, limits: Limits, name = 'limit'): number {
  const limit = readInteger(parameters, name) ?? limits.entriesLimitDefault
  if (limit <= 0) throw badQuery('limit must be a positive value')
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
