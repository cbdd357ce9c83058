/** How many series there are of what and what imports have said of metrics: asked of a node, as Prometheus and Lakerunner are asked, and beside a real Prometheus. */
import { Readable } from 'node:stream'
import t from 'tap'
import { PROMETHEUS_MISSING, prometheusVersion, remoteWrite, startPrometheus, type LoadedSeries } from '../harness/prometheus-server.js'
import { seriesLines } from '../harness/differential-data.js'
import { startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(240_000)

const T0 = 1_704_067_200_000
const COUNT = 400
const STEP_MS = 15_000

function loaded(labels: Record<string, string>, from = 0, count = COUNT): LoadedSeries {
  const times = Array.from({ length: count }, (_, at) => T0 + (from + at) * STEP_MS)
  return { labels, t: times, v: times.map((_, at) => at), stale: times.map(() => false) }
}

/** Over several windows of time. */
const DATA: readonly LoadedSeries[] = [
  ...['a', 'b', 'c'].map((instance) => loaded({ __name__: 'up', job: 'api', instance })),
  loaded({ __name__: 'up', job: 'db', instance: 'é"\\' }),
  ...['200', '404', '500'].flatMap((code) => ['a', 'b'].map((instance) => loaded({ __name__: 'http_requests_total', job: 'api', instance, code }))),
  loaded({ __name__: 'load', job: 'db' }),
]

interface Told {
  readonly status: number
  readonly body: { readonly status: string; readonly data?: Record<string, unknown>; readonly error?: string; readonly errorType?: string }
}

async function ask(url: string, path: string, organisation?: string): Promise<Told> {
  const headers: Record<string, string> = organisation === undefined ? {} : { 'x-scope-orgid': organisation }
  const response = await fetch(`${url}/api/v1/${path}`, { headers })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}

const node = await startNode(t, { data: await temporaryFolder(t) })

async function imported(format: 'series' | 'openmetrics', text: string, organisation: string): Promise<number> {
  return (await node.engine.import({ file: 'data', format, body: Readable.from([Buffer.from(text)]), organisation })).segments
}

const LISTS = ['seriesCountByMetricName', 'labelValueCountByLabelName', 'memoryInBytesByLabelName', 'seriesCountByLabelValuePair'] as const

function listOf({ body }: Told, list: (typeof LISTS)[number]): readonly { readonly name: string; readonly value: number }[] {
  return (body.data ?? {})[list] as readonly { name: string; value: number }[]
}

t.test('the cardinality of an organisation', async (t) => {
  t.ok((await imported('series', seriesLines(DATA), 'shop')) > 1, 'several segments')
  const told = await ask(node.url, 'status/tsdb?limit=100', 'shop')
  const { body } = told
  t.match(body, { status: 'success', data: { headStats: { numSeries: 11, numLabelPairs: 3 + 2 + 4 + 3, minTime: T0, maxTime: T0 + (COUNT - 1) * STEP_MS } } })
  t.strictSame(body.data?.['seriesCountByMetricName'], [{ name: 'http_requests_total', value: 6 }, { name: 'up', value: 4 }, { name: 'load', value: 1 }])
  t.strictSame(body.data?.['labelValueCountByLabelName'], [{ name: 'instance', value: 4 }, { name: '__name__', value: 3 }, { name: 'code', value: 3 }, { name: 'job', value: 2 }])
  t.strictSame(body.data?.['memoryInBytesByLabelName'], [
    { name: '__name__', value: 6 * 19 + 4 * 2 + 4 }, { name: 'job', value: 9 * 3 + 2 * 2 }, { name: 'code', value: 18 }, { name: 'instance', value: 9 + 4 },
  ])
  const pairs = listOf(told, 'seriesCountByLabelValuePair')
  t.strictSame(pairs.slice(0, 5), [
    { name: 'job=api', value: 9 }, { name: '__name__=http_requests_total', value: 6 }, { name: '__name__=up', value: 4 }, { name: 'instance=a', value: 4 }, { name: 'instance=b', value: 4 },
  ])
  t.equal(pairs.length, 12)
  const cut = await ask(node.url, 'status/tsdb?limit=2', 'shop')
  for (const list of LISTS) t.strictSame(listOf(cut, list), listOf(told, list).slice(0, 2), list)
  t.equal(listOf(await ask(node.url, 'status/tsdb', 'shop'), 'seriesCountByLabelValuePair').length, 10)
})

t.test('what is older than two hours is not counted; series of one time in two imports are summed', async (t) => {
  await imported('series', seriesLines([loaded({ __name__: 'old', instance: 'x' }), loaded({ __name__: 'new', instance: 'a' }, 2_000)]), 'two')
  await imported('series', seriesLines([loaded({ __name__: 'new', instance: 'b' }, 2_000)]), 'two')
  const { data } = (await ask(node.url, 'status/tsdb', 'two')).body
  t.match(data, { headStats: { numSeries: 2, numLabelPairs: 3 } })
  t.strictSame(data?.['seriesCountByMetricName'], [{ name: 'new', value: 2 }])
  t.strictSame(data?.['labelValueCountByLabelName'], [{ name: 'instance', value: 2 }, { name: '__name__', value: 1 }])
})

const DESCRIBED = [
  '# HELP http_requests Requests by code: \\"all\\" of them\\nin two lines, C:\\\\x',
  '# TYPE http_requests counter',
  'http_requests_total{code="200"} 1 1704067200',
  '# TYPE wait_seconds histogram',
  '# UNIT wait_seconds seconds',
  '# HELP wait_seconds',
  'wait_seconds_bucket{le="+Inf"} 1 1704067200',
  'wait_seconds_count 1 1704067200',
  'wait_seconds_sum 1 1704067200',
  '# TYPE plain untyped',
  'plain 1 1704067200',
  '# a comment',
  'undescribed 1 1704067200',
  '# TYPE "with.dots" gauge',
  '{"with.dots"} 1 1704067200',
  '# EOF',
  '',
].join('\n')

t.test('what imports have said of metrics', async (t) => {
  for (let time = 0; time < 2; time++) await imported('openmetrics', DESCRIBED, 'told')
  const data = async (search = '', organisation = 'told'): Promise<unknown> => (await ask(node.url, `metadata${search}`, organisation)).body.data
  const counter = { type: 'counter', help: 'Requests by code: "all" of them\nin two lines, C:\\x', unit: '' }
  const all = {
    http_requests: [counter],
    plain: [{ type: 'unknown', help: '', unit: '' }],
    wait_seconds: [{ type: 'histogram', help: '', unit: 'seconds' }],
    'with.dots': [{ type: 'gauge', help: '', unit: '' }],
  }
  t.strictSame(await data(), all)
  t.strictSame(await data('?metric=http_requests'), { http_requests: [counter] })
  t.strictSame([await data('?metric=nothing'), await data('?metric=%00'), await data('?limit=0')], [{}, {}, {}])
  t.strictSame(Object.keys((await data('?limit=2')) as object), ['http_requests', 'plain'])
  t.strictSame(await data('?limit=-1&limit_per_metric=-1'), all)
  await imported('openmetrics', '# TYPE http_requests gauge\nhttp_requests 1 1704067300\n# EOF\n', 'told')
  t.strictSame(await data('?metric=http_requests'), { http_requests: [counter, { type: 'gauge', help: '', unit: '' }] }, 'two files of two minds')
  t.strictSame(await data('?metric=http_requests&limit_per_metric=1'), { http_requests: [counter] })
  t.strictSame([await data('', 'shop'), await data('', 'nobody')], [{}, {}], 'other organisations')
})

t.test('nothing of a file that is refused', async (t) => {
  await t.rejects(imported('openmetrics', '# TYPE a counter\na_total 1 1\nb\n', 'refused'))
  t.strictSame((await ask(node.url, 'metadata', 'refused')).body.data, {})
})

t.test('Lakerunner tells types of series by those of their families', async (t) => {
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${node.url}/api/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-scope-orgid': 'types' }, body: JSON.stringify({ s: String(T0 - 1), e: String(T0 + 1), ...body }) })
    return answer.json()
  }
  await imported('openmetrics', DESCRIBED, 'types')
  t.strictSame(await post('metrics/metadata', {}), {
    metrics: [
      { name: 'http_requests_total', type: 'counter' }, { name: 'plain', type: 'unknown' }, { name: 'undescribed', type: 'unknown' }, { name: 'wait_seconds_bucket', type: 'histogram' },
      { name: 'wait_seconds_count', type: 'histogram' }, { name: 'wait_seconds_sum', type: 'histogram' }, { name: 'with.dots', type: 'gauge' },
    ],
  })
  t.match(await post('metrics/tags', { metric: 'wait_seconds_bucket' }), { metric: { name: 'wait_seconds_bucket', type: 'histogram' } })
})

