/** Every metric moves when its thing happens: over a real node where it can be made to happen there, else over its cache or its events. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SegmentCache, type PinReply } from '../../actors/segment-cache.js'
import { ActorSystem, realWorld } from '../../actors/system.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { Segment } from '../../src/model/segment.js'
import { createMetrics, METRIC_RULES, type Metrics } from '../../src/serve/serve.js'
import { checksumOf, openCacheFiles, openDirectoryStore } from '../../src/storage/storage.js'
import { observedNode } from '../harness/quiet-server.js'
import { bytesOf, eventually, get, openStream, seriesFile, sharedLake, startNode, streamed } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(0)

const PATIENCE_MS = 60_000
const T0 = 1_704_067_200
const RANGE = { start: T0, end: T0 + 3_600 }
const LARGE = { lang: 'promql', query: 'm', ...RANGE, step: 1 }
/** What this file has seen to move. */
const moved = new Set<string>()

/** The sum of the samples of a metric in the text, those of all labels together, with these among them. */
function sumIn(text: string, name: string, labels = ''): number {
  moved.add(name.replace(/_(?:count|sum)$/, ''))
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || (line.startsWith(`${name}{`) && line.includes(labels)))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

const lake = await sharedLake(t, await temporaryFolder(t))
const settings = { 'threads': 1, 'cluster.secret': 's', 'limits.nodeRenewMs': 200, 'limits.queriesRunningMax': 1, 'limits.memoryReadEveryMs': 1, 'limits.unitSamplesTarget': 2_000 }
const { url, engine } = await startNode(t, { config: await lake.config(settings) })
const read = async (): Promise<string> => (await get(url, '/metrics')).text
/** Resolves when the metric is over the value. */
const rises = (name: string, labels = '', over = 0): Promise<boolean> => eventually(PATIENCE_MS, async () => sumIn(await read(), name, labels) > over)

async function grows(test: Test, work: () => Promise<unknown>, ...names: readonly (string | readonly [string, string])[]): Promise<void> {
  const before = await read()
  await work()
  const after = await read()
  for (const [name, labels] of names.map((each) => (typeof each === 'string' ? ([each, ''] as const) : each))) {
    test.ok(sumIn(after, name, labels) > sumIn(before, name, labels), `${name} ${labels}: ${sumIn(before, name, labels)}, ${sumIn(after, name, labels)}`)
  }
}

t.test('imports', async (test) => {
  const work = async (): Promise<void> => {
    await engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 100, 240, T0 * 1000, 15_000)) })
    await engine.import({ file: 'other', format: 'series', body: bytesOf(seriesFile('other', 3, 240, T0 * 1000, 15_000)) })
    await engine.import({ file: 'logs', format: 'loki', body: bytesOf(logs(NEEDLE)) })
    await engine.import({ file: 'logs', format: 'loki', body: bytesOf(logs('none')) })
  }
  await grows(test, work, ['millrace_imports_total', 'status="ok"'], 'millrace_import_samples_total', 'millrace_import_segments_total', 'millrace_import_seconds_count')
  await grows(test, () => engine.import({ file: 'bad', format: 'series', body: bytesOf('no line') }).catch(() => undefined), ['millrace_imports_total', 'status="failed"'])
})

const NEEDLE = '5bd1e99500112233445566778899aabb'

/** Ids in more lines than a row group has rows, so that any two digits stand together somewhere; `first` is the id of the first line. */
function logs(first: string): string {
  const id = (i: number): string => (i === 0 ? first : (BigInt(i) * 0x9e3779b97f4a7c159e3779b97f4a7c15n).toString(16).slice(-32))
  const values = Array.from({ length: 9_000 }, (_, i) => [`${T0 + Math.floor(i / 3)}00000000${i % 3}`, `trace=${id(i)}`])
  return `${JSON.stringify({ streams: [{ stream: { app: 'x', first }, values }] })}\n`
}

