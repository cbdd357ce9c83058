/** Every limit that a query or an import can meet, set low: the error names limit, value and setting, in each API's own shape. */
import t, { type Test } from 'tap'
import { LIMIT_RULES, readConfiguration, type RunningNode } from '../../actors/main.js'
import type { LimitName } from '../../src/model/limits.js'
import { bytesOf, dataOf, eventually, get, openStream, runCli, seriesFile, sharedLake, startNode, streamed, type Parameters, type WireEvent } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const RANGE = { start: T0, end: T0 + 3600, step: 60 }
const SERIES = 50

const lake = await sharedLake(t, await temporaryFolder(t))
const roomy = await startNode(t, { config: await lake.config() })
await roomy.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', SERIES, 240, T0 * 1000, 15_000)) })

/** A node on the lake with these limits, through its configuration file. */
async function nodeWith(test: Test, limits: Partial<Record<LimitName, number>>): Promise<RunningNode> {
  const settings = Object.entries(limits).map(([name, value]): [string, number] => [`limits.${name}`, value])
  return startNode(test, { config: await lake.config(Object.fromEntries(settings)) })
}

interface Facts {
  readonly code: string
  readonly message: string
  readonly facts: Readonly<Record<string, string | number>>
}

/** The error at the end of a stream, or before it began. */
function errorOf(events: readonly WireEvent[]): Facts {
  const last = events[events.length - 1]
  const error = last.type === 'error' ? last['error'] : JSON.parse(String(last['body'] ?? '{}')).error
  return (error ?? { code: last.type, message: '', facts: {} }) as Facts
}

/** The message is made of the limit's own row, so that no limit is told in another way. */
function tells(test: Test, error: Facts, limit: LimitName, value: number, code = 'limit_exceeded'): void {
  test.equal(error.code, code, `${limit}: ${error.message}`)
  test.match(error.facts, { limit, value, setting: `limits.${limit}` })
  test.ok(error.message.includes(`limits.${limit}`) && error.message.includes(String(value)), error.message)
  if (code === 'limit_exceeded' && limit !== 'threadMemoryMb') test.ok(error.message.includes(LIMIT_RULES[limit].unit), error.message)
}

async function streamTells(test: Test, node: RunningNode, query: Parameters, limit: LimitName, value: number, code?: string): Promise<void> {
  tells(test, errorOf(await streamed(node.url, { lang: 'promql', ...query })), limit, value, code)
}

async function compatibleTells(test: Test, node: RunningNode, query: Parameters, status: number, wanted: Record<string, unknown>): Promise<void> {
  const reply = await get(node.url, '/api/v1/query_range', query)
  test.equal(reply.status, status, reply.text)
  test.match(JSON.parse(reply.text), { status: 'error', ...wanted })
}

t.test('a text that is too long and a grid that is too fine', async (test) => {
  const node = await nodeWith(test, { queryTextBytesMax: 200, queryStepsMax: 10, streamStepsMax: 20, queryDepthMax: 12, queryOperatorsMax: 5 })
  const few = { start: T0, end: T0 + 600, step: 60 }
  const long = { query: 'm'.repeat(201), ...few }
  await streamTells(test, node, long, 'queryTextBytesMax', 200)
  await compatibleTells(test, node, long, 422, { errorType: 'execution', error: /bytes: 201, limit 200 \(setting limits.queryTextBytesMax\)/ })
  await streamTells(test, node, { query: 'm', ...RANGE }, 'streamStepsMax', 20)
  await compatibleTells(test, node, { query: 'm', ...RANGE }, 400, { errorType: 'bad_data', error: /maximum resolution of 10 points/ })
  const loki = await get(node.url, '/loki/api/v1/query_range', { query: 'rate({a="b"}[1m])', ...RANGE })
  test.equal(loki.status, 400)
  test.match(loki.text, /maximum resolution of 10 points/)
  test.equal((await dataOf(node.url, '/api/v1/query_range', { query: 'sum(m)', ...few })).result.length, 1, 'eleven steps are ten intervals')
  const nested = (inner: string): string => `${'('.repeat(13)}${inner}${')'.repeat(13)}`
  await streamTells(test, node, { query: nested('m'), ...few }, 'queryDepthMax', 12)
  await streamTells(test, node, { lang: 'logql', query: nested('rate({a="b"}[1m])'), ...few }, 'queryDepthMax', 12)
  await streamTells(test, node, { query: 'm + m + m + m + m + m + m', ...few }, 'queryOperatorsMax', 5)
})

