/**
 * Results as JSON text in the shapes of Prometheus and Loki, written straight from the blocks in chunks,
 * so that neither an object per sample nor the text of a whole answer is ever held.
 */
import { hasValue } from '../language/language.js'
import { ABSENT, FLOAT, HISTOGRAM, histogramAt, type EntriesBlock, type RunsBlock, type SeriesBlock } from '../model/block.js'
import type { Data, ScalarData, SeriesData, StreamsData, StringData } from '../model/event.js'
import type { Language } from '../model/expr.js'
import type { NativeHistogram } from '../model/histogram.js'
import { labelsKey, type Labels } from '../model/labels.js'
import { stepTime, type Grid } from '../model/time.js'
import { nativeHistogram, shownHistogram, type HistogramDetail } from './histogram-json.js'
import { formatFixed, formatSeconds, formatShortSeconds, formatValue } from './number-format.js'

/** UTF-16 units after which a chunk is handed on. */
export const CHUNK_LENGTH = 65_536

/** How one API prints numbers. */
export interface NumberStyle {
  readonly value: (value: number) => string
  readonly seconds: (ms: number) => string
}

export const PROMETHEUS_NUMBERS: NumberStyle = { value: formatValue, seconds: formatSeconds }
export const LOKI_NUMBERS: NumberStyle = { value: formatFixed, seconds: formatShortSeconds }

export function numbersOf(language: Language): NumberStyle {
  switch (language) {
    case 'promql':
      return PROMETHEUS_NUMBERS
    case 'logql':
      return LOKI_NUMBERS
  }
}

/** One series of a matrix: the rows that hold it, in the order of their grids. */
export interface SeriesRows {
  readonly labels: Labels
  readonly rows: readonly { readonly block: SeriesBlock; readonly grid: Grid; readonly row: number }[]
}

export function labelsJson(labels: Labels): string {
  let text = '{'
  for (let i = 0; i < labels.length; i += 2) {
    text += `${i === 0 ? '' : ','}${JSON.stringify(labels[i])}:${JSON.stringify(labels[i + 1])}`
  }
  return `${text}}`
}

/** `"resultType":…,"result":…` of one group. */
export function* dataJson(data: Data, numbers: NumberStyle, detail: HistogramDetail): Generator<string> {
  switch (data.resultType) {
    case 'matrix':
      yield '"resultType":"matrix","result":'
      yield* matrixJson(rowsOf(data), numbers, detail)
      return
    case 'samples':
      yield '"resultType":"matrix","result":'
      yield* runsJson(data.runs, numbers, detail)
      return
    case 'vector':
      yield '"resultType":"vector","result":'
      yield* vectorJson(data, numbers, detail)
      return
    case 'scalar':
      yield* scalarJson(data, numbers)
      return
    case 'string':
      yield stringJson(data, numbers)
      return
    case 'streams':
      yield '"resultType":"streams","result":'
      yield* streamsJson(data)
      return
  }
}

/** A histogram and when it is. */
type HistogramPoint = readonly [ms: number, histogram: NativeHistogram]

/**
 * `"histograms":[[t,{…}],…]`, and in detail `"native":[{…},…]` in the same order; nothing where there are none.
 * `before` is what stands before the first member that there is.
 */
function* histogramsJson(points: () => Iterable<HistogramPoint>, before: string, numbers: NumberStyle, detail: HistogramDetail): Generator<string> {
  let separator = `${before}"histograms":[`
  for (const [ms, histogram] of points()) {
    yield `${separator}[${numbers.seconds(ms)},${shownHistogram(histogram, numbers.value)}]`
    separator = ','
  }
  if (separator !== ',') return
  yield ']'
  if (detail === 'buckets') return
  separator = ',"native":['
  for (const [, histogram] of points()) {
    yield `${separator}${nativeHistogram(histogram)}`
    separator = ','
  }
  yield ']'
}

