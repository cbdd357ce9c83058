/**
 * What of each series has already been written by this import. Segments of one import have one generation, so nothing
 * would say which of two equal timestamps in two of them is the later: such input is refused.
 */
import { QueryError } from '../model/error.js'
import { labelsObject, type Labels } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import type { SortedSamples } from './sample-buffer.js'

export class FlushedRanges {
  #first = new Float64Array(0)
  #last = new Float64Array(0)

  /** Adds the time range of each series; throws where it overlaps with what was written before. */
  add(samples: SortedSamples, labels: readonly Labels[], limits: Limits): void {
    this.#widen(samples.ends.length)
    for (let series = 0; series < samples.ends.length; series++) {
      if (samples.starts[series] === samples.ends[series]) continue
      const first = samples.t[samples.starts[series]]
      const last = samples.t[samples.ends[series] - 1]
      if (first <= this.#last[series] && last >= this.#first[series]) throw overlap(labels[series], first, limits)
      this.#first[series] = Math.min(this.#first[series], first)
      this.#last[series] = Math.max(this.#last[series], last)
    }
  }

  #widen(count: number): void {
    const known = this.#first.length
    if (count <= known) return
    const first = new Float64Array(count).fill(Infinity)
    const last = new Float64Array(count).fill(-Infinity)
    first.set(this.#first)
    last.set(this.#last)
    this.#first = first
    this.#last = last
  }
}

function overlap(labels: Labels, timeMs: number, limits: Limits): QueryError {
  const value = limits.importBufferSamplesMax
  return new QueryError({
    code: 'limit_exceeded',
    message:
      `series ${JSON.stringify(labelsObject(labels))} goes back to ${timeMs} ms after ${value} other samples, limit ${value} samples ` +
      `(setting limits.importBufferSamplesMax): sort the file by series or by time, or import it in parts`,
    facts: { limit: 'importBufferSamplesMax', value, setting: 'limits.importBufferSamplesMax' },
  })
}
