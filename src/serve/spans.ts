/**
 * Spans of OpenTelemetry, made of telemetry events: one for a query, under it one for each time group, under that one for each run of a unit.
 * The ids of queries and groups follow from what they are, so that every node that knows these gives the same ones. Runs have nothing under them.
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
  readonly #node: string
  #runs = 0

  /** `node`: its id, which no other one has. */
  constructor(node: string) {
    this.#node = node
  }

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
        return this.#unitSpan(event, nowMs, outcomeOf(event))
      case 'unit:retried':
        return this.#unitSpan(event, nowMs, failedRun(event, this.#node))
      case 'unit:hedged':
        return this.#unitSpan({ ...event, ms: event.afterMs }, nowMs, hedge(event))
      case 'query:planned':
      case 'query:firstData':
      case 'segment:missing':
      case 'units:cancelled':
        return undefined
    }
  }

  /** Of one unit there may be several, on several nodes. */
  #unitSpan(event: OfQuery & { readonly unitId: string; readonly ms: number }, nowMs: number, { what, attributes, error }: AboutUnit): Span {
    const { unitId } = event
    const [, group] = unitId.split('.')
    const thing = `unit ${unitId} at ${this.#node}, ${this.#runs++}`
    return inside(event, nowMs, { name: `unit ${unitId}${what}`, thing, parent: groupName(group), attributes, error })
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

/** What a span about a unit tells; `what` stands behind its name. */
interface AboutUnit {
  readonly what: string
  readonly attributes: Span['attributes']
  readonly error: string | undefined
}

type UnitEvent<Type extends TelemetryEvent['type']> = Extract<TelemetryEvent, { type: Type }>

function outcomeOf(event: UnitEvent<'unit:finished' | 'unit:failed'>): AboutUnit {
  if (event.type === 'unit:failed') return { what: '', attributes: { 'millrace.status': event.code }, error: event.message }
  const { segments, bytes, samples } = event.stats
  return { what: '', attributes: { 'millrace.segments': segments, 'millrace.bytes': bytes, 'millrace.samples': samples }, error: undefined }
}

/** The run that failed, and that another one follows. */
function failedRun({ attempt, message, node }: UnitEvent<'unit:retried'>, here: string): AboutUnit {
  const failed = attempt - 1
  return { what: ` attempt ${failed}`, attributes: { 'millrace.node': node ?? here, 'millrace.attempt': failed, 'millrace.reason': message }, error: message }
}

/** How long the first run had taken when the second one began. */
function hedge({ node, slowNode }: UnitEvent<'unit:hedged'>): AboutUnit {
  const reason = 'far behind the other units of its group'
  return { what: ' hedge', attributes: { 'millrace.node': node, 'millrace.node.slow': slowNode, 'millrace.attempt': 2, 'millrace.reason': reason }, error: undefined }
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
