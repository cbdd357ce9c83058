/** The format `series`: one JSON object a line, `{labels, t: [ms], v: [number|"NaN"|"+Inf"|"-Inf"|"stale"]}`. */
import { badQuery } from '../model/error.js'
import { parseDecimal } from './decimal.js'
import { JsonCursor } from './json.js'
import { checkedMs } from './moment.js'
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
    const met = new Set<string>()
    let series = 0
    cursor.object((key) => {
      met.add(key)
      if (key === 'labels') series = this.#table.indexOf(cursor.stringPairs())
      else if (key === 't') cursor.array(() => this.#addTime(cursor))
      else if (key === 'v') cursor.array(() => this.#addValue(cursor))
      else throw badQuery(`unknown key ${JSON.stringify(key)}, expected labels, t and v`)
    })
    cursor.finish()
    for (const key of ['labels', 't', 'v']) if (!met.has(key)) throw badQuery(`key "${key}" is missing`)
    if (this.#times !== this.#values) throw badQuery(`${this.#times} times in t but ${this.#values} values in v`)
    const count = this.#times
    const stale = this.#stales === 0 ? undefined : this.#stale.subarray(0, count)
    this.#samples.addRun(series, this.#t.subarray(0, count), this.#v.subarray(0, count), stale)
  }

  #addTime(cursor: JsonCursor): void {
    cursor.spanNumber()
    const time = parseDecimal(cursor.bytes, cursor.start, cursor.end)
    if (time === undefined || !Number.isInteger(time)) throw badQuery(`time ${text(cursor)} is not a whole number of ms`)
    if (this.#times === this.#t.length) this.#t = doubled(this.#t, new Float64Array(this.#t.length * 2))
    this.#t[this.#times++] = checkedMs(time)
  }

  #addValue(cursor: JsonCursor): void {
    if (this.#values === this.#v.length) {
      this.#v = doubled(this.#v, new Float64Array(this.#v.length * 2))
      this.#stale = doubled(this.#stale, new Uint8Array(this.#stale.length * 2))
    }
    this.#stale[this.#values] = 0
    this.#v[this.#values] = cursor.peek() === '"' ? this.#specialValue(cursor) : plainValue(cursor)
    this.#values++
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
