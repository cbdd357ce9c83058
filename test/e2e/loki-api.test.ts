/** Loki's API over a real node, path by path, as its clients know it: answers, empty answers, errors, POST. */
import { gunzipSync } from 'node:zlib'
import { request as httpRequest } from 'node:http'
import t from 'tap'
import { join } from 'node:path'
import { bytesOf, get, startNode, writeYaml, type ResultRow } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

/** A whole hour, so that an import falls into one window. */
const S = 1_700_006_400
const UUIDS = ['6f1c0a52-7a0f-4a52-9d3e-0f5b7a6f1c01', '6f1c0a52-7a0f-4a52-9d3e-0f5b7a6f1c02']

type Entry = readonly [seconds: number, line: string, metadata?: Readonly<Record<string, string>>]

function body(streams: readonly (readonly [Readonly<Record<string, string>>, readonly Entry[]])[]): string {
  const shown = streams.map(([stream, entries]) => ({
    stream,
    values: entries.map(([seconds, line, metadata]) => [`${S + seconds}000000000`, line, ...(metadata === undefined ? [] : [metadata])]),
  }))
  return `${JSON.stringify({ streams: shown })}\n`
}

const node = await startNode(t, { data: await temporaryFolder(t) })

async function load(streams: Parameters<typeof body>[0], organisation?: string): Promise<void> {
  await node.engine.import({ file: 'lines', format: 'loki', body: bytesOf(body(streams)), ...(organisation === undefined ? {} : { organisation }) })
}

const NUMBERS = Array.from({ length: 10 }, (_, i): Entry => [i * 10, `level=info dur=${i}ms n=${i}`])
await load([
  [{ app: 'shop', env: 'prod', pid: '17', flag: '0', req: UUIDS[0] }, NUMBERS],
  [{ app: 'shop', env: 'dev', pid: '18', flag: '1', req: UUIDS[1] }, [[5, '{"level":"warn","size":"1.5KB","http":{"status-code":500}}', { trace_id: 't1' }], [6, '{"level":"info","size":"3KB","ok":"true"}', { trace_id: 't2' }]]],
])
await load([[{ app: 'web', env: 'prod', pod: '3' }, [[250, 'plain words'], [350, 'größe']]]])
await load([[{ app: 'theirs' }, [[0, 'x']]]], 'other')

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

async function ask(path: string, parameters: readonly (readonly [string, string | number])[] | Readonly<Record<string, string | number>> = {}, init: RequestInit = {}): Promise<Answer> {
  const pairs = Array.isArray(parameters) ? parameters : Object.entries(parameters)
  const query = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)]))
  const posted = init.method === 'POST' && init.body === undefined
  const response = await fetch(`${node.url}${path}${posted ? '' : `?${query}`}`, { ...init, ...(posted ? { body: query } : {}) })
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() }
}

/** A GET and a POST of the same parameters, which answer the same. */
async function both(path: string, parameters: Parameters<typeof ask>[1] = {}): Promise<ReturnType<typeof JSON.parse>> {
  const [got, posted] = [await ask(path, parameters), await ask(path, parameters, { method: 'POST' })]
  t.same(posted, got, `POST ${path}`)
  t.equal(got.status, 200, got.text)
  t.match(got.type, /^application\/json/)
  t.equal(got.text.at(-1), '\n')
  return JSON.parse(got.text)
}

const ALL = { start: S, end: S + 400 }

t.test('labels: names ascending, by time and selector; where there are none, no data', async (t) => {
  for (const path of ['/loki/api/v1/labels', '/loki/api/v1/label']) {
    t.same(await both(path, ALL), { status: 'success', data: ['app', 'env', 'flag', 'pid', 'pod', 'req'] })
    t.same(await both(path, { ...ALL, query: '{app="web"}' }), { status: 'success', data: ['app', 'env', 'pod'] })
    t.same(await both(path, { start: S + 150, end: S + 400 }), { status: 'success', data: ['app', 'env', 'pod'] })
    t.same(await both(path, { start: S + 1000, end: S + 2000 }), { status: 'success' })
    t.same(await both(path), { status: 'success' }, 'the hour until now')
    t.same(await both(path, { ...ALL, query: '{}' }), { status: 'success', data: ['app', 'env', 'flag', 'pid', 'pod', 'req'] })
  }
  t.same(await both('/loki/api/v1/labels', { end: S + 400, since: '150s' }), { status: 'success', data: ['app', 'env', 'pod'] })
  const theirs = await ask('/loki/api/v1/labels', ALL, { headers: { 'x-scope-orgid': 'other' } })
  t.equal(theirs.text, '{"status":"success","data":["app"]}\n')
  t.same(await both('/api/prom/label', ALL), { values: ['app', 'env', 'flag', 'pid', 'pod', 'req'] })
})

