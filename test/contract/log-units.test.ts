/**
 * Log leaves over real Parquet segments, against a slow evaluation of the same entries: random streams with equal
 * timestamps, the same entries imported again, several overlapping segments, windows that end on an entry to the
 * nanosecond, any cut of the hashes and of the steps.
 */
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { runLogUnit } from '../../src/execute/logs.js'
import type { EntriesBlock } from '../../src/model/block.js'
import type { LocalSegment } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import { labelsKey } from '../../src/model/labels.js'
import { WHOLE_HASH, type Accumulate, type LogSampleLeaf, type WorkUnit } from '../../src/model/plan.js'
import type { Grid } from '../../src/model/time.js'
import type { Duckdb } from '../../src/segment/segment.js'
import {
  entriesUnit,
  logsOf,
  pick,
  randomEntries,
  randomFrom,
  randomSegments,
  SECOND,
  START,
  sumUnit,
  unitContext,
  withLake,
  type Sums,
} from '../harness/log-lake.js'
import { inOrder, passed, slowSums, type Passed } from '../harness/slow-logs.js'

const SEEDS = 40

const LOG_QUERIES = [
  '{app=~".+"}',
  '{app="web"}',
  '{pod!="",app!="web"} |= "error"',
  '{pod=~".+",env=""} != "plain"',
  '{pod=~".+",env!~"prod|x"} |~ "(?i)LEVEL.+(info|error)" or "ünï"',
  '{pod=~"p[0-2]"} | json | level="error"',
  '{app=~"web|db"} | logfmt | status >= 400 | drop pod',
  '{app=~".+"} | json | logfmt | keep app, level',
  '{app=~".+"} | json | user_id="u1" |= "200"',
  '{app=~".+"} | trace="t1"',
  "{app=~\".+\"} |= \"it's\" or `\"u2\"` | logfmt",
  '{pod="nowhere"}',
]

// Two cores may be shared with other suites.
t.setTimeout(180_000)

t.test('log queries answer the entries of the range in their total order', async (t) => {
  await withLake(async (lake, duckdb) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = randomFrom(seed)
      const { segments, arrived } = await randomSegments(lake, random, randomEntries(random, 1 + Math.floor(random() * 120)))
      for (let turn = 0; turn < 4; turn++) {
        const text = pick(random, LOG_QUERIES)
        const direction = pick(random, ['forward', 'backward'] as const)
        const limit = pick(random, [0, 1, 3, 10, 1000])
        const from = START + BigInt(Math.floor(random() * 20)) * SECOND
        const to = from + BigInt(Math.floor(random() * 20)) * SECOND
        const inRange = ({ ts }: Passed): boolean => (from === to ? ts === from : ts >= from && ts < to)
        const wanted = inOrder(passed(arrived, text).filter(inRange), direction).slice(0, limit === 0 ? undefined : limit)
        const name = `seed ${seed}: ${text} ${direction} limit ${limit}`
        const whole = await readUnit(entriesUnit(text, from, to, direction, limit, WHOLE_HASH), segments, duckdb)
        if (differs(t, whole, wanted.map(shown), name)) return
        const cut = Math.floor((random() - 0.5) * 2 ** 32)
        const parts = [
          ...(await readUnit(entriesUnit(text, from, to, direction, 0, { from: WHOLE_HASH.from, to: cut }), segments, duckdb)),
          ...(await readUnit(entriesUnit(text, from, to, direction, 0, { from: cut, to: WHOLE_HASH.to }), segments, duckdb)),
        ]
        if (limit === 0 && differs(t, parts.sort(compareShown), whole.sort(compareShown), `${name}: two intervals of hashes`)) return
      }
    }
    t.pass(`${SEEDS} seeds`)
  })
})

async function readUnit(unit: WorkUnit, segments: readonly LocalSegment[], duckdb: Duckdb): Promise<Shown[]> {
  const { block } = await runLogUnit(unit, segments, unitContext(duckdb))
  const entries = block as EntriesBlock
  return entries.line.map((line, i) => [String(entries.ts[i]), labelsKey(entries.sets[entries.set[i]].labels), line])
}

type Shown = readonly [string, string, string]

