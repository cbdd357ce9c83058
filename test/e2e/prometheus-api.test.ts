/** Prometheus' API beside the queries: series and their labels, texts, status; asked by hand, by promtool, as Grafana does, and beside a real Prometheus. */
import { execFile } from 'node:child_process'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { PROMETHEUS_MISSING, prometheusVersion, remoteWrite, startPrometheus, type LoadedSeries } from '../harness/prometheus-server.js'
import { seriesLines } from '../harness/differential-data.js'
import { startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(240_000)

const T0 = 1_704_067_200_000
const COUNT = 40
const STEP_MS = 15_000

function loaded(labels: Record<string, string>, from = 0): LoadedSeries {
  const times = Array.from({ length: COUNT }, (_, at) => T0 + (from + at) * STEP_MS)
  return { labels, t: times, v: times.map((_, at) => at), stale: times.map(() => false) }
}

const DATA: readonly LoadedSeries[] = [
  loaded({ __name__: 'up', job: 'api', instance: 'a:80' }),
  loaded({ __name__: 'up', job: 'api', instance: 'b:80' }),
  loaded({ __name__: 'up', job: 'db', instance: 'é"\\', Zone: 'z1' }),
  loaded({ __name__: 'http_requests_total', job: 'api', instance: 'a:80', code: '200' }),
  loaded({ __name__: 'http_requests_total', job: 'api', instance: 'a:80', code: '500' }),
  // Only in the second half.
  loaded({ __name__: 'late', job: 'batch', 'kind.of': 'x' }, COUNT),
]
const [START, END] = [T0 / 1000, (T0 + 2 * COUNT * STEP_MS) / 1000]
const MIDDLE = (T0 + (COUNT - 0.5) * STEP_MS) / 1000

const node = await startNode(t, { data: await temporaryFolder(t) })
await node.engine.import({ file: 'data', format: 'series', body: Readable.from([Buffer.from(seriesLines(DATA))]) })

interface Told {
  readonly status: number
  readonly body: { readonly status: string; readonly data?: unknown; readonly error?: string; readonly errorType?: string; readonly warnings?: readonly string[] }
}

async function ask(url: string, path: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(`${url}/api/v1/${path}`, init)
  const text = await response.text()
  try {
    return { status: response.status, body: JSON.parse(text) as Told['body'] }
  } catch {
    throw new Error(`${path} answered ${response.status}: ${text}`)
  }
}

const seriesOf = (...picked: readonly number[]): readonly LoadedSeries['labels'][] => picked.map((at) => DATA[at].labels)

/** Members in any order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  )
}

function sameSeries(test: Test, told: unknown, expected: readonly LoadedSeries['labels'][], name: string): void {
  const texts = (list: unknown): readonly string[] => (list as readonly unknown[]).map(canonical).sort()
  test.strictSame(texts(told), texts(expected), name)
}

t.test('series and labels, in a range and by selectors', async (t) => {
  const data = async (path: string): Promise<unknown> => (await ask(node.url, path)).body.data
  t.strictSame(await data('labels'), ['Zone', '__name__', 'code', 'instance', 'job', 'kind.of'])
  t.strictSame(await data(`labels?start=${START}&end=${MIDDLE}`), ['Zone', '__name__', 'code', 'instance', 'job'])
  t.strictSame(await data('labels?match[]=late&match[]=up{Zone="z1"}'), ['Zone', '__name__', 'instance', 'job', 'kind.of'])
  t.strictSame(await data('label/__name__/values'), ['http_requests_total', 'late', 'up'])
  t.strictSame(await data(`label/job/values?start=${MIDDLE}`), ['batch'])
  t.strictSame(await data('label/instance/values?match[]=up'), ['a:80', 'b:80', 'é"\\'])
  t.strictSame(await data('label/U__kind_2e_of/values'), ['x'])
  t.strictSame(await data('label/kind.of/values'), ['x'])
  t.strictSame(await data('label/nothing/values'), [])
  sameSeries(t, await data('series?match[]=up'), seriesOf(0, 1, 2), 'one selector')
  sameSeries(t, await data('series?match[]=up{job="api"}&match[]={instance="a:80"}&match[]=late'), seriesOf(0, 1, 3, 4, 5), 'what any selector has, each once')
  sameSeries(t, await data(`series?match[]={__name__=~".%2B"}&start=${MIDDLE}&end=${END}`), seriesOf(5), 'a range')
  sameSeries(t, await data(`series?match[]=up&start=${END}&end=${START}`), [], 'a range that ends before it begins')
  const cut = await ask(node.url, 'label/instance/values?limit=2')
  t.strictSame([cut.body.data, cut.body.warnings], [['a:80', 'b:80'], ['results truncated due to limit']])
  const posted = await ask(node.url, 'series?match[]=late', { method: 'POST', body: new URLSearchParams([['match[]', 'up{job="db"}']]) })
  sameSeries(t, posted.body.data, seriesOf(2, 5), 'a form and the address')
})

t.test('what is wrong is told as Prometheus tells it', async (t) => {
  const cases: readonly (readonly [path: string, error: string])[] = [
    ['series', 'no match[] parameter provided'],
    ['series?match[]={a=""}', 'invalid parameter "match[]": match[] must contain at least one non-empty matcher'],
    ['labels?start=x', 'invalid parameter "start": Invalid time value for \'start\': cannot parse "x" to a valid timestamp'],
    ['labels?limit=-1', 'invalid parameter "limit": limit must be non-negative'],
    ['label/job/values?limit=1.5', 'invalid parameter "limit": strconv.Atoi: parsing "1.5": invalid syntax'],
    ['format_query', 'invalid parameter "query": unknown position: parse error: no expression found in input'],
    [`query_exemplars?query=up&start=2&end=1`, 'invalid parameter "end": end timestamp must not be before start timestamp'],
  ]
  for (const [path, error] of cases) {
    const { status, body } = await ask(node.url, path)
    t.strictSame([status, body], [400, { status: 'error', errorType: 'bad_data', error }], path)
  }
  for (const path of ['series?match[]=up{', 'labels?match[]=sum(up)', 'labels?match[]=up offset 1m', 'format_query?query=foo(', 'parse_query?query=1 %2B']) {
    const { status, body } = await ask(node.url, path)
    t.strictSame([status, body.errorType], [400, 'bad_data'], path)
    t.match(body.error, /^invalid parameter "(match\[\]|query)": \d+:\d+: parse error: /, path)
  }
})

t.test('texts and status', async (t) => {
  const data = async (path: string): Promise<unknown> => (await ask(node.url, path)).body.data
  t.equal(await data('format_query?query=sum(rate(x[5m]))by(job)'), 'sum by (job) (rate(x[5m]))')
  t.strictSame(await data(`parse_query?query=${encodeURIComponent('sum by (job) (-rate(x{a="b"}[5m] offset 1m)) > bool 2')}`), {
    type: 'binaryExpr', op: '>', bool: true, matching: null,
    lhs: {
      type: 'aggregation', op: 'sum', param: null, grouping: ['job'], without: false,
      expr: {
        type: 'unaryExpr', op: '-',
        expr: {
          type: 'call', func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
          args: [{ type: 'matrixSelector', name: 'x', range: 300_000, offset: 60_000, matchers: [{ name: 'a', value: 'b', type: '=' }], timestamp: null, startOrEnd: null, anchored: false, smoothed: false }],
        },
      },
    },
    rhs: { type: 'numberLiteral', val: '2' },
  })
  t.match(await data('status/buildinfo'), { version: /^3\./ })
  t.match(await data('status/runtimeinfo'), { startTime: /^20/ })
  t.strictSame(await data('targets'), { activeTargets: [], droppedTargets: [], droppedTargetCounts: {} })
  t.strictSame([await data('rules'), await data('alerts'), await data('query_exemplars?query=up')], [{ groups: [] }, { alerts: [] }, []])
})

t.test('as Grafana asks: save and test, the editor, Explore, a dashboard', async (t) => {
  const form = (path: string, pairs: Record<string, string>): Promise<Told> => ask(node.url, path, { method: 'POST', body: new URLSearchParams(pairs) })
  const tested = await form('query', { query: '1+1', time: '4' })
  t.strictSame(tested.body.data, { resultType: 'scalar', result: [4, '2'] })
  t.match((await ask(node.url, 'status/buildinfo')).body.data, { version: String })
  t.notOk('features' in ((await ask(node.url, 'status/buildinfo')).body.data as object), 'it would be taken for Mimir')
  const range = `start=${START}&end=${END}&limit=40000`
  t.strictSame((await ask(node.url, `label/__name__/values?${range}`)).body.data, ['http_requests_total', 'late', 'up'])
  t.strictSame((await ask(node.url, `labels?${range}&match[]=${encodeURIComponent('{__name__="up"}')}`)).body.data, ['Zone', '__name__', 'instance', 'job'])
  t.strictSame((await ask(node.url, `label/job/values?${range}&match[]=${encodeURIComponent('{__name__="up",instance=~".*80"}')}`)).body.data, ['api'])
  t.equal((await ask(node.url, 'rules')).status, 200)
  const panel = await form('query_range', { query: 'sum by (job) (up)', start: String(START), end: String(END), step: '60' })
  t.match(panel.body.data, { resultType: 'matrix', result: [{ metric: { job: 'api' } }, { metric: { job: 'db' } }] })
  const cors = await fetch(`${node.url}/api/v1/labels`, { method: 'OPTIONS', headers: { origin: 'http://grafana.example', 'access-control-request-method': 'POST' } })
  t.ok(cors.status < 300 && cors.headers.get('access-control-allow-origin') !== null, `a browser may ask: ${cors.status}`)
})

const version = prometheusVersion()
const skip = version === undefined ? PROMETHEUS_MISSING : false

t.test('promtool', { skip }, async (t) => {
  const run = async (...args: readonly string[]): Promise<string> => (await promisify(execFile)('promtool', ['query', ...args], { timeout: 60_000 })).stdout
  t.match(await run('instant', `--time=${START}`, node.url, 'up{job="db"}'), 'up{Zone="z1", instance="é\\"\\\\", job="db"} => 0 @[1704067200]')
  t.match(await run('range', `--start=${START}`, `--end=${START + 30}`, '--step=15s', node.url, 'sum(up)'), /0 @\[1704067200\]\s+3 @\[1704067215\]\s+6 @\[1704067230\]/)
  t.match(await run('series', `--match=http_requests_total{code="500"}`, `--start=${START}`, `--end=${END}`, node.url), 'code="500"')
  t.match(await run('labels', `--start=${START}`, `--end=${END}`, node.url, 'job'), 'api\nbatch\ndb\n')
  // What newer ones ask for `check healthy` and `check ready`.
  for (const path of ['healthy', 'ready']) t.equal((await fetch(`${node.url}/-/${path}`)).status, 200)
})

t.test('beside a real Prometheus', { skip }, async (t) => {
  const theirs = await startPrometheus(t)
  await remoteWrite(theirs, DATA.filter(({ labels }) => labels['kind.of'] === undefined))
  const range = `start=${START}&end=${MIDDLE}`
  // A query that is missing has another place in the error of 2.42 than in that of 3.
  const paths = [
    `labels?${range}`, `labels?${range}&match[]=up`, `label/job/values?${range}`, `label/instance/values?${range}&match[]=http_requests_total`,
    `series?${range}&match[]=up`, `series?${range}&match[]=up&match[]={code="200"}`, `series?${range}&match[]=nothing`, 'series', 'labels?start=x',
    'series?match[]=up{', 'series?match[]={a=""}', 'format_query?query=sum(rate(x[5m]))by(job)', 'query_range?query=up', `query_range?query=up&start=2&end=1&step=1`,
    'query?query=up&time=x', 'query_range?query=up&start=1&end=2&step=0', 'query_range?query=up&start=1&end=99999&step=1', 'query?query=up&timeout=x', 'rules', 'rules?type=alert', 'rules?type=other', 'alerts', 'query_exemplars?query=up&start=1&end=2',
  ]
  for (const path of paths) {
    const [ours, other] = [await ask(node.url, path), await ask(theirs, path)]
    t.equal(canonical(ours), canonical(other), path)
  }
})
