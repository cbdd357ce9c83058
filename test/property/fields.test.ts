/** Fields that are read once at import are what the stages `json` and `logfmt` find whenever they are asked. */
import t from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import { compilePipeline, FieldReader, findStage } from '../../src/language/language.js'
import { Entry } from '../../src/language/stages/entry.js'
import type { ParserStageExpr, StageExpr } from '../../src/model/expr.js'
import { labelsFrom, NO_LABELS, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { FieldParser } from '../../src/model/segment.js'
import { parseLogql } from '../../src/parse/logql.js'
import { jsonLine, logfmtLine } from '../harness/field-lines.js'
import { fuzzLine, pick } from '../harness/logql-fuzz.js'

const SEED = Number(process.env['MILLRACE_FUZZ_SEED'] ?? 1)
const ROUNDS = 6_000
const LINES_PER_READER = 50
const NAMES = ['a', 'b', 'level', 'x_y', 'a_b', 'status', 'msg', '_1st', '__error__', 'app', '_', 'x', 'constructor', '__proto__', 'a_extracted']
const STREAMS: readonly Labels[] = [labelsFrom([['app', 'x']]), labelsFrom([['a', 's'], ['app', 'x'], ['level', 'taken']]), NO_LABELS]
const METADATA: readonly Labels[] = [NO_LABELS, NO_LABELS, labelsFrom([['b', 'meta']]), labelsFrom([['a', 'm'], ['x_y', 'm']]), labelsFrom([['__error__', 'E'], ['status', 'm']])]

const LINES = [jsonLine, jsonLine, logfmtLine, logfmtLine, fuzzLine]

const STAGES: Readonly<Record<FieldParser, readonly string[]>> = { json: ['json'], logfmt: ['logfmt', 'logfmt --strict', 'logfmt --keep-empty', 'logfmt --strict --keep-empty'] }

function stageOf(text: string): ParserStageExpr {
  const expr = parseLogql(`{app="x"} | ${text}`)
  const stage: StageExpr | undefined = expr.kind === 'logs' ? expr.stages[0] : undefined
  if (stage?.kind !== 'stage') throw new Error(`${text} is no stage`)
  return stage
}

interface Fields {
  readonly names: readonly string[]
  readonly values: readonly string[]
}

interface Case {
  readonly line: string
  readonly stage: ParserStageExpr
  readonly wanted: ReadonlySet<string> | undefined
  readonly stream: Labels
  readonly metadata: Labels
  /** Labels that an earlier parser found. */
  readonly before: readonly string[]
}

function begun({ line, wanted, stream, metadata, before }: Case): Entry {
  const entry = new Entry(wanted, undefined)
  entry.begin(line, stream, metadata, 0n)
  for (const name of before) {
    const target = entry.target(name)
    if (target !== undefined) entry.extract(target, 'before')
  }
  return entry
}

function parsed(each: Case): Entry {
  const entry = begun(each)
  if (!entry.complete) findStage(each.stage.name)?.compile(each.stage, { now: () => 0n, limits: DEFAULT_LIMITS })(entry)
  return entry
}

function filled(each: Case, { names, values }: Fields): Entry {
  const entry = begun(each)
  const keepEmpty = each.stage.name === 'json' || each.stage.flags.includes('keep-empty')
  for (const name of each.wanted ?? names) {
    const at = names.indexOf(name)
    if (at < 0 || (values[at] === '' && !keepEmpty)) continue
    const target = entry.target(name)
    if (target !== undefined) entry.extract(target, values[at])
  }
  return entry
}

function shown(entry: Pick<Entry, 'error' | 'labels' | 'unchanged'>): string {
  return JSON.stringify([entry.error, entry.unchanged, entry.labels()])
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]|#/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

t.test(`fields do to an entry what the stage does, from seed ${SEED} on`, (t) => {
  const counts = { json: 0, logfmt: 0, none: 0, fields: 0, labels: 0 }
  let reader = new FieldReader(DEFAULT_LIMITS)
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(SEED + round)
    if (round % LINES_PER_READER === 0) reader = new FieldReader({ ...DEFAULT_LIMITS, fieldNamesMax: pick(random, [4, 8, 256]) })
    const line = pick(random, LINES)(random)
    const parser = reader.read(line)
    counts[parser]++
    if (parser === 'none') continue
    const fields = { names: reader.numbers.slice(0, reader.count).map((number) => reader.known(parser)[number]), values: reader.values.slice(0, reader.count) }
    counts.fields += fields.names.length
    const drawn = new Set([...fields.names, ...NAMES].filter((name) => random.below(3) === 0 && !name.endsWith('_extracted')))
    const each: Case = {
      line,
      stage: stageOf(pick(random, STAGES[parser])),
      wanted: random.below(6) === 0 ? undefined : drawn,
      stream: pick(random, STREAMS),
      metadata: pick(random, METADATA),
      before: random.below(3) === 0 ? [pick(random, NAMES)] : [],
    }
    const stage = parsed(each)
    const said = `seed ${SEED + round}: ${each.stage.name} ${each.stage.flags.join()} over ${JSON.stringify(line)} wanting ${[...(each.wanted ?? ['all'])].join()}`
    if (shown(filled(each, fields)) !== shown(stage)) return t.equal(shown(filled(each, fields)), shown(stage), printable(said)), t.end()
    counts.labels += stage.labels().parsed.length / 2
    const pipeline = compilePipeline([each.stage], { limits: DEFAULT_LIMITS, needed: each.wanted ?? 'all' })
    pipeline.process(line, each.stream, each.metadata)
    const alone = filled({ ...each, before: [] }, fields)
    if (shown(alone) !== shown(pipeline)) return t.equal(shown(alone), shown(pipeline), printable(`${said} in a pipeline`)), t.end()
  }
  t.comment(JSON.stringify(counts))
  t.ok(counts.json > 500 && counts.logfmt > 300 && counts.none > 500 && counts.labels > 1_000, JSON.stringify(counts))
  t.end()
})

