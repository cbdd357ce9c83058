/** Values as Go prints them: numbers, durations, sizes and strings of canonical LogQL. */

/** Go's `%v` of a float: the shortest digits, with an exponent below 1e-4 and from 1e21. */
export function generalText(value: number): string {
  const special = specialText(value)
  if (special !== undefined) return special
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return shortestText(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

/** The shortest digits without exponent that read back as the same number. */
export function shortestText(value: number): string {
  const special = specialText(value)
  if (special !== undefined) return special
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value))
  if (parts === null) return String(value)
  const [, sign, first, rest = '', power] = parts
  const digits = first + rest
  const point = 1 + Number(power)
  return point <= 0 ? `${sign}0.${'0'.repeat(-point)}${digits}` : `${sign}${digits.padEnd(point, '0')}`
}

function specialText(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return Object.is(value, -0) ? '-0' : undefined
}

/** Six digits after the point, as `%f`. */
export function fixedText(value: number): string {
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${shortestText(value)}.000000`
}

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** Bytes with two digits at most, as go-humanize prints them: `1.6MB`. Rounds. */
export function sizeText(bytes: number): string {
  if (bytes < 10) return `${bytes}B`
  const power = Math.floor(Math.log(bytes) / Math.log(1000))
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${SIZE_UNITS[power]}`
}

const SECOND = 1_000_000_000n

/** Go's form of a duration: `1h30m0s`, `1.5s`, `250µs`. */
export function goDurationText(ns: bigint): string {
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  const size = ns < 0n ? -ns : ns
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimalText(size, 1_000n)}µs`
  if (size < SECOND) return `${sign}${decimalText(size, 1_000_000n)}ms`
  const seconds = size / SECOND
  const hours = seconds / 3600n
  const minutes = (seconds / 60n) % 60n
  const rest = `${decimalText(size % (60n * SECOND), SECOND)}s`
  if (hours > 0n) return `${sign}${hours}h${minutes}m${rest}`
  return minutes > 0n ? `${sign}${minutes}m${rest}` : `${sign}${rest}`
}

/** The quotient of a division by a power of ten, with all its digits. */
function decimalText(value: bigint, divisor: bigint): string {
  const digits = String(divisor).length - 1
  const fraction = String(value % divisor).padStart(digits, '0').replace(/0+$/, '')
  return fraction === '' ? String(value / divisor) : `${value / divisor}.${fraction}`
}

const PROMETHEUS_UNITS: readonly (readonly [name: string, ms: bigint, wholeOnly: boolean])[] = [
  ['y', 31_536_000_000n, true],
  ['w', 604_800_000n, true],
  ['d', 86_400_000n, false],
  ['h', 3_600_000n, false],
  ['m', 60_000n, false],
  ['s', 1_000n, false],
  ['ms', 1n, false],
]

/** Prometheus' form of a duration of whole milliseconds: `1h30m`; years and weeks only where nothing is left over. */
export function prometheusDurationText(ns: bigint): string {
  let ms = ns / 1_000_000n
  if (ms === 0n) return '0s'
  let text = ''
  for (const [name, unit, wholeOnly] of PROMETHEUS_UNITS) {
    if (ms < unit || (wholeOnly && ms % unit !== 0n)) continue
    text += `${ms / unit}${name}`
    ms %= unit
  }
  return text
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"' }),
)

/** A string in double quotes as Go quotes it: what cannot be printed is escaped. */
export function quoteText(text: string): string {
  return `"${text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeText)}"`
}

function escapeText(character: string): string {
  const short = SHORT_ESCAPES.get(character)
  if (short !== undefined) return short
  const point = character.codePointAt(0) ?? 0
  // A byte that is no UTF-8 is held as a lone surrogate: see unquoteGo.
  if (point >= 0xdc80 && point <= 0xdcff) return `\\x${(point - 0xdc00).toString(16)}`
  if (point < 0x80) return `\\x${point.toString(16).padStart(2, '0')}`
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`
}