t.test('more series than fit, and an answer that is not streamed and too large', async (test) => {
  const node = await nodeWith(test, { querySeriesMax: SERIES - 1, queryResultPointsMax: 600 })
  await streamTells(test, node, { query: 'm', ...RANGE }, 'querySeriesMax', SERIES - 1)
  await compatibleTells(test, node, { query: 'rate(m[5m])', ...RANGE }, 422, { errorType: 'execution', error: /too many series: 50, limit 49/ })
  const ten = { query: 'm{job="j1"}', ...RANGE }
  await compatibleTells(test, node, ten, 422, { errorType: 'execution', error: /too many points: 610, limit 600 \(setting limits.queryResultPointsMax\)/ })
  test.equal((await streamed(node.url, { lang: 'promql', ...ten })).at(-1)?.type, 'end', 'a stream has no such limit')
})

t.test('more samples than may be read, told before anything is read', async (test) => {
  const node = await nodeWith(test, { querySamplesMax: 1000 })
  const events = await streamed(node.url, { lang: 'promql', query: 'rate(m[5m])', ...RANGE })
  test.match(events[0].type, 'status 422')
  tells(test, errorOf(events), 'querySamplesMax', 1000)
  await compatibleTells(test, node, { query: 'm', ...RANGE }, 422, { errorType: 'execution', error: /^query processing would load too many samples into memory in query execution: .*limits.querySamplesMax/ })
})

t.test('a query that takes too long', async (test) => {
  const node = await nodeWith(test, { queryTimeoutMs: 1 })
  await streamTells(test, node, { query: 'rate(m[5m])', ...RANGE }, 'queryTimeoutMs', 1, 'timed_out')
  await compatibleTells(test, node, { query: 'm', ...RANGE }, 503, { errorType: 'timeout', error: /^query timed out in expression evaluation: .*limits.queryTimeoutMs/ })
  test.equal((await get(node.url, '/loki/api/v1/query_range', { query: '{a="b"}', ...RANGE })).status, 504)
  await streamTells(test, roomy, { query: 'rate(m[5m])', ...RANGE, timeout: '0.001' }, 'queryTimeoutMs', 1, 'timed_out')
})

t.test('a thread without memory', async (test) => {
  const node = await nodeWith(test, { threadMemoryMb: 0.1 })
  await streamTells(test, node, { query: 'rate(m[5m])', ...RANGE }, 'threadMemoryMb', 0.1)
  await compatibleTells(test, node, { query: 'm', ...RANGE }, 422, { errorType: 'execution', error: /limit 0.1 MB \(setting limits.threadMemoryMb\)/ })
})

t.test('what a template may do in a thread: lower and higher than by default', async (test) => {
  const line = `{"deep":${JSON.stringify('['.repeat(15) + ']'.repeat(15))}}`
  const stream = { stream: { app: 'templates' }, values: [[`${T0}000000000`, line]] }
  await roomy.engine.import({ file: 'lines', format: 'loki', body: bytesOf(JSON.stringify({ streams: [stream] })) })
  const low = await nodeWith(test, { templateTextMax: 100, templateStepsMax: 200, templateDepthMax: 10, queryDepthMax: 30 })
  const asked = (template: string): Parameters => ({ lang: 'logql', query: `{app="templates"} | json | line_format \`${template}\``, ...RANGE, limit: 1 })
  const nested = (levels: number): string => `{{${'('.repeat(levels)}1${')'.repeat(levels)}}}`
  const cases: readonly (readonly [string, LimitName, number])[] = [
    ['{{repeat 101 "x"}}', 'templateTextMax', 100],
    ['{{range 15}}xxxxxxxx{{end}}', 'templateTextMax', 100],
    ['{{print __line__ __line__ __line__}}', 'templateTextMax', 100],
    ['{{range 1000}}{{end}}', 'templateStepsMax', 200],
    ['{{range 20}}{{range 20}}{{end}}{{end}}', 'templateStepsMax', 200],
    ['{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}', 'templateDepthMax', 10],
    ['{{fromJson .deep}}', 'templateDepthMax', 10],
    [nested(40), 'queryDepthMax', 30],
  ]
  for (const [template, limit, value] of cases) {
    await streamTells(test, low, asked(template), limit, value)
    test.equal(errorOf(await streamed(roomy.url, asked(template))).code, template.includes('define') ? 'limit_exceeded' : 'end', `${template} by default`)
  }
  await streamTells(test, low, { ...asked('{{repeat 101 "x"}}'), query: 'sum(count_over_time({app="templates"} | json | label_format x=`{{repeat 101 "x"}}` [1h]))' }, 'templateTextMax', 100)
  const loki = await get(low.url, '/loki/api/v1/query_range', asked('{{range 1000}}{{end}}'))
  test.equal(loki.status, 400)
  test.match(loki.text, /too many template steps: 201, limit 200 \(setting limits\.templateStepsMax\)/)
  const high = await nodeWith(test, { templateStepsMax: 3_000_000, queryDepthMax: 500 })
  for (const template of ['{{range 1100000}}{{end}}', nested(300)]) {
    test.equal(errorOf(await streamed(roomy.url, asked(template))).code, 'limit_exceeded', 'by default')
    test.equal((await streamed(high.url, asked(template))).at(-1)?.type, 'end', 'where more is allowed')
  }
})

