/**
 * A query that is taken apart gives what it gives whole, byte for byte: over random data, random queries, random ranges and numbers of parts.
 * The data are small and the questions many, so that a case costs little: each goes through planner, units, merge and the JSON of its API.
 */
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { SampleBuffers } from '../../src/execute/execute.js'
import { NO_QUIRKS } from '../../src/language/language.js'
import { importFile, importSeries } from '../../src/ingest/ingest.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { Parameters } from '../../src/serve/serve.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { seeded } from '../../benchmarks/seeded.js'
import { LAKE_FEATURES } from '../harness/lake-engine.js'
import { openLake } from '../harness/lake.js'
import { rememberedScans, scansByEntries } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'
import { requestOfParameters } from '../harness/split-answers.js'
import { optionsOf, SplitChecker } from '../harness/split-check.js'
import { fillSplitLogs, fillSplitMetrics, randomQuestion, randomSplitOptions, T0_MS, type QuestionKind } from '../harness/split-data.js'

/**
 * How many cases of each kind: a case is a query over a range in a number of parts. Together they are 100,000, and take about four minutes of one
 * core. `SPLIT_CASES` of each kind by hand.
 */
const CASES: Readonly<Record<QuestionKind, number>> = { promql: 80_000, logql: 14_000, logs: 6_000 }
const casesOf = (kind: QuestionKind): number => Number(process.env['SPLIT_CASES'] ?? CASES[kind])
const SEED = Number(process.env['SPLIT_SEED'] ?? 1)
/** Of each question so many numbers of parts. */
const SPLITS = 40
const QUESTIONS_OF_A_LAKE = 1_000

t.setTimeout(3_600_000)

const KINDS = (process.env['SPLIT_KINDS'] ?? 'promql,logql,logs').split(',') as readonly QuestionKind[]

for (const kind of KINDS) {
  t.test(kind, { timeout: 3_600_000 }, async (t) => {
    const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
    const counted = { cases: 0, questions: 0, errors: 0, empty: 0 }
    for (let lake = 0; counted.cases < casesOf(kind); lake++) await askLake(t, kind, duckdb, SEED + lake * 7919, counted)
    duckdb.close()
    t.comment(`${kind}: ${JSON.stringify(counted)}`)
    t.ok(counted.errors + counted.empty <= counted.questions / 2, 'most questions have an answer')
  })
}

t.test('a mistake that no part has by itself, and series that only time tells apart', async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  const lake = await openLake(t)
  const series = (name: string, from: number) => {
    const times = Float64Array.from({ length: 7 }, (_, at) => T0_MS + from + at * 10_000)
    return { labels: labelsFrom([['__name__', name], ['job', 'x']]), t: times, v: times.map((_, at) => at), stale: new Uint8Array(7) }
  }
  await importSeries([series('a', 0), series('b', 300_000)].values(), { file: 'apart' }, lake.parts)
  const lines = (pod: string, from: number): string => JSON.stringify({ streams: [{ stream: { app: 'x', pod }, values: [0, 30, 60].map((s) => [`${T0_MS / 1000 + from + s}000000000`, `line ${s}`]) }] })
  await importFile({ file: 'logs', format: 'loki', body: Readable.from([Buffer.from(`${lines('p0', 0)}\n${lines('p1', 300)}\n`)]) }, lake.parts)
  const range = { start: String(T0_MS / 1000), end: String(T0_MS / 1000 + 400), step: '10' }
  for (const [language, query, isMistake] of [
    ['promql', 'rate({__name__=~"a|b"}[30s])', true],
    ['promql', 'sum(rate(a[30s])) or sum(rate(b[30s]))', false],
    ['logql', 'label_replace(count_over_time({app="x"}[30s]), "pod", "", "pod", ".*")', false],
  ] as const) {
    const checker = new SplitChecker({ lake, duckdb, limits: DEFAULT_LIMITS, features: LAKE_FEATURES, quirks: NO_QUIRKS, buffers: new SampleBuffers() })
    const request = requestOfParameters(language, Parameters.from({ query, ...range }), DEFAULT_LIMITS)
    const whole = await checker.whole(request)
    t.equal('error' in whole, isMistake, `${query}: ${JSON.stringify(whole).slice(0, 200)}`)
    for (const splits of [2, 5]) t.equal(await checker.fault(request, whole, optionsOf({ splits, balance: 'time', minIntervalMs: 0 }), 'params'), undefined, query)
  }
  duckdb.close()
})

interface Counted {
  cases: number
  questions: number
  errors: number
  empty: number
}

async function askLake(t: Test, kind: QuestionKind, duckdb: Duckdb, seed: number, counted: Counted): Promise<void> {
  const random = seeded(seed)
  const lake = await openLake(t, { importBufferSamplesMax: 60, importBufferRowsMax: 20 })
  const times = kind === 'promql' ? await fillSplitMetrics(lake, random) : await fillSplitLogs(lake, random)
  const scans = rememberedScans(duckdb)
  const world = { lake, duckdb: times === undefined ? scans : scansByEntries(scans, times), limits: DEFAULT_LIMITS, features: LAKE_FEATURES, quirks: NO_QUIRKS, buffers: new SampleBuffers() }
  for (let question = 0; question < QUESTIONS_OF_A_LAKE && counted.cases < casesOf(kind); question++) {
    const request = randomQuestion(kind, random, DEFAULT_LIMITS)
    const checker = new SplitChecker(world)
    const whole = await checker.whole(request)
    counted.questions++
    if ('error' in whole) counted.errors++
    else if (whole.result === '[]') counted.empty++
    const faults: string[] = []
    const asked = new Set<string>()
    for (let at = 0; at < SPLITS; at++) {
      const options = randomSplitOptions(random)
      // The same once more is no other case.
      if (asked.size === asked.add(JSON.stringify(options)).size) continue
      const told = (fault: string | undefined, of: string): void => void (fault === undefined ? 0 : faults.push(`${of} ${JSON.stringify(options)}: ${fault}`))
      told(await checker.fault(request, whole, options, at % 2 === 0 ? 'params' : 'href'), 'parts')
      if (at % 8 === 1) told(await checker.faultOfCuts(request, whole, random), 'any cuts')
      if (at === 3) told(await checker.faultOfRefining(request, whole, options, 3), 'parts of parts')
      if (at % 20 === 2) told(await checker.faultOfStopping(request, whole, options), 'part after part')
      counted.cases++
    }
    if (faults.length > 0) t.fail(`seed ${seed}, question ${question}: ${request.text} ${JSON.stringify(request.when, (_, value) => (typeof value === 'bigint' ? String(value) : value))}: ${faults[0]}`)
  }
}