/** A range vector as it is: `[{"metric":…,"values":[[t,"v"],…],"histograms":[…]},…]`, each sample at its own time. */
export function* runsJson(runs: RunsBlock, numbers: NumberStyle, detail: HistogramDetail): Generator<string> {
  const { labels, starts, t, v, histograms } = runs
  let text = '['
  for (let series = 0; series < labels.length; series++) {
    text += `${series === 0 ? '' : ','}{"metric":${labelsJson(labels[series])},`
    let separator = '"values":['
    for (let i = starts[series]; i < starts[series + 1]; i++) {
      if (histograms?.has(i) === true) continue
      text += `${separator}[${numbers.seconds(t[i])},"${numbers.value(v[i])}"]`
      separator = ','
      if (text.length < CHUNK_LENGTH) continue
      yield text
      text = ''
    }
    if (separator === ',') text += ']'
    if (histograms !== undefined) {
      yield text
      yield* histogramsJson(() => histogramsOfRun(runs, series), separator === ',' ? ',' : '', numbers, detail)
      text = ''
    }
    text += '}'
  }
  yield `${text}]`
}

function* histogramsOfRun({ starts, t, histograms }: RunsBlock, series: number): Generator<HistogramPoint> {
  for (let i = starts[series]; i < starts[series + 1]; i++) {
    const histogram = histograms?.get(i)
    if (histogram !== undefined) yield [t[i], histogram]
  }
}

function* rowsOf(data: SeriesData): Generator<SeriesRows> {
  const { block, grid } = data
  for (let row = 0; row < block.labels.length; row++) yield { labels: block.labels[row], rows: [{ block, grid, row }] }
}

/** `[{"metric":…,"values":[[t,"v"],…],"histograms":[…]},…]`; series without a value are left out, and members without an element. */
export function* matrixJson(series: Iterable<SeriesRows>, numbers: NumberStyle, detail: HistogramDetail): Generator<string> {
  const timesOf = printedTimes(numbers)
  let text = '['
  let separator = ''
  for (const { labels, rows } of series) {
    if (!rows.some(({ block, row }) => hasValue(block, row))) continue
    text += `${separator}{"metric":${labelsJson(labels)},`
    separator = ','
    let before = '"values":['
    for (const { block, grid, row } of rows) {
      const base = row * block.steps
      const times = timesOf(grid)
      for (let step = 0; step < block.steps; step++) {
        if (block.present[base + step] !== FLOAT) continue
        text += `${before}[${times[step]},"${numbers.value(block.values[base + step])}"]`
        before = ','
        if (text.length < CHUNK_LENGTH) continue
        yield text
        text = ''
      }
    }
    if (before === ',') text += ']'
    if (rows.some(({ block }) => block.histograms !== undefined)) {
      yield text
      yield* histogramsJson(() => histogramsOfRows(rows), before === ',' ? ',' : '', numbers, detail)
      text = ''
    }
    text += '}'
  }
  yield `${text}]`
}

function* histogramsOfRows(rows: SeriesRows['rows']): Generator<HistogramPoint> {
  for (const { block, grid, row } of rows) {
    if (block.histograms === undefined) continue
    for (let step = 0; step < block.steps; step++) {
      const cell = row * block.steps + step
      if (block.present[cell] === HISTOGRAM) yield [stepTime(grid, step), histogramAt(block, cell)]
    }
  }
}

/** The printed steps of each grid: every series of a group has the same. */
export function printedTimes(numbers: NumberStyle): (grid: Grid) => readonly string[] {
  const known = new Map<Grid, readonly string[]>()
  return (grid) => {
    const times = known.get(grid) ?? Array.from({ length: grid.count }, (_, step) => numbers.seconds(stepTime(grid, step)))
    known.set(grid, times)
    return times
  }
}

