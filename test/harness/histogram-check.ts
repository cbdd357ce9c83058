/** Compares histograms by the rules of Prometheus' own test runner. */
import { compactHistogram, histogramExpression } from '../../src/language/language.js'
import type { BucketSpan, NativeHistogram } from '../../src/model/histogram.js'
import { isAlmostEqual } from './promqltest-check.js'

/** What differs, empty buckets and the hint aside; undefined if nothing does. Shape and bounds must agree exactly, numbers almost. */
export function histogramDifference(actual: NativeHistogram, expected: NativeHistogram): string | undefined {
  const [ours, theirs] = [compactHistogram(actual), compactHistogram(expected)]
  const sameShape = shapeOf(ours) === shapeOf(theirs)
  const numbers = [ours, theirs].map((h) => [h.count, h.sum, h.zeroCount, ...h.positive, ...h.negative])
  const same = sameShape && numbers[0].every((number, at) => isAlmostEqual(number, numbers[1][at]))
  return same ? undefined : `${histogramExpression(actual)}, not ${histogramExpression(expected)}`
}

function shapeOf({ schema, zeroThreshold, customBounds, positiveSpans, negativeSpans }: NativeHistogram): string {
  const spans = (of: readonly BucketSpan[]) => of.map(({ offset, length }) => `${offset}:${length}`).join()
  return [schema, zeroThreshold, customBounds.join(), spans(positiveSpans), spans(negativeSpans)].join(' ')
}
