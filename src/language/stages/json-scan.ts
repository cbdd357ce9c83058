/**
 * A scanner over JSON text that is as lenient as the one Loki uses: what stands before a fault has been read, what follows
 * the object is not looked at, numbers and bare words are not checked further than their first character.
 * Positions are indexes into the text. Nothing is built: strings are cut out of the line only for values that are wanted.
 */

import { KeyGuesses } from './key-guesses.js'

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object'

export type JsonFault = 'object' | 'array' | 'malformed' | 'string' | 'value' | 'escape' | 'unknown'

/** The details of an error, in the words that users of the language know. */
export const FAULT_DETAILS: Readonly<Record<JsonFault, string>> = {
  object: "Value looks like object, but can't find closing '}' symbol",
  array: "Value is array, but can't find closing ']' symbol",
  malformed: 'Malformed JSON error',
  string: "Value is string, but can't find closing '\"' symbol",
  value: "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol",
  escape: 'Encountered an invalid escape sequence in a string',
  unknown: 'Unknown value type',
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** The value that the scanner stands on: text [start, end), for strings without the quotes. */
export class JsonScanner {
  kind: JsonKind = 'null'
  start = 0
  end = 0
  fault: JsonFault | undefined
  /** Whether a value of the text may need more than to be cut out: it has escapes, or text that was no UTF-8. */
  unclean = false
  #text = ''
  readonly #keys = new KeyGuesses()

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    this.#text = text
    this.#keys.begin()
    this.unclean = text.includes('\\') || text.includes('\ufffd')
  }

  /**
   * Walks the members of the object that begins at or after `at` and ends before `limit`. `visit` gets each key with the
   * value in `kind`, `start` and `end`, and answers false to stop. Answers false after a fault (see `fault`) or a stop.
   */
  object(at: number, limit: number, visit: (key: string) => boolean): boolean {
    let next = this.#skipSpace(at, limit)
    if (next >= limit || this.#text.charCodeAt(next) !== OPEN_OBJECT) return this.#fail('object')
    next = this.#skipSpace(next + 1, limit)
    if (next >= limit) return this.#fail('malformed')
    if (this.#text.charCodeAt(next) === CLOSE_OBJECT) return true
    while (next < limit) {
      const code = this.#text.charCodeAt(next)
      if (code === CLOSE_OBJECT) return true
      if (code !== QUOTE) return this.#fail('object')
      const keyEnd = this.#stringEnd(next + 1, limit)
      if (keyEnd < 0) return this.#fail('malformed')
      const key = this.#key(next + 1, keyEnd)
      if (key === undefined) return this.#fail('escape')
      next = this.#skipSpace(keyEnd + 1, limit)
      if (next >= limit || this.#text.charCodeAt(next) !== COLON) return this.#fail('malformed')
      next = this.value(next + 1, limit)
      if (next < 0 || !visit(key)) return false
      next = this.#skipSpace(next, limit)
      if (next >= limit) return this.#fail('array')
      const after = this.#text.charCodeAt(next)
      if (after === CLOSE_OBJECT) return true
      if (after !== COMMA) return this.#fail('object')
      next = this.#skipSpace(next + 1, limit)
      if (next >= limit) return this.#fail('array')
    }
    return this.#fail('object')
  }

  /** Walks the elements of the array that begins at `at`. `visit` answers false to stop. */
  array(at: number, limit: number, visit: (index: number) => boolean): boolean {
    let next = this.#skipSpace(at + 1, limit)
    for (let index = 0; next < limit && this.#text.charCodeAt(next) !== CLOSE_ARRAY; index++) {
      next = this.value(next, limit)
      if (next < 0 || !visit(index)) return false
      next = this.#skipSpace(next, limit)
      if (this.#text.charCodeAt(next) !== COMMA) break
      next = this.#skipSpace(next + 1, limit)
    }
    return true
  }

  /** Reads the value at or after `at`; answers the position behind it, or -1 with a fault. */
  value(at: number, limit: number): number {
    const begin = this.#skipSpace(at, limit)
    if (begin >= limit) return this.#failAt('malformed')
    const code = this.#text.charCodeAt(begin)
    if (code === QUOTE) {
      const end = this.#stringEnd(begin + 1, limit)
      return end < 0 ? this.#failAt('string') : this.#found('string', begin + 1, end, end + 1)
    }
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      const kind = code === OPEN_OBJECT ? 'object' : 'array'
      const end = this.#blockEnd(begin, limit, code, code === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)
      return end < 0 ? this.#failAt(kind) : this.#found(kind, begin, end, end)
    }
    return this.#bare(begin, limit, code)
  }

  #bare(begin: number, limit: number, code: number): number {
    let end = begin
    while (end < limit && !endsBare(this.#text.charCodeAt(end))) end++
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#found('number', begin, end, end)
    const word = this.#text.slice(begin, end)
    if (word === 'true' || word === 'false') return this.#found('boolean', begin, end, end)
    if (word === 'null') return this.#found('null', begin, end, end)
    return this.#failAt('unknown')
  }

  #found(kind: JsonKind, start: number, end: number, behind: number): number {
    this.kind = kind
    this.start = start
    this.end = end
    return behind
  }

  #fail(fault: JsonFault): false {
    this.fault = fault
    return false
  }

  #failAt(fault: JsonFault): -1 {
    this.fault = fault
    return -1
  }

  #key(start: number, end: number): string | undefined {
    const raw = this.#keys.take(this.#text, start, end)
    return this.unclean && raw.includes('\\') ? unescapeJson(raw, 'strict') : raw
  }

  #skipSpace(at: number, limit: number): number {
    let next = at
    while (next < limit) {
      const code = this.#text.charCodeAt(next)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
      next++
    }
    return next
  }

  /** Index of the closing quote of the string that begins at `from`, or -1. */
  #stringEnd(from: number, limit: number): number {
    for (let at = this.#text.indexOf('"', from); at >= 0 && at < limit; at = this.#text.indexOf('"', at + 1)) {
      let slashes = 0
      while (at - 1 - slashes >= from && this.#text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
      if (slashes % 2 === 0) return at
    }
    return -1
  }

  /** The position behind the bracket that closes the one at `begin`, or -1. */
  #blockEnd(begin: number, limit: number, open: number, close: number): number {
    let depth = 0
    for (let at = begin; at < limit; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === QUOTE) {
        at = this.#stringEnd(at + 1, limit)
        if (at < 0) return -1
      } else if (code === open) depth++
      else if (code === close && --depth === 0) return at + 1
    }
    return -1
  }
}

