/** Counter resets between two samples of a native histogram (Prometheus' FloatHistogram.DetectReset). */
import { usesCustomBounds, type NativeHistogram } from '../../model/histogram.js'
import { commonBounds, sameBounds } from './bounds.js'
import { addMapped, addPlainly, denseSide, sideOf, type Side } from './sides.js'
import { widened, withSchema, withZeroThreshold } from './wide.js'

/**
 * Whether the counter was reset between `previous` and `current`. A hint `reset` or `notReset` of `current` decides; otherwise it was if
 * anything counts less than before (the sum aside), if a populated bucket is gone, or if buckets became finer, for which only a restart is
 * reason enough. Gauges are looked at as if they were counters.
 */
export function detectReset(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (current.hint === 'reset' || current.hint === 'notReset') return current.hint === 'reset'
  if (current.count < previous.count) return true
  if (usesCustomBounds(current) !== usesCustomBounds(previous)) return true
  return usesCustomBounds(current) ? customReset(previous, current) : exponentialReset(previous, current)
}

function exponentialReset(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true
  const before = withZeroThreshold(widened(previous), current.zeroThreshold, addPlainly)
  // The wider zero bucket would cut a populated bucket: no counter gets there without a restart.
  if (before.zeroThreshold !== current.zeroThreshold) return true
  const now = widened(current)
  const [, , zeroBefore] = before.totals
  if (current.zeroCount < zeroBefore) return true
  const { positive, negative } = withSchema(before, current.schema, addPlainly)
  return countsLess(positive, now.positive) || countsLess(negative, now.negative)
}

/** Bounds that only one of them has say nothing: compared is what lies between common ones. */
function customReset(previous: NativeHistogram, current: NativeHistogram): boolean {
  const sides = [previous, current].map((h) => sideOf(h.positiveSpans, h.positive, undefined))
  if (sameBounds(previous.customBounds, current.customBounds)) return countsLess(sides[0], sides[1])
  const bounds = commonBounds(previous.customBounds, current.customBounds)
  const [before, now] = [previous, current].map(({ customBounds }, i) => {
    const dense = denseSide(bounds.length + 1)
    addMapped(dense, sides[i], customBounds, bounds, 1, addPlainly)
    return dense
  })
  return countsLess(before, now)
}

/** Whether any bucket counts less in `now` than in `before`; a bucket that is not there counts nothing. */
function countsLess(before: Side, now: Side): boolean {
  let at = 0
  for (let b = 0; b < before.indices.length; b++) {
    while (at < now.indices.length && now.indices[at] < before.indices[b]) at++
    const isThere = at < now.indices.length && now.indices[at] === before.indices[b]
    if (isThere ? now.counts[at] < before.counts[b] : before.counts[b] !== 0) return true
  }
  return false
}
