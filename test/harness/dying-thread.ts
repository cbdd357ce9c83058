/**
 * Preloaded into a node (`NODE_OPTIONS=--import`): ends the first worker thread that computes once the file named by
 * MILLRACE_TEST_DIE is there. The file is gone then, so only one thread ends. It ends between two series, as one does
 * that runs out of memory: inside DuckDB it would take the whole process along (the native binding ends it).
 */
import { unlinkSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env['MILLRACE_TEST_DIE']

if (!isMainThread && file !== undefined) {
  const { load } = Atomics
  const isDue = (): boolean => {
    try {
      unlinkSync(file)
      return true
    } catch {
      return false
    }
  }
  // A unit looks at its cancelled flag, an array of one word, before each series.
  Atomics.load = ((array: Int32Array, index: number) => {
    if (array.length === 1 && isDue()) process.exit(1)
    return load(array, index)
  }) as typeof Atomics.load
}
