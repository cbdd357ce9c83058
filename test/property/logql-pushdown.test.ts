/**
 * What DuckDB, columns of fields, tiles and word indexes do for LogQL gives what each row by itself through the whole pipeline would give:
 * every case of our own corpus, where it is at hand a sample of the evaluations of Loki's engine, and random queries over random streams are
 * answered with pushdown and without, cut at random each, with the same values, labels, entries, remarks and errors.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { ALL_QUIRKS, NO_QUIRKS } from '../../src/language/language.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { LOG_COLUMNS, openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { EvalQuestions, importStreams, quirksOf, type EvalCase, type EvalCorpus, type EvalQuestion } from '../harness/eval-questions.js'
import { exactAnswer, pointDifferences } from '../harness/exact.js'
import { openLake, type Lake } from '../harness/lake.js'
import { pick } from '../harness/logql-fuzz.js'
import { randomCuts } from '../harness/random-cuts.js'
import { randomQuestion, randomStreams, randomTextQuestion, randomTextStreams } from '../harness/random-log-questions.js'
import { rememberedScans } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'
import { answerStraight, type Straight } from '../harness/straight.js'

t.setTimeout(300_000)

const SEED = Number(process.env['PUSHDOWN_SEED'] ?? 1)
/** Of Loki's evaluations one in so many is asked. */
const ONE_OF = Number(process.env['PUSHDOWN_ONE_OF'] ?? 15)
const ROUNDS = Number(process.env['PUSHDOWN_ROUNDS'] ?? 4)
const QUESTIONS = 40
const OWN = join(packageRoot(), 'test', 'corpus', 'logql', 'eval.json')
const SHARED = join(packageRoot(), '..', 'shared', 'corpora', 'logql', 'eval.json')
const UNITS_MOST = 3

t.test('our own corpus', (t) => corpusHolds(t, OWN, 1))
t.test("evaluations of Loki's engine", { skip: existsSync(SHARED) ? false : 'they are not beside the package' }, (t) => corpusHolds(t, SHARED, ONE_OF))

t.test('random queries over random streams', async (t) => {
  const duckdb = await duckdbFor(t)
  const seen = { fields: 0, together: 0 }
  for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
    const random = seeded(seed)
    const lake = await randomLake(t, random)
    const scans = counting(rememberedScans(duckdb), seen)
    for (let at = 0; at < QUESTIONS; at++) {
      const request = randomQuestion(random)
      const parts = { lake, duckdb: scans, request, limits: DEFAULT_LIMITS, quirks: random.below(4) === 0 ? ALL_QUIRKS : NO_QUIRKS }
      await bothWaysAlike(t, parts, random.below(2 ** 32), `seed ${seed}`)
    }
  }
  duckdb.close()
  t.ok(seen.fields > ROUNDS && seen.together > ROUNDS, `scans of fields in columns: ${seen.fields}, of rows together: ${seen.together}`)
})

/** Counts scans of what is to be compared: without them nothing would be. */
function counting(duckdb: Straight['duckdb'], seen: { fields: number; together: number }): Straight['duckdb'] {
  return {
    ...duckdb,
    scan: (sql, ...rest) => {
      if (sql.includes(' GROUP BY ')) seen.together++
      if (sql.includes(`${LOG_COLUMNS.parsedBy} = `)) seen.fields++
      return duckdb.scan(sql, ...rest)
    },
  }
}

t.test('random filters over texts of all letters', async (t) => {
  const duckdb = await duckdbFor(t)
  for (let seed = SEED; seed < SEED + ROUNDS / 2; seed++) {
    const random = seeded(seed)
    const lake = await openLake(t)
    const streams = randomTextStreams(random, 150)
    for (const from of [0, 50, 100]) await importStreams(lake, streams.slice(from, from + 50))
    for (let at = 0; at < QUESTIONS; at++) {
      const request = randomTextQuestion(random, streams)
      const parts = { lake, duckdb: rememberedScans(duckdb), request, limits: DEFAULT_LIMITS, quirks: random.below(4) === 0 ? ALL_QUIRKS : NO_QUIRKS }
      await bothWaysAlike(t, parts, random.below(2 ** 32), `seed ${seed}`)
    }
  }
  duckdb.close()
})

async function corpusHolds(t: Test, file: string, oneOf: number): Promise<void> {
  const corpus: EvalCorpus = JSON.parse(readFileSync(file, 'utf8'))
  const duckdb = await duckdbFor(t)
  const questions = new EvalQuestions(t, corpus)
  const random = seeded(SEED)
  let asked = 0
  for (const one of corpus.cases.filter((_, at) => at % oneOf === 0)) {
    for (const { lake, request } of await questionsOf(questions, one, random)) {
      await bothWaysAlike(t, { lake, duckdb, request, limits: DEFAULT_LIMITS, quirks: quirksOf(one) }, random.below(2 ** 32), `${one.id} with seed ${SEED}`)
      asked++
    }
  }
  duckdb.close()
  t.ok(asked > corpus.cases.length / oneOf / 2, `${asked} queries`)
}

