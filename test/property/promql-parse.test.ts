import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { ALL_FEATURES, MODIFIER_RULES, NO_FEATURES, OPERATOR_RULES, type Features } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import type { Expr } from '../../src/model/expr.js'
import { packageRoot } from '../../src/model/place.js'
import { parsePromql } from '../../src/parse/promql.js'
import { prettyPromql } from '../../src/parse/promql-pretty.js'
import { printPromql } from '../../src/parse/promql-print.js'
import { corpusText, meaningOf, roundTripFault, runPromqlParseCorpus } from '../harness/parse-corpus.js'
import { RandomPromql } from '../harness/random-promql.js'

const corpora = join(packageRoot(), '..', 'shared', 'corpora', 'promql')
const skip = existsSync(corpora) ? false : `no corpus at ${corpora}`

function refusal(text: string, features: Features = ALL_FEATURES): QueryError {
  try {
    parsePromql(text, features)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

t.test('every query of the parser corpus has the tree, the print or the error that upstream states', { skip }, (t) => {
  const result = runPromqlParseCorpus(readFileSync(join(corpora, 'parse.json'), 'utf8'))
  for (const failure of result.failed) t.fail(failure)
  t.ok(result.passed >= 371, `${result.passed} passed`)
  t.end()
})

t.test('what upstream cannot split into words is refused with a position', { skip }, (t) => {
  const entries = JSON.parse(readFileSync(join(corpora, 'lex.json'), 'utf8')) as { input: string; fail?: boolean; seriesDesc?: boolean }[]
  for (const { input, fail, seriesDesc } of entries) {
    if (fail !== true || seriesDesc === true) continue
    t.ok(refusal(corpusText(input)).position, input)
  }
  t.end()
})

t.test('every query that a real Prometheus answered parses, prints and comes back', { skip }, (t) => {
  const answers = readFileSync(join(corpora, 'real-prometheus-3.14.ndjson'), 'utf8').trim().split('\n')
  for (const line of answers) {
    const { query, http } = JSON.parse(line) as { query: string; http: number }
    if (http === 400) continue
    const tree = parsePromql(query, ALL_FEATURES)
    t.equal(roundTripFault(tree, printPromql(tree)), undefined, query)
  }
  t.end()
})

t.test('every query of the test scripts parses, prints and comes back', { skip }, (t) => {
  const folder = join(corpora, 'promqltest')
  const evaluation = /^\s*eval\S*\s+(?:instant\s+at\s+\S+|range\s+from\s+\S+\s+to\s+\S+\s+step\s+\S+)\s+(.+)$/gm
  let count = 0
  for (const file of readdirSync(folder)) {
    for (const [, query] of readFileSync(join(folder, file), 'utf8').matchAll(evaluation)) {
      const tree = parsePromql(query, ALL_FEATURES)
      const fault = roundTripFault(tree, printPromql(tree))
      if (fault !== undefined) t.fail(`${file}: ${query}: ${fault}`)
      count++
    }
  }
  t.ok(count > 1_500, `${count} queries`)
  t.end()
})

t.test('random expressions print to text that is the same tree, on one line and on several', (t) => {
  for (let seed = 1; seed <= 1_500; seed++) {
    const random = new RandomPromql(seed)
    const text = random.pick([() => random.vector(3), () => random.scalar(3), () => random.matrix(3)])()
    const tree = parsePromql(text, ALL_FEATURES)
    const fault = roundTripFault(tree, printPromql(tree))
    if (fault !== undefined) t.fail(`seed ${seed}: ${text}: ${fault}`)
    const pretty = prettyPromql(tree, random.pick([1, 10, 40, 100]))
    if (!isDeepStrictEqual(meaningOf(parsePromql(pretty, ALL_FEATURES)), meaningOf(tree))) t.fail(`seed ${seed}: another tree comes back from ${pretty}`)
    const end = Buffer.byteLength(text)
    for (const { start, end: stop } of spans(tree)) if (!(start >= 0 && start < stop && stop <= end)) t.fail(`seed ${seed}: span ${start}:${stop}`)
  }
  t.end()
})

t.test('a query that is broken at random is refused inside its text, or is another query', (t) => {
  for (let seed = 1; seed <= 1_500; seed++) {
    const random = new RandomPromql(seed)
    const whole = random.vector(2)
    const at = random.below(whole.length)
    const broken = whole.slice(0, at) + random.pick(['', '(', ')', '{', '}', '[', ']', '"', '5x', ' by ', '=', '!', 'é', '\ufffd']) + whole.slice(at + random.below(3))
    try {
      const tree = parsePromql(broken, ALL_FEATURES)
      const fault = roundTripFault(tree, printPromql(tree))
      if (fault !== undefined) t.fail(`seed ${seed}: ${broken}: ${fault}`)
    } catch (error) {
      const { code, position, message } = error as QueryError
      const inside = position !== undefined && position.offset <= position.end && position.end <= Buffer.byteLength(broken)
      if (code !== 'bad_query' || !inside) t.fail(`seed ${seed}: ${broken}: ${code} ${message} ${JSON.stringify(position)}`)
    }
  }
  t.end()
})

function spans(tree: unknown): { start: number; end: number }[] {
  if (typeof tree !== 'object' || tree === null) return []
  const own = 'span' in tree ? [tree.span as { start: number; end: number }] : []
  return [...own, ...Object.values(tree).flatMap(spans)]
}

t.test('a query is laid out over several lines where it does not fit one', (t) => {
  const laidOut = (text: string, width?: number) => prettyPromql(parsePromql(text, ALL_FEATURES), width)
  const cases: readonly (readonly [string, string])[] = [
    ['a{b="a long value"} @ 1 offset 5m', 'a{b="a long value"} @ 1.000 offset 5m'],
    ['topk by (a) (5, sum(rate(b[5m])) / 2)', 'topk by (a) (\n  5,\n    sum(\n      rate(b[5m])\n    )\n  /\n    2\n)'],
    ['-(a_long_name * b)', '-(\n    a_long_name\n  *\n    b\n)'],
    ['Inf ^ a_long_name_indeed', '  Inf\n^\n  a_long_name_indeed'],
    ['sum(a)[5m:] offset 1m', 'sum(a)[5m:] offset 1m'],
    ['max_over_time(a[5m:1m])', 'max_over_time(\na[5m:1m]\n)'],
    ['a + on (b) group_left (c) fill (0) d', '  a\n+ on (b) group_left (c) fill (0)\n  d'],
  ]
  for (const [text, pretty] of cases) t.equal(laidOut(text, 12), pretty, text)
  t.equal(laidOut(`${'a'.repeat(48)} + ${'b'.repeat(49)}`), `${'a'.repeat(48)} + ${'b'.repeat(49)}`, '100 bytes fit a line')
  t.equal(laidOut(`${'a'.repeat(49)} + ${'b'.repeat(49)}`), `  ${'a'.repeat(49)}\n+\n  ${'b'.repeat(49)}`, '101 do not')
  t.end()
})

t.test('places are bytes, lines and columns', (t) => {
  const [left, right] = operands(parsePromql('{"漢"} +\n{"ü"}', ALL_FEATURES))
  t.same(left.span, { start: 0, end: 7 })
  t.same(right.span, { start: 10, end: 16 })
  t.same(refusal('{"漢"} +\n "ü" ]').position, { offset: 16, end: 17, line: 2, column: 7 })
  t.end()
})

function operands(expr: Expr): readonly [Expr, Expr] {
  if (expr.kind !== 'binary') throw new Error(`not binary: ${expr.kind}`)
  return [expr.left, expr.right]
}

t.test('operators bind as upstream says', (t) => {
  const same: readonly (readonly [string, string])[] = [
    ['-1 ^ 2', '-(1 ^ 2)'],
    ['-a * b', '(-a) * b'],
    ['2 ^ 3 ^ 2', '2 ^ (3 ^ 2)'],
    ['a - b - c', '(a - b) - c'],
    ['a or b and c == d + e * f ^ g', 'a or (b and (c == (d + (e * (f ^ g)))))'],
    ['a atan2 b * c', '(a atan2 b) * c'],
    ['a and b unless c', '(a and b) unless c'],
    ['foo offset -2 ^ 2', '(foo offset -2) ^ 2'],
    ['a == bool on () b > c', '(a == bool on () b) > c'],
  ]
  for (const [text, bracketed] of same) t.same(withoutParens(parsePromql(text, ALL_FEATURES)), withoutParens(parsePromql(bracketed, ALL_FEATURES)), text)
  t.end()
})

t.test('the tables of operators and modifiers say what the grammar does', (t) => {
  const operators = Object.entries(OPERATOR_RULES)
  for (const [first, { precedence: tighter }] of operators) {
    for (const [second, { precedence: looser }] of operators) {
      const tree = parsePromql(`a ${first} b ${second} c`, ALL_FEATURES)
      const isSecondOutside = first === '^' && second === '^' ? false : tighter >= looser
      t.equal(tree.kind === 'binary' && tree.left.kind === 'binary', isSecondOutside, `${first} before ${second}`)
    }
  }
  for (const { word, example, feature } of MODIFIER_RULES) {
    t.match(example, word)
    t.doesNotThrow(() => parsePromql(example, new Set(feature === undefined ? [] : [feature])), example)
    if (feature !== undefined) t.equal(refusal(example, NO_FEATURES).facts['feature'], feature, example)
  }
  t.end()
})

function withoutParens(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutParens)
  if (typeof tree !== 'object' || tree === null) return tree
  if ('kind' in tree && tree.kind === 'paren' && 'inner' in tree) return withoutParens(tree.inner)
  const kept = Object.entries(tree).filter(([key]) => !/[sS]pan$|^text$/.test(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutParens(value)]))
}

