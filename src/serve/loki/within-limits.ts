/** Requests held to the limits of the node and to those that they set themselves, in Loki's words. */
import { goDurationText, prometheusDurationText } from '../../language/language.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { Expr, LogExpr } from '../../model/expr.js'
import type { QueryRequest, QueryWhen } from '../../model/event.js'
import type { Limits } from '../../model/limits.js'
import { msToNs, nsToMs } from '../../model/time.js'
import { callerOf } from '../caller.js'
import type { Exchange } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { badContext, readAskedLimits, type AskedLimits } from './asked-limits.js'
import { binaryBytes } from './field-notations.js'
import { readTimes, type TimeRange } from './parameters.js'
import type { LokiPlace } from './place.js'
import { readRange, selectionsOf, type Selection } from './selections.js'
import { forEachShare, streamTest } from './stream-facts.js'

/** The request as it may be run. Throws `bad_query` where it is beyond a limit. */
export async function withinLimits(request: QueryRequest, exchange: Exchange, place: LokiPlace): Promise<QueryRequest> {
  const { limits } = place.engine
  const asked = readAskedLimits(exchange.request.headers)
  const limit = 'limit' in request.when ? request.when.limit : limits.entriesLimitDefault
  // The text is read for its own sake only where a limit hangs on it.
  if (asked === undefined && limit <= limits.entriesLimitMax) return request
  const expr = place.server.texts.tree(request.text, 'logql')
  if (expr.kind === 'logs' && request.when.kind !== 'instant') checkEntries(limit, asked, limits)
  if (asked === undefined) return request
  checkSelections(expr, asked)
  const range = rangeWithin(rangeOf(request.when), asked, place.server.clock.nowMs())
  await checkBytes(expr, range, asked, exchange, place)
  return {
    ...request,
    when: request.when.kind === 'instant' ? request.when : { ...request.when, startNs: range.startNs },
    ...(asked.maxQueryTime === 0 ? {} : { timeoutMs: Math.min(asked.maxQueryTime, request.timeoutMs ?? Infinity) }),
  }
}

/** `start`, `end` and `since` of a path about streams. */
export function readTimesWithin(exchange: Exchange, parameters: Parameters, { server }: Pick<LokiPlace, 'server'>): TimeRange {
  const nowMs = server.clock.nowMs()
  const range = readTimes(parameters, nowMs)
  const asked = readAskedLimits(exchange.request.headers)
  return asked === undefined ? range : rangeWithin(range, asked, nowMs)
}

function rangeOf(when: QueryWhen): TimeRange {
  return when.kind === 'instant' ? { startNs: when.timeNs, endNs: when.timeNs } : when
}

/** The range without what lies beyond maxQueryLookback. Throws `bad_query` if nothing is left, or more than maxQueryLength. */
function rangeWithin(range: TimeRange, asked: AskedLimits, nowMs: number): TimeRange {
  const { maxQueryLookback, maxQueryLength } = asked
  const { endNs } = range
  const startNs = startWithin(range.startNs, asked, nowMs)
  if (endNs < startNs) throw badQuery(`this data is no longer available, it is past now - max_query_lookback (${prometheusDurationText(msToNs(maxQueryLookback))})`)
  const length = nsToMs(endNs) - nsToMs(startNs)
  if (maxQueryLength === 0 || length <= maxQueryLength) return { startNs, endNs }
  const [has, may] = [goDurationText(msToNs(length)), prometheusDurationText(msToNs(maxQueryLength))]
  throw badQuery(`the query time range exceeds the limit (query length: ${has}, limit: ${may})`)
}

/** The start, or what maxQueryLookback leaves of the time behind it. */
export function startWithin(startNs: bigint, { maxQueryLookback }: AskedLimits, nowMs: number): bigint {
  const earliest = msToNs(nowMs - maxQueryLookback)
  return maxQueryLookback === 0 || startNs > earliest ? startNs : earliest
}

/** Throws `bad_query` if so many entries are more than the node, or the request itself, allows. */
export function checkEntries(limit: number, asked: AskedLimits | undefined, limits: Limits): void {
  const own = asked?.maxEntriesLimitPerQuery ?? 0
  if (own !== 0 && limit === 0) throw badQuery('limit must be a positive value')
  const max = own === 0 ? limits.entriesLimitMax : Math.min(own, limits.entriesLimitMax)
  if (limit > max) throw badQuery(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${max})`)
}

/** Throws `bad_query` for a selector that names too few labels, and for a window that is too long. */
export function checkSelections(expr: Expr, asked: AskedLimits): void {
  for (const { logs, windowNs } of selectionsOf(expr)) {
    checkMatchers(logs, asked)
    const max = msToNs(asked.maxQueryInterval)
    if (max !== 0n && windowNs > max) throw badQuery(`[interval] value exceeds limit: [${prometheusDurationText(windowNs)}] > [${prometheusDurationText(max)}]`)
  }
}

function checkMatchers({ matchers }: LogExpr, { requiredLabels, minimumLabelsNumber }: AskedLimits): void {
  const present = matchers.map(({ name }) => name)
  const missing = requiredLabels.filter((name) => !present.includes(name))
  if (missing.length > 0) throw badQuery(`stream selector is missing required matchers [${missing.join(', ')}], labels present in the query were [${present.join(', ')}]`)
  if (present.length >= minimumLabelsNumber) return
  const numbers = `number_present: ${present.length}, required_number_label_matchers: ${minimumLabelsNumber}`
  throw badQuery(`stream selector has less label matchers than required: (present: [${present.join(', ')}], ${numbers})`)
}

/** By what the catalog knows of streams. A log query without a filter ends with its limit, whatever it selects: as in Loki it is not held to this. */
async function checkBytes(expr: Expr, range: TimeRange, asked: AskedLimits, exchange: Exchange, place: LokiPlace): Promise<void> {
  const { maxQueryBytesRead: max, whole } = asked
  if (max === 0 || (expr.kind === 'logs' && !hasFilter(expr))) return
  const own = await bytesOf(selectionsOf(expr), range, exchange, place)
  const bytes = whole === undefined ? own : Math.max(own, await bytesOf(selectionsOfWhole(whole.text, place), whole, exchange, place))
  if (bytes <= max) return
  const advice = 'consider adding more specific stream selectors or reduce the time range of the query'
  throw badQuery(`the query would read too many bytes (query: ${binaryBytes(bytes)}, limit: ${binaryBytes(max)}); ${advice}`)
}

function hasFilter({ stages }: LogExpr): boolean {
  return stages.some(({ kind }) => kind === 'lineFilter' || kind === 'labelFilter')
}

function selectionsOfWhole(text: string, { server }: LokiPlace): readonly Selection[] {
  try {
    return selectionsOf(server.texts.tree(text, 'logql'))
  } catch (thrown) {
    throw badContext(`expr ${QueryError.from(thrown).message}`)
  }
}

async function bytesOf(selections: readonly Selection[], range: TimeRange, exchange: Exchange, { engine, server }: LokiPlace): Promise<number> {
  if (server.logs === undefined) throw badQuery('this node does not know how many bytes a query would read: maxQueryBytesRead cannot be kept')
  const { organisation } = callerOf(exchange)
  let bytes = 0
  for (const selection of selections) {
    const read = readRange(selection, range)
    const matches = streamTest(selection.logs.matchers)
    for (const segment of await server.logs.streams({ organisation, timeMin: read.startNs, timeMax: read.endNs })) {
      forEachShare(segment, matches, read, engine.limits, (stream, share) => (bytes += share * stream.bytes))
    }
  }
  return Math.round(bytes)
}
