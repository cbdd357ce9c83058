/**
 * Whatever stands in a line, a pipeline ends soon, with an entry, without one, or with an error that is not `internal`: malformed JSON,
 * truncated logfmt, what is left of bytes that are not UTF-8, escape sequences, NUL, deep nesting, a megabyte. The first test sends lines through
 * pipelines by themselves, the second imports lines and asks queries. MILLRACE_FUZZ_SECONDS and MILLRACE_FUZZ_SEED run them
 * for longer and from elsewhere; a case is its seed.
 */
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { importFile } from '../../src/ingest/ingest.js'
import { ALL_QUIRKS, compilePipeline, NO_QUIRKS, type Pipeline } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryRequest } from '../../src/model/event.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { parse } from '../../src/parse/parse.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { fuzzLine, fuzzPipeline, fuzzQuery, heavyLine, pick } from '../harness/logql-fuzz.js'
import { openLake, type Lake } from '../harness/lake.js'
import { randomCuts } from '../harness/random-cuts.js'
import { temporaryFolder, type Teardown } from '../harness/servers.js'
import { answerStraight } from '../harness/straight.js'

const SECONDS = Number(process.env['MILLRACE_FUZZ_SECONDS'] ?? 5)
const SEED = Number(process.env['MILLRACE_FUZZ_SEED'] ?? 1)
/** Far above what a megabyte takes on a busy machine, and far below what a blow-up takes. */
const CASE_MS_MAX = 10_000
/** As many run however busy the machine is. */
const CASES_MIN = 40
const LINES_PER_PIPELINE = 20
const LINES_IN_LAKE = 300
const START_NS = 1_700_000_000_000_000_000n

t.setTimeout((2 * SECONDS + 180) * 1000)

const STREAM = labelsFrom([['app', 'fuzz'], ['a', 'taken']])
const METADATA = labelsFrom([['b', 'meta']])

t.test(`any line through any pipeline, from seed ${SEED} on`, (t) => {
  const counts = { kept: 0, dropped: 0, inError: 0, refused: 0 }
  const failed: string[] = []
  eachSeed(SECONDS / 2, failed, (random, seed) => {
    const stages = fuzzPipeline(random)
    const pipeline = compiled(stages, random.below(2) === 0 ? 'documented' : 'quirky')
    if (pipeline instanceof QueryError) {
      counts.refused++
      return pipeline.code === 'bad_query' ? undefined : `${stages} ended with ${pipeline.code}: ${pipeline.message} ${pipeline.stack}`
    }
    const lines = Array.from({ length: LINES_PER_PIPELINE }, () => fuzzLine(random))
    if (seed % 5 === 0) lines.push(heavyLine(random))
    for (const line of lines) {
      const outcome = outcomeOf(pipeline, line)
      if (outcome instanceof QueryError) return `${stages} of ${shown(line)} ended with ${outcome.code}: ${outcome.message.slice(0, 200)} ${outcome.stack}`
      counts[outcome]++
    }
    return undefined
  })
  t.comment(`seeds from ${SEED}: ${JSON.stringify(counts)}`)
  t.same(failed, [])
  t.ok(counts.kept > 10 && counts.dropped > 10 && counts.inError > 5, `lines are kept, dropped and in error: ${JSON.stringify(counts)}`)
  t.end()
})

t.test(`any query of imported lines, from seed ${SEED} on`, async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  t.teardown(() => duckdb.close())
  const lake = await fuzzLake(t, seeded(SEED))
  const counts = { answered: 0, refused: 0 }
  const failed: string[] = []
  await eachSeedLater(SECONDS / 2, failed, async (random) => {
    const text = fuzzQuery(random)
    try {
      const cuts = randomCuts(random, 3)
      await answerStraight({ lake, duckdb, request: requestOf(text, random), limits: DEFAULT_LIMITS, cuts, quirks: random.below(2) === 0 ? ALL_QUIRKS : NO_QUIRKS })
      counts.answered++
      return undefined
    } catch (thrown) {
      const error = QueryError.from(thrown)
      counts.refused++
      const expected = error.code === 'bad_query' || error.code === 'limit_exceeded'
      return expected ? undefined : `${text} ended with ${error.code}: ${error.message.slice(0, 200)} ${error.stack}`
    }
  })
  t.comment(`seeds from ${SEED}: ${JSON.stringify(counts)}`)
  t.same(failed, [])
  t.ok(counts.answered > 10, `${JSON.stringify(counts)}`)
})

