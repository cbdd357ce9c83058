/** Values as Go prints them: numbers, sizes and strings of canonical LogQL. */

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
