/**
 * The formats of Prometheus text and OpenMetrics, which differ in little: times are ms in the one and seconds in the other.
 * A file cannot be told apart by its beginning, so each line is: a time with a fraction or below 1e11 is seconds
 * (1e11 ms is 1973, 1e11 s is the year 5138), any other is ms. Seconds are rounded to the nearest ms.
 * Lines that begin with `#` describe metrics (TYPE, HELP, UNIT) or are comments; exemplars behind ` # ` are
 * checked and left out. Histograms and summaries are their series, whether these stand on lines of their own or are a composite value of
 * OpenMetrics 2.0; native histograms are samples. `st@` behind the timestamp says when the counter began; `_created` is a series like others.
 */
import { badQuery, type QueryError } from '../model/error.js'
import { isPlainName, METRIC_NAME } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import { readComposite, type CompositeValue } from './composite.js'
import { parseDecimal } from './decimal.js'
import type { MetricDescriptions } from './metric-descriptions.js'
import { MetricFamily } from './metric-family.js'
import { checkedMs } from './moment.js'
import type { SampleBuffer } from './sample-buffer.js'
import type { SeriesTable } from './series-table.js'

const HASH = 35
const QUOTE = 34
const BACKSLASH = 92
const OPEN = 123
const CLOSE = 125
const START = Buffer.from('st@')
const NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/
/** The longest name of a field of a composite value, with the signs around it, is shorter. */
const COMPOSITE_NAME_MAX = 32
/** Times from here on are ms. */
const FIRST_MS = 1e11

export class OpenMetricsReader {
  readonly #table: SeriesTable
  readonly #samples: SampleBuffer
  readonly #textsMax: number
  readonly #descriptions: MetricDescriptions
  readonly #family: MetricFamily | undefined
  /** Series by the text that stands for them: parsing and hashing labels costs more than all the rest of a line. */
  readonly #seriesOfText = new Map<string, number>()

  /** What is told of metrics goes to `descriptions`. `described`: whether types and units become labels, too. */
  constructor(table: SeriesTable, samples: SampleBuffer, limits: Limits, descriptions: MetricDescriptions, described: 'as labels' | 'ignored') {
    this.#descriptions = descriptions
    this.#table = table
    this.#samples = samples
    this.#textsMax = limits.importSeriesTextsMax
    this.#family = described === 'as labels' ? new MetricFamily() : undefined
  }

  read(bytes: Buffer, start: number, lineEnd: number): void {
    const end = lineEnd > start && bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd
    const at = skipSpace(bytes, start, end)
    if (at === end) return
    if (bytes[at] === HASH) return this.#describe(bytes, at, end)
    const seriesEnd = endOfSeries(bytes, at, end)
    const valueAt = skipSpace(bytes, seriesEnd, end)
    if (bytes[valueAt] === OPEN && valueAt < end) return this.#readComposite(bytes, at, seriesEnd, valueAt, end)
    const series = this.#seriesAt(bytes, at, seriesEnd)
    const valueEnd = tokenEnd(bytes, valueAt, end)
    const value = readValue(bytes, valueAt, valueEnd)
    const { timeMs, startMs } = readMoments(bytes, valueEnd, end)
    this.#samples.add(series, timeMs, value, startMs)
  }

