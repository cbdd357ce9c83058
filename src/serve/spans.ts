/**
 * Spans of OpenTelemetry, made of telemetry events: one for a query, under it one for each time group, under that one for each unit.
 * The ids follow from those of query, group and unit, so that every node that knows these gives the same ones.
 */
import { hash64 } from '../model/hash.js'
import type { TelemetryEvent } from '../model/telemetry.js'
import type { OfQuery } from '../model/trace.js'

export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits, as `parentId`. */
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  /** The query is what a caller waits for; the rest happens inside. */
  readonly kind: 'server' | 'internal'
  /** ns since 1970. */
  readonly startNs: bigint
  readonly endNs: bigint
  readonly attributes: Readonly<Record<string, string | number>>
  /** Undefined if nothing failed. */
  readonly error: string | undefined
}

interface Begun {
  readonly startMs: number
  readonly attributes: Readonly<Record<string, string | number>>
}

export class SpanMaker {
  /** Queries that have begun and not ended, by id. */
  readonly #begun = new Map<string, Begun>()

  /** The span that ends with the event, if one does and its caller wants the trace; `nowMs` since 1970. */
  take(event: TelemetryEvent, nowMs: number): Span | undefined {
    if (!('queryId' in event) || event.trace?.sampled === false) return undefined
    switch (event.type) {
      case 'query:started': {
        const { organisation, queryId, language, text } = event
        this.#begun.set(queryId, { startMs: nowMs, attributes: { 'millrace.organisation': organisation, 'millrace.query.id': queryId, 'millrace.query.language': language, 'millrace.query.text': text } })
        return undefined
      }
      case 'query:ended':
        return this.#ended(event, nowMs)
      case 'group:released':
        return inside(event, nowMs, { name: `group ${event.group}`, thing: groupName(event.group), parent: QUERY, attributes: {}, error: undefined })
      case 'unit:finished':
      case 'unit:failed':
        return unitSpan(event, nowMs)
      case 'query:planned':
      case 'query:firstData':
      case 'segment:missing':
      case 'unit:retried':
      case 'unit:hedged':
      case 'units:cancelled':
        return undefined
    }
  }

  #ended(event: Extract<TelemetryEvent, { type: 'query:ended' }>, nowMs: number): Span {
    const { startMs, attributes } = this.#begun.get(event.queryId) ?? { startMs: nowMs - event.wallMs, attributes: {} }
    this.#begun.delete(event.queryId)
    const { status, units, bytes, samples, message } = event
    return {
      ...idsOf(event, QUERY),
      parentId: event.trace?.parentId,
      name: 'query',
      kind: 'server',
      startNs: nanoseconds(startMs),
      endNs: nanoseconds(startMs + event.wallMs),
      attributes: { ...attributes, 'millrace.status': status, 'millrace.units': units, 'millrace.bytes': bytes, 'millrace.samples': samples },
      error: status === 'ok' || status === 'partial' ? undefined : (message ?? status),
    }
  }
}

const QUERY = 'query'

interface Inner {
  readonly name: string
  /** What it is within its query, as `parent` is. */
  readonly thing: string
  readonly parent: string
  readonly attributes: Span['attributes']
  readonly error: string | undefined
}

function unitSpan(event: Extract<TelemetryEvent, { type: 'unit:finished' | 'unit:failed' }>, nowMs: number): Span {
  const { unitId } = event
  const [, group] = unitId.split('.')
  const attributes: Span['attributes'] =
    event.type === 'unit:failed'
      ? { 'millrace.status': event.code }
      : { 'millrace.segments': event.stats.segments, 'millrace.bytes': event.stats.bytes, 'millrace.samples': event.stats.samples }
  const error = event.type === 'unit:failed' ? event.message : undefined
  return inside(event, nowMs, { name: `unit ${unitId}`, thing: `unit ${unitId}`, parent: groupName(group), attributes, error })
}

function groupName(group: number | string): string {
  return `group ${group}`
}

function inside(event: OfQuery & { readonly ms: number }, nowMs: number, { name, thing, parent, attributes, error }: Inner): Span {
  const times = { startNs: nanoseconds(nowMs - event.ms), endNs: nanoseconds(nowMs) }
  const ids = { ...idsOf(event, thing), parentId: idsOf(event, parent).spanId }
  return { ...ids, name, kind: 'internal', ...times, attributes: { ...attributes, 'millrace.query.id': event.queryId }, error }
}

function idsOf({ queryId, trace }: OfQuery, thing: string): Pick<Span, 'traceId' | 'spanId'> {
  const traceId = trace?.traceId ?? `${digits(`${queryId} trace`)}${digits(`${queryId} trace, second half`)}`
  return { traceId, spanId: digits(`${queryId} ${thing}`) }
}

/** 16 hexadecimal digits. */
function digits(text: string): string {
  return BigInt.asUintN(64, hash64(text)).toString(16).padStart(16, '0')
}

/** Whole ms first: a number has not the digits for ns since 1970. */
function nanoseconds(ms: number): bigint {
  const whole = Math.floor(ms)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1_000_000))
}
