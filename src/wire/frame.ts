/**
 * Frames: what nodes send each other, numbered and with a checksum, so that what is damaged, missing, repeated or out of order is noticed.
 *
 * | bytes | |
 * |---|---|
 * | 0–3 | `MLRF` |
 * | 4–7 | PROTOCOL_VERSION |
 * | 8–15 | xxHash64 of all that follows |
 * | 16–19 | kind, by its place in KINDS |
 * | 20–23 | number |
 * | 24–27 | length of the payload |
 * | 28–31 | 0 |
 *
 * Numbers are little-endian.
 */
import { QueryError } from '../model/error.js'
import { hash64Bytes } from '../model/hash.js'

/** Another one whenever frames, payloads or what stands in them change in a way that the package's version does not tell. */
export const PROTOCOL_VERSION = 2

/**
 * `unit`: a request. `head`: number 0, what follows. `part`: a piece of the result. `end`: all parts have been sent. `error`: the unit has failed.
 * `alive`: nothing yet; it has the number of the frame that is to come.
 */
const KINDS = ['unit', 'head', 'part', 'end', 'error', 'alive'] as const

export type FrameKind = (typeof KINDS)[number]

export interface Frame {
  readonly kind: FrameKind
  readonly number: number
  readonly payload: Uint8Array<ArrayBuffer>
}

const MAGIC = Buffer.from('MLRF')
const HEADER_BYTES = 32
const CHECKED_FROM = 16

/** The frame of a payload that may come in pieces. */
export function frameOf(kind: FrameKind, number: number, payload: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = payload.reduce((sum, piece) => sum + piece.length, 0)
  const frame = Buffer.alloc(HEADER_BYTES + length)
  frame.set(MAGIC)
  frame.writeUInt32LE(PROTOCOL_VERSION, 4)
  frame.writeUInt32LE(KINDS.indexOf(kind), 16)
  frame.writeUInt32LE(number, 20)
  frame.writeUInt32LE(length, 24)
  let at = HEADER_BYTES
  for (const piece of payload) {
    frame.set(piece, at)
    at += piece.length
  }
  frame.writeBigInt64LE(hash64Bytes(frame.subarray(CHECKED_FROM)), 8)
  return frame
}

/** Takes bytes as they come and gives whole frames. What is no frame is `unavailable`, and nothing is read after it. */
export class FrameReader {
  readonly #payloadMax: number
  #held: Buffer<ArrayBuffer>[] = []
  #bytes = 0
  /** Of the frame that is coming in; as long as a header where that has not been read. */
  #wanted = HEADER_BYTES

  constructor(payloadMax: number) {
    this.#payloadMax = payloadMax
  }

  /** Whether a frame has begun and not ended. */
  get within(): boolean {
    return this.#bytes > 0
  }

  *read(chunk: Uint8Array): Generator<Frame> {
    this.#held.push(Buffer.from(chunk))
    this.#bytes += chunk.length
    while (this.#bytes >= this.#wanted) {
      const all = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held)
      this.#wanted = HEADER_BYTES + this.#lengthOf(all)
      this.#held = [all]
      if (all.length < this.#wanted) return
      const frame = checked(all.subarray(0, this.#wanted))
      this.#held = [all.subarray(this.#wanted)]
      this.#bytes -= this.#wanted
      this.#wanted = HEADER_BYTES
      yield frame
    }
  }

  #lengthOf(bytes: Buffer): number {
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged('it does not begin as one')
    const version = bytes.readUInt32LE(4)
    if (version !== PROTOCOL_VERSION) throw damaged(`it has version ${version} instead of ${PROTOCOL_VERSION}`)
    const length = bytes.readUInt32LE(24)
    if (length > this.#payloadMax) throw damaged(`its payload has ${length} bytes, at most ${this.#payloadMax} were agreed`)
    return length
  }
}

function checked(bytes: Buffer<ArrayBuffer>): Frame {
  if (bytes.readBigInt64LE(8) !== hash64Bytes(bytes.subarray(CHECKED_FROM))) throw damaged('its checksum is another')
  const kind = KINDS[bytes.readUInt32LE(16)]
  if (kind === undefined) throw damaged('its kind is not known')
  return { kind, number: bytes.readUInt32LE(20), payload: bytes.subarray(HEADER_BYTES) }
}

function damaged(why: string): QueryError {
  return new QueryError({ code: 'unavailable', message: `a frame is damaged: ${why}` })
}
