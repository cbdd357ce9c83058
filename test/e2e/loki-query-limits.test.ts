/** Limits that a request sets itself by X-Loki-Query-Limits, at every path of Loki's API that has a meaning for them; and what cannot be one request. */
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { bytesOf, startNode, writeYaml } from '../harness/real-node.js'
import { rawRequest } from '../harness/raw-http.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

/** In the past hour, so that a look back from now finds some and not all. */
const NOW_S = Math.floor(Date.now() / 1000)
const MINUTE = 60
const LINE = 'level=error took=5ms'
const LINES = 30

const node = await startNode(t, { data: await temporaryFolder(t) })

/** A line every minute of the last half hour, in each of two streams. */
async function load(organisation?: string): Promise<void> {
  const values = Array.from({ length: LINES }, (_, i) => [`${NOW_S - (LINES - i) * MINUTE}000000000`, LINE])
  const streams = ['shop', 'web'].map((app) => ({ stream: { app, env: 'prod' }, values }))
  await node.engine.import({ file: 'lines', format: 'loki', body: bytesOf(`${JSON.stringify({ streams })}\n`), ...(organisation === undefined ? {} : { organisation }) })
}

await load()

type Parameters = Readonly<Record<string, string | number>>

interface Told {
  readonly status: number
  readonly text: string
}

async function ask(path: string, parameters: Parameters, limits: object | string, more: Readonly<Record<string, string>> = {}): Promise<Told> {
  const search = new URLSearchParams(Object.entries({ start: NOW_S - 3600, end: NOW_S, ...parameters }).map(([name, value]): [string, string] => [name, String(value)]))
  const response = await fetch(`${node.url}/loki/api/v1/${path}?${search}`, { headers: { 'X-Loki-Query-Limits': typeof limits === 'string' ? limits : JSON.stringify(limits), ...more } })
  return { status: response.status, text: await response.text() }
}

/** Refused with the text, and answered by the looser limits. */
async function holds(t: Test, path: string, parameters: Parameters, tight: object, text: string, loose: object): Promise<void> {
  t.same(await ask(path, parameters, tight), { status: 400, text: `${text}\n` }, `${path} ${JSON.stringify(tight)}`)
  const { status, text: told } = await ask(path, parameters, loose)
  t.equal(status, 200, `${path} ${JSON.stringify(loose)}: ${told}`)
}

const LOGS = '{app="shop"}'
const RATE = 'sum(rate({app="shop"}[5m]))'

t.test('maxQueryLength holds at every path with a range of time', async (t) => {
  const tooLong = 'the query time range exceeds the limit (query length: 1h0m0s, limit: 59m)'
  const paths: readonly (readonly [path: string, parameters: Parameters])[] = [
    ['query_range', { query: LOGS }],
    ['query_range', { query: RATE, step: 60 }],
    ['labels', {}],
    ['label/app/values', {}],
    ['series', { match: LOGS }],
    ['index/stats', { query: LOGS }],
    ['index/shards', { query: LOGS, targetBytesPerShard: '1KB' }],
    ['index/volume', { query: LOGS }],
    ['index/volume_range', { query: LOGS }],
    ['detected_labels', {}],
    ['detected_fields', { query: LOGS }],
    ['detected_field/level/values', { query: LOGS }],
    ['split_query', { query: LOGS }],
  ]
  for (const [path, parameters] of paths) await holds(t, path, parameters, { maxQueryLength: '59m' }, tooLong, { maxQueryLength: '1h' })
  t.equal((await ask('query', { query: RATE, time: NOW_S }, { maxQueryLength: '1s' })).status, 200, 'an instant has no length')
})

t.test('maxQueryInterval holds for windows, not for lines', async (t) => {
  const tooLong = '[interval] value exceeds limit: [5m] > [1m30s]'
  for (const path of ['query', 'query_range']) await holds(t, path, { query: `1 + ${RATE}`, step: 60, time: NOW_S }, { maxQueryInterval: '90s' }, tooLong, { maxQueryInterval: '5m' })
  t.equal((await ask('query_range', { query: LOGS }, { maxQueryInterval: '1ms' })).status, 200)
})

