/**
 * The format of Loki's push API, one body a line:
 * `{"streams": [{"stream": {label: value}, "values": [["ns", "line", {name: value}?]]}]}`. A file may also be one body over many lines.
 */
import { badQuery, QueryError } from '../model/error.js'
import { compareUtf8, isPlainName, type Labels } from '../model/labels.js'
import { checkLimit, limitExceeded, type Limits } from '../model/limits.js'
import type { EntryBuffer } from './entry-buffer.js'
import { JsonCursor } from './json.js'
import { parseNs } from './moment.js'
import type { SeriesTable } from './series-table.js'
import { shown } from './shown-text.js'

/** What to write instead of a line that is none. */
const BODY = '{"streams": [{"stream": {"name": "value"}, "values": [["ns", "line"]]}]}'

export class LokiReader {
  readonly #table: SeriesTable
  readonly #entries: EntryBuffer
  readonly #limits: Limits
  /** Lines of a body that goes over many; the mode is known at the first line. */
  #parts: Buffer[] | undefined
  #partBytes = 0
  #firstLine = 0
  #cursor: JsonCursor | undefined

  constructor(table: SeriesTable, entries: EntryBuffer, limits: Limits) {
    this.#table = table
    this.#entries = entries
    this.#limits = limits
  }

  /** In a body over many lines, the line at which reading stands. */
  get line(): number {
    return Math.max(1, this.#firstLine + (this.#cursor?.linesBefore ?? 0))
  }

  read(bytes: Buffer, start: number, end: number, line: number): void {
    if (this.#parts === undefined) {
      if (isBlank(bytes, start, end)) return
      if (this.#firstLine > 0 || depthAtEnd(bytes, start, end) <= 0) {
        this.#firstLine ||= line
        return this.#readBody(bytes, start, end)
      }
      this.#firstLine = line
      this.#parts = []
    }
    if (this.#parts.length > 0) this.#parts.push(LINE_FEED)
    this.#parts.push(Buffer.from(bytes.subarray(start, end)))
    this.#partBytes += end - start + 1
    if (this.#partBytes > this.#limits.importLineBytesMax) throw limitExceeded(this.#limits, 'importLineBytesMax', this.#partBytes)
  }

  /** Reads a body that went over many lines; to be called once, at the end of the file. */
  finish(): void {
    if (this.#firstLine === 0) throw badQuery(`the file holds nothing but white space; a line is ${BODY}`)
    if (this.#parts === undefined) return
    const whole = Buffer.concat(this.#parts)
    this.#parts = undefined
    try {
      this.#readBody(whole, 0, whole.length)
    } catch (thrown) {
      throw ofManyLines(thrown, this.#firstLine)
    }
  }

  #readBody(bytes: Buffer, start: number, end: number): void {
    const cursor = new JsonCursor(bytes, start, end)
    this.#cursor = cursor
    let streams = 'missing'
    if (cursor.peek() !== '{') throw badQuery(`not a JSON object; a line is ${BODY}`)
    cursor.object((key) => {
      if (key !== 'streams') throw badQuery(`unknown key ${shown(key)}, expected streams; a line is ${BODY}`)
      streams = 'read'
      cursor.array(() => this.#readStream(cursor))
    })
    cursor.finish()
    if (streams === 'missing') throw badQuery(`key "streams" is missing; a line is ${BODY}`)
  }

  #readStream(cursor: JsonCursor): void {
    const first = this.#entries.count
    let stream: number | undefined
    let values = 'missing'
    cursor.object((key) => {
      if (key === 'stream') stream = this.#table.indexOf(plainNames(cursor.stringPairs()))
      else if (key === 'values') {
        values = 'read'
        cursor.array(() => this.#readEntry(cursor))
      } else throw badQuery(`unknown key ${shown(key)}, expected stream and values`)
    })
    if (stream === undefined) throw badQuery('key "stream" is missing')
    if (values === 'missing') throw badQuery('key "values" is missing')
    this.#entries.assignStream(first, stream)
  }

  #readEntry(cursor: JsonCursor): void {
    cursor.expect('[')
    if (cursor.peek() !== '"') throw badQuery('the time of an entry is not a string of ns; write the ns since 1970 in quotes')
    const ts = parseNs(cursor.string())
    if (cursor.peek() === ']') throw badQuery('an entry has a time and no line; write ["ns", "line"]')
    cursor.expect(',')
    if (cursor.peek() !== '"') throw badQuery('the line of an entry is not a string; put it in quotes')
    cursor.spanString()
    const line = cursor.textBytes()
    const metadata = cursor.take(',') ? sorted(plainNames(cursor.stringPairs())) : undefined
    cursor.expect(']')
    checkLimit(this.#limits, 'importLineBytesMax', line.byteLength)
    this.#entries.add(STREAM_TO_COME, ts, line, metadata)
  }
}

const LINE_FEED = Buffer.of(10)

/** Entries get their stream when the object that holds them ends: its labels may come behind its values. */
const STREAM_TO_COME = 0

/** Metadata in label order; unlike labels it keeps empty values. */
function sorted(pairs: readonly string[]): Labels | undefined {
  if (pairs.length === 0) return undefined
  const entries: [string, string][] = []
  for (let at = 0; at < pairs.length; at += 2) entries.push([pairs[at], pairs[at + 1]])
  return entries.sort(([a], [b]) => compareUtf8(a, b)).flat()
}

/** A name that LogQL cannot write could be stored, but never asked for. */
function plainNames(pairs: readonly string[]): readonly string[] {
  for (let at = 0; at < pairs.length; at += 2) {
    if (!isPlainName(pairs[at])) throw badQuery(`label name ${shown(pairs[at])} is none that LogQL has: letters, digits and _, no digit in front; rename it`)
  }
  return pairs
}

/** Whoever wrote a body a line needs to know why lines were read as one. */
function ofManyLines(thrown: unknown, first: number): QueryError {
  const error = QueryError.from(thrown)
  if (error.code !== 'bad_query') return error
  return new QueryError({ ...error.toRecord(), message: `${error.message}; line ${first} leaves brackets open, so the file was read as one body over many lines` }, thrown)
}

/** White space of JSON alone. */
function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 32 && bytes[at] !== 9 && bytes[at] !== 13) return false
  return true
}

/** Brackets that are still open at the end of the line. */
function depthAtEnd(bytes: Buffer, start: number, end: number): number {
  let depth = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === 34) {
      for (at++; at < end && bytes[at] !== 34; at++) if (bytes[at] === 92) at++
    } else if (byte === 123 || byte === 91) depth++
    else if (byte === 125 || byte === 93) depth--
  }
  return depth
}