function shown(entry: Passed): Shown {
  return [String(entry.ts), labelsKey(entry.labels), entry.line]
}

function compareShown(a: Shown, b: Shown): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x < y ? -1 : Number(x > y)
}

t.test('a small limit over many entries holds few of them and answers the same', async (t) => {
  await withLake(async (lake, duckdb) => {
    for (const [seed, seconds] of [[1, 30n], [2, 1n], [3, 1n], [4, 1n]] as const) {
      const random = randomFrom(seed)
      const entries = randomEntries(random, 6_000).map((entry, i) => ({ ...entry, line: `${entry.line} ${i}`, ts: START + (entry.ts % seconds) * SECOND }))
      const { segments, arrived } = await randomSegments(lake, random, entries)
      for (const direction of ['forward', 'backward'] as const) {
        // A label filter is left to the pipeline, so DuckDB cannot bound the time.
        const text = '{app=~".+"} | pod!="" | logfmt | json | drop pod, env, app'
        const seen = await readUnit(entriesUnit(text, START, START + 40n * SECOND, direction, 600, WHOLE_HASH), segments, duckdb)
        const wanted = inOrder(passed(arrived, text), direction).slice(0, 600).map(shown)
        if (differs(t, seen, wanted, `seed ${seed} ${direction}`)) return
      }
    }
    t.pass('4 seeds')
  })
})

t.test('what a unit cannot answer is an error with a code', async (t) => {
  await withLake(async (lake, duckdb) => {
    const random = randomFrom(3)
    const { segments } = await randomSegments(lake, random, randomEntries(random, 200))
    const grid = { startMs: Number(START / 1_000_000n) + 20_000, startNanos: 0, stepMs: 0, count: 1 }
    const leaf: LogSampleLeaf = { ...sampleLeaf('{app=~".+"} | json', 'count_over_time', GROUPINGS[0], random), rangeNs: 20n * SECOND, offsetNs: 0n }
    await t.rejects(sumUnit(leaf, grid, segments, duckdb), { code: 'bad_query', message: /^pipeline error: 'JSONParserErr' for series: '\{__error__="JSONParserErr", / })
    const dropped = { ...leaf, stages: logsOf('{app=~".+"} | json | drop __error__, __error_details__').stages }
    await t.resolves(sumUnit(dropped, grid, segments, duckdb))
    await t.rejects(sumUnit({ ...dropped, fn: 'quantile_over_time' }, grid, segments, duckdb), { code: 'internal' })
    await t.rejects(sumUnit(dropped, grid, segments, duckdb, { querySeriesMax: 3 }), { code: 'limit_exceeded', facts: { limit: 'querySeriesMax' } })
    const unit = entriesUnit('{app=~".+"}', START, START + SECOND, 'forward', 0, WHOLE_HASH)
    await t.rejects(runLogUnit(unit, segments, unitContext(duckdb, AbortSignal.abort())), { code: 'cancelled' })
    const [first] = segments
    await t.rejects(runLogUnit(unit, [{ ...first, path: `${first.path}.gone` }], unitContext(duckdb)), { code: 'corrupt_data' })
  })
})

t.test('a unit hears of a cancel between any two rows, for one of them may cost much', async (t) => {
  await withLake(async (lake, duckdb) => {
    const random = randomFrom(4)
    const { segments } = await randomSegments(lake, random, randomEntries(random, 300))
    const grid = { startMs: Number(START / 1_000_000n) + 20_000, startNanos: 0, stepMs: 0, count: 1 }
    const counted: LogSampleLeaf = { ...sampleLeaf('{app=~".+"} | line_format "x"', 'count_over_time', GROUPINGS[0], random), rangeNs: 20n * SECOND, offsetNs: 0n }
    const entries = entriesUnit('{app=~".+"} | line_format "x"', START, START + 20n * SECOND, 'forward', 0, WHOLE_HASH)
    for (const unit of [entries, { ...entries, grid, leaf: counted }]) {
      for (const most of [1, 20]) {
        let asked = 0
        const checkCancelled = (): void => {
          if (++asked === most) throw new QueryError({ code: 'cancelled', message: 'the unit was cancelled' })
        }
        await t.rejects(runLogUnit(unit, segments, { ...unitContext(duckdb), checkCancelled }), { code: 'cancelled' })
        t.equal(asked, most, 'no row more')
      }
    }
  })
})

const METRIC_LOGS = [
  '{app=~".+"}',
  '{app="web"} |= "error"',
  '{pod=~".+",env=""} | json | level!="" | __error__=""',
  '{app=~".+"} | logfmt | level="error"',
  '{app=~".+"} | json | __error__="" | drop status, dur, user_id, app_extracted',
  '{app=~".+"} | line_format "{{.pod}}:é"',
  '{app=~".+",pod!~"p1"} | trace!=""',
]

const GROUPINGS: readonly Accumulate[] = [
  { accumulator: 'samples', grouping: { without: true, labels: [] } },
  { accumulator: 'sum', grouping: { without: true, labels: [] } },
  { accumulator: 'sum', grouping: { without: false, labels: [] } },
  { accumulator: 'sum', grouping: { without: false, labels: ['level', 'app'] } },
  { accumulator: 'sum', grouping: { without: false, labels: ['app_extracted'] } },
  { accumulator: 'sum', grouping: { without: true, labels: ['pod', 'trace'] } },
  { accumulator: 'max', grouping: { without: false, labels: ['app'] } },
]

const FUNCTIONS = ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate']

t.test('range aggregations count every entry of a window once', async (t) => {
  await withLake(async (lake, duckdb) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = randomFrom(seed + 5000)
      const { segments, arrived } = await randomSegments(lake, random, randomEntries(random, 1 + Math.floor(random() * 120)))
      for (let turn = 0; turn < 4; turn++) {
        const text = pick(random, METRIC_LOGS)
        const leaf = sampleLeaf(text, pick(random, FUNCTIONS), pick(random, GROUPINGS), random)
        const grid = randomGrid(random)
        const name = `seed ${seed}: ${leaf.fn} of ${text} [${leaf.rangeNs}] offset ${leaf.offsetNs} step ${grid.stepMs} ${JSON.stringify(leaf.accumulate)}`
        const whole = await sumUnit(leaf, grid, segments, duckdb)
        if (differs(t, whole, slowSums(leaf, grid, passed(arrived, text)), name)) return
        const at = Math.floor(random() * grid.count)
        const later = { ...grid, startMs: grid.startMs + at * grid.stepMs, count: grid.count - at }
        const tail = Object.fromEntries(
          Object.entries(whole).flatMap(([key, values]) => (values.slice(at).some((value) => value !== null) ? [[key, values.slice(at)]] : [])),
        )
        const alone = withoutAbsent(await sumUnit(leaf, later, segments, duckdb))
        if (differs(t, alone, tail, `${name}: the steps from ${at} on alone`)) return
      }
    }
    t.pass(`${SEEDS} seeds`)
  })
})

