/** Templates of line_format and label_format: exact cases in Go's words, their limits, and random templates over random lines. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { compilePipeline, templateFunctionNames } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import { labelsObject, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS, type LimitName, type Limits } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { parseLogql } from '../../src/parse/logql.js'

const SEED = Number(process.env['TEMPLATE_SEED'] ?? 1)
const ROUNDS = Number(process.env['TEMPLATE_ROUNDS'] ?? 4_000)
/** Of each function in our own corpus. */
const CASES_LEAST = 2
const LABELS: Labels = ['a', '1', 'app', 'x', 'j', '{"k":[1,"x",null],"m":{"q":2.5}}', 's', 'Hello World!', 'u', 'grün']
const TIME_NS = 1_700_000_000_123_456_789n

function pipelineOf(text: string, needed: ReadonlySet<string> | 'all' = 'all', limits: Partial<Limits> = {}) {
  const expr = parseLogql(`{app="x"} ${text}`)
  if (expr.kind !== 'logs') throw new Error('not a log query')
  return compilePipeline(expr.stages, { needed, limits: { ...DEFAULT_LIMITS, ...limits }, clock: () => 1_700_000_001_000 })
}

function lineFormat(template: string): { readonly line: string; readonly details: string } {
  const pipeline = pipelineOf(`| line_format ${JSON.stringify(template)}`)
  pipeline.process('the line', LABELS, [], TIME_NS)
  return { line: pipeline.line, details: labelsObject(pipeline.labels().labels)['__error_details__'] ?? '' }
}

t.test('every function of templates has cases in our own corpus', async (t) => {
  const { cases } = JSON.parse(readFileSync(join(packageRoot(), 'test', 'corpus', 'logql', 'eval.json'), 'utf8')) as { cases: { pipeline?: string }[] }
  const text = cases.map(({ pipeline }) => pipeline ?? '').join('\n')
  const calls = (name: string): number => [...text.matchAll(new RegExp(`(?<![\\w.$"])${name}(?![\\w"])`, 'g'))].length
  t.same(templateFunctionNames().filter((name) => calls(name) < CASES_LEAST), [])
})

t.test('what goes wrong in a run is told in the words of Go, and the line stays', async (t) => {
  const at = (place: string, node: string, message: string): string => `template: line:${place}: executing "line" at <${node}>: ${message}`
  const cases: readonly (readonly [string, string])[] = [
    ['{{.a.b}}', at('1:4', '.a.b', "can't evaluate field b in type string")],
    ['{{.a "x"}}', at('1:2', '.a', 'a is not a method but has arguments')],
    ['{{upper 3}}', at('1:8', '3', 'expected string; found 3')],
    ['{{repeat (add 1 1) .a}}', at('1:16', '1', 'wrong type for value; expected int; got int64')],
    ['x\n {{div 1 0}}', at('2:3', 'div 1 0', 'error calling div: runtime error: integer divide by zero')],
    ['ü{{.a | div 1.5 | mod 1 | lower}}', at('1:27', 'lower', 'wrong type for value; expected string; got int64')],
    ['{{substr 5 -1 .a}}', at('1:2', 'substr 5 -1 .a', 'error calling substr: runtime error: slice bounds out of range [5:1]')],
    ['{{nil}}', at('1:2', 'nil', 'nil is not a command')],
    ['{{1 2}}', at('1:2', '1', "can't give argument to non-function 1")],
    ['{{trim}}', at('1:2', 'trim', 'wrong number of args for trim: want 1 got 0')],
    ['{{mul}}', at('1:2', 'mul', 'wrong number of args for mul: want at least 1 got 0')],
    ['{{template "t"}}', at('1:11', '{{template "t"}}', 'template "t" not defined')],
    ['{{(toDateInZone "2006" "Europe/Berlin" "2020").Format "MST"}}', at('1:46', '(toDateInZone "2006" "Europe/Berlin" "2020").Format', 'error calling Format: the short name of a time zone is known for UTC only, not for Europe/Berlin')],
  ]
  for (const [template, details] of cases) t.equal(lineFormat(template).details, details, JSON.stringify(template).replaceAll('#', ''))
  t.equal(lineFormat('{{div 1 0}}').line, 'the line')
})

t.test('what is wrong with a template is told when the query is planned', async (t) => {
  const fault = (template: string): string => {
    try {
      lineFormat(template)
      return ''
    } catch (thrown) {
      return QueryError.from(thrown).message
    }
  }
  t.equal(fault('{{'), 'invalid line template: template: line:1: unclosed action')
  t.equal(fault('a\n{{nope}}'), 'invalid line template: template: line:2: function "nope" not defined')
  t.equal(fault('{{if .a}}'), 'invalid line template: template: line:1: unexpected EOF')
  t.equal(fault('{{$x}}'), 'invalid line template: template: line:1: undefined variable "$x"')
  t.equal(fault('{{if}}{{end}}'), 'invalid line template: template: line:1: missing value for if')
  t.throws(() => pipelineOf('| label_format x="{{"'), { message: "invalid template for label 'x': template: label:1: unclosed action" })
})

