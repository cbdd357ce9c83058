/** The body of an import as lines of valid UTF-8, unzipped where it is gzip, in bounded memory. */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { QueryError, badQuery } from '../model/error.js'
import { limitExceeded, type Limits } from '../model/limits.js'

export interface LineSource {
  /** Named in errors. */
  readonly file: string
  readonly body: AsyncIterable<Uint8Array>
  readonly limits: Limits
  /** Told the length of each piece of the body as it comes, before it is unzipped. */
  readonly onBytes: (bytes: number) => void
}

/** Takes line number `line` (from 1), bytes [start, end) of `bytes` without the line feed; the bytes are not kept after it returns. */
export type OnLine = (bytes: Buffer, start: number, end: number, line: number) => void

const LINE_FEED = 10
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)

/**
 * Calls `onLine` for every line and awaits `between` after each piece of the body, which may take its time.
 * Rejects with an error that names file and line for whatever `onLine` throws, for bytes that are not UTF-8 and
 * for a line over limits.importLineBytesMax; for gzip that is broken or cut short, naming the first line that is not whole.
 */
export async function forEachLine(source: LineSource, onLine: OnLine, between: () => Promise<void> | undefined): Promise<void> {
  const carried = new CarriedLine(source, onLine)
  for await (const piece of unzipped(source, () => carried.line + 1)) {
    carried.take(Buffer.from(piece.buffer as ArrayBuffer, piece.byteOffset, piece.byteLength))
    const work = between()
    if (work !== undefined) await work
  }
  carried.finish()
  await between()
}

/** Cuts pieces into lines; holds the beginning of a line whose end has not come yet. */
class CarriedLine {
  readonly #source: LineSource
  readonly #onLine: OnLine
  #line = 0
  #parts: Buffer[] = []
  #held = 0

  constructor(source: LineSource, onLine: OnLine) {
    this.#source = source
    this.#onLine = onLine
  }

  /** The last line that was given. */
  get line(): number {
    return this.#line
  }

  take(piece: Buffer): void {
    const last = piece.lastIndexOf(LINE_FEED)
    if (last < 0) return this.#hold(Buffer.from(piece))
    let start = 0
    if (this.#held > 0) {
      start = piece.indexOf(LINE_FEED) + 1
      this.#hold(piece.subarray(0, start - 1))
      this.finish()
    }
    // One check of many lines costs as much as one check of one; only a block that fails is looked at line by line.
    const check = isUtf8(piece.subarray(start, last + 1)) ? 'done' : 'needed'
    while (start <= last) {
      const end = piece.indexOf(LINE_FEED, start)
      this.#give(piece, start, end, check)
      start = end + 1
    }
    if (start < piece.length) this.#hold(Buffer.from(piece.subarray(start)))
  }

  /** Gives the line that is held, whole now. */
  finish(): void {
    if (this.#held === 0) return
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#held = 0
    this.#give(whole, 0, whole.length, 'needed')
  }

  #hold(part: Buffer): void {
    this.#parts.push(part)
    this.#held += part.length
    this.#checkLength(this.#held, this.#line + 1)
  }

  #checkLength(bytes: number, line: number): void {
    const { file, limits } = this.#source
    if (bytes > limits.importLineBytesMax) throw atLine(file, line, limitExceeded(limits, 'importLineBytesMax', bytes))
  }

  #give(bytes: Buffer, start: number, end: number, check: 'done' | 'needed'): void {
    this.#line++
    this.#checkLength(end - start, this.#line)
    try {
      if (check === 'needed' && !isUtf8(bytes.subarray(start, end))) throw badQuery('the line is not valid UTF-8; convert the file to UTF-8')
      if (this.#line === 1 && BYTE_ORDER_MARK.equals(bytes.subarray(start, start + 3))) throw badQuery('the file begins with a byte order mark; save it without')
      this.#onLine(bytes, start, end, this.#line)
    } catch (thrown) {
      throw atLine(this.#source.file, this.#line, thrown)
    }
  }
}

/** The error with file and line number in front; mistakes of ours stay as they are. */
export function atLine(file: string, line: number, thrown: unknown): QueryError {
  const error = QueryError.from(thrown)
  if (error.code !== 'bad_query' && error.code !== 'limit_exceeded') return error
  return new QueryError({ code: error.code, message: `${file}, line ${line}: ${error.message}`, facts: { ...error.facts, file, line } }, thrown)
}

async function* unzipped(source: LineSource, firstMissing: () => number): AsyncIterable<Uint8Array> {
  const pieces = counted(source)
  const first = await firstBytes(pieces)
  const body = chained(first, pieces)
  if (first.length < 2 || first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* body
    return
  }
  let given = 0
  const gunzip = createGunzip()
  const input = Readable.from(tallied(body, (bytes) => (given += bytes)), { objectMode: false })
  input.on('error', (error) => gunzip.destroy(error))
  try {
    yield* input.pipe(gunzip)
  } catch (thrown) {
    if (thrown instanceof QueryError || !isZlibError(thrown)) throw thrown
    throw atLine(source.file, firstMissing(), badQuery(`broken gzip from here on: ${thrown.message}; make or copy the file anew`))
  } finally {
    input.destroy()
    gunzip.destroy()
  }
  if (gunzip.bytesWritten !== given) {
    throw atLine(source.file, firstMissing(), badQuery(`${given - gunzip.bytesWritten} bytes behind the end of the gzip data; cut them off`))
  }
}

function isZlibError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_')
}

async function* counted(source: LineSource): AsyncGenerator<Uint8Array> {
  for await (const piece of source.body) {
    source.onBytes(piece.byteLength)
    yield piece
  }
}

/** At least the two bytes that tell gzip from text, unless there are fewer. */
async function firstBytes(pieces: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  let first = Buffer.alloc(0)
  while (first.length < 2) {
    const next = await pieces.next()
    if (next.done === true) break
    first = Buffer.concat([first, next.value])
  }
  return first
}

async function* chained(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  yield* rest
}

async function* tallied(pieces: AsyncIterable<Uint8Array>, add: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    add(piece.byteLength)
    yield piece
  }
}
