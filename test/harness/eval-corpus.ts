/**
 * Runs the evaluations of Loki's engine (eval.json) over real log segments: each data set is imported once, each query is
 * cut into groups and units at random. Pipelines run as log queries over the one entry, or by themselves where it has no label to select.
 */
import { compilePipeline } from '../../src/language/language.js'
import type { EntriesBlock } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import type { Data } from '../../src/model/event.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { parse } from '../../src/parse/parse.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { missingIn, type Verdict } from './answer-corpus.js'
import { evalFault, pipelineFault, type EvalExpectation, type PipelineExpectation } from './eval-corpus-compare.js'
import { COPY_MARK, EvalQuestions, quirksOf, type EvalCase, type EvalCorpus, type EvalQuestion, type PipelineCase, type QueryCase, type Tags } from './eval-questions.js'
import { randomCuts } from './random-cuts.js'
import type { CorpusResult } from './parse-corpus.js'
import { temporaryFolder, type Teardown } from './servers.js'
import { answerStraight } from './straight.js'

const PASSED: Verdict = { kind: 'passed' }
const UNITS_MOST = 3
const AT_ONCE = 8

/** Answers of Loki that are wrong by its own account, so that ours differ on purpose. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['approx_topk(2, sum_over_time({app="n"} | logfmt | unwrap v [30s]))', 'what a sketch of counters makes of NaN: approx_topk is exact here'],
])

/** `seed` chooses the cuts; what failed names it. */
export async function runEvalCorpus(test: Teardown, corpus: EvalCorpus, seed: number): Promise<CorpusResult> {
  const result = { passed: 0, failed: [] as string[], skipped: [] as string[] }
  const runner = new EvalRunner(test, corpus, seed, await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(test), threads: 1 }))
  const judged = await runner.judgeAll()
  for (const [at, one] of corpus.cases.entries()) {
    const verdict = judged[at]
    const name = `${one.id} ${one.mode === 'pipeline' ? `${JSON.stringify(one.line.slice(0, 100))} ${one.pipeline}` : one.query}`
    switch (verdict.kind) {
      case 'passed':
        result.passed++
        break
      case 'failed':
        if (one.mode === 'instant' && DIFFERENT.has(one.query)) result.skipped.push(`${DIFFERENT.get(one.query)}: ${name}`)
        else result.failed.push(`${name}: ${verdict.reason} (seed ${seed})`)
        break
      case 'skipped':
        result.skipped.push(`${verdict.missing}: ${name}`)
        break
    }
  }
  runner.close()
  return result
}

class EvalRunner {
  readonly #corpus: EvalCorpus
  readonly #questions: EvalQuestions
  readonly #random: Seeded
  readonly #duckdb: Duckdb

  constructor(test: Teardown, corpus: EvalCorpus, seed: number, duckdb: Duckdb) {
    this.#corpus = corpus
    this.#questions = new EvalQuestions(test, corpus)
    this.#random = seeded(seed)
    this.#duckdb = duckdb
  }

  close(): void {
    this.#duckdb.close()
  }

