/** LogQL that is refused, over HTTP: 400 in Loki's class of words at Loki's API, and a place in the text at the native one. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/model/place.js'
import { bytesOf, get, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const CORPUS = join(packageRoot(), '../shared/corpora/logql/parse.json')
const T0 = 1_700_000_000
const RANGE = { start: T0, end: T0 + 60, step: 10 }
const LINES = ['{"n":1}', '{"n":', 'level=info took=5x'].map((line, i) => [`${T0 + i}000000000`, line])
const STREAMS = [{ stream: { app: 'a', pod: '1' }, values: LINES }, { stream: { app: 'a', pod: '2' }, values: LINES.slice(0, 1) }]

const node = await startNode(t, { data: await temporaryFolder(t) })
await node.engine.import({ file: 'lines', format: 'loki', body: bytesOf(JSON.stringify({ streams: STREAMS })) })

interface Place {
  readonly offset: number
  readonly end: number
  readonly line: number
  readonly column: number
}

async function atLoki(path: 'query' | 'query_range', query: string): Promise<string> {
  const response = await fetch(`${node.url}/loki/api/v1/${path}?${new URLSearchParams({ query, ...(path === 'query' ? { time: String(T0 + 60) } : texts(RANGE)) })}`)
  return `${response.status} ${response.headers.get('content-type')} ${(await response.text()).trimEnd()}`
}

function texts(numbers: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]))
}

async function placeOf(query: string): Promise<Place | undefined> {
  const { status, text } = await get(node.url, '/api/v1/stream', { lang: 'logql', query, ...RANGE })
  const { error } = JSON.parse(text) as { error?: { code: string; position?: Place } }
  return status === 400 && error?.code === 'bad_query' ? error.position : undefined
}

const PLAIN = '400 text/plain; charset=utf-8 '

t.test('mistakes of the text, in the words of Loki and with their place', async (t) => {
  const selector = 'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will'
  const cases: readonly (readonly [query: string, told: string, line: number, column: number])[] = [
    ['{app="a"', 'parse error at line 1, col 9: syntax error: unexpected $end, expecting }', 1, 9],
    ['{app=~".*"}', `parse error : ${selector}`, 1, 1],
    ['rate({app="a"}[5)', "parse error at line 1, col 15: missing closing ']' in duration", 1, 15],
    ['rate({app="a"})', 'parse error at line 1, col 15: syntax error: unexpected )', 1, 15],
    ['sum(rate({app="a"}[5m])', 'parse error at line 1, col 24: syntax error: unexpected $end, expecting )', 1, 24],
    ['{"a"="b"}', 'parse error at line 1, col 2: syntax error: unexpected STRING, expecting }', 1, 2],
    ['{app="a"}\n| jsn', 'parse error at line 2, col 6: syntax error: unexpected $end: did you mean "json"?', 2, 6],
    ['topk(0, rate({app="a"}[5m]))', 'parse error : invalid parameter (must be greater than 0) topk(0', 1, 6],
    ['absent_over_time({app="a"}[5m]) by (app)', 'parse error : grouping not allowed for absent_over_time aggregation', 1, 33],
    ['{app="ü"} | pattern "plain"', 'parse error : invalid pattern parser: at least one capture is required', 1, 22],
    ['count_over_time({app="a"} |~ "(" [1m])', `parse error : stage '|~ "("' : error parsing regexp: missing closing ): \`(\``, 1, 30],
    ['count_over_time({app="a"} | line_format "{{ nope }}" [1m])', `parse error : stage '| line_format "{{ nope }}"' : invalid line template: template: line:1: function "nope" not defined`, 1, 41],
    ['count_over_time({app="a"}\n | addr = ip("bogus") [1m])', `parse error : stage '| addr = ip("bogus")' : ip: invalid pattern: "bogus"`, 2, 4],
  ]
  for (const [query, told, line, column] of cases) {
    t.equal(await atLoki('query_range', query), PLAIN + told, query)
    t.match(await placeOf(query), { line, column }, query)
  }
})

t.test('what a query that is in order is refused for', async (t) => {
  const error = `pipeline error: 'JSONParserErr' for series: '{__error__="JSONParserErr", __error_details__="Malformed JSON error", app="a", pod="1"}'.`
  const hint = 'entries in error are left out by | __error__=""'
  const cases: readonly (readonly ['query' | 'query_range', string, string])[] = [
    ['query', '{app="a"}', 'log queries are not supported as an instant query type, please change your query to a range query type'],
    ['query_range', 'approx_topk(1, rate({app="a"}[1m]))', 'count min sketches are only supported on instant queries'],
    ['query', 'count_over_time({app="a"} | json [2m])', `${error}\n${hint}`],
    ['query_range', 'count_over_time({app="a"} | json [2m])', `${error}\n${hint}`],
    ['query', 'count_over_time({app="a"}[2m]) * on (app) sum by (app) (count_over_time({app="a"}[2m]))', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'],
    ['query', 'sum by (app) (count_over_time({app="a"}[2m])) * on (app) count_over_time({app="a"}[2m])', 'found duplicate series on the right hand-side;many-to-many matching not allowed: matching labels must be unique on one side'],
    ['query_range', '{app="a"} | line_format "{{repeat 1000000000 `x`}}"', 'too many characters: 1000000000, limit 16777216 (setting limits.templateTextMax)'],
  ]
  for (const [path, query, told] of cases) t.equal(await atLoki(path, query), PLAIN + told, query)
})

t.test('every query that Loki refuses in its own tests', { skip: existsSync(CORPUS) ? false : 'the shared corpora are not here' }, async (t) => {
  const cases = JSON.parse(readFileSync(CORPUS, 'utf8')) as readonly { readonly query: string; readonly valid: boolean }[]
  const refused = cases.filter(({ valid, query }) => !valid && query !== '')
  t.ok(refused.length > 150, `${refused.length} queries`)
  const wrong: string[] = []
  for (const { query } of refused) {
    for (const path of ['query', 'query_range'] as const) {
      const told = await atLoki(path, query)
      if (!told.startsWith(`${PLAIN}parse error`)) wrong.push(`${query}: ${told}`)
    }
    const place = await placeOf(query)
    const length = Buffer.byteLength(query)
    if (place === undefined || place.offset > place.end || place.end > length) wrong.push(`${query}: at ${JSON.stringify(place)} of ${length}`)
  }
  t.same(wrong, [])
})