  #readComposite(bytes: Buffer, start: number, seriesEnd: number, valueAt: number, end: number): void {
    const close = bytes.indexOf(CLOSE, valueAt)
    if (close < 0 || close >= end) throw badQuery('the composite value does not end: "}" is missing')
    const value = readComposite(bytes.toString('utf8', valueAt + 1, close), (text) => readValue(Buffer.from(text), 0, Buffer.byteLength(text)))
    const { timeMs, startMs } = readMoments(bytes, close + 1, end)
    if (value.histogram !== undefined) this.#samples.addHistogram(this.#seriesAt(bytes, start, seriesEnd), timeMs, value.histogram, startMs)
    this.#addParts(parseSeries(bytes.toString('utf8', start, seriesEnd)), value, timeMs, startMs)
  }

  #addParts(pairs: readonly string[], { parts }: CompositeValue, timeMs: number, startMs: number): void {
    for (const { suffix, label, value } of parts) {
      const own = pairs.map((text, at) => (at % 2 === 1 && pairs[at - 1] === METRIC_NAME ? text + suffix : text))
      this.#samples.add(this.#table.indexOf(this.#described([...own, ...(label ?? [])])), timeMs, value, startMs)
    }
  }

  #describe(bytes: Buffer, start: number, end: number): void {
    const line = bytes.toString('utf8', start, end)
    this.#descriptions.read(line)
    if (this.#family?.read(line) === true) this.#seriesOfText.clear()
  }

  #described(pairs: readonly string[]): readonly string[] {
    if (this.#family === undefined) return pairs
    const at = pairs.findIndex((text, i) => i % 2 === 0 && text === METRIC_NAME)
    return this.#family.described(pairs, at < 0 ? '' : pairs[at + 1])
  }

  #seriesAt(bytes: Buffer, start: number, end: number): number {
    const text = bytes.toString('latin1', start, end)
    const known = this.#seriesOfText.get(text)
    if (known !== undefined) return known
    const series = this.#table.indexOf(this.#described(parseSeries(bytes.toString('utf8', start, end))))
    if (this.#seriesOfText.size >= this.#textsMax) this.#seriesOfText.clear()
    this.#seriesOfText.set(text, series)
    return series
  }
}

/** Where the name and labels end: behind `}`, or at the first white space where there are no braces. */
function endOfSeries(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== OPEN && bytes[at] > 32) at++
  const open = skipSpace(bytes, at, end)
  if (bytes[open] !== OPEN || open >= end) return at
  // Behind a space braces may hold labels or a composite value: these have a colon where those have an equals sign.
  const isValue = open > at && at > start && /^\{[a-z_]+:/.test(bytes.toString('latin1', open, Math.min(end, open + COMPOSITE_NAME_MAX)))
  return isValue ? at : endOfLabels(bytes, open, end)
}

function endOfLabels(bytes: Buffer, open: number, end: number): number {
  for (let at = open + 1; at < end; at++) {
    if (bytes[at] === CLOSE) return at + 1
    if (bytes[at] !== QUOTE) continue
    for (at++; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
  }
  throw badQuery('the labels do not end: "}" is missing')
}

/** Name and value by turns of `name{label="value", "other name"="value"}` or `{"metric name", label="value"}`. */
function parseSeries(text: string): string[] {
  const open = text.indexOf('{')
  const name = (open < 0 ? text : text.slice(0, open)).trimEnd()
  const pairs: string[] = []
  if (name !== '') {
    if (!NAME.test(name)) throw badQuery(`bad metric name ${JSON.stringify(name)}; a name with other characters stands in quotes inside the braces`)
    pairs.push(METRIC_NAME, name)
  }
  if (open >= 0) parseLabels(text.slice(open + 1, -1), pairs)
  if (pairs.length === 0) throw badQuery('the sample has neither a name nor labels')
  return pairs
}

/** A label, or a metric name in quotes, and the comma behind it. */
const LABEL = /[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s"=,]+))[ \t]*(?:=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*)?(,|$)/y

function parseLabels(text: string, pairs: string[]): void {
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length && text.slice(LABEL.lastIndex).trim() !== '') {
    const at = LABEL.lastIndex
    const found = LABEL.exec(text)
    if (found === null) throw badLabel(text.slice(at))
    const [, quoted, plain, value] = found
    if (value === undefined) {
      if (quoted === undefined) throw badLabel(text.slice(at))
      pairs.push(METRIC_NAME, unescaped(quoted))
      continue
    }
    if (plain !== undefined && !isPlainName(plain)) throw badQuery(`bad label name ${JSON.stringify(plain)}; a name with other characters stands in quotes`)
    if (quoted === '') throw badQuery('a label has no name')
    pairs.push(quoted === undefined ? plain : unescaped(quoted), unescaped(value))
  }
}

function badLabel(text: string): QueryError {
  return badQuery(`malformed labels at ${JSON.stringify(text.slice(0, 40))}, expected name="value"`)
}

/** The escapes of the format are \\, \" and \n; any other backslash stands for itself, as Prometheus reads it. */
function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\\"n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign)) : text
}

