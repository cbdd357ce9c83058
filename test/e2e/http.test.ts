/** The HTTP server over a fake engine, and the client over that server: shapes, errors, a slow reader, a reader that goes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createParser } from 'eventsource-parser'
import { prepare } from '../../actors/prepare.js'
import { NO_FEATURES } from '../../src/language/language.js'
import type { Engine } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { createClient, createMetrics, createServer, type Metrics } from '../../src/serve/serve.js'
import { CLIENT_WORLD } from '../harness/client-world.js'
import { answers, endOf, fakeEngine, gridFor, planOf, seriesEvent, unknownFunction, UP, OPEN_DOOR } from '../harness/fake-engine.js'

const NOW_MS = 1_700_000_000_000

async function listen(test: Test, engine: Engine, metrics: Metrics = createMetrics()): Promise<string> {
  const clock = { nowMs: () => NOW_MS, every: realEvery }
  const server = await createServer(engine, { ...OPEN_DOOR, host: '127.0.0.1', port: 0, metrics, clock, onFailure: (message) => test.fail(message) })
  test.teardown(() => server.close())
  return server.url
}

function realEvery(ms: number, action: () => void): () => void {
  const timer = setInterval(action, ms)
  return () => clearInterval(timer)
}

async function get(url: string, init: RequestInit = {}): Promise<{ status: number; type: string; text: string }> {
  const answer = await fetch(url, init)
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() }
}

const RANGE = 'start=1700000000&end=1700000060&step=10'

t.test('the stream as SSE: plan, data with watermark, one end, each with an id', async (test) => {
  const url = await listen(test, fakeEngine())
  const answer = await get(`${url}/api/v1/stream?lang=promql&query=up&${RANGE}`)
  test.equal(answer.status, 200)
  test.match(answer.type, 'text/event-stream')
  const events: { event?: string; id?: string; data: string }[] = []
  createParser({ onEvent: (event) => events.push(event) }).feed(answer.text)
  test.same(events.map((each) => each.event), ['plan', 'warning', 'data', 'progress', 'data', 'end'])
  test.same(events.map((each) => each.id), ['7@start', '7@start', '7@1700000000000', '7@1700000000000', '7@1700000060000', '7@1700000060000'].map((id) => `default:${id}`))
  const data = JSON.parse(events[4].data)
  test.equal(data.watermark, 1700000060)
  test.same(data.result, [{ metric: { __name__: 'down' }, values: [[1700000010, 'NaN'], [1700000030, '+Inf'], [1700000040, '-Inf'], [1700000050, '1e+21'], [1700000060, '0.1']] }], 'series without values are left out')
  test.match(events[2].data, '"metric":{"Zone":"é","__name__":"up","job":"a\\"b"},"values":[[1700000000,"1.5"]]', 'labels in the order of their bytes')
})

t.test('the stream as NDJSON by Accept, by POST as form and as JSON', async (test) => {
  const engine = fakeEngine()
  const url = await listen(test, engine)
  const accept = 'application/x-ndjson'
  const form = await get(`${url}/api/v1/stream`, { method: 'POST', headers: { accept }, body: new URLSearchParams(`lang=promql&query=up&${RANGE}`) })
  const json = JSON.stringify({ lang: 'promql', query: 'up', start: 1700000000, end: 1700000060, step: 10 })
  const posted = await get(`${url}/api/v1/stream`, { method: 'POST', headers: { accept, 'content-type': 'application/json' }, body: json })
  test.match(form.type, accept)
  test.equal(form.text, posted.text)
  test.same(form.text.trimEnd().split('\n').map((line) => JSON.parse(line).type), ['plan', 'warning', 'data', 'progress', 'data', 'end'])
  test.same(engine.asked[0], engine.asked[1])
})

t.test('heartbeats while the engine thinks', async (test) => {
  const engine = fakeEngine(
    async function* () {
      yield planOf('matrix', { startMs: 0, startNanos: 0, stepMs: 1, count: 1 })
      await sleep(120)
      yield endOf()
    },
    { heartbeatMs: 10 },
  )
  const url = await listen(test, engine)
  test.match((await get(`${url}/api/v1/stream?lang=promql&query=x`)).text, /^event: plan\n.*\n.*\n\n: heartbeat\n\n/)
  const lines = (await get(`${url}/api/v1/stream?lang=promql&query=x`, { headers: { accept: 'application/x-ndjson' } })).text.trimEnd().split('\n')
  test.same([JSON.parse(lines[1]).type, JSON.parse(lines.at(-1) ?? '').type], ['heartbeat', 'end'])
})

t.test('a query that is silent for long before its plan shows life, and its error is an event', async (test) => {
  const error = { code: 'too_many_requests', message: 'm', facts: { retryAfterMs: 1_500 } } as const
  const script = async function* (): AsyncGenerator<QueryEvent> {
    await sleep(120)
    yield { type: 'error', error }
  }
  const silent = await get(`${await listen(test, fakeEngine(script, { heartbeatMs: 10 }))}/api/v1/stream?lang=promql&query=x`, { headers: { accept: 'application/x-ndjson' } })
  test.equal(silent.status, 200)
  const [first, ...rest] = silent.text.trimEnd().split('\n').map((line) => JSON.parse(line))
  test.equal(first.type, 'heartbeat')
  test.match(rest.at(-1), { type: 'error', error: { code: 'too_many_requests', retryable: true } })
  const prompt = await fetch(`${await listen(test, fakeEngine(script))}/api/v1/stream?lang=promql&query=x`)
  test.same([prompt.status, prompt.headers.get('retry-after')], [429, '2'])
})

t.test('errors: by status before the stream begins, as the last event after', async (test) => {
  const url = await listen(test, fakeEngine())
  const early = await get(`${url}/api/v1/stream?lang=promql&query=rat(x)`)
  test.equal(early.status, 400)
  test.match(JSON.parse(early.text), { error: { code: 'bad_query', message: 'unknown function "rat", did you mean "rate"?', position: { line: 1, column: 1 }, facts: { nearest: 'rate' }, retryable: false } })
  const late = await get(`${url}/api/v1/stream?lang=promql&query=late`)
  test.equal(late.status, 200)
  test.match(late.text, /event: error\nid: default:7@start\ndata: .*found duplicate series/)
  test.notMatch(late.text, 'event: end')
  for (const [parameters, name] of [['query=x', 'lang'], ['lang=sql&query=x', 'lang'], ['lang=promql', 'query'], ['lang=promql&query=x&start=soon', 'start'], ['lang=promql&query=x&step=0', 'step'], ['lang=promql&query=x&start=2&end=1', 'end'], ['lang=logql&query=x&direction=up', 'direction'], ['lang=logql&query=x&limit=-1', 'limit']]) {
    const answer = await get(`${url}/api/v1/stream?${parameters}`)
    test.equal(answer.status, 400, parameters)
    test.match(JSON.parse(answer.text), { error: { code: 'bad_query', facts: { parameter: name } } })
  }
  const long = await get(`${url}/api/v1/stream`, { method: 'POST', body: new URLSearchParams({ lang: 'promql', query: 'x'.repeat(131_073) }) })
  test.equal(long.status, 422)
  test.match(long.text, 'queryTextBytesMax')
})

t.test('Prometheus: range, instant, scalar and empty answers', async (test) => {
  const url = await listen(test, fakeEngine())
  const range = await get(`${url}/api/v1/query_range?query=up&${RANGE}`)
  test.match(range.type, 'application/json')
  const down = '{"metric":{"__name__":"down"},"values":[[1700000010,"NaN"],[1700000030,"+Inf"],[1700000040,"-Inf"],[1700000050,"1e+21"],[1700000060,"0.1"]]}'
  const up = '{"metric":{"Zone":"é","__name__":"up","job":"a\\"b"},"values":[[1700000000,"1.5"]]}'
  const warnings = '"warnings":["PromQL warning: metric might not be a counter"]'
  test.equal(range.text, `{"status":"success","data":{"resultType":"matrix","result":[${up},${down}]},${warnings}}`)
  const limited = await get(`${url}/api/v1/query_range?query=up&${RANGE}&limit=1&stats=all`)
  test.match(JSON.parse(limited.text), { data: { result: [{ metric: { __name__: 'up' } }], stats: { samples: { totalQueryableSamples: 3 } } }, warnings: [/./, 'results truncated due to limit'] })
  const instant = await get(`${url}/api/v1/query?query=up&time=1700000000.5`)
  test.equal(instant.text, '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"down"},"value":[1700000000.500,"-0"]},{"metric":{"Zone":"é","__name__":"up","job":"a\\"b"},"value":[1700000000.500,"1e-07"]}]}}')
  test.equal((await get(`${url}/api/v1/query?query=empty`)).text, '{"status":"success","data":{"resultType":"vector","result":[]}}')
  test.equal((await get(`${url}/api/v1/query_range?query=empty&${RANGE}`)).text, '{"status":"success","data":{"resultType":"matrix","result":[]}}')
  test.equal((await get(`${url}/api/v1/query?query=1e300`)).text, `{"status":"success","data":{"resultType":"scalar","result":[1700000000,"1${'0'.repeat(300)}"]}}`)
})

t.test('Prometheus: parameter checks and errors in its own words', async (test) => {
  const url = await listen(test, fakeEngine())
  const cases: [string, number, string, string][] = [
    ['query_range?query=up&start=a&end=2&step=1', 400, 'bad_data', 'invalid parameter "start": cannot parse "a" to a valid timestamp'],
    ['query_range?query=up&start=1&step=1', 400, 'bad_data', 'invalid parameter "end": cannot parse "" to a valid timestamp'],
    ['query_range?query=up&start=2&end=1&step=1', 400, 'bad_data', 'invalid parameter "end": end timestamp must not be before start time'],
    ['query_range?query=up&start=1&end=2&step=x', 400, 'bad_data', 'invalid parameter "step": cannot parse "x" to a valid duration'],
    ['query_range?query=up&start=1&end=2&step=0', 400, 'bad_data', 'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer'],
    ['query_range?query=up&start=0&end=11001&step=1', 400, 'bad_data', 'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)'],
    ['query?query=rat(x)', 400, 'bad_data', 'invalid parameter "query": 1:1: parse error: unknown function "rat", did you mean "rate"?'],
    [`query_range?query=late&${RANGE}`, 422, 'execution', 'found duplicate series for the match group'],
  ]
  for (const [path, status, errorType, error] of cases) {
    const answer = await get(`${url}/api/v1/${path}`)
    test.equal(answer.status, status, path)
    test.same(JSON.parse(answer.text), { status: 'error', errorType, error })
  }
  test.equal((await get(`${url}/api/v1/query_range?query=up&start=0&end=11000&step=1`)).status, 200, '11,001 points pass')
})

t.test('Prometheus: a mistake in a query is told with line and column, as Prometheus tells it', async (test) => {
  const url = await listen(test, fakeEngine(async function* (request) {
    prepare(request, DEFAULT_LIMITS, NO_FEATURES)
    yield* answers(request)
  }))
  const cases: readonly (readonly [string, string])[] = [
    ['', 'unknown position: parse error: no expression found in input'],
    [' ', '1:1: parse error: no expression found in input'],
    ['# nothing', '1:1: parse error: no expression found in input'],
    ['up )', "1:5: parse error: unexpected right parenthesis ')'"],
    ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
    ['{"é"} +\n  sum(up', '2:9: parse error: unclosed left parenthesis'],
    ['{"é"} + foo bar', '1:14: parse error: unexpected identifier "bar"'],
    ['1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
    ['up[0]', '1:4: parse error: duration must be greater than 0'],
    ['max(up, up)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2'],
    ['1 + limitk(1, up)', '1:5: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions'],
    ['mad_over_time(up[5m])', '1:1: parse error: function "mad_over_time" is not enabled'],
    ['1 + rate(up[5m] anchored)', '1:10: parse error: anchored modifier is experimental and must be enabled with --enable-feature=promql-extended-range-selectors'],
  ]
  for (const [query, error] of cases) {
    for (const path of ['query?', `query_range?${RANGE}&`]) {
      const answer = await get(`${url}/api/v1/${path}${new URLSearchParams({ query })}`)
      test.equal(answer.status, 400, query)
      test.same(JSON.parse(answer.text), { status: 'error', errorType: 'bad_data', error: `invalid parameter "query": ${error}` }, query)
    }
  }
  const matrix = await get(`${url}/api/v1/query_range?${RANGE}&query=up[5m]`)
  const error = 'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector'
  test.same(JSON.parse(matrix.text), { status: 'error', errorType: 'bad_data', error })
})

/** What Loki says in the same case. */
const LOKI_TEXTS: Readonly<Record<string, string>> = {
  timed_out: 'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed: ',
  too_many_requests: 'too many outstanding requests: ',
}

