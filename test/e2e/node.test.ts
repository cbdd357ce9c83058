/** A real node (embedded PostgreSQL, objects in a folder, threads, HTTP): what goes in comes out, the same whichever way it is asked. */
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { open, type Engine, type QueryEvent } from '../../actors/main.js'
import type { ImportFormat } from '../../src/model/engine.js'
import { packageRoot } from '../../src/model/place.js'
import { bytesOf, dataOf, get, startNode, streamed, type ResultRow, type WireEvent } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(600_000)

/** 2024-01-01T00:00:00Z, in seconds. */
const T0 = 1_704_067_200
const MINUTE = 60

/** Two counters, one growing by 3 every 15 s, one by 6 with a restart after 10 minutes; 20 minutes of samples. */
const METRICS = [
  '# TYPE requests counter',
  ...Array.from({ length: 80 }, (_, i) => `requests_total{job="a",path="/x"} ${1000 + 3 * i} ${T0 + 15 * i}`),
  ...Array.from({ length: 80 }, (_, i) => `requests_total{job="a",path="/y"} ${i < 40 ? 500 + 6 * i : 6 * (i - 40)} ${T0 + 15 * i}`),
  '# EOF\n',
].join('\n')

/** `up`: 1 for ten minutes, then gone by a staleness marker; `temperature` with the values that text can spell. */
const SERIES = [
  { labels: { __name__: 'up', job: 'a' }, t: Array.from({ length: 41 }, (_, i) => (T0 + 15 * i) * 1000), v: [...Array(40).fill(1), 'stale'] },
  { labels: { __name__: 'temperature' }, t: [T0, T0 + 15, T0 + 30, T0 + 45].map((s) => s * 1000), v: [-1.5, 'NaN', '+Inf', '-Inf'] },
].map((line) => `${JSON.stringify(line)}\n`)

/** An entry a second for ten minutes; every fifth is an error, with its number as structured metadata. */
const LOGS = Array.from({ length: 10 }, (_, minute) => {
  const values = Array.from({ length: 60 }, (_, s) => {
    const n = minute * 60 + s
    return [`${T0 + n}000000000`, `level=${n % 5 === 0 ? 'error' : 'info'} n=${n} took=${n % 7}ms`, { number: String(n) }]
  })
  return `${JSON.stringify({ streams: [{ stream: { app: 'shop', pod: `p${minute % 2}` }, values }] })}\n`
}).join('')

const FILES: readonly { readonly name: string; readonly format: ImportFormat; readonly body: string | Buffer }[] = [
  { name: 'requests.openmetrics', format: 'openmetrics', body: METRICS },
  { name: 'up.series.ndjson.gz', format: 'series', body: gzipSync(SERIES.join('')) },
  { name: 'shop.loki.ndjson', format: 'loki', body: LOGS },
]

const RANGE = { start: T0, end: T0 + 20 * MINUTE, step: 30 }

const PROMQL = [
  'requests_total',
  'rate(requests_total[5m])',
  'sum by (job)(increase(requests_total[2m]))',
  'up',
  'temperature',
  'max_over_time(requests_total[3m]) - on(job, path) min_over_time(requests_total[3m])',
  'topk(1, requests_total)',
  'absent_label_is_empty or requests_total{nothing=""}',
]

const LOGQL = [
  'sum(count_over_time({app="shop"}[1m]))',
  'sum by (level)(count_over_time({app="shop"} | logfmt [1m]))',
  'rate({app="shop"} |= "error" [2m])',
  'bytes_over_time({pod="p1"}[30s])',
]

interface Uploaded {
  readonly status: number
  readonly report: Record<string, unknown>
}

/** One node for all tests: each has an organisation of its own, and none sees what is of another. */
const node = await startNode(t, { data: join(await temporaryFolder(t), 'lake') })
const { url, engine } = node

async function upload(organisation: string, { name, format, body }: { name: string; format: string; body: string | Buffer }): Promise<Uploaded> {
  const headers = { 'x-scope-orgid': organisation }
  const response = await fetch(`${url}/api/v1/import?format=${format}&file=${name}`, { method: 'POST', body: Buffer.from(body), headers })
  return { status: response.status, report: (await response.json()) as Record<string, unknown> }
}

