/** One range function over one series that is written as in Prometheus' test files: what it gives, and what it remarks. */
import { findFunction, overRun, rangeCall, type RangeFunction, type SampleRun } from '../../src/language/language.js'
import { FLOAT, HISTOGRAM } from '../../src/model/block.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { labelValue, METRIC_NAME } from '../../src/model/labels.js'
import { parseSeriesDescription, type SeriesDescription } from '../../src/parse/series-description.js'

export interface DescribedCall {
  readonly fn: string
  readonly endMs: number
  readonly rangeMs: number
  readonly args?: readonly number[]
  readonly modifier?: 'anchored' | 'smoothed'
}

export interface DescribedResult {
  readonly value: number | NativeHistogram | undefined
  /** `warning: text`, `info: text`. */
  readonly notes: readonly string[]
}

const LOOKBACK_MS = 300_000

/** Sample i stands at i · gapMs. `starts`: how long before its sample each began, in ms; undefined where that is not known. */
export function describedRun({ values }: SeriesDescription, gapMs: number, starts?: readonly (number | undefined)[]): SampleRun {
  const samples = values.flatMap((value, i) => (value.kind === 'float' || value.kind === 'histogram' ? [{ value, i }] : []))
  const histograms = new Map(samples.flatMap(({ value }, at) => (value.kind === 'histogram' ? [[at, value.histogram] as const] : [])))
  const startOf = (i: number): number => (starts?.[i] === undefined ? 0 : i * gapMs - starts[i])
  return {
    t: Float64Array.from(samples, ({ i }) => i * gapMs),
    v: Float64Array.from(samples, ({ value }) => (value.kind === 'float' ? value.value : NaN)),
    start: 0,
    end: samples.length,
    ...(histograms.size === 0 ? {} : { histograms }),
    ...(starts === undefined ? {} : { startTimes: Float64Array.from(samples, ({ i }) => startOf(i)) }),
  }
}

export function overDescribed(run: SampleRun, metric: string, { fn, endMs, rangeMs, args = [], modifier }: DescribedCall): DescribedResult {
  const notes: string[] = []
  const cells = { values: new Float64Array(1), present: new Uint8Array(1), histograms: new Map<number, NativeHistogram>() }
  const windows = { firstEnd: endMs, step: 0, count: 1, range: rangeMs, unitsPerSecond: 1000, evaluationAhead: 0 }
  const extension = modifier === undefined ? undefined : { modifier, lookbackMs: LOOKBACK_MS }
  const seen = { metric, warn: (text: string) => notes.push(`warning: ${text}`), inform: (text: string) => notes.push(`info: ${text}`) }
  overRun(rangeCall(findFunction(fn) as RangeFunction, args, extension), run, windows, cells, 0, seen)
  const [mark] = cells.present
  return { value: mark === FLOAT ? cells.values[0] : mark === HISTOGRAM ? cells.histograms.get(0) : undefined, notes: [...new Set(notes)] }
}

/** Both at once, of the text of a series. */
export function overText(text: string, gapMs: number, call: DescribedCall, starts?: readonly (number | undefined)[]): DescribedResult {
  const series = parseSeriesDescription(text)
  return overDescribed(describedRun(series, gapMs, starts), labelValue(series.labels, METRIC_NAME), call)
}
