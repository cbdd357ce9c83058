/** The parameters of the native API and of the command line, and the same request written as parameters again. */
import { badQuery } from '../model/error.js'
import type { QueryRequest, QueryWhen } from '../model/event.js'
import { checkLimit, type Limits } from '../model/limits.js'
import { shardText } from '../model/shard.js'
import { msToNs } from '../model/time.js'
import { badParameter, Parameters, readPartial, readShards, readSnapshotName } from './parameters.js'
import { readDurationMs, readTimeNs, writeSeconds } from './time-text.js'

const TIME = 'RFC 3339, unix seconds, unix ms, now or now-1h'
const DURATION = 'a number of seconds or a duration such as 30s or 5m'
const HOUR_MS = 3_600_000

/** At most 250 steps, each of whole seconds: Loki's default. */
export function automaticStepMs(startNs: bigint, endNs: bigint): number {
  return Math.max(Number((endNs - startNs) / 250_000_000_000n), 1) * 1000
}

/**
 * Reads `lang`, `query`, and either `time` or `start`, `end` (default: the last hour) and `step` (default: automatic);
 * for log queries `direction` (default backward) and `limit` (default 0: all); `partial`; `shards`. Throws `bad_query` naming the parameter.
 * Of relative times the moment that they were resolved at is kept: `nowMs` of whoever asked first makes the same request again.
 * `kind` (instant, range, entries, either) says more than people need to: it is how the client keeps a request whole.
 */
export function readRequest(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const language = parameters.word('lang', ['promql', 'logql'])
  if (language === undefined) throw badParameter('lang', 'is missing: promql or logql')
  const text = parameters.need('query')
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(text))
  const duration = (name: string): number | undefined => {
    const ms = parameters.read(name, readDurationMs, DURATION)
    if (ms !== undefined && !(ms > 0)) throw badParameter(name, 'must be greater than 0')
    return ms
  }
  const lookbackMs = duration('lookback')
  const timeoutMs = duration('timeout')
  const when = readWhen(parameters, language === 'logql' ? 'either' : 'range', nowMs)
  return {
    language,
    text,
    when,
    ...(hangsOnNow(parameters, when.kind) ? { nowMs } : {}),
    stepsMax: Math.min(parameters.whole('stepsMax', 1) ?? limits.streamStepsMax, limits.streamStepsMax),
    ...(lookbackMs === undefined ? {} : { lookbackMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...readPartial(parameters),
    ...readSnapshotName(parameters),
    ...readShards(parameters),
  }
}

function readWhen(parameters: Parameters, kindOfRange: 'either' | 'range', nowMs: number): QueryWhen {
  const time = (name: string): bigint | undefined => parameters.read(name, (text) => readTimeNs(text, nowMs), TIME)
  const timeNs = time('time')
  const startGiven = time('start')
  const endGiven = time('end')
  const direction = parameters.word('direction', ['forward', 'backward'])
  const limit = parameters.whole('limit', 0)
  const interval = readInterval(parameters)
  const kind = parameters.word('kind', ['instant', 'range', 'entries', 'either']) ?? (timeNs === undefined ? kindOfRange : 'instant')
  if (kind === 'instant') {
    if (startGiven !== undefined || endGiven !== undefined) throw badParameter('time', 'excludes start and end')
    return { kind, timeNs: timeNs ?? msToNs(nowMs) }
  }
  if (timeNs !== undefined) throw badParameter('time', `does not go with kind ${kind}`)
  const endNs = endGiven ?? msToNs(nowMs)
  const startNs = startGiven ?? endNs - msToNs(HOUR_MS)
  if (endNs < startNs) throw badParameter('end', 'must not be before start')
  if (kind === 'entries') return { kind, startNs, endNs, direction: direction ?? 'backward', limit: limit ?? 0, ...interval }
  const stepMs = readStep(parameters) ?? automaticStepMs(startNs, endNs)
  if (kind === 'either') {
    const align = parameters.word('align', ['as-given', 'to-step']) ?? 'as-given'
    return { kind, startNs, endNs, stepMs, direction: direction ?? 'backward', limit: limit ?? 0, align, ...interval }
  }
  if (direction === 'backward') throw badParameter('direction', 'backward is for log queries')
  if (limit !== undefined) throw badParameter('limit', 'is for log queries; use topk to have fewer series')
  return { kind, startNs, endNs, stepMs }
}

/** Of log queries: entries nearer than that to the last one that was given are left out. */
function readInterval(parameters: Parameters): { readonly intervalNs?: bigint } {
  const ms = parameters.read('interval', readDurationMs, DURATION)
  if (ms === undefined) return {}
  if (!(ms >= 0)) throw badParameter('interval', 'must not be negative')
  return { intervalNs: BigInt(Math.round(ms * 1e6)) }
}

/** Whether another moment would make another request: an end that is not given is now. */
function hangsOnNow(parameters: Parameters, kind: QueryWhen['kind']): boolean {
  const last = parameters.get(kind === 'instant' ? 'time' : 'end') ?? 'now'
  return [last, parameters.get('start') ?? ''].some((text) => text.startsWith('now'))
}

function readStep(parameters: Parameters): number | undefined {
  const stepMs = parameters.read('step', readDurationMs, DURATION)
  if (stepMs === undefined) return undefined
  if (!(stepMs > 0)) throw badParameter('step', 'must be greater than 0')
  if (!Number.isSafeInteger(stepMs)) throw badParameter('step', 'must be whole milliseconds')
  return stepMs
}

/** The parameters from which readRequest makes the same request. Throws `bad_query` for what the native API does not take: it would answer another question. */
export function writeRequest(request: QueryRequest): URLSearchParams {
  for (const name of ['finds', 'newerThan'] as const) if (request[name] !== undefined) throw badQuery(`${name} can be asked of a node in this process only`)
  const { when } = request
  const pairs: Record<string, string> = { lang: request.language, query: request.text, kind: when.kind }
  if (request.lookbackMs !== undefined) pairs['lookback'] = seconds(request.lookbackMs)
  if (request.timeoutMs !== undefined) pairs['timeout'] = seconds(request.timeoutMs)
  if (request.stepsMax !== undefined) pairs['stepsMax'] = String(request.stepsMax)
  if (request.partial !== undefined) pairs['partial'] = request.partial
  if (request.snapshot !== undefined) pairs['snapshot'] = request.snapshot
  if (request.shard !== undefined) pairs['shards'] = shardText(request.shard)
  if (when.kind === 'instant') return new URLSearchParams({ ...pairs, time: writeSeconds(when.timeNs) })
  pairs['start'] = writeSeconds(when.startNs)
  pairs['end'] = writeSeconds(when.endNs)
  if (when.kind !== 'entries') pairs['step'] = seconds(when.stepMs)
  if (when.kind !== 'range') {
    pairs['direction'] = when.direction
    pairs['limit'] = String(when.limit)
    if (when.intervalNs !== undefined) pairs['interval'] = writeSeconds(when.intervalNs)
  }
  if (when.kind === 'either') pairs['align'] = when.align
  return new URLSearchParams(pairs)
}

function seconds(ms: number): string {
  return writeSeconds(msToNs(ms))
}
