/**
 * How a query is cut does not show in its answer: not in a bit of its values, nor in its remarks. Random data in many small segments of
 * several imports, every shape of query; each is answered with the planner's cuts, with groups cut at random, and with units cut at random.
 */
import t, { type Test } from 'tap'
import { groupOf } from '../../src/lookup/step-groups.js'
import { PLANNED_CUTS, type Cuts } from '../../src/lookup/lookup.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { fillLogs, fillMetrics, SPAN_MS, START_MS } from '../harness/cuts-lake.js'
import { ENTRIES, LOGQL, PROMQL } from '../harness/cuts-queries.js'
import { exactAnswer, pointDifferences } from '../harness/exact.js'
import { openLake, type Lake } from '../harness/lake.js'
import { randomGroups, randomSlices } from '../harness/random-cuts.js'
import { rememberedScans } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'
import { entriesOf, runStraight } from '../harness/straight.js'

// Real Parquet is read some thousand times.
t.setTimeout(300_000)

/** How often each shape of query is asked, over ranges and cuts of its own. */
const ROUNDS = Number(process.env['CUTS_ROUNDS'] ?? 1)
const FIRST_SEED = Number(process.env['CUTS_SEED'] ?? 1)
const LOG_ROUNDS = 8 * ROUNDS
/** Remembered scans are let go of after so many queries. */
const QUERIES_REMEMBERED = 25

t.test('metrics', { timeout: 300_000 }, async (t) => {
  const duckdb = await opened(t)
  const lake = await openLake(t, { importBufferSamplesMax: 6_000 })
  await fillMetrics(lake, seeded(11))
  await eachHolds(t, lake, duckdb, 'promql', Array.from({ length: ROUNDS }, () => PROMQL).flat())
  duckdb.close()
})

t.test('log metrics', { timeout: 300_000 }, async (t) => {
  const duckdb = await opened(t)
  const lake = await openLake(t, { importBufferRowsMax: 400 })
  await fillLogs(lake, seeded(12))
  await eachHolds(t, lake, duckdb, 'logql', Array.from({ length: LOG_ROUNDS }, () => LOGQL).flat())
  duckdb.close()
})

t.test('log entries', { timeout: 300_000 }, async (t) => {
  const duckdb = await opened(t)
  const lake = await openLake(t, { importBufferRowsMax: 400 })
  await fillLogs(lake, seeded(12))
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ENTRIES.length * LOG_ROUNDS; seed++) {
    const random = seeded(seed)
    const limit = [0, 1, 7, 100][random.below(4)]
    const direction = random.below(2) === 0 ? 'forward' : 'backward'
    const startNs = BigInt(START_MS + random.below(SPAN_MS)) * 1_000_000n
    const endNs = startNs + BigInt(random.below(SPAN_MS)) * 1_000_000n + BigInt(random.below(3))
    const request: QueryRequest = { language: 'logql', text: ENTRIES[seed % ENTRIES.length], when: { kind: 'entries', startNs, endNs, direction, limit } }
    const scans = rememberedScans(duckdb)
    const whole = entriesOf(await runStraight(lake, scans, request, DEFAULT_LIMITS, one))
    const planned = entriesOf(await runStraight(lake, scans, request, { ...DEFAULT_LIMITS, unitRowsTarget: 300 }))
    const cut = entriesOf(await runStraight(lake, scans, request, DEFAULT_LIMITS, { groups: randomSlices(random), parts: () => 1 + random.below(4) }))
    t.same(planned, whole, `seed ${seed} ${request.text} ${direction} ${limit}: planned slices`)
    t.same(cut, whole, `seed ${seed} ${request.text} ${direction} ${limit}: random slices`)
  }
  duckdb.close()
})

async function opened(t: Test): Promise<Duckdb> {
  return openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
}

/** Everything in one group and one unit. */
const one: Cuts = {
  groups: (plan, lookups) => {
    if (plan.entries === undefined) return [groupOf(plan, 0, 0, plan.grid.count)]
    const { startNs, endNs } = plan.entries
    return lookups.some((lookup) => lookup.segments.length > 0) ? [{ index: 0, firstStep: 0, stepCount: 1, startNs, endNs }] : []
  },
  parts: () => 1,
}

async function eachHolds(t: Test, lake: Lake, duckdb: Duckdb, language: QueryRequest['language'], texts: readonly string[]): Promise<void> {
  let scans = rememberedScans(duckdb)
  let points = 0
  for (const [at, text] of texts.entries()) {
    if (at % QUERIES_REMEMBERED === 0) scans = rememberedScans(duckdb)
    const random = seeded(FIRST_SEED + at)
    const request = rangeRequest(language, text, random)
    const run = (cuts: Cuts): ReturnType<typeof exactAnswer> => exactAnswer({ lake, duckdb: scans, request, limits: DEFAULT_LIMITS, cuts })
    // The one that the others are measured by reads as a thread does, in DuckDB's own memory.
    const whole = await exactAnswer({ lake, duckdb, request, limits: DEFAULT_LIMITS, cuts: one })
    points += whole.size
    const ways: readonly (readonly [string, Cuts])[] = [
      ['as planned', PLANNED_CUTS],
      ['groups at random', { ...one, groups: randomGroups(random) }],
      ['units at random', { groups: PLANNED_CUTS.groups, parts: () => 1 + random.below(7) }],
    ]
    for (const [way, cuts] of ways) t.same(pointDifferences(await run(cuts), whole).slice(0, 5), [], `seed ${FIRST_SEED + at} ${text}: ${way}`)
  }
  t.ok(points > 20 * texts.length, `${points} points were compared`)
}

function rangeRequest(language: QueryRequest['language'], text: string, random: Seeded): QueryRequest {
  const startMs = START_MS + random.below(SPAN_MS) - 600_000
  const stepMs = [1_000, 7_000, 15_000, 60_000, 300_000][random.below(5)]
  const endMs = startMs + stepMs * random.below(60)
  return { language, text, when: { kind: 'range', startNs: BigInt(startMs) * 1_000_000n, endNs: BigInt(endMs) * 1_000_000n, stepMs } }
}
