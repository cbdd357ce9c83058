/** Fields of lines, from the bytes of an import to the columns of its segments: they say what the stages say, or say nothing. */
import t, { type Test } from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { importFile } from '../../src/ingest/ingest.js'
import { compilePipeline } from '../../src/language/language.js'
import { labelsObject, NO_LABELS } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { FieldFacts, FieldParser, NewSegment } from '../../src/model/segment.js'
import { parseLogql } from '../../src/parse/logql.js'
import { LOG_COLUMNS, openDuckdb, parquetSource, quoteIdentifier, quoteText, type Duckdb } from '../../src/segment/segment.js'
import { jsonLine, logfmtLine } from '../harness/field-lines.js'
import { openLake, type Lake } from '../harness/lake.js'
import { fuzzLine, pick } from '../harness/logql-fuzz.js'

const SEEDS = 30
const PARSERS: readonly (FieldParser | 'none')[] = ['none', 'json', 'logfmt']
/** Stream labels that would take the columns of fields, and some that the file needs itself. */
const STREAMS: readonly Record<string, string>[] = [{}, { app: 'x', Level: 'L', 'a_2': 'two' }, { app: 'y', status: 's', parsed_by: 'p', line: 'l' }, { A: '1', a: '2', X_Y: '3' }]

async function duckdbFor(test: Test): Promise<Duckdb> {
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: '', threads: 1 })
  test.teardown(() => duckdb.close())
  return duckdb
}

interface Line {
  readonly stream: Record<string, string>
  readonly text: string
  readonly metadata?: Record<string, string>
}

async function imported(lake: Lake, lines: readonly Line[]): Promise<readonly NewSegment[]> {
  const streams = lines.map(({ stream, text, metadata }, i) => ({ stream, values: [[String(1_704_067_200_000_000_000n + BigInt(i)), text, ...(metadata === undefined ? [] : [metadata])]] }))
  await importFile({ file: 'lines', format: 'loki', body: (async function* () { yield Buffer.from(JSON.stringify({ streams })) })() }, lake.parts)
  return lake.published.flat()
}

interface Row {
  readonly line: string
  readonly parser: FieldParser | 'none'
  /** By column; without those that are NULL. */
  readonly values: ReadonlyMap<string, string>
}

async function readRows(duckdb: Duckdb, path: string, { names }: FieldFacts): Promise<readonly Row[]> {
  const columns = [...new Set(names.flatMap(({ column }) => column ?? []))]
  const rows: Row[] = []
  await duckdb.scan(`SELECT ${[LOG_COLUMNS.line, LOG_COLUMNS.parsedBy, ...columns].map(quoteIdentifier).join(', ')} FROM ${parquetSource(path)}`, (chunk) => {
    for (let row = 0; row < chunk.rows; row++) {
      const values = columns.flatMap((column, at) => {
        const value = chunk.text(2 + at, row)
        return value === null ? [] : [[column, value] as const]
      })
      rows.push({ line: chunk.text(0, row) ?? 'NULL', parser: PARSERS[chunk.integers(1)[row]], values: new Map(values) })
    }
  })
  return rows
}

function factsOf({ fields }: NewSegment): FieldFacts {
  if (fields === undefined) throw new Error('a log segment without facts about fields')
  return fields
}

const STAGES = { json: stageOf('json'), logfmt: stageOf('logfmt --keep-empty --strict') }

function stageOf(text: string) {
  const expr = parseLogql(`{app="x"} | ${text}`)
  if (expr.kind !== 'logs') throw new Error('not a log query')
  return compilePipeline(expr.stages, { needed: 'all', limits: DEFAULT_LIMITS })
}

/** What the stage finds in the line; undefined where it meets an error. */
function found(parser: FieldParser, line: string): Readonly<Record<string, string>> | undefined {
  const stage = STAGES[parser]
  stage.process(line, NO_LABELS, NO_LABELS)
  return stage.error === '' ? labelsObject(stage.labels().parsed) : undefined
}

/** What is wrong with a row; undefined if the facts and the columns say of it what the stage says. */
function mistake({ line, parser, values }: Row, { names }: FieldFacts): string | undefined {
  if (parser === 'none') return values.size === 0 ? undefined : 'a line of no parser has values'
  const fields = found(parser, line)
  if (fields === undefined) return 'the stage meets an error'
  const known = new Map(names.filter((each) => each.parser === parser).map(({ name, column }) => [name, column]))
  if (Object.keys(fields).some((name) => !known.has(name))) return 'a name is not listed'
  const wanted = [...known].flatMap(([name, column]) => (column !== undefined && Object.hasOwn(fields, name) ? [[column, fields[name]]] : []))
  const said = [Object.fromEntries(wanted), Object.fromEntries(values)].map((each) => JSON.stringify(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))))
  return said[0] === said[1] ? undefined : `the stage says ${said[0]}, the columns ${said[1]}`
}

function randomLines(random: Seeded): readonly Line[] {
  return Array.from({ length: 20 + random.below(200) }, () => {
    const text = Buffer.from(pick(random, [jsonLine, jsonLine, logfmtLine, logfmtLine, logfmtLine, fuzzLine])(random)).toString()
    const metadata = random.below(4) === 0 ? { metadata: { msg: 'meta', B: 'meta' } } : {}
    return { stream: pick(random, STREAMS), text, ...metadata }
  })
}