async function importAll(into: Engine, organisation: string): Promise<void> {
  for (const { name, format, body } of FILES) await into.import({ file: name, format, organisation, body: bytesFrom(body) })
}

async function* bytesFrom(body: string | Buffer): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(body)
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}

/** Values by series, with times in seconds, whichever shape they came in. */
type Answer = Record<string, (readonly [number, string])[]>

function rowsOf(result: readonly ResultRow[]): Answer {
  const answer: Answer = {}
  for (const row of result) {
    const values = row.values ?? [row.value]
    for (const [time, value] of values) (answer[JSON.stringify(row.metric ?? row.stream)] ??= []).push([Number(time), value])
  }
  return Object.fromEntries(Object.entries(answer).sort())
}

/** The data events of a stream laid end to end; fails unless they are in time order between a plan and an end. */
function streamAnswer(test: Test, events: readonly WireEvent[], name: string): Answer {
  test.equal(events[0].type, 'plan', `${name} begins with its plan`)
  test.equal(events.at(-1)?.type, 'end', `${name} ends: ${JSON.stringify(events.at(-1))}`)
  test.equal(events.filter(({ type }) => type === 'end' || type === 'error').length, 1, `${name} ends once`)
  const rows = events.filter(({ type }) => type === 'data').flatMap((event) => (event.data ?? event) as { result: ResultRow[] }).flatMap(({ result }) => result)
  return rowsOf(rows)
}

/** Every answer that the queries of this file give, through the compatible APIs. */
async function allAnswers(organisation: string): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {}
  for (const query of PROMQL) answers[query] = (await dataOf(url, '/api/v1/query_range', { query, ...RANGE, organisation })).result
  for (const query of LOGQL) answers[query] = (await dataOf(url, '/loki/api/v1/query_range', { query, ...RANGE, organisation })).result
  for (const direction of ['forward', 'backward'])
    answers[direction] = (await dataOf(url, '/loki/api/v1/query_range', { query: '{app="shop"} | logfmt', ...RANGE, organisation, direction, limit: 5000 })).result
  return answers
}

function near(test: Test, found: unknown, wanted: number, name: string): void {
  const value = Number(found)
  test.ok(Math.abs(value - wanted) <= Math.abs(wanted) * 1e-12, `${name}: ${String(found)}, wanted ${wanted}`)
}

t.test('what is imported over HTTP is answered with values that a person can work out', async (test) => {
  const organisation = 'by-hand'
  const reports: Uploaded[] = []
  for (const file of FILES) reports.push(await upload(organisation, file))
  test.match(reports, [
    { status: 200, report: { samples: 160, series: 2, snapshot: 'by-hand:1' } },
    { status: 200, report: { samples: 45, series: 2, snapshot: 'by-hand:2' } },
    { status: 200, report: { samples: 600, series: 2, snapshot: 'by-hand:3' } },
  ])
  const at = async (query: string, time: number): Promise<ResultRow[]> => (await dataOf(url, '/api/v1/query', { query, time, organisation })).result
  const value = async (query: string, time: number): Promise<string | undefined> => (await at(query, time))[0]?.value[1]

  // 20 samples lie in the window (t-5m, t]: they grow by 19 · 3, and one more gap of 15 s is extrapolated.
  near(test, await value('rate(requests_total{path="/x"}[5m])', T0 + 10 * MINUTE), 0.2, 'rate')
  near(test, await value('increase(requests_total{path="/x"}[5m])', T0 + 10 * MINUTE), 60, 'increase')
  // 8 samples, from 716 over 728, 734, (restart) 0, 6, … to 18: 18 before the restart and 18 after it, 36 · 120 / 105.
  near(test, await value('increase(requests_total{path="/y"}[2m])', T0 + 645), (36 * 120) / 105, 'increase over a restart')
  test.equal(await value('sum(requests_total)', T0 + 9), '1500')
  test.equal(await value('up', T0 + 599), '1')
  test.same(await at('up', T0 + 600), [], 'gone at its staleness marker')
  test.same(await Promise.all([0, 15, 30, 45].map((s) => value('temperature', T0 + s))), ['-1.5', 'NaN', '+Inf', '-Inf'])
  test.equal(await value('count_over_time(requests_total{path="/x"}[1m])', T0 + 60), '4', 'the window is open at its beginning')
  test.same(await at('requests_total{job!="a"}', T0), [])

  const logs = async (query: string): Promise<string | undefined> => (await dataOf(url, '/loki/api/v1/query', { query, time: T0 + 599, organisation })).result[0]?.value[1]
  test.equal(await logs('sum(count_over_time({app="shop"}[10m]))'), '600')
  test.equal(await logs('sum(count_over_time({app="shop"} |= "error" [10m]))'), '120')
  test.equal(await logs('sum(count_over_time({app="shop"} |= "error" [100s]))'), '20')
  test.equal(await logs('sum(count_over_time({pod="p1"} | logfmt | level="error" | took="0ms" [10m]))'), '9')
  test.equal(await logs('sum(count_over_time({app="shop"} | number="42" [10m]))'), '1', 'structured metadata')
  const last = await dataOf(url, '/loki/api/v1/query_range', { query: '{app="shop"} |= "error"', start: T0, end: T0 + 600, limit: 3, organisation })
  const lines = last.result.flatMap(({ values }) => values.map(([, line]) => line))
  test.same(lines.sort(), ['level=error n=585 took=4ms', 'level=error n=590 took=2ms', 'level=error n=595 took=0ms'], 'the last three')
})

