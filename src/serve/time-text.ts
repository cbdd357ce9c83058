/** Times and durations as clients write them. Each reader answers undefined for a text it does not know. */

const NS_PER_SECOND = 1_000_000_000n
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const DURATION_UNITS_MS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1]

/** RFC 3339 with up to nine decimals, to ns. */
export function readRfc3339Ns(text: string): bigint | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, day, clock, fraction = '', zone] = match
  const ms = Date.parse(`${day}T${clock}${zone.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  // JavaScript reads the 31st of a shorter month as the first days of the next.
  if (new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().slice(0, 10) !== day) return undefined
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Decimal seconds to ns, exact to the ninth decimal. */
export function readSecondsNs(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{0,9}))?$/.exec(text)
  if (match === null) return undefined
  const ns = BigInt(match[2]) * NS_PER_SECOND + BigInt((match[3] ?? '').padEnd(9, '0'))
  return match[1] === '-' ? -ns : ns
}

/**
 * A time of the native API and of the command line, to ns: RFC 3339; `now`, `now-1h30m`, `now+5m`; a number of seconds
 * with up to nine decimals. A whole number of 12 to 14 digits is milliseconds, of 15 to 17 microseconds, of 18 or 19 nanoseconds.
 */
export function readTimeNs(text: string, nowMs: number): bigint | undefined {
  const relative = /^now(?:([+-])(.+))?$/.exec(text)
  if (relative !== null) {
    const shift = relative[2] === undefined ? 0 : readPrometheusDurationMs(relative[2])
    if (shift === undefined) return undefined
    return BigInt(relative[1] === '-' ? nowMs - shift : nowMs + shift) * 1_000_000n
  }
  if (/^\d{12,19}$/.test(text)) {
    const scale = text.length <= 14 ? 1_000_000n : text.length <= 17 ? 1_000n : 1n
    return BigInt(text) * scale
  }
  return readSecondsNs(text) ?? readRfc3339Ns(text)
}

/** `1h30m`, units descending and each once, `0` alone without a unit; to ms. */
export function readPrometheusDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  const match = DURATION.exec(text)
  if (match === null || text === '') return undefined
  return DURATION_UNITS_MS.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * unit, 0)
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
/** Durations are counted in ns there. */
const DURATION_MS_MAX = 2 ** 63 / 1e6

/** A number of seconds, or `1h30m`; to ms, not rounded. Undefined also for more than 292 years. */
export function readDurationMs(text: string): number | undefined {
  const ms = NUMBER.test(text) ? Number((Number(text) * 1000).toPrecision(15)) : readPrometheusDurationMs(text)
  return ms !== undefined && Math.abs(ms) < DURATION_MS_MAX ? ms : undefined
}

/** What Prometheus and Loki say of a text that readDurationMs does not know. */
export function wrongDuration(text: string): string {
  const overflows = NUMBER.test(text) && Number.isFinite(Number(text))
  return `cannot parse ${JSON.stringify(text)} to a valid duration${overflows ? '. It overflows int64' : ''}`
}

/** A time of the Prometheus API, to ms: seconds as a float, rounded to the millisecond, or RFC 3339, cut to it. */
export function readPrometheusTimeMs(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const seconds = Number(text)
    const whole = Math.trunc(seconds)
    const ms = whole * 1000 + Math.round((seconds - whole) * 1000)
    return Number.isSafeInteger(ms) ? ms : undefined
  }
  const ns = readRfc3339Ns(text)
  return ns === undefined ? undefined : Number(ns / 1_000_000n)
}

/**
 * A time of the Loki API, to ns: with a point, seconds as a float rounded to the millisecond; a whole number of at most
 * ten characters, seconds; a longer one, ns; or RFC 3339.
 */
export function readLokiTimeNs(text: string): bigint | undefined {
  if (text.includes('.') && !text.includes(':')) {
    const ms = readPrometheusTimeMs(text)
    return ms === undefined ? undefined : BigInt(ms) * 1_000_000n
  }
  if (isInt64(text)) return text.length <= 10 ? BigInt(text) * NS_PER_SECOND : BigInt(text)
  return readRfc3339Ns(text)
}

/** Zeros in front are no fault, but somewhere they are. */
const INTEGER_CHARACTERS_MAX = 64

/** Whether the text is a whole number of 64 bits, as Go reads one. */
export function isInt64(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && text.length <= INTEGER_CHARACTERS_MAX && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** ns as decimal seconds without loss; readSecondsNs reads it back. */
export function writeSeconds(ns: bigint): string {
  const sign = ns < 0n ? '-' : ''
  const abs = ns < 0n ? -ns : ns
  const fraction = (abs % NS_PER_SECOND).toString().padStart(9, '0').replace(/0+$/, '')
  return `${sign}${abs / NS_PER_SECOND}${fraction === '' ? '' : `.${fraction}`}`
}
