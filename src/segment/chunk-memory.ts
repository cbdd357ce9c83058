/**
 * What hangs on the small objects that V8 sees. A chunk of a result is DuckDB's own memory, of which V8 knows nothing: left
 * alone, a fast scan piles up hundreds of MB, so a full collection is asked for when it is much; of a worker's small heap it
 * takes a few ms. What a visit shows are copies that the native binding makes, a buffer a column: V8 counts those, and they go
 * with a collection of the youngest objects alone, which takes a fraction of that.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const FULL_AT_BYTES = 40 * 1024 * 1024
const MINOR_AT_BYTES = 32 * 1024 * 1024

type Collect = (options: { readonly type: 'minor' | 'major' }) => void

let chunkBytes = 0
let copiedBytes = 0
let collect: Collect | undefined

/** To be called once a chunk of a result of about so many bytes is not needed any more. */
export function chunkReleased(bytes: number): void {
  chunkBytes += bytes
  if (chunkBytes < FULL_AT_BYTES) return
  chunkBytes = 0
  collect ??= exposedGc()
  collect({ type: 'major' })
}

/** To be called once so many bytes of buffers that were just made are not needed any more. */
export function copiesReleased(bytes: number): void {
  copiedBytes += bytes
  if (copiedBytes < MINOR_AT_BYTES) return
  copiedBytes = 0
  collect ??= exposedGc()
  collect({ type: 'minor' })
}

/** The flag shows `gc` to contexts that are made after it. */
function exposedGc(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
