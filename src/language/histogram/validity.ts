/** Which histograms may be stored (the checks of Prometheus' FloatHistogram.Validate). */
import { usesCustomBounds, type BucketSpan, type NativeHistogram } from '../../model/histogram.js'

const [COARSEST_SCHEMA, FINEST_SCHEMA] = [-4, 8] as const

/**
 * What is wrong with a histogram, or undefined. Whether the buckets come to the count is not looked at: NaN observations are in no bucket,
 * and sums of fractions are rounded.
 */
export function histogramFault(h: NativeHistogram): string | undefined {
  const own = usesCustomBounds(h) ? customFault(h) : exponentialFault(h)
  if (own !== undefined) return own
  if (h.count < 0) return `the count ${h.count} is negative`
  return countsFault('positive', h.positive)
}

function exponentialFault(h: NativeHistogram): string | undefined {
  const { schema, zeroThreshold, zeroCount, customBounds } = h
  if (!Number.isInteger(schema) || schema < COARSEST_SCHEMA || schema > FINEST_SCHEMA) return `the schema ${schema} is not one from ${COARSEST_SCHEMA} to ${FINEST_SCHEMA}`
  if (customBounds.length > 0) return 'exponential buckets have no bounds of their own'
  if (!(zeroThreshold >= 0)) return `the zero threshold ${zeroThreshold} is not a width`
  if (zeroCount < 0) return `the count ${zeroCount} of the zero bucket is negative`
  return spansFault('positive', h.positiveSpans, h.positive.length)
    ?? spansFault('negative', h.negativeSpans, h.negative.length)
    ?? countsFault('negative', h.negative)
}

function customFault(h: NativeHistogram): string | undefined {
  const { customBounds, positiveSpans, positive } = h
  const unbounded = customBounds.find((bound) => !Number.isFinite(bound))
  if (unbounded !== undefined) return `the custom bound ${unbounded} is not finite`
  const fallen = customBounds.findIndex((bound, at) => at > 0 && bound <= customBounds[at - 1])
  if (fallen !== -1) return `the custom bound ${customBounds[fallen]} comes after ${customBounds[fallen - 1]}`
  if (h.zeroCount !== 0 || h.zeroThreshold !== 0) return 'custom buckets have no zero bucket'
  if (h.negativeSpans.length > 0 || h.negative.length > 0) return 'custom buckets have no negative side'
  if (positiveSpans.length > 0 && positiveSpans[0].offset < 0) return `custom buckets begin at index 0, not at ${positiveSpans[0].offset}`
  const end = positiveSpans.reduce((total, { offset, length }) => total + offset + length, 0)
  return spansFault('positive', positiveSpans, positive.length) ?? (end > customBounds.length + 1 ? `${customBounds.length} custom bounds for ${end} buckets` : undefined)
}

function spansFault(side: string, spans: readonly BucketSpan[], buckets: number): string | undefined {
  const overlapping = spans.findIndex(({ offset, length }, at) => (at > 0 && offset < 0) || length < 0)
  if (overlapping !== -1) return `the ${side} span ${overlapping + 1} does not come after the one before`
  const spanned = spans.reduce((total, { length }) => total + length, 0)
  return spanned === buckets ? undefined : `the ${side} spans are for ${spanned} buckets, there are ${buckets}`
}

function countsFault(side: string, counts: Float64Array): string | undefined {
  const at = counts.findIndex((count) => count < 0)
  return at === -1 ? undefined : `the count ${counts[at]} of the ${side} bucket number ${at + 1} is negative`
}
