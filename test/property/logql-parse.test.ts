import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stageNames, stageWords } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import type { Expr, LabelFilterExpr, Span } from '../../src/model/expr.js'
import { packageRoot } from '../../src/model/place.js'
import { prettyLogql } from '../../src/parse/logql-pretty.js'
import { printLogql } from '../../src/parse/logql-print.js'
import { parseLogql, warmLogqlParser } from '../../src/parse/logql.js'
import { logqlQuery, tokenSoup } from '../harness/logql-queries.js'
import { seeded } from '../harness/lake.js'
import { meaningOf, roundTripFault, runLogqlParseCorpus } from '../harness/parse-corpus-logql.js'

const CORPUS = join(packageRoot(), '../shared/corpora/logql/parse.json')

const NO_CORPUS = existsSync(CORPUS) ? false : 'needs ../shared/corpora/logql/parse.json'

t.test('every parser case of Loki', { skip: NO_CORPUS }, async (t) => {
  const { passed, failed } = runLogqlParseCorpus(readFileSync(CORPUS, 'utf8'))
  t.same(failed, [])
  t.equal(passed, 1731)
})

/** What a query prints as. */
const ACCEPTED: readonly (readonly [query: string, printed: string])[] = [
  // Words that are names unless brackets follow them.
  ['{sum="a", ip="b", bytes="c"} | rate > 5 | duration > 5s', '{sum="a", ip="b", bytes="c"} | rate>5 | duration>5s'],
  ['sum by (sum, rate) (rate({a="b"}[1m]))', 'sum by (sum,rate)(rate({a="b"}[1m]))'],
  ['SUM /* all */ BY (A) # of them\n (RATE({A="B"}[1m]))', 'sum by (A)(rate({A="B"}[1m]))'],
  ['sum_over_time({a="b"} | unwrap Duration(c) [1m])', 'sum_over_time({a="b"} | unwrap duration(c)[1m])'],
  // Numbers, durations and sizes.
  ['010 + 1_000', '1010'],
  ['0x1p-2 * 2', '0.5'],
  ['1e21 + 0', '1e+21'],
  ['0.00001 - 0', '1e-05'],
  ['{a="b"} | c > 5K | d > 1Ki | e > .5MB', '{a="b"} | c>5.0kB | d>1.0kB | e>500kB'],
  ['{a="b"} | c > 1.5h | d > 1h1.5s | e < -250µs | f = 1y2w', '{a="b"} | c>1h30m0s | d>1h0m1.5s | e<-250µs | f==9096h0m0s'],
  ['{a="b"} | c > -0', '{a="b"} | c>0s'],
  ['{a="b"} | c > -0.5', '{a="b"} | c>-0.5'],
  ['1 -1', '0'],
  ['1--1', '2'],
  ['-1 ^ 2', '1'],
  ['2 ^ 3 ^ 2', '512'],
  ['rate({a="b"}[0]) + 1', '(rate({a="b"}[0s]) + 1)'],
  // Strings.
  ['{a="\\u00e9\\x41\\101\\"\\\\"} |= `\\d"`', '{a="éAA\\"\\\\"} |= "\\\\d\\""'],
  ['{a="\\xc3\\xa9"}', '{a="é"}'],
  ['\uFEFF{a="b"}', '{a="b"}'],
  // The order of label filters.
  ['{x="y"} | a="1" or b="2" and c="3"', '{x="y"} | ( a="1" or ( b="2" , c="3" ) )'],
  ['{x="y"} | a="1" and b="2" or c="3"', '{x="y"} | ( ( a="1" , b="2" ) or c="3" )'],
  ['{x="y"} | a="1" , b="2" or c="3"', '{x="y"} | ( a="1" , ( b="2" or c="3" ) )'],
  ['{x="y"} | a="1" b="2" or c="3"', '{x="y"} | ( a="1" , ( b="2" or c="3" ) )'],
  ['{x="y"} | a="1" or b="2" , c="3"', '{x="y"} | ( a="1" or ( b="2" , c="3" ) )'],
  ['{x="y"} | a="1" and b="2" , c="3" or d="4"', '{x="y"} | ( a="1" , ( b="2" , ( c="3" or d="4" ) ) )'],
  ['{x="y"} | a="1" or b="2" or c="3"', '{x="y"} | ( ( a="1" or b="2" ) or c="3" )'],
  // Stages and what follows them.
  ['{a="b"} | json c != "d"', '{a="b"} | json c="c" != "d"'],
  ['{a="b"} | drop c != "d"', '{a="b"} | drop c!="d"'],
  ['{a="b"} | keep c, d=~"e" |= "f" or "g"', '{a="b"} | keep c,d=~"e" |= "f" or "g"'],
  ['{a="b"} != "c" or ip("::1")', '{a="b"} != "c" != ip("::1")'],
  ['{a="b"} | logfmt --keep-empty --strict --strict', '{a="b"} | logfmt --strict --keep-empty'],
  // Ranges.
  ['rate((({a="b"} |= "c")[1m] offset -1h))', 'rate({a="b"} |= "c"[1m] offset -1h0m0s)'],
  ['rate({a="b"}[1m] offset 5m |= "c" | unwrap d)', 'rate({a="b"} |= "c" | unwrap d[1m] offset 5m0s)'],
  ['max_over_time(({a="b"})[1m] | unwrap d | e="f") by ()', 'max_over_time({a="b"} | unwrap d | e="f"[1m]) by ()'],
  // Matching.
  ['vector(1) * ignoring() group_left (a) vector(2)', '(vector(1.000000) * vector(2.000000))'],
  ['2 > bool on (a) vector(1)', '(2 > bool on (a)  vector(1.000000))'],
]