t.test('what queries do, read, and do not read', async (test) => {
  const ok = 'status="ok"'
  const query = (asked: string) => () => streamed(url, { ...RANGE, lang: 'promql', query: asked, step: 60 })
  await grows(test, query('sum(rate(m[5m]))'), ['millrace_queries_total', ok], 'millrace_query_seconds_count', 'millrace_query_first_data_seconds_count', 'millrace_query_wait_seconds_count', 'millrace_group_seconds_count')
  await grows(test, query('sum(rate(m[5m]))'), ['millrace_units_total', 'outcome="ok"'], 'millrace_unit_seconds_count', 'millrace_read_bytes_total', 'millrace_samples_total', 'millrace_rows_total', 'millrace_pruned_bytes_total')
  await grows(test, query('sum(rate(m[5m]))'), ['millrace_cache_requests_total', 'outcome="hit"'], 'millrace_cache_hit_bytes_total')
  await grows(test, query('rat('), ['millrace_queries_total', 'status="bad_query"'])
  test.ok(await rises('millrace_duckdb_memory_bytes'))
  for (const name of ['millrace_duckdb_memory_bytes_max', 'millrace_cache_bytes_max', 'millrace_threads']) test.ok(sumIn(await read(), name) > 0, name)
  const { text } = await get(url, '/metrics')
  test.match(text, /^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m)
  test.match(text, /^process_resident_memory_bytes \d+$/m)
})

t.test('a word that a segment has in few rows, or not', async (test) => {
  await grows(test, () => streamed(url, { ...RANGE, lang: 'logql', query: `{app="x"} |= "${NEEDLE}"`, limit: 10 }), 'millrace_row_groups_skipped_total', 'millrace_segments_skipped_total')
})

t.test('queries that wait, and units that wait', async (test) => {
  const gone = new AbortController()
  const unread = await openStream(url, LARGE, 'application/x-ndjson', gone.signal)
  test.ok(await rises('millrace_queries_running'))
  const waiting = streamed(url, { ...RANGE, lang: 'promql', query: 'count(m)', step: 60 })
  test.ok(await rises('millrace_queries_waiting'))
  test.ok(await rises('millrace_query_queue_oldest_seconds'))
  const waitedBefore = sumIn(await read(), 'millrace_query_wait_seconds_sum')
  await grows(test, async () => {
    gone.abort()
    await waiting
  }, ['millrace_queries_total', 'status="cancelled"'])
  test.ok(sumIn(await read(), 'millrace_query_wait_seconds_sum') > waitedBefore, 'it waited for the other')
  // Nobody else holds it, and a body that nobody holds is given up.
  test.equal(unread.status, 200)
  const slow = streamed(url, { ...RANGE, lang: 'promql', query: 'quantile_over_time(0.9, m[1h:1s])', step: 1 })
  const at = await Promise.all(['millrace_units_queued', 'millrace_unit_queue_oldest_seconds', 'millrace_units_running', 'millrace_cache_objects_pinned'].map((name) => rises(name)))
  test.strictSame(at, [true, true, true, true])
  const cancelled = sumIn(await read(), 'millrace_units_total', 'outcome="cancelled"')
  for (const { id } of JSON.parse((await get(url, '/api/v1/queries')).text).queries) await fetch(`${url}/api/v1/queries/${id}`, { method: 'DELETE' })
  await slow
  test.ok(await rises('millrace_units_total', 'outcome="cancelled"', cancelled), `over ${cancelled}`)
  test.ok(await eventually(PATIENCE_MS, async () => sumIn(await read(), 'millrace_units_running') === 0))
  const idle = await read()
  for (const name of ['millrace_queries_running', 'millrace_queries_waiting', 'millrace_query_queue_oldest_seconds', 'millrace_unit_queue_oldest_seconds', 'millrace_units_queued']) test.equal(sumIn(idle, name), 0, name)
})

t.test('members, and the age of the lease', async (test) => {
  test.equal(sumIn(await read(), 'millrace_members', 'role="all",state="leased"'), 1)
  const second = await startNode(test, { config: await lake.config({ ...settings, role: 'worker' }) })
  test.ok(await rises('millrace_members', 'role="worker",state="leased"'))
  test.equal(sumIn(await read(), 'millrace_members', 'state="late"'), 0)
  test.ok(await eventually(PATIENCE_MS, async () => sumIn(await read(), 'millrace_lease_age_seconds') < 0.15), 'renewed again and again')
  test.ok(await rises('millrace_lease_age_seconds', '', 0.05))
  await second.close()
  test.ok(await eventually(PATIENCE_MS, async () => sumIn(await read(), 'millrace_members', 'role="worker"') === 0))
})

