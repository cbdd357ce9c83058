/**
 * Values of labels as numbers, in the notations of Go's strconv.ParseFloat and time.ParseDuration and of the byte sizes
 * that Loki accepts. Each answers the number, or a string that says what is wrong (the details of the error).
 */

const PLAIN = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/
const INFINITE = /^([+-]?)inf(?:inity)?$/i

/** A floating-point number as Go writes literals: also hexadecimal, `1_000`, `+Inf`, `NaN`. */
export function parseFloatText(text: string): number | string {
  const plain = text.includes('_') ? withoutUnderscores(text) : text
  if (plain !== undefined && PLAIN.test(plain)) {
    const value = Number(plain)
    return Number.isFinite(value) ? value : `strconv.ParseFloat: parsing ${goQuote(text)}: value out of range`
  }
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return NaN
  const hex = plain === undefined ? null : HEXADECIMAL.exec(plain)
  if (hex !== null && hex[2] + hex[3] !== '') {
    const mantissa = Number(BigInt(`0x${hex[2]}${hex[3]}`))
    const value = mantissa * 2 ** (Number(hex[4]) - 4 * hex[3].length)
    return hex[1] === '-' ? -value : value
  }
  return `strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`
}

/** Underscores may stand between digits only, or behind a base prefix. */
function withoutUnderscores(text: string): string | undefined {
  const allowed = !/(^|[^0-9a-fA-FxX])_|_([^0-9a-fA-F]|$)/.test(text)
  return allowed ? text.replaceAll('_', '') : undefined
}

const NANOS_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['\u00b5s', 1e3],
  ['\u03bcs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])

const DURATION_MAX = 2 ** 63

/** A duration like `1h30m`, `1.5s`, `-2ms`, in ns. There are no days. */
export function parseDurationText(text: string): number | string {
  const sign = text.startsWith('-') ? -1 : 1
  let rest = /^[+-]/.test(text) ? text.slice(1) : text
  if (rest === '0') return 0
  if (rest === '') return `time: invalid duration ${goQuote(text)}`
  let total = 0
  while (rest !== '') {
    const number = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest) ?? ['', '', '']
    const whole = number[1]
    const fraction = number[2] ?? ''
    if (whole === '' && fraction === '') return `time: invalid duration ${goQuote(text)}`
    rest = rest.slice(number[0].length)
    const unit = /^[^0-9.]*/.exec(rest)?.[0] ?? ''
    if (unit === '') return `time: missing unit in duration ${goQuote(text)}`
    const nanos = NANOS_OF_UNIT.get(unit)
    if (nanos === undefined) return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`
    rest = rest.slice(unit.length)
    total += Number(whole) * nanos + Math.floor(Number(`0.${fraction || '0'}`) * nanos)
    if (total > DURATION_MAX) return `time: invalid duration ${goQuote(text)}`
  }
  return sign * total
}

const BYTES_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't', 'p', 'e'].flatMap((letter, i): [string, number][] => [
    [`${letter}ib`, 1024 ** (i + 1)],
    [`${letter}i`, 1024 ** (i + 1)],
    [`${letter}b`, 1000 ** (i + 1)],
    [letter, 1000 ** (i + 1)],
  ]),
])

/** A size like `1.5 MiB`, `1,000` or `2kb`, in whole bytes; never negative. */
export function parseBytesText(text: string): number | string {
  const digits = /^[\p{Nd}.,]*/u.exec(text)?.[0] ?? ''
  const value = parseFloatText(digits.replaceAll(',', ''))
  if (typeof value === 'string') return value
  const unit = text.slice(digits.length).trim().toLowerCase()
  const factor = BYTES_OF_UNIT.get(unit)
  if (factor === undefined) return `unhandled size name: ${unit}`
  const bytes = value * factor
  return bytes >= 2 ** 64 ? `too large: ${text}` : Math.trunc(bytes)
}

const GO_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['"', '\\"'],
  ['\\', '\\\\'],
])

/** A text in double quotes with Go's escapes, as error details and label sets show it. */
export function goQuote(text: string): string {
  return `"${text.replace(/[\p{Cc}"\\]/gu, (c) => GO_ESCAPES.get(c) ?? numericEscape(c))}"`
}

function numericEscape(control: string): string {
  const digits = control.charCodeAt(0).toString(16).padStart(2, '0')
  return control < '\x80' ? `\\x${digits}` : `\\u00${digits}`
}