const ENDLESS: Readonly<Partial<Record<LimitName, readonly string[]>>> = {
  templateTextMax: [
    '{{repeat 1000000000 "x"}}',
    '{{repeat 9223372036854775807 "x"}}',
    '{{range 1000000}}{{repeat 10000 "x"}}{{end}}',
    '{{printf "%1000000000d" 1}}',
    '{{printf "%.1000000000f" 1.5}}',
    '{{$x := "xxxxxxxx"}}{{range 100}}{{$x = replace "x" $x $x}}{{end}}',
    '{{$x := "x"}}{{range 100}}{{$x = print $x $x}}{{end}}',
    '{{indent 100000000 "\\n"}}',
    '{{alignLeft 1000000000 "x"}}',
    '{{html (repeat 16000000 "<")}}',
    '{{js (repeat 16000000 "<")}}',
    '{{urlencode (repeat 16000000 "ü")}}',
    '{{urlquery (repeat 16000000 "ü")}}',
    '{{printf "%x" (repeat 16000000 "x")}}',
  ],
  templateStepsMax: [
    '{{range 1000000000}}{{end}}',
    '{{range 1000000}}{{range 1000000}}x{{end}}{{end}}',
    '{{range 1000}}{{range 1000}}{{range 1000}}{{end}}{{end}}{{end}}',
    '{{range 100000}}{{$y := repeat 1000000 "x"}}{{end}}',
    '{{$x := repeat 10000000 "x"}}{{regexReplaceAll "x" $x "yy"}}',
  ],
  templateDepthMax: [
    '{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}',
    '{{define "t"}}{{template "t" .}}{{template "t" .}}{{end}}{{template "t" .}}',
    '{{define "t"}}{{range 1000}}{{template "t" .}}{{end}}{{end}}{{template "t" .}}',
    `{{fromJson ${JSON.stringify('['.repeat(5_000) + ']'.repeat(5_000))}}}`,
  ],
  queryDepthMax: [`{{${'('.repeat(1_000)}1${')'.repeat(1_000)}}}`],
}

t.test('a template that loops or allocates without end meets a limit, and its setting is named', async (t) => {
  for (const [limit, templates] of Object.entries(ENDLESS)) {
    for (const template of templates) {
      const expected = { code: 'limit_exceeded', facts: { limit, setting: `limits.${limit}` }, message: new RegExp(`\\(setting limits\\.${limit}\\)$`) }
      t.throws(() => lineFormat(template), expected, JSON.stringify(template.slice(0, 60)))
    }
  }
})

t.test('limits that are set count as they are set', async (t) => {
  const limited = (template: string, limits: Partial<Limits>): string => {
    const pipeline = pipelineOf(`| line_format ${JSON.stringify(template)}`, 'all', limits)
    pipeline.process('the line', LABELS, [], TIME_NS)
    return pipeline.line
  }
  const cases: readonly (readonly [string, LimitName, number])[] = [
    ['{{repeat 40 "x"}}', 'templateTextMax', 40],
    ['{{.a}}23456789', 'templateTextMax', 9],
    ['{{html "<"}}', 'templateTextMax', 4],
    ['{{printf "%x" "ab"}}', 'templateTextMax', 4],
    ['{{regexReplaceAll "." "ab" "12"}}', 'templateTextMax', 4],
    ['{{(fromJson .j).k}}', 'templateDepthMax', 3],
    ['{{define "t"}}x{{end}}{{template "t"}}', 'templateDepthMax', 2],
  ]
  for (const [template, limit, least] of cases) {
    t.doesNotThrow(() => limited(template, { [limit]: least }), template)
    t.throws(() => limited(template, { [limit]: least - 1 }), { code: 'limit_exceeded', facts: { limit, value: least - 1, amount: least } }, template)
  }
  t.throws(() => limited('{{range 5}}{{end}}', { templateStepsMax: 5 }), { message: 'too many template steps: 6, limit 5 (setting limits.templateStepsMax)' })
  t.doesNotThrow(() => limited('{{range 5}}{{end}}', { templateStepsMax: 6 }))
})

