/** What log leaves mean, said the slow way: every entry through the pipeline, every window by itself. */
import { compilePipeline } from '../../src/language/language.js'
import { compareLabels, labelsKey, onlyLabels, seriesHash, withoutLabels, type Labels, type Matcher } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { Direction, LogSampleLeaf } from '../../src/model/plan.js'
import { stepTimeNs, type Grid } from '../../src/model/time.js'
import { distinct, logsOf, type LogEntry, type Sums } from './log-lake.js'

export function matches(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ name, op, value }) => {
    const at = labels.findIndex((text, i) => i % 2 === 0 && text === name)
    const held = at < 0 ? '' : labels[at + 1]
    const regex = (): boolean => new RegExp(`^(?:${value})$`, 's').test(held)
    return op === '=' ? held === value : op === '!=' ? held !== value : op === '=~' ? regex() : !regex()
  })
}

export interface Passed {
  readonly stream: bigint
  readonly ts: bigint
  readonly labels: Labels
  readonly line: string
  readonly error: string
}

export function passed(entries: readonly LogEntry[], text: string): Passed[] {
  const { matchers, stages } = logsOf(text)
  const pipeline = compilePipeline(stages, { needed: 'all', limits: DEFAULT_LIMITS, clock: () => Date.now() })
  return distinct(entries).flatMap((entry) => {
    if (!matches(entry.labels, matchers)) return []
    if (!pipeline.process(entry.line, entry.labels, entry.metadata, entry.ts)) return []
    return [{ stream: seriesHash(entry.labels), ts: entry.ts, labels: pipeline.labels().labels, line: pipeline.line, error: pipeline.error }]
  })
}

/** The answer of a log query without a limit: of one time, label set and line there is one. */
export function inOrder(entries: readonly Passed[], direction: Direction): Passed[] {
  const sign = direction === 'forward' ? 1 : -1
  return [...entries.keys()]
    .sort((a, b) => {
      if (entries[a].ts !== entries[b].ts) return entries[a].ts < entries[b].ts ? -sign : sign
      const byLabels = compareLabels(entries[a].labels, entries[b].labels)
      if (byLabels !== 0) return byLabels
      if (entries[a].stream !== entries[b].stream) return entries[a].stream < entries[b].stream ? -1 : 1
      return sign * (a - b)
    })
    .map((i) => entries[i])
    .filter(({ ts, labels, line }, at, all) => {
      const same = (other: Passed): boolean => other.ts === ts && other.line === line && compareLabels(other.labels, labels) === 0
      return all.findIndex(same) === at
    })
}

export function slowSums(leaf: LogSampleLeaf, grid: Grid, entries: readonly Passed[]): Sums {
  const { accumulator, grouping } = leaf.accumulate
  const names = new Set(grouping.labels)
  const group = (labels: Labels): Labels => (accumulator === 'samples' ? labels : grouping.without ? withoutLabels(labels, names) : onlyLabels(labels, names))
  const divisor = leaf.fn === 'rate' || leaf.fn === 'bytes_rate' ? Number(leaf.rangeNs) / 1e9 : 1
  const sums: Record<string, (number | null)[]> = {}
  for (let k = 0; k < grid.count; k++) {
    const end = stepTimeNs(grid, k) - leaf.offsetNs
    const series = new Map<string, { labels: Labels; sum: number }>()
    for (const entry of entries) {
      if (entry.ts <= end - leaf.rangeNs || entry.ts > end) continue
      const labels = accumulator === 'max' ? entry.labels : group(entry.labels)
      const held = series.get(labelsKey(labels)) ?? { labels, sum: 0 }
      held.sum += leaf.fn.startsWith('bytes') ? Buffer.byteLength(entry.line) : 1
      series.set(labelsKey(labels), held)
    }
    for (const { labels, sum } of series.values()) {
      const key = labelsKey(group(labels))
      sums[key] ??= Array.from({ length: grid.count }, () => null)
      sums[key][k] = Math.max(sums[key][k] ?? -Infinity, sum / divisor)
    }
  }
  return Object.fromEntries(Object.entries(sums).sort())
}

/** What a range aggregation makes of the values of a window, which stand in the order of time; each said in its plainest form. */
export type SlowRange = (values: readonly SlowValue[], startNs: bigint, endNs: bigint, argument: number) => number

export interface SlowValue {
  readonly ts: bigint
  readonly value: number
}

const sumOf = (values: readonly SlowValue[]): number => values.reduce((sum, { value }) => sum + value, 0)
const seconds = (from: bigint, to: bigint): number => Number(to - from) / 1e9
const meanOf = (values: readonly SlowValue[]): number => sumOf(values) / values.length
const varianceOf = (values: readonly SlowValue[]): number => meanOf(values.map(({ ts, value }) => ({ ts, value: (value - meanOf(values)) ** 2 })))
const numbersOf = (values: readonly SlowValue[]): number[] => values.map(({ value }) => value).filter((value) => !Number.isNaN(value))

export const SLOW_RANGES: Readonly<Record<string, SlowRange>> = {
  sum_over_time: sumOf,
  avg_over_time: meanOf,
  min_over_time: (values) => (numbersOf(values).length === 0 ? NaN : Math.min(...numbersOf(values))),
  max_over_time: (values) => (numbersOf(values).length === 0 ? NaN : Math.max(...numbersOf(values))),
  first_over_time: (values) => values[0].value,
  last_over_time: (values) => values[values.length - 1].value,
  stdvar_over_time: varianceOf,
  stddev_over_time: (values) => Math.sqrt(varianceOf(values)),
  quantile_over_time: slowQuantile,
  rate: (values, startNs, endNs) => sumOf(values) / seconds(startNs, endNs),
  rate_counter: slowCounterRate,
  present_over_time: () => 1,
}

function slowQuantile(values: readonly SlowValue[], _startNs: bigint, _endNs: bigint, phi: number): number {
  const numbers = numbersOf(values).sort((a, b) => a - b)
  const sorted = [...values.filter(({ value }) => Number.isNaN(value)).map(() => NaN), ...numbers]
  if (phi > 1) return Infinity
  const rank = phi * (sorted.length - 1)
  const below = sorted[Math.floor(rank)]
  return rank === Math.floor(rank) ? below : below + (sorted[Math.floor(rank) + 1] - below) * (rank - Math.floor(rank))
}

/** The gain between first and last, stretched to edges that are near: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate. */
function slowCounterRate(values: readonly SlowValue[], startNs: bigint, endNs: bigint): number {
  const [first, last] = [values[0], values[values.length - 1]]
  if (values.length < 2) return 0
  let gain = last.value - first.value
  values.forEach(({ value }, i) => {
    if (i > 0 && value < values[i - 1].value) gain += values[i - 1].value
  })
  const sampled = seconds(first.ts, last.ts)
  const gap = sampled / (values.length - 1)
  const reached = (distance: number): number => (distance < gap * 1.1 ? distance : gap / 2)
  const toZero = gain > 0 && first.value >= 0 ? (sampled * first.value) / gain : Infinity
  const before = Math.min(reached(seconds(startNs, first.ts)), toZero)
  return ((gain * (before + sampled + reached(seconds(last.ts, endNs)))) / sampled) / seconds(startNs, endNs)
}
