/** Compares what a LogQL query gave with what Loki's engine gave, as the README of that corpus says. */
import type { EntryLabels } from '../../src/model/block.js'
import type { Data } from '../../src/model/event.js'
import { labelsObject } from '../../src/model/labels.js'
import { stepTime } from '../../src/model/time.js'

type LabelObject = Readonly<Record<string, string>>
type Point = readonly [ms: number, value: string]

interface ExpectedEntry {
  readonly ts: string
  readonly line: string
  readonly structuredMetadata?: LabelObject
  readonly parsed?: LabelObject
}

interface ExpectedStream {
  readonly stream: LabelObject
  readonly values: readonly ExpectedEntry[]
}

export type Unstable = 'limit-cut' | 'ties' | 'order' | 'float' | 'error-text'

export type EvalExpectation =
  | { readonly type: 'vector'; readonly ordered?: boolean; readonly result: readonly { readonly metric: LabelObject; readonly value: Point }[] }
  | { readonly type: 'matrix'; readonly result: readonly { readonly metric: LabelObject; readonly values: readonly Point[] }[] }
  | { readonly type: 'scalar'; readonly result: Point }
  | { readonly type: 'streams'; readonly result: readonly ExpectedStream[] }
  | { readonly type: 'error'; readonly error: string; readonly errorContains?: string; readonly errorRegex?: string }
  | PipelineExpectation

export type PipelineExpectation =
  | { readonly type: 'pipeline'; readonly keep: false }
  | {
      readonly type: 'pipeline'
      readonly keep: true
      readonly line: string
      readonly labels: LabelObject
      readonly structuredMetadata: LabelObject
      readonly parsed: LabelObject
    }

export interface EvalSeries {
  readonly labels: string
  readonly points: readonly (readonly [ms: number, value: number])[]
}

/** What is wrong with the answer, if anything is. Groups of the answer come in their order. */
export function evalFault(results: readonly Data[], expect: EvalExpectation, unstable: Unstable | undefined): string | undefined {
  switch (expect.type) {
    case 'vector':
      return vectorFault(results, expect.result.map(({ metric, value }) => expectedSeries(metric, [value])), expect.ordered === true, unstable)
    case 'matrix':
      return matrixFault(results, expect.result.map(({ metric, values }) => expectedSeries(metric, values)), unstable)
    case 'scalar':
      return scalarFault(results, expect.result)
    case 'streams':
      return streamsFault(results, expect.result, unstable)
    case 'error':
      return `answered, but must fail with: ${expect.error}`
    case 'pipeline':
      return 'a pipeline case is no query'
  }
}

/** Difference of one entry that came through a pipeline; undefined stands for an entry that did not. */
export function pipelineFault(actual: { readonly line: string; readonly labels: EntryLabels } | undefined, expect: PipelineExpectation): string | undefined {
  if (actual === undefined || !expect.keep) return expect.keep === (actual !== undefined) ? undefined : `${expect.keep ? 'dropped' : 'kept'}, must not be`
  const { labels, metadata, parsed } = actual.labels
  const ours = [actual.line, ...[labels, metadata, parsed].map((set) => keyOf(labelsObject(set)))]
  const theirs = [expect.line, ...[expect.labels, expect.structuredMetadata, expect.parsed].map(keyOf)]
  const wrong = ours.findIndex((part, i) => part !== theirs[i])
  return wrong === -1 ? undefined : `${['line', 'labels', 'metadata', 'parsed'][wrong]}: ${ours[wrong]}, not ${theirs[wrong]}`
}

function expectedSeries(metric: LabelObject, points: readonly Point[]): EvalSeries {
  return { labels: keyOf(metric), points: points.map(([ms, text]) => [ms, numberOf(text)]) }
}

/** The texts of Loki's error details quote Go libraries: only that there are some is compared. */
function keyOf(labels: LabelObject): string {
  const pairs = Object.entries(labels).map(([name, value]) => [name, name === '__error_details__' ? '…' : value])
  return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}

function vectorFault(results: readonly Data[], expected: readonly EvalSeries[], ordered: boolean, unstable: Unstable | undefined): string | undefined {
  const actual = seriesOf(results, 'vector')
  if (typeof actual === 'string') return actual
  if (unstable === 'ties') return pairedFault(byValue(actual), byValue(expected), 'values')
  return pairedFault(ordered ? actual : byLabels(actual), ordered ? expected : byLabels(expected), 'series')
}

function matrixFault(results: readonly Data[], expected: readonly EvalSeries[], unstable: Unstable | undefined): string | undefined {
  const actual = seriesOf(results, 'matrix')
  if (typeof actual === 'string') return actual
  if (expected.some(repeats)) return pairedFault(singlePoints(actual), singlePoints(expected), 'points')
  return unstable === 'ties' ? pairedFault(byTime(actual), byTime(expected), 'values') : pairedFault(byLabels(actual), byLabels(expected), 'series')
}

function byLabels(series: readonly EvalSeries[]): readonly EvalSeries[] {
  return series.toSorted((a, b) => (a.labels === b.labels ? firstValue(a) - firstValue(b) : a.labels < b.labels ? -1 : 1))
}

function byValue(series: readonly EvalSeries[]): readonly EvalSeries[] {
  return series.map(({ points }) => ({ labels: '', points })).sort((a, b) => firstValue(a) - firstValue(b))
}

