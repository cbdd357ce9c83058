/** Histograms and start times of buffered samples, by the index of the sample. Costs nothing where there are none. */
import { samplesWorth, type NativeHistogram } from '../model/histogram.js'
import type { SampleDetails } from '../segment/segment.js'

const CAPACITY_FIRST = 1 << 10

/** Details that may still be moved about. */
export interface HeldDetails extends SampleDetails {
  readonly histograms?: Map<number, NativeHistogram>
}

export class BufferedDetails {
  #histograms = new Map<number, NativeHistogram>()
  #startTimes = new Float64Array(0)
  #weight = 0

  get isEmpty(): boolean {
    return this.#histograms.size === 0 && this.#startTimes.length === 0
  }

  /** How many samples the histograms are worth beyond the one that each is. */
  get weight(): number {
    return this.#weight
  }

  setHistogram(sample: number, histogram: NativeHistogram): void {
    this.#histograms.set(sample, histogram)
    this.#weight += samplesWorth(histogram) - 1
  }

  setStart(sample: number, startMs: number): void {
    if (sample >= this.#startTimes.length) {
      const longer = new Float64Array(Math.max(CAPACITY_FIRST, sample + 1, this.#startTimes.length * 2))
      longer.set(this.#startTimes)
      this.#startTimes = longer
    }
    this.#startTimes[sample] = startMs
  }

  /** The details of a run of `count` samples, the first of which is sample `at`. */
  setRun(at: number, count: number, { histograms, startTimes }: SampleDetails): void {
    for (const [i, histogram] of histograms ?? []) this.setHistogram(at + i, histogram)
    if (startTimes !== undefined) for (let i = 0; i < count; i++) if (startTimes[i] !== 0) this.setStart(at + i, startTimes[i])
  }

  /** As they stand, for the first `count` samples. */
  held(count: number): HeldDetails {
    return this.#some(this.#histograms, this.#startTimes.length === 0 ? this.#startTimes : filledTo(this.#startTimes, count))
  }

  /** With sample i at `place[i]`. */
  moved(place: Int32Array): HeldDetails {
    const histograms = new Map<number, NativeHistogram>()
    for (const [i, histogram] of this.#histograms) histograms.set(place[i], histogram)
    const known = this.#startTimes.length
    const startTimes = new Float64Array(known === 0 ? 0 : place.length)
    for (let i = 0; i < Math.min(known, place.length); i++) startTimes[place[i]] = this.#startTimes[i]
    return this.#some(histograms, startTimes)
  }

  /** What was handed out stays as it is. */
  clear(): void {
    this.#histograms = new Map()
    this.#startTimes = new Float64Array(0)
    this.#weight = 0
  }

  #some(histograms: Map<number, NativeHistogram>, startTimes: Float64Array): HeldDetails {
    return { ...(histograms.size === 0 ? {} : { histograms }), ...(startTimes.length === 0 ? {} : { startTimes }) }
  }
}

function filledTo(array: Float64Array, count: number): Float64Array {
  if (array.length >= count) return array.subarray(0, count)
  const longer = new Float64Array(count)
  longer.set(array)
  return longer
}

/** Takes out the details of samples [start, end) and gives them back one by one: those of the sample that was at start + `from`, to sample `to`. */
export function rearranging({ histograms, startTimes }: HeldDetails, start: number, end: number): ((from: number, to: number) => void) | undefined {
  if (histograms === undefined && startTimes === undefined) return undefined
  const taken = Array.from({ length: end - start }, (_, i) => histograms?.get(start + i))
  const times = startTimes?.slice(start, end)
  for (let i = start; i < end; i++) histograms?.delete(i)
  return (from, to) => {
    const histogram = taken[from]
    if (histogram === undefined) histograms?.delete(to)
    else histograms?.set(to, histogram)
    if (startTimes !== undefined && times !== undefined) startTimes[to] = times[from]
  }
}