t.test('values of a label', async (t) => {
  t.same(await both('/loki/api/v1/label/app/values', ALL), { status: 'success', data: ['shop', 'web'] })
  t.same(await both('/loki/api/v1/label/app/values', { ...ALL, query: '{env="dev"}' }), { status: 'success', data: ['shop'] })
  t.same(await both('/loki/api/v1/label/none/values', ALL), { status: 'success' })
  t.same(await both('/api/prom/label/env/values', ALL), { values: ['dev', 'prod'] })
})

t.test('a time in the middle of a stream is looked up in its lines', async (t) => {
  const gap = { start: S + 11, end: S + 19 }
  t.same(await both('/loki/api/v1/labels', gap), { status: 'success' }, 'the stream goes on before and behind, and has no line in between')
  t.same(await both('/loki/api/v1/series', { ...gap, match: '{app="shop"}' }), { status: 'success', data: [] })
  t.same(await both('/loki/api/v1/label/env/values', { start: S + 10, end: S + 10 }), { status: 'success', data: ['prod'] }, 'both ends are inside')
})

t.test('series: by match[] and match, each once', async (t) => {
  const web = { app: 'web', env: 'prod', pod: '3' }
  t.same(await both('/loki/api/v1/series', { ...ALL, 'match[]': '{app="web"}' }), { status: 'success', data: [web] })
  t.same(await both('/loki/api/v1/series', { ...ALL, 'match': '{app="web"}' }), { status: 'success', data: [web] })
  const two = await both('/loki/api/v1/series', [['start', S], ['end', S + 400], ['match[]', '{app="web"}'], ['match', '{env="prod"}']])
  t.same(two.data.map((labels: { app: string }) => labels.app), ['shop', 'web'])
  for (const all of [ALL, { ...ALL, match: '{}' }]) t.equal((await both('/loki/api/v1/series', all)).data.length, 3)
  t.same(await both('/loki/api/v1/series', { ...ALL, match: '{app="none"}' }), { status: 'success', data: [] })
  t.same(await both('/api/prom/series', { ...ALL, match: '{app="web"}' }), { status: 'success', data: [web] })
})

const SHOP_BYTES = NUMBERS.reduce((sum, [, line]) => sum + line.length, 0)
const DEV_BYTES = '{"level":"warn","size":"1.5KB","http":{"status-code":500}}'.length + '{"level":"info","size":"3KB","ok":"true"}'.length
const WEB_BYTES = 'plain words'.length + Buffer.byteLength('größe')

t.test('index/stats: streams, segments, bytes and entries', async (t) => {
  t.same(await both('/loki/api/v1/index/stats', { ...ALL, query: '{app="shop"}' }), { streams: 2, chunks: 1, bytes: SHOP_BYTES + DEV_BYTES, entries: 12 })
  t.same(await both('/loki/api/v1/index/stats', { ...ALL, query: '{env="prod"}' }), { streams: 2, chunks: 2, bytes: SHOP_BYTES + WEB_BYTES, entries: 12 })
  t.same(await both('/loki/api/v1/index/stats', { ...ALL, query: '{app="none"}' }), { streams: 0, chunks: 0, bytes: 0, entries: 0 })
  // Of the 100 s between the two lines of web, half.
  t.same(await both('/loki/api/v1/index/stats', { start: S + 300, end: S + 400, query: '{app="web"}' }), { streams: 1, chunks: 1, bytes: Math.round(WEB_BYTES / 2), entries: 1 })
})