t.test('what a line is and has', (t) => {
  const read = (line: string, namesMax = 256): unknown => {
    const reader = new FieldReader({ fieldNamesMax: namesMax, fieldNameBytesMax: 20 })
    const parser = reader.read(line)
    return parser === 'none' ? parser : [parser, ...reader.numbers.slice(0, reader.count).map((number, at) => `${reader.known(parser)[number]}=${reader.values[at]}`)]
  }
  t.same(read('{"a":"x","b":{"c d":1.50,"e":[1],"f":null,"g":true}} tail'), ['json', 'a=x', 'b_c_d=1.50', 'b_g=true'])
  t.same(read('{}'), ['json'])
  t.same(read('level=info msg="a \\"b\\"" user='), ['logfmt', 'level=info', 'msg=a "b"', 'user='])
  const none = [
    '', 'plain text', 'GET /path took=5ms in all', '{"a":1', '{"a":1,"a":2}', '{"a_b":1,"a":{"b":2}}', '{"a_extracted":1}', '{"__error__":1}', '{"b":{"":{"":1}},"":{"":2}}',
    ' {a=b c=d', 'a=b a=c', 'a=b c="d', '__error_details__=x', `a=1 ${'k'.repeat(21)}=1`, '"a"', '=x', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'a= b=', '😀=1 ü=2 _=3',
  ]
  for (const line of none) t.equal(read(line), 'none', printable(line.slice(0, 60)))
  t.equal(read('a=1 b=2 c=3', 2), 'none')
  t.same(read('a=1 b=2', 2), ['logfmt', 'a=1', 'b=2'])
  t.end()
})

t.test('a line that is none of it leaves no names behind', (t) => {
  const reader = new FieldReader({ fieldNamesMax: 3, fieldNameBytesMax: 20 })
  t.equal(reader.read('{"a":1,"x":2,"y":'), 'none')
  t.equal(reader.read('{"a":1,"b":2,"c":3}'), 'json')
  t.same(reader.known('json'), ['a', 'b', 'c'])
  t.equal(reader.read('{"a":1,"d":2}'), 'none')
  t.equal(reader.read('{"c":1}'), 'json')
  t.same([reader.count, reader.numbers[0], reader.values[0]], [1, 2, '1'])
  t.same(reader.known('logfmt'), [])
  t.end()
})
