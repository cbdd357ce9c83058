/** Errors before a stream begins, as Lakerunner tells them: of logs as JSON, of all else as text. */
import type { ErrorCode, QueryError } from '../../model/error.js'
import { TEXT_TYPE } from '../answering.js'
import type { ErrorAnswer } from '../api-error.js'

const JSON_TYPE = 'application/json'

const CODES: Readonly<Record<ErrorCode, string>> = {
  bad_query: 'INVALID_EXPR',
  limit_exceeded: 'VALIDATION_FAILED',
  cancelled: 'CLIENT_CLOSED',
  timed_out: 'DEADLINE_EXCEEDED',
  unavailable: 'SERVICE_UNAVAILABLE',
  corrupt_data: 'INTERNAL_ERROR',
  internal: 'INTERNAL_ERROR',
  unauthorized: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  too_many_requests: 'RATE_LIMITED',
  cannot_resume: 'VALIDATION_FAILED',
}

/** An error may know of a status of its own: a metric that is not there is none of the caller's text. */
function statusOf({ facts, status }: QueryError): number {
  return typeof facts['status'] === 'number' ? facts['status'] : status
}

export function logsError(error: QueryError): ErrorAnswer {
  const status = statusOf(error)
  const code = error.message === 'the body is not JSON' ? 'INVALID_JSON' : CODES[error.code]
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify({ status, code, message: error.message })}\n` }
}

export function plainError(error: QueryError): ErrorAnswer {
  return { status: statusOf(error), contentType: TEXT_TYPE, body: `${error.message}\n` }
}
