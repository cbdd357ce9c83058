/** Compares an answer with the lines below an `eval`, by the rules of Prometheus' own test runner. */
import type { Data } from '../../src/model/event.js'
import { compareUtf8, labelsKey, type Labels } from '../../src/model/labels.js'
import { stepTime } from '../../src/model/time.js'
import type { DescribedValue, SeriesDescription } from '../../src/parse/series-description.js'
import type { Expected } from './promqltest-file.js'

type Points = Map<number, number>

/** An answer, all its groups together. */
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
  let type: 'vector' | 'matrix' = 'matrix'
  for (const data of results) {
    if (data.resultType !== 'matrix' && data.resultType !== 'vector') throw new Error(`an answer of ${data.resultType}`)
    type = data.resultType
    fault ??= addSeries(data, series)
    if (type === 'matrix') fault ??= orderFault(data.block.labels)
  }
  return { kind: 'series', type, series, ...(fault === undefined ? {} : { fault }) }
}

function addSeries({ block, grid }: Extract<Data, { resultType: 'matrix' | 'vector' }>, series: Map<string, Points>): string | undefined {
  let fault: string | undefined
  const seen = new Set<string>()
  block.labels.forEach((labels, s) => {
    const key = labelsKey(labels)
    const points = series.get(key) ?? new Map<number, number>()
    for (let k = 0; k < block.steps; k++) {
      const at = s * block.steps + k
      if (block.present[at] === 1) points.set(stepTime(grid, k), block.values[at])
    }
    if (points.size === 0) return
    if (seen.has(key)) fault = `${shown(key)} is answered twice`
    seen.add(key)
    series.set(key, points)
  })
  return fault
}

function orderFault(labels: readonly Labels[]): string | undefined {
  const wrong = labels.findIndex((each, i) => i > 0 && compareLabels(labels[i - 1], each) > 0)
  return wrong === -1 ? undefined : `series are not in label order: ${shown(labelsKey(labels[wrong]))}`
}

function compareLabels(a: Labels, b: Labels): number {
  const differs = a.findIndex((text, i) => i < b.length && text !== b[i])
  return differs === -1 ? a.length - b.length : compareUtf8(a[differs], b[differs])
}

/** What is wrong with the answer of an `eval`, if anything is. The points of a vector stand at `askedMs`. */
export function answerFault(answer: Answer, expected: Expected, ordered: boolean, askedMs: number): string | undefined {
  if (answer.kind !== expected.kind) return `answered a ${answer.kind}, not a ${expected.kind}`
  if (answer.kind === 'string') return answer.value === valueOf(expected) ? undefined : `${answer.value}, not ${valueOf(expected)}`
  if (answer.kind === 'scalar') return isAlmostEqual(answer.value, Number(valueOf(expected))) ? undefined : `${answer.value}, not ${valueOf(expected)}`
  if (expected.kind !== 'series') return undefined
  const { grid, series, isRangeVector } = expected
  const wantedType = grid.stepMs === 0 && !isRangeVector ? 'vector' : 'matrix'
  const firstMs = wantedType === 'vector' ? askedMs : grid.startMs
  if (answer.type !== wantedType) return `answered a ${answer.type}, not a ${wantedType}`
  const wanted = new Map(series.map((each) => [labelsKey(each.labels), pointsOf(each, firstMs, grid.stepMs)]))
  const order = ordered && [...answer.series.keys()].join('\n') !== [...wanted.keys()].join('\n') ? 'in another order' : undefined
  return answer.fault ?? seriesFault(answer.series, wanted) ?? order
}

/** The same for the point at `timeMs` of the query asked over a range. A scalar has become a series without labels. */
export function rangeFault(answer: Answer, expected: Expected, timeMs: number): string | undefined {
  if (answer.kind !== 'series') return `answered a ${answer.kind} over a range`
  const at = new Map([...answer.series].map(([key, points]) => [key, new Map([...points].filter(([time]) => time === timeMs))]))
  for (const [key, points] of at) if (points.size === 0) at.delete(key)
  if (answer.fault !== undefined) return answer.fault
  if (expected.kind === 'series') return seriesFault(at, new Map(expected.series.map((each) => [labelsKey(each.labels), pointsOf(each, timeMs, 0)])))
  const [value] = [...at.values()].map((points) => points.get(timeMs))
  return value !== undefined && isAlmostEqual(value, Number(valueOf(expected))) ? undefined : `${value}, not ${valueOf(expected)}`
}

function valueOf(expected: Expected): number | string {
  return expected.kind === 'series' ? 'series' : expected.value
}

function pointsOf({ values }: SeriesDescription, startMs: number, stepMs: number): Points {
  return new Map(values.flatMap((value, i) => (value.kind === 'omitted' ? [] : [[startMs + i * stepMs, floatOf(value)]])))
}

function floatOf(value: DescribedValue): number {
  if (value.kind !== 'float') throw new Error(`a value that is no float: ${value.kind}`)
  return value.value
}

function seriesFault(actual: ReadonlyMap<string, Points>, wanted: ReadonlyMap<string, Points>): string | undefined {
  const keys = [...new Set([...wanted.keys(), ...actual.keys()])]
  const faults = keys.flatMap((key) => {
    const [ours, theirs] = [actual.get(key), wanted.get(key)]
    const fault = ours === undefined ? 'missing' : theirs === undefined ? `too many: ${shownPoints(ours)}` : pointsFault(ours, theirs)
    return fault === undefined ? [] : [`${shown(key)} ${fault}`]
  })
  return faults.length === 0 ? undefined : faults.slice(0, 3).join('; ')
}

function pointsFault(actual: Points, wanted: Points): string | undefined {
  const same = actual.size === wanted.size && [...wanted].every(([time, value]) => actual.has(time) && isAlmostEqual(actual.get(time) ?? NaN, value))
  return same ? undefined : `${shownPoints(actual)}, not ${shownPoints(wanted)}`
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

function shown(key: string): string {
  return `{${key.split('\xff').join(' ')}}`
}

function shownPoints(points: Points): string {
  return [...points].map(([time, value]) => `${value}@${time}`).join(' ').slice(0, 300)
}