t.test('accepted, and printed', async (t) => {
  for (const [query, printed] of ACCEPTED) {
    t.equal(printLogql(parseLogql(query)), printed, query)
  }
})

/** Where a query is refused, and words of the reason. */
const REFUSED: readonly (readonly [query: string, column: number, reason: RegExp])[] = [
  ['rat({a="b"}[1m])', 1, /did you mean "rate"/],
  ['{a="b"} | jsn | c="d"', 15, /unexpected \|.*did you mean "json"/],
  ['{a="b"} | lable_format c=d', 24, /did you mean "label_format"/],
  ['sum(rte({a="b"}[1m]))', 5, /did you mean "rate"/],
  ['{a="b"} | json c="d" | logfmt --sctrict', 33, /unknown flag --sctrict: logfmt takes --strict and --keep-empty/],
  ['{ä="b"} |= 5', 13, /unexpected NUMBER, expecting STRING or ip/],
  ['rate({a="b"}[5 m])', 13, /not a valid range/],
  ['rate({a="b"}[300y])', 13, /not a valid range/],
  ['{a="b"} | c > 1h1', 15, /unable to parse literal as a float: .* parsing "1h1"/],
  ['{a="b"} | c > 1.5.5', 15, /unable to parse/],
  ['{a="b"} | c > 1_', 15, /unable to parse/],
  ['{a="b"} | c > 09', 15, /unable to parse/],
  ['{a="b"} | drop c != ip("::1")', 21, /one string/],
  ['{a="b"} | drop c != "d" or "e"', 21, /one string/],
  ['{a=~"("}', 2, /missing closing \)/],
  ['{a=~"\\xff"}', 2, /invalid UTF-8/],
  ['{a="b"} | c=~"("', 11, /missing closing \)/],
  ['{a="b"} | keep c=~"("', 16, /missing closing \)/],
  ['vector(1) * on (a) group_left (vector(2))', 32, /brackets behind group_left hold labels/],
  ['topk(99999999999999999999, vector(1))', 6, /invalid parameter topk/],
  ['sort(vector(1)) by (a)', 17, /sort_desc doesn't allow grouping/],
  ['label_replace({a="b"}, "a", "b", "c", "d")', 22, /takes a metric query/],
  ['label_replace(vector(1), "a", "b", "c", "d", "e")', 49, /takes 5 arguments, but has 6/],
  ['{a="b"} | c > 100000h1ns', 15, /cannot be held exactly/],
  ['{a="b"} /* c', 9, /comment not terminated/],
  ['{a="b"}\n|= "c\n"', 4, /literal not terminated/],
  ['{a="b"} | json,', 15, /unexpected/],
  ['{a="b"} | logfmt --strict, c', 26, /unexpected ,/],
  ['{a="b"} | line_format "c", d', 26, /unexpected ,/],
  ['{a="b"} | c="d" |= "e", f', 23, /unexpected ,/],
  ['{a="b"} | c=1,', 15, /unexpected \$end/],
  ['rate(({a="b"} | json)[1m] | unwrap c)', 27, /unexpected \|/],
]

