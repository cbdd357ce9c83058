/**
 * What a chunk shows are copies that the native binding makes, one buffer a column. V8 counts them, and answers with full
 * collections of the whole heap that it thinks are needed; but buffers that have just been made and are not needed any more
 * go with a collection of the youngest objects alone, which takes a fraction of a ms. So what has been read is counted here,
 * and that collection is asked for when it is much. DuckDB's own chunks, which V8 does not see, go the same way.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const COLLECT_AT_BYTES = 8 * 1024 * 1024

let released = 0
let collect: ((options: { readonly type: 'minor' }) => void) | undefined

/** To be called once a chunk of about so many bytes is not needed any more. */
export function chunkReleased(bytes: number): void {
  released += bytes
  if (released < COLLECT_AT_BYTES) return
  released = 0
  collect ??= exposedGc()
  collect({ type: 'minor' })
}

/** The flag shows `gc` to contexts that are made after it. */
function exposedGc(): (options: { readonly type: 'minor' }) => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as (options: { readonly type: 'minor' }) => void
}