t.test('index/shards: one, whose bounds are all, with what the query would read', async (t) => {
  const of = (query: string, more = {}) => both('/loki/api/v1/index/shards', { ...ALL, query, targetBytesPerShard: '100MB', ...more })
  const { shards, statistics } = await of('{app="shop"} |= "n="')
  t.same(shards, [{ bounds: { min: 0, max: 2 ** 64 }, stats: { streams: 2, chunks: 1, bytes: SHOP_BYTES + DEV_BYTES, entries: 12 } }])
  t.match((await ask('/loki/api/v1/index/shards', { ...ALL, query: '{app="shop"}', targetBytesPerShard: 1 })).text, '"max":18446744073709551615}')
  t.type(statistics.summary.totalBytesProcessed, 'number')
  t.same((await of('sum(rate({app="web"}[100s]))', { start: S + 500, end: S + 500 })).shards[0].stats, { streams: 0, chunks: 0, bytes: 0, entries: 0 })
  t.equal((await of('sum(rate({app="web"}[200s] offset 100s))', { start: S + 500, end: S + 500 })).shards[0].stats.entries, 2, 'the window and its offset count')
  t.same((await of('{app="none"}')).shards[0].stats, { streams: 0, chunks: 0, bytes: 0, entries: 0 })
})

t.test('index/volume: bytes by the labels of the selector, by others, or by name', async (t) => {
  const volume = async (parameters: Readonly<Record<string, string | number>>) => {
    const { status, data } = await both('/loki/api/v1/index/volume', { ...ALL, ...parameters })
    t.equal(status, 'success')
    t.equal(data.resultType, 'vector')
    t.type(data.stats.summary.totalBytesProcessed, 'number')
    return data.result.map(({ metric, value: [time, bytes] }: ResultRow) => (t.equal(time, S + 400), [metric, Number(bytes)]))
  }
  t.same(await volume({ query: '{app=~"shop|web"}' }), [[{ app: 'shop' }, SHOP_BYTES + DEV_BYTES], [{ app: 'web' }, WEB_BYTES]])
  t.same(await volume({ query: '{app=~"shop|web"}', targetLabels: 'env' }), [[{ env: 'prod' }, SHOP_BYTES + WEB_BYTES], [{ env: 'dev' }, DEV_BYTES]])
  t.same(await volume({ query: '{app=~".+"}', targetLabels: 'pod' }), [[{ pod: '3' }, WEB_BYTES]], 'streams without the label are none')
  t.same(await volume({ query: '{app="shop"}', targetLabels: 'env,app', aggregateBy: 'labels' }), [[{ app: '' }, SHOP_BYTES + DEV_BYTES], [{ env: '' }, SHOP_BYTES + DEV_BYTES]])
  t.same(await volume({ query: '{}', limit: 1, aggregateBy: 'labels' }), [[{ app: '' }, SHOP_BYTES + DEV_BYTES + WEB_BYTES]])
  t.same(await volume({ query: '{app=~".+"}', limit: 0, targetLabels: 'app' }), [[{ app: 'shop' }, SHOP_BYTES + DEV_BYTES], [{ app: 'web' }, WEB_BYTES]])
  t.equal((await volume({ query: '{app=~".+"}', limit: 5000, targetLabels: 'app' })).length, 2, 'more than volume_max_series are never shown')
  t.same(await volume({ query: '{app="none"}' }), [])
})

t.test('index/volume_range: a sample at the end of each bucket', async (t) => {
  const { data } = await both('/loki/api/v1/index/volume_range', { start: S, end: S + 100, step: 50, query: '{app="shop",env="prod"}' })
  t.equal(data.resultType, 'matrix')
  const [{ metric, values }] = data.result
  t.same(metric, { app: 'shop', env: 'prod' })
  t.same(values.map(([time]: [number]) => time), [S + 49.999, S + 100], 'the last one at the end of the range')
  t.equal(values.reduce((sum: number, [, bytes]: [number, string]) => sum + Number(bytes), 0), SHOP_BYTES)
  const single = await both('/loki/api/v1/index/volume_range', { start: S + 200, end: S + 300, step: 100, query: '{app="web",pod="3"}' })
  t.equal(single.data.resultType, 'vector', 'one sample a series is no matrix to Loki')
  t.same((await both('/loki/api/v1/index/volume_range', { ...ALL, query: '{app="none"}' })).data.result, [])
})

