/** Asserts on errors. */
import type { Test } from 'tap'
import { QueryError } from '../../src/model/error.js'

/** Passes if the promise rejects with a QueryError of this code and message. */
export async function rejectsWith(test: Test, promise: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof QueryError)) return void test.fail(`expected ${code}, got ${String(thrown)}`)
  test.equal(thrown.code, code, thrown.message)
  test.match(thrown.message, message)
}

/** The error that the work ends with, if it is one of ours. */
export async function failureOf(work: Promise<unknown>): Promise<QueryError | undefined> {
  try {
    await work
    return undefined
  } catch (thrown) {
    if (thrown instanceof QueryError) return thrown
    throw thrown
  }
}
