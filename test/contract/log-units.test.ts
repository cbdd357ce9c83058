/**
 * Log leaves over real Parquet segments, against a slow evaluation of the same entries: random streams with equal
 * timestamps, the same entries imported again, several overlapping segments, windows that end on an entry to the
 * nanosecond, any cut of the hashes and of the steps.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { runLogUnit } from '../../src/execute/logs.js'
import { compilePipeline, findAccumulator } from '../../src/language/language.js'
import type { EntriesBlock, SeriesBlock } from '../../src/model/block.js'
import type { LocalSegment } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import type { LogRangeExpr, StageExpr } from '../../src/model/expr.js'
import { hash64 } from '../../src/model/hash.js'
import { compareLabels, labelsFrom, labelsKey, onlyLabels, seriesHash, withoutLabels, type Labels, type Matcher } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { WHOLE_HASH, type Accumulate, type Direction, type HashInterval, type LogEntriesLeaf, type LogSampleLeaf, type WorkUnit } from '../../src/model/plan.js'
import { packageRoot } from '../../src/model/place.js'
import { stepTimeNs, type Grid } from '../../src/model/time.js'
import { parseLogql } from '../../src/parse/logql.js'
import { openDuckdb, writeLogSegment, type Duckdb } from '../../src/segment/segment.js'

interface TestEntry {
  readonly labels: Labels
  readonly ts: bigint
  readonly line: string
  readonly metadata: Labels
}

const START = 1_700_000_000_000_000_000n
const SECOND = 1_000_000_000n
const SEEDS = 40

function randomFrom(seed: number): () => number {
  let state = seed * 2654435761 + 1
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296
  }
}

function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]
}

const LINES = [
  '{"level":"info","status":200,"user":{"id":"u1"},"dur":"12ms"}',
  '{"level":"error","status":503,"user":{"id":"u2"},"dur":"2s","app":"inner"}',
  'level=info status=200 msg="all fine"',
  'level=error status=500 msg="it\'s on fire" app=inner',
  'plain text error',
  '',
  'líne with ünïcode 🚒',
  '{"level":"warn","status":404}',
]

function randomEntries(random: () => number, count: number): TestEntry[] {
  const streams = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, i) =>
    labelsFrom([
      ['app', pick(random, ['web', 'db', 'cache'])],
      ['pod', `p${i}`],
      ...(random() < 0.5 ? [['env', pick(random, ['prod', 'dev'])] as [string, string]] : []),
    ]),
  )
  return Array.from({ length: count }, () => ({
    labels: pick(random, streams),
    ts: START + BigInt(Math.floor(random() * 30)) * SECOND + (random() < 0.3 ? BigInt(Math.floor(random() * 3) - 1) : 0n),
    line: pick(random, LINES),
    metadata: random() < 0.3 ? labelsFrom([['trace', pick(random, ['t1', 't2'])], ...(random() < 0.3 ? [['app', 'meta'] as [string, string]] : [])]) : [],
  }))
}

function entryKey(entry: TestEntry): string {
  return JSON.stringify([labelsKey(entry.labels), String(entry.ts), entry.line, entry.metadata])
}

/** Each distinct entry once, by time and arrival. */
function distinct(entries: readonly TestEntry[]): TestEntry[] {
  const seen = new Set<string>()
  return entries.filter((entry) => {
    const key = entryKey(entry)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

class Lake {
  readonly #duckdb: Duckdb
  readonly #folder: string
  #count = 0

  constructor(duckdb: Duckdb, folder: string) {
    this.#duckdb = duckdb
    this.#folder = folder
  }

  async segment(given: readonly TestEntry[], created: number): Promise<LocalSegment> {
    const entries = distinct(given)
    const sets = [...new Map(entries.map((entry) => [labelsKey(entry.labels), entry.labels])).values()]
    const hashes = BigInt64Array.from(sets, seriesHash)
    const stream = Int32Array.from(entries, (entry) => sets.findIndex((set) => labelsKey(set) === labelsKey(entry.labels)))
    const order = Int32Array.from(entries, (_, i) => i).sort((a, b) => {
      const [x, y] = [hashes[stream[a]], hashes[stream[b]]]
      if (x !== y) return x < y ? -1 : 1
      return entries[a].ts === entries[b].ts ? a - b : entries[a].ts < entries[b].ts ? -1 : 1
    })
    const name = `s${this.#count++}`
    const path = join(this.#folder, `${name}.parquet`)
    const facts = await writeLogSegment(
      this.#duckdb,
      {
        labels: sets,
        hashes,
        order,
        stream,
        ts: BigInt64Array.from(entries, (entry) => entry.ts),
        id: BigInt64Array.from(entries, (entry) => hash64(JSON.stringify([entry.line, entry.metadata]))),
        line: (entry) => Buffer.from(entries[entry].line),
        metadata: entries.map((entry) => (entry.metadata.length === 0 ? undefined : entry.metadata)),
      },
      { path, object: name, limits: DEFAULT_LIMITS },
    )
    return { path, segment: { ...facts, id: String(this.#count), created } }
  }
}

async function withLake(body: (lake: Lake, duckdb: Duckdb) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-log-units-'))
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: folder, threads: 1 })
  try {
    await body(new Lake(duckdb, folder), duckdb)
  } finally {
    duckdb.close()
    await rm(folder, { recursive: true })
  }
}

interface Stored {
  readonly segments: readonly LocalSegment[]
  /** All entries in the order of their arrival, copies included. */
  readonly arrived: readonly TestEntry[]
}

/** Segments as imports leave them: cut by time, or overlapping, with some entries again in a later one. */
async function randomSegments(lake: Lake, random: () => number, entries: readonly TestEntry[]): Promise<Stored> {
  const parts = 1 + Math.floor(random() * 3)
  const overlapping = random() < 0.6
  const piles: TestEntry[][] = Array.from({ length: parts }, () => [])
  const slot = (entry: TestEntry): number => Math.min(parts - 1, Number(((entry.ts - START + 2n) * BigInt(parts)) / (31n * SECOND)))
  for (const entry of entries) piles[overlapping ? Math.floor(random() * parts) : slot(entry)].push(entry)
  if (overlapping) piles.push(entries.filter(() => random() < 0.5))
  const filled = piles.filter((pile) => pile.length > 0)
  const segments: LocalSegment[] = []
  for (const [created, pile] of filled.entries()) segments.push(await lake.segment(pile, created + 1))
  return { segments: segments.sort(() => random() - 0.5), arrived: filled.flat() }
}

function logsOf(text: string): { readonly matchers: readonly Matcher[]; readonly stages: readonly StageExpr[] } {
  const expr = parseLogql(text)
  if (expr.kind !== 'logs') throw new Error('not a log query')
  return expr
}

function matches(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ name, op, value }) => {
    const at = labels.findIndex((text, i) => i % 2 === 0 && text === name)
    const held = at < 0 ? '' : labels[at + 1]
    const regex = (): boolean => new RegExp(`^(?:${value})$`, 's').test(held)
    return op === '=' ? held === value : op === '!=' ? held !== value : op === '=~' ? regex() : !regex()
  })
}

interface Passed {
  readonly stream: bigint
  readonly ts: bigint
  readonly labels: Labels
  readonly line: string
  readonly error: string
}

function passed(entries: readonly TestEntry[], text: string): Passed[] {
  const { matchers, stages } = logsOf(text)
  const pipeline = compilePipeline(stages, { needed: 'all' })
  return distinct(entries).flatMap((entry) => {
    if (!matches(entry.labels, matchers)) return []
    if (!pipeline.process(entry.line, entry.labels, entry.metadata)) return []
    return [{ stream: seriesHash(entry.labels), ts: entry.ts, labels: pipeline.labels().labels, line: pipeline.line, error: pipeline.error }]
  })
}

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

const GRID: Grid = { startMs: 0, startNanos: 0, stepMs: 0, count: 1 }

function entriesUnit(text: string, from: bigint, to: bigint, direction: Direction, limit: number, interval: HashInterval): WorkUnit {
  const { matchers, stages } = logsOf(text)
  const leaf: LogEntriesLeaf = { id: 0, signal: 'logs', kind: 'entries', matchers, stages, accumulate: { accumulator: 'entries', grouping: { without: true, labels: [] } } }
  const group = { index: 0, firstStep: 0, stepCount: 1, startNs: from, endNs: to }
  const entries = { startNs: from, endNs: to, direction, limit }
  return { id: '0.0.0', organisation: 'o', language: 'logql', leaf, group, grid: GRID, interval, segments: [], entries, estimatedSamples: 0, seriesMax: 1000 }
}

const never = new AbortController().signal

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
  const { block } = await runLogUnit(unit, segments, duckdb, never)
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

function inOrder(entries: readonly Passed[], direction: Direction): Passed[] {
  const sign = direction === 'forward' ? 1 : -1
  return [...entries.keys()]
    .sort((a, b) => {
      if (entries[a].ts !== entries[b].ts) return entries[a].ts < entries[b].ts ? -sign : sign
      const byLabels = compareLabels(entries[a].labels, entries[b].labels)
      if (byLabels !== 0) return byLabels
      if (entries[a].stream !== entries[b].stream) return entries[a].stream < entries[b].stream ? -1 : 1
      return sign * (a - b)
    })
    .map((i) => entries[i])
}

t.test('a small limit over many entries holds few of them and answers the same', async (t) => {
  await withLake(async (lake, duckdb) => {
    for (const [seed, seconds] of [[1, 30n], [2, 1n], [3, 1n], [4, 1n]] as const) {
      const random = randomFrom(seed)
      const entries = randomEntries(random, 9_000).map((entry, i) => ({ ...entry, line: `${entry.line} n=${i}`, ts: START + (entry.ts % seconds) * SECOND }))
      const { segments, arrived } = await randomSegments(lake, random, entries)
      for (const direction of ['forward', 'backward'] as const) {
        // A label filter is left to the pipeline, so DuckDB cannot bound the time.
        const text = '{app=~".+"} | pod!="" | logfmt | json | drop pod'
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
    await t.rejects(sumUnit(dropped, grid, segments, duckdb, 3), { code: 'limit_exceeded', facts: { limit: 'querySeriesMax' } })
    const unit = entriesUnit('{app=~".+"}', START, START + SECOND, 'forward', 0, WHOLE_HASH)
    await t.rejects(runLogUnit(unit, segments, duckdb, AbortSignal.abort()), { code: 'cancelled' })
    const [first] = segments
    await t.rejects(runLogUnit(unit, [{ ...first, path: `${first.path}.gone` }], duckdb, never), { code: 'corrupt_data' })
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
  return { id: 0, signal: 'logs', kind: 'samples', matchers, stages, fn, args: [], rangeNs: pick(random, [1n, SECOND, 4n * SECOND, 7_500_000_000n]), offsetNs, accumulate }
}

function randomGrid(random: () => number): Grid {
  const startMs = Number(START / 1_000_000n) + Math.floor(random() * 30) * 1000
  const instant = random() < 0.2
  return { startMs, startNanos: pick(random, [0, 0, 1, 999_999]), stepMs: instant ? 0 : pick(random, [1, 1000, 2500, 7000]), count: instant ? 1 : 1 + Math.floor(random() * 15) }
}

type Sums = Record<string, (number | null)[]>

async function sumUnit(leaf: LogSampleLeaf, grid: Grid, segments: readonly LocalSegment[], duckdb: Duckdb, seriesMax = 1000): Promise<Sums> {
  const group = { index: 0, firstStep: 0, stepCount: grid.count, startNs: 0n, endNs: 0n }
  const unit: WorkUnit = { id: '0.0.0', organisation: 'o', language: 'logql', leaf, group, grid, interval: WHOLE_HASH, segments: [], estimatedSamples: 0, seriesMax }
  const block = (await runLogUnit(unit, segments, duckdb, never)).block as SeriesBlock
  const accumulator = findAccumulator(leaf.accumulate.accumulator)
  const columns = (accumulator?.columns ?? []).map((name) => block.columns[name])
  accumulator?.finish({ values: block.values, present: block.present, columns }, block.values.length)
  const row = (series: number): (number | null)[] =>
    Array.from({ length: block.steps }, (_, k) => (block.present[series * block.steps + k] === 1 ? block.values[series * block.steps + k] : null))
  return Object.fromEntries(block.labels.map((labels, series) => [labelsKey(labels), row(series)]).sort())
}

/** Series without a value are none; a unit may leave them in. */
function withoutAbsent(sums: Sums): Sums {
  return Object.fromEntries(Object.entries(sums).filter(([, values]) => values.some((value) => value !== null)))
}

function slowSums(leaf: LogSampleLeaf, grid: Grid, entries: readonly Passed[]): Sums {
  const { accumulator, grouping } = leaf.accumulate
  const names = new Set(grouping.labels)
  const group = (labels: Labels): Labels => (accumulator === 'samples' ? labels : grouping.without ? withoutLabels(labels, names) : onlyLabels(labels, names))
  const divisor = leaf.fn === 'rate' || leaf.fn === 'bytes_rate' ? Number(leaf.rangeNs) / 1e9 : 1
  const sums: Record<string, (number | null)[]> = {}
  for (let k = 0; k < grid.count; k++) {
    const end = stepTimeNs(grid, k) - leaf.offsetNs
    const series = new Map<string, { labels: Labels; sum: number }>()
    for (const entry of entries) {
      if (entry.ts <= end - leaf.rangeNs || entry.ts > end) continue
      const labels = accumulator === 'max' ? entry.labels : group(entry.labels)
      const held = series.get(labelsKey(labels)) ?? { labels, sum: 0 }
      held.sum += leaf.fn.startsWith('bytes') ? Buffer.byteLength(entry.line) : 1
      series.set(labelsKey(labels), held)
    }
    for (const { labels, sum } of series.values()) {
      const key = labelsKey(group(labels))
      sums[key] ??= Array.from({ length: grid.count }, () => null)
      sums[key][k] = Math.max(sums[key][k] ?? -Infinity, sum / divisor)
    }
  }
  return Object.fromEntries(Object.entries(sums).sort())
}

interface RecordedCase {
  readonly id: string
  readonly mode: string
  readonly quirk?: string
  readonly unstable?: string
  readonly dataset: string
  readonly query: string
  readonly start: string
  readonly end: string
  readonly step: string
  readonly direction?: Direction
  readonly limit?: number
  readonly interval?: string
  readonly expect: {
    readonly type: string
    readonly error?: string
    readonly result: readonly { readonly metric?: Record<string, string>; readonly stream?: Record<string, string>; readonly value?: [number, string]; readonly values?: readonly unknown[] }[]
  }
}

type RecordedData = readonly { readonly labels: Record<string, string>; readonly entries: readonly { readonly ts: string; readonly line: string; readonly metadata?: Record<string, string> }[] }[]

const corpus = join(packageRoot(), '../shared/corpora/logql/eval.json')

/** Grouping that a unit adds up, of `fn(…)`, `sum(fn(…))` and `sum by|without (…) (fn(…))`; undefined for all other queries. */
function pushable(query: string): { readonly fn: string; readonly range: LogRangeExpr; readonly accumulate: Accumulate } | undefined {
  const expr = parseLogql(query)
  const call = expr.kind === 'aggregate' && expr.op === 'sum' ? expr.operand : expr
  if (call.kind !== 'call' || !FUNCTIONS.includes(call.name)) return undefined
  const [range] = call.args
  if (range.kind !== 'logRange' || range.unwrap !== undefined) return undefined
  const grouping = expr.kind === 'aggregate' ? (expr.grouping ?? { without: false, labels: [] }) : { without: true, labels: [] }
  return { fn: call.name, range, accumulate: { accumulator: 'sum', grouping } }
}

t.test('recorded queries are answered as by Loki', { skip: existsSync(corpus) ? false : 'no corpora beside the package' }, async (t) => {
  const recorded = JSON.parse(readFileSync(corpus, 'utf8')) as { datasets: Record<string, RecordedData>; cases: RecordedCase[] }
  await withLake(async (lake, duckdb) => {
    const lakes = new Map<string, Promise<LocalSegment[]>>()
    const counts = { matched: 0, refused: 0, differ: 0 }
    for (const test of recorded.cases) {
      // Loki's engine test holds copies of entries, which a lake does not.
      if (test.mode === 'pipeline' || test.unstable !== undefined || holdsCopies(recorded.datasets[test.dataset]) || Number(test.interval ?? 0) > 0) continue
      if (test.quirk !== undefined && test.quirk !== 'no-labels-skips-parsers') continue
      if (test.expect.type === 'error' && !test.expect.error?.startsWith('pipeline error')) continue
      const segments = await (lakes.get(test.dataset) ?? remember(lakes, test.dataset, recordedSegments(lake, recorded.datasets[test.dataset])))
      const outcome = await answerRecorded(test, segments, duckdb)
      if (outcome === undefined) continue
      const wanted = expected(test)
      if (outcome === 'not supported yet') counts.refused++
      else if (isDeepStrictEqual(outcome, wanted)) counts.matched++
      else {
        counts.differ++
        t.same(outcome, wanted, `${test.id} ${test.query}`)
      }
    }
    t.comment(JSON.stringify(counts))
    t.ok(counts.matched > 300, `${counts.matched} answers compared`)
  })
})

function holdsCopies(data: RecordedData): boolean {
  return data.some(({ entries }) => new Set(entries.map((entry) => JSON.stringify(entry))).size < entries.length)
}

function remember<V>(map: Map<string, V>, key: string, value: V): V {
  map.set(key, value)
  return value
}

async function recordedSegments(lake: Lake, data: RecordedData): Promise<LocalSegment[]> {
  const entries = data.flatMap(({ labels, entries }) =>
    entries.map(({ ts, line, metadata }) => ({ labels: labelsFrom(Object.entries(labels)), ts: BigInt(ts), line, metadata: sorted(metadata ?? {}) })),
  )
  return entries.length === 0 ? [] : [await lake.segment(entries, 1)]
}

function sorted(object: Record<string, string>): Labels {
  return Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
}

async function answerRecorded(test: RecordedCase, segments: readonly LocalSegment[], duckdb: Duckdb): Promise<unknown> {
  try {
    if (test.mode === 'logs') {
      const unit = entriesUnit(test.query, BigInt(test.start), BigInt(test.end), test.direction ?? 'backward', test.limit ?? 100, WHOLE_HASH)
      return grouped((await runLogUnit(unit, segments, duckdb, never)).block as EntriesBlock)
    }
    const pushed = pushable(test.query)
    if (pushed === undefined) return undefined
    const { range, fn, accumulate } = pushed
    const leaf: LogSampleLeaf = { id: 0, signal: 'logs', kind: 'samples', ...logsPart(range), fn, args: [], accumulate }
    const startNs = BigInt(test.start)
    const stepNs = BigInt(test.step)
    if (stepNs % 1_000_000n !== 0n) return undefined
    const grid = {
      startMs: Number(startNs / 1_000_000n),
      startNanos: Number(startNs % 1_000_000n),
      stepMs: Number(stepNs / 1_000_000n),
      count: stepNs > 0n ? Number((BigInt(test.end) - startNs) / stepNs) + 1 : 1,
    }
    const sums = await sumUnit(leaf, grid, segments, duckdb)
    return Object.entries(sums)
      .map(([key, values]) => JSON.stringify([key, values.flatMap((value, k) => (value === null ? [] : [[grid.startMs + k * grid.stepMs, rounded(value)]]))]))
      .sort()
  } catch (thrown) {
    const { code, message } = QueryError.from(thrown)
    if (code === 'bad_query' && message.includes('not supported yet')) return 'not supported yet'
    if (code === 'bad_query' && message.startsWith('pipeline error')) return message.split('\n', 1)[0]
    throw thrown
  }
}

function logsPart(range: LogRangeExpr) {
  const { matchers, stages } = range.logs
  return { matchers, stages, rangeNs: range.rangeNs, offsetNs: range.offsetNs }
}

function rounded(value: number): string {
  return value.toPrecision(6)
}

function grouped(block: EntriesBlock): unknown {
  const streams = new Map<string, unknown[]>()
  for (const [i, line] of block.line.entries()) {
    const { labels, metadata, parsed } = block.sets[block.set[i]]
    const key = labelsKey(labels)
    streams.set(key, [...(streams.get(key) ?? []), [String(block.ts[i]), line, labelsKey(metadata), labelsKey(parsed)]])
  }
  return [...streams].map((stream) => JSON.stringify(stream)).sort()
}

function expected(test: RecordedCase): unknown {
  const { expect } = test
  if (expect.type === 'error') return expect.error?.split('\n', 1)[0]
  if (expect.type === 'streams') {
    const entry = (value: { ts: string; line: string; structuredMetadata?: Record<string, string>; parsed?: Record<string, string> }) => [
      value.ts,
      value.line,
      labelsKey(sorted(value.structuredMetadata ?? {})),
      labelsKey(sorted(value.parsed ?? {})),
    ]
    return expect.result.map(({ stream, values }) => JSON.stringify([labelsKey(sorted(stream ?? {})), (values as Parameters<typeof entry>[0][]).map(entry)])).sort()
  }
  return expect.result
    .map(({ metric, value, values }) => JSON.stringify([labelsKey(sorted(metric ?? {})), ((values ?? [value]) as [number, string][]).map(([ts, text]) => [ts, rounded(Number(text))])]))
    .sort()
}