t.test('maxQueryLookback cuts the range, and leaves nothing of one that is all beyond it', async (t) => {
  const whole = JSON.parse((await ask('query_range', { query: LOGS }, {})).text).data.result[0].values
  t.equal(whole.length, LINES)
  const cut = JSON.parse((await ask('query_range', { query: LOGS }, { maxQueryLookback: '15m30s' })).text).data.result[0].values
  t.ok(cut.length >= 10 && cut.length <= 16, `${cut.length} of the last quarter of an hour`)
  t.same(cut, whole.slice(0, cut.length))
  const stats = JSON.parse((await ask('index/stats', { query: LOGS }, { maxQueryLookback: '15m30s' })).text)
  t.ok(stats.entries >= 10 && stats.entries <= 16, `${stats.entries}`)
  const gone = 'this data is no longer available, it is past now - max_query_lookback (1m)\n'
  const old = { start: NOW_S - 3600, end: NOW_S - 1800 }
  t.same(await ask('query_range', { ...old, query: LOGS }, { maxQueryLookback: '1m' }), { status: 400, text: gone })
  t.same(await ask('labels', old, { maxQueryLookback: '60s' }), { status: 400, text: gone })
  t.same(await ask('query', { query: RATE, time: NOW_S - 1800 }, { maxQueryLookback: '1m' }), { status: 400, text: gone })
})

t.test('maxEntriesLimitPerQuery holds for lines and not for numbers, and does not loosen', async (t) => {
  const tooMany = 'max entries limit per query exceeded, limit > max_entries_limit_per_query'
  await holds(t, 'query_range', { query: LOGS, limit: 20 }, { maxEntriesLimitPerQuery: 19 }, `${tooMany} (20 > 19)`, { maxEntriesLimitPerQuery: 20 })
  await holds(t, 'query_range', { query: LOGS }, { maxEntriesLimitPerQuery: 99 }, `${tooMany} (100 > 99)`, { maxEntriesLimitPerQuery: 0 })
  await holds(t, 'detected_fields', { query: LOGS, line_limit: 20 }, { maxEntriesLimitPerQuery: 19 }, `${tooMany} (20 > 19)`, {})
  await holds(t, 'query_range', { query: LOGS, limit: 0 }, { maxEntriesLimitPerQuery: 19 }, 'limit must be a positive value', {})
  t.same(await ask('query_range', { query: LOGS, limit: 5001 }, { maxEntriesLimitPerQuery: 6000 }), { status: 400, text: `${tooMany} (5001 > 5000)\n` })
  t.equal((await ask('query_range', { query: RATE, limit: 6000, step: 60 }, { maxEntriesLimitPerQuery: 1 })).status, 200)
  t.equal((await ask('query', { query: RATE, limit: 6000, time: NOW_S }, {})).status, 200, 'a metric query has no entries')
})

t.test('requiredLabels and minimumLabelsNumber hold for every selector', async (t) => {
  const both = 'rate({app="shop",env="prod"}[5m]) + rate({app="shop"}[5m])'
  const missing = (present: string): string => `stream selector is missing required matchers [env, pod], labels present in the query were [${present}]`
  const few = 'stream selector has less label matchers than required: (present: [app], number_present: 1, required_number_label_matchers: 2)'
  for (const path of ['query', 'query_range']) {
    await holds(t, path, { query: RATE, step: 60, time: NOW_S }, { requiredLabels: ['env', 'pod', 'app'] }, missing('app'), { requiredLabels: ['app'] })
    await holds(t, path, { query: both, step: 60, time: NOW_S }, { minimumLabelsNumber: 2 }, few, { minimumLabelsNumber: 1 })
  }
  await holds(t, 'query_range', { query: LOGS }, { requiredLabels: ['env', 'pod'], minimumLabelsNumber: 9 }, missing('app'), { requiredLabels: [], minimumLabelsNumber: 1 })
  await holds(t, 'detected_fields', { query: LOGS }, { requiredLabels: ['env', 'pod'] }, missing('app'), { requiredLabels: null })
})

