/** Needles of pipelines: what they are of some, and the law that whatever passes a pipeline fulfils them. */
import t from 'tap'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { ALL_QUIRKS, compilePipeline, needlesOf, NO_QUIRKS, type Pipeline, type Quirks } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import type { StageExpr } from '../../src/model/expr.js'
import type { Needles } from '../../src/model/needles.js'
import { parseLogql } from '../../src/parse/logql.js'
import { pick } from '../harness/logql-fuzz.js'
import { clauseHolds, textsOfEntry } from '../harness/needle-check.js'
import { randomEntry, randomParser, randomStage, type RandomEntry } from '../harness/random-entries.js'

function stagesOf(pipeline: string): readonly StageExpr[] {
  const expr = parseLogql(`{stream="x"} ${pipeline}`)
  if (expr.kind !== 'logs') throw new Error('not a log query')
  return expr.stages
}

/** Clauses in short: alternatives of texts, and behind them the labels that make the clause void. */
function shown(needles: Needles): readonly unknown[] {
  return needles.map(({ alternatives, labels }) => (labels.length === 0 ? alternatives : [alternatives, labels]))
}

const TABLE: readonly (readonly [pipeline: string, needles: readonly unknown[]])[] = [
  ['', []],
  ['|= "Foo bar"', [[['foo bar']]]],
  ['|= "foo" |= "bar"', [[['foo']], [['bar']]]],
  ['|= "foo" or "bar"', [[['foo'], ['bar']]]],
  ['|= ""', []],
  ['|= "foo" or ""', []],
  ['|= ip("10.0.0.0/8")', []],
  ['|= "foo" or ip("10.0.0.0/8")', []],
  ['|~ "foo.*bar" or "x"', [[['foo', 'bar'], ['x']]]],
  ['|~ "foo" or ".*"', []],
  ['|> "<_>foo<_>bar baz"', [[['foo', 'bar baz']]]],
  ['|> "<_>"', []],
  ['!= "foo" !~ "foo" !> "foo"', []],
  ['| json |= "foo"', [[['foo']]]],
  ['| line_format "x" |= "foo"', []],
  ['| decolorize |= "foo"', []],
  ['| unpack |= "foo bar\\ufffdx"', [[['foo', 'bar', 'x']]]],
  ['| unpack | unpack |= "foo"', []],
  ['| json | a="Foo bar"', [[[['foo', 'bar']], ['a']]]],
  ['| json | a=~"foo.*|b"', [[[['foo'], ['b']], ['a']]]],
  ['| json | a="😀x", b="y"', [[[['x']], ['a']], [[['y']], ['b']]]],
  ['| json | a="x" and (b="y" or c="z")', [[[['x']], ['a']], [[['y'], ['z']], ['b', 'c']]]],
  ['| json | a="x" or b > 5', []],
  ['| json | a="x" or b!="y"', []],
  ['| json | (a="x" and b="y") or c="z"', [[[['x'], ['z']], ['a', 'c']], [[['y'], ['z']], ['b', 'c']]]],
  ['| json | a="" | b=~"x?" | c!="y" | d!~"z"', []],
  ['| json | a > 5 | b = ip("10.0.0.1") | c == 5KB', []],
  ['| json | __error__="x" | __error_details__="y"', []],
  ['| a="x"', [[[['x']], ['a']]]],
  ['| json | a_extracted="x"', [[[['x']], ['a_extracted']]]],
  ['| json | label_format a="k", c=b | a="x" | b="y" | c="z"', [[[['y']], ['b']]]],
  ['| json | drop a | keep b | a="x"', [[[['x']], ['a']]]],
  ['| line_format "x" | json | a="x"', []],
  ['| json | line_format "x" | a="x"', [[[['x']], ['a']]]],
  ['| decolorize | logfmt | a="x"', []],
  ['| decolorize | pattern "<a>" | a="x"', []],
  ['| unpack | a="x"', [[[['x']], ['a']]]],
  ['| unpack | json | a="x"', []],
  ['| unpack | pattern "<a> <_>" | a="x"', [[[['x']], ['a']]]],
]

t.test('the needles of pipelines', (t) => {
  for (const [pipeline, needles] of TABLE) t.same(shown(needlesOf(stagesOf(pipeline))), needles, pipeline)
  t.end()
})