t.test('streams and compatible APIs, SSE and NDJSON, HTTP and library give one answer', async (test) => {
  await importAll(engine, 'default')
  const library = await open({ data: join(await temporaryFolder(test), 'library'), features: ['promql-experimental-functions'] })
  test.teardown(() => library.close())
  await importAll(library, 'default')
  const client = await open({ url })
  const experimental = { language: 'promql', text: 'mad_over_time(up[5m])', when: { kind: 'instant', timeNs: 0n } } as const
  await test.rejects(client.explain(experimental), { message: 'function "mad_over_time" is not enabled' }, 'a node as it comes')
  test.match(await library.explain(experimental), 'mad_over_time over 300000ms', 'a node that has enabled it')
  for (const [lang, queries, path] of [['promql', PROMQL, '/api/v1/query_range'], ['logql', LOGQL, '/loki/api/v1/query_range']] as const) {
    for (const query of queries) {
      const direct = rowsOf((await dataOf(url, path, { query, ...RANGE })).result)
      const [sse, ndjson] = await Promise.all((['sse', 'ndjson'] as const).map((framing) => streamed(url, { lang, query, ...RANGE }, framing)))
      test.same(streamAnswer(test, ndjson, query), direct, `stream of ${query}`)
      test.same(timeless(sse), timeless(ndjson), `SSE of ${query}`)
      const request = { language: lang, text: query, when: { kind: 'range', startNs: ns(RANGE.start), endNs: ns(RANGE.end), stepMs: 30_000 } } as const
      const [near_, far, own] = await Promise.all([engine, client, library].map((each) => collected(each.query(request))))
      test.ok(near_.points > 0 || query.startsWith('absent'), `${query} has points`)
      test.same(far, near_, `${query} by a client at the URL`)
      test.same(own, near_, `${query} on a lake of the library`)
    }
  }
  const entries = await dataOf(url, '/loki/api/v1/query_range', { query: '{app="shop"}', ...RANGE, limit: 5000, direction: 'forward' })
  const stream = await streamed(url, { lang: 'logql', query: '{app="shop"}', ...RANGE, direction: 'forward' })
  test.same(streamAnswer(test, stream, 'entries'), rowsOf(entries.result))
  const instant = await dataOf(url, '/api/v1/query', { query: 'requests_total', time: T0 + 60 })
  test.same(streamAnswer(test, await streamed(url, { lang: 'promql', query: 'requests_total', time: T0 + 60 }), 'instant'), rowsOf(instant.result))
})

/** Events without what differs from run to run: ids of queries, statistics and progress. */
function timeless(events: readonly WireEvent[]): unknown {
  return events.filter(({ type }) => type !== 'progress').map(({ id: _id, queryId: _queryId, stats: _stats, ...rest }) => rest)
}

