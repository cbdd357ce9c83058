/** Compares an answer with the lines below an `eval`, by the rules of Prometheus' own test runner. */
import { compactHistogram, histogramExpression } from '../../src/language/language.js'
import { FLOAT, HISTOGRAM, histogramAt, type RunsBlock } from '../../src/model/block.js'
import type { Remark } from '../../actors/answer.js'
import type { Data } from '../../src/model/event.js'
import type { BucketSpan, NativeHistogram } from '../../src/model/histogram.js'
import { compareLabels, labelsFromKey, labelsKey, type Labels } from '../../src/model/labels.js'
import { stepTime } from '../../src/model/time.js'
import type { DescribedValue, SeriesDescription } from '../../src/parse/series-description.js'
import { isText, type EvalCommand, type Expected, type Level } from './promqltest-file.js'

type Value = number | NativeHistogram
type Points = Map<number, Value>
type Wanted = ReadonlyMap<number, DescribedValue>

/** An answer, all its groups together. `fault`: what is wrong with it whatever is expected. */
export type Answer =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'series'; readonly type: 'vector' | 'matrix'; readonly series: ReadonlyMap<string, Points>; readonly fault?: string }

export function answerOf(results: readonly Data[]): Answer {
  const [first] = results
  if (first?.resultType === 'scalar') return { kind: 'scalar', value: first.values[0] }
  if (first?.resultType === 'string') return { kind: 'string', value: first.value }
  const series = new Map<string, Points>()
  let fault: string | undefined
  for (const data of results) fault ??= addData(data, series)
  return { kind: 'series', type: first?.resultType === 'vector' ? 'vector' : 'matrix', series, ...(fault === undefined ? {} : { fault }) }
}

/** A series that a group answers twice, or that is out of order, is a fault. */
function addData(data: Data, series: Map<string, Points>): string | undefined {
  const labels = addPoints(data, series)
  const keys = labels.map(labelsKey)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  if (twice !== undefined) return `${shown(twice)} is answered twice`
  if (data.resultType === 'vector') return undefined
  const wrong = labels.findIndex((each, i) => i > 0 && compareLabels(labels[i - 1], each) > 0)
  return wrong === -1 ? undefined : `series are not in label order: ${shown(keys[wrong])}`
}

/** The labels of the series that have any point, in the order of the answer. */
function addPoints(data: Data, series: Map<string, Points>): readonly Labels[] {
  if (data.resultType === 'samples') return addRuns(data.runs, series)
  if (data.resultType !== 'matrix' && data.resultType !== 'vector') throw new Error(`an answer of ${data.resultType}`)
  const { block, grid } = data
  return block.labels.filter((labels, s) => {
    const points = series.get(labelsKey(labels)) ?? new Map<number, Value>()
    let any = false
    for (let k = 0; k < block.steps; k++) {
      const at = s * block.steps + k
      if (block.present[at] === FLOAT) points.set(stepTime(grid, k), block.values[at])
      if (block.present[at] === HISTOGRAM) points.set(stepTime(grid, k), histogramAt(block, at))
      any ||= block.present[at] !== 0
    }
    if (any) series.set(labelsKey(labels), points)
    return any
  })
}

function addRuns({ labels, starts, t, v, histograms }: RunsBlock, series: Map<string, Points>): readonly Labels[] {
  labels.forEach((each, s) => {
    const points: Points = new Map()
    for (let i = starts[s]; i < starts[s + 1]; i++) points.set(t[i], histograms?.get(i) ?? v[i])
    series.set(labelsKey(each), points)
  })
  return labels
}

/** What is wrong with the answer of an `eval`, if anything is. The points of a vector stand at `askedMs`. */
export function answerFault(answer: Answer, { expected, ordered }: EvalCommand, askedMs: number): string | undefined {
  if (answer.kind !== expected.kind) return `answered a ${answer.kind}, not a ${expected.kind}`
  if (answer.kind === 'string') return answer.value === valueOf(expected) ? undefined : `${answer.value}, not ${valueOf(expected)}`
  if (answer.kind === 'scalar') return isAlmostEqual(answer.value, Number(valueOf(expected))) ? undefined : `${answer.value}, not ${valueOf(expected)}`
  if (expected.kind !== 'series') return undefined
  const { grid, series, isRangeVector } = expected
  const wantedType = grid.stepMs === 0 && !isRangeVector ? 'vector' : 'matrix'
  const firstMs = wantedType === 'vector' ? askedMs : grid.startMs
  if (answer.type !== wantedType) return `answered a ${answer.type}, not a ${wantedType}`
  const wanted = new Map(series.map((each) => [labelsKey(each.labels), wantedPoints(each, firstMs, grid.stepMs)]))
  const order = ordered && [...answer.series.keys()].join('\n') !== [...wanted.keys()].join('\n') ? 'in another order' : undefined
  return answer.fault ?? seriesFault(answer.series, wanted) ?? order
}

/** The same for the point at `timeMs` of the query asked over a range. A scalar has become a series without labels. */
export function rangeFault(answer: Answer, { expected, ordered }: EvalCommand, timeMs: number): string | undefined {
  if (answer.kind !== 'series') return `answered a ${answer.kind} over a range`
  if (ordered) return undefined
  if (answer.fault !== undefined) return answer.fault
  const at = new Map([...answer.series].map(([key, points]) => [key, new Map([...points].filter(([time]) => time === timeMs))]))
  for (const [key, points] of at) if (points.size === 0) at.delete(key)
  if (expected.kind === 'series') return seriesFault(at, new Map(expected.series.map((each) => [labelsKey(each.labels), wantedPoints(each, timeMs, 0)])))
  const [value] = [...at.values()].map((points) => points.get(timeMs))
  return typeof value === 'number' && isAlmostEqual(value, Number(valueOf(expected))) ? undefined : `${shownValue(value)}, not ${valueOf(expected)}`
}