t.test('quirks change them', (t) => {
  t.same(shown(needlesOf(stagesOf('| decolorize |= "foo"'), ALL_QUIRKS)), [[['foo']]], 'Loki filters the line before decolorize')
  t.same(shown(needlesOf(stagesOf('| line_format "x" | decolorize |= "foo"'), ALL_QUIRKS)), [])
  t.same(shown(needlesOf(stagesOf('| json | a=~"foo.*"'), ALL_QUIRKS)), [[[['foo']], ['a']]])
  t.same(shown(needlesOf(stagesOf('| json | a=~"x(aa|bb)(cc|dd)"'), ALL_QUIRKS)), [], 'Loki finds xaa in xaay')
  t.same(shown(needlesOf(stagesOf('| json | a=~"(?i)fi.*"'), ALL_QUIRKS)), [], 'Loki finds fi in Fİ')
  t.equal(shown(needlesOf(stagesOf('| json | a=~"x(aa|bb)(cc|dd)"'))).length, 1)
  t.end()
})

interface Tally {
  passed: number
  clauses: number
  ofLabels: number
  alternatives: number
  void: number
}

/** The first clause that an entry does not fulfil although it passed. */
function violated(pipeline: Pipeline, needles: Needles, { line, stream, metadata }: RandomEntry, tally: Tally): string | undefined {
  if (!pipeline.process(line, stream, metadata)) return undefined
  tally.passed++
  const texts = textsOfEntry(line, metadata)
  const names = new Set(stream.filter((_, i) => i % 2 === 0))
  for (const clause of needles) {
    if (clause.labels.some((name) => names.has(name))) {
      tally.void++
      continue
    }
    tally.clauses++
    if (clause.labels.length > 0) tally.ofLabels++
    if (clause.alternatives.length > 1) tally.alternatives++
    if (!clauseHolds(clause, texts)) return JSON.stringify({ clause, line, stream, metadata })
  }
  return undefined
}

/** Two to five stages, filters made from what the entry is when it gets to them. */
function pipelineFor(random: Seeded, entry: RandomEntry, quirks: Quirks): { readonly texts: readonly string[]; readonly stages: readonly StageExpr[] } {
  const texts: string[] = []
  const stages: StageExpr[] = []
  const count = 2 + random.below(4)
  for (let i = 0; i < count; i++) {
    const before = compilePipeline(stages, { limits: DEFAULT_LIMITS, needed: 'all', quirks })
    const passes = before.process(entry.line, entry.stream, entry.metadata)
    const now = passes ? { line: before.line, labels: before.labels().labels } : { line: entry.line, labels: entry.stream }
    const text = i === 0 && random.below(4) > 0 ? randomParser(random, entry.line) : randomStage(random, now)
    texts.push(text)
    stages.push(...stagesOf(text))
  }
  return { texts, stages }
}

t.test('what passes a pipeline fulfils its needles', (t) => {
  const seed = Number(process.env['NEEDLES_SEED'] ?? 5)
  const rounds = Number(process.env['NEEDLES_ROUNDS'] ?? 2_000)
  const random = seeded(seed)
  const tally: Tally = { passed: 0, clauses: 0, ofLabels: 0, alternatives: 0, void: 0 }
  const refused = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    const entry = randomEntry(random)
    const quirks = pick(random, [NO_QUIRKS, ALL_QUIRKS])
    try {
      const { texts, stages } = pipelineFor(random, entry, quirks)
      const needles = needlesOf(stages, quirks)
      const pipeline = compilePipeline(stages, { limits: DEFAULT_LIMITS, needed: random.below(3) === 0 ? new Set(['a']) : 'all', quirks })
      for (const each of [entry, randomEntry(random), randomEntry(random), randomEntry(random)]) {
        const found = violated(pipeline, needles, each, tally)
        if (found !== undefined) t.fail(`seed ${seed}, round ${round}: ${JSON.stringify(texts.join(' '))} ${quirks.length} quirks ${found}`)
      }
    } catch (thrown) {
      const { code, message } = QueryError.from(thrown)
      if (code !== 'bad_query') throw thrown
      refused.set(message.slice(0, 40), (refused.get(message.slice(0, 40)) ?? 0) + 1)
    }
  }
  t.comment(JSON.stringify(tally), JSON.stringify([...refused]))
  t.ok(tally.passed > rounds && tally.clauses > rounds / 2 && tally.ofLabels > rounds / 8 && tally.alternatives > rounds / 10 && tally.void > rounds / 50, 'enough is asked')
  t.end()
})
