/**
 * What Loki's engine and Prometheus' tests were asked over ranges, taken apart: the parts give what the whole does, which the corpora judge.
 * And parts of uneven data are about equal.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SampleBuffers } from '../../src/execute/execute.js'
import { NO_QUIRKS } from '../../src/language/language.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { Parameters } from '../../src/serve/serve.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { EvalQuestions, quirksOf, type EvalCorpus } from '../harness/eval-questions.js'
import { readTestFile } from '../harness/promqltest-file.js'
import { requestOf, stretchesOf } from '../harness/promqltest.js'
import { rememberedScans } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'
import { requestOfParameters, type SplitWorld } from '../harness/split-answers.js'
import { SplitChecker } from '../harness/split-check.js'
import { randomSplitOptions } from '../harness/split-data.js'
import { TEST_FEATURES } from '../harness/straight.js'
import { LAKE_FEATURES } from '../harness/lake-engine.js'

t.setTimeout(600_000)

const SEED = Number(process.env['SPLIT_SEED'] ?? 1)
/** Numbers of parts of each question. */
const SPLITS = 2
const SHARED = join(packageRoot(), '..', 'shared', 'corpora')
const skip = existsSync(SHARED) ? false : 'the corpora of Prometheus and Loki are not beside the package'

t.test('evaluations of Loki over ranges and of logs', { timeout: 600_000 }, async (t) => {
  const own = join(packageRoot(), 'test', 'corpus', 'logql', 'eval.json')
  const files = skip === false ? [own, join(SHARED, 'logql', 'eval.json')] : [own]
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  let cases = 0
  for (const file of files) {
    const corpus: EvalCorpus = JSON.parse(readFileSync(file, 'utf8'))
    const questions = new EvalQuestions(t, corpus)
    const scans = rememberedScans(duckdb)
    for (const one of corpus.cases) {
      if (one.mode !== 'range' && one.mode !== 'logs') continue
      const { lake, request } = await questions.ofQuery(one)
      const world = { lake, duckdb: scans, limits: DEFAULT_LIMITS, features: TEST_FEATURES, quirks: quirksOf(one), buffers: new SampleBuffers() }
      t.equal(await faultOf(world, asAsked(request), seeded(SEED + cases)), undefined, `${one.id} ${one.query}`)
      cases += SPLITS
    }
  }
  duckdb.close()
  t.ok(cases > 30 * SPLITS, `${cases} cases`)
  t.comment(`${cases} cases`)
})

t.test('evaluations of Prometheus over ranges', { timeout: 600_000 }, async (t) => {
  const folders = [join(packageRoot(), 'test', 'corpus', 'promql'), ...(skip === false ? [join(SHARED, 'promql', 'promqltest')] : [])]
  const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.test')).map((name) => join(folder, name)))
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  let cases = 0
  for (const file of files) {
    for (const { data, evals } of stretchesOf(t, readTestFile(readFileSync(file, 'utf8')), SEED)) {
      const ranges = evals.filter(({ grid }) => grid.stepMs !== 0)
      if (ranges.length === 0) continue
      const world = { lake: await data.lake(), duckdb: rememberedScans(duckdb), limits: DEFAULT_LIMITS, features: LAKE_FEATURES, quirks: NO_QUIRKS, buffers: new SampleBuffers() }
      for (const { query, grid, line } of ranges) {
        t.equal(await faultOf(world, requestOf(query, grid), seeded(SEED + cases)), undefined, `${file}:${line} ${query}`)
        cases += SPLITS
      }
    }
  }
  duckdb.close()
  t.ok(cases > 10 * SPLITS, `${cases} cases`)
  t.comment(`${cases} cases`)
})

/** As it comes from the parameters of query_range. */
function asAsked({ text, when }: QueryRequest): QueryRequest {
  if (when.kind === 'instant') throw new Error('a question of an instant')
  const own = 'stepMs' in when ? { step: String(when.stepMs / 1000) } : { direction: when.direction, limit: String(when.limit) }
  const interval = 'intervalNs' in when && (when.intervalNs ?? 0n) > 0n ? { interval: String(Number(when.intervalNs) / 1e9) } : {}
  const [start, end] = [when.startNs, when.endNs].map((ns) => String(ns).padStart(19, '0'))
  return requestOfParameters('logql', Parameters.from({ query: text, start, end, ...own, ...interval }), DEFAULT_LIMITS)
}

async function faultOf(world: SplitWorld, request: QueryRequest, random: Seeded): Promise<string | undefined> {
  const checker = new SplitChecker(world)
  const whole = await checker.whole(request)
  for (let at = 0; at < SPLITS; at++) {
    const options = { ...randomSplitOptions(random), minIntervalMs: 0 }
    const fault = (await checker.fault(request, whole, options, at % 2 === 0 ? 'params' : 'href')) ?? (await checker.faultOfCuts(request, whole, random))
    if (fault !== undefined) return `${JSON.stringify(options)}: ${fault}`
  }
  return undefined
}