function readValue(bytes: Buffer, start: number, end: number): number {
  const value = parseDecimal(bytes, start, end)
  if (value !== undefined) return value
  const text = bytes.toString('utf8', start, end)
  if (text === '') throw badQuery('the sample has no value')
  const special = /^([+-]?)(?:(nan)|inf|infinity)$/i.exec(text)
  if (special === null) throw badQuery(`value ${JSON.stringify(text)} is not a number`)
  if (special[2] !== undefined) return NaN
  return special[1] === '-' ? -Infinity : Infinity
}

interface Moments {
  readonly timeMs: number
  /** 0: not told. */
  readonly startMs: number
}

/** What stands behind the value: the timestamp, the start timestamp, exemplars. */
function readMoments(bytes: Buffer, from: number, end: number): Moments {
  const timeAt = skipSpace(bytes, from, end)
  if (timeAt === end || bytes[timeAt] === HASH) throw badQuery('the sample has no timestamp')
  const timeEnd = tokenEnd(bytes, timeAt, end)
  const timeMs = readTime(bytes, timeAt, timeEnd)
  const startAt = skipSpace(bytes, timeEnd, end)
  const isStart = bytes[startAt] === START[0] && startAt + START.length < end && bytes.compare(START, 0, START.length, startAt, startAt + START.length) === 0
  const startEnd = isStart ? tokenEnd(bytes, startAt, end) : startAt
  const startMs = isStart ? readTime(bytes, startAt + START.length, startEnd) : 0
  const rest = skipSpace(bytes, startEnd, end)
  if (rest < end) checkExemplars(bytes, rest, end)
  return { timeMs, startMs }
}

function readTime(bytes: Buffer, start: number, end: number): number {
  const time = parseDecimal(bytes, start, end)
  if (time === undefined) throw badQuery(`timestamp ${JSON.stringify(bytes.toString('utf8', start, end))} is not a number`)
  const isMs = Number.isInteger(time) && Math.abs(time) >= FIRST_MS
  return checkedMs(isMs ? time : Math.round(time * 1000))
}

/** One or more of `# {labels} value [timestamp]`. */
function checkExemplars(bytes: Buffer, start: number, end: number): void {
  const open = skipSpace(bytes, start + 1, end)
  if (bytes[start] !== HASH || bytes[open] !== OPEN || open >= end) {
    throw badQuery(`unexpected ${JSON.stringify(bytes.toString('utf8', start, Math.min(end, start + 40)))} behind the timestamp`)
  }
  const close = endOfLabels(bytes, open, end)
  parseLabels(bytes.toString('utf8', open + 1, close - 1), [])
  const next = bytes.indexOf(HASH, close)
  const last = next < 0 || next >= end ? end : next
  const numbers = bytes.toString('utf8', close, last).trim().split(/[ \t]+/)
  if (numbers.length > 2 || numbers[0] === '') throw badQuery('malformed exemplar, expected # {labels} value timestamp')
  for (const number of numbers) readValue(Buffer.from(number), 0, Buffer.byteLength(number))
  if (last < end) checkExemplars(bytes, last, end)
}

function skipSpace(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === 32 || bytes[at] === 9)) at++
  return at
}

function tokenEnd(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== 32 && bytes[at] !== 9) at++
  return at
}
