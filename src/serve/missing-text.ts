/** What a partial answer lacks, for answers that have room for a text only. */
import type { AffectedRange, Missing, Watermark } from '../model/event.js'

/** As many as Prometheus shows of remarks. */
const NAMED_IN_TEXT = 10

/** One line that names segments, keys, reasons and times. */
export function missingText({ segments, named }: Missing): string {
  const keys = named.slice(0, NAMED_IN_TEXT).map(({ segment, key, reason, affected }) => `${segment} (${key}, ${reason}, ${affected.map(rangeText).join(' and ')})`)
  const others = segments > keys.length ? ` and ${segments - keys.length} more` : ''
  return `the answer is partial: ${segments} ${segments === 1 ? 'segment is' : 'segments are'} missing: ${keys.join(', ')}${others}`
}

/** A line for the answer and one for each segment. */
export function missingLines({ segments, named }: Missing): readonly string[] {
  const lines = named.map(({ segment, key, message, affected }) => `missing: segment ${segment} (${key}), ${affected.map(rangeText).join(' and ')}: ${message}`)
  const others = segments > named.length ? [`missing: ${segments - named.length} more segments`] : []
  return [`partial answer: ${segments} ${segments === 1 ? 'segment is' : 'segments are'} missing`, ...lines, ...others]
}

function rangeText({ start, end }: AffectedRange): string {
  return `${timeText(start)} to ${timeText(end)}`
}

/** RFC 3339, with as many digits as there are. */
export function timeText(time: Watermark): string {
  if ('ms' in time) return new Date(time.ms).toISOString()
  const seconds = time.ns >= 0n ? time.ns / 1_000_000_000n : -((-time.ns + 999_999_999n) / 1_000_000_000n)
  const nanos = String(time.ns - seconds * 1_000_000_000n).padStart(9, '0')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${nanos}Z`
}
