/**
 * The arithmetic of native histograms: pure functions over the noun of model/histogram.ts. Nothing throws; what annotations are due for is
 * part of the results. Arguments are taken to be valid: `histogramFault` says whether they are.
 */
export { addHistograms, compactHistogram, divideHistogram, histogramsEqual, multiplyHistogram, negateHistogram } from './arithmetic.js'
export { reduceResolution, subtractHistograms, widenZeroBucket, withHint, type Combination } from './arithmetic.js'
export { bucketBound } from './bounds.js'
export { bucketsDownward, bucketsUpward, histogramJson, negativeBuckets, positiveBuckets, zeroBucket } from './buckets.js'
export type { BoundaryRule, Bucket, HistogramJson } from './buckets.js'
export { histogramFromClassic, type ClassicBucket, type ClassicHistogram, type Conversion } from './classic.js'
export { histogramAverage, histogramDeviation, histogramFraction, histogramQuantile, histogramVariance } from './estimates.js'
export type { Estimate, EstimateNote } from './estimates.js'
export { detectReset } from './reset.js'
export { formatShortest, histogramExpression, histogramText } from './text.js'
export { addToTotal, hasResetCollision, mergeTotals, startTotal, totalValue } from './total.js'
export { trimAbove, trimBelow } from './trim.js'
export { histogramFault } from './validity.js'
