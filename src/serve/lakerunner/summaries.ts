/** One summary of each series instead of its points: of the values at the steps, as they are streamed. */
import { FLOAT } from '../../model/block.js'
import type { SeriesData } from '../../model/event.js'
import { labelsKey, type Labels } from '../../model/labels.js'

interface Summary {
  readonly labels: Labels
  min: number
  max: number
  sum: number
  count: number
}

export class Summaries {
  readonly #byKey = new Map<string, Summary>()

  add({ block }: SeriesData): void {
    block.labels.forEach((labels, series) => {
      for (let cell = series * block.steps; cell < (series + 1) * block.steps; cell++) {
        if (block.present[cell] === FLOAT && Number.isFinite(block.values[cell])) this.#take(labels, block.values[cell])
      }
    })
  }

  #take(labels: Labels, value: number): void {
    const key = labelsKey(labels)
    const summary = this.#byKey.get(key) ?? { labels, min: Infinity, max: -Infinity, sum: 0, count: 0 }
    this.#byKey.set(key, summary)
    summary.min = Math.min(summary.min, value)
    summary.max = Math.max(summary.max, value)
    summary.sum += value
    summary.count++
  }

  /** `"min":…,"max":…,"avg":…,"sum":…,"count":…` of each series that has a value. */
  *all(): Generator<{ readonly labels: Labels; readonly json: string }> {
    for (const { labels, min, max, sum, count } of this.#byKey.values()) {
      yield { labels, json: JSON.stringify({ min, max, avg: sum / count, sum, count }).slice(1, -1) }
    }
  }
}
