/**
 * Preloaded into a node (`NODE_OPTIONS=--import`): ends the first worker thread that sees the file named by
 * MILLRACE_TEST_DIE appear, in the middle of whatever it does. The file is gone then, so only one thread ends.
 */
import { unlinkSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env['MILLRACE_TEST_DIE']

if (!isMainThread && file !== undefined) {
  const look = (): void => {
    try {
      unlinkSync(file)
    } catch {
      return
    }
    process.exit(1)
  }
  setInterval(look, 1).unref()
}