t.test('every error code has its status in each API', async (test) => {
  const statuses = { unauthorized: [401, 401, 401], limit_exceeded: [422, 422, 400], too_many_requests: [429, 429, 429], cancelled: [499, 499, 499], corrupt_data: [500, 500, 500], internal: [500, 500, 500], unavailable: [503, 503, 503], timed_out: [504, 503, 504] } as const
  for (const [code, expected] of Object.entries(statuses)) {
    const url = await listen(test, fakeEngine(async function* () {
      yield { type: 'error', error: { code: code as keyof typeof statuses, message: 'm' } }
    }))
    const paths = ['api/v1/stream?lang=promql&query=x', 'api/v1/query?query=x', 'loki/api/v1/query?query=x']
    const answers_ = await Promise.all(paths.map((path) => get(`${url}/${path}`)))
    test.same(answers_.map((each) => each.status), expected, code)
    test.equal(answers_[2].text, `${LOKI_TEXTS[code] ?? ''}m\n`)
  }
})

t.test('Loki: streams by label set, categories on request, statistics', async (test) => {
  const engine = fakeEngine()
  const url = await listen(test, engine)
  const path = `${url}/loki/api/v1/query_range?query=${encodeURIComponent('{app="shop"}')}&start=1699999999&end=1700000001`
  const merged = JSON.parse((await get(path)).text)
  test.same(merged.data.result, [
    { stream: { app: 'shop', level: 'error', trace: 't1' }, values: [['1700000000000000003', '{"level":"error"}'], ['1700000000000000001', 'two\nlines']] },
    { stream: { app: 'shop' }, values: [['1700000000000000002', 'plain <b>']] },
  ])
  test.match(merged, { status: 'success', data: { resultType: 'streams', stats: { summary: { totalEntriesReturned: 3, totalBytesProcessed: 4 }, ingester: { store: { totalChunksRef: 0 } } } } })
  const categorized = JSON.parse((await get(path, { headers: { 'x-loki-response-encoding-flags': 'categorize-labels' } })).text)
  test.same(categorized.data.encodingFlags, ['categorize-labels'])
  test.same(categorized.data.result, [{ stream: { app: 'shop' }, values: [['1700000000000000003', '{"level":"error"}', { structuredMetadata: { trace: 't1' }, parsed: { level: 'error' } }], ['1700000000000000002', 'plain <b>', {}], ['1700000000000000001', 'two\nlines', { structuredMetadata: { trace: 't1' }, parsed: { level: 'error' } }]] }])
  test.match(engine.asked[0].when, { kind: 'either', limit: 100, direction: 'backward', align: 'to-step', stepMs: 1000, intervalNs: 0n })
  for (const interval of ['1.5', '1500ms']) {
    await get(`${path}&interval=${interval}`)
    test.match(engine.asked.at(-1)?.when, { intervalNs: 1_500_000_000n }, interval)
  }
})