function endsBare(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/**
 * The text that a JSON string body means; undefined if an escape in it is wrong. The dialect `go` also knows `\'`,
 * and takes half of a surrogate pair for U+FFFD instead of an error.
 */
export function unescapeJson(raw: string, dialect: 'strict' | 'go'): string | undefined {
  let text = ''
  let from = 0
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', from)) {
    text += raw.slice(from, at)
    const plain = raw[at + 1] === "'" && dialect === 'go' ? "'" : ESCAPES.get(raw[at + 1])
    if (plain !== undefined) {
      text += plain
      from = at + 2
      continue
    }
    const unit = codeUnit(raw, at)
    if (unit === undefined) return undefined
    const pair = unit >= 0xd800 && unit <= 0xdfff ? codeUnit(raw, at + 6) : undefined
    from = at + 6
    if (unit < 0xd800 || unit > 0xdfff) text += String.fromCharCode(unit)
    else if (pair !== undefined && pair >= 0xdc00) {
      text += codePoint(unit, pair)
      from = at + 12
    } else if (dialect === 'go') text += '\ufffd'
    else return undefined
  }
  return text + raw.slice(from)
}

function codePoint(high: number, low: number): string {
  const point = 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00)
  return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
}

function codeUnit(raw: string, at: number): number | undefined {
  const digits = raw.slice(at, at + 2) === '\\u' ? raw.slice(at + 2, at + 6) : ''
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined
}
