/** Constants of Go source: quoted strings, characters and numbers. */
import { parseFloatText } from '../conversions.js'
import type { NumberNode } from './syntax.js'

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}
const INT64_MAX = 2n ** 63n - 1n
const UINT64_MAX = 2n ** 64n - 1n

/** The text between quotes with its escapes undone; undefined if one is wrong. `\x` and octal escapes are bytes of UTF-8. */
export function unquote(body: string, quote: '"' | "'"): string | undefined {
  const bytes: Buffer[] = []
  let at = 0
  while (at < body.length) {
    if (body[at] !== '\\') {
      const end = body.indexOf('\\', at)
      const plain = body.slice(at, end < 0 ? undefined : end)
      bytes.push(Buffer.from(plain))
      at += plain.length
      continue
    }
    const c = body[at + 1] ?? ''
    const simple = c === quote ? quote : ESCAPES[c]
    if (simple !== undefined) {
      bytes.push(Buffer.from(simple))
      at += 2
      continue
    }
    const numeric = /^(?:\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8}))/.exec(body.slice(at, at + 10))
    if (numeric === null) return undefined
    const piece = numericEscape(numeric)
    if (piece === undefined) return undefined
    bytes.push(piece)
    at += numeric[0].length
  }
  return Buffer.concat(bytes).toString()
}

function numericEscape([, hex, octal, short, long]: readonly (string | undefined)[]): Buffer | undefined {
  if (hex !== undefined) return Buffer.from([Number.parseInt(hex, 16)])
  if (octal !== undefined) {
    const value = Number.parseInt(octal, 8)
    return value > 255 ? undefined : Buffer.from([value])
  }
  const code = Number.parseInt(short ?? long ?? '', 16)
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? undefined : Buffer.from(String.fromCodePoint(code))
}

/** A whole number as Go writes constants (decimal, 0x, 0o, 0b, leading 0, underscores); undefined if it is none. */
export function parseGoInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0[oO]?_?[0-7]+(?:_[0-7]+)*|0[bB]_?[01]+(?:_[01]+)*|0|[1-9][0-9]*(?:_[0-9]+)*)$/.exec(text)
  if (match === null) return undefined
  const digits = match[2].replaceAll('_', '')
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return match[1] === '-' ? -value : value
}

/** A number or a character constant; a string says what is wrong. Imaginary numbers have no use in a log line and are refused. */
export function parseNumber(text: string, pos: number): NumberNode | string {
  if (text.startsWith("'")) {
    const value = unquote(text.slice(1, -1), "'")
    if (value === undefined || [...value].length !== 1) return `malformed character constant: ${text}`
    const code = value.codePointAt(0) ?? 0
    return { kind: 'number', pos, text, int: BigInt(code), float: code, ideal: 'int' }
  }
  if (text.endsWith('i')) return `imaginary number ${text} is not supported`
  const int = parseGoInteger(text)
  if (int !== undefined) {
    if (int > UINT64_MAX || int < -INT64_MAX - 1n) return `integer overflow: "${text}"`
    const fits = int <= INT64_MAX
    return { kind: 'number', pos, text, int: fits ? int : undefined, float: Number(int), ideal: fits ? 'int' : 'too big' }
  }
  const float = parseFloatText(text)
  if (typeof float === 'string' || !/[.eEpP]/.test(text)) return `illegal number syntax: "${text}"`
  const whole = Number.isInteger(float) && Math.abs(float) < 2 ** 63
  return { kind: 'number', pos, text, int: whole ? BigInt(float) : undefined, float, ideal: 'float' }
}