t.test('bytes that are not UTF-8 are refused at the door', async (t) => {
  const lake = await openLake(t)
  const random = seeded(SEED)
  for (let round = 0; round < 20; round++) {
    const [before, after] = pushBody('#', round).split('#')
    const raw = Buffer.from([pick(random, [0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xf5, 0xff]), ...Buffer.from('x')])
    const error = await importBodies(lake, [Buffer.concat([Buffer.from(before), raw, Buffer.from(after)])]).then(() => undefined, QueryError.from)
    t.match(error, { code: 'bad_query', message: /not valid UTF-8/ }, `byte ${raw[0].toString(16)}`)
  }
})

type Case<Result> = (random: Seeded, seed: number) => Result

function eachSeed(seconds: number, failed: string[], run: Case<string | undefined>): void {
  const until = performance.now() + seconds * 1000
  for (let seed = SEED; (performance.now() < until || seed < SEED + CASES_MIN) && failed.length < 5; seed++) {
    const began = performance.now()
    note(seed, run(seeded(seed), seed), began, failed)
  }
}

async function eachSeedLater(seconds: number, failed: string[], run: Case<Promise<string | undefined>>): Promise<void> {
  const until = performance.now() + seconds * 1000
  for (let seed = SEED; (performance.now() < until || seed < SEED + CASES_MIN) && failed.length < 5; seed++) {
    const began = performance.now()
    note(seed, await run(seeded(seed), seed), began, failed)
  }
}

function note(seed: number, fault: string | undefined, began: number, failed: string[]): void {
  const ms = performance.now() - began
  const told = fault ?? (ms > CASE_MS_MAX ? `took ${Math.round(ms)} ms` : undefined)
  if (told !== undefined) failed.push(`seed ${seed}: ${told}`)
}

function compiled(stages: string, manner: 'documented' | 'quirky'): Pipeline | QueryError {
  try {
    const expr = parse(`{app="fuzz"} ${stages}`, 'logql')
    if (expr.kind !== 'logs') throw new Error(`no log query: ${stages}`)
    return compilePipeline(expr.stages, { needed: 'all', limits: DEFAULT_LIMITS, quirks: manner === 'quirky' ? ALL_QUIRKS : NO_QUIRKS })
  } catch (thrown) {
    return QueryError.from(thrown)
  }
}

function outcomeOf(pipeline: Pipeline, line: string): 'kept' | 'dropped' | 'inError' | QueryError {
  try {
    if (!pipeline.process(line, STREAM, METADATA)) return 'dropped'
    const { labels } = pipeline.labels()
    if (typeof pipeline.line !== 'string' || labels.some((part) => typeof part !== 'string')) throw new Error('labels that are no texts')
    return pipeline.error === '' ? 'kept' : 'inError'
  } catch (thrown) {
    return QueryError.from(thrown)
  }
}

/** Halves of surrogate pairs, which an import refuses, become U+FFFD on the way through bytes. */
async function fuzzLake(test: Teardown, random: Seeded): Promise<Lake> {
  const lake = await openLake(test)
  const lines = Array.from({ length: LINES_IN_LAKE }, (_, at) => (at % 100 === 99 ? heavyLine(random).slice(0, 200_000) : fuzzLine(random)))
  await importBodies(lake, lines.map((line, at) => Buffer.from(pushBody(Buffer.from(line).toString(), at))))
  return lake
}

function pushBody(line: string, at: number): string {
  return `${JSON.stringify({ streams: [{ stream: { app: 'fuzz', a: String(at % 3) }, values: [[String(START_NS + BigInt(at)), line]] }] })}\n`
}

async function importBodies(lake: Lake, bodies: readonly Uint8Array[]): Promise<void> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* bodies
  }
  await importFile({ file: 'fuzz', format: 'loki', body: body() }, lake.parts)
}

function requestOf(text: string, random: Seeded): QueryRequest {
  const startNs = START_NS - 10n
  const endNs = START_NS + BigInt(random.below(2 * LINES_IN_LAKE))
  const direction = random.below(2) === 0 ? 'forward' : 'backward'
  const intervalNs = BigInt(random.below(3))
  return { language: 'logql', text, when: { kind: 'either', startNs, endNs, stepMs: 1000, direction, limit: random.below(20), intervalNs, align: 'to-step' } }
}

function shown(line: string): string {
  return `${JSON.stringify(line.slice(0, 200))} (${line.length} characters)`
}
