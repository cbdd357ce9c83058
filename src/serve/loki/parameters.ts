/** Parameters that paths of Loki's API have in common, with its checks and its texts. */
import { badQuery, type QueryError } from '../../model/error.js'
import type { QueryTexts } from '../../model/engine.js'
import type { Matcher } from '../../model/labels.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import { msToNs } from '../../model/time.js'
import { automaticStepMs } from '../native-request.js'
import type { Parameters } from '../parameters.js'
import { readDurationMs, readLokiTimeNs, readPrometheusDurationMs, wrongDuration } from '../time-text.js'

const HOUR_MS = 3_600_000

export interface TimeRange {
  readonly startNs: bigint
  readonly endNs: bigint
}

/** `start`, `end` and `since`: without them the hour until now. */
export function readTimes(parameters: Parameters, nowMs: number): TimeRange {
  const endNs = readTime(parameters, 'end') ?? msToNs(nowMs)
  const startNs = readTime(parameters, 'start') ?? earlier(endNs, nowMs) - msToNs(readSince(parameters))
  if (endNs < startNs) throw badQuery('end timestamp must not be before or equal to start time')
  return { startNs, endNs }
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
  if (!/^[+-]?\d{1,19}$/.test(text)) throw badQuery(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