t.test('detected_labels: ids tell nothing apart, flags and pods do', async (t) => {
  t.same(await both('/loki/api/v1/detected_labels', ALL), {
    detectedLabels: [{ label: 'app', cardinality: 2 }, { label: 'env', cardinality: 2 }, { label: 'flag', cardinality: 2 }, { label: 'pod', cardinality: 1 }],
  })
  t.same(await both('/loki/api/v1/detected_labels', { ...ALL, query: '{app="web"}' }), {
    detectedLabels: [{ label: 'app', cardinality: 1 }, { label: 'env', cardinality: 1 }, { label: 'pod', cardinality: 1 }],
  })
  t.same(await both('/loki/api/v1/detected_labels', { start: 1, end: 2 }), { detectedLabels: [] })
})

t.test('detected_fields: of metadata, JSON and logfmt, with their types', async (t) => {
  const of = async (query: string, more = {}) => both('/loki/api/v1/detected_fields', { ...ALL, query, ...more })
  t.same(await of('{env="dev"}'), {
    fields: [
      { label: 'http_status_code', type: 'int', cardinality: 1, parsers: ['json'], jsonPath: ['http', 'status-code'] },
      { label: 'level', type: 'string', cardinality: 2, parsers: ['json'], jsonPath: ['level'] },
      { label: 'ok', type: 'boolean', cardinality: 1, parsers: ['json'], jsonPath: ['ok'] },
      { label: 'size', type: 'bytes', cardinality: 2, parsers: ['json'], jsonPath: ['size'] },
      { label: 'trace_id', type: 'string', cardinality: 2, parsers: null },
    ],
    limit: 1000,
  })
  const prod = await of('{app="shop",env="prod"}', { line_limit: 3, limit: 2 })
  t.same(prod, {
    fields: [
      { label: 'dur', type: 'duration', cardinality: 3, parsers: ['logfmt'] },
      { label: 'level', type: 'string', cardinality: 1, parsers: ['logfmt'] },
    ],
    limit: 2,
  })
  t.equal((await of('{app="shop"} | logfmt | json', { field_limit: 1 })).fields.length, 1)
  t.equal((await of('{app="shop"} | logfmt | json', { field_limit: 1, limit: 2 })).fields.length, 2, 'the newer name counts')
  t.same(await of('{app="web"}'), {}, 'prose has no fields')
  t.same(await of('{app="none"}'), {})
})

t.test('detected_field/values', async (t) => {
  const of = (name: string, query: string) => both(`/loki/api/v1/detected_field/${name}/values`, { ...ALL, query })
  t.same(await of('level', '{env="dev"}'), { limit: 1000, values: ['info', 'warn'] })
  t.same(await of('size', '{env="dev"}'), { limit: 1000, values: ['3.0kB', '1.5kB'] })
  t.same(await of('none', '{env="dev"}'), {})
})

t.test('format_query, whose errors are JSON', async (t) => {
  t.same(await both('/loki/api/v1/format_query', { query: '{app="a"}|="b"' }), { status: 'success', data: '{app="a"} |= "b"' })
  const bad = await ask('/loki/api/v1/format_query', { query: '{app=}' })
  t.equal(bad.status, 400)
  t.match(bad.type, 'application/json')
  t.equal(JSON.parse(bad.text).status, 'invalid-query')
  t.match(JSON.parse(bad.text).error, /^parse error at line 1, col 6: /)
})

t.test('what the node is and allows', async (t) => {
  t.match(await both('/loki/api/v1/status/buildinfo'), { version: /^3\./, revision: /^millrace-/ })
  const { limits, pattern_ingester_enabled, version } = await both('/loki/api/v1/drilldown-limits')
  t.match(limits, { volume_enabled: true, max_query_series: 1_000_000, max_entries_limit_per_query: 5000, volume_max_series: 1000, query_timeout: '2m' })
  t.equal(pattern_ingester_enabled, false)
  t.match(version, /^3\./)
  t.match((await ask('/config/tenant/v1/limits')).text, /^volume_enabled: true$/m)
  t.same(await ask('/ready'), { status: 200, type: 'text/plain; charset=utf-8', text: 'ready\n' })
})

t.test('unknown paths, patterns among them', async (t) => {
  for (const path of ['/loki/api/v1/patterns', '/loki/api/v1/split', '/loki', '/loki/', '/api/prom/x'].filter((each) => each !== '/loki')) {
    t.same(await ask(path), { status: 404, type: 'text/plain; charset=utf-8', text: '404 page not found\n' }, path)
  }
})

