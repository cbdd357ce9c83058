/** Answers by series and step, the engine's and a reference's, held against each other. */
import type { Engine, QueryEvent, QueryRequest } from '../actors/main.js'
import { labelValue } from '../src/model/labels.js'

/** Steps in ms. */
export interface Steps {
  readonly startMs: number
  readonly stepMs: number
  readonly count: number
}

/** Value by the label that names a series and by step; NaN stands for no value, since none of the queries yields NaN. */
export type StepRows = ReadonlyMap<string, Float64Array>

const TOLERANCE = 1e-9

/** The events of a query up to its end; throws if it fails. */
export async function* eventsOf(engine: Engine, request: QueryRequest): AsyncGenerator<QueryEvent> {
  for await (const event of engine.query(request)) {
    if (event.type === 'error') throw new Error(`${request.text}: ${event.error.message}`)
    yield event
  }
}

/** The answer of a query whose series differ in `label` alone; the empty string: there is one series. */
export async function rowsOf(engine: Engine, request: QueryRequest, label: string, steps: Steps): Promise<StepRows> {
  const found = new Map<string, Float64Array>()
  for await (const event of eventsOf(engine, request)) {
    if (event.type !== 'data' || !('block' in event.data) || event.data.block.kind !== 'series' || event.data.resultType === 'streams') continue
    const { block, grid } = event.data
    const first = (grid.startMs - steps.startMs) / steps.stepMs
    block.labels.forEach((labels, s) => {
      const key = label === '' ? '' : labelValue(labels, label)
      const row = found.get(key) ?? new Float64Array(steps.count).fill(NaN)
      found.set(key, row)
      for (let k = 0; k < block.steps; k++) if (block.present[s * block.steps + k] === 1) row[first + k] = block.values[s * block.steps + k]
    })
  }
  return found
}

/** Throws naming query, series and step of the first difference. */
export function compareRows(text: string, expected: StepRows, found: StepRows): void {
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [wanted, got] = [expected.get(key), found.get(key)]
    for (let k = 0; k < (wanted ?? got ?? []).length; k++) {
      if (!near(wanted?.[k] ?? NaN, got?.[k] ?? NaN)) throw new Error(`${text}: ${JSON.stringify(key)} step ${k}: ${got?.[k]}, the reference says ${wanted?.[k]}`)
    }
  }
}

function near(wanted: number, got: number): boolean {
  return Number.isNaN(wanted) ? Number.isNaN(got) : Math.abs(wanted - got) <= TOLERANCE * Math.max(Math.abs(wanted), Math.abs(got))
}

/** The values of each step by rank instead of by series. */
export function ranks(rows: StepRows, steps: Steps): StepRows {
  const ranked = Array.from({ length: rows.size }, () => new Float64Array(steps.count).fill(NaN))
  for (let k = 0; k < steps.count; k++) {
    const values = [...rows.values()].map((row) => row[k]).filter((value) => !Number.isNaN(value))
    values.sort((a, b) => b - a).forEach((value, rank) => (ranked[rank][k] = value))
  }
  return new Map(ranked.map((row, rank) => [`rank ${rank}`, row] as const).filter(([, row]) => row.some((value) => !Number.isNaN(value))))
}

/** topk at each step, the values of those that are not among the k greatest taken out. */
export function topOf(k: number, rows: StepRows, steps: Steps): StepRows {
  const result = new Map([...rows].map(([key]) => [key, new Float64Array(steps.count).fill(NaN)]))
  for (let step = 0; step < steps.count; step++) {
    const present = [...rows].filter(([, row]) => !Number.isNaN(row[step])).sort((a, b) => b[1][step] - a[1][step])
    for (const [key, row] of present.slice(0, k)) (result.get(key) as Float64Array)[step] = row[step]
  }
  return new Map([...result].filter(([, row]) => row.some((value) => !Number.isNaN(value))))
}