t.test('maxQueryBytesRead: what the streams have in the time that is read, of the whole query if there is one', async (t) => {
  const bytes = LINES * LINE.length
  t.equal(bytes, 600)
  const tooMuch = (has: string, may: string): string => `the query would read too many bytes (query: ${has}, limit: ${may}); consider adding more specific stream selectors or reduce the time range of the query`
  await holds(t, 'query_range', { query: `${LOGS} |= "x"` }, { maxQueryBytesRead: '599B' }, tooMuch('600 B', '599 B'), { maxQueryBytesRead: '600' })
  await holds(t, 'query_range', { query: '{env="prod"} |= "x"' }, { maxQueryBytesRead: '1kb' }, tooMuch('1.2 KiB', '1.0 KiB'), { maxQueryBytesRead: '2 KB' })
  await holds(t, 'query', { query: 'sum(count_over_time({app="shop"}[2h]))', time: NOW_S }, { maxQueryBytesRead: '599B' }, tooMuch('600 B', '599 B'), { maxQueryBytesRead: '1GB' })
  t.equal((await ask('query_range', { query: LOGS }, { maxQueryBytesRead: '1B' })).status, 200, 'lines without a filter end with their limit')
  const part = { query: RATE, step: 60, start: NOW_S - 60, end: NOW_S }
  const whole = { expr: RATE, from: new Date((NOW_S - 3600) * 1000).toISOString(), to: new Date(NOW_S * 1000).toISOString() }
  const context = (value: object | string) => ({ 'X-Loki-Query-Limits-Context': typeof value === 'string' ? value : JSON.stringify(value) })
  t.equal((await ask('query_range', part, { maxQueryBytesRead: '599B' })).status, 200)
  t.same(await ask('query_range', part, { maxQueryBytesRead: '599B' }, context(whole)), { status: 400, text: `${tooMuch('600 B', '599 B')}\n` })
  t.match(await ask('query_range', part, { maxQueryBytesRead: '599B' }, context({ ...whole, expr: '{' })), { status: 400, text: /^header X-Loki-Query-Limits-Context: expr / })
  t.same(await ask('query_range', part, {}, context({ ...whole, from: 'yesterday' })), { status: 400, text: 'header X-Loki-Query-Limits-Context: from must be a time of RFC 3339\n' })
  t.same(await ask('query_range', part, {}, context('{broken}')), { status: 400, text: 'header X-Loki-Query-Limits-Context: is not a JSON object\n' })
})

t.test('maxQueryTime is the time of the query', async (t) => {
  const { status, text } = await ask('query_range', { query: RATE, step: 1 }, { maxQueryTime: '1ms' })
  t.equal(status, 504)
  t.match(text, /^request timed out, decrease the duration of the request or add more label matchers .*: the query has used up its time: 1 ms/)
  t.equal((await ask('query_range', { query: RATE, step: 60 }, { maxQueryTime: '10y' })).status, 200)
})

const NAMES = 'maxQueryLength, maxQueryInterval, maxQueryLookback, maxEntriesLimitPerQuery, maxQueryTime, requiredLabels, minimumLabelsNumber, maxQueryBytesRead'