t.test('who has nothing, and what is wrong', async (t) => {
  const { status, body } = await ask(node.url, 'status/tsdb', 'nobody')
  t.strictSame([status, body.data], [200, { headStats: { numSeries: 0, numLabelPairs: 0, chunkCount: 0, minTime: 0, maxTime: 0 }, ...Object.fromEntries(LISTS.map((list) => [list, []])) }])
  const cases: readonly (readonly [path: string, error: string])[] = [
    ...['0', '-1', 'x', '1.5', '1e3', '9223372036854775808'].map((limit) => [`status/tsdb?limit=${limit}`, 'limit must be a positive number'] as const),
    ['status/tsdb?limit=10001', 'limit must not exceed 10000'],
    ['metadata?limit=x', 'limit must be a number'],
    ['metadata?limit_per_metric=1.5', 'limit_per_metric must be a number'],
  ]
  for (const [path, error] of cases) t.strictSame(await ask(node.url, path), { status: 400, body: { status: 'error', errorType: 'bad_data', error } }, path)
  t.equal((await ask(node.url, 'status/tsdb?limit=10000')).status, 200)
  for (const path of ['status/tsdb', 'metadata']) t.equal((await fetch(`${node.url}/api/v1/${path}`, { method: 'POST' })).status, 405, `${path} takes GET alone`)
})

t.test('the counts of a real Prometheus', { skip: prometheusVersion() === undefined ? PROMETHEUS_MISSING : false }, async (t) => {
  const theirs = await startPrometheus(t)
  await remoteWrite(theirs, DATA)
  const [ours, other] = [await ask(node.url, 'status/tsdb?limit=10', 'shop'), await ask(theirs, 'status/tsdb?limit=10')]
  for (const name of ['numSeries', 'numLabelPairs', 'minTime', 'maxTime']) {
    const stat = (told: Told): unknown => Object.entries(told.body.data?.['headStats'] ?? {}).find(([each]) => each === name)
    t.strictSame(stat(ours), stat(other), name)
  }
  // 2.42 counts the bytes of each value once, later releases as often as there are series. Of those that are equal theirs come in any order.
  for (const list of LISTS.filter((each) => each !== 'memoryInBytesByLabelName')) {
    const counts = (told: Told): readonly number[] => listOf(told, list).map(({ value }) => value)
    t.strictSame(counts(ours), counts(other), list)
  }
  t.strictSame(await ask(node.url, 'metadata?limit=x'), await ask(theirs, 'metadata?limit=x'))
})