t.test('columns hold what the stages find in random lines', async (test) => {
  const duckdb = await duckdbFor(test)
  const counts = { json: 0, logfmt: 0, none: 0, values: 0 }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const limits = { fieldNamesMax: pick(random, [4, 12, 256, 256]), fieldColumnsMax: pick(random, [0, 2, 48, 48]), importBufferRowsMax: pick(random, [30, 250_000]) }
    const lake = await openLake(test, limits)
    for (const segment of await imported(lake, randomLines(random))) {
      const facts = factsOf(segment)
      const rows = await readRows(duckdb, lake.path(segment), facts)
      for (const row of rows) {
        counts[row.parser]++
        counts.values += row.values.size
        const wrong = mistake(row, facts)
        if (wrong !== undefined) test.fail(`seed ${seed}: ${JSON.stringify(row.line)} as ${row.parser}: ${wrong}`)
      }
      checkFacts(test, segment, rows, limits, `seed ${seed}`)
    }
  }
  test.comment(JSON.stringify(counts))
  test.ok(counts.json > 100 && counts.logfmt > 100 && counts.none > 100 && counts.values > 300, JSON.stringify(counts))
})

function checkFacts(test: Test, segment: NewSegment, rows: readonly Row[], limits: { readonly fieldNamesMax: number; readonly fieldColumnsMax: number }, seed: string): void {
  const { parsed, names } = factsOf(segment)
  for (const parser of ['json', 'logfmt'] as const) {
    test.equal(parsed[parser], rows.filter((row) => row.parser === parser).length, `rows of ${parser}, ${seed}`)
    const own = names.filter((each) => each.parser === parser).map(({ name }) => name)
    test.ok(own.length <= limits.fieldNamesMax && new Set(own).size === own.length, `names of ${parser}, ${seed}`)
  }
  const columnOf = new Map(names.flatMap(({ name, column }) => (column === undefined ? [] : [[name, column] as const])))
  test.ok(columnOf.size <= limits.fieldColumnsMax, `columns, ${seed}`)
  const all = [...columnOf.values(), ...segment.columns.map(({ column }) => column), ...Object.values(LOG_COLUMNS)].map((column) => column.toLowerCase())
  const rest = segment.columns.some(({ kind }) => kind === 'rest') ? 1 : 0
  test.equal(new Set(all).size, all.length - rest, `columns differ by more than case, ${seed}`)
}

/** The columns that these lines of one stream give, and the names without one. */
async function columnsOf(test: Test, lines: readonly string[], limits: { readonly fieldColumnsMax?: number } = {}): Promise<{ readonly columns: readonly string[]; readonly others: readonly string[] }> {
  const lake = await openLake(test, limits)
  const [segment] = await imported(lake, lines.map((text) => ({ stream: { app: 'x' }, text })))
  const { names } = factsOf(segment)
  const textOf = ({ parser, name, column }: FieldFacts['names'][number]): string => (column === undefined ? `${parser} ${name}` : `${parser} ${name} in ${column}`)
  return { columns: names.filter(({ column }) => column !== undefined).map(textOf), others: names.filter(({ column }) => column === undefined).map(textOf) }
}

t.test('a name gets a column if it is common, repeats and is short', async (test) => {
  const lines = Array.from({ length: 2_400 }, (_, i) => {
    const rare = i % 100 === 0 && i < 2_200 ? `,"rare":1` : ''
    const few = i % 100 === 1 ? `,"few":1` : ''
    const some = i < 900 ? `,"some":"id-${i}"` : ''
    return `{"id":"id-${i}","half":${i % 2_050},"most":${i % 2_300},"long":"${'x'.repeat(129)}","edge":"${'x'.repeat(128)}"${rare}${few}${some}}`
  })
  const { columns, others } = await columnsOf(test, lines)
  test.same(columns.map((text) => text.split(' ')[1]).sort(), ['edge', 'few', 'half', 'some'])
  test.same(others.map((text) => text.split(' ')[1]).sort(), ['id', 'long', 'most', 'rare'])
})

t.test('of too many names the commonest get columns, ties by name, and two parsers share one', async (test) => {
  const lines = ['{"c":1,"a":1,"b":1,"App":"z"}', '{"c":1,"a":1,"b":1}', 'c=1 d=1', 'd=1 a=']
  test.same((await columnsOf(test, lines, { fieldColumnsMax: 2 })).columns, ['json c in c', 'json a in a', 'logfmt c in c', 'logfmt a in a'])
  test.same((await columnsOf(test, lines)).columns, ['json c in c', 'json a in a', 'json b in b', 'json App in App_2', 'logfmt c in c', 'logfmt d in d', 'logfmt a in a'])
})

t.test('the file says itself what its columns are', async (test) => {
  const duckdb = await duckdbFor(test)
  const lake = await openLake(test)
  const [segment] = await imported(lake, [{ stream: { app: 'x' }, text: 'level=info user=' }])
  const [facts] = await duckdb.rows(`SELECT decode(value) AS facts FROM parquet_kv_metadata(${quoteText(lake.path(segment))}) WHERE key = 'millrace'`)
  test.same(JSON.parse(String(facts['facts'])).fields, segment.fields)
  test.same(segment.fields, { parsed: { json: 0, logfmt: 1 }, names: [{ parser: 'logfmt', name: 'level', column: 'level' }, { parser: 'logfmt', name: 'user', column: 'user' }] })
})
