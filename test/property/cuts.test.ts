/**
 * How a query is cut does not show in its answer. Random data in many small segments of several imports, random queries;
 * each is answered with the planner's cuts, with groups cut at random, and with units cut at random.
 * Groups: the same bytes. Units: the same bytes, but for sums of floats, which may differ in the last two places.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { importFile, importSeries } from '../../src/ingest/ingest.js'
import { groupOf } from '../../src/lookup/step-groups.js'
import { PLANNED_CUTS, type Cuts } from '../../src/lookup/lookup.js'
import type { Data, QueryRequest } from '../../src/model/event.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { openLake, type Lake } from '../harness/lake.js'
import { randomGroups, randomSlices } from '../harness/random-cuts.js'
import { histogramSeries } from '../harness/random-histograms.js'
import { entriesOf, histogramsOf, pointsOf, runStraight } from '../harness/straight.js'

// Real Parquet is read some thousand times.
t.setTimeout(300_000)

const SEEDS = Number(process.env['CUTS_SEEDS'] ?? 300)
const START_MS = 1_700_000_000_000
const SPAN_MS = 3_600_000
const PROMQL = [
  'm',
  'sum by (job) (m)',
  'avg(m)',
  'max by (pod) (rate(m[5m]))',
  'sum by (job) (rate(m[90s]))',
  'count(m > 50)',
  'increase(m[10m]) * 2',
  'topk(2, m)',
  'bottomk(1, sum by (pod) (m))',
  'sum_over_time(m[3m])',
  'quantile_over_time(0.5, m[4m])',
  'avg_over_time(m{job="a"}[7m])',
  'm - on (pod, job) group_left last_over_time(other[10m])',
  'sum by (job) (m) / count by (job) (m)',
  'm and on (job) (m > 100)',
  'm offset -3m',
  'delta(m[6m] offset 4m)',
  'm @ 1700001800',
  'm - m @ end()',
  'last_over_time({__name__=~"m|other"}[2m])',
  'absent(m{job="nope"})',
  'group by (job) (m) unless m{job="b"}',
]
const HISTOGRAMS = [
  'h',
  'rate(h[5m])',
  'increase(h{pod=~"p[0-4]"}[3m])',
  'last_over_time(h[4m])',
  'first_over_time(h[4m])',
  'sum_over_time(h[2m])',
  'resets(h[6m])',
  'h offset 2m',
  'last_over_time({__name__=~"h|nothing"}[90s])',
  'sum_over_time(h[5m:30s])',
  'h @ 1700001800',
]
const SUMS = /sum|avg|\/ count/
const LOGQL = ['count_over_time({app="x"}[5m])', 'sum by (pod) (rate({app=~".+"} |= "e" [90s]))', 'bytes_over_time({app=~".+"} | logfmt | n > 40 [4m] offset 2m)', 'sum(count_over_time({app=~".+"} | json | __error__="" [3m])) by (level)']
const ENTRIES = ['{app=~".+"}', '{app="x"} |~ "[0-4]"', '{app=~"x|y"} | logfmt | n < 50']

t.test('metrics', { timeout: 300_000 }, async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: join(tmpdir(), 'millrace-cuts'), threads: 1 })
  const lake = await openLake(t, { importBufferSamplesMax: 3_000 })
  await fillMetrics(lake, seeded(11))
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const text = PROMQL[random.below(PROMQL.length)]
    const request = rangeRequest('promql', text, random)
    await holds(t, lake, duckdb, request, random, seed, SUMS.test(text))
  }
  duckdb.close()
})

t.test('native histograms and start times', { timeout: 300_000 }, async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: join(tmpdir(), 'millrace-cuts'), threads: 1 })
  const lake = await openLake(t, { importBufferSamplesMax: 20_000 })
  const random = seeded(13)
  for (let round = 0; round < 3; round++) await importSeries(mixedSeries(random, round), { file: `round ${round}` }, lake.parts)
  let answered = 0
  for (let seed = 1; seed <= SEEDS / 3; seed++) {
    const cut = seeded(seed)
    const request = rangeRequest('promql', HISTOGRAMS[cut.below(HISTOGRAMS.length)], cut)
    const run = (cuts: Cuts): Promise<readonly Data[]> =>
      runStraight(lake, duckdb, request, DEFAULT_LIMITS, cuts)
    const whole = await run(one)
    answered += histogramsOf(whole).size
    for (const [name, cuts] of [['groups', { ...one, groups: randomGroups(cut) }], ['units', { groups: randomGroups(cut), parts: () => 1 + cut.below(7) }]] as const) {
      const met = await run(cuts)
      t.same(difference(pointsOf(met), pointsOf(whole), 0n), [], `seed ${seed} ${request.text}: numbers, ${name} at random`)
      t.same([...histogramsOf(met)].sort(), [...histogramsOf(whole)].sort(), `seed ${seed} ${request.text}: histograms, ${name} at random`)
    }
  }
  t.ok(answered > SEEDS, `${answered} histograms were answered`)
  duckdb.close()
})

t.test('log metrics and entries', { timeout: 300_000 }, async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: join(tmpdir(), 'millrace-cuts'), threads: 1 })
  const lake = await openLake(t, { importBufferRowsMax: 400 })
  await fillLogs(lake, seeded(12))
  for (let seed = 1; seed <= SEEDS / 3; seed++) {
    const random = seeded(seed)
    const request = rangeRequest('logql', LOGQL[random.below(LOGQL.length)], random)
    await holds(t, lake, duckdb, request, random, seed, false)
  }
  for (let seed = 1; seed <= SEEDS / 3; seed++) {
    const random = seeded(seed)
    const limit = [0, 1, 7, 100][random.below(4)]
    const direction = random.below(2) === 0 ? 'forward' : 'backward'
    const startNs = BigInt(START_MS + random.below(SPAN_MS)) * 1_000_000n
    const endNs = startNs + BigInt(random.below(SPAN_MS)) * 1_000_000n + BigInt(random.below(3))
    const request: QueryRequest = { language: 'logql', text: ENTRIES[random.below(ENTRIES.length)], when: { kind: 'entries', startNs, endNs, direction, limit } }
    const whole = entriesOf(await runStraight(lake, duckdb, request, DEFAULT_LIMITS, one))
    const planned = entriesOf(await runStraight(lake, duckdb, request, { ...DEFAULT_LIMITS, unitRowsTarget: 300 }))
    const cut = entriesOf(await runStraight(lake, duckdb, request, DEFAULT_LIMITS, { groups: randomSlices(random), parts: () => 1 + random.below(4) }))
    t.same(planned, whole, `seed ${seed} ${request.text} ${direction} ${limit}: planned slices`)
    t.same(cut, whole, `seed ${seed} ${request.text} ${direction} ${limit}: random slices`)
  }
  duckdb.close()
})

/** Everything in one group and one unit. */
const one: Cuts = {
  groups: (plan, lookups) => {
    if (plan.entries === undefined) return [groupOf(plan, 0, 0, plan.grid.count)]
    const { startNs, endNs } = plan.entries
    return lookups.some((lookup) => lookup.segments.length > 0) ? [{ index: 0, firstStep: 0, stepCount: 1, startNs, endNs }] : []
  },
  parts: () => 1,
}