/** All points of all series, without the labels. */
function byTime(series: readonly EvalSeries[]): readonly EvalSeries[] {
  const points = series.flatMap((each) => each.points)
  return [{ labels: '', points: points.toSorted(([aMs, a], [bMs, b]) => aMs - bMs || a - b) }]
}

/** Loki joins series whose labels became equal into one, which then has a time more than once. */
function repeats({ points }: EvalSeries): boolean {
  return new Set(points.map(([ms]) => ms)).size < points.length
}

function singlePoints(series: readonly EvalSeries[]): readonly EvalSeries[] {
  const single = series.flatMap(({ labels, points }) => points.map((point) => ({ labels, points: [point] })))
  return byLabels(single.sort((a, b) => a.points[0][0] - b.points[0][0]))
}

function firstValue({ points }: EvalSeries): number {
  return points[0]?.[1] ?? 0
}

/** Series of equal place must be equal. */
function pairedFault(actual: readonly EvalSeries[], expected: readonly EvalSeries[], what: string): string | undefined {
  const same = actual.length === expected.length && actual.every((series, i) => sameSeries(series, expected[i]))
  return same ? undefined : `${what} ${shown(actual)}, not ${shown(expected)}`
}

function shown(series: readonly EvalSeries[]): string {
  return JSON.stringify(series.map(({ labels, points }) => [labels, points.map(([ms, value]) => [ms, String(value)])])).slice(0, 600)
}

function sameSeries(a: EvalSeries, b: EvalSeries): boolean {
  if (a.labels !== b.labels || a.points.length !== b.points.length) return false
  return a.points.every(([ms, value], i) => ms === b.points[i][0] && isNear(value, b.points[i][1]))
}

function isNear(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true
  return Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b))
}

/** In the order of the answer. A string says why it is none. */
function seriesOf(results: readonly Data[], type: 'vector' | 'matrix'): readonly EvalSeries[] | string {
  const found: { labels: string; points: (readonly [number, number])[] }[] = []
  const byKey = new Map<string, (typeof found)[number]>()
  for (const data of results) {
    if (data.resultType !== type) return `answered a ${data.resultType}, not a ${type}`
    const { block, grid } = data
    const seen = new Set<string>()
    block.labels.forEach((labels, s) => {
      const key = keyOf(labelsObject(labels))
      const points = pointsAt(block.values, block.present, s * block.steps, block.steps, (k) => stepTime(grid, k))
      if (points.length === 0) return
      const known = seen.has(key) ? undefined : byKey.get(key)
      seen.add(key)
      if (known !== undefined) return void known.points.push(...points)
      const series = { labels: key, points }
      byKey.set(key, series)
      found.push(series)
    })
  }
  return found
}

function pointsAt(values: Float64Array, present: Uint8Array, from: number, count: number, time: (step: number) => number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, k) => k)
    .filter((k) => present[from + k] === 1)
    .map((k) => [time(k), values[from + k]])
}

function scalarFault(results: readonly Data[], [ms, text]: Point): string | undefined {
  const [data] = results
  if (results.length !== 1 || data.resultType !== 'scalar') return `answered ${results.length} of ${data?.resultType}, not one scalar`
  const [actual, time] = [data.values[0], stepTime(data.grid, 0)]
  return time === ms && isNear(actual, numberOf(text)) ? undefined : `${actual} at ${time}, not ${text} at ${ms}`
}

interface EntryText {
  readonly stream: string
  readonly ts: string
  readonly text: string
}

function streamsFault(results: readonly Data[], expected: readonly ExpectedStream[], unstable: Unstable | undefined): string | undefined {
  const actual = entriesOf(results)
  if (typeof actual === 'string') return actual
  const wanted = expected.flatMap(({ stream, values }) =>
    values.map(({ ts, line, structuredMetadata = {}, parsed = {} }) => {
      return { stream: keyOf(stream), ts, text: JSON.stringify([ts, line, keyOf(structuredMetadata), keyOf(parsed)]) }
    }),
  )
  if (unstable === 'limit-cut') {
    const [ours, theirs] = [actual, wanted].map((entries) => JSON.stringify(entries.map(({ ts }) => ts).sort()))
    return ours === theirs ? undefined : `entries at ${ours}, not at ${theirs}`
  }
  const [ours, theirs] = [actual, wanted].map(byStream)
  return ours === theirs ? undefined : `entries ${ours.slice(0, 600)}, not ${theirs.slice(0, 600)}`
}

/** Entries of each stream in their order. */
function byStream(entries: readonly EntryText[]): string {
  const streams = new Map<string, string[]>()
  for (const { stream, text } of entries) streams.set(stream, [...(streams.get(stream) ?? []), text])
  return JSON.stringify([...streams].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function entriesOf(results: readonly Data[]): readonly EntryText[] | string {
  const entries: EntryText[] = []
  for (const data of results) {
    if (data.resultType !== 'streams') return `answered a ${data.resultType}, not streams`
    const { block } = data
    block.line.forEach((line, i) => {
      const { labels, metadata, parsed } = block.sets[block.set[i]]
      const [stream, own, found] = [labels, metadata, parsed].map((set) => keyOf(labelsObject(set)))
      entries.push({ stream, ts: String(block.ts[i]), text: JSON.stringify([String(block.ts[i]), line, own, found]) })
    })
  }
  return entries
}
