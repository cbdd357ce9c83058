/** How remarks are worded: the texts of Prometheus, which its users know and search for. */
import type { Annotation, FixedBuckets } from '../model/annotation.js'
import { shortest } from './histogram/histogram.js'

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
  const bounds = `from buckets ${shortest(fixed.leastBound)} to ${shortest(fixed.greatestBound)}`
  const time = (ms: number): string => new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  const times = `from ${time(fixed.firstMs)} to ${time(fixed.lastMs)}`
  return `, ${bounds}, with a max diff of ${twoDigits(fixed.greatestDifference)}, over ${fixed.samples} samples ${times}`
}

/** As Go's %.2g. */
function twoDigits(value: number): string {
  if (!Number.isFinite(value)) return shortest(value)
  const [digits, exponent] = value.toExponential(1).split('e')
  return Number(exponent) < 2 ? shortest(Number(value.toPrecision(2))) : `${digits.replace('.0', '')}e+${exponent.slice(1).padStart(2, '0')}`
}

/** A number as Go's %g prints it: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export function goNumber(value: number): string {
  if (!Number.isFinite(value)) return goNotFinite(value)
  if (Object.is(value, -0)) return '-0'
  const [digits, exponent] = value.toExponential().split('e')
  const size = Number(exponent)
  if (size >= -4 && size < GO_EXPONENT_FROM) return String(value)
  return `${digits}e${size < 0 ? '-' : '+'}${String(Math.abs(size)).padStart(2, '0')}`
}

/** Where %g turns to exponents if it is to print the shortest digits. */
const GO_EXPONENT_FROM = 6

/** A number as Go's %f prints it: six decimals, never an exponent. */
export function goFixed(value: number): string {
  if (!Number.isFinite(value)) return goNotFinite(value)
  if (Object.is(value, -0)) return '-0.000000'
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`
}

function goNotFinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