t.test('the query of the first versions', async (t) => {
  const asked = { ...ALL, query: '{app="shop"}', regexp: 'n=[34]$' }
  const { streams, stats } = JSON.parse((await ask('/api/prom/query', asked)).text)
  t.same(JSON.parse((await ask('/api/prom/query', asked, { method: 'POST' })).text).streams, streams)
  const timeOf = (seconds: number): string => new Date((S + seconds) * 1000).toISOString().replace('.000Z', '.000000000Z')
  t.same(streams, [{
    labels: `{app="shop", env="prod", flag="0", pid="17", req="${UUIDS[0]}"}`,
    entries: [{ ts: timeOf(40), line: 'level=info dur=4ms n=4' }, { ts: timeOf(30), line: 'level=info dur=3ms n=3' }],
  }])
  t.equal(stats.summary.totalEntriesReturned, 2)
  const numbers = await ask('/api/prom/query', { ...ALL, query: 'rate({app="shop"}[1m])' })
  t.same([numbers.status, numbers.text], [400, 'legacy endpoints only support streams result type\n'])
  t.match((await ask('/api/prom/query', { ...asked, limit: 6000 })).text, /^max entries limit per query exceeded/)
})

t.test('errors are plain texts, as Loki words them', async (t) => {
  const cases: readonly (readonly [path: string, parameters: Readonly<Record<string, string | number>>, text: RegExp])[] = [
    ['labels', { start: 'abc' }, /^could not parse 'start' parameter: strconv\.ParseInt: parsing "abc": invalid syntax\n$/],
    ['labels', { since: 'x' }, /^could not parse 'since' parameter: /],
    ['labels', { start: 20, end: 10 }, /^end timestamp must not be before or equal to start time\n$/],
    ['labels', { query: '{app="a"} |= "x"' }, /^only label matchers are supported\n$/],
    ['labels', { query: 'rate({a="b"}[1m])' }, /^only label matchers are supported\n$/],
    ['labels', { query: '{app=' }, /^parse error at line 1, col 6: /],
    ['label/app/values', { query: '{app="a"} | json' }, /^only label matchers are supported\n$/],
    ['series', { match: '{app="a"} |= "x"' }, /^only label matchers are supported\n$/],
    ['series', { match: '{app=' }, /^parse error at line 1, col 6: /],
    ['index/stats', {}, /^parse error : syntax error: unexpected \$end\n$/],
    ['index/stats', { query: '{app="a"} |= "x"' }, /^only label matchers are supported\n$/],
    ['index/shards', { query: '{app="a"}' }, /^targetBytesPerShard must be a positive value\n$/],
    ['index/shards', { query: '{app="a"}', targetBytesPerShard: 'many' }, /^targetBytesPerShard must be a positive value\n$/],
    ['index/shards', { targetBytesPerShard: '1KB' }, /^parse error : syntax error: unexpected \$end\n$/],
    ['index/shards', { query: 'rate({app="a"}[1m]) + rate({app="b"}[1m])', targetBytesPerShard: '1KB' }, /^shards are of a query with one selector, this one has 2\n$/],
    ['index/volume', { query: '{app="a"}', aggregateBy: 'x' }, /^invalid aggregation option\n$/],
    ['index/volume', { query: '{app="a"}', limit: 'x' }, /^strconv\.Atoi: parsing "x": invalid syntax\n$/],
    ['index/volume', { query: '{app="a"}', limit: -1 }, /^limit must be a positive value\n$/],
    ['index/volume_range', { query: '{app="a"}', step: 'x' }, /^cannot parse "x" to a valid duration\n$/],
    ['index/volume_range', { query: '{app="a"}', step: 0 }, /^zero or negative query resolution step widths/],
    ['index/volume_range', { query: '{app="a"}', start: 0, end: 20_000, step: 1 }, /^exceeded maximum resolution of 11,000 points per time series\./],
    ['detected_labels', { query: '{app="a"} | json' }, /^only label matchers are supported\n$/],
    ['detected_fields', { query: 'rate({a="b"}[1m])' }, /^only log selector is supported\n$/],
    ['detected_fields', { query: '{a="b"}', line_limit: 0 }, /^limit must be a positive value\n$/],
    ['detected_fields', { query: '{a="b"}', line_limit: 6000 }, /^max entries limit per query exceeded, limit > max_entries_limit_per_query \(6000 > 5000\)\n$/],
    ['detected_field/a/values', { query: '{a="b"}', limit: -2 }, /^limit must be a positive value\n$/],
    ['format_query', { query: '' }, /unexpected \$end/],
  ]
  for (const [path, parameters, text] of cases) {
    for (const method of ['GET', 'POST']) {
      const answer = await ask(`/loki/api/v1/${path}`, parameters, { method })
      t.equal(answer.status, 400, path)
      if (path !== 'format_query') t.equal(answer.type, 'text/plain; charset=utf-8')
      t.match(answer.text, text)
    }
  }
})

