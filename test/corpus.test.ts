/**
 * What the languages mean, by example: our own cases, and where they are at hand those of Prometheus and Loki.
 * Nothing may fail; what is skipped names what is missing; no fewer may pass than have passed before.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { serveNode } from '../actors/main.js'
import { findRangeOperation, findVectorOperation, logqlOperationNames, stageNames } from '../src/language/language.js'
import { packageRoot } from '../src/model/place.js'
import { answersOfLoki, answersOfPrometheus } from './harness/answer-runs.js'
import { runEvalCorpus } from './harness/eval-corpus.js'
import type { EvalCorpus } from './harness/eval-questions.js'
import { runLexCorpus } from './harness/lex-corpus.js'
import type { CorpusResult } from './harness/parse-corpus.js'
import { runLogqlParseCorpus } from './harness/parse-corpus-logql.js'
import { runPromqlParseCorpus } from './harness/parse-corpus.js'
import { wordCounts } from './harness/promql-words.js'
import { readTestFile } from './harness/promqltest-file.js'
import { runPromqltest } from './harness/promqltest.js'
import { runSeriesCorpus } from './harness/series-corpus.js'
import { temporaryFolder } from './harness/servers.js'

// Some ten thousand queries over real Parquet.
t.setTimeout(600_000)

/** How many of each corpus pass. Raise a number when more do. */
const PASSING = {
  promqlParse: 371,
  promqlSeries: 57,
  promqlLex: 148,
  logqlParse: 1_731,
  promqltest: 1_695,
  logqlEval: 2_953,
  realPrometheus: 247,
  realLoki: 190,
}

/** Of each word of PromQL in our own corpus; one of them at an edge. */
const CASES_LEAST = 2
const SEED = Number(process.env['MILLRACE_CORPUS_SEED'] ?? 1)
const OWN = join(packageRoot(), 'test', 'corpus')
const SHARED = join(packageRoot(), '..', 'shared', 'corpora')
const skip = existsSync(SHARED) ? false : 'the corpora of Prometheus and Loki are not beside the package'

t.test('our own cases of PromQL', async (t) => {
  const files = testFiles(join(OWN, 'promql'))
  const results = await eachTestFile(t, files, 'every-way')
  t.same(results.flatMap(({ failed, skipped }) => [...failed, ...skipped]), [], 'all pass')
  const queries = files.flatMap((file) => readTestFile(readFileSync(file, 'utf8')).flatMap((command) => (command.kind === 'eval' ? [command.query] : [])))
  const counts = [...wordCounts(queries)].filter(([, count]) => count < CASES_LEAST)
  t.same(Object.fromEntries(counts), {}, `every function, aggregation, operator and modifier has ${CASES_LEAST} cases`)
})

t.test('our own cases of LogQL', async (t) => {
  const json = readFileSync(join(OWN, 'logql', 'eval.json'), 'utf8')
  const { failed, skipped } = await runEvalCorpus(t, JSON.parse(json), SEED)
  t.same([...failed, ...skipped], [], 'all pass')
  const text = (JSON.parse(json) as EvalCorpus).cases.map((one) => ('query' in one ? one.query : '')).join('\n')
  const operations = logqlOperationNames().filter((name) => findRangeOperation(name) !== undefined || findVectorOperation(name) !== undefined)
  t.same(missingWords(text, [...operations, ...stageNames()]), [], 'every operation and stage has a case')
})

t.test("Prometheus' parser cases", { skip }, async (t) => {
  reached(t, runPromqlParseCorpus(readFileSync(join(SHARED, 'promql', 'parse.json'), 'utf8')), PASSING.promqlParse)
})

t.test("Prometheus' lexer cases", { skip }, async (t) => {
  reached(t, runLexCorpus(readFileSync(join(SHARED, 'promql', 'lex.json'), 'utf8')), PASSING.promqlLex)
})

t.test("Prometheus' descriptions of series", { skip }, async (t) => {
  reached(t, runSeriesCorpus(readFileSync(join(SHARED, 'promql', 'seriesdesc.json'), 'utf8')), PASSING.promqlSeries)
})

t.test("Loki's parser cases", { skip }, async (t) => {
  reached(t, runLogqlParseCorpus(readFileSync(join(SHARED, 'logql', 'parse.json'), 'utf8')), PASSING.logqlParse)
})

t.test("Prometheus' test files", { skip }, async (t) => {
  reached(t, together(await eachTestFile(t, testFiles(join(SHARED, 'promql', 'promqltest')), 'some-ways')), PASSING.promqltest)
})

t.test("evaluations of Loki's engine", { skip }, async (t) => {
  reached(t, await runEvalCorpus(t, JSON.parse(readFileSync(join(SHARED, 'logql', 'eval.json'), 'utf8')), SEED), PASSING.logqlEval)
})

t.test('answers of a real Prometheus and a real Loki, over HTTP', { skip }, async (t) => {
  const node = await serveNode({ data: await temporaryFolder(t), host: '127.0.0.1', port: 0 })
  t.teardown(() => node.close())
  reached(t, await answersOfPrometheus(node, join(SHARED, 'promql', 'real-prometheus-3.14.ndjson')), PASSING.realPrometheus)
  reached(t, await answersOfLoki(node, join(SHARED, 'logql', 'real-loki.ndjson')), PASSING.realLoki)
})

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.test')).sort().map((name) => join(folder, name))
}

async function eachTestFile(t: Test, files: readonly string[], ways: 'every-way' | 'some-ways'): Promise<readonly CorpusResult[]> {
  const results: CorpusResult[] = []
  for (const file of files) results.push(await runPromqltest(t, basename(file), readFileSync(file, 'utf8'), SEED, ways))
  return results
}

/** Words that are nowhere called in the text. */
function missingWords(text: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => !new RegExp(`\\b${word}\\b`).test(text))
}

function together(results: readonly CorpusResult[]): CorpusResult {
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.flatMap(({ failed }) => failed),
    skipped: results.flatMap(({ skipped }) => skipped),
  }
}

function reached(t: Test, { passed, failed, skipped }: CorpusResult, least: number): void {
  t.same(failed, [], 'nothing fails')
  t.ok(passed >= least, `${passed} pass, at least ${least}; ${skipped.length} differ on purpose or say that something is missing`)
}
