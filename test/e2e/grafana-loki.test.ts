/** What Grafana's Loki datasource, Logs Drilldown and Trino's connector send, asked of a real node: each gets the answer that it needs to go on. */
import { once } from 'node:events'
import t from 'tap'
import { WebSocket } from 'ws'
import { bytesOf, eventually, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const S = 1_700_006_400
const NS = 1_000_000_000n
const TENANT = 'team'
const [START, END] = [BigInt(S) * NS, BigInt(S + 600) * NS]

const node = await startNode(t, { data: await temporaryFolder(t) })

/** Every ten lines share a time, so that pages end inside of one. */
const LINES = Array.from({ length: 60 }, (_, i) => [String(START + BigInt(Math.floor(i / 10) * 60) * NS), `level=${i % 3 === 0 ? 'error' : 'info'} n=${i}`, { trace_id: `t${i % 4}` }])

async function load(lines: readonly unknown[]): Promise<void> {
  const stream = { app: 'shop', env: 'prod' }
  await node.engine.import({ file: 'lines', format: 'loki', organisation: TENANT, body: bytesOf(`${JSON.stringify({ streams: [{ stream, values: lines }] })}\n`) })
}

await load(LINES)

type Json = ReturnType<typeof JSON.parse>

function clientWith(headers: Readonly<Record<string, string>>): (path: string) => Promise<{ readonly status: number; readonly text: string; readonly json: () => Json }> {
  return async (path) => {
    const response = await fetch(`${node.url}/loki/api/v1/${path}`, { headers: { 'X-Scope-OrgID': TENANT, ...headers } })
    const text = await response.text()
    return { status: response.status, text, json: () => JSON.parse(text) as Json }
  }
}

const grafana = clientWith({ 'X-Loki-Response-Encoding-Flags': 'categorize-labels', 'X-Query-Tags': 'Source=grafana', 'Accept-Encoding': 'gzip' })
const trino = clientWith({})
const q = encodeURIComponent

t.test('Grafana: save and test, of today and of older versions', async (t) => {
  const { status, json } = await grafana(`query?direction=backward&query=${q('vector(1)+vector(1)')}&time=4000000000`)
  t.equal(status, 200)
  const { data } = json()
  t.same(data.result, [{ metric: {}, value: [4000000000, '2'] }])
  t.equal(data.resultType, 'vector')
  const now = BigInt(Date.now()) * 1_000_000n
  t.same((await grafana(`labels?start=${now - 600n * NS}&end=${now}`)).json(), { status: 'success' })
})

t.test('Grafana: lines of a panel, with their categories', async (t) => {
  const { json } = await grafana(`query_range?direction=backward&end=${END}&limit=1000&query=${q('{app="shop"} | logfmt |= "error"')}&start=${START}&step=2000ms`)
  const { data } = json()
  t.equal(data.resultType, 'streams')
  t.same(data.encodingFlags, ['categorize-labels'])
  t.same(data.result.map(({ stream }: Json) => stream), [{ app: 'shop', env: 'prod' }])
  const [{ values }] = data.result
  t.equal(values.length, 20)
  t.match(values[0], [/^\d{19}$/, /^level=error/, { structuredMetadata: { trace_id: /^t\d$/ }, parsed: { level: 'error' } }])
  t.same(values.map(([ns]: [string]) => ns), values.map(([ns]: [string]) => ns).toSorted().toReversed())
  t.type(data.stats.summary.execTime, 'number')
})

t.test('Grafana: the histogram above the lines, and its sample of lines', async (t) => {
  const volume = await grafana(`query_range?direction=backward&end=${END}&query=${q('sum by (level, detected_level) (count_over_time({app="shop"} | logfmt | drop __error__[1m]))')}&start=${START}&step=60000ms`)
  const { resultType, result } = volume.json().data
  t.equal(resultType, 'matrix')
  t.same(result.map(({ metric }: Json) => metric), [{ level: 'error' }, { level: 'info' }])
  t.equal(result.flatMap(({ values }: Json) => values).reduce((sum: number, [, count]: [number, string]) => sum + Number(count), 0), 60)
})

t.test('Grafana: what the editor asks while somebody types', async (t) => {
  const range = `start=${START}&end=${END}`
  t.same((await grafana(`labels?${range}`)).json().data, ['app', 'env'])
  t.same((await grafana(`label/app/values?${range}&query=${q('{env="prod"}')}`)).json().data, ['shop'])
  t.same((await grafana(`series?${range}&${q('match[]')}=${q('{app="shop"}')}`)).json().data, [{ app: 'shop', env: 'prod' }])
  t.match((await grafana(`index/stats?query=${q('{app="shop"}')}&${range}`)).json(), { streams: 1, chunks: Number, bytes: Number, entries: 60 })
  t.equal((await grafana(`index/stats?query=${q('{app="sh')}&${range}`)).status, 400, 'half a selector is no failure of the server')
  t.equal((await grafana(`format_query?query=${q('{app="shop"}|json')}`)).json().data, '{app="shop"} | json')
})

t.test('Logs Drilldown: what it begins with, and a service page', async (t) => {
  const range = `start=${START}&end=${END}`
  t.match((await grafana('drilldown-limits')).json(), { limits: { volume_enabled: true, max_query_series: Number }, pattern_ingester_enabled: false, version: String })
  t.ok(Array.isArray((await grafana(`detected_labels?${range}`)).json().detectedLabels), 'an array: the datasource asks for detected fields from now on')
  const volume = (await grafana(`index/volume?query=${q('{app=~`.+`}')}&${range}&limit=1000&targetLabels=app`)).json()
  t.match(volume.data.result, [{ metric: { app: 'shop' }, value: [S + 600, /^\d+$/] }])
  const { fields } = (await grafana(`detected_fields?query=${q('{app="shop"}')}&${range}&line_limit=1000&limit=1000`)).json()
  t.same(fields.map(({ label, parsers }: Json) => [label, parsers]), [['level', ['logfmt']], ['n', ['logfmt']], ['trace_id', null]])
  t.same((await grafana(`detected_field/level/values?query=${q('{app="shop"}')}&${range}&line_limit=1000`)).json().values.toSorted(), ['error', 'info'])
  t.equal((await grafana(`patterns?query=${q('{app="shop"}')}&${range}&step=60s`)).status, 404)
})

t.test('Grafana: live lines', async (t) => {
  const headers = { 'X-Scope-OrgID': TENANT, 'X-Loki-Response-Encoding-Flags': 'categorize-labels' }
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/loki/api/v1/tail?query=${q('{app="shop"}')}&limit=1&start=${START}`, { headers, origin: 'https://grafana.example' })
  t.teardown(() => socket.terminate())
  const frames: Json[] = []
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())))
  await once(socket, 'open')
  t.ok(await eventually(20_000, () => frames.length === 1))
  await load([[String(END), 'live', { trace_id: 'new' }]])
  t.ok(await eventually(20_000, () => frames.length === 2))
  t.same(frames[1], { streams: [{ stream: { app: 'shop', env: 'prod' }, values: [[String(END), 'live', { structuredMetadata: { trace_id: 'new' } }]]}], encodingFlags: ['categorize-labels'] })
})

t.test('Trino: asks for the type of a result over a nanosecond, then for everything in order', async (t) => {
  for (const [query, resultType] of [['{app="shop"}', 'streams'], ['rate({app="shop"}[1m])', 'matrix']]) {
    const now = BigInt(Date.now()) * 1_000_000n
    const probe = await trino(`query_range?query=${q(query)}&start=${now - 1n}&end=${now}&direction=forward`)
    t.equal(probe.status, 200)
    t.match(probe.json().data, { resultType, result: [] })
  }
  const rows = await trino(`query_range?query=${q('{app="shop"}')}&start=${START}&end=${END}&direction=forward&limit=1000`)
  t.equal(rows.json().data.result.flatMap(({ values }: Json) => values).length, 60)
})