  /** In the order of the cases. A few are under way at once, since each waits for DuckDB most of its time. */
  async judgeAll(): Promise<readonly Verdict[]> {
    const { cases } = this.#corpus
    const verdicts: Verdict[] = []
    for (let from = 0; from < cases.length; from += AT_ONCE) {
      verdicts.push(...(await Promise.all(cases.slice(from, from + AT_ONCE).map((one) => this.#judge(one, seeded(this.#random.below(2 ** 32)))))))
    }
    return verdicts
  }

  async #judge(one: EvalCase, random: Seeded): Promise<Verdict> {
    if (isEstimate(one)) return { kind: 'skipped', missing: 'the same mistake as in the estimate of Loki' }
    const expect = overHttp(one)
    try {
      const fault = one.mode === 'pipeline' ? await this.#pipelineFault(one, random) : evalFault(await this.#answer(one, random), expect, one.unstable)
      return fault === undefined ? PASSED : { kind: 'failed', reason: fault }
    } catch (thrown) {
      return refusedVerdict(QueryError.from(thrown), expect)
    }
  }

  async #answer(one: QueryCase & Tags, random: Seeded): Promise<readonly Data[]> {
    return withoutCopyMarks(await this.#answered(one, await this.#questions.ofQuery(one), random))
  }

  async #answered(one: Tags, { lake, request }: EvalQuestion, random: Seeded): Promise<readonly Data[]> {
    const cuts = randomCuts(random, UNITS_MOST)
    return (await answerStraight({ lake, duckdb: this.#duckdb, request, limits: DEFAULT_LIMITS, cuts, quirks: quirksOf(one) })).results
  }

  async #pipelineFault(one: PipelineCase & Tags, random: Seeded): Promise<string | undefined> {
    const expect = withoutEmptyStreamLabels(one)
    const question = await this.#questions.ofPipeline(one)
    if (question === undefined) return pipelineFault(throughPipeline(one), expect)
    const [data] = await this.#answered(one, question, random)
    if (data?.resultType !== 'streams') return `answered ${data?.resultType}`
    return pipelineFault(onlyEntry(data.block), expect)
  }
}

function withoutCopyMarks(results: readonly Data[]): readonly Data[] {
  return results.map((data) => {
    if (data.resultType !== 'streams') return data
    return { ...data, block: { ...data.block, line: data.block.line.map((line) => line.replaceAll(COPY_MARK, '')) } }
  })
}

/** The counters of Loki's estimate hold whole numbers, and 2^64 for NaN; ours are exact. */
function isEstimate({ mode, expect, ...one }: EvalCase): boolean {
  return mode !== 'pipeline' && 'query' in one && one.query.startsWith('approx_topk') && JSON.stringify(expect).includes('18446744073709552000')
}

/** Loki's engine answers log queries at an instant; its HTTP API refuses them. */
function overHttp({ mode, expect }: EvalCase): EvalExpectation {
  if (mode !== 'instant' || expect.type !== 'streams') return expect
  const error = 'log queries are not supported as an instant query type, please change your query to a range query type'
  return { type: 'error', error, errorContains: error }
}

/** A label without a value is none to a lake, nor to a running Loki; the stages that Loki's cases call directly still see it. */
function withoutEmptyStreamLabels({ labels, expect }: PipelineCase): PipelineExpectation {
  if (!expect.keep) return expect
  return { ...expect, labels: Object.fromEntries(Object.entries(expect.labels).filter(([name, value]) => value !== '' || labels[name] !== '')) }
}

function throughPipeline(one: PipelineCase & Tags): ReturnType<typeof onlyEntry> {
  const expr = parse(`{a="b"} ${one.pipeline}`, 'logql')
  if (expr.kind !== 'logs') throw new Error(`no pipeline: ${one.pipeline}`)
  const pipeline = compilePipeline(expr.stages, { needed: 'all', limits: DEFAULT_LIMITS, quirks: quirksOf(one), clock: () => Date.now() })
  const [stream, metadata] = [one.labels, one.metadata ?? {}].map((labels) => labelsFrom(Object.entries(labels)))
  return pipeline.process(one.line, stream, metadata, BigInt(one.ts)) ? { line: pipeline.line, labels: pipeline.labels() } : undefined
}

function onlyEntry(block: EntriesBlock): { readonly line: string; readonly labels: EntriesBlock['sets'][number] } | undefined {
  return block.line.length === 0 ? undefined : { line: block.line[0], labels: block.sets[block.set[0]] }
}

/** Loki's texts are asked for where the error is one of the data; how a query is refused is told in our own words. */
function refusedVerdict(error: QueryError, expect: EvalExpectation): Verdict {
  const missing = missingIn(error.message)
  if (missing !== undefined) return { kind: 'skipped', missing }
  if (expect.type !== 'error' || error.code === 'internal') return { kind: 'failed', reason: `refused with ${error.code}: ${error.message}` }
  const { errorContains, errorRegex } = expect
  const contains = errorContains === undefined || error.message.includes(errorContains)
  const told = contains && (errorRegex === undefined || new RegExp(errorRegex).test(error.message))
  return told ? PASSED : { kind: 'skipped', missing: `Loki's own text of an error, "${errorContains ?? errorRegex}"` }
}