t.test('Loki: numbers without exponent, times by its rules, errors as text', async (test) => {
  const engine = fakeEngine()
  const url = await listen(test, engine)
  const matrix = await get(`${url}/loki/api/v1/query_range?query=rate&start=1700000000&end=1700000060000000000&step=10`)
  test.match(matrix.text, '[1700000050,"1000000000000000000000"]')
  test.match((await get(`${url}/loki/api/v1/query?query=x&time=1700000000.25`)).text, '"value":[1700000000.25,"0.0000001"]')
  const cases: [string, string][] = [
    ['query_range?query=x&start=abc', `could not parse 'start' parameter: strconv.ParseInt: parsing "abc": invalid syntax`],
    ['query_range?query=x&start=20&end=10', 'end timestamp must not be before or equal to start time'],
    ['query_range?query=x&limit=-1', 'limit must be a positive value'],
    ['query?query=x&limit=0', 'limit must be a positive value'],
    ['query_range?query=x&limit=x', 'strconv.Atoi: parsing "x": invalid syntax'],
    [`query_range?query=${encodeURIComponent('{a="b"}')}&limit=6000`, 'max entries limit per query exceeded, limit > max_entries_limit_per_query (6000 > 5000)'],
    ['query_range?query=x&limit=9223372036854775808', 'strconv.Atoi: parsing "9223372036854775808": value out of range'],
    ['query_range?query=x&end=9223372036854775808', `could not parse 'end' parameter: strconv.ParseInt: parsing "9223372036854775808": value out of range`],
    ['query_range?query=x&direction=up', `invalid direction 'up'`],
    ['query_range?query=x&step=0', 'zero or negative query resolution step widths are not accepted. Try a positive integer'],
    ['query_range?query=x&interval=-1', 'interval must be >= 0'],
    ['query_range?query=x&interval=1e999', 'cannot parse "1e999" to a valid duration'],
    ['query_range?query=x&interval=1e18', 'cannot parse "1e18" to a valid duration. It overflows int64'],
    ['query_range?query=x&step=abc', 'cannot parse "abc" to a valid duration'],
    ['query_range?query=x&start=0&end=11002&step=1', 'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter'],
    ['query_range', 'parse error : syntax error: unexpected $end'],
    ['query_range?query=rat(x)', 'parse error at line 1, col 1: unknown function "rat", did you mean "rate"?'],
    [`query?query=${encodeURIComponent('{app="shop"}')}`, 'log queries are not supported as an instant query type, please change your query to a range query type'],
  ]
  for (const [path, text] of cases) {
    const answer = await get(`${url}/loki/api/v1/${path}`)
    test.same([answer.status, answer.text], [400, `${text}\n`], path)
    test.match(answer.type, 'text/plain')
  }
})