async function holds(
  t: Test,
  lake: Lake,
  duckdb: Awaited<ReturnType<typeof openDuckdb>>,
  request: QueryRequest,
  random: Seeded,
  seed: number,
  sums: boolean,
): Promise<void> {
  const run = (cuts?: Cuts): Promise<readonly Data[]> => runStraight(lake, duckdb, request, DEFAULT_LIMITS, cuts)
  const whole = pointsOf(await run(one))
  const planned = pointsOf(await run())
  const grouped = pointsOf(await run({ ...one, groups: randomGroups(random) }))
  const name = `seed ${seed} ${request.text}`
  t.same(difference(grouped, whole, 0n), [], `${name}: groups at random`)
  t.same(difference(planned, whole, sums ? 2n : 0n), [], `${name}: as planned`)
  const units = pointsOf(await run({ groups: PLANNED_CUTS.groups, parts: () => 1 + random.below(7) }))
  t.same(difference(units, whole, sums ? 2n : 0n), [], `${name}: units at random`)
}

/** Points that one answer has and the other has not, or whose values are more than `places` representable numbers apart. */
function difference(a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>, places: bigint): readonly string[] {
  const keys = new Set([...a.keys(), ...b.keys()])
  return [...keys].filter((key) => {
    const [x, y] = [a.get(key), b.get(key)]
    if (x === undefined || y === undefined) return true
    return x - y > places || y - x > places
  })
}

