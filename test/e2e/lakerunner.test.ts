/** Lakerunner's API over a real node: what its clients send and read. */
import { Readable } from 'node:stream'
import t from 'tap'
import { startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(120_000)

const T0 = 1_704_067_200_000
const COUNT = 40
const STEP_MS = 10_000

const node = await startNode(t, { data: await temporaryFolder(t) })
const times = Array.from({ length: COUNT }, (_, at) => T0 + at * STEP_MS)
const series = [
  { labels: { __name__: 'load', job: 'api', service_name: 'shop' }, t: times, v: times.map((_, at) => at) },
  { labels: { __name__: 'load', job: 'db', service_name: 'store' }, t: times, v: times.map((_, at) => (at === 3 ? '+Inf' : at === 4 ? 'NaN' : at / 4)) },
]
await node.engine.import({ file: 'metrics', format: 'series', body: Readable.from([Buffer.from(series.map((each) => JSON.stringify(each)).join('\n'))]) })
const streams = [{ stream: { app: 'web', resource_service_name: 'front' }, values: times.map((ms, at) => [`${ms}000001`, `line ${at}`, { trace: `t${at}` }]) }]
await node.engine.import({ file: 'logs', format: 'loki', body: Readable.from([Buffer.from(JSON.stringify({ streams }))]) })

interface Told {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly headers: Headers
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Told> {
  const answer = await fetch(`${node.url}/api/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text(), headers: answer.headers }
}

interface Envelope {
  readonly type: string
  readonly data: Record<string, unknown>
}

/** As the clients read it: only lines of data. */
function envelopes(text: string): readonly Envelope[] {
  return text.split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)) as Envelope)
}

const [S, E] = [String(T0), String(T0 + COUNT * STEP_MS)]

t.test('a query of metrics: an event a point, in the order of time, numbers that JSON has', async (t) => {
  const told = await post('metrics/query', { s: S, e: String(T0 + 50_000), q: 'load', step: 10 }, { 'x-cardinalhq-query-id': 'my-query:1' })
  t.strictSame([told.status, told.headers.get('x-cardinalhq-query-id')], [200, 'my-query:1'])
  t.match(told.type, 'text/event-stream')
  const events = envelopes(told.text)
  t.strictSame(events.at(-1), { type: 'done', data: { status: 'ok' } })
  const points = events.filter(({ type }) => type === 'result').map(({ data }) => data)
  t.strictSame(points[0], { tags: { __name__: 'load', job: 'api', service_name: 'shop' }, value: 0, timestamp: T0, label: '{__name__="load", job="api", service_name="shop"}' })
  t.strictSame(points.map(({ timestamp }) => timestamp), points.map(({ timestamp }) => timestamp as number).sort((a, b) => a - b))
  t.equal(points.length, 12 - 2, 'neither +Inf nor NaN')
  const automatic = envelopes((await post('metrics/query', { s: S, e: E, q: 'sum(load)' })).text)
  t.strictSame(automatic[0].data, { tags: {}, value: 0, timestamp: T0, label: 'sum(load)' })
  t.equal(automatic.length, COUNT + 1 + 1 - 2, 'a point every ten seconds where there is one, and the end')
  const few = envelopes((await post('metrics/query', { s: S, e: E, q: 'load{job="api"}', maxDataPoints: 4 })).text)
  t.ok(few.length > 2 && few.length <= 6, `${few.length} events for four points`)
})

t.test('a summary of each series instead of its points', async (t) => {
  const events = envelopes((await post('metrics/query', { s: S, e: String(T0 + 90_000), q: 'load', step: 10, summary: true })).text)
  t.strictSame(events.map(({ type }) => type), ['summary', 'summary', 'done'])
  t.match(events[0].data, { tags: { job: 'api' }, min: 0, max: 9, sum: 45, count: 10, avg: 4.5 })
})

t.test('a query of logs: rows, newest first where that is asked, and points where it counts', async (t) => {
  const rows = envelopes((await post('logs/query', { s: S, e: E, q: '{app="web"}', limit: 2, reverse: true })).text)
  t.strictSame(rows.map(({ type }) => type), ['result', 'result', 'done'])
  t.strictSame(rows[0].data['tags'], { app: 'web', resource_service_name: 'front', trace: `t${COUNT - 1}`, log_message: `line ${COUNT - 1}` })
  t.equal(rows[0].data['timestamp'], T0 + (COUNT - 1) * STEP_MS)
  const text = (await post('logs/query', { s: S, e: E, q: '{app="web"}' })).text
  t.match(text, `"timestamp_ns":${T0}000001,`, 'all digits')
  t.equal(envelopes(text).length, COUNT + 1)
  const counted = envelopes((await post('logs/query', { s: S, e: E, q: 'sum(count_over_time({app="web"}[1m]))', step: 60 })).text)
  t.match(counted.find(({ data }) => data['timestamp'] === T0 + 60_000)?.data, { value: 6, tags: {} })
})

t.test('tags, their values, series, names, services', async (t) => {
  const json = async (path: string, body: unknown): Promise<unknown> => JSON.parse((await post(path, body)).text)
  t.strictSame(await json('metrics/tags', { s: S, e: E, metric: 'load' }), { metric: { name: 'load', type: 'unknown' }, tags: ['__name__', 'job', 'service_name'] })
  t.strictSame(await json('logs/tags', { s: S, e: E }), { tags: ['app', 'resource_service_name'] })
  t.strictSame(envelopes((await post('metrics/tagvalues?tagName=job', { s: S, e: E, q: 'load' })).text), [{ type: 'result', data: { value: 'api' } }, { type: 'result', data: { value: 'db' } }, { type: 'done', data: { status: 'ok' } }])
  t.strictSame(envelopes((await post('logs/tagvalues?tagName=resource.service.name', { s: S, e: E })).text)[0], { type: 'result', data: { value: 'front' } })
  t.strictSame(await json('logs/series', { s: S, e: E, q: '{app="web"}' }), { status: 'success', data: [{ app: 'web', resource_service_name: 'front' }] })
  t.strictSame(await json('metrics/metadata', { s: S, e: E }), { metrics: [{ name: 'load', type: 'unknown' }] })
  const got = async (path: string): Promise<unknown> => (await fetch(`${node.url}/api/v1/${path}`)).json()
  t.strictSame(await got('services'), { services: ['front', 'shop', 'store'] })
  t.strictSame(await got('ping'), { status: 'ok' })
  t.match(await got('features'), { features: { metricsSummarySSE: true }, status: 'success' })
})

t.test('validation', async (t) => {
  const json = async (path: string, body: unknown): Promise<unknown> => JSON.parse((await post(path, body)).text)
  t.strictSame(await json('promql/validate', { query: 'rate(load[5m])' }), { valid: true })
  t.match(await json('promql/validate', { query: 'rat(load[5m])' }), { valid: false, error: /unknown function/, pos: 0, line: 1, column: 1 })
  t.match(await json('logql/validate', { query: '{app="web"} |= ' }), { valid: false, line: 1 })
})

t.test('what is wrong is told before the stream begins, of logs as JSON', async (t) => {
  const cases: readonly (readonly [path: string, body: unknown, status: number, text: RegExp])[] = [
    ['metrics/query', { q: 'rat(load)' }, 400, /^unknown function/],
    ['metrics/query', {}, 400, /^q is missing/],
    ['metrics/query', '{', 400, /^the body is not JSON\n$/],
    ['metrics/query', '[]', 400, /^the body: /],
    ['metrics/query', { q: 'load', s: 'yesterday' }, 400, /^s: cannot read the time/],
    ['metrics/query', { q: 'load', s: 'e', e: 'e' }, 400, /^e: cannot read the time/],
    ['metrics/query', { q: 'load', s: 'now', e: 'now-1h' }, 400, /^e must not be before s/],
    ['metrics/query', { q: 'load', step: -1 }, 400, /^step: /],
    ['metrics/tags', { metric: 'nothing', s: S, e: E }, 404, /^no such metric/],
    ['metrics/tagvalues', {}, 400, /tagName/],
    ['logs/query', { q: '{app=' }, 400, /"code":"INVALID_EXPR"/],
    ['logs/query', 'x', 400, /"code":"INVALID_JSON"/],
    ['logs/series', { q: '{app="web"} |= "x"' }, 400, /only label matchers/],
  ]
  for (const [path, body, status, text] of cases) {
    const told = await post(path, body)
    t.equal(told.status, status, `${path} ${JSON.stringify(body)}: ${told.text}`)
    t.match(told.text, text)
  }
  t.equal((await post('metrics/query', 'q=load', { 'content-type': 'application/x-www-form-urlencoded' })).status, 400)
  t.equal((await fetch(`${node.url}/api/v1/metrics/query`)).status, 405)
})
