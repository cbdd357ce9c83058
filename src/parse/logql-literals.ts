/**
 * Literals of LogQL: their text to values. Facts: Loki's lexer, which reads Go literals, Prometheus durations and the sizes of
 * go-humanize (shared by all: undefined where the text is not such a literal).
 */
import { QueryError } from '../model/error.js'
import { LiteralError, unquoteGo } from './promql-literals.js'

const MAX_INT64 = 2n ** 63n - 1n

const PROMETHEUS_UNITS: readonly (readonly [name: string, ns: bigint])[] = [
  ['y', 31_536_000_000_000_000n],
  ['w', 604_800_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
]

const PROMETHEUS_DURATION = new RegExp(`^${PROMETHEUS_UNITS.map(([name]) => `(?:([0-9]+)${name})?`).join('')}$`)

/** Nanoseconds of `1h30m`: whole numbers of units in descending order, each once. A bare `0` is a duration too. */
export function prometheusDuration(text: string): bigint | undefined {
  if (text === '0') return 0n
  const counts = text === '' ? null : PROMETHEUS_DURATION.exec(text)
  if (counts === null) return undefined
  const ns = PROMETHEUS_UNITS.reduce((sum, [, unit], index) => sum + BigInt(counts[index + 1] ?? 0) * unit, 0n)
  return ns <= MAX_INT64 ? ns : undefined
}

const GO_UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])

/** Nanoseconds of `1.5h` or `-250µs`: units in any order, fractions cut off below the nanosecond. */
export function goDuration(text: string): bigint | undefined {
  const sign = text.startsWith('-') ? -1n : 1n
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return 0n
  if (!/^(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined
  let ns = 0n
  for (const [, whole, fraction = '', unit] of body.matchAll(/([0-9]*)\.?([0-9]*)(ns|us|µs|ms|s|m|h)/g)) {
    const scale = GO_UNITS.get(unit) ?? 0
    ns += BigInt(whole) * BigInt(scale)
    if (fraction !== '') ns += BigInt(Math.trunc(Number(fraction) * (scale / 10 ** fraction.length)))
  }
  return ns <= MAX_INT64 ? sign * ns : undefined
}

/** Nanoseconds of a duration written either way. */
export function durationNs(text: string): bigint | undefined {
  return prometheusDuration(text) ?? goDuration(text)
}

const SIZE_POWERS = 'kmgtp'

/** Bytes of `5MB`, `1.5KiB` or `10k`: SI units are powers of 1000, those with an i powers of 1024; parts of a byte are cut off. */
export function sizeBytes(text: string): number | undefined {
  const parts = /^([0-9]+\.?[0-9]*|\.[0-9]+)(?:([kmgtp])(i?))?(b?)$/i.exec(text)
  if (parts === null) return undefined
  const [, count, prefix = '', binary = ''] = parts
  const power = prefix === '' ? 0 : SIZE_POWERS.indexOf(prefix.toLowerCase()) + 1
  return Math.trunc(Number(count) * (binary === '' ? 1000 : 1024) ** power)
}

/**
 * A number without sign as Go parses it: decimal, also with a leading zero, with `_` between digits, or hex with a binary exponent.
 * Undefined for other bases, misplaced `_`, a leading zero before an 8 or 9, and what is beyond 64-bit floats.
 */
export function numberValue(text: string): number | undefined {
  if (/^_|_$|__|_[^0-9a-f]|[.ep+-]_/i.test(text) || /^0[0-9_]*[89][0-9_]*$/.test(text)) return undefined
  const digits = text.replaceAll('_', '')
  const hex = /^0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?[0-9]+)$/i.exec(digits)
  const value = hex === null ? decimalValue(digits) : hexValue(hex[1], hex[2], Number(hex[3]))
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

function decimalValue(digits: string): number | undefined {
  return /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(digits) ? Number(digits) : undefined
}

/** Exact for mantissas that fit 53 bits, and refused for others. */
function hexValue(whole: string, fraction: string, exponent: number): number | undefined {
  if (whole + fraction === '') return undefined
  const mantissa = Number(BigInt(`0x${whole}${fraction}`))
  if (!Number.isSafeInteger(mantissa)) return undefined
  const value = mantissa * 2 ** (exponent - 4 * fraction.length)
  return value === 0 && mantissa !== 0 ? undefined : value
}

/** The value of a string with its quotes; undefined for escapes that Go does not know. */
export function stringValue(token: string): string | undefined {
  try {
    return unquoteGo(token)
  } catch (thrown) {
    if (thrown instanceof LiteralError) return undefined
    throw thrown
  }
}

/** The value of a token that was recognised by the same function, so that it has one. */
export function literal<Value>(text: string, read: (text: string) => Value | undefined): Value {
  const value = read(text)
  if (value === undefined) throw new QueryError({ code: 'internal', message: `token ${text} has no value` })
  return value
}

/** A number with its sign, if any. */
export function signedNumber(text: string): number {
  const value = literal(text.replace(/^[+-]/, ''), numberValue)
  return text.startsWith('-') ? -value : value
}