t.test('parameters of URL and body are one', async (t) => {
  const answer = await fetch(`${node.url}/loki/api/v1/label/app/values?start=${S}&query=${encodeURIComponent('{env="dev"}')}`, { method: 'POST', body: new URLSearchParams({ end: String(S + 400) }) })
  t.same(await answer.json(), { status: 'success', data: ['shop'] })
})

t.test('gzip for whoever accepts it', async (t) => {
  const reply = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
    const asked = httpRequest(`${node.url}/loki/api/v1/labels?start=${S}&end=${S + 400}`, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }))
    })
    asked.on('error', reject)
    asked.end()
  })
  t.equal(reply.encoding, 'gzip')
  t.match(gunzipSync(reply.body).toString(), '"app"')
})

t.test('a segment with more streams than are listed: volumes are refused, streams are read', async (t) => {
  const folder = await temporaryFolder(t)
  const few = await startNode(t, { config: await writeYaml(join(folder, 'millrace.yaml'), { data: join(folder, 'data'), threads: 1, 'limits.segmentStreamsMax': 1 }) })
  await few.engine.import({ file: 'one', format: 'loki', body: bytesOf(body([[{ app: 'one' }, [[0, 'x']]]])) })
  t.match((await get(few.url, '/loki/api/v1/index/stats', { ...ALL, query: '{app="one"}' })).text, '"entries":1')
  await few.engine.import({ file: 'two', format: 'loki', body: bytesOf(body([[{ app: 'two' }, [[0, 'x']]], [{ app: 'three' }, [[0, 'y']]]])) })
  const stats = await get(few.url, '/loki/api/v1/index/stats', { ...ALL, query: '{app="one"}' })
  t.equal(stats.status, 400)
  t.match(stats.text, /^the streams of segment \d+ are not known: it holds more than 1 \(setting limits\.segmentStreamsMax\)/)
  t.equal((await get(few.url, '/loki/api/v1/index/volume', { ...ALL, query: '{app="one"}' })).status, 400)
  t.equal((await get(few.url, '/loki/api/v1/label/app/values', ALL)).text, '{"status":"success","data":["one","three","two"]}\n')
  t.match((await get(few.url, '/loki/api/v1/detected_labels', ALL)).text, '"cardinality":3')
})

t.test('more series than fit: in the words by which clients know it, for queries and for lists', async (t) => {
  const folder = await temporaryFolder(t)
  const few = await startNode(t, { config: await writeYaml(join(folder, 'millrace.yaml'), { data: join(folder, 'data'), threads: 1, 'limits.querySeriesMax': 1 }) })
  await few.engine.import({ file: 'two', format: 'loki', body: bytesOf(body([[{ app: 'one' }, [[0, 'x']]], [{ app: 'two' }, [[0, 'y']]]])) })
  const told = /^maximum number of series \(1\) reached for a single query; consider reducing query cardinality .*: too many series: 2, limit 1 \(setting limits\.querySeriesMax\)\n$/
  for (const [path, query] of [['query_range', 'count_over_time({app=~".+"}[1m])'], ['series', '']]) t.match(await get(few.url, `/loki/api/v1/${path}`, { ...ALL, query }), { status: 400, text: told }, path)
  t.equal((await get(few.url, '/loki/api/v1/query_range', { ...ALL, query: 'sum(count_over_time({app="one"}[1m]))' })).status, 200)
})
