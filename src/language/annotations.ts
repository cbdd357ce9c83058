/** How remarks are worded: the texts of Prometheus, which its users know and search for. */
import type { Annotation, FixedBuckets } from '../model/annotation.js'

/** `PromQL warning: text (line:column)`; lines and columns in bytes, from 1. */
export function annotationText({ level, text, span, fixedBuckets }: Annotation, query: string): string {
  const before = Buffer.from(query, 'utf8').subarray(0, span.start)
  const line = before.filter((byte) => byte === 10).length + 1
  const column = span.start - (before.lastIndexOf(10) + 1) + 1
  const counted = fixedBuckets === undefined ? '' : fixedText(fixedBuckets)
  return `PromQL ${level}: ${text}${counted} (${line}:${column})`
}

function fixedText(fixed: FixedBuckets): string {
  const bounds = `from buckets ${goNumber(fixed.leastBound)} to ${goNumber(fixed.greatestBound)}`
  const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
  return `, ${bounds}, with a max diff of ${fixed.greatestDifference.toPrecision(2)}, over ${fixed.samples} samples from ${time(fixed.firstMs)} to ${time(fixed.lastMs)}`
}

/** A number as Go's %g prints it: an exponent below 1e-4 and from 1e21 on. */
export function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  if (exponent >= -4 && exponent < 21) return Object.is(value, -0) ? '-0' : String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}
