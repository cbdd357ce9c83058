/** Literals of PromQL: their text to values, and values back to text. Facts: Prometheus' lexer and model.Duration. */

/** A literal that is shaped right but means nothing; the message is for the user. */
export class LiteralError extends Error {}

const MAX_INT64 = 9_223_372_036_854_775_807n

/** The most seconds that fit 64 bits of nanoseconds; longer durations are out of range. */
export const DURATION_SECONDS_MAX = 2 ** 63 / 1e9

/**
 * A number token: decimal, hex (`0x1f`), octal (leading zero), with `_` between digits; `Inf` and `NaN` in any case.
 * Throws LiteralError if it is beyond 64-bit floats.
 */
export function numberValue(text: string): number {
  const word = text.toLowerCase()
  if (word === 'inf') return Infinity
  if (word === 'nan') return NaN
  const digits = word.replaceAll('_', '')
  const whole = wholeNumber(digits, text)
  if (whole !== undefined) return whole
  const value = Number(digits)
  if (!Number.isFinite(value)) throw notANumber(text, 'value out of range')
  return value
}

/** In the words of the standard library that Prometheus has it from. */
function notANumber(text: string, why: string): LiteralError {
  return new LiteralError(`error parsing number: strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${why}`)
}

/** An integer in its base, as far as it fits 64 bits; beyond, a leading zero no longer means octal. */
function wholeNumber(digits: string, text: string): number | undefined {
  const octal = /^0[0-7]+$/.test(digits)
  if (!octal && !digits.startsWith('0x')) return undefined
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits)
  if (value <= MAX_INT64) return Number(value)
  if (octal) return undefined
  throw notANumber(text, 'invalid syntax')
}

const UNITS: readonly { readonly name: string; readonly ms: number; readonly wholeOnly: boolean }[] = [
  { name: 'y', ms: 31_536_000_000, wholeOnly: true },
  { name: 'w', ms: 604_800_000, wholeOnly: true },
  { name: 'd', ms: 86_400_000, wholeOnly: false },
  { name: 'h', ms: 3_600_000, wholeOnly: false },
  { name: 'm', ms: 60_000, wholeOnly: false },
  { name: 's', ms: 1_000, wholeOnly: false },
  { name: 'ms', ms: 1, wholeOnly: false },
]

/** Seconds of `1h30m`: units in descending order, each once; a year has 365 days. Throws LiteralError. */
export function durationSeconds(text: string): number {
  let ms = 0
  let last = -1
  for (const [, count, unit] of text.toLowerCase().matchAll(/(\d+)([a-z]+)/g)) {
    const index = UNITS.findIndex(({ name }) => name === unit)
    if (index < 0) throw new LiteralError(`unknown unit "${unit}" in duration "${text}"`)
    if (index <= last) throw new LiteralError(`not a valid duration string: "${text}"`)
    last = index
    ms += Number(count) * UNITS[index].ms
  }
  if (ms / 1000 > DURATION_SECONDS_MAX) throw new LiteralError('duration out of range')
  return ms / 1000
}

/** Seconds as `1h30m`; years and weeks only where they come out even. Whole milliseconds only. */
export function durationText(seconds: number): string {
  let ms = Math.abs(Math.round(seconds * 1000))
  if (ms === 0) return '0s'
  let text = seconds < 0 ? '-' : ''
  for (const unit of UNITS) {
    if (ms < unit.ms || (unit.wholeOnly && ms % unit.ms !== 0)) continue
    text += `${Math.floor(ms / unit.ms)}${unit.name}`
    ms %= unit.ms
  }
  return text
}

/** A number without exponent, as short as it can be read back. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign, first, rest = '', power] = parts
  const digits = first + rest
  const point = 1 + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\',
}
const NUMBERED_ESCAPES: Readonly<Record<string, { readonly digits: number; readonly base: 8 | 16; readonly skip: 0 | 1 }>> = {
  ...Object.fromEntries([...'01234567'].map((digit) => [digit, { digits: 3, base: 8, skip: 0 }])),
  x: { digits: 2, base: 16, skip: 1 },
  u: { digits: 4, base: 16, skip: 1 },
  U: { digits: 8, base: 16, skip: 1 },
}

/**
 * The value of a string token with its quotes. `\xff` and `\377` are bytes; a byte that is part of no UTF-8 character
 * becomes the lone surrogate U+DC00 + byte, which equals nothing that is stored. Throws LiteralError.
 * The closing quote may be missing: then only the escapes are checked.
 */
export function unquote(token: string): string {
  if (/[\ufffd\p{Surrogate}]/u.test(token)) throw new LiteralError('invalid UTF-8 rune')
  return unquoteGo(token)
}

/** The same for LogQL, which takes any character. */
export function unquoteGo(token: string): string {
  const mark = token[0]
  if (mark === '`') return token.slice(1, -1)
  if (!token.includes('\\')) return token.slice(1, -1)
  const points = [...token]
  const out: (string | number)[] = []
  let at = 1
  while (at < points.length && points[at] !== mark) {
    if (points[at] !== '\\') {
      out.push(points[at++])
      continue
    }
    const { value, next } = escapeAt(points, at + 1, mark)
    out.push(value)
    at = next
  }
  return decodeBytes(out)
}

/** The escape whose letter stands at `at`: a text, or a byte as a number. */
function escapeAt(points: readonly string[], at: number, mark: string): { value: string | number; next: number } {
  const letter = points[at]
  if (letter === undefined) throw new LiteralError('escape sequence not terminated')
  if (letter === mark) return { value: mark, next: at + 1 }
  if (Object.hasOwn(SIMPLE_ESCAPES, letter)) return { value: SIMPLE_ESCAPES[letter], next: at + 1 }
  if (!Object.hasOwn(NUMBERED_ESCAPES, letter)) throw new LiteralError(`unknown escape sequence ${pointName(letter)}`)
  const { digits, base, skip } = NUMBERED_ESCAPES[letter]
  let code = 0
  for (let i = at + skip; i < at + skip + digits; i++) {
    if (points[i] === undefined) throw new LiteralError('escape sequence not terminated')
    const digit = /^[0-9a-fA-F]$/.test(points[i]) ? parseInt(points[i], 16) : 16
    if (digit >= base) throw new LiteralError(`illegal character ${pointName(points[i])} in escape sequence`)
    code = code * base + digit
  }
  const isByte = digits < 4
  if (code > (isByte ? 0xff : 0x10ffff) || (code >= 0xd800 && code < 0xe000)) {
    throw new LiteralError('escape sequence is an invalid Unicode code point')
  }
  return { value: isByte ? code : String.fromCodePoint(code), next: at + skip + digits }
}

function pointName(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`
}

function decodeBytes(parts: readonly (string | number)[]): string {
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  const bytes = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))
  let out = ''
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at)
    out += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]) : bytes.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return out
}

/** Bytes of the UTF-8 character at `at`, 0 if there is none. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const text = bytes.toString('utf8', at, at + length)
    if (!text.includes('\ufffd') || (length === 3 && bytes.readUIntBE(at, 3) === 0xefbfbd)) return length
  }
  return 0
}

/** A text in double quotes, escaped so that `unquote` gives it back. */
export function quote(text: string): string {
  let out = '"'
  for (const character of text) out += quotedCharacter(character)
  return `${out}"`
}

const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"', '\\': '\\\\', '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v',
}

function quotedCharacter(character: string): string {
  if (Object.hasOwn(NAMED, character)) return NAMED[character]
  const code = character.codePointAt(0) ?? 0
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) && code !== 0xfffd) return character
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