t.test('refused, with the place and the reason', async (t) => {
  for (const [query, column, reason] of REFUSED) {
    const error = refusal(query)
    t.equal(error?.code, 'bad_query', query)
    t.equal(error?.position?.column, column, `${query}: ${error?.message}`)
    t.match(error?.message, reason, query)
  }
})

t.test('limits', async (t) => {
  const long: readonly (readonly [query: string, limit: string | undefined])[] = [
    [`{a="b"} | ${filters(150).join(' or ')}`, undefined],
    [`{a="b"} | ${filters(300).join(' or ')}`, 'queryDepthMax'],
    [`{a="b"} | ${filters(300).join(' , ')}`, 'queryDepthMax'],
    [`${'('.repeat(200)}1${')'.repeat(200)}`, undefined],
    [`${'('.repeat(201)}1${')'.repeat(201)}`, 'queryDepthMax'],
    [`rate(${'('.repeat(60_000)}`, 'queryDepthMax'],
    [`${'vector(1) ^ '.repeat(3000)} vector(1)`, 'queryDepthMax'],
    [`${'1 ^ '.repeat(20_000)} 1`, undefined],
    [`${'-'.repeat(60_000)}`, 'syntax'],
    [`{a="b"} |= "${'x'.repeat(131_072)}"`, 'queryTextBytesMax'],
    [`{a="b"} |= "${'é'.repeat(65_535)}"`, 'queryTextBytesMax'],
  ]
  for (const [query, limit] of long) {
    const error = refusal(query)
    const met = error?.code === 'bad_query' ? 'syntax' : error?.facts.limit
    t.equal(met, limit, `${query.slice(0, 40)}… of ${query.length} characters`)
    if (error?.code === 'limit_exceeded') t.match(error.message, `limits.${limit}`)
  }
})

t.test('random queries print and come back', async (t) => {
  for (let seed = 1; seed <= 400; seed++) {
    const query = logqlQuery(seeded(seed))
    const tree = parseLogql(query)
    const fault = roundTripFault(tree, printLogql(tree))
    if (fault !== undefined) t.fail(`seed ${seed}: ${query}: ${fault}`)
  }
  t.pass('400 seeds')
})

t.test('random queries come back from several lines', async (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const query = logqlQuery(seeded(seed))
    const tree = parseLogql(query)
    for (const width of [20, 60, 100]) {
      const text = prettyLogql(tree, width)
      if (printLogql(parseLogql(text)) !== printLogql(tree)) t.fail(`seed ${seed}, width ${width}: ${query}: ${text}`)
    }
  }
  t.pass('300 seeds')
})

