/** Asks word indexes on local disk, and remembers the answers for as long as a query runs. */
import { readFile } from 'node:fs/promises'
import { QueryError } from '../../model/error.js'
import type { Needles } from '../../model/needles.js'
import type { Segment } from '../../model/segment.js'
import { rowsLeft, type RowsLeft } from './ask.js'

export class WordIndexReader {
  /** By the needles of a leaf, which all its units share. */
  readonly #answers = new WeakMap<Needles, Map<string, RowsLeft>>()

  /** Which rows of the segment may hold the needles. `path`: of its word index. Rejects with `corrupt_data`. */
  async rowsLeft(segment: Segment, path: string, needles: Needles): Promise<RowsLeft> {
    const known = this.#answers.get(needles) ?? new Map<string, RowsLeft>()
    this.#answers.set(needles, known)
    // Only answers are shared: a file may be gone for a unit that was cancelled, and there for the next one.
    const answer = known.get(segment.object) ?? (await askFile(segment, path, needles))
    known.set(segment.object, answer)
    return answer
  }
}

async function askFile(segment: Segment, path: string, needles: Needles): Promise<RowsLeft> {
  const streamLabels = new Set(segment.columns.flatMap(({ kind, name }) => (kind === 'stream' ? [name] : [])))
  const valid = needles.filter(({ labels }) => !labels.some((label) => streamLabels.has(label)))
  const left = rowsLeft(await readBytes(segment, path), valid)
  if (left !== undefined && left.rows === segment.rows) return left
  throw broken(segment, left === undefined ? 'it is none' : `it tells of ${left.rows} rows, the segment has ${segment.rows}`)
}

async function readBytes(segment: Segment, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (thrown) {
    throw broken(segment, thrown instanceof Error ? thrown.message : String(thrown), thrown)
  }
}

function broken(segment: Segment, what: string, cause?: unknown): QueryError {
  const message = `the word index of segment ${segment.id} (${segment.wordIndex?.object}) cannot be read: ${what}`
  return new QueryError({ code: 'corrupt_data', message, facts: { segment: segment.id } }, cause)
}