t.test('an answer that is not streamed is bounded', async (test) => {
  const url = await listen(test, fakeEngine(answers, { queryResultPointsMax: 10 }))
  const answer = await get(`${url}/api/v1/query_range?query=up&${RANGE}`)
  test.equal(answer.status, 422)
  test.match(answer.text, 'limits.queryResultPointsMax')
})

t.test('imports: the body as it is, whatever its type is said to be; errors while it is still coming', async (test) => {
  const engine = fakeEngine()
  const url = await listen(test, engine)
  const report = await get(`${url}/api/v1/import?format=openmetrics&file=a.txt&organisation=acme`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'up 1 2\n' })
  test.match(JSON.parse(report.text), { file: 'a.txt', bytes: 7, generation: 7, snapshot: 'default:7' })
  test.match(engine.imported[0].request, { format: 'openmetrics', organisation: 'acme' })
  test.equal(engine.imported[0].bytes.toString(), 'up 1 2\n')
  const bad = await get(`${url}/api/v1/import?format=loki&file=b`, { method: 'POST', body: `MALFORMED${'x'.repeat(3_000_000)}` })
  test.equal(bad.status, 400)
  test.match(bad.text, 'b:3: not a sample')
  test.equal((await get(`${url}/api/v1/import?format=csv`, { method: 'POST', body: 'x' })).status, 400)
  const bounded = await listen(test, fakeEngine(answers, { importBodyBytesMax: 5 }))
  test.match((await get(`${bounded}/api/v1/import?format=loki`, { method: 'POST', body: '123456' })).text, 'limits.importBodyBytesMax')
})