function rangeRequest(language: 'promql' | 'logql', text: string, random: Seeded): QueryRequest {
  const startMs = START_MS + random.below(SPAN_MS) - 600_000
  const stepMs = [1_000, 7_000, 15_000, 60_000, 300_000][random.below(5)]
  const endMs = startMs + stepMs * random.below(60)
  return { language, text, when: { kind: 'range', startNs: BigInt(startMs) * 1_000_000n, endNs: BigInt(endMs) * 1_000_000n, stepMs } }
}

/** Three imports that overlap in time and series; values with all bits used, resets, gaps, staleness markers, a NaN here and there. */
async function fillMetrics(lake: Lake, random: Seeded): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await importSeries(randomSeries(random, round), { file: `round ${round}` }, lake.parts)
  }
}

function* randomSeries(random: Seeded, round: number) {
  for (let pod = 0; pod < 24; pod++) {
    for (const name of ['m', 'other']) {
      if (random.below(4) === 0) continue
      const labels = labelsFrom([['__name__', name], ['job', 'abc'[pod % 3]], ['pod', `p${pod}`]])
      const first = START_MS + round * (SPAN_MS / 4) + random.below(60_000)
      const size = 1 + random.below(160)
      const t = Float64Array.from({ length: size }, (_, i) => first + i * 15_000 + random.below(400))
      let total = 0
      const v = Float64Array.from({ length: size }, () => {
        total = random.below(40) === 0 ? 0 : total + random.next() * 10
        return random.below(200) === 0 ? NaN : total
      })
      const stale = Uint8Array.from({ length: size }, () => (random.below(50) === 0 ? 1 : 0))
      yield { labels, t, v, stale }
    }
  }
}

/** Histograms, floats and staleness markers by turns, some with start times; three imports that overlap in time and series. */
function* mixedSeries(random: Seeded, round: number) {
  for (let pod = 0; pod < 12; pod++) {
    if (random.below(4) === 0) continue
    const first = START_MS + round * (SPAN_MS / 4) + random.below(60_000)
    // Samples of every third series are just too far from each other to be seen at one step, so that hints change at the edges of windows.
    const everyMs = pod % 3 === 0 ? 305_000 : 15_000
    const size = 1 + random.below(pod % 3 === 0 ? 12 : 140)
    // Every second series of a round falls on the times of the other rounds, so that the later import has to win.
    const t = Float64Array.from({ length: size }, (_, i) => (pod % 2 === 0 ? Math.ceil(first / 15_000) * 15_000 + i * everyMs : first + i * everyMs + random.below(400)))
    const stale = Uint8Array.from({ length: size }, () => (random.below(40) === 0 ? 1 : 0))
    const values = histogramSeries(random)
    const floats = random.below(3) === 0
    const histograms = new Map([...t.keys()].flatMap((i) => (stale[i] === 1 || (floats && random.below(8) === 0) ? [] : [[i, values.next().value] as const])))
    const startTimes = t.map((time) => (random.below(3) === 0 ? 0 : time - random.below(90_000)))
    const labels = labelsFrom([['__name__', 'h'], ['pod', `p${pod}`]])
    yield { labels, t, v: t.map(() => random.next()), stale, histograms, ...(random.below(2) === 0 ? { startTimes } : {}) }
  }
}

async function fillLogs(lake: Lake, random: Seeded): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const lines = Array.from({ length: 12 }, () => `${JSON.stringify({ streams: [randomStream(random, round)] })}\n`)
    async function* body(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(lines.join(''))
    }
    await importFile({ file: `round ${round}`, format: 'loki', body: body() }, lake.parts)
  }
}

function randomStream(random: Seeded, round: number) {
  const levels = ['info', 'error', 'debug']
  const values = Array.from({ length: 60 }, () => {
    const ms = START_MS + round * (SPAN_MS / 4) + random.below(SPAN_MS / 2)
    const ns = BigInt(ms) * 1_000_000n + BigInt(random.below(2))
    const level = levels[random.below(3)]
    const n = random.below(100)
    return [String(ns), random.below(2) === 0 ? `level=${level} n=${n}` : JSON.stringify({ level, n })]
  })
  return { stream: { app: random.below(2) === 0 ? 'x' : 'y', pod: `p${random.below(5)}` }, values }
}
