/** The samples themselves, for what only the root can do with them. */
import type { RunsBlock } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import type { Labels } from '../model/labels.js'
import type { SampleReach } from '../model/leaf-steps.js'
import type { SeriesRun } from './sample-rows.js'
import { withoutStale } from './instant.js'
import type { Sink } from './sink.js'

export class RunSink implements Sink {
  readonly #reach: SampleReach
  readonly #labels: Labels[] = []
  readonly #starts: number[] = [0]
  readonly #histograms = new Map<number, NativeHistogram>()
  #t = new Float64Array(1 << 12)
  #v = new Float64Array(1 << 12)
  #startTimes: Float64Array<ArrayBuffer> | undefined
  #size = 0

  constructor(reach: SampleReach) {
    this.#reach = reach
  }

  take(run: SeriesRun, group: number, labels: readonly Labels[]): void {
    const kept = withoutStale(run)
    const first = this.#size
    for (let i = kept.start; i < kept.end; i++) {
      if (kept.t[i] <= this.#reach.afterMs || kept.t[i] > this.#reach.untilMs) continue
      if (this.#size === this.#t.length) this.#grow()
      this.#t[this.#size] = kept.t[i]
      this.#v[this.#size] = kept.v[i]
      const histogram = kept.histograms?.get(i)
      if (histogram !== undefined) this.#histograms.set(this.#size, histogram)
      if (kept.startTimes !== undefined) (this.#startTimes ??= new Float64Array(this.#t.length))[this.#size] = kept.startTimes[i]
      this.#size++
    }
    if (this.#size === first) return
    this.#labels.push(labels[group])
    this.#starts.push(this.#size)
  }

  block(): RunsBlock {
    const size = this.#size
    return {
      kind: 'runs',
      labels: this.#labels,
      starts: Int32Array.from(this.#starts),
      t: this.#t.slice(0, size),
      v: this.#v.slice(0, size),
      ...(this.#histograms.size === 0 ? {} : { histograms: this.#histograms }),
      ...(this.#startTimes === undefined ? {} : { startTimes: this.#startTimes.slice(0, size) }),
    }
  }

  #grow(): void {
    this.#t = longer(this.#t)
    this.#v = longer(this.#v)
    if (this.#startTimes !== undefined) this.#startTimes = longer(this.#startTimes)
  }
}

function longer(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(array.length * 2)
  twice.set(array)
  return twice
}
