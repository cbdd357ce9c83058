/**
 * Composite values of OpenMetrics 2.0 (prometheus.io/docs/specs/om/open_metrics_spec_2_0, CompositeValues): native histograms,
 * classic ones and summaries as one sample, `{count:2,sum:3.5,schema:0,…}`. Classic parts become the series that earlier formats have of them.
 */
import { formatShortest } from '../language/language.js'
import { badQuery } from '../model/error.js'
import type { BucketSpan, NativeHistogram } from '../model/histogram.js'
import { histogramOf } from './histogram-format.js'

export interface CompositeValue {
  readonly histogram?: NativeHistogram
  readonly parts: readonly CompositePart[]
}

/** A float series beside the name: `suffix` behind the metric name, one label more. */
export interface CompositePart {
  readonly suffix: string
  readonly label?: readonly [name: string, value: string]
  readonly value: number
}

type ReadNumber = (text: string) => number

const NUMBERS = ['count', 'sum', 'gcount', 'gsum', 'schema', 'zero_threshold', 'zero_count'] as const
const LISTS = ['positive_buckets', 'negative_buckets'] as const
const PAIRS = ['positive_spans', 'negative_spans', 'bucket', 'quantile'] as const
const FIELD = /([a-z_]+):(?:\[([^\]]*)\]|([^,[\]]+))(,|$)/y
/** Those for custom bounds are not exchanged. */
const SCHEMAS = { coarsest: -4, finest: 8 } as const

interface Fields {
  readonly numbers: Map<string, number>
  readonly lists: Map<string, readonly number[]>
  readonly pairs: Map<string, readonly (readonly [number, number])[]>
}

/** The text between the braces. Throws `bad_query`. */
export function readComposite(text: string, readNumber: ReadNumber): CompositeValue {
  const fields = readFields(text, readNumber)
  const has = (name: string): boolean => fields.numbers.has(name) || fields.pairs.has(name) || fields.lists.has(name)
  const prefix = has('gcount') || has('gsum') ? 'g' : ''
  for (const name of ['count', 'sum']) {
    if (!has(prefix + name)) throw badQuery(`field ${prefix}${name} of a composite value is missing`)
    if (prefix !== '' && has(name)) throw badQuery(`fields ${name} and ${prefix}${name} of a composite value exclude each other`)
  }
  const kinds = ['schema', 'bucket', 'quantile'].filter(has)
  if (kinds.length === 0) throw badQuery('a composite value has one of the fields schema, bucket and quantile')
  if (has('quantile') && (kinds.length > 1 || prefix !== '')) throw badQuery('a summary has the fields count, sum and quantile')
  const ofNative = [...LISTS, 'positive_spans', 'negative_spans', 'zero_threshold', 'zero_count'].find(has)
  if (!has('schema') && ofNative !== undefined) throw badQuery(`field ${ofNative} of a composite value needs the field schema`)
  return { ...(has('schema') ? { histogram: nativeOf(fields, prefix) } : {}), parts: classicParts(fields, prefix) }
}

function readFields(text: string, readNumber: ReadNumber): Fields {
  const fields: Fields = { numbers: new Map(), lists: new Map(), pairs: new Map() }
  const seen = new Set<string>()
  FIELD.lastIndex = 0
  for (let at = 0; at < text.length; at = FIELD.lastIndex) {
    const [, name, list, number]: readonly (string | undefined)[] = FIELD.exec(text) ?? []
    if (name === undefined) throw badQuery(`malformed composite value at ${JSON.stringify(text.slice(at, at + 40))}, expected name:value`)
    if (seen.has(name)) throw badQuery(`field ${name} of a composite value comes twice`)
    seen.add(name)
    const items = list === undefined || list === '' ? [] : list.split(',')
    if (isOneOf(NUMBERS, name) && number !== undefined) fields.numbers.set(name, readNumber(number))
    else if (isOneOf(LISTS, name) && list !== undefined) fields.lists.set(name, items.map(readNumber))
    else if (isOneOf(PAIRS, name) && list !== undefined) fields.pairs.set(name, items.map((item) => readPair(item, readNumber)))
    else throw badQuery(`unknown field ${name} of a composite value, or not of its shape`)
  }
  if (text.endsWith(',')) throw badQuery('a composite value ends with a comma')
  return fields
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}

function readPair(item: string, readNumber: ReadNumber): readonly [number, number] {
  const numbers = item.split(':')
  if (numbers.length !== 2) throw badQuery(`${JSON.stringify(item)} in a composite value is not a pair, expected a:b`)
  return [readNumber(numbers[0]), readNumber(numbers[1])]
}

function nativeOf({ numbers, lists, pairs }: Fields, prefix: string): NativeHistogram {
  for (const name of ['zero_threshold', 'zero_count']) if (!numbers.has(name)) throw badQuery(`field ${name} of a native histogram is missing`)
  const schema = numbers.get('schema') ?? 0
  if (schema < SCHEMAS.coarsest || schema > SCHEMAS.finest) throw badQuery(`no histogram: the schema ${schema} is not one from ${SCHEMAS.coarsest} to ${SCHEMAS.finest}`)
  const spansOf = (name: string): readonly BucketSpan[] => (pairs.get(name) ?? []).map(([offset, length]) => ({ offset, length }))
  const told = new Map([...numbers].map(([name, value]) => [name === 'gcount' || name === 'gsum' ? name.slice(1) : name, value]))
  const spans = new Map(['positive_spans', 'negative_spans'].map((name) => [name, spansOf(name)]))
  return histogramOf({ numbers: told, lists, spans, hint: prefix === 'g' ? 'gauge' : 'unknown' })
}

/** The series of a classic histogram or a summary; none where there are only native buckets. */
function classicParts({ numbers, pairs }: Fields, prefix: string): readonly CompositePart[] {
  const buckets = pairs.get('bucket')
  const quantiles = pairs.get('quantile')
  if (buckets === undefined && quantiles === undefined) return []
  if (buckets !== undefined && buckets.at(-1)?.[0] !== Infinity) throw badQuery('the last bucket of a histogram is the one up to +Inf')
  const total = (name: string): CompositePart => ({ suffix: `_${prefix}${name}`, value: numbers.get(prefix + name) ?? 0 })
  return [
    ...(buckets ?? []).map(([bound, value]): CompositePart => ({ suffix: '_bucket', label: ['le', boundText(bound)], value })),
    ...(quantiles ?? []).map(([quantile, value]): CompositePart => ({ suffix: '', label: ['quantile', boundText(quantile)], value })),
    total('count'),
    total('sum'),
  ]
}

/** As Prometheus writes the values of `le` and `quantile`: always with a fraction or an exponent. */
function boundText(value: number): string {
  const text = formatShortest(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