t.test('the paths of the node; unknown paths, wrong methods, bodies too large', async (test) => {
  const engine = fakeEngine()
  const metrics = createMetrics()
  const url = await listen(test, engine, metrics)
  test.same((await get(`${url}/healthz`)).text, 'ok\n')
  test.equal((await get(`${url}/readyz`)).status, 200)
  engine.notReady = new QueryError({ code: 'unavailable', message: 'catalog: connection refused' })
  const notReady = await get(`${url}/readyz`)
  test.same([notReady.status, JSON.parse(notReady.text).error.message], [503, 'catalog: connection refused'])
  metrics.observe({ type: 'query:started', queryId: 'q', organisation: 'o', language: 'promql', text: 'x' })
  metrics.observe({ type: 'query:ended', queryId: 'q', organisation: 'o', status: 'ok', wallMs: 20, units: 1, bytes: 2, samples: 3 })
  const page = await get(`${url}/metrics`)
  test.match(page.text, 'millrace_queries_total{language="promql",status="ok"} 1')
  test.match(page.text, 'nodejs_eventloop_lag_seconds')
  test.match((await get(`${url}/`)).text, '<h1>Millrace</h1>')
  test.same((await get(`${url}/api/v1/explain?lang=promql&query=up`)).text, 'leaf 0: up\n')
  test.equal((await get(`${url}/api/v1/explain?lang=promql&query=rat(x)`)).status, 400)
  test.equal((await get(`${url}/api/v2/query`)).status, 404)
  const wrong = await fetch(`${url}/api/v1/import`)
  test.same([wrong.status, wrong.headers.get('allow')], [405, 'POST'])
  test.equal((await get(`${url}/api/v1/query`, { method: 'DELETE' })).status, 405)
  test.equal((await get(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: 'x'.repeat(2_000_000) }) })).status, 413)
})

