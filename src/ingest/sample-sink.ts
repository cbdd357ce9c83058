/** Where samples are gathered until there are enough of them to be written. */
import type { Limits } from '../model/limits.js'
import type { Delivery } from './delivery.js'
import { flushSamples } from './flush-samples.js'
import { FlushedRanges } from './flushed-ranges.js'
import { SampleBuffer } from './sample-buffer.js'
import { SeriesTable } from './series-table.js'

/** A batch may take the buffer past the limit by about so many before it is looked at. */
const BATCH_SAMPLES = 1 << 16

export class SampleSink {
  readonly table: SeriesTable
  readonly buffer: SampleBuffer
  readonly #delivery: Delivery
  readonly #limits: Limits
  readonly #flushed = new FlushedRanges()
  #samplesFlushed = 0

  constructor(delivery: Delivery, limits: Limits) {
    this.#delivery = delivery
    this.#limits = limits
    this.table = new SeriesTable(limits)
    this.buffer = new SampleBuffer(limits.importBufferSamplesMax + BATCH_SAMPLES)
  }

  /** Samples met so far. */
  get samples(): number {
    return this.#samplesFlushed + this.buffer.count
  }

  get full(): boolean {
    return this.buffer.weight >= this.#limits.importBufferSamplesMax
  }

  /** Writes what is held to segments. */
  async flush(): Promise<void> {
    if (this.buffer.count === 0) return
    this.#samplesFlushed += this.buffer.count
    const samples = this.buffer.drain(this.table.size)
    this.#flushed.add(samples, this.table.labels, this.#limits)
    await flushSamples(samples, this.table, this.#delivery, this.#limits)
  }
}