t.test('what is not understood is refused, wherever it stands', async (t) => {
  const cases: readonly (readonly [limits: object | string, told: string])[] = [
    ['{broken}', 'is not a JSON object'],
    ['[]', 'is not a JSON object'],
    ['7', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['['.repeat(20_000), 'is not a JSON object'],
    ['{"__proto__":{"maxQueryLength":"1s"}}', `unknown "__proto__": there are ${NAMES}`],
    [{ maxQueryLength: 60 }, 'maxQueryLength must be a duration like "1h30m"'],
    [{ maxQueryLength: '1.5h' }, 'maxQueryLength must be a duration like "1h30m"'],
    [{ maxEntriesLimitPerQuery: '5' }, 'maxEntriesLimitPerQuery must be a whole number from 0 up'],
    [{ maxEntriesLimitPerQuery: -5 }, 'maxEntriesLimitPerQuery must be a whole number from 0 up'],
    [{ minimumLabelsNumber: 1.5 }, 'minimumLabelsNumber must be a whole number from 0 up'],
    [{ requiredLabels: 'env' }, 'requiredLabels must be a list of names'],
    [{ requiredLabels: [1] }, 'requiredLabels must be a list of names'],
    [{ maxQueryBytesRead: 5 }, 'maxQueryBytesRead must be a size like "500MB"'],
    [{ maxQueryBytesRead: '5 apples' }, 'maxQueryBytesRead must be a size like "500MB"'],
    [{ maxQuerySeries: 5 }, `unknown "maxQuerySeries": there are ${NAMES}`],
  ]
  for (const [limits, told] of cases) t.same(await ask('labels', {}, limits), { status: 400, text: `header X-Loki-Query-Limits: ${told}\n` })
  t.equal((await ask('query_range', { query: LOGS }, '{broken}')).status, 400)
  t.equal((await ask('labels', {}, '')).status, 200, 'an empty header is none')
})

t.test('tails: labels, entries and the look back', async (t) => {
  const path = (limits: object, query: string): Promise<{ status: number; body: string }> =>
    rawRequest(node.url, [`GET /loki/api/v1/tail?${query} HTTP/1.1`, 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', `X-Loki-Query-Limits: ${JSON.stringify(limits)}`])
  const query = `query=${encodeURIComponent(LOGS)}`
  t.match(await path({ requiredLabels: ['env'] }, query), { status: 400, body: /missing required matchers \[env\]/ })
  t.match(await path({ maxEntriesLimitPerQuery: 5 }, query), { status: 400, body: /\(100 > 5\)/ })
  const lines = async (more: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
    const socket = new WebSocket(`${node.url.replace('http', 'ws')}/loki/api/v1/tail?${query}${more}`, { headers })
    const [data] = (await once(socket, 'message')) as [Buffer]
    socket.terminate()
    return JSON.parse(data.toString()).streams[0].values.length
  }
  t.equal(await lines(''), LINES, 'an hour')
  const lately = await lines('&since=15m30s')
  t.ok(lately >= 10 && lately <= 16, `${lately} of the last quarter of an hour`)
  const cut = await lines('', { 'X-Loki-Query-Limits': '{"maxQueryLookback":"15m30s"}' })
  t.ok(cut >= 10 && cut <= 16, `${cut} of the last quarter of an hour`)
  t.equal(await lines(`&regexp=${encodeURIComponent('l.*5ms$')}&limit=3`), 3)
})

t.test('several organisations in one request are refused, in every mode', async (t) => {
  const folder = await temporaryFolder(t)
  const proxied = await startNode(t, { config: await writeYaml(join(folder, 'millrace.yaml'), { data: join(folder, 'data'), threads: 1, auth: 'trusted-proxy' }) })
  for (const { url } of [node, proxied]) {
    for (const path of ['labels', 'query_range', 'drilldown-limits']) {
      const answer = await fetch(`${url}/loki/api/v1/${path}?query=${encodeURIComponent(LOGS)}`, { headers: { 'X-Scope-OrgID': 'a|b' } })
      t.same([answer.status, await answer.text()], [400, 'bad organisation "a|b": multiple org IDs present, a request is about one organisation\n'])
    }
  }
  const nobody = await fetch(`${proxied.url}/loki/api/v1/labels`)
  t.same([nobody.status, nobody.headers.get('content-type'), await nobody.text()], [401, 'text/plain; charset=utf-8', 'no org id\n'])
  t.match(await (await fetch(`${proxied.url}/api/v1/labels`)).text(), 'X-Scope-OrgID')
})

t.test('an answer as Parquet is refused', async (t) => {
  const answer = await fetch(`${node.url}/loki/api/v1/query_range?query=${encodeURIComponent(LOGS)}`, { headers: { accept: 'application/vnd.apache.parquet' } })
  t.equal(answer.status, 400)
  t.match(await answer.text(), /^support for Parquet encoded responses is disabled/)
})
