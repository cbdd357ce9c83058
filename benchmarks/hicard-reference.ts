/**
 * The slow, straightforward answers: for each step every sample of the window is looked at anew.
 * Written apart from the engine on purpose, so that a benchmark never times a wrong answer.
 */
import { labelValue } from '../src/model/labels.js'
import type { StepRows, Steps } from './answer-rows.js'
import type { GeneratedSeries } from './hicard-data.js'

type PerSeries = (series: GeneratedSeries, atMs: number) => number

/** Prometheus' extrapolated rate over (at − range, at]. */
export function rateOver(rangeMs: number): PerSeries {
  return (series, atMs) => {
    const live = liveSamples(series, atMs - rangeMs, atMs)
    if (live.length < 2) return NaN
    const first = live[0]
    const last = live[live.length - 1]
    let increase = series.v[last] - series.v[first]
    for (let i = 1; i < live.length; i++) if (series.v[live[i]] < series.v[live[i - 1]]) increase += series.v[live[i - 1]]
    const sampled = (series.t[last] - series.t[first]) / 1000
    const average = sampled / (live.length - 1)
    let toStart = (series.t[first] - (atMs - rangeMs)) / 1000
    let toEnd = (atMs - series.t[last]) / 1000
    if (toStart >= average * 1.1) toStart = average / 2
    if (increase > 0 && series.v[first] >= 0) toStart = Math.min(toStart, sampled * (series.v[first] / increase))
    if (toEnd >= average * 1.1) toEnd = average / 2
    return (increase * ((sampled + toStart + toEnd) / sampled)) / (rangeMs / 1000)
  }
}

/** The newest sample of the last five minutes, unless it is a staleness marker. */
export function newest(series: GeneratedSeries, atMs: number): number {
  let found = -1
  for (let i = 0; i < series.t.length; i++) if (series.t[i] <= atMs && series.t[i] > atMs - 300_000) found = i
  return found < 0 || series.stale.includes(found) ? NaN : series.v[found]
}

function liveSamples(series: GeneratedSeries, afterMs: number, untilMs: number): number[] {
  const found: number[] = []
  for (let i = 0; i < series.t.length; i++)
    if (series.t[i] > afterMs && series.t[i] <= untilMs && !series.stale.includes(i)) found.push(i)
  return found
}

/** One pass over all series: each goes to every collector that wants it. */
export interface Collector {
  readonly wants: (series: GeneratedSeries) => boolean
  readonly value: PerSeries
  readonly label: string
  readonly combine: (held: number, value: number) => number
}

export const add = (held: number, value: number): number => (Number.isNaN(held) ? value : held + value)
export const greatest = (held: number, value: number): number => (Number.isNaN(held) || value > held ? value : held)

export function collect(all: Iterable<GeneratedSeries>, collectors: readonly Collector[], steps: Steps): Map<string, Float64Array>[] {
  const results = collectors.map(() => new Map<string, Float64Array>())
  for (const series of all) {
    collectors.forEach((collector, at) => {
      if (!collector.wants(series)) return
      const key = collector.label === '' ? '' : labelValue(series.labels, collector.label)
      const row = results[at].get(key) ?? new Float64Array(steps.count).fill(NaN)
      results[at].set(key, row)
      for (let k = 0; k < steps.count; k++) {
        const value = collector.value(series, steps.startMs + k * steps.stepMs)
        if (!Number.isNaN(value)) row[k] = collector.combine(row[k], value)
      }
    })
  }
  return results
}

/** histogram_quantile over rows by `le`, linear within a bucket. */
export function quantileOf(quantile: number, rows: StepRows, steps: Steps): Map<string, Float64Array> {
  const bounds = [...rows].map(([le, row]) => ({ bound: le === '+Inf' ? Infinity : Number(le), row })).sort((a, b) => a.bound - b.bound)
  const out = new Float64Array(steps.count).fill(NaN)
  for (let step = 0; step < steps.count; step++) {
    const total = bounds[bounds.length - 1].row[step]
    if (!(total > 0)) continue
    const rank = quantile * total
    const at = bounds.findIndex(({ row }) => row[step] >= rank)
    const before = at === 0 ? 0 : bounds[at - 1].row[step]
    const from = at === 0 ? 0 : bounds[at - 1].bound
    out[step] =
      at === bounds.length - 1 ? bounds[at - 1].bound : from + (bounds[at].bound - from) * ((rank - before) / (bounds[at].row[step] - before))
  }
  return new Map([['', out]])
}
