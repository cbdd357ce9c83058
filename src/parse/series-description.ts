/**
 * Series of Prometheus' test files: `http_requests{job="api"} 0+10x5 _ stale {{count:3 sum:1.5}}x2`.
 * Notation: the README of Prometheus' unit tests; errors in its words, with places in bytes.
 */
import { addHistograms, subtractHistograms } from '../language/language.js'
import type { NativeHistogram } from '../model/histogram.js'
import { labelsFrom, METRIC_NAME, type Labels } from '../model/labels.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import { parseHistogram, type HistogramDescription } from './histogram-description.js'
import { LiteralError, numberValue, unquote } from './promql-literals.js'
import { badQueryAt, limitExceededAt } from './syntax-error.js'
import { TextPositions } from './text-positions.js'

export interface SeriesDescription {
  /** The metric name is the label `__name__`. */
  readonly labels: Labels
  /** One for each step from time zero on. */
  readonly values: readonly DescribedValue[]
}

export type DescribedValue =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'float'; readonly value: number }
  | ({ readonly kind: 'histogram' } & HistogramDescription)

/** One line: a metric and its values. Throws `bad_query` with a position, `limit_exceeded` if it describes too many values. */
export function parseSeriesDescription(line: string): SeriesDescription {
  const reader = new LineReader(line)
  const labels = reader.metric()
  return { labels, values: reader.values() }
}