async function collected(events: AsyncIterable<QueryEvent>): Promise<{ readonly data: unknown[]; readonly points: number }> {
  const data: unknown[] = []
  let points = 0
  for await (const event of events) {
    if (event.type === 'error') throw new Error(event.error.message)
    if (event.type !== 'data' || !('block' in event.data) || event.data.block.kind !== 'series') continue
    const { labels, values, present } = event.data.block
    points += present.reduce((sum, each) => sum + each, 0)
    data.push([event.watermark, labels, Array.from(values, String), Array.from(present)])
  }
  return { data, points }
}

function ns(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n
}

t.test('importing a file again, or all files in another order, changes no answer', async (test) => {
  await importAll(engine, 'one')
  const once = await allAnswers('one')
  await importAll(engine, 'one')
  test.same(await allAnswers('one'), once, 'twice')
  for (const file of FILES.toReversed()) await upload('other', file)
  test.same(await allAnswers('other'), once, 'in another order')
  test.notSame(await allAnswers('nobody'), once, 'and who has imported nothing sees nothing')
})

t.test('of two samples at one moment the one imported later counts, whatever else overlaps', async (test) => {
  const organisation = 'corrections'
  const send = (lines: readonly string[]): Promise<unknown> =>
    engine.import({ file: 'x.prom', format: 'openmetrics', organisation, body: bytesOf(`${lines.join('\n')}\n`) })
  const sample = (i: number, value: number): string => `corrected{job="a"} ${value} ${T0 + i}`
  const values = new Map<number, number>()
  const put = async (from: number, to: number, every: number, value: (i: number) => number): Promise<void> => {
    const times = Array.from({ length: Math.ceil((to - from) / every) }, (_, k) => from + k * every)
    for (const i of times) values.set(i, value(i))
    await send(times.map((i) => sample(i, value(i))))
  }
  await put(0, 600, 1, (i) => i)
  await put(100, 200, 1, (i) => -i)
  await put(150, 700, 7, (i) => i * 2)
  await put(0, 50, 1, (i) => i)
  await put(160, 170, 1, () => 0)
  const { result } = await dataOf(url, '/api/v1/query_range', { query: 'last_over_time(corrected[1s])', start: T0, end: T0 + 720, step: 1, organisation })
  test.same(result[0].values, [...values].sort(([a], [b]) => a - b).map(([i, value]) => [T0 + i, String(value)]))
  const total = [...values.values()].reduce((sum, value) => sum + value, 0)
  const sum = await dataOf(url, '/api/v1/query', { query: 'sum_over_time(corrected[13m])', time: T0 + 720, organisation })
  test.equal(sum.result[0].value[1], String(total))
})

const DATA = join(packageRoot(), '../shared/data')
const absent = existsSync(DATA) ? false : 'no folder ../shared/data beside the package'

interface FileEntry {
  readonly ns: bigint
  readonly line: string
}

/** The distinct entries of a file of push bodies. */
function entriesOf(file: string): readonly FileEntry[] {
  const entries = new Map<string, FileEntry>()
  for (const body of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    for (const { stream, values } of JSON.parse(body).streams)
      for (const [ts, line] of values) entries.set(JSON.stringify([stream, ts, line]), { ns: BigInt(ts), line })
  }
  return [...entries.values()].sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0))
}

const LOG_FILES = [
  { file: 'apache', selector: '{source="apache"}', count: 1461, words: ['error', 'notice', 'workerEnv', 'state 6', 'script not found'] },
  { file: 'openssh', selector: '{source="openssh"}', count: 2000, words: ['Failed password', 'Invalid user', 'error', 'preauth', '173.234.31.186'] },
  { file: 'openstack', selector: '{source="openstack"}', count: 2000, words: ['GET', 'POST', 'status: 404', 'nova.virt', 'ERROR'] },
  { file: 'shop', selector: '{app="shop"}', count: 6000, words: ['error', 'timeout', '/checkout', '"status": 500', 'GET'] },
]

