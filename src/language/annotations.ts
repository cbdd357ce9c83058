/** How remarks are worded: the texts of Prometheus, which its users know and search for. */
import type { Annotation, FixedBuckets } from '../model/annotation.js'
import { formatShortest } from './histogram/text.js'

/** `PromQL warning: text (line:column)`; lines and columns in bytes, from 1. */
export function annotationText({ level, text, span, fixedBuckets }: Annotation, query: string): string {
  const before = Buffer.from(query, 'utf8').subarray(0, span.start)
  const line = before.filter((byte) => byte === 10).length + 1
  const column = span.start - (before.lastIndexOf(10) + 1) + 1
  const counted = fixedBuckets === undefined ? '' : fixedText(fixedBuckets)
  return `PromQL ${level}: ${text}${counted} (${line}:${column})`
}

/** Times are cut to the second. */
function fixedText(fixed: FixedBuckets): string {
  const bounds = `from buckets ${goNumber(fixed.leastBound)} to ${goNumber(fixed.greatestBound)}`
  const difference = `with a max diff of ${twoDigits(fixed.greatestDifference)}`
  return `, ${bounds}, ${difference}, over ${fixed.samples} samples from ${wholeSeconds(fixed.firstMs)} to ${wholeSeconds(fixed.lastMs)}`
}

/** RFC 3339 of the second, as upstream: what is less than a second is cut off towards 1970. */
function wholeSeconds(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

/** A number as Go's `%g` prints it: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export function goNumber(value: number): string {
  return formatShortest(value)
}

/** More digits than a double of three decimal digits can have: what follows them is zero. */
const EXACT_DIGITS = 40

/** A number as Go's `%.2g` prints it: two digits, half to even, without zeros at the end; an exponent below 1e-4 and from 1e2 on. */
export function twoDigits(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatShortest(value)
  const [digits, exponent] = value.toExponential(EXACT_DIGITS).split('e')
  const halfway = /^(-?\d\.[02468])50*$/.exec(digits)
  const rounded = Number(halfway === null ? value.toExponential(1) : `${halfway[1]}e${exponent}`)
  const [shown, power] = rounded.toExponential().split('e')
  if (Number(power) >= -4 && Number(power) < 2) return String(rounded)
  return `${shown}e${power[0]}${power.slice(1).padStart(2, '0')}`
}

/** A number as Go's `%f` prints it: six decimals, half to even, never an exponent. */
export function goFixed(value: number): string {
  if (!Number.isFinite(value)) return formatShortest(value)
  if (Object.is(value, -0)) return '-0.000000'
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`
  const halfway = /^(-?\d+\.\d{5}[02468])50*$/.exec(value.toFixed(EXACT_DIGITS))
  return halfway === null ? value.toFixed(6) : halfway[1]
}
