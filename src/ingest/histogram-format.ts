/**
 * A native histogram as JSON, by the names that Prometheus has for its parts:
 * `{schema, count, sum, zero_threshold, zero_count, positive_spans: [[offset, length]], positive_buckets: [count], negative_spans, negative_buckets,
 * custom_values: [bound], counter_reset_hint}`. Counts are absolute. `count` and `sum` must be there, what else is left out is zero or empty.
 */
import { histogramFault } from '../language/language.js'
import { badQuery } from '../model/error.js'
import type { BucketSpan, NativeHistogram, ResetHint } from '../model/histogram.js'
import { parseDecimal } from './decimal.js'
import type { JsonCursor } from './json.js'

const HINTS: ReadonlyMap<string, ResetHint> = new Map([
  ['unknown', 'unknown'],
  ['reset', 'reset'],
  ['not_reset', 'notReset'],
  ['gauge', 'gauge'],
])
const SPECIAL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
])
const KEYS = ['schema', 'count', 'sum', 'zero_threshold', 'zero_count'] as const
const LISTS = ['positive_buckets', 'negative_buckets', 'custom_values'] as const
const SPANS = ['positive_spans', 'negative_spans'] as const

/** Numbers and lists of a histogram by the names of its parts. */
export interface HistogramParts {
  readonly numbers: ReadonlyMap<string, number>
  readonly lists: ReadonlyMap<string, readonly number[]>
  readonly spans: ReadonlyMap<string, readonly BucketSpan[]>
  readonly hint: ResetHint
}

/** Consumes an object. Throws `bad_query` for one that is no histogram which can be stored. */
export function readHistogram(cursor: JsonCursor): NativeHistogram {
  const numbers = new Map<string, number>()
  const lists = new Map<string, number[]>()
  const spans = new Map<string, BucketSpan[]>()
  let hint: ResetHint = 'unknown'
  cursor.object((key) => {
    if (isOneOf(KEYS, key)) numbers.set(key, readNumber(cursor, key))
    else if (isOneOf(LISTS, key)) lists.set(key, readList(cursor, key))
    else if (isOneOf(SPANS, key)) spans.set(key, readSpans(cursor, key))
    else if (key === 'counter_reset_hint') hint = readHint(cursor)
    else throw badQuery(`unknown key ${JSON.stringify(key)} of a histogram, expected ${[...KEYS, ...SPANS, ...LISTS, 'counter_reset_hint'].join(', ')}`)
  })
  return histogramOf({ numbers, lists, spans, hint })
}

/** Throws `bad_query` where a part is missing or the parts do not fit each other. */
export function histogramOf({ numbers, lists, spans, hint }: HistogramParts): NativeHistogram {
  for (const key of ['count', 'sum']) if (!numbers.has(key)) throw badQuery(`key "${key}" of a histogram is missing`)
  const number = (key: (typeof KEYS)[number]): number => numbers.get(key) ?? 0
  const list = (key: (typeof LISTS)[number]): Float64Array => Float64Array.from(lists.get(key) ?? [])
  const histogram: NativeHistogram = {
    hint,
    schema: number('schema'),
    zeroThreshold: number('zero_threshold'),
    zeroCount: number('zero_count'),
    count: number('count'),
    sum: number('sum'),
    positiveSpans: spans.get('positive_spans') ?? [],
    positive: list('positive_buckets'),
    negativeSpans: spans.get('negative_spans') ?? [],
    negative: list('negative_buckets'),
    customBounds: list('custom_values'),
  }
  checkHistogram(histogram)
  return histogram
}

/** Throws `bad_query` for a histogram that is not to be stored. */
export function checkHistogram(histogram: NativeHistogram): void {
  const fault = histogramFault(histogram) ?? wordFault(histogram)
  if (fault !== undefined) throw badQuery(`no histogram: ${fault}`)
}

/** Bucket indices are stored as 32 bits. */
function wordFault({ positiveSpans, negativeSpans }: NativeHistogram): string | undefined {
  const wide = [...positiveSpans, ...negativeSpans].flatMap(({ offset, length }) => [offset, length]).find((value) => (value | 0) !== value)
  return wide === undefined ? undefined : `${wide} of a span is not a whole number of 32 bits`
}

function isOneOf<Key extends string>(keys: readonly Key[], key: string): key is Key {
  return (keys as readonly string[]).includes(key)
}

function readNumber(cursor: JsonCursor, key: string): number {
  if (cursor.peek() === '"') {
    const name = cursor.string()
    const special = SPECIAL_NUMBERS.get(name)
    if (special === undefined) throw badQuery(`${key} ${JSON.stringify(name)} is not one of ${[...SPECIAL_NUMBERS.keys()].join(', ')}`)
    return special
  }
  cursor.spanNumber()
  const value = parseDecimal(cursor.bytes, cursor.start, cursor.end)
  if (value === undefined) throw badQuery(`${key} ${cursor.bytes.toString('utf8', cursor.start, cursor.end)} is not a number`)
  return value
}

function readList(cursor: JsonCursor, key: string): number[] {
  const values: number[] = []
  cursor.array(() => void values.push(readNumber(cursor, key)))
  return values
}

function readSpans(cursor: JsonCursor, key: string): BucketSpan[] {
  const spans: BucketSpan[] = []
  cursor.array(() => {
    const numbers = readList(cursor, key)
    if (numbers.length !== 2) throw badQuery(`a span of ${key} is [offset, length], not ${numbers.length} numbers`)
    spans.push({ offset: numbers[0], length: numbers[1] })
  })
  return spans
}

function readHint(cursor: JsonCursor): ResetHint {
  const name = cursor.string()
  const hint = HINTS.get(name)
  if (hint === undefined) throw badQuery(`counter_reset_hint ${JSON.stringify(name)} is not one of ${[...HINTS.keys()].join(', ')}`)
  return hint
}
