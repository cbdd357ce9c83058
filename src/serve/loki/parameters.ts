/** Parameters that paths of Loki's API have in common, with its checks and its texts. */
import { badQuery, type QueryError } from '../../model/error.js'
import type { QueryTexts } from '../../model/engine.js'
import type { Matcher } from '../../model/labels.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import { msToNs } from '../../model/time.js'
import { automaticStepMs } from '../native-request.js'
import type { Parameters } from '../parameters.js'
import { isInt64, readDurationMs, readLokiTimeNs, readPrometheusDurationMs, wrongDuration } from '../time-text.js'

const HOUR_MS = 3_600_000

export interface TimeRange {
  readonly startNs: bigint
  readonly endNs: bigint
}

/** `start`, `end` and `since`: without them the hour until now. */
export function readTimes(parameters: Parameters, nowMs: number): TimeRange {
  const range = readUnorderedTimes(parameters, nowMs)
  if (range.endNs < range.startNs) throw badQuery('end timestamp must not be before or equal to start time')
  return range
}

/** As readTimes, but the end may be before the start: of those who need the start alone. */
export function readUnorderedTimes(parameters: Parameters, nowMs: number): TimeRange {
  const endNs = readTime(parameters, 'end') ?? msToNs(nowMs)
  return { startNs: readTime(parameters, 'start') ?? earlier(endNs, nowMs) - msToNs(readSince(parameters)), endNs }
}

function earlier(endNs: bigint, nowMs: number): bigint {
  const nowNs = msToNs(nowMs)
  return endNs < nowNs ? endNs : nowNs
}

export function readText(parameters: Parameters, limits: Limits): string {
  const text = parameters.get('query')
  if (text === undefined) throw badQuery('parse error : syntax error: unexpected $end')
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(text))
  return text
}

/** A selector; '' for all streams, which `{}` and none at all ask for. */
export function selectorText(text: string | undefined): string {
  return text === undefined || /^\s*\{\s*\}\s*$/.test(text) ? '' : text
}

/** Throws `bad_query` for a query that asks for numbers. */
export function needLines(text: string, texts: QueryTexts): void {
  if (texts.tree(text, 'logql').kind !== 'logs') throw badQuery('only log selector is supported')
}

/** As needLines, of the paths under /api/prom. */
export function needLegacyLines(text: string, texts: QueryTexts): void {
  if (texts.tree(text, 'logql').kind !== 'logs') throw badQuery('legacy endpoints only support streams result type')
}

/** What `selectorText` gave. Throws `bad_query` for anything else than a selector. */
export function matchersOf(selector: string, texts: QueryTexts): readonly Matcher[] {
  if (selector === '') return []
  const expr = texts.tree(selector, 'logql')
  if (expr.kind !== 'logs' || expr.stages.length > 0) throw badQuery('only label matchers are supported')
  return expr.matchers
}

export function readTime(parameters: Parameters, name: string): bigint | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ns = readLokiTimeNs(text)
  if (ns !== undefined) return ns
  const prefix = name === 'time' ? '' : `could not parse '${name}' parameter: `
  throw badQuery(`${prefix}strconv.ParseInt: parsing ${JSON.stringify(text)}: ${numberProblem(text)}`)
}

/** What Go says of a text that is no whole number of 64 bits. */
function numberProblem(text: string): string {
  return /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
}

function readSince(parameters: Parameters): number {
  const text = parameters.get('since')
  if (text === undefined) return HOUR_MS
  const ms = readPrometheusDurationMs(text)
  if (ms === undefined) throw badQuery(`could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(text)}`)
  return ms
}

/** In ms, not rounded. */
export function readStep(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ms = readDurationMs(text)
  if (ms === undefined) throw badQuery(wrongDuration(text))
  return ms
}

/** `step`, or one that suits the range; whole ms. */
export function readGridStepMs(parameters: Parameters, { startNs, endNs }: TimeRange, limits: Limits): number {
  const stepMs = Math.trunc(readStep(parameters, 'step') ?? automaticStepMs(startNs, endNs))
  if (stepMs <= 0) throw badQuery('zero or negative query resolution step widths are not accepted. Try a positive integer')
  if ((endNs - startNs) / msToNs(stepMs) > BigInt(limits.queryStepsMax)) throw resolutionRefused(limits)
  return stepMs
}

export function resolutionRefused({ queryStepsMax }: Limits): QueryError {
  return badQuery(`exceeded maximum resolution of ${queryStepsMax.toLocaleString('en')} points per time series. Try increasing the value of the step parameter`)
}

export function readInteger(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  if (!isInt64(text)) throw badQuery(`strconv.Atoi: parsing ${JSON.stringify(text)}: ${numberProblem(text)}`)
  return Number(text)
}
