/**
 * A unit and its result as frames. The frames of a result are the same whoever makes them, up to the last one: that tells what the unit cost
 * where it ran. So whoever has some of them goes on with those of another node.
 */
import type { Annotation } from '../model/annotation.js'
import type { UnitStats } from '../model/block.js'
import type { RemoteResult } from '../model/cluster.js'
import { badQuery, type ErrorRecord } from '../model/error.js'
import { streamingHash } from '../model/hash.js'
import { checkLimit, type Limits } from '../model/limits.js'
import type { PackedBlock } from '../model/packed-block.js'
import type { WorkUnit } from '../model/plan.js'
import { FrameReader, frameOf, type Frame } from './frame.js'
import { bytesOfValue, valueOfBytes } from './value-bytes.js'

/** What the parts are, laid end to end. */
export interface ResultContent {
  readonly block: PackedBlock
  readonly annotations: readonly Annotation[]
}

export interface ResultHead {
  /** Of all parts together. */
  readonly bytes: number
  /** Of each part but the last, which may be shorter. */
  readonly partBytes: number
}

export interface ResultEnd extends ResultHead {
  /** Of all parts laid end to end, 16 hexadecimal digits. */
  readonly checksum: string
  readonly stats: UnitStats
  readonly bytesFetched: number
  readonly retries: number
}

/** The body of a request. Throws `limit_exceeded` where it is too long. */
export function unitRequest(unit: WorkUnit, limits: Pick<Limits, 'unitRequestBytesMax'>): Uint8Array<ArrayBuffer> {
  const frame = frameOf('unit', 0, bytesOfValue(unit))
  checkLimit(limits, 'unitRequestBytesMax', frame.length)
  return frame
}

/** Throws `bad_query` unless the bytes are what `unitRequest` gives, no more and no less. */
export function readUnitRequest(body: Uint8Array): WorkUnit {
  const reader = new FrameReader(body.length)
  const frames = [...readFrames(reader, body)]
  const [frame] = frames
  if (frames.length !== 1 || reader.within || frame.kind !== 'unit' || frame.number !== 0) throw badQuery('the body is not one unit')
  const unit = valueOfBytes(frame.payload) as WorkUnit | undefined
  const limits = unit?.limits
  if (limits === undefined || !(limits.unitFrameBytesMax >= 1) || !Array.isArray(unit?.segments)) throw badQuery('the unit has no segments or no limits')
  return unit as WorkUnit
}

function readFrames(reader: FrameReader, body: Uint8Array): Iterable<Frame> {
  try {
    return [...reader.read(body)]
  } catch (thrown) {
    throw badQuery(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

/**
 * The frames of a result from number `from` on; the end is always among them. Throws `limit_exceeded`, before any frame, where
 * the result is too large to be taken.
 */
export function* resultFrames(
  { result, bytesFetched, retries }: RemoteResult,
  limits: Pick<Limits, 'unitFrameBytesMax' | 'unitResultBytesMax'>,
  from: number,
): Generator<Uint8Array<ArrayBuffer>> {
  const content: ResultContent = { block: result.block, annotations: result.annotations }
  const pieces = bytesOfValue(content)
  const head: ResultHead = { bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), partBytes: limits.unitFrameBytesMax }
  checkLimit(limits, 'unitResultBytesMax', head.bytes)
  if (from === 0) yield frameOf('head', 0, bytesOfValue(head))
  const hash = streamingHash()
  let number = 1
  for (const part of cut(pieces, head.partBytes)) {
    for (const piece of part) hash.update(piece)
    if (number >= from) yield frameOf('part', number, part)
    number++
  }
  const end: ResultEnd = { ...head, checksum: hash.digest(), stats: result.stats, bytesFetched, retries }
  yield frameOf('end', number, bytesOfValue(end))
}

/** Pieces laid end to end and cut anew, into parts of `size` bytes and one of the rest. */
function* cut(pieces: readonly Uint8Array[], size: number): Generator<readonly Uint8Array[]> {
  let part: Uint8Array[] = []
  let room = size
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + room)
      part.push(taken)
      at += taken.length
      room -= taken.length
      if (room > 0) continue
      yield part
      part = []
      room = size
    }
  }
  if (part.length > 0) yield part
}

/** In place of the frame `number`: there will be none any more. */
export function errorFrame(number: number, error: ErrorRecord): Uint8Array<ArrayBuffer> {
  return frameOf('error', number, bytesOfValue(error))
}

/** Says that the frame `number` is still to come. */
export function aliveFrame(number: number): Uint8Array<ArrayBuffer> {
  return frameOf('alive', number, [])
}