t.test('objects that are fetched, held and evicted', async (test) => {
  const folder = await temporaryFolder(test)
  const store = await openDirectoryStore(join(folder, 'objects'))
  const segments = await Promise.all(['a', 'b', 'c'].map(async (name) => {
    const file = join(folder, name)
    await writeFile(file, name.repeat(1_000))
    await store.put(`acme/${name}`, file)
    return { id: name, object: `acme/${name}`, ...(await checksumOf(file)) } as Segment
  }))
  const limits = { ...DEFAULT_LIMITS, cacheBytesMax: 2_500 }
  const metrics = createMetrics()
  // As a bucket has none.
  const distant = { name: store.name, fetch: store.fetch.bind(store), localPath: () => undefined, ping: () => store.ping() }
  const files = await openCacheFiles({ folder: join(folder, 'cache'), store: distant as never, bytesMax: limits.cacheBytesMax })
  const system = new ActorSystem({ world: realWorld(), limits, telemetry: metrics.observe })
  const instance = new SegmentCache({ files, limits, telemetry: metrics.observe })
  const cache = system.spawn('segment-cache', 'one', () => instance, 'end')
  const pinned = (pinId: string, ...wanted: readonly Segment[]): Promise<PinReply> =>
    new Promise((resolve) => {
      const taken = (reply: PinReply): true => (resolve(reply), true)
      cache.urge({ type: 'Pin', pinId, segments: wanted, replyTo: { name: 'unit', send: taken, urge: taken } })
    })
  const [a, b, c] = segments
  test.equal((await pinned('1', a)).type, 'SegmentsPinned')
  cache.urge({ type: 'Unpin', pinId: '1' })
  await counted(test, metrics, [['millrace_cache_requests_total', 'outcome="miss"', 1], ['millrace_cache_fetched_bytes_total', '', 1_000], ['millrace_cache_fetch_seconds_count', '', 1]])
  await pinned('2', a)
  cache.urge({ type: 'Unpin', pinId: '2' })
  await counted(test, metrics, [['millrace_cache_requests_total', 'outcome="hit"', 1], ['millrace_cache_hit_bytes_total', '', 1_000], ['millrace_cache_evictions_total', '', 0]])
  await pinned('3', b)
  cache.urge({ type: 'Unpin', pinId: '3' })
  await pinned('4', c)
  cache.urge({ type: 'Unpin', pinId: '4' })
  test.ok(await eventually(PATIENCE_MS, async () => sumIn(await metrics.text(), 'millrace_cache_evictions_total') === 1))
  await counted(test, metrics, [['millrace_cache_evicted_bytes_total', '', 1_000], ['millrace_cache_over_budget_total', '', 0]])
  const { bytes } = instance.facts
  test.equal(sumIn(await metrics.text({ ...observedNode.readings(), cacheBytes: bytes }), 'millrace_cache_bytes'), 2_000)
  await pinned('5', a, b, c)
  await counted(test, metrics, [['millrace_cache_over_budget_total', '', 1]])
  system.stop(new QueryError({ code: 'unavailable', message: 'over' }))
})

t.test('an actor that fails', async (test) => {
  const metrics = createMetrics()
  const system = new ActorSystem({ world: realWorld(), limits: DEFAULT_LIMITS, telemetry: metrics.observe })
  const failing = { receive: () => { throw new Error('a mistake') }, ended: () => undefined }
  system.spawn('clumsy', 'one', () => failing, 'end').send({ type: 'Do' })
  test.ok(await eventually(PATIENCE_MS, async () => sumIn(await metrics.text(), 'millrace_actor_failures_total') === 1))
})

async function counted(test: Test, metrics: Metrics, expected: readonly (readonly [string, string, number])[]): Promise<void> {
  const text = await metrics.text()
  for (const [name, labels, value] of expected) test.equal(sumIn(text, name, labels), value, `${name} ${labels}`)
}

t.test('no metric is left out', async (test) => {
  const elsewhere = {
    millrace_unit_retries_total: 'test/simulation/unit-runs.test.ts',
    millrace_unit_hedges_total: 'test/simulation/unit-runs.test.ts',
    millrace_processes_missing: 'test/e2e/processes.test.ts',
    millrace_collected_objects_total: 'test/e2e/crash.test.ts',
    millrace_spans_lost_total: 'test/e2e/traces.test.ts',
    millrace_missing_segments_total: 'test/e2e/partial.test.ts',
    millrace_cache_fetches_running: 'nowhere: it is over within a moment',
    millrace_duckdb_spilled_bytes: 'nowhere: DuckDB decides when it spills',
  }
  test.strictSame(Object.keys(METRIC_RULES).filter((name) => !moved.has(name) && !Object.hasOwn(elsewhere, name)), [])
})
