/** What log leaves mean, said the slow way: every entry through the pipeline, every window by itself. */
import { compilePipeline } from '../../src/language/language.js'
import { compareLabels, labelsKey, onlyLabels, seriesHash, withoutLabels, type Labels, type Matcher } from '../../src/model/labels.js'
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
  const pipeline = compilePipeline(stages, { needed: 'all', clock: () => Date.now() })
  return distinct(entries).flatMap((entry) => {
    if (!matches(entry.labels, matchers)) return []
    if (!pipeline.process(entry.line, entry.labels, entry.metadata, entry.ts)) return []
    return [{ stream: seriesHash(entry.labels), ts: entry.ts, labels: pipeline.labels().labels, line: pipeline.line, error: pipeline.error }]
  })
}

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