/** An assertion for each of thousands of comparisons would take longer than the comparisons. */
function differs(t: Test, seen: unknown, wanted: unknown, name: string): boolean {
  if (isDeepStrictEqual(seen, wanted)) return false
  t.same(seen, wanted, name)
  return true
}

function sampleLeaf(text: string, fn: string, accumulate: Accumulate, random: () => number): LogSampleLeaf {
  const { matchers, stages } = logsOf(text)
  const offsetNs = pick(random, [0n, 0n, SECOND, -2n * SECOND, 500_000_001n])
  const rangeNs = pick(random, [1n, SECOND, 4n * SECOND, 7_500_000_000n])
  return { id: 0, signal: 'logs', kind: 'samples', matchers, stages, fn, args: [], rangeNs, offsetNs, accumulate }
}

function randomGrid(random: () => number): Grid {
  const startMs = Number(START / 1_000_000n) + Math.floor(random() * 30) * 1000
  const startNanos = pick(random, [0, 0, 1, 999_999])
  if (random() < 0.2) return { startMs, startNanos, stepMs: 0, count: 1 }
  return { startMs, startNanos, stepMs: pick(random, [1, 1000, 2500, 7000]), count: 1 + Math.floor(random() * 15) }
}

/** Series without a value are none; a unit may leave them in. */
function withoutAbsent(sums: Sums): Sums {
  return Object.fromEntries(Object.entries(sums).filter(([, values]) => values.some((value) => value !== null)))
}