function valueOf(expected: Expected): number | string {
  return expected.kind === 'series' ? 'series' : expected.value
}

function wantedPoints({ values }: SeriesDescription, startMs: number, stepMs: number): Wanted {
  return new Map(values.flatMap((value, i) => (value.kind === 'omitted' ? [] : [[startMs + i * stepMs, value]])))
}

function seriesFault(actual: ReadonlyMap<string, Points>, wanted: ReadonlyMap<string, Wanted>): string | undefined {
  const keys = [...new Set([...wanted.keys(), ...actual.keys()])]
  const faults = keys.flatMap((key) => {
    const [ours, theirs] = [actual.get(key), wanted.get(key)]
    const fault = ours === undefined ? 'is missing' : theirs === undefined ? `is too many: ${shownPoints(ours)}` : pointsFault(ours, theirs)
    return fault === undefined ? [] : [`${shown(key)} ${fault}`]
  })
  return faults.length === 0 ? undefined : faults.slice(0, 3).join('; ')
}

function pointsFault(actual: Points, wanted: Wanted): string | undefined {
  const same = actual.size === wanted.size && [...wanted].every(([time, value]) => isWanted(actual.get(time), value))
  return same ? undefined : `${shownPoints(actual)}, not ${[...wanted].map(([time, value]) => `${shownWanted(value)}@${time}`).join(' ').slice(0, 600)}`
}

/** A staleness marker is in no answer, so none is the one that is wanted. */
function isWanted(actual: Value | undefined, wanted: DescribedValue): boolean {
  switch (wanted.kind) {
    case 'omitted':
    case 'stale':
      return false
    case 'float':
      return typeof actual === 'number' && isAlmostEqual(actual, wanted.value)
    case 'histogram':
      return typeof actual === 'object' && isSameHistogram(actual, wanted.histogram) && (!wanted.hintIsTold || actual.hint === wanted.histogram.hint)
  }
}

/** Empty buckets aside: layouts to the bit, counts nearly. */
export function isSameHistogram(a: NativeHistogram, b: NativeHistogram): boolean {
  const [left, right] = [compactHistogram(a), compactHistogram(b)]
  const bounds = left.customBounds.length === right.customBounds.length && left.customBounds.every((bound, i) => bound === right.customBounds[i])
  if (left.schema !== right.schema || left.zeroThreshold !== right.zeroThreshold || !bounds) return false
  if (!sameSpans(left.positiveSpans, right.positiveSpans) || !sameSpans(left.negativeSpans, right.negativeSpans)) return false
  const numbers = (h: NativeHistogram): readonly number[] => [h.count, h.sum, h.zeroCount, ...h.positive, ...h.negative]
  const theirs = numbers(right)
  return numbers(left).every((value, i) => isAlmostEqual(value, theirs[i]))
}

function sameSpans(a: readonly BucketSpan[], b: readonly BucketSpan[]): boolean {
  return a.length === b.length && a.every(({ offset, length }, i) => offset === b[i].offset && length === b[i].length)
}

const LEAST_NORMAL = 2.2250738585072014e-308
const TOLERANCE = 1e-6

/** Within a millionth of their sum; NaN equals NaN. */
export function isAlmostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b)
  if (a === b) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < LEAST_NORMAL) return difference < TOLERANCE * LEAST_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE
}

/** What is wrong with the remarks beside an answer: each that is wanted must be there, and where some are wanted there are no others. */
export function remarksFault(remarks: readonly Remark[], rules: EvalCommand['remarks']): string | undefined {
  return levelFault(remarks, 'warning', rules) ?? levelFault(remarks, 'info', rules)
}

function levelFault(remarks: readonly Remark[], level: Level, rules: EvalCommand['remarks']): string | undefined {
  const rule = rules[level]
  const texts = remarks.filter((remark) => remark.level === level).map(({ message }) => message)
  if (rule === 'any') return undefined
  if (rule === 'none') return texts.length === 0 ? undefined : `a remark that must not be: ${texts[0]}`
  if (texts.length === 0) return `no ${level} beside the answer`
  const unmet = rule.find((text) => !texts.some((each) => isText(text, each)))
  const extra = texts.find((each) => !rule.some((text) => isText(text, each)))
  if (unmet === undefined && extra === undefined) return undefined
  return `${level} beside the answer: ${texts.join('; ')}, not ${rule.map(({ exactly, matching }) => exactly ?? matching?.pattern() ?? 'any').join('; ')}`
}

function shown(key: string): string {
  const labels = labelsFromKey(key)
  return `{${Array.from({ length: labels.length / 2 }, (_, i) => `${labels[2 * i]}=${JSON.stringify(labels[2 * i + 1])}`).join(', ')}}`
}

function shownPoints(points: Points): string {
  return [...points].map(([time, value]) => `${shownValue(value)}@${time}`).join(' ').slice(0, 600)
}

function shownValue(value: Value | undefined): string {
  return typeof value === 'object' ? `${histogramExpression(value)} ${value.hint}` : String(value)
}

function shownWanted(value: DescribedValue): string {
  if (value.kind === 'float') return String(value.value)
  return value.kind === 'histogram' ? `${histogramExpression(value.histogram)}${value.hintIsTold ? ` ${value.histogram.hint}` : ''}` : value.kind
}
