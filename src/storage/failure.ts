/** What went wrong with a store, as the errors that the rest of the house knows. */
import { cancelled, QueryError } from '../model/error.js'

export function objectMissing(store: string, key: string, cause?: unknown): QueryError {
  return new QueryError({ code: 'corrupt_data', message: `object ${key} is missing in ${store}`, facts: { object: key, store } }, cause)
}

export function storeUnavailable(store: string, action: string, cause: unknown): QueryError {
  const reason = cause instanceof Error ? reasonOf(cause) : String(cause)
  return new QueryError({ code: 'unavailable', message: `${store} cannot be reached: ${action}: ${reason}`, facts: { store } }, cause)
}

/** Throws `cancelled` if the signal has been aborted. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedBy(signal.reason)
}

/** The reason of an abort may be a QueryError of its own, such as `timed_out`. */
export function abortedBy(reason: unknown): QueryError {
  return reason instanceof QueryError ? reason : cancelled('the copying of an object', reason)
}

/** The system's code of a failed file operation, such as ENOENT. */
export function systemCode(thrown: unknown): string | undefined {
  if (thrown instanceof QueryError) return undefined
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Some errors have no message of their own: several addresses that all failed, an HTTP status without a body. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map((each: unknown) => reasonOf(asError(each))).join(', ')
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode
  const reason = error.message === '' ? error.name : error.message.split('\n')[0]
  return status === undefined ? reason : `${reason} (http ${status})`
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