/** A pipeline is asked for its entry, and its entry is counted. */
async function questionsOf(questions: EvalQuestions, one: EvalCase, random: Seeded): Promise<readonly EvalQuestion[]> {
  if (one.mode !== 'pipeline') return [await questions.ofQuery(one)]
  const question = await questions.ofPipeline(one)
  if (question === undefined || question.request.when.kind !== 'entries') return []
  const { lake, request } = question
  const names = [...Object.keys(one.expect.keep ? one.expect.labels : {}), 'level'].filter((name) => /^[A-Za-z_]\w*$/.test(name))
  const when = { kind: 'instant', timeNs: question.request.when.startNs } as const
  const counted = pick(random, [`count_over_time(${request.text} [1ms])`, `bytes_over_time(${request.text} [1ms])`, `sum by (${pick(random, names)}) (count_over_time(${request.text} [1ms]))`])
  return [question, { lake, request: { ...request, text: counted, when } }]
}

/** With cuts of their own each; which of several errors is told depends on the cuts, so that errors are asked for again with the same. */
async function bothWaysAlike(t: Test, parts: Straight, seed: number, name: string): Promise<void> {
  const cutsOf = (one: number): Straight['cuts'] => randomCuts(seeded(one), UNITS_MOST)
  const bare = await exactAnswer({ ...parts, cuts: cutsOf(seed), pushdown: 'off' })
  const pushed = await exactAnswer({ ...parts, cuts: cutsOf(bare.has('error') ? seed : seed + 1) })
  const differences = pointDifferences(pushed, bare)
  if (differences.length > 0) t.same(differences.slice(0, 5), [], `${name}: ${questionText(parts.request)}`)
}

function questionText({ text, when }: QueryRequest): string {
  return `${text} ${JSON.stringify(when, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`
}

/** One to three imports; an entry stands in some of them. */
async function randomLake(t: Test, random: Seeded): Promise<Lake> {
  const lake = await openLake(t, { importBufferRowsMax: pick(random, [15, 50, 250_000]), fieldColumnsMax: pick(random, [2, 48]) })
  const streams = randomStreams(random, 20 + random.below(200))
  const imports = 1 + random.below(3)
  for (let at = 0; at < imports; at++) {
    const some = streams.map(({ labels, entries }) => ({ labels, entries: entries.filter(() => imports === 1 || random.below(2) === 0) }))
    await importStreams(lake, some.filter(({ entries }) => entries.length > 0))
  }
  return lake
}

async function duckdbFor(t: Test): Promise<Duckdb> {
  return openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
}

t.test('word indexes leave out segments and row groups', async (t) => {
  const duckdb = await duckdbFor(t)
  const lake = await openLake(t)
  const entries = Array.from({ length: 20_000 }, (_, i) => ({ ts: String(i), line: `level=info v=${i % 7} msg="${i === 12_345 ? 'needle' : `hay ${i % 50}`}"` }))
  await importStreams(lake, [{ labels: { app: 'web' }, entries }])
  await importStreams(lake, [{ labels: { app: 'db' }, entries: entries.slice(0, 50) }])
  const when = { kind: 'instant', timeNs: 30_000n } as const
  const parts = { lake, duckdb, limits: DEFAULT_LIMITS, request: { language: 'logql', text: 'sum by (v) (count_over_time({app=~".+"} |= "needle" | logfmt [1m]))', when } } as const
  const { skipped } = await answerStraight(parts)
  t.equal(skipped.segmentsSkipped, 1)
  t.equal(skipped.rowGroupsSkipped, 3, 'two of the three of the first segment, one of the second')
  t.equal((await answerStraight({ ...parts, pushdown: 'off' })).skipped.rowGroupsSkipped, 0)
  await bothWaysAlike(t, parts, SEED, 'needle')
  duckdb.close()
})

t.test('values of one time that come from columns and from lines stand in the order of their arrival', async (t) => {
  const duckdb = await duckdbFor(t)
  const lake = await openLake(t)
  const stream = (entries: readonly (readonly [ts: number, line: string])[]) => [{ labels: { app: 'web' }, entries: entries.map(([ts, line]) => ({ ts: String(ts), line })) }]
  // No column knows of a line that has a name twice.
  await importStreams(lake, stream([[1, 'level=a v=1'], [2, 'level=a v=2'], [9, 'level=a v=3'], [20, 'level=b level=a v=4']]))
  await importStreams(lake, stream([[9, 'level=a level=b v=5'], [20, 'level=b v=6'], [30, 'level=c v=7']]))
  for (const fn of ['first_over_time', 'last_over_time']) {
    const request: QueryRequest = { language: 'logql', text: `${fn}({app="web"} | logfmt | unwrap v [1m]) by (level)`, when: { kind: 'range', startNs: 9n, endNs: 20n, stepMs: 1 } }
    const whole = { ...request, when: { kind: 'instant', timeNs: 25n } } as const
    for (const one of [request, whole]) await bothWaysAlike(t, { lake, duckdb, request: one, limits: DEFAULT_LIMITS }, SEED, fn)
  }
  const seen = await exactAnswer({ lake, duckdb, limits: DEFAULT_LIMITS, request: { language: 'logql', text: 'last_over_time({app="web"} | logfmt | unwrap v [1m]) by (level)', when: { kind: 'instant', timeNs: 9n } } })
  t.same([...seen].filter(([key]) => key.startsWith('level|a')).map(([, value]) => value), ['5'])
  duckdb.close()
})
