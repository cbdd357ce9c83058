/** Values that were read of log entries, by series in the order of time; times and hashes as pairs of 32-bit words, low before high. */
import type { RunsBlock } from '../model/block.js'
import type { Labels } from '../model/labels.js'
import { limitExceeded, type Limits } from '../model/limits.js'

const SIZE_FIRST = 1 << 10
/** 2^32 ns are so many ms and ns: with them times are taken apart in whole numbers below 2^53. */
const MS_OF_HIGH = 4294
const NANOS_OF_HIGH = 967_296
const NANOS_PER_MS = 1_000_000
const WORD = 4294967296

export class ReadValues {
  readonly #limits: Pick<Limits, 'unitPointsMax'>
  #size = 0
  #time = new Int32Array(2 * SIZE_FIRST)
  #stream = new Int32Array(2 * SIZE_FIRST)
  #arrival = new Float64Array(SIZE_FIRST)
  #series = new Int32Array(SIZE_FIRST)
  #value = new Float64Array(SIZE_FIRST)

  constructor(limits: Pick<Limits, 'unitPointsMax'>) {
    this.#limits = limits
  }

  /**
   * Takes time, stream hash and arrival of a row of a scan. Without arrivals, rows of one stream and time must be added in that order.
   * Throws `limit_exceeded` beyond unitPointsMax values.
   */
  add(series: number, times: Int32Array, streams: Int32Array, arrivals: Int32Array | undefined, row: number, value: number): void {
    const at = this.#size
    if (at >= this.#limits.unitPointsMax) throw limitExceeded(this.#limits, 'unitPointsMax', at + 1)
    if (at === this.#value.length) this.#grow()
    this.#time[2 * at] = times[2 * row]
    this.#time[2 * at + 1] = times[2 * row + 1]
    this.#stream[2 * at] = streams[2 * row]
    this.#stream[2 * at + 1] = streams[2 * row + 1]
    this.#arrival[at] = arrivals === undefined ? at : arrivals[2 * row + 1] * WORD + (arrivals[2 * row] >>> 0)
    this.#series[at] = series
    this.#value[at] = value
    this.#size = at + 1
  }

  /** `labels`: of the series, by number. Values by (time, stream, arrival). */
  block(labels: readonly Labels[]): RunsBlock {
    const { starts, order } = this.#bySeries(labels.length)
    for (let series = 0; series < labels.length; series++) this.#sort(order.subarray(starts[series], starts[series + 1]))
    const t = new Float64Array(this.#size)
    const nanos = new Int32Array(this.#size)
    const v = new Float64Array(this.#size)
    for (let at = 0; at < order.length; at++) {
      const from = order[at]
      const high = this.#time[2 * from + 1]
      const rest = high * NANOS_OF_HIGH + (this.#time[2 * from] >>> 0)
      const ms = Math.floor(rest / NANOS_PER_MS)
      t[at] = high * MS_OF_HIGH + ms
      nanos[at] = rest - ms * NANOS_PER_MS
      v[at] = this.#value[from]
    }
    return { kind: 'runs', labels, starts, t, v, nanos }
  }

  /** The values of each series as they were added, one series after the other. */
  #bySeries(count: number): { readonly starts: Int32Array<ArrayBuffer>; readonly order: Int32Array } {
    const starts = new Int32Array(count + 1)
    for (let at = 0; at < this.#size; at++) starts[this.#series[at] + 1]++
    for (let series = 0; series < count; series++) starts[series + 1] += starts[series]
    const next = starts.slice(0, count)
    const order = new Int32Array(this.#size)
    for (let at = 0; at < this.#size; at++) order[next[this.#series[at]]++] = at
    return { starts, order }
  }

  /** Each stream of a scan comes in order already, so that runs are merged, neighbours first, until one is left. */
  #sort(order: Int32Array): void {
    let bounds = this.#runs(order)
    const spare = new Int32Array(bounds.length > 2 ? order.length : 0)
    while (bounds.length > 2) {
      const merged = [0]
      for (let run = 0; run + 1 < bounds.length; run += 2) {
        const end = bounds[run + 2] ?? bounds[run + 1]
        this.#merge(order, spare, bounds[run], bounds[run + 1], end)
        merged.push(end)
      }
      order.set(spare)
      bounds = merged
    }
  }

  #runs(order: Int32Array): number[] {
    const bounds = [0]
    for (let at = 1; at < order.length; at++) if (this.#compare(order[at - 1], order[at]) > 0) bounds.push(at)
    bounds.push(order.length)
    return bounds
  }

  /** order[from, middle) and order[middle, end), each sorted, into spare[from, end). */
  #merge(order: Int32Array, spare: Int32Array, from: number, middle: number, end: number): void {
    let left = from
    let right = middle
    for (let at = from; at < end; at++) {
      const takesLeft = right >= end || (left < middle && this.#compare(order[left], order[right]) <= 0)
      spare[at] = takesLeft ? order[left++] : order[right++]
    }
  }

  #compare(a: number, b: number): number {
    return compareWords(this.#time, a, b) || compareWords(this.#stream, a, b) || this.#arrival[a] - this.#arrival[b]
  }

  #grow(): void {
    const size = 2 * this.#size
    this.#time = longerInts(this.#time, 2 * size)
    this.#stream = longerInts(this.#stream, 2 * size)
    this.#arrival = longerFloats(this.#arrival, size)
    this.#series = longerInts(this.#series, size)
    this.#value = longerFloats(this.#value, size)
  }
}

function compareWords(words: Int32Array, a: number, b: number): number {
  return words[2 * a + 1] - words[2 * b + 1] || (words[2 * a] >>> 0) - (words[2 * b] >>> 0)
}

function longerInts(from: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(size)
  longer.set(from)
  return longer
}

function longerFloats(from: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(size)
  longer.set(from)
  return longer
}
