/** One error, as each API tells it. */
import type { FastifyReply } from 'fastify'
import { QueryError } from '../model/error.js'
import type { LimitName } from '../model/limits.js'
import { errorBody } from './event-json.js'

export interface ErrorAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** Seconds after which asking again may help; absent: nothing is known. */
  readonly retryAfter?: number
}

/** Status and headers of the answer; its body is still to be sent. */
export function withHead(reply: FastifyReply, { status, contentType, retryAfter }: ErrorAnswer): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter)
  return reply.code(status).header('content-type', contentType).header('x-content-type-options', 'nosniff')
}

/** From the error's fact `retryAfterMs`: the header has whole seconds, of which one is the least. */
function waitOf({ facts }: QueryError): Pick<ErrorAnswer, 'retryAfter'> {
  const ms = facts['retryAfterMs']
  return typeof ms === 'number' ? { retryAfter: Math.max(1, Math.ceil(ms / 1000)) } : {}
}

const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'

export function nativeError(error: QueryError): ErrorAnswer {
  return { ...waitOf(error), status: error.status, contentType: JSON_TYPE, body: `${JSON.stringify({ error: errorBody(error.toRecord()) })}\n` }
}

/** `planned`: the text was in order, the evaluation was not. */
export type Phase = 'before-plan' | 'planned'

export function prometheusError(error: QueryError, phase: Phase): ErrorAnswer {
  const { errorType, status } = prometheusType(error, phase)
  const text = error.code === 'bad_query' && phase === 'before-plan' ? prometheusText(error) : withKnown(wordsOfPrometheus(error), error)
  return { ...waitOf(error), status, contentType: JSON_TYPE, body: JSON.stringify({ status: 'error', errorType, error: text }) }
}

/** What clients know the same case by; ours, which names the limit, stands behind it. */
function withKnown(known: string | undefined, { message }: QueryError): string {
  return known === undefined ? message : `${known}: ${message}`
}

function wordsOfPrometheus(error: QueryError): string | undefined {
  if (error.code === 'timed_out') return 'query timed out in expression evaluation'
  return isLimit(error, 'querySamplesMax') ? 'query processing would load too many samples into memory in query execution' : undefined
}

function isLimit({ code, facts }: QueryError, name: LimitName): boolean {
  return code === 'limit_exceeded' && facts['limit'] === name
}

function prometheusType(error: QueryError, phase: Phase): { readonly errorType: string; readonly status: number } {
  switch (error.code) {
    case 'bad_query':
      return phase === 'planned' ? { errorType: 'execution', status: 422 } : { errorType: 'bad_data', status: 400 }
    case 'limit_exceeded':
      return { errorType: 'execution', status: 422 }
    case 'cancelled':
      return { errorType: 'canceled', status: 499 }
    case 'timed_out':
      return { errorType: 'timeout', status: 503 }
    case 'cannot_resume':
    case 'unauthorized':
    case 'forbidden':
    case 'too_many_requests':
      return { errorType: 'unavailable', status: error.status }
    case 'unavailable':
      return { errorType: 'unavailable', status: 503 }
    case 'corrupt_data':
    case 'internal':
      return { errorType: 'internal', status: 500 }
  }
}

/** What Prometheus finds wrong with a query that it has parsed, and tells without a place. */
const NOT_OF_PARSER = /^invalid expression type /

/** A parameter's error already names it; an error of the query text is told with its place. */
function prometheusText(error: QueryError): string {
  const { position } = error
  if (position === undefined) return error.message
  if (NOT_OF_PARSER.test(error.message)) return `invalid parameter "query": ${error.message}`
  const text = error.message.replace(/^parse error: /, '')
  return `invalid parameter "query": ${position.line}:${position.column}: parse error: ${text}`
}

export function lokiError(error: QueryError, phase: Phase): ErrorAnswer {
  return { ...waitOf(error), status: lokiStatus(error), contentType: TEXT_TYPE, body: `${lokiText(error, phase)}\n` }
}

function lokiStatus(error: QueryError): number {
  return error.code === 'limit_exceeded' ? 400 : error.status
}

/** What Loki finds wrong with a query that it has parsed, and tells without a place. */
const NOT_OF_LOKIS_PARSER = /^log queries are not supported as an instant query type|^count min sketches are only supported /

function lokiText(error: QueryError, phase: Phase): string {
  if (error.code === 'unauthorized' && error.facts['missing'] === 'organisation') return 'no org id'
  if (error.code !== 'bad_query') return withKnown(wordsOfLoki(error), error)
  if (phase === 'planned' || error.position === undefined) return error.message
  if (error.message.startsWith('parse error') || NOT_OF_LOKIS_PARSER.test(error.message)) return error.message
  return `parse error at line ${error.position.line}, col ${error.position.column}: ${error.message}`
}

function wordsOfLoki(error: QueryError): string | undefined {
  if (error.code === 'timed_out') {
    return 'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed'
  }
  if (error.code === 'too_many_requests') return 'too many outstanding requests'
  if (!isLimit(error, 'querySeriesMax')) return undefined
  const advice = 'consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()'
  return `maximum number of series (${error.facts['value']}) reached for a single query; ${advice}`
}

/** What work ends with that has failed with `thrown`: once the node stops, with that. */
export function errorOf(thrown: unknown, stopping: AbortSignal): QueryError {
  return QueryError.from(stopping.aborted ? stopping.reason : thrown)
}
