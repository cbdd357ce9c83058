/** Native histograms of Prometheus' test files: `{{schema:1 count:3 sum:1.5 buckets:[1 2] offset:-1}}`. */
import type { BucketSpan, NativeHistogram, ResetHint } from '../model/histogram.js'
import { numberValue } from './promql-literals.js'

export interface HistogramDescription {
  readonly histogram: NativeHistogram
  /** Otherwise the hint does not matter. */
  readonly hintIsTold: boolean
}

const HINTS: ReadonlyMap<string, ResetHint> = new Map([
  ['unknown', 'unknown'],
  ['reset', 'reset'],
  ['not_reset', 'notReset'],
  ['gauge', 'gauge'],
])

type NumberProperty = 'schema' | 'sum' | 'count' | 'z_bucket' | 'z_bucket_w' | 'offset' | 'n_offset'
type Property = NumberProperty | 'buckets' | 'n_buckets' | 'custom_values'

const FLOAT = String.raw`[+-]?(?:inf|nan|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?)`
const INTEGER = /-?\d+(?![\w.])/y
const SIGNED = new RegExp(`${FLOAT}(?![\\w.])`, 'iy')
const LIST = new RegExp(`\\[${FLOAT}(?: +${FLOAT})* *\\]`, 'iy')

const SHAPES: Readonly<Record<Property, RegExp>> = {
  schema: INTEGER, offset: INTEGER, n_offset: INTEGER, sum: SIGNED, count: SIGNED, z_bucket: SIGNED, z_bucket_w: SIGNED,
  buckets: LIST, n_buckets: LIST, custom_values: LIST,
}

/** A mistake at code units [from, to) of the text. */
export type HistogramFault = (message: string, from: number, to: number) => Error

/** The text with its braces. Each property at most once, in any order and case. Throws what `fault` makes. */
export function parseHistogram(text: string, fault: HistogramFault): HistogramDescription {
  const lists = new Map<Property, readonly number[]>()
  let hint: ResetHint | undefined
  const end = text.length - 2
  let at = 2
  // `{{ }}` is empty, but a blank before the first property is a mistake.
  if (text.slice(2, end).trim() === '') at = end
  while (at < end) {
    const { name, next } = propertyAt(text, at, fault)
    if (name === 'counter_reset_hint') {
      if (hint !== undefined) throw fault(`duplicate key "${name}" in histogram`, 0, text.length)
      const told = hintAt(text, next, fault)
      hint = told.hint
      at = next + told.size
    } else {
      if (lists.has(name)) throw fault(`duplicate key "${name}" in histogram`, 0, text.length)
      const value = valueAt(text, next, SHAPES[name], fault)
      lists.set(name, (value.match(/[^ [\]]+/g) ?? []).map(signedNumber))
      at = next + value.length
    }
    at = blanksFrom(text, at, end, fault)
  }
  return describe(lists, hint)
}

/** What was not written is zero or empty. */
function describe(lists: ReadonlyMap<Property, readonly number[]>, hint: ResetHint | undefined): HistogramDescription {
  const number = (name: NumberProperty) => lists.get(name)?.[0] ?? 0
  const numbers = (name: Exclude<Property, NumberProperty>) => Float64Array.from(lists.get(name) ?? [])
  const spans = (name: 'offset' | 'n_offset', { length }: Float64Array): readonly BucketSpan[] => (length === 0 ? [] : [{ offset: number(name), length }])
  const positive = numbers('buckets')
  const negative = numbers('n_buckets')
  const histogram: NativeHistogram = {
    hint: hint ?? 'unknown',
    schema: number('schema'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    positiveSpans: spans('offset', positive),
    positive,
    negativeSpans: spans('n_offset', negative),
    negative,
    customBounds: numbers('custom_values'),
  }
  return { histogram, hintIsTold: hint !== undefined }
}

function propertyAt(text: string, at: number, fault: HistogramFault): { name: Property | 'counter_reset_hint'; next: number } {
  const word = /^[a-z_]*/i.exec(text.slice(at))?.[0] ?? ''
  const name = word.toLowerCase()
  if (word === '') throw fault(`unexpected ${JSON.stringify(text[at])} in series values`, at, at + 1)
  if (name !== 'counter_reset_hint' && !isProperty(name)) {
    throw fault(`bad histogram descriptor found: ${JSON.stringify(word)}`, at, text.length)
  }
  if (text[at + word.length] !== ':') throw fault('missing `:` for histogram descriptor', at, text.length)
  return { name, next: at + word.length + 1 }
}

function isProperty(name: string): name is Property {
  return Object.hasOwn(SHAPES, name)
}

function hintAt(text: string, at: number, fault: HistogramFault): { readonly hint: ResetHint; readonly size: number } {
  const word = /^\w*/.exec(text.slice(at))?.[0] ?? ''
  const hint = HINTS.get(word.toLowerCase())
  if (hint === undefined) throw fault(`bad histogram descriptor found: ${JSON.stringify(word)}`, at, text.length)
  return { hint, size: word.length }
}

function valueAt(text: string, at: number, shape: RegExp, fault: HistogramFault): string {
  shape.lastIndex = at
  const value = shape.exec(text)?.[0]
  if (value !== undefined) return value
  const wrong = text[at] === '[' ? at + 1 : at
  throw fault(`unexpected ${JSON.stringify(text[wrong])} in series values`, wrong, wrong + 1)
}

function blanksFrom(text: string, at: number, end: number, fault: HistogramFault): number {
  let next = at
  while (next < end && /\s/.test(text[next])) next++
  if (next === at && at < end) {
    const expected = 'histogram description key, e.g. buckets:[5 10 7]'
    throw fault(`unexpected ${JSON.stringify(text[at])} in histogram description, expected ${expected}`, at, at + 1)
  }
  return next
}

function signedNumber(text: string): number {
  const digits = text.replace(/^[+-]/, '')
  return text.startsWith('-') ? -numberValue(digits) : numberValue(digits)
}
