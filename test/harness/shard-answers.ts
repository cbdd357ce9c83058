/** Answers of shards put together by a client that knows nothing but the contract: what `merge` says of them. */
import { compareLabels, compareUtf8, labelsFrom, type Labels } from '../../src/model/labels.js'
import type { SplitMerge } from '../../src/model/split.js'
import { formatFixed, formatValue, parseValue } from '../../src/serve/number-format.js'
import { labelsText } from '../../src/serve/serve.js'

interface StreamRow {
  readonly stream: Readonly<Record<string, string>>
  readonly values: readonly (readonly [ns: string, line: string])[]
}

interface SeriesRow {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [seconds: number, value: string])[]
}

interface Entry {
  readonly stream: StreamRow['stream']
  readonly labels: Labels
  readonly value: readonly [ns: string, line: string]
  readonly part: number
  readonly place: number
}

/** `limit` 0: all. */
export function mergeStreamShards(parts: readonly string[], { order }: SplitMerge, limit: number): string {
  const sign = order === 'ascending' ? 1 : -1
  const entries = parts.flatMap((text, part) => (JSON.parse(text) as readonly StreamRow[]).flatMap(({ stream, values }) => values.map((value, place): Entry => ({ stream, labels: labelsOf(stream), value, part, place }))))
  entries.sort((a, b) => sign * Number(BigInt(a.value[0]) - BigInt(b.value[0])) || compareLabels(a.labels, b.labels) || a.part - b.part || a.place - b.place)
  const met = new Set<string>()
  const different = entries.filter(({ labels, value }) => met.size !== met.add(JSON.stringify([value, labels])).size)
  const rows = new Map<string, { stream: StreamRow['stream']; values: StreamRow['values'][number][] }>()
  for (const { stream, labels, value } of limit === 0 ? different : different.slice(0, limit)) {
    const text = labelsText(labels)
    const row = rows.get(text) ?? { stream, values: [] }
    rows.set(text, row)
    row.values.push(value)
  }
  return JSON.stringify([...rows].sort(([a], [b]) => compareUtf8(a, b)).map(([, row]) => row))
}

/** `language`: whose numbers they are. */
export function mergeSeriesShards(parts: readonly string[], { op, divisor }: SplitMerge, language: 'promql' | 'logql'): string {
  const series = new Map<string, { metric: SeriesRow['metric']; values: Map<number, number> }>()
  for (const { metric, values } of parts.flatMap((text) => JSON.parse(text) as readonly SeriesRow[])) {
    const key = JSON.stringify(metric)
    const whole = series.get(key) ?? { metric, values: new Map<number, number>() }
    series.set(key, whole)
    for (const [at, text] of values) whole.values.set(at, folded(op, whole.values.get(at), parseValue(text)))
  }
  const print = language === 'promql' ? formatValue : formatFixed
  const rows = [...series.values()].sort((a, b) => compareLabels(labelsOf(a.metric), labelsOf(b.metric)))
  return JSON.stringify(rows.map(({ metric, values }) => ({ metric, values: [...values].sort(([a], [b]) => a - b).map(([at, value]) => [at, print(divisor === undefined ? value : value / divisor)]) })))
}

/** NaN counts where there is nothing else. */
function folded(op: SplitMerge['op'], before: number | undefined, value: number): number {
  if (before === undefined) return value
  if (op === 'sum') return before + value
  if (Number.isNaN(before) || Number.isNaN(value)) return Number.isNaN(before) ? value : before
  if (op === 'min') return Math.min(before, value)
  if (op === 'max') return Math.max(before, value)
  throw new Error(`${op} is not said of values`)
}

function labelsOf(labels: Readonly<Record<string, string>>): Labels {
  return labelsFrom(Object.entries(labels))
}
