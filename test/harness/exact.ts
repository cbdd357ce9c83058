/** Answers to the bit: what must not change however a query is cut or planned. */
import { FLOAT, HISTOGRAM, histogramAt } from '../../src/model/block.js'
import type { Data } from '../../src/model/event.js'
import { labelsFromKey, labelsKey, type Labels } from '../../src/model/labels.js'
import { stepTime } from '../../src/model/time.js'
import { QueryError } from '../../src/model/error.js'
import { exactText } from './random-histograms.js'
import { answerStraight, type Straight, type StraightAnswer } from './straight.js'

/** Every point of an answer by series and time, and every entry by its place, as text that tells any two values apart but NaNs; series in order where that is part of it. */
export function exactPoints(results: readonly Data[]): ReadonlyMap<string, string> {
  const points = new Map<string, string>()
  for (const data of results) addData(data, points)
  return points
}

function addData(data: Data, points: Map<string, string>): void {
  switch (data.resultType) {
    case 'string':
      points.set('string', data.value)
      return
    case 'scalar':
      data.values.forEach((value, k) => points.set(`scalar ${stepTime(data.grid, k)}`, exactNumber(value)))
      return
    case 'matrix':
    case 'vector': {
      const { block, grid } = data
      block.labels.forEach((labels, s) => {
        for (let k = 0; k < block.steps; k++) {
          const at = s * block.steps + k
          if (block.present[at] === FLOAT) points.set(place(labels, stepTime(grid, k)), exactNumber(block.values[at]))
          if (block.present[at] === HISTOGRAM) points.set(place(labels, stepTime(grid, k)), exactText(histogramAt(block, at)))
        }
      })
      if (data.ordered) points.set('order', block.labels.map(labelsKey).join(' '))
      return
    }
    case 'samples': {
      const { labels, starts, t, v, histograms } = data.runs
      labels.forEach((each, s) => {
        for (let i = starts[s]; i < starts[s + 1]; i++) {
          const histogram = histograms?.get(i)
          points.set(place(each, t[i]), histogram === undefined ? exactNumber(v[i]) : exactText(histogram))
        }
      })
      return
    }
    case 'streams': {
      const { sets, set, ts, line } = data.block
      // Groups follow each other, and nothing else is a point of such an answer.
      const before = points.size
      line.forEach((text, i) => {
        const { stream, metadata, parsed } = sets[set[i]]
        points.set(`entry ${before + i}`, `${ts[i]} ${JSON.stringify([stream, metadata, parsed].map((labels) => labelsFromKey(labelsKey(labels))))} ${text}`)
      })
      return
    }
  }
}

function place(labels: Labels, ms: number): string {
  return `${labelsFromKey(labelsKey(labels)).join('|')} ${ms}`
}

/** The shortest digits that read back as the same double. */
function exactNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Keys of the points that differ, by more than `places` representable numbers, with both values. */
export function pointDifferences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>, places = 0n): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const [x, y] = [a.get(key), b.get(key)]
    return x === y || (places > 0n && x !== undefined && y !== undefined && distance(x, y) <= places) ? [] : [`${key}: ${x} and ${y}`]
  })
}

function distance(x: string, y: string): bigint {
  const [a, b] = [Number(x), Number(y)].map((value) => new BigInt64Array(Float64Array.of(value).buffer)[0])
  return a > b ? a - b : b - a
}

/** A whole answer, or the error that there was instead: points and remarks. */
export async function exactAnswer(straight: Straight): Promise<ReadonlyMap<string, string>> {
  try {
    return exactWith(await answerStraight(straight))
  } catch (thrown) {
    const { code, message } = QueryError.from(thrown)
    return new Map([['error', `${code}: ${message}`]])
  }
}

function exactWith({ results, remarks }: StraightAnswer): ReadonlyMap<string, string> {
  return new Map([...exactPoints(results), ['remarks', remarks.map(({ message }) => message).join('\n')]])
}
