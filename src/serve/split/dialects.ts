/** How each API asks for one part of a query: the path, and the parameters from which it makes the same request. */
import type { QueryRequest, ResultType } from '../../model/event.js'
import { shardText } from '../../model/shard.js'
import { msToNs } from '../../model/time.js'
import { writeRequest } from '../native-request.js'
import { writeSeconds } from '../time-text.js'

export type PartParameters = Readonly<Record<string, string>>

export interface SplitDialect {
  readonly path: (request: QueryRequest) => string
  readonly parameters: (request: QueryRequest, resultType: ResultType) => PartParameters
  /** The limit that is told of a part. */
  readonly limit: (request: QueryRequest, resultType: ResultType) => number
}

/** `shown`: the limit that was asked for, of a metric query too, where it has no meaning. */
export function lokiDialect(shown: number): SplitDialect {
  return {
    path: ({ when }) => (when.kind === 'instant' ? '/loki/api/v1/query' : '/loki/api/v1/query_range'),
    parameters: (request, resultType) => ({ query: request.text, ...lokiTimes(request, resultType), limit: String(shown), ...common(request) }),
    limit: () => shown,
  }
}

function lokiTimes({ when }: QueryRequest, resultType: ResultType): PartParameters {
  if (when.kind === 'instant') return { time: lokiTime(when.timeNs) }
  const range = { start: lokiTime(when.startNs), end: lokiTime(when.endNs) }
  if (resultType !== 'streams') return 'stepMs' in when ? { ...range, step: secondsOf(when.stepMs) } : range
  if (!('direction' in when)) return range
  const interval: PartParameters = (when.intervalNs ?? 0n) > 0n ? { interval: writeSeconds(when.intervalNs ?? 0n) } : {}
  return { ...range, direction: when.direction, ...interval }
}

/** Loki takes a whole number of at most ten characters for seconds: times near the epoch are filled up with zeros. */
function lokiTime(ns: bigint): string {
  const text = String(ns)
  return text.length > 10 ? text : `${ns < 0n ? '-' : ''}${text.replace('-', '').padStart(19, '0')}`
}

/** `shown`: how many series the answer may have, 0: all. It is counted when the parts are together. */
export function prometheusDialect(shown: number): SplitDialect {
  return {
    path: ({ when }) => (when.kind === 'instant' ? '/api/v1/query' : '/api/v1/query_range'),
    parameters: (request) => ({ query: request.text, ...prometheusTimes(request), ...prometheusOptions(request), ...common(request) }),
    limit: () => shown,
  }
}

function prometheusTimes({ when }: QueryRequest): PartParameters {
  if (when.kind === 'instant') return { time: writeSeconds(when.timeNs) }
  const range = { start: writeSeconds(when.startNs), end: writeSeconds(when.endNs) }
  return 'stepMs' in when ? { ...range, step: secondsOf(when.stepMs) } : range
}

function prometheusOptions({ lookbackMs, timeoutMs }: QueryRequest): PartParameters {
  return { ...(lookbackMs === undefined ? {} : { lookback_delta: String(lookbackMs / 1000) }), ...(timeoutMs === undefined ? {} : { timeout: String(timeoutMs / 1000) }) }
}

export const NATIVE_DIALECT: SplitDialect = {
  path: () => '/api/v1/stream',
  parameters: (request) => Object.fromEntries(writeRequest(request)),
  limit: ({ when }) => ('limit' in when ? when.limit : 0),
}

function common({ snapshot, shard, partial }: QueryRequest): PartParameters {
  return { ...(shard === undefined ? {} : { shards: shardText(shard) }), ...(snapshot === undefined ? {} : { snapshot }), ...(partial === undefined ? {} : { partial }) }
}

function secondsOf(ms: number): string {
  return writeSeconds(msToNs(ms))
}
