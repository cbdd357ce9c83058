/** Every answer against the reference, before anything is timed. */
import { open } from '../actors/main.js'
import { labelValue } from '../src/model/labels.js'
import { HICARD_START_MS, hicardEndMs, hicardSeries, type HicardOptions } from './hicard-data.js'
import type { HicardQuery } from './hicard-queries.js'
import { collect, type Steps } from './hicard-reference.js'

/** The reference looks at every sample for every step, so it is asked for few steps. */
const CHECK_STEP_MS = 300_000
const TOLERANCE = 1e-9

/** Throws naming query, series and step of the first difference. */
export async function checkAnswers(folder: string, options: HicardOptions, queries: readonly HicardQuery[]): Promise<void> {
  const startMs = HICARD_START_MS + CHECK_STEP_MS
  const steps: Steps = { startMs, stepMs: CHECK_STEP_MS, count: Math.floor((hicardEndMs(options) - startMs) / CHECK_STEP_MS) + 1 }
  const rows = collect(hicardSeries(options), queries.flatMap((query) => query.collectors), steps)
  const engine = await open({ data: folder })
  try {
    let taken = 0
    for (const query of queries) {
      const expected = query.finish(rows.slice(taken, (taken += query.collectors.length)), steps)
      const found = await answerOf(engine, query, steps)
      if (query.ranked === true) compare(query, ranks(expected, steps), ranks(found, steps), steps)
      else compare(query, expected, found, steps)
    }
    console.log(`checked ${queries.length} queries against the reference at ${steps.count} steps`)
  } finally {
    await engine.close()
  }
}

async function answerOf(engine: Awaited<ReturnType<typeof open>>, query: HicardQuery, steps: Steps): Promise<Map<string, Float64Array>> {
  const found = new Map<string, Float64Array>()
  const startNs = BigInt(steps.startMs) * 1_000_000n
  const endNs = startNs + BigInt(steps.stepMs * (steps.count - 1)) * 1_000_000n
  for await (const event of engine.query({ language: 'promql', text: query.text, when: { kind: 'range', startNs, endNs, stepMs: steps.stepMs } })) {
    if (event.type === 'error') throw new Error(`${query.text}: ${event.error.message}`)
    if (event.type !== 'data' || !('block' in event.data) || event.data.block.kind !== 'series' || event.data.resultType === 'streams') continue
    const { block, grid } = event.data
    const first = (grid.startMs - steps.startMs) / steps.stepMs
    block.labels.forEach((labels, s) => {
      const key = query.label === '' ? '' : labelValue(labels, query.label)
      const row = found.get(key) ?? new Float64Array(steps.count).fill(NaN)
      found.set(key, row)
      for (let k = 0; k < block.steps; k++) if (block.present[s * block.steps + k] === 1) row[first + k] = block.values[s * block.steps + k]
    })
  }
  return found
}

function compare(query: HicardQuery, expected: ReadonlyMap<string, Float64Array>, found: ReadonlyMap<string, Float64Array>, steps: Steps): void {
  const keys = new Set([...expected.keys(), ...found.keys()])
  for (const key of keys) {
    for (let k = 0; k < steps.count; k++) {
      const want = expected.get(key)?.[k] ?? NaN
      const got = found.get(key)?.[k] ?? NaN
      const same = Number.isNaN(want) ? Number.isNaN(got) : Math.abs(want - got) <= TOLERANCE * Math.max(Math.abs(want), Math.abs(got))
      if (!same) throw new Error(`${query.text}: ${query.label}=${key} step ${k}: ${got}, the reference says ${want}`)
    }
  }
}

/** The values of each step by rank instead of by series. */
function ranks(rows: ReadonlyMap<string, Float64Array>, steps: Steps): ReadonlyMap<string, Float64Array> {
  const ranked = Array.from({ length: rows.size }, () => new Float64Array(steps.count).fill(NaN))
  for (let k = 0; k < steps.count; k++) {
    const values = [...rows.values()].map((row) => row[k]).filter((value) => !Number.isNaN(value))
    values.sort((a, b) => b - a).forEach((value, rank) => (ranked[rank][k] = value))
  }
  return new Map(ranked.map((row, rank) => [`rank ${rank}`, row] as const).filter(([, row]) => row.some((value) => !Number.isNaN(value))))
}