t.test('remarks of one unit: more than by default', async (test) => {
  const names = Array.from({ length: 1_200 }, (_, i) => `{"labels":{"__name__":"many_${i}","i":"${i}"},"t":[${T0}000,${T0 + 60}000],"v":[1,2]}\n`)
  await roomy.engine.import({ file: 'many', format: 'series', body: bytesOf(names.join('')) })
  const node = await nodeWith(test, { annotationsMax: 1_500 })
  const query = { lang: 'promql', query: 'count(rate({__name__=~"many_.+"}[5m]))', start: T0 + 60, end: T0 + 60, step: 60 }
  const remarks = async ({ url }: RunningNode): Promise<number> => (await streamed(url, query)).filter(({ type }) => type === 'warning').length
  test.same([await remarks(node), await remarks(roomy)], [1_200, 1_001], 'the last one by default says that there were more')
})

/** A query of the node that has begun and is not read on. */
async function running(test: Test, node: RunningNode, organisation = 'default'): Promise<{ end(): Promise<void> }> {
  const when = { kind: 'range', startNs: BigInt(T0) * 10n ** 9n, endNs: BigInt(T0 + 3600) * 10n ** 9n, stepMs: 1000 } as const
  const events = node.engine.query({ language: 'promql', text: 'm', when, organisation })[Symbol.asyncIterator]()
  test.equal((await events.next()).value?.type, 'plan')
  return { end: async () => void (await events.return?.()) }
}

