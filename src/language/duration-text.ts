/** Durations as Go and as Prometheus print them. */

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