t.test('counts of real files are those of grep', { skip: absent }, async (test) => {
  const organisation = 'loghub'
  for (const { file } of LOG_FILES) {
    const name = join(DATA, `${file}.loki.ndjson`)
    await engine.import({ file: name, format: 'loki', organisation, body: createReadStream(name) })
  }
  for (const { file, selector, count, words } of LOG_FILES) {
    const entries = entriesOf(join(DATA, `${file}.loki.ndjson`))
    test.equal(entries.length, count, file)
    const [first, last] = [entries[0].ns, entries[entries.length - 1].ns]
    const window = { start: String(first), end: String(last + 1n), organisation }
    for (const word of ['', ...words]) {
      const query = word === '' ? selector : `${selector} |= \`${word}\``
      const matching = entries.filter(({ line }) => line.includes(word))
      const hours = Number(last - first) / 3.6e12 + 1
      const counted = await dataOf(url, '/loki/api/v1/query', { query: `sum(count_over_time(${query} [${Math.ceil(hours)}h]))`, time: String(last), organisation })
      test.equal(Number(counted.result[0]?.value[1] ?? 0), matching.length, `count of ${query}`)
      const sorted = matching.map(({ ns: at, line }) => `${at} ${line}`).sort()
      const forward = await entriesAnswered(url, { query, ...window, direction: 'forward' })
      const backward = await entriesAnswered(url, { query, ...window, direction: 'backward' })
      test.same(forward.times, forward.times.toSorted(), `forward in time order: ${query}`)
      test.same(backward.times, backward.times.toSorted().toReversed(), `backward in time order: ${query}`)
      test.ok(same(forward.texts, sorted), `forward: ${query}`)
      test.ok(same(backward.texts, sorted), `backward: ${query}`)
      const excluded = await dataOf(url, '/loki/api/v1/query', { query: `sum(count_over_time(${selector} != \`${word || '\u0001'}\` [${Math.ceil(hours)}h]))`, time: String(last), organisation })
      test.equal(Number(excluded.result[0]?.value[1] ?? 0), word === '' ? count : count - matching.length, `entries without ${word}`)
    }
  }
})

/** Entries of each data event of a log stream in the order in which they came; texts sorted. */
async function entriesAnswered(url: string, parameters: Record<string, string>): Promise<{ times: string[]; texts: string[] }> {
  const events = await streamed(url, { lang: 'logql', ...parameters })
  if (events.at(-1)?.type !== 'end') throw new Error(JSON.stringify(events.at(-1)))
  const times: string[] = []
  const texts: string[] = []
  const sign = parameters['direction'] === 'forward' ? 1 : -1
  for (const event of events.filter(({ type }) => type === 'data')) {
    const { result } = (event.data ?? event) as { result: ResultRow[] }
    const values = result.flatMap((row) => row.values)
    // An event holds entries by stream; between events the order is that of time.
    times.push(...values.map(([time]) => String(time)).sort((a, b) => (a < b ? -sign : a > b ? sign : 0)))
    texts.push(...values.map(([time, line]) => `${time} ${line}`))
  }
  return { times, texts: texts.sort() }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

t.test('samples of a real file are those of grep', { skip: absent }, async (test) => {
  const organisation = 'cloudwatch'
  const text = readFileSync(join(DATA, 'cloudwatch.openmetrics'), 'utf8')
  const uploaded = await upload(organisation, { name: 'cloudwatch.openmetrics', format: 'openmetrics', body: text })
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  test.equal(uploaded.report['samples'], lines.length)
  const samples = new Map<string, Map<string, number>>()
  for (const line of lines) {
    const [, series, value, time] = /^(.*\}) (\S+) (\S+)$/.exec(line) ?? []
    const of = samples.get(series) ?? new Map<string, number>()
    samples.set(series, of.set(time, Number(value)))
  }
  for (const [series, of] of samples) {
    const times = [...of.keys()].map(Number)
    const last = Math.max(...times)
    const window = `${last - Math.min(...times) + 1}s`
    const ask = async (call: string): Promise<number> => Number((await dataOf(url, '/api/v1/query', { query: call, time: last, organisation })).result[0].value[1])
    test.equal(await ask(`count_over_time(${series}[${window}])`), of.size, `samples of ${series}`)
    test.equal(await ask(`max_over_time(${series}[${window}])`), Math.max(...of.values()), `maximum of ${series}`)
  }
  test.equal((await get(url, '/readyz')).status, 200)
})