/** Groups without end, each of about 100 kB of JSON. */
async function* endless(request: QueryRequest, signal: AbortSignal | undefined): AsyncGenerator<QueryEvent> {
  const grid = { ...gridFor(request), stepMs: 1000, count: 4000 }
  yield planOf('matrix', grid)
  for (let group = 0; !signal?.aborted; group++) yield seriesEvent(group, grid, [UP], [Array.from({ length: 4000 }, Math.random)])
}

t.test('a slow reader stalls the engine; closing the connection ends the query', async (test) => {
  let made = 0
  const engine = fakeEngine(async function* (request, signal) {
    for await (const event of endless(request, signal)) {
      made++
      yield event
    }
  })
  const url = new URL(await listen(test, engine))
  const socket = connect(Number(url.port), url.hostname)
  socket.write('GET /api/v1/stream?lang=promql&query=x HTTP/1.1\r\nHost: x\r\n\r\n')
  socket.pause()
  // What the sockets of both ends hold is a few MB; then nothing more is made.
  let before = -1
  for (let i = 0; made !== before && i < 100; i++) {
    before = made
    await sleep(150)
  }
  test.equal(made, before, 'the engine stands still')
  test.ok(made > 1 && made < 500, `${made} events were made`)
  test.equal(engine.finished, 0)
  socket.destroy()
  for (let i = 0; engine.finished === 0 && i < 100; i++) await sleep(10)
  test.equal(engine.finished, 1, 'the iterator was returned')
})

t.test('a reader that goes while the engine thinks aborts its signal', async (test) => {
  let aborted = false
  const engine = fakeEngine(async function* (_request, signal) {
    yield planOf('matrix', { startMs: 0, startNanos: 0, stepMs: 1, count: 1 })
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
    aborted = true
    yield { type: 'error', error: { code: 'cancelled', message: 'cancelled' } }
  })
  const url = await listen(test, engine)
  const client = createClient(url, CLIENT_WORLD)
  test.teardown(() => client.close())
  for await (const event of client.query({ language: 'promql', text: 'x', when: { kind: 'instant', timeNs: 0n } })) if (event.type === 'plan') break
  for (let i = 0; !aborted && i < 100; i++) await sleep(10)
  test.ok(aborted)
})

t.test('a node that stops ends its streams with unavailable', async (test) => {
  const engine = fakeEngine(async function* (_request, signal) {
    yield planOf('matrix', { startMs: 0, startNanos: 0, stepMs: 1, count: 1 })
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
    yield { type: 'error', error: { code: 'cancelled', message: 'cancelled' } }
  })
  const clock = { nowMs: () => NOW_MS, every: () => () => {} }
  const server = await createServer(engine, { ...OPEN_DOOR, host: '127.0.0.1', port: 0, metrics: createMetrics(), clock, onFailure: () => {} })
  const stream = await fetch(`${server.url}/api/v1/stream?lang=promql&query=x`)
  const whole = ['/api/v1/query_range?query=x&start=0&end=1&step=1', '/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D'].map((path) => fetch(`${server.url}${path}`))
  for (let i = 0; engine.asked.length < 3 && i < 1000; i++) await sleep(10)
  await server.close()
  const last = /event: error\nid: (.*)\ndata: (.*)\n/.exec(await stream.text())
  test.match(JSON.parse(last?.[2] ?? '{}'), {
    id: planOf('matrix', { startMs: 0, startNanos: 0, stepMs: 1, count: 1 }).id,
    error: { code: 'unavailable', message: 'the node is stopping: ask another one with the id of this event as Last-Event-ID', retryable: true, facts: { retryAfterMs: 2000 } },
  })
  for (const answer of await Promise.all(whole)) test.same([answer.status, answer.headers.get('retry-after'), (await answer.text()).includes('the node is stopping')], [503, '2', true], answer.url)
})

