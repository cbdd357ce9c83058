/** Every answer against the reference, before anything is timed. */
import { open } from '../actors/main.js'
import { compareRows, ranks, rowsOf, type Steps } from './answer-rows.js'
import { HICARD_START_MS, hicardEndMs, hicardSeries, type HicardOptions } from './hicard-data.js'
import type { HicardQuery } from './hicard-queries.js'
import { collect } from './hicard-reference.js'

/** The reference looks at every sample for every step, so it is asked for few steps. */
const CHECK_STEP_MS = 300_000

/** Throws naming query, series and step of the first difference. */
export async function checkAnswers(folder: string, options: HicardOptions, queries: readonly HicardQuery[]): Promise<void> {
  const startMs = HICARD_START_MS + CHECK_STEP_MS
  const steps: Steps = { startMs, stepMs: CHECK_STEP_MS, count: Math.floor((hicardEndMs(options) - startMs) / CHECK_STEP_MS) + 1 }
  const rows = collect(hicardSeries(options), queries.flatMap((query) => query.collectors), steps)
  const startNs = BigInt(startMs) * 1_000_000n
  const when = { kind: 'range', startNs, endNs: startNs + BigInt(CHECK_STEP_MS * (steps.count - 1)) * 1_000_000n, stepMs: CHECK_STEP_MS } as const
  const engine = await open({ data: folder })
  try {
    let taken = 0
    for (const { text, label, collectors, finish, ranked } of queries) {
      const expected = finish(rows.slice(taken, (taken += collectors.length)), steps)
      const found = await rowsOf(engine, { language: 'promql', text, when }, label, steps)
      if (ranked === true) compareRows(text, ranks(expected, steps), ranks(found, steps))
      else compareRows(text, expected, found)
    }
    console.log(`checked ${queries.length} queries against the reference at ${steps.count} steps`)
  } finally {
    await engine.close()
  }
}
