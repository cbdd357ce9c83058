/**
 * DuckDB's chunks are freed when V8 collects the small objects that stand for them, and V8 does not know how much memory
 * hangs on those: left alone, a fast scan piles up hundreds of MB of chunks that nobody needs. So what has been read is
 * counted here, and a collection is asked for when it is much. One collection of a worker's small heap takes a few ms.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const COLLECT_AT_BYTES = 40 * 1024 * 1024

let released = 0
let collect: (() => void) | undefined

/** To be called once a chunk of about so many bytes is not needed any more. */
export function chunkReleased(bytes: number): void {
  released += bytes
  if (released < COLLECT_AT_BYTES) return
  released = 0
  collect ??= exposedGc()
  collect()
}

/** The flag shows `gc` to contexts that are made after it. */
function exposedGc(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
