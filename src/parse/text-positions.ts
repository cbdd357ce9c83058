/** Places in a query text: from what the generated parsers count (code points) to what users are told (UTF-8 bytes). */
import type { Position } from '../model/error.js'
import type { Span } from '../model/expr.js'
import { DEFAULT_LIMITS, type Limits } from '../model/limits.js'

export class TextPositions {
  /** Byte offset of each code point and of the end; absent where all characters are one byte. */
  readonly #bytes: Uint32Array | undefined
  readonly #text: string
  /** Length of the text in bytes. */
  readonly end: number
  /** What the text is held to; here because whoever reads a part of it needs both. */
  readonly limits: Limits

  constructor(text: string, limits: Limits = DEFAULT_LIMITS) {
    this.#text = text
    this.limits = limits
    this.end = Buffer.byteLength(text)
    if (this.end !== text.length) this.#bytes = byteOffsets(text, this.end)
  }

  /** Bytes of the code points [start, end). */
  span(start: number, end: number): Span {
    if (this.#bytes === undefined) return { start, end }
    return { start: this.#bytes[start], end: this.#bytes[end] }
  }

  /** A span of bytes with the line and column of its start. */
  position(span: Span): Position {
    const before = Buffer.from(this.#text).subarray(0, span.start)
    const lineStart = before.lastIndexOf(0x0a) + 1
    let line = 1
    for (const byte of before) if (byte === 0x0a) line++
    return { offset: span.start, end: span.end, line, column: span.start - lineStart + 1 }
  }
}

function byteOffsets(text: string, bytes: number): Uint32Array {
  const offsets = new Uint32Array(text.length + 1)
  let point = 0
  let at = 0
  for (const character of text) {
    offsets[point++] = at
    at += Buffer.byteLength(character)
  }
  offsets[point] = bytes
  return offsets
}