t.test('as many queries as a node takes; the next is taken once one has ended', async (test) => {
  const node = await nodeWith(test, { queriesRunningMax: 1, queryWaitMs: 1, retryAfterMs: 2_500 })
  const first = await running(test, node)
  await streamTells(test, node, { query: 'm', ...RANGE }, 'queriesRunningMax', 1, 'too_many_requests')
  const asked = new URLSearchParams({ start: String(T0), end: String(T0 + 60), step: '60' })
  const shapes: readonly (readonly [string, string, RegExp])[] = [
    ['/api/v1/stream?lang=promql&query=m', 'application/json', /^\{"error":\{"code":"too_many_requests","message":"too many queries are running: 1, limit 1 \(setting limits\.queriesRunningMax\).*"retryable":true/],
    ['/api/v1/query_range?query=m', 'application/json', /^\{"status":"error","errorType":"unavailable","error":"too many queries are running: 1, limit 1 \(setting limits\.queriesRunningMax\)/],
    ['/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D', 'text/plain', /^too many outstanding requests: too many queries are running: 1, limit 1 \(setting limits\.queriesRunningMax\)/],
  ]
  for (const [path, type, body] of shapes) {
    const response = await fetch(`${node.url}${path}&${asked}`)
    test.same([response.status, response.headers.get('retry-after')], [429, '3'], path)
    test.match(response.headers.get('content-type'), type)
    test.match(await response.text(), body)
  }
  test.equal((await get(node.url, '/api/v1/query', { query: 'rat(m)' })).status, 400, 'what is wrong needs no place')
  await first.end()
  test.equal((await dataOf(node.url, '/api/v1/query', { query: 'count(m)', time: T0 + 60 })).result[0].value[1], String(SERIES))
})

t.test('a query waits for its place, and one whose client has gone does not', async (test) => {
  const node = await nodeWith(test, { queriesRunningMax: 1, queryWaitMs: 200_000, queriesWaitingMax: 1 })
  const first = await running(test, node)
  const gone = new AbortController()
  const leaving = openStream(node.url, { lang: 'promql', query: 'm', ...RANGE }, 'application/x-ndjson', gone.signal).catch(() => 'left')
  const isFull = async (): Promise<boolean> => (await get(node.url, '/api/v1/query', { query: 'm', organisation: 'default' })).status === 429
  // The organisation with most in the line loses its newest: who asks now is refused as soon as the other waits.
  test.ok(await eventually(60_000, isFull), 'the line is full')
  gone.abort()
  test.equal(await leaving, 'left')
  const waiting = dataOf(node.url, '/api/v1/query', { query: 'count(m)', time: T0 + 60 })
  await first.end()
  test.equal((await waiting).result[0].value[1], String(SERIES))
})

t.test('an organisation has its own limit, of the configuration', async (test) => {
  const node = await startNode(test, { config: await lake.config({ 'limits.queryWaitMs': 1, 'organisations.acme.organisationQueriesRunningMax': 1 }) })
  await roomy.engine.import({ file: 'm', format: 'series', organisation: 'acme', body: bytesOf(seriesFile('m', SERIES, 240, T0 * 1000, 15_000)) })
  const events = await running(test, node, 'acme')
  const refused = await get(node.url, '/api/v1/query', { query: 'm', organisation: 'acme' })
  test.equal(refused.status, 429)
  test.match(JSON.parse(refused.text).error, /^too many queries of organisation "acme" are running: 1, limit 1 \(setting organisations\.acme\.organisationQueriesRunningMax\)/)
  test.equal((await get(node.url, '/api/v1/query', { query: 'm' })).status, 200, 'another organisation')
  await events.end()
  const unknown = await lake.config({ 'organisations.acme.queriesRunningMax': 1 })
  test.throws(() => readConfiguration(unknown, {}), { message: /unknown setting organisations\.acme\.queriesRunningMax: an organisation has organisationQueriesRunningMax and organisationMemoryMb$/ })
})

t.test('imports: lines, labels, series and bodies; nothing of the file is visible', async (test) => {
  const limits = { labelNamesMax: 5, importLineBytesMax: 1000, importSeriesMax: 3, importBodyBytesMax: 5000, requestBodyBytesMax: 4000 }
  const node = await nodeWith(test, limits)
  const send = async (body: string): Promise<Facts> => {
    const response = await fetch(`${node.url}/api/v1/import?format=openmetrics&file=f.prom`, { method: 'POST', body })
    return response.ok ? { code: 'imported', message: await response.text(), facts: {} } : ((await response.json()) as { error: Facts }).error
  }
  const good = `refused 1 ${T0}\n`
  const wide = await send(`${good}refused{a="1",b="2",c="3",d="4",e="5"} 1 ${T0}\n`)
  tells(test, wide, 'labelNamesMax', 5)
  test.match(wide, { message: /^f\.prom, line 2: /, facts: { line: 2 } }, 'the name of the metric is a label too')
  const long = await send(`${good}${good}refused{a="${'z'.repeat(1000)}"} 1 ${T0}\n${good}`)
  tells(test, long, 'importLineBytesMax', 1000)
  test.match(long.facts, { line: 3 })
  tells(test, await send(`${good}refused{a="${'z'.repeat(1000)}"} 1 ${T0}`), 'importLineBytesMax', 1000)
  tells(test, await send([0, 1, 2, 3].map((i) => `refused{a="${i}"} 1 ${T0}\n`).join('')), 'importSeriesMax', 3)
  tells(test, await send(good.repeat(300)), 'importBodyBytesMax', 5000)
  test.same((await dataOf(roomy.url, '/api/v1/query', { query: 'refused', time: T0 })).result, [])
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const posted = await fetch(`${node.url}/api/v1/query`, { method: 'POST', headers: form, body: `query=${'x'.repeat(4000)}` })
  test.equal(posted.status, 413)
  test.match(await posted.text(), /limits\.requestBodyBytesMax/)
})

t.test('the environment stands over the file, and the command line tells limits in one line', async (test) => {
  const config = await lake.config({ 'limits.querySeriesMax': 1000 })
  const asked = ['query', 'm', '--config', config, '--start', String(T0), '--end', String(T0 + 60)]
  const low = await runCli(asked, { env: { MILLRACE_LIMITS_QUERY_SERIES_MAX: '7' } })
  test.same(low, { code: 1, out: '', err: 'error: too many series: 50, limit 7 (setting limits.querySeriesMax)\n' })
  const wrong = await runCli(asked, { env: { MILLRACE_LIMITS_QUERY_SERIES_MAX: 'many' } })
  test.equal(wrong.code, 1)
  test.match(wrong.err, /^error: \S+: limits\.querySeriesMax must be a number above zero, is "many"\n$/)
})
