/**
 * The format `series`: one JSON object a line, `{labels, t: [ms], v: [number|"NaN"|"+Inf"|"-Inf"|"stale"|histogram], st: [ms]}`; `st` may be
 * left out, and 0 in it is a start that is not known. How a histogram is written: see histogram-format.ts.
 */
import { badQuery } from '../model/error.js'
import type { NativeHistogram } from '../model/histogram.js'
import { parseDecimal } from './decimal.js'
import { readHistogram } from './histogram-format.js'
import { JsonCursor } from './json.js'
import { checkedMs } from './moment.js'
import type { SampleDetails } from '../segment/segment.js'
import type { SampleBuffer } from './sample-buffer.js'
import type { SeriesTable } from './series-table.js'

const SPECIAL_VALUES: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  ['stale', NaN],
])
const CAPACITY_FIRST = 1024

/** Reads lines into the table and the buffer. Keys of a line may come in any order. */
export class SeriesReader {
  readonly #table: SeriesTable
  readonly #samples: SampleBuffer
  #t = new Float64Array(CAPACITY_FIRST)
  #v = new Float64Array(CAPACITY_FIRST)
  #stale = new Uint8Array(CAPACITY_FIRST)
  #times = 0
  #values = 0
  #stales = 0
  readonly #histograms = new Map<number, NativeHistogram>()
  #startTimes: number[] = []

  constructor(table: SeriesTable, samples: SampleBuffer) {
    this.#table = table
    this.#samples = samples
  }

  read(bytes: Buffer, start: number, end: number): void {
    const cursor = new JsonCursor(bytes, start, end)
    if (cursor.peek() === '') return
    this.#times = 0
    this.#values = 0
    this.#stales = 0
    this.#histograms.clear()
    this.#startTimes = []
    const met = new Set<string>()
    let series = 0
    cursor.object((key) => {
      met.add(key)
      if (key === 'labels') series = this.#table.indexOf(cursor.stringPairs())
      else if (key === 't') cursor.array(() => this.#addTime(cursor))
      else if (key === 'v') cursor.array(() => this.#addValue(cursor))
      else if (key === 'st') cursor.array(() => void this.#startTimes.push(readTime(cursor)))
      else throw badQuery(`unknown key ${JSON.stringify(key)}, expected labels, t, v and st`)
    })
    cursor.finish()
    for (const key of ['labels', 't', 'v']) if (!met.has(key)) throw badQuery(`key "${key}" is missing`)
    if (this.#times !== this.#values) throw badQuery(`${this.#times} times in t but ${this.#values} values in v`)
    if (met.has('st') && this.#startTimes.length !== this.#times) throw badQuery(`${this.#times} times in t but ${this.#startTimes.length} in st`)
    const count = this.#times
    const stale = this.#stales === 0 ? undefined : this.#stale.subarray(0, count)
    this.#samples.addRun(series, this.#t.subarray(0, count), this.#v.subarray(0, count), stale, this.#details())
  }

  #addTime(cursor: JsonCursor): void {
    const time = readTime(cursor)
    if (this.#times === this.#t.length) this.#t = doubled(this.#t, new Float64Array(this.#t.length * 2))
    this.#t[this.#times++] = time
  }

  #details(): SampleDetails {
    return {
      ...(this.#histograms.size === 0 ? {} : { histograms: this.#histograms }),
      ...(this.#startTimes.some((time) => time !== 0) ? { startTimes: Float64Array.from(this.#startTimes) } : {}),
    }
  }

  #addValue(cursor: JsonCursor): void {
    if (this.#values === this.#v.length) {
      this.#v = doubled(this.#v, new Float64Array(this.#v.length * 2))
      this.#stale = doubled(this.#stale, new Uint8Array(this.#stale.length * 2))
    }
    this.#stale[this.#values] = 0
    this.#v[this.#values] = this.#readValue(cursor)
    this.#values++
  }

  #readValue(cursor: JsonCursor): number {
    const sign = cursor.peek()
    if (sign === '"') return this.#specialValue(cursor)
    if (sign !== '{') return plainValue(cursor)
    const histogram = readHistogram(cursor)
    this.#histograms.set(this.#values, histogram)
    return histogram.sum
  }

  #specialValue(cursor: JsonCursor): number {
    const name = cursor.string()
    const value = SPECIAL_VALUES.get(name)
    if (value === undefined) throw badQuery(`value ${JSON.stringify(name)} is not one of ${[...SPECIAL_VALUES.keys()].join(', ')}`)
    if (name === 'stale') {
      this.#stale[this.#values] = 1
      this.#stales++
    }
    return value
  }
}

function readTime(cursor: JsonCursor): number {
  cursor.spanNumber()
  const time = parseDecimal(cursor.bytes, cursor.start, cursor.end)
  if (time === undefined || !Number.isInteger(time)) throw badQuery(`time ${text(cursor)} is not a whole number of ms`)
  return checkedMs(time)
}

function plainValue(cursor: JsonCursor): number {
  cursor.spanNumber()
  const value = parseDecimal(cursor.bytes, cursor.start, cursor.end)
  if (value === undefined) throw badQuery(`value ${text(cursor)} is not a number`)
  return value
}

function text(cursor: JsonCursor): string {
  return cursor.bytes.toString('utf8', cursor.start, cursor.end)
}

function doubled<A extends Float64Array | Uint8Array>(old: A, wider: A): A {
  wider.set(old)
  return wider
}