const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y
const METRIC = /[A-Za-z_:][A-Za-z0-9_:]*/y
const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`/y
const SPACES = /[ \t\r\n]+/y
/** A blank between the braces and the first property is a mistake; between the braces alone it is not. */
const BLANK_FIRST = /^\{\{\s+(?=[^\s}])/
const HISTOGRAM = /\{\{[^}]*\}\}/y
const DIGITS = String.raw`(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?`
const NUMBER = new RegExp(String.raw`(?:inf|nan|${DIGITS})(?![\w.])|${DIGITS}(?=x\d)`, 'iy')
const SIGN = /[+-]/y
const REPEATED = /x(\d+)(?!\w)/y

/** Reads a line from left to right. */
class LineReader {
  readonly #line: string
  readonly #positions: TextPositions
  #at = 0

  constructor(line: string) {
    this.#line = line
    this.#positions = new TextPositions(line)
  }

  metric(): Labels {
    const name = this.#take(METRIC)
    const pairs: [string, string][] = name === undefined ? [] : [[METRIC_NAME, name]]
    if (this.#takeText('{')) {
      this.#take(SPACES)
      while (!this.#takeText('}')) {
        pairs.push(this.#label())
        this.#take(SPACES)
        if (this.#takeText(',')) this.#take(SPACES)
        else if (this.#line[this.#at] !== '}') throw this.#unexpected('label set', '"," or "}"')
      }
    }
    return labelsFrom(pairs)
  }

  #label(): [string, string] {
    const quoted = this.#string()
    const name = quoted ?? this.#take(IDENTIFIER)
    if (name === undefined) throw this.#unexpected('label set', 'identifier or "}"')
    this.#take(SPACES)
    if (!this.#takeText('=')) {
      if (quoted === undefined) throw this.#unexpected('label set', '"="')
      return [METRIC_NAME, quoted]
    }
    this.#take(SPACES)
    const value = this.#string()
    if (value === undefined) throw this.#unexpected('label set', 'string')
    return [name, value]
  }

  #string(): string | undefined {
    const start = this.#at
    const token = this.#take(STRING)
    if (token === undefined) {
      if (/["'`]/.test(this.#line[this.#at] ?? '')) throw this.#error('unterminated quoted string', this.#at, this.#line.length)
      return undefined
    }
    return this.#literal(start, () => unquote(token))
  }

  values(): readonly DescribedValue[] {
    const values: DescribedValue[] = []
    while (this.#at < this.#line.length) {
      if (this.#take(SPACES) === undefined) throw this.#unexpected('series values', undefined)
      if (this.#at < this.#line.length) this.#item(values)
    }
    return values
  }

  #item(values: DescribedValue[]): void {
    if (this.#takeText('_')) return this.#repeat(values, this.#times() ?? 1, () => ({ kind: 'omitted' }))
    if (this.#takeText('stale')) return this.#repeat(values, 1, () => ({ kind: 'stale' }))
    const base = this.#histogram()
    return base === undefined ? this.#floats(values) : this.#histograms(values, base)
  }

  /** `xN` repeats a value N times more. */
  #floats(values: DescribedValue[]): void {
    const first = this.#number()
    const sign = this.#take(SIGN)
    const change = sign === undefined ? 0 : this.#number() * (sign === '-' ? -1 : 1)
    const times = this.#times()
    if (sign !== undefined && times === undefined) throw this.#unexpected('series values', undefined)
    let value = first
    this.#repeat(values, (times ?? 0) + 1, () => {
      const now = value
      value += change
      return { kind: 'float', value: now }
    })
  }

  #histograms(values: DescribedValue[], base: HistogramDescription): void {
    const sign = this.#take(SIGN)
    const change = sign === undefined ? undefined : this.#histogram()
    const times = this.#times()
    const isWhole = sign === undefined || (change !== undefined && times !== undefined)
    if (!isWhole) throw this.#unexpected('series values', undefined)
    const hintIsTold = (change ?? base).hintIsTold
    const start = this.#line.lastIndexOf('x', this.#at) + 1
    let histogram = base.histogram
    this.#repeat(values, (times ?? 0) + 1, (index) => {
      if (change !== undefined && index > 0) histogram = this.#changed(histogram, sign, change.histogram, start)
      return { kind: 'histogram', histogram, hintIsTold }
    })
  }

  #changed(histogram: NativeHistogram, sign: string | undefined, change: NativeHistogram, start: number): NativeHistogram {
    const result = sign === '-' ? subtractHistograms(histogram, change) : addHistograms(histogram, change)
    if (result.kind === 'combined' && histogram.schema <= change.schema) return result.histogram
    throw this.#error(`error combining histograms: cannot merge from schema ${change.schema} to ${histogram.schema}`, start, this.#at)
  }

  #repeat(values: DescribedValue[], count: number, make: (index: number) => DescribedValue): void {
    const amount = values.length + count
    if (amount > DEFAULT_LIMITS.describedValuesMax) {
      throw limitExceededAt('describedValuesMax', amount, this.#positions.span(this.#at, this.#at), this.#positions)
    }
    for (let index = 0; index < count; index++) values.push(make(index))
  }

  #histogram(): HistogramDescription | undefined {
    const start = this.#at
    const text = this.#take(HISTOGRAM)
    if (text === undefined) return undefined
    const blank = BLANK_FIRST.exec(text)
    if (blank !== null) {
      this.#at = start + blank[0].length
      throw this.#unexpected('series values', undefined, JSON.stringify)
    }
    return parseHistogram(text, (message, from, to) => {
      // What concerns the whole histogram has no place upstream: the beginning of the line.
      return from === 0 ? this.#error(message, 0, 0) : this.#error(message, start + from, start + to)
    })
  }

  #number(): number {
    const start = this.#at
    const sign = this.#take(SIGN)
    const digits = this.#take(NUMBER)
    if (digits === undefined) throw this.#unexpected('series values', 'number or "stale"')
    const value = this.#literal(start, () => numberValue(digits))
    return sign === '-' ? -value : value
  }

  #times(): number | undefined {
    const text = this.#take(REPEATED)
    return text === undefined ? undefined : Number(text.slice(1))
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#line)?.[0]
    if (text !== undefined) this.#at += text.length
    return text
  }

  #takeText(text: string): boolean {
    const found = this.#line.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  #literal<T>(start: number, read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (error instanceof LiteralError) throw this.#error(error.message, start, this.#at)
      throw error
    }
  }

  #unexpected(where: string, expected: string | undefined, wordText = (word: string) => `identifier ${JSON.stringify(word)}`): Error {
    const start = this.#at
    const word = this.#take(IDENTIFIER)
    const seen = word === undefined ? (this.#line[start] ?? '') : word
    const shown = word === undefined ? JSON.stringify(seen) : wordText(seen)
    const what = seen === '' ? 'end of input' : shown
    const suffix = expected === undefined ? '' : `, expected ${expected}`
    return this.#error(`unexpected ${what} in ${where}${suffix}`, start, start + seen.length)
  }

  /** Offsets count UTF-16 units here; the positions of the text count code points. */
  #error(message: string, start: number, end: number): Error {
    const points = (to: number) => Array.from(this.#line.slice(0, to)).length
    return badQueryAt(message, this.#positions.span(points(start), points(end)), this.#positions)
  }
}