t.test('Loki lays queries out in the same way, where it keeps all of them', { skip: NO_CORPUS }, async (t) => {
  const cases = JSON.parse(readFileSync(CORPUS, 'utf8')) as readonly { query: string; valid: boolean; pretty: string; pretty_20?: string }[]
  let same = 0
  for (const { query, pretty, pretty_20 } of cases.filter(({ valid }) => valid)) {
    const tree = parseLogql(query)
    for (const [width, theirs] of [[100, pretty], [20, pretty_20 ?? pretty]] as const) {
      const ours = prettyLogql(tree, width)
      // Loki never indents decolorize; all else that differs must be a text of Loki's that is another query, or none.
      if (withoutSpace(ours) === withoutSpace(theirs)) same++
      else t.ok(canonicalOf(theirs) !== printLogql(tree), `width ${width}: ${query} is laid out as ${ours}`)
    }
  }
  t.ok(same > 3000, `${same} are the same`)
})

function withoutSpace(text: string): string {
  return text.includes('decolorize') ? text.replaceAll(/\s/g, '') : text
}

function canonicalOf(query: string): string | undefined {
  return refusal(query) === undefined ? printLogql(parseLogql(query)) : undefined
}

t.test('the text of an expression is that expression', async (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const query = `# ä\n${logqlQuery(seeded(seed))}`
    const bytes = Buffer.from(query)
    for (const node of expressions(parseLogql(query))) {
      const text = bytes.subarray(node.span.start, node.span.end).toString()
      // A bracketed operand's span is inside its brackets, and a chain cut out of its brackets can end in the middle.
      if (node.kind === 'binary') continue
      const again = parseLogql(text)
      if (JSON.stringify(meaningOf(again), bigints) !== JSON.stringify(meaningOf(node), bigints)) t.fail(`seed ${seed}: ${text} of ${query}`)
    }
  }
  t.pass('200 seeds')
})

t.test('any words are parsed or refused with a place', async (t) => {
  for (let seed = 1; seed <= 3000; seed++) {
    const text = tokenSoup(seeded(seed))
    const error = refusal(text)
    if (error === undefined) continue
    const { position } = error
    const inside = position !== undefined && position.offset <= position.end && position.end <= Buffer.byteLength(text)
    if (error.code !== 'bad_query' || !inside) t.fail(`seed ${seed}: ${text}: ${error.code} ${error.message} ${JSON.stringify(position)}`)
  }
  t.pass('3000 seeds')
})

t.test('every stage that can be written is one that can run', async (t) => {
  t.same(stageWords().toSorted(), stageNames().toSorted())
})

t.test('the warm-up queries parse', async (t) => {
  t.doesNotThrow(warmLogqlParser)
})

t.test('values that the text does not show', async (t) => {
  const tree = parseLogql('{a="b"} | c >= 1.5KiB or d < 1h30m | e = 0x1p4')
  const filters = tree.kind === 'logs' ? tree.stages.flatMap((stage) => (stage.kind === 'labelFilter' ? compared(stage.filter) : [])) : []
  t.same(filters, [
    ['c', '>=', 'bytes', 1536, '1.5KiB'],
    ['d', '<', 'duration', 5_400_000_000_000, '1h30m'],
    ['e', '==', 'number', 16, '0x1p4'],
  ])
})

function filters(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `a${index}="b"`)
}

function compared(filter: LabelFilterExpr): readonly (readonly (string | number)[])[] {
  if (filter.kind === 'and' || filter.kind === 'or') return [...compared(filter.left), ...compared(filter.right)]
  return filter.kind === 'compare' ? [[filter.name, filter.op, filter.unit, filter.value, filter.text]] : []
}

function refusal(query: string): QueryError | undefined {
  try {
    parseLogql(query)
    return undefined
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}

/** The metric and log expressions of a tree that can stand alone. */
function expressions(node: Expr): readonly (Expr & { readonly span: Span })[] {
  switch (node.kind) {
    case 'binary':
      return [node, ...expressions(node.left), ...expressions(node.right)]
    case 'aggregate':
      return [node, ...expressions(node.operand)]
    case 'call':
      return [node, ...node.args.flatMap(expressions)]
    case 'logs':
      return [node]
    default:
      return []
  }
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
