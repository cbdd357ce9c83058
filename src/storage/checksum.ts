/** Checksums of files on local disk. */
import { createReadStream } from 'node:fs'
import { streamingHash } from '../model/hash.js'

export interface FileChecksum {
  readonly bytes: number
  /** xxHash64 of the bytes, 16 hexadecimal digits. */
  readonly checksum: string
}

/** Large reads: fewer turns of the event loop for a file of hundreds of megabytes. */
const READ_BYTES = 1 << 20

/** Reads the file once. Rejects with the system's error, or with an AbortError if the signal is aborted. */
export async function checksumOf(path: string, signal?: AbortSignal): Promise<FileChecksum> {
  const hash = streamingHash()
  let bytes = 0
  const stream = createReadStream(path, { highWaterMark: READ_BYTES, ...(signal === undefined ? {} : { signal }) })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, checksum: hash.digest() }
}
