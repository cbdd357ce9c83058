/** Native histograms in JSON: as Prometheus' API tells of them, and whole, so that a client of ours has the very same histogram. */
import { z } from 'zod'
import { histogramJson } from '../language/language.js'
import type { BucketSpan, NativeHistogram } from '../model/histogram.js'
import { formatValue, parseValue } from './number-format.js'

/** `buckets`: as Prometheus shows them. `whole`: besides, what they do not tell (schema, spans, hint), in the member `native`. */
export type HistogramDetail = 'buckets' | 'whole'

type Print = (value: number) => string

/** `{"count":"3","sum":"1.5","buckets":[[0,"0.5","1","3"]]}`; buckets without an observation are left out, and `buckets` if all are. */
export function shownHistogram(histogram: NativeHistogram, print: Print): string {
  const { count, sum, buckets } = histogramJson(histogram)
  const shown = buckets.map(({ rule, lower, upper, count: own }) => `[${rule},"${print(lower)}","${print(upper)}","${print(own)}"]`)
  return `{"count":"${print(count)}","sum":"${print(sum)}"${shown.length === 0 ? '' : `,"buckets":[${shown.join(',')}]`}}`
}

/** All but count and sum, which the other shape has already; members that are empty or zero are left out. */
export function nativeHistogram(histogram: NativeHistogram): string {
  const { schema, hint, zeroThreshold, zeroCount, positiveSpans, positive, negativeSpans, negative, customBounds } = histogram
  const numbers = (list: Float64Array) => (list.length === 0 ? undefined : Array.from(list, formatValue))
  const number = (value: number) => (Object.is(value, 0) ? undefined : formatValue(value))
  const spans = (list: readonly BucketSpan[]) => (list.length === 0 ? undefined : list.map(({ offset, length }) => [offset, length]))
  return JSON.stringify({
    schema,
    hint: hint === 'unknown' ? undefined : hint,
    zeroThreshold: number(zeroThreshold),
    zeroCount: number(zeroCount),
    positiveSpans: spans(positiveSpans),
    positive: numbers(positive),
    negativeSpans: spans(negativeSpans),
    negative: numbers(negative),
    customBounds: numbers(customBounds),
  })
}

/** Of the shape of Prometheus, what is read back. */
export const shown = z.object({ count: z.string(), sum: z.string() })

const numberList = z.array(z.string()).default([])
const spanList = z.array(z.tuple([z.number(), z.number()])).default([])

export const native = z.object({
  schema: z.number(),
  hint: z.enum(['unknown', 'reset', 'notReset', 'gauge']).default('unknown'),
  zeroThreshold: z.string().default('0'),
  zeroCount: z.string().default('0'),
  positiveSpans: spanList,
  positive: numberList,
  negativeSpans: spanList,
  negative: numberList,
  customBounds: numberList,
})

/** The histogram that was written in the two shapes. Throws if a number cannot be read. */
export function readHistogram({ count, sum }: z.infer<typeof shown>, rest: z.infer<typeof native>): NativeHistogram {
  const numbers = (list: readonly string[]) => Float64Array.from(list, parseValue)
  const spans = (list: readonly (readonly [number, number])[]) => list.map(([offset, length]) => ({ offset, length }))
  return {
    hint: rest.hint,
    schema: rest.schema,
    zeroThreshold: parseValue(rest.zeroThreshold),
    zeroCount: parseValue(rest.zeroCount),
    count: parseValue(count),
    sum: parseValue(sum),
    positiveSpans: spans(rest.positiveSpans),
    positive: numbers(rest.positive),
    negativeSpans: spans(rest.negativeSpans),
    negative: numbers(rest.negative),
    customBounds: numbers(rest.customBounds),
  }
}
