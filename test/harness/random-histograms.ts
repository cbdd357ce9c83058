/** Native histograms at random: every schema, custom bounds, both sides, gauges, hints, sums that are no numbers; and as text, bit by bit. */
import { CUSTOM_BUCKETS_SCHEMA, type BucketSpan, type NativeHistogram, type ResetHint } from '../../src/model/histogram.js'
import { histogramFault } from '../../src/language/language.js'
import type { Seeded } from '../../benchmarks/seeded.js'

const HINTS: readonly ResetHint[] = ['unknown', 'unknown', 'unknown', 'reset', 'notReset', 'gauge']
const SUMS: readonly number[] = [NaN, Infinity, -Infinity, -0, 5e-324, 1e308]

export function randomHistogram(random: Seeded): NativeHistogram {
  const histogram = random.below(3) === 0 ? customHistogram(random) : exponentialHistogram(random)
  const fault = histogramFault(histogram)
  if (fault !== undefined) throw new Error(`a random histogram is none: ${fault}`)
  return histogram
}

function exponentialHistogram(random: Seeded): NativeHistogram {
  const positive = randomSide(random, -20)
  const negative = random.below(2) === 0 ? randomSide(random, -3) : { spans: [], counts: new Float64Array(0) }
  const zeroCount = random.below(2) === 0 ? 0 : randomCount(random)
  return {
    ...common(random, [...positive.counts, ...negative.counts, zeroCount]),
    schema: random.below(13) - 4,
    zeroThreshold: [0, 2 ** -128, 0.001, 1][random.below(4)],
    zeroCount,
    positiveSpans: positive.spans,
    positive: positive.counts,
    negativeSpans: negative.spans,
    negative: negative.counts,
    customBounds: new Float64Array(0),
  }
}

function customHistogram(random: Seeded): NativeHistogram {
  const bounds = Array.from({ length: random.below(6) }, () => random.next() * 20 - 10)
  const { spans, counts } = sideOf(random, Array.from({ length: bounds.length + 1 }, (_, i) => i))
  return {
    ...common(random, [...counts]),
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    positiveSpans: spans,
    positive: counts,
    negativeSpans: [],
    negative: new Float64Array(0),
    customBounds: Float64Array.from([...new Set(bounds)].sort((a, b) => a - b)).slice(0, bounds.length),
  }
}

function common(random: Seeded, counts: readonly number[]): Pick<NativeHistogram, 'hint' | 'count' | 'sum'> {
  const count = counts.reduce((sum, each) => sum + each, 0)
  return { hint: HINTS[random.below(HINTS.length)], count, sum: random.below(6) === 0 ? SUMS[random.below(SUMS.length)] : random.next() * 100 }
}

interface RandomSide {
  readonly spans: readonly BucketSpan[]
  readonly counts: Float64Array
}

function randomSide(random: Seeded, first: number): RandomSide {
  const indices: number[] = []
  for (let i = 0, index = first + random.below(30); i < random.below(9); i++, index += 1 + random.below(2) * random.below(9)) indices.push(index)
  return sideOf(random, indices)
}

/** Spans of these indices; now and then one of no length, which may be stored. */
function sideOf(random: Seeded, indices: readonly number[]): RandomSide {
  const spans: { offset: number; length: number }[] = []
  let end = 0
  for (const index of indices) {
    if (spans.length > 0 && index === end) spans[spans.length - 1].length++
    else spans.push({ offset: index - end, length: 1 })
    end = index + 1
  }
  if (random.below(8) === 0) spans.push({ offset: 0, length: 0 })
  return { spans, counts: Float64Array.from(indices, () => randomCount(random)) }
}

function randomCount(random: Seeded): number {
  return random.below(4) === 0 ? random.next() * 10 : random.below(1000)
}

/** Counters and gauges as a series has them one after the other: mostly growing, with resets and other layouts in between. */
export function* histogramSeries(random: Seeded): Generator<NativeHistogram, never> {
  let current = { ...randomHistogram(random), hint: 'unknown' as ResetHint }
  for (;;) {
    yield current
    const way = random.below(20)
    if (way === 0) current = randomHistogram(random)
    else if (way === 1) current = { ...current, hint: HINTS[random.below(HINTS.length)] }
    else if (way > 4) current = grown(random, current)
  }
}

function grown(random: Seeded, h: NativeHistogram): NativeHistogram {
  const more = (counts: Float64Array): Float64Array => counts.map((count) => count + random.below(5))
  const [positive, negative] = [more(h.positive), more(h.negative)]
  const added = [...positive, ...negative].reduce((sum, count) => sum + count, 0) - [...h.positive, ...h.negative].reduce((sum, count) => sum + count, 0)
  return { ...h, positive, negative, count: h.count + Math.max(0, Math.round(added)), sum: h.sum + random.next() }
}

/** Equal for equal histograms only: NaN, signs of zero and spans without buckets included. */
export function exactText(h: NativeHistogram): string {
  const number = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))
  const spans = (of: readonly BucketSpan[]): string => of.map(({ offset, length }) => `${offset}:${length}`).join()
  const list = (values: Float64Array): string => Array.from(values, number).join()
  const numbers = [h.schema, h.count, h.sum, h.zeroThreshold, h.zeroCount].map(number).join()
  return `{${h.hint} ${numbers} +${spans(h.positiveSpans)}=${list(h.positive)} -${spans(h.negativeSpans)}=${list(h.negative)} <${list(h.customBounds)}}`
}