t.test('a reader that takes nothing does not keep a node from stopping', async (test) => {
  const engine = fakeEngine(endless, { stopGraceMs: 100 })
  const clock = { nowMs: () => NOW_MS, every: realEvery }
  const server = await createServer(engine, { ...OPEN_DOOR, host: '127.0.0.1', port: 0, metrics: createMetrics(), clock, onFailure: () => {} })
  const socket = connect(server.port, '127.0.0.1')
  test.teardown(() => socket.destroy())
  socket.on('error', () => {})
  socket.write('GET /api/v1/stream?lang=promql&query=x HTTP/1.1\r\nHost: x\r\n\r\n')
  socket.pause()
  for (let before = -1; engine.asked.length === 0 || before !== socket.bytesRead; before = socket.bytesRead) await sleep(200)
  await server.close()
  for (let i = 0; engine.finished === 0 && i < 100; i++) await sleep(10)
  test.equal(engine.finished, 1)
})

async function collect(events: AsyncIterable<QueryEvent>): Promise<QueryEvent[]> {
  const all: QueryEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

t.test('the client gives the events that the engine gave', async (test) => {
  const engine = fakeEngine()
  const client = createClient(await listen(test, engine), CLIENT_WORLD)
  test.teardown(() => client.close())
  const range = { startNs: 1700000000000000000n, endNs: 1700000060000000000n, stepMs: 10_000 }
  const requests: QueryRequest[] = [
    { language: 'promql', text: 'up', when: { kind: 'instant', timeNs: 1700000000500000000n }, organisation: 'acme', stepsMax: 9 },
    { language: 'promql', text: '1e300', when: { kind: 'instant', timeNs: 1700000000000000000n }, stepsMax: 9 },
    { language: 'promql', text: 'late', when: { kind: 'range', ...range }, stepsMax: 9 },
    { language: 'logql', text: '{app="shop"}', when: { kind: 'either', ...range, direction: 'backward', limit: 0, align: 'as-given' }, stepsMax: 9 },
  ]
  for (const request of requests) {
    const far = await collect(client.query(request))
    test.same(engine.asked.at(-1), { organisation: 'default', ...request, asker: '127.0.0.1' })
    const near = await collect(answers(request)).catch((thrown: unknown) => [planOf('matrix', gridFor(request)), { type: 'error', error: QueryError.from(thrown).toRecord() }])
    test.same(far, near, request.text)
  }
  const [first, ...more] = (await collect(client.query({ language: 'promql', text: 'up', when: { kind: 'range', ...range } }))).filter((event) => event.type === 'data')
  test.match(first, { group: 0, watermark: { ms: 1700000000000 }, data: { block: { values: Float64Array.of(1.5), present: Uint8Array.of(1), labels: [UP] } } })
  test.match(more, [{ group: 1, data: { block: { present: Uint8Array.of(1, 0, 1, 1, 1, 1) } } }])
})

t.test('the client imports, explains and tells errors apart', async (test) => {
  const engine = fakeEngine()
  const client = createClient(await listen(test, engine), CLIENT_WORLD)
  test.teardown(() => client.close())
  const sent: number[] = []
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('abc')
    yield Buffer.from('de')
  }
  const report = await client.import({ file: 'a b.txt', format: 'series', body: body(), organisation: 'acme', onProgress: ({ bytes }) => sent.push(bytes) })
  test.match(report, { file: 'a b.txt', bytes: 5 })
  test.same(sent, [3, 5])
  test.match(engine.imported[0].request, { organisation: 'acme', format: 'series' })
  async function* malformed(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('MALFORMED')
    for (let i = 0; i < 100; i++) yield Buffer.alloc(65_536)
  }
  await test.rejects(client.import({ file: 'bad', format: 'loki', body: malformed() }), { code: 'bad_query', message: 'bad:3: not a sample', facts: { line: 3 } })
  const request: QueryRequest = { language: 'promql', text: 'up', when: { kind: 'instant', timeNs: 0n } }
  test.equal(await client.explain(request), 'leaf 0: up\n')
  await test.rejects(client.explain({ ...request, text: 'rat(x)' }), unknownFunction())
  test.same((await collect(client.query({ ...request, text: 'rat(x)' }))).map((event) => event.type), ['error'])
  await client.ready()
  const nobody = createClient('http://127.0.0.1:9', CLIENT_WORLD)
  test.match(await collect(nobody.query(request)), [{ type: 'error', error: { code: 'unavailable', message: /http:\/\/127.0.0.1:9: ECONNREFUSED/ } }])
  await test.rejects(nobody.ready(), { code: 'unavailable' })
  await nobody.close()
})
