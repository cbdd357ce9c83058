/** Parameters of Prometheus' API, with its own checks, defaults and texts. */
import { badQuery, QueryError } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import { msToNs } from '../../model/time.js'
import { readPartial, readShards, readSnapshotName, type Parameters } from '../parameters.js'
import { readDurationMs, readPrometheusTimeMs, wrongDuration } from '../time-text.js'
import type { PrometheusOptions } from './answers.js'

export function readInstantQuery(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const timeMs = readTimeOr(parameters, 'time', nowMs)
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
  return { limit: readLimit(parameters), showStats: parameters.get('stats') === undefined ? 'without-stats' : 'with-stats' }
}

/** 0: no limit. */
export function readLimit(parameters: Parameters): number {
  const text = parameters.get('limit') ?? '0'
  if (!/^[+-]?\d+$/.test(text)) throw invalid('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (Math.abs(Number(text)) >= 2 ** 63) throw invalid('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`)
  if (Number(text) < 0) throw invalid('limit', 'limit must be non-negative')
  return Number(text)
}

export function readText(parameters: Parameters, limits: Limits): string {
  const text = parameters.get('query')
  if (text === undefined) throw invalid('query', 'unknown position: parse error: no expression found in input')
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(text))
  return text
}

function readCommon(parameters: Parameters, limits: Limits): Omit<QueryRequest, 'when'> {
  const text = readText(parameters, limits)
  const lookback = parameters.get('lookback_delta')
  const timeout = parameters.get('timeout')
  return {
    language: 'promql',
    text,
    ...(lookback === undefined ? {} : { lookbackMs: readDuration(parameters, 'lookback_delta', lookback) }),
    ...readPartial(parameters),
    ...readSnapshotName(parameters),
    ...readShards(parameters),
    ...(timeout === undefined ? {} : { timeoutMs: readDuration(parameters, 'timeout', timeout) }),
  }
}

/** A time that may be left out: what is wrong with it is told in other words. */
export function readTimeOr(parameters: Parameters, name: string, otherwise: number): number {
  const text = parameters.get(name)
  if (text === undefined) return otherwise
  const ms = readPrometheusTimeMs(text)
  if (ms === undefined) throw invalid(name, `Invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`)
  return ms
}

function readTime(parameters: Parameters, name: string): number {
  const text = parameters.get(name) ?? ''
  const ms = readPrometheusTimeMs(text)
  if (ms === undefined) throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
  return ms
}

export function readDuration(parameters: Parameters, name: string, text: string): number {
  const ms = readDurationMs(text)
  if (ms === undefined) throw invalid(name, wrongDuration(text))
  return ms
}

export function invalid(name: string, problem: string): QueryError {
  return badQuery(`invalid parameter "${name}": ${problem}`, undefined, { parameter: name })
}

