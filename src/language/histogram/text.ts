/** Histograms as Prometheus writes them. */
import { usesCustomBounds, type BucketSpan, type NativeHistogram, type ResetHint } from '../../model/histogram.js'
import { compactHistogram } from './arithmetic.js'
import { negativeBuckets, positiveBuckets, zeroBucket, type Bucket } from './buckets.js'

/** `{count:20, sum:10, [-2,-1):2, [-0.001,0.001]:2, (0.5,1]:1}`: ascending, without empty buckets; the label value of count_values. */
export function histogramText(h: NativeHistogram): string {
  const buckets = [...[...negativeBuckets(h)].toReversed(), ...(h.zeroCount === 0 ? [] : [zeroBucket(h)]), ...positiveBuckets(h)]
  const shown = buckets.filter(({ count }) => count !== 0).map(bucketText)
  return `{${[`count:${formatShortest(h.count)}`, `sum:${formatShortest(h.sum)}`, ...shown].join(', ')}}`
}

function bucketText({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  return `${lowerInclusive ? '[' : '('}${formatShortest(lower)},${formatShortest(upper)}${upperInclusive ? ']' : ')'}:${formatShortest(count)}`
}

const HINT_WORDS: Readonly<Record<ResetHint, string>> = { unknown: '', reset: 'reset', notReset: 'not_reset', gauge: 'gauge' }

/** `{{schema:1 count:3 sum:1.5 offset:-1 buckets:[1 2]}}`: the notation of Prometheus' test files, which reads back as the same histogram. */
export function histogramExpression(h: NativeHistogram): string {
  const { schema, count, sum, zeroCount, zeroThreshold, positiveSpans, positive, negativeSpans, negative } = compactHistogram(h, Infinity)
  const told = (name: string, value: number) => (value === 0 ? [] : [`${name}:${formatShortest(value)}`])
  return `{{${[
    ...told('schema', schema),
    ...told('count', count),
    ...told('sum', sum),
    ...told('z_bucket', zeroCount),
    ...told('z_bucket_w', zeroThreshold),
    ...(usesCustomBounds(h) ? [`custom_values:${list(h.customBounds)}`] : []),
    ...(h.hint === 'unknown' ? [] : [`counter_reset_hint:${HINT_WORDS[h.hint]}`]),
    ...sideExpression('offset', 'buckets', positiveSpans, positive),
    ...sideExpression('n_offset', 'n_buckets', negativeSpans, negative),
  ].join(' ')}}}`
}

function sideExpression(offsetName: string, name: string, spans: readonly BucketSpan[], counts: Float64Array): readonly string[] {
  if (counts.length === 0) return []
  const [{ offset }] = spans
  return [...(offset === 0 ? [] : [`${offsetName}:${offset}`]), `${name}:${list(counts)}`]
}

function list(values: Float64Array): string {
  return `[${Array.from(values, formatShortest).join(' ')}]`
}

/** As Go's `%g`: the shortest digits that read back as the same number, with an exponent below 1e-4 and from 1e6 on. */
export function formatShortest(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Math.abs(value) === Infinity) return value > 0 ? '+Inf' : '-Inf'
  const [digits, exponentText] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  const sign = Object.is(value, -0) ? '-' : ''
  if (exponent >= -4 && exponent < 6) return sign + value
  return `${sign}${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
