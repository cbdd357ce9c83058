/** The receiving side of a unit's result: good frames are kept from one attempt to the next, and nothing is given out before all of them fit together. */
import type { RemoteResult, UnitReception } from '../model/cluster.js'
import { QueryError, type ErrorRecord } from '../model/error.js'
import { streamingHash, type StreamingHash } from '../model/hash.js'
import { checkLimit, type Limits } from '../model/limits.js'
import { FrameReader, type Frame } from './frame.js'
import type { ResultContent, ResultEnd, ResultHead } from './unit-frames.js'
import { valueOfBytes } from './value-bytes.js'

/** Heads, ends and errors may be longer than a part. */
const RECORD_BYTES_MAX = 1_048_576

export type ReceptionLimits = Pick<Limits, 'unitFrameBytesMax' | 'unitResultBytesMax'>

/** One attempt at a time may add to it. */
export class Reception implements UnitReception {
  #frames = 0
  #head: ResultHead | undefined
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #filled = 0
  #hash: StreamingHash = streamingHash()

  get frames(): number {
    return this.#frames
  }

  takeHead(head: ResultHead, limits: ReceptionLimits): void {
    checkLimit(limits, 'unitResultBytesMax', head.bytes)
    this.#head = head
    this.#bytes = new Uint8Array(head.bytes)
    this.#frames = 1
  }

  takePart(payload: Uint8Array): void {
    const expected = Math.min(this.#head?.partBytes ?? 0, this.#bytes.length - this.#filled)
    if (payload.length !== expected || expected === 0) throw this.#contradicts(`a part has ${payload.length} bytes instead of ${expected}`)
    this.#bytes.set(payload, this.#filled)
    this.#filled += payload.length
    this.#hash.update(payload)
    this.#frames++
  }

  /** The result, if this end is that of the frames that have been kept. */
  takeEnd(end: ResultEnd): RemoteResult {
    const head = this.#head
    if (head?.bytes !== end.bytes || head.partBytes !== end.partBytes) throw this.#contradicts('its end is that of another result')
    if (this.#filled !== end.bytes) throw this.#contradicts(`${this.#filled} bytes have come instead of ${end.bytes}`)
    const checksum = this.#hash.digest()
    if (checksum !== end.checksum) throw this.#contradicts(`the checksum of all frames is ${checksum} instead of ${end.checksum}`)
    try {
      const { block, annotations } = valueOfBytes(this.#bytes) as ResultContent
      return { result: { block, annotations, stats: end.stats }, bytesFetched: end.bytesFetched, retries: end.retries }
    } catch (thrown) {
      throw this.#contradicts(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }

  /** The frames that were kept may be the wrong ones, so that the next attempt begins at the first. */
  #contradicts(why: string): QueryError {
    this.#frames = this.#filled = 0
    this.#head = undefined
    this.#bytes = new Uint8Array(0)
    this.#hash = streamingHash()
    return unfit(`frames of the result do not fit together: ${why}`)
  }
}

export type RemoteOutcome = { readonly kind: 'result'; readonly result: RemoteResult } | { readonly kind: 'error'; readonly error: ErrorRecord }

/** One attempt: takes the bytes of an answer as they come. Whatever is wrong with them is thrown as `unavailable`. */
export class UnitReceiver {
  readonly #reception: Reception
  readonly #limits: ReceptionLimits
  readonly #reader: FrameReader
  #outcome: RemoteOutcome | undefined

  constructor(reception: Reception, limits: ReceptionLimits) {
    this.#reception = reception
    this.#limits = limits
    this.#reader = new FrameReader(Math.max(limits.unitFrameBytesMax, RECORD_BYTES_MAX))
  }

  take(chunk: Uint8Array): void {
    for (const frame of this.#reader.read(chunk)) this.#frame(frame)
  }

  /** At the end of the answer: what has become of the unit. */
  ended(): RemoteOutcome {
    const outcome = this.#outcome
    if (outcome === undefined || this.#reader.within) throw unfit(`the answer breaks off at frame ${this.#reception.frames}`)
    return outcome
  }

  #frame({ kind, number, payload }: Frame): void {
    const expected = this.#reception.frames
    if (this.#outcome !== undefined) throw unfit(`frame ${number} comes after the end`)
    if (number !== expected) throw unfit(`frame ${number} comes instead of frame ${expected}`)
    switch (kind) {
      case 'head':
        if (number !== 0) throw unfit(`frame ${number} is a head`)
        return this.#reception.takeHead(recordOf<ResultHead>(payload), this.#limits)
      case 'part':
        return this.#reception.takePart(payload)
      case 'end':
        this.#outcome = { kind: 'result', result: this.#reception.takeEnd(recordOf<ResultEnd>(payload)) }
        return
      case 'error':
        this.#outcome = { kind: 'error', error: recordOf<ErrorRecord>(payload) }
        return
      case 'alive':
        return
      case 'unit':
        throw unfit('the answer is a unit')
    }
  }
}

function recordOf<T extends object>(payload: Uint8Array<ArrayBuffer>): T {
  try {
    return valueOfBytes(payload) as T
  } catch (thrown) {
    throw unfit(`a frame holds no record: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

function unfit(message: string): QueryError {
  return new QueryError({ code: 'unavailable', message })
}
