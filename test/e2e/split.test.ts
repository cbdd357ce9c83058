/** A query taken apart over HTTP, and its parts asked as the answer says: by parameters and by links, at a real node. */
import t, { type Test } from 'tap'
import type { SplitMerge } from '../../src/model/split.js'
import { bytesOf, runCli, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'
import { mergeSeriesShards, mergeStreamShards } from '../harness/shard-answers.js'
import { mergeSeries, mergeStreams } from '../harness/split-answers.js'

t.setTimeout(300_000)

/** 2024-01-01T00:00:00Z, in seconds. */
const T0 = 1_704_067_200

const METRICS = [
  '# TYPE requests counter',
  ...['/x', '/y'].flatMap((path, each) => Array.from({ length: 120 }, (_, i) => `requests_total{job="a",path="${path}"} ${(each + 1) * i * 1.1} ${T0 + 15 * i}`)),
  '# EOF\n',
].join('\n')

function logs(from: number, count: number, pods: number): string {
  const lines = Array.from({ length: pods }, (_, pod) => {
    const values = Array.from({ length: count }, (_, n) => [`${T0 + from + n}000000000`, `level=${n % 5 === 0 ? 'error' : 'info'} n=${n} of ${pod} of ${pods}`])
    return JSON.stringify({ streams: [{ stream: { app: 'shop', pod: `p${pod}` }, values }] })
  })
  return `${lines.join('\n')}\n`
}

interface Subquery {
  readonly params: Record<string, string>
  readonly href: string
  readonly limit: number
  readonly query: string
  readonly estimate: { readonly bytes: number; readonly rows: number; readonly segments: number }
}

interface SplitAnswer {
  readonly resultType: string
  readonly subqueries: readonly Subquery[]
  readonly merge: SplitMerge
  readonly range: Record<string, string>
  readonly snapshot: string
  readonly warnings: readonly string[]
}

async function get(url: string, init: RequestInit = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(url, init)
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

/** The result as it stands in the answer. */
async function resultOf(url: string, init: RequestInit = {}): Promise<string> {
  const { status, text } = await get(url, init)
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text}`)
  return JSON.stringify(JSON.parse(text).data.result)
}

const LOKI = '/loki/api/v1'
const PROMETHEUS = '/api/v1'

const LOGQL = [
  'sum by (pod) (count_over_time({app="shop"} |= "error" [90s]))',
  'topk(1, sum by (pod) (rate({app="shop"} | logfmt | n > 10 [1m] offset 20s)))',
  'quantile_over_time(0.7, {app="shop"} | logfmt | unwrap n [2m]) by (app)',
]
const PROMQL = ['rate(requests_total[5m])', 'sum(requests_total) / 3', 'requests_total - requests_total @ end()', 'absent(requests_total{path="/x"}) or requests_total @ start()', 'max_over_time(rate(requests_total[1m])[3m:30s])']

const filled = (async () => {
  const node = await startNode({ teardown: (undo) => t.teardown(undo) }, { data: await temporaryFolder({ teardown: (undo) => t.teardown(undo) }) })
  await node.engine.import({ file: 'requests', format: 'openmetrics', body: bytesOf(METRICS) })
  for (const from of [0, 300, 900]) await node.engine.import({ file: 'shop', format: 'loki', body: bytesOf(logs(from, 290, 3)) })
  return node
})()

t.test('metric queries of both APIs: parts by parameters, by link and by form give the whole', async (t) => {
  const { url } = await filled
  for (const [api, query] of [...LOGQL.map((each) => [LOKI, each] as const), ...PROMQL.map((each) => [PROMETHEUS, each] as const)]) {
    for (const splits of [1, 3, 7]) {
      const asked = new URLSearchParams({ query, start: String(T0 + 7), end: String(T0 + 1500), step: '20' })
      const whole = await resultOf(`${url}${api}/query_range?${asked}`)
      const split = await splitOf(t, url, api, new URLSearchParams([...asked, ['splits', String(splits)], ['min_interval', '0']]))
      t.equal(split.resultType, 'matrix')
      t.ok(split.subqueries.length > (splits === 1 ? 0 : 1) && split.subqueries.length <= splits, `${split.subqueries.length} of ${splits} parts`)
      await eachWay(t, url, api, split, (results) => t.equal(mergeSeries(results), whole, `${query} in ${splits}`))
    }
  }
})

t.test('logs: both directions, with limits and without', async (t) => {
  const { url } = await filled
  for (const direction of ['forward', 'backward'] as const) {
    for (const limit of [0, 1, 100, 1700, 5000]) {
      const asked = new URLSearchParams({ query: '{app="shop"} |= "n"', start: `${T0}000000001`, end: `${T0 + 1100}000000001`, direction, limit: String(limit) })
      const whole = await resultOf(`${url}${LOKI}/query_range?${asked}`)
      const split = await splitOf(t, url, LOKI, new URLSearchParams([...asked, ['splits', '5']]))
      t.ok(split.subqueries.length > 1, `${split.subqueries.length} parts`)
      t.same(split.merge, { op: 'concat', order: direction === 'forward' ? 'ascending' : 'descending' })
      await eachWay(t, url, LOKI, split, (results) => t.equal(mergeStreams(results, limit, direction), whole, `${direction} ${limit}`))
    }
  }
  const all: readonly { readonly values: readonly unknown[] }[] = JSON.parse(await resultOf(`${url}${LOKI}/query_range?query={app="shop"}&start=${T0}&end=${T0 + 5000}&limit=0`))
  t.equal(all.reduce((sum, { values }) => sum + values.length, 0), 3 * 3 * 290, 'no limit is no limit')
  const one = `start=${T0 + 10}000000000&end=${T0 + 10}000000000`
  t.equal(JSON.parse(await resultOf(`${url}${LOKI}/query_range?query={app="shop"}&${one}`)).length, 3, 'the entries of one nanosecond')
})

t.test('the members of the proposal come first, and whole numbers keep all digits', async (t) => {
  const { url } = await filled
  const asked = `query=${encodeURIComponent('count_over_time({app="shop"}[1m])')}&start=${T0}&end=${T0 + 600}`
  const { text, headers } = await get(`${url}${LOKI}/split_query?${asked}&splits=2&min_interval=0`)
  t.match(headers.get('cache-control'), 'no-store')
  t.match(headers.get('content-type'), 'application/json')
  t.match(text, new RegExp(`^{"resultType":"matrix","subqueries":\\[{"start":${T0}000000000,"end":\\d{19},"limit":100,"query":"count_over_time.{20,40}","step":2,"params":`))
  const split: SplitAnswer = JSON.parse(text)
  t.same(split.warnings, ['step was not given; send subqueries[].step'])
  t.same(split.range, { start: `${T0}000000000`, end: `${T0 + 600}000000000`, step: '2' })
  t.match(split.snapshot, /^default:\d+$/)
  t.match(split.subqueries[0].params, { start: `${T0}000000000`, step: '2', limit: '100', snapshot: split.snapshot })
  const zero = await get(`${url}${LOKI}/split_query?${asked}&limit=0`)
  t.equal(JSON.parse(zero.text).subqueries[0].limit, 100, 'the limit of a metric query has no meaning')
  t.ok(split.subqueries.every(({ estimate }) => estimate.segments > 0 && estimate.rows > 0 && estimate.bytes > 0))
})

t.test('finer steps than one query may have', async (t) => {
  const { url } = await filled
  for (const [api, query] of [[LOKI, 'vector(1)'], [PROMETHEUS, 'vector(1)']] as const) {
    const asked = `query=${query}&start=${T0}&end=${T0 + 24_000}&step=1`
    t.match(await get(`${url}${api}/query_range?${asked}`), { status: 400, text: /exceeded maximum resolution of 11,000 points/ })
    const split = await splitOf(t, url, api, new URLSearchParams(asked))
    t.equal(split.subqueries.length, 3)
    const results = []
    for (const { href } of split.subqueries) results.push(await resultOf(`${url}${href}`))
    t.equal(JSON.parse(mergeSeries(results))[0].values.length, 24_001)
    t.match(await get(`${url}${api}/split_query?${asked}&splits=2`), { status: 400, text: /exceeded maximum resolution of 11,000 points/ })
  }
  const lines = `query={app="shop"}&start=${T0}&end=${T0 + 24_000}&step=1`
  t.match(await get(`${url}${LOKI}/split_query?${lines}`), { status: 400, text: /exceeded maximum resolution/ }, 'a log query is refused as it is whole')
})

t.test('what cannot be parted is one part, and says why', async (t) => {
  const { url } = await filled
  const range = `start=${T0}&end=${T0 + 600}&splits=5&min_interval=0`
  for (const [query, why] of [
    ['{app="shop"}&interval=30s', /interval/],
    ['{app="shop"} | line_format "{{ now }}"', /clock/],
    ['{app="shop"} | line_format "now {{.pod}}"', undefined],
    ['count_over_time({app="shop"} | label_format t="{{ now | unixEpoch }}" [1m])&step=10', /clock/],
    ['label_replace(count_over_time({app="shop"}[1m]), "pod", "", "pod", ".*")&step=10', /same labels/],
    ['sum(label_replace(count_over_time({app="shop"}[1m]), "pod", "", "pod", ".*"))&step=10', undefined],
  ] as const) {
    const { subqueries, warnings } = await splitOf(t, url, LOKI, new URLSearchParams(`query=${query}&${range}`))
    t.equal(subqueries.length > 1, why === undefined, query)
    t.match(warnings, why === undefined ? [] : [why], query)
  }
})

t.test('an instant over one window is added up from parts of the window', async (t) => {
  const { url } = await filled
  let several = 0
  for (const [query, op] of [
    ['count_over_time({app="shop"}[20m])', 'sum'],
    ['sum by (pod) (rate({app="shop"} |= "error" [19m] offset 30s))', 'sum'],
    ['sum without (pod) (bytes_over_time({app="shop"}[1200s] | logfmt))', 'sum'],
    ['bytes_rate({app="shop"}[7m] offset -10s)', 'sum'],
    ['max by (app) (max_over_time({app="shop"} | logfmt | unwrap n [20m]))', 'max'],
    ['min_over_time({app="shop"} | logfmt | unwrap n [20m] offset 90s) by (pod)', 'min'],
    ['sum(sum_over_time({app="shop", pod!="[5m] offset 1h"} # [1m]\n | logfmt | unwrap n [20m]))', 'sum'],
    ['rate({app="none"}[5m])', 'sum'],
  ] as const) {
    for (const splits of [1, 2, 6]) {
      const asked = new URLSearchParams({ query, time: `${T0 + 1200}.5` })
      const whole: readonly VectorRow[] = JSON.parse(await resultOf(`${url}${LOKI}/query?${asked}`))
      const split = await splitOf(t, url, LOKI, new URLSearchParams([...asked, ['splits', String(splits)], ['merge', 'aggregate']]))
      t.match(split, { resultType: 'vector', merge: { op } }, query)
      t.ok(split.subqueries.length <= splits)
      several += split.subqueries.length > 1 ? 1 : 0
      const parts: VectorRow[][] = []
      for (const { href } of split.subqueries) parts.push(JSON.parse(await resultOf(`${url}${href}`)))
      t.same(aggregated(parts, split.merge), new Map(whole.map(({ metric, value }) => [JSON.stringify(metric), Number(value[1])])), `${query} in ${split.subqueries.length}`)
    }
  }
  t.ok(several > 10, `${several} have several parts`)
  for (const query of ['quantile_over_time(0.5, {app="shop"} | logfmt | unwrap n [5m])', 'max(count_over_time({app="shop"}[5m]))', 'count_over_time({app="shop"} | line_format "{{now}}" [5m])', 'vector(1)']) {
    const { subqueries, merge, warnings } = await splitOf(t, url, LOKI, new URLSearchParams({ query, time: String(T0 + 600), splits: '3', merge: 'aggregate' }))
    t.match({ parts: subqueries.length, merge, warnings }, { parts: 1, merge: { op: 'concat' }, warnings: [/put one behind another/] }, query)
  }
})

t.test('shards: parts of the time cut again by series, of streams, steps and one instant', async (t) => {
  const { url } = await filled
  const range = { start: String(T0 + 7), end: String(T0 + 1500) }
  for (const [api, query, op] of [
    [LOKI, 'count_over_time({app="shop"} | drop pod [90s])', 'sum'],
    [LOKI, 'sum by (pod) (rate({app="shop"} |= "error" [97s] offset 20s))', 'sum'],
    [LOKI, 'max by (app) (max_over_time({app="shop"} | logfmt | unwrap n [2m]))', 'max'],
    [PROMETHEUS, 'count by (job) (rate(requests_total[5m]) > 0.1)', 'sum'],
    [PROMETHEUS, 'min(requests_total offset 1m)', 'min'],
  ] as const) {
    for (const [splits, shards] of [[1, 4], [3, 2], [2, 8]]) {
      const asked = new URLSearchParams({ query, ...range, step: '20' })
      const whole = await resultOf(`${url}${api}/query_range?${asked}`)
      const split = await splitOf(t, url, api, new URLSearchParams([...asked, ['splits', String(splits)], ['min_interval', '0'], ['merge', 'aggregate'], ['shards', String(shards)]]))
      t.match(split, { resultType: 'matrix', merge: { op, order: 'ascending', shards } }, query)
      t.same(split.subqueries.map(({ params }) => params['shards']), Array.from({ length: split.subqueries.length }, (_, at) => `${at % shards}_of_${shards}`))
      t.ok(splits === 1 || split.subqueries.length > shards, `${split.subqueries.length} parts`)
      await eachWay(t, url, api, split, (results) => t.equal(mergeSeriesShards(results, split.merge, api === LOKI ? 'logql' : 'promql'), whole, `${query} in ${splits} by ${shards}`))
    }
  }
  for (const [limit, direction, order] of [[0, 'forward', 'ascending'], [70, 'backward', 'descending']] as const) {
    const asked = new URLSearchParams({ query: '{app="shop"} | drop pod', ...range, limit: String(limit), direction })
    const whole = await resultOf(`${url}${LOKI}/query_range?${asked}`)
    const split = await splitOf(t, url, LOKI, new URLSearchParams([...asked, ['splits', '2'], ['merge', 'aggregate'], ['shards', '4']]))
    t.match(split, { resultType: 'streams', merge: { op: 'merge', order, shards: 4 }, warnings: [] })
    await eachWay(t, url, LOKI, split, (results) => t.equal(mergeStreamShards(results, split.merge, limit), whole, direction))
  }
  const instant = new URLSearchParams({ query: 'sum by (pod) (rate({app="shop"}[20m]))', time: String(T0 + 1200) })
  const split = await splitOf(t, url, LOKI, new URLSearchParams([...instant, ['splits', '3'], ['merge', 'aggregate'], ['shards', '4']]))
  t.ok(split.subqueries.length > 4 && split.subqueries.length % 4 === 0, `${split.subqueries.length} parts`)
  const parts: VectorRow[][] = []
  for (const { href } of split.subqueries) parts.push(JSON.parse(await resultOf(`${url}${href}`)))
  const whole: readonly VectorRow[] = JSON.parse(await resultOf(`${url}${LOKI}/query?${instant}`))
  t.same(aggregated(parts, split.merge), new Map(whole.map(({ metric, value }) => [JSON.stringify(metric), Number(value[1])])))
})

t.test('what shards would not give to the last bit is not cut by them, and says why', async (t) => {
  const { url } = await filled
  for (const [api, query, why] of [
    [LOKI, 'sum(sum_over_time({app="shop"} | logfmt | unwrap n [1m]))', /nothing is cut by shards: sums of values are rounded/],
    [LOKI, 'topk(1, count_over_time({app="shop"}[1m]))', /nothing is cut by shards: only count_over_time/],
    [PROMETHEUS, 'sum(requests_total)', /nothing is cut by shards: only count, group, min and max/],
    [LOKI, 'count_over_time({app="shop"} | label_format t="{{ now | unixEpoch }}" [1m])', /one part.*clock/],
  ] as const) {
    const { subqueries, merge, warnings } = await splitOf(t, url, api, new URLSearchParams({ query, start: String(T0), end: String(T0 + 600), step: '10', splits: '3', min_interval: '0', merge: 'aggregate', shards: '4' }))
    t.match({ merge, warnings }, { merge: { op: 'concat' }, warnings: [why] }, query)
    t.ok(subqueries.length <= 3 && subqueries.every(({ params }) => params['shards'] === undefined), query)
  }
  const { subqueries } = await splitOf(t, url, LOKI, new URLSearchParams({ query: '{app="shop"}', start: String(T0), end: String(T0 + 600), merge: 'aggregate', shards: '65536' }))
  t.equal(subqueries.length, 512, 'no more than splitPartsMax')
})

t.test('one shard of a query: of the stream of events too, and by what it is told from the others', async (t) => {
  const { url } = await filled
  const asked = `query=${encodeURIComponent('count_over_time({app="shop"}[1m])')}&start=${T0}&end=${T0 + 600}&step=10`
  const ids = new Set<string>()
  const metrics: string[] = []
  for (const shards of ['0_of_4', '1_of_4', '2_of_4', '3_of_4']) {
    const { text } = await get(`${url}/api/v1/stream?lang=logql&${asked}&shards=${shards}`, { headers: { accept: 'application/x-ndjson' } })
    const [plan] = text.trim().split('\n').map((line) => JSON.parse(line))
    ids.add(plan.id)
    const loki: readonly VectorRow[] = JSON.parse(await resultOf(`${url}${LOKI}/query_range?${asked}&shards=${shards}`))
    metrics.push(...loki.map(({ metric }) => JSON.stringify(metric)))
    for (const { metric } of loki) t.ok(text.includes(JSON.stringify(metric)), `${shards} has ${JSON.stringify(metric)}`)
    const other = await get(`${url}/api/v1/stream?lang=logql&${asked}&shards=${shards}`, { headers: { 'last-event-id': [...ids][0] } })
    t.equal(other.status, ids.size === 1 ? 200 : 400, 'an answer goes on as the same shard only')
    t.match((await get(`${url}/api/v1/explain?lang=logql&${asked}&shards=${shards}`)).text, /with hashes from -?\d+ to -?\d+[^]*after series hash: \d+ segments/)
  }
  t.equal(ids.size, 4)
  t.same(metrics.sort(), [0, 1, 2].map((pod) => `{"app":"shop","pod":"p${pod}"}`))
  for (const shards of ['4', '4_of_4', '0_of_3', '-1_of_2', 'x']) {
    const told = `parameter shards must be i_of_n, n a power of two and i less than n, such as 0_of_4, not "${shards}"`
    t.match(await get(`${url}${LOKI}/query_range?${asked}&shards=${shards}`), { status: 400, text: `${told}\n` })
    t.same(JSON.parse((await get(`${url}${PROMETHEUS}/query_range?query=up&start=1&end=2&step=1&shards=${shards}`)).text), { status: 'error', errorType: 'bad_data', error: told })
    t.match(await get(`${url}/api/v1/stream?lang=logql&${asked}&shards=${shards}`), { status: 400, text: /parameter shards must be i_of_n/ })
  }
})

interface VectorRow {
  readonly metric: object
  readonly value: readonly [number, string]
}

/** As the contract says: by label set, over the parts that have it. */
function aggregated(parts: readonly (readonly VectorRow[])[], { op, divisor = 1 }: SplitAnswer['merge']): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>()
  for (const { metric, value } of parts.flat()) values.set(JSON.stringify(metric), [...(values.get(JSON.stringify(metric)) ?? []), Number(value[1])])
  const one = (all: readonly number[]): number => (op === 'sum' ? all.reduce((sum, each) => sum + each, 0) / divisor : op === 'min' ? Math.min(...all) : Math.max(...all))
  return new Map([...values].map(([metric, all]) => [metric, one(all)]))
}

t.test('refusals', async (t) => {
  const { url } = await filled
  const range = `start=${T0}&end=${T0 + 60}`
  const wrong: readonly (readonly [string, string])[] = [
    ...['0', '-1', '1.5', 'x', '3000000000'].map((splits) => [`splits=${splits}`, 'splits must be a positive integer'] as const),
    ['merge=sum', 'merge must be one of concat, aggregate'],
    ['balance=cost', 'balance must be one of bytes, rows, time'],
    ['merge=aggregate&shards=3', 'shards must be a power of two'],
    ['shards=4', 'shards requires merge=aggregate'],
    ['limit=-1', 'limit must be a positive value'],
    ['direction=up', `invalid direction 'up'`],
  ]
  for (const [parameter, message] of wrong) t.match(await get(`${url}${LOKI}/split_query?query={app="x"}&${range}&${parameter}`), { status: 400, text: `${message}\n` }, parameter)
  t.match(await get(`${url}${LOKI}/split_query?query={app="x"&${range}`), { status: 400, text: /^parse error/ })
  t.match(await get(`${url}${LOKI}/split_query?query={app="x"}&time=${T0}`), { status: 400, text: /log queries are not supported as an instant query type/ })
  const twin = await get(`${url}${PROMETHEUS}/split_query?query=up&${range}&step=5&splits=0`)
  t.equal(twin.status, 400)
  t.same(JSON.parse(twin.text), { status: 'error', errorType: 'bad_data', error: 'splits must be a positive integer' })
  t.match(JSON.parse((await get(`${url}${PROMETHEUS}/split_query?query=rat(up)&${range}&step=5`)).text), { status: 'error', errorType: 'bad_data', error: /unknown function/ })
})

t.test('parts are over the snapshot that the split was made of', async (t) => {
  const { url, engine } = await filled
  const asked = new URLSearchParams({ query: '{app="shop"}', start: String(T0 + 2000), end: String(T0 + 2600), limit: '0', direction: 'forward' })
  await engine.import({ file: 'before', format: 'loki', body: bytesOf(logs(2000, 500, 2)) })
  const before = await resultOf(`${url}${LOKI}/query_range?${asked}`)
  const split = await splitOf(t, url, LOKI, new URLSearchParams([...asked, ['splits', '4']]))
  await engine.import({ file: 'late', format: 'loki', body: bytesOf(logs(2100, 300, 4)) })
  const after = await resultOf(`${url}${LOKI}/query_range?${asked}`)
  t.not(after, before)
  await eachWay(t, url, LOKI, split, (results) => t.equal(mergeStreams(results, 0, 'forward'), before, 'as it was'))
  const again = await splitOf(t, url, LOKI, new URLSearchParams([...asked, ['splits', '4'], ['snapshot', split.snapshot]]))
  t.same(again, split, 'the same snapshot is cut in the same way')
  const metrics = new URLSearchParams({ query: 'sum(requests_total)', start: String(T0), end: String(T0 + 60), step: '30', snapshot: 'default:0' })
  t.equal(await resultOf(`${url}${PROMETHEUS}/query_range?${metrics}`), '[]', 'before there was anything')
  t.match(await get(`${url}${LOKI}/query_range?${asked}&snapshot=default:99`), { status: 409, text: /snapshot default:99: the catalog knows generations up to \d+/ })
  t.match(await get(`${url}${LOKI}/split_query?${asked}&snapshot=default:99`), { status: 409, text: /snapshot default:99/ })
  t.match(await get(`${url}${PROMETHEUS}/query_range?query=up&start=0&end=1&step=1&snapshot=default:99`), { status: 409, text: /"errorType":"unavailable".*default:99/ })
  t.match(await get(`${url}${LOKI}/query_range?${asked}&snapshot=other:1`), { status: 409, text: /not of the organisation default/ })
  t.match(await get(`${url}${LOKI}/query_range?${asked}&snapshot=7`), { status: 400, text: /parameter snapshot must be/ })
  t.match(await get(`${url}/api/v1/stream?lang=logql&query={app="shop"}&start=${T0}&end=${T0 + 1}&snapshot=default:99`), { status: 409 })
})

t.test('the command line: split, and a query asked in parts', { timeout: 120_000 }, async (t) => {
  const { url } = await filled
  const range = ['--start', String(T0), '--end', String(T0 + 1500), '--url', url]
  const split = await runCli(['split', 'rate(requests_total[5m])', '--splits', '3', '--min-interval', '0', ...range])
  t.equal(split.code, 0, split.err)
  const { subqueries }: SplitAnswer = JSON.parse(split.out)
  t.ok(subqueries.length > 1 && subqueries.length <= 3)
  t.match(subqueries[0].params, { lang: 'promql', kind: 'range', query: 'rate(requests_total[5m])' })
  const shards: SplitAnswer = JSON.parse((await runCli(['split', 'count(requests_total)', '--shards', '2', '--splits', '1', ...range])).out)
  t.same(shards.subqueries.map(({ params }) => params['shards']), ['0_of_2', '1_of_2'])
  t.match(await runCli(['split', 'up', '--shards', '3', ...range]), { code: 2, err: /shards must be a power of two/ })
  t.match(await runCli(['split', 'up', '--splits', '0', ...range]), { code: 2, err: /splits must be a positive integer/ })
  t.match(await runCli(['query', 'up', '--parallel', '2', '--output', 'ndjson', ...range]), { code: 2, err: /--parallel goes with/ })
  for (const asked of [['requests_total - requests_total @ end()', '--output', 'json'], ['{app="shop"} |= "error"', '--output', 'json', '--limit', '70'], ['{app="shop"}', '--direction', 'forward']]) {
    const argv = ['query', ...asked, ...range]
    const [whole, parts] = [await runCli(argv), await runCli([...argv, '--parallel', '3'])].map(({ code, out }) => ({ code, out: out.replace(/"stats":{.*}/, '') }))
    t.same(parts, whole, asked.join(' '))
    t.ok(whole.out.length > 1000)
  }
  t.match(await runCli(['query', 'rat(up)', '--lang', 'promql', '--parallel', '2', ...range]), { code: 1, err: /unknown function/ })
})

/** By GET, and the same by POST. */
async function splitOf(t: Test, url: string, api: string, parameters: URLSearchParams): Promise<SplitAnswer> {
  const answer = await get(`${url}${api}/split_query?${parameters}`)
  t.equal(answer.status, 200, answer.status === 200 ? '' : answer.text)
  t.equal((await get(`${url}${api}/split_query`, { method: 'POST', body: parameters })).text, answer.text, 'GET and POST')
  return JSON.parse(answer.text)
}

async function eachWay(t: Test, url: string, api: string, { subqueries }: SplitAnswer, judge: (results: readonly string[]) => void): Promise<void> {
  const ways: readonly ((part: Subquery) => Promise<string>)[] = [
    ({ href }) => resultOf(`${url}${href}`),
    ({ params }) => resultOf(`${url}${api}/query_range?${new URLSearchParams(params)}`),
    ({ params }) => resultOf(`${url}${api}/query_range`, { method: 'POST', body: new URLSearchParams(params) }),
  ]
  for (const ask of ways) {
    const results: string[] = []
    for (const part of subqueries) results.push(await ask(part))
    judge(results)
  }
}