/** `[{"metric":…,"value":[t,"v"]},…]` of the only step; with a `histogram` instead of a `value` where it is one. */
export function* vectorJson(data: SeriesData, numbers: NumberStyle, detail: HistogramDetail): Generator<string> {
  const { block } = data
  const time = numbers.seconds(data.grid.startMs)
  let text = '['
  let separator = ''
  for (let row = 0; row < block.labels.length; row++) {
    if (block.present[row] === ABSENT) continue
    text += `${separator}{"metric":${labelsJson(block.labels[row])},${elementJson(block, row, time, numbers, detail)}}`
    separator = ','
    if (text.length < CHUNK_LENGTH) continue
    yield text
    text = ''
  }
  yield `${text}]`
}

function elementJson(block: SeriesBlock, row: number, time: string, numbers: NumberStyle, detail: HistogramDetail): string {
  if (block.present[row] === FLOAT) return `"value":[${time},"${numbers.value(block.values[row])}"]`
  const histogram = histogramAt(block, row)
  const shown = `"histogram":[${time},${shownHistogram(histogram, numbers.value)}]`
  return detail === 'whole' ? `${shown},"native":${nativeHistogram(histogram)}` : shown
}

/** `[t,"v"]` of an instant query; over the steps of a range, the matrix of one series without labels that Prometheus answers. */
function* scalarJson(data: ScalarData, numbers: NumberStyle): Generator<string> {
  if (data.grid.stepMs > 0) {
    yield '"resultType":"matrix","result":'
    yield* matrixJson(rowsOf(scalarSeries(data)), numbers, 'buckets')
    return
  }
  const value = formatFixed(data.values[0])
  yield `"resultType":"scalar","result":[${numbers.seconds(data.grid.startMs)},"${value}"]`
}

/** A scalar at each step as the one series without labels. */
export function scalarSeries(data: ScalarData): SeriesData {
  const steps = data.values.length
  const block: SeriesBlock = { kind: 'series', steps, labels: [[]], values: data.values, present: new Uint8Array(steps).fill(1), columns: {} }
  return { resultType: 'matrix', grid: data.grid, block, ordered: false }
}

function stringJson(data: StringData, numbers: NumberStyle): string {
  return `"resultType":"string","result":[${numbers.seconds(data.grid.startMs)},${JSON.stringify(data.value)}]`
}

/** Entries of the sets of one stream, by number of the set and in their order. */
interface StreamOfSet {
  readonly set: number
  readonly at: number[]
}

/**
 * `[{"stream":…,"categories":…,"values":[["ns","line"],…]},…]`: Loki's shape, with one member more that tells
 * which labels are structured metadata and which were parsed. One stream for each label set.
 */
function* streamsJson(data: StreamsData): Generator<string> {
  const { block } = data
  let text = '['
  let separator = ''
  for (const { set, at } of streamsOf(block)) {
    const { labels, metadata, parsed } = block.sets[set]
    const categories = `{"structuredMetadata":${labelsJson(metadata)},"parsed":${labelsJson(parsed)}}`
    text += `${separator}{"stream":${labelsJson(labels)},"categories":${categories},"values":[`
    separator = ','
    for (let i = 0; i < at.length; i++) {
      text += `${i === 0 ? '' : ','}["${block.ts[at[i]]}",${JSON.stringify(block.line[at[i]])}]`
      if (text.length < CHUNK_LENGTH) continue
      yield text
      text = ''
    }
    text += ']}'
  }
  yield `${text}]`
}

function streamsOf(block: EntriesBlock): readonly StreamOfSet[] {
  const byKey = new Map<string, StreamOfSet>()
  for (let i = 0; i < block.set.length; i++) {
    const set = block.sets[block.set[i]]
    const key = `${labelsKey(set.labels)}\ud801${labelsKey(set.metadata)}\ud801${labelsKey(set.parsed)}`
    const stream = byKey.get(key)
    if (stream === undefined) byKey.set(key, { set: block.set[i], at: [i] })
    else stream.at.push(i)
  }
  return [...byKey.values()]
}