t.test('long texts are made piece by piece, of whole characters', async (t) => {
  const text = `a${'😀'.repeat(50_000)}<`
  const made = (call: string): string => {
    const pipeline = pipelineOf(`| line_format ${JSON.stringify(`{{${call} __line__}}`)}`)
    pipeline.process(text, LABELS, [], TIME_NS)
    return pipeline.line
  }
  t.equal(made('html'), `${text.slice(0, -1)}&lt;`)
  t.equal(made('urlencode'), encodeURIComponent(text))
  t.equal(made('printf "%x"'), Buffer.from(text).toString('hex'))
  t.equal(lineFormat('{{printf "%x|%X|% x|%#x|%# X|%.1x|%x" "aü" "aü" "aü" "aü" "aü" "aü" ""}}').line, '61c3bc|61C3BC|61 c3 bc|0x61c3bc|0X61 0XC3 0XBC|61|')
})

t.test('parsers extract what templates look at, and all where a template takes the labels as a whole', async (t) => {
  const line = '{"k":"v","other":"w"}'
  for (const [template, made] of [
    ['{{.k}}', 'v'],
    ['{{$.k}}', 'v'],
    ['{{index . "k"}}', 'v'],
    ['{{define "t"}}{{.k}}{{end}}{{template "t" .}}', 'v'],
    ['{{with .}}{{.k}}{{end}}', 'v'],
  ] as const) {
    const pipeline = pipelineOf(`| json | line_format ${JSON.stringify(template)}`, new Set(['app']))
    pipeline.process(line, ['app', 'x'], [], 0n)
    t.equal(pipeline.line, made, template)
  }
})

const WORDS = ['.', '.a', '.s', '.j', '.u', '.nope', '$', '$x', '1', '-3', '2.5', '"x"', '"%d|%5s"', '""', 'true', 'nil', '`r`', "'c'", '(fromJson .j)', '(int .a)', '__line__', '__timestamp__']

function randomCall(random: Seeded, depth: number): string {
  if (depth === 0 || random.below(3) === 0) return WORDS[random.below(WORDS.length)]
  const names = templateFunctionNames()
  const args = Array.from({ length: random.below(4) }, () => {
    const inner = randomCall(random, depth - 1)
    return inner.includes(' ') ? `(${inner})` : inner
  })
  const call = [names[random.below(names.length)], ...args].join(' ')
  return random.below(4) === 0 ? `${call} | ${names[random.below(names.length)]}` : call
}

function randomTemplate(random: Seeded, depth: number): string {
  const call = randomCall(random, 2)
  const inner = (): string => (depth === 0 ? 'x' : randomTemplate(random, depth - 1))
  const forms = [
    () => `t{{${call}}}`,
    () => `{{- $x = ${call} -}} `,
    () => `{{if ${call}}}${inner()}{{else if .a}}${inner()}{{else}}n{{end}}`,
    () => `{{with ${call}}}${inner()}{{end}}`,
    () => `{{range $i, $e := ${call}}}${inner()}{{if $i}}{{break}}{{end}}{{else}}none{{end}}`,
    () => `{{block "b${random.below(9)}" ${call}}}{{$x := 1}}${inner()}{{end}}`,
    () => inner() + inner(),
    () => broken(random, `{{${call}}}`),
  ]
  return forms[random.below(forms.length)]()
}

/** With one character left out or put in. */
function broken(random: Seeded, template: string): string {
  const at = random.below(template.length)
  const signs = '{}|().$"`\'%-/* \n'
  return template.slice(0, at) + (random.below(2) === 0 ? signs[random.below(signs.length)] : '') + template.slice(at + random.below(2))
}

t.test('random templates over random lines end, within the limits, with a line or an error of the language', async (t) => {
  t.comment(`TEMPLATE_SEED=${SEED} TEMPLATE_ROUNDS=${ROUNDS}`)
  const random = seeded(SEED)
  const outcomes = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    const template = `{{$x := "v"}}${randomTemplate(random, 2)}`
    const outcome = outcomeOf(template, Array.from({ length: random.below(20) }, () => 'aé{"0% \n'[random.below(8)]).join(''))
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (!['made', 'failed', 'bad_query', 'limit_exceeded'].includes(outcome)) t.fail(`${JSON.stringify(template)}: ${outcome}`)
  }
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  for (const outcome of ['made', 'failed', 'bad_query']) t.ok((outcomes.get(outcome) ?? 0) > ROUNDS / 50, `some are ${outcome}`)
})

function outcomeOf(template: string, line: string): string {
  try {
    const pipeline = pipelineOf(`| line_format ${JSON.stringify(template)}`)
    pipeline.process(line, LABELS, [], TIME_NS)
    if (pipeline.line.length > DEFAULT_LIMITS.templateTextMax) return 'a line over the limit'
    if (pipeline.error === '') return 'made'
    return pipeline.line === line ? 'failed' : 'failed, with another line'
  } catch (thrown) {
    return thrown instanceof QueryError ? thrown.code : String(thrown)
  }
}