t.test('a refusal says what was expected and the nearest name', (t) => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['a{b', 'unexpected end of input inside braces', undefined],
    ['a{b}', 'unexpected "}" in label matching, expected label matching operator', 'label matching operator'],
    ['sum by (a b) (c)', 'unexpected identifier "b" in grouping opts, expected "," or ")"', '"," or ")"'],
    ['a offset b', 'unexpected identifier "b" in offset, expected number, duration, step(), or range()', 'number, duration, step(), or range()'],
    ['a[5m', 'unclosed left bracket', undefined],
    ['a[5m:', 'unexpected end of input in duration expression', undefined],
    ['a b', 'unexpected identifier "b"', 'an operator'],
    ['1 +', 'unexpected end of input', 'an expression'],
    ['increse(a[5m])', 'unknown function with name "increse", did you mean "increase"', undefined],
    ['a{b=~"("}', '', undefined],
    ['a * on (b) group_left (c)', '', undefined],
    ['a * on (b) group_left(b) c', 'label "b" must not occur in ON and GROUP clause at once', undefined],
    ['a[9999999999y]', 'duration out of range', undefined],
    ['a[5h5d]', 'not a valid duration string: "5h5d"', undefined],
    ['a offset 5hs', 'unknown unit "hs" in duration "5hs"', undefined],
    ['rate(a[5m]) by (b)', 'unexpected <by>', 'no grouping: it belongs to aggregations'],
    ['a offset 5m offset 5m', 'offset may not be set multiple times', undefined],
    ['a @ b', 'unexpected identifier "b" in @, expected timestamp', 'timestamp'],
    ['a offset b()', 'unexpected identifier "b" in offset, expected number, duration, step(), or range()', undefined],
    ['(a b)', 'unexpected identifier "b"', 'an operator'],
    ['f(a', 'unclosed left parenthesis', undefined],
    ['a offset (5m) - 1', 'ambiguous "-" after an offset in brackets, put brackets around the selector or the whole offset', undefined],
    ['a @ 1 @ 2', '@ <timestamp> may not be set multiple times', undefined],
    ['round(a, 1, 2)', 'expected at most 2 argument(s) in call to "round", got 3', undefined],
    ['label_join(a, "b")', 'expected at least 3 argument(s) in call to "label_join", got 2', undefined],
    ['f\u0000', "unexpected character: '\u0000'", undefined],
    ['1 + fill (2) 3', 'filling in missing series only allowed between instant vectors', undefined],
    ['1e400', 'error parsing number: strconv.ParseFloat: parsing "1e400": value out of range', undefined],
    ['0xffffffffffffffff', 'error parsing number: strconv.ParseFloat: parsing "0xffffffffffffffff": invalid syntax', undefined],
    ['sum by (a, "") (b)', 'invalid label name for grouping: ""', undefined],
    ['a + on ("\\xff") b', 'invalid label name for grouping: "\\xff"', undefined],
    ['a[5m 5m]', 'unexpected duration "5m" in subquery or range, expected ":" or "]"', '":" or "]"'],
    ['a[5m:5m 5m]', 'unexpected duration "5m" in subquery selector, expected "]"', '"]"'],
    ['info(a, 1)', 'expected type instant vector in call to function "info", got scalar', undefined],
    ['info(1, (b))', 'expected label selectors only', undefined],
  ]
  for (const [text, message, expected] of cases) {
    const error = refusal(text)
    t.equal(error.code, 'bad_query', text)
    if (message !== '') t.equal(error.message, message, text)
    if (expected !== undefined) t.match(error.facts, { expected: new RegExp(expected.replace(/[()"]/g, '\\$&')) }, text)
    t.ok(error.position, text)
  }
  t.equal(refusal('increse(a[5m])').facts.nearest, 'increase')
  t.end()
})

t.test('of several mistakes the one that Prometheus comes to first is told', (t) => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['foo(a) b', 0, 'unknown function with name "foo"'],
    ['foo(a) +', 0, 'unknown function with name "foo"'],
    ['foo(a) $', 0, 'unknown function with name "foo"'],
    ['1 + sum(foo(a)', 8, 'unknown function with name "foo"'],
    ['foo(a{b=~"("}', 6, 'error parsing regexp: missing closing ): `(`'],
    ['a{b=~"("} )', 2, 'error parsing regexp: missing closing ): `(`'],
    ['a offset 5m offset 5m b', 0, 'offset may not be set multiple times'],
    ['sum(a, b) c', 0, 'wrong number of arguments for aggregate expression provided, expected 1, got 2'],
    ['sum(a, b) $', 10, "unexpected character: '$'"],
    ['sum(a, foo(', 11, 'unclosed left parenthesis'],
    ['rate(a) b', 8, 'unexpected identifier "b"'],
    ['1 == 1 )', 8, "unexpected right parenthesis ')'"],
  ]
  for (const [text, offset, message] of cases) {
    const error = refusal(text)
    t.same([error.message, error.position?.offset], [message, offset], text)
  }
  t.equal(refusal(`${'a + '.repeat(30_000)}foo(b) c`).code, 'limit_exceeded', 'a long row is walked without recursion')
  t.end()
})

t.test('nesting without end is a limit, not a crash', (t) => {
  const deep = [
    '('.repeat(64_000), `${'('.repeat(60_000)}1${')'.repeat(60_000)}`, `${'-'.repeat(100_000)}1`, `${'a^'.repeat(20_000)}a`, `${'a+'.repeat(20_000)}a`,
    `a${'[1m:]'.repeat(2_000)}`, `a[1${'+1'.repeat(20_000)}]`, `a[${'-'.repeat(9_000)}1]`, `a offset ${'('.repeat(9_000)}`, 'abs('.repeat(30_000),
  ]
  for (const text of deep) t.match(refusal(text).code, /limit_exceeded|bad_query/, text.slice(0, 20))
  t.equal(refusal(deep[0]).message, 'too many levels: 201, limit 200 (setting limits.queryDepthMax)')
  t.equal(refusal('a+'.repeat(2_000) + 'a').message, 'too many operators: 1001, limit 1000 (setting limits.queryOperatorsMax)')
  t.equal(refusal(`"${'x'.repeat(200_000)}"`).facts.limit, 'queryTextBytesMax')
  const wide = `${'('.repeat(190)}${Array.from({ length: 900 }, (_, i) => `up{i="${i}"}`).join(' or ')}${')'.repeat(190)}`
  const tree = parsePromql(wide, ALL_FEATURES)
  t.equal(roundTripFault(tree, printPromql(tree)), undefined, 'what is under the limits is parsed')
  t.end()
})

t.test('bytes that are no text stay what they are', (t) => {
  t.same(parsePromql('"\\xff\\377\\u263a"', ALL_FEATURES), { kind: 'string', span: { start: 0, end: 16 }, value: '\udcff\udcff☺' })
  t.equal(printPromql(parsePromql('"\\xff☺\\xc3\\xbc"', ALL_FEATURES)), '"\\xff☺ü"')
  t.match(refusal('{a="\ufffd"}').message, 'invalid UTF-8 rune')
  t.end()
})
