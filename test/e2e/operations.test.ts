/** What an operator sees of a node: its running queries, its metrics, its log. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { METRIC_RULES } from '../../src/serve/serve.js'
import { bytesOf, eventually, get, openStream, seriesFile, sharedLake, spawnNode, startNode, streamed } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`
/** In many groups, and far more than the connection holds: unread, the query stalls. */
const LARGE = { lang: 'promql', query: 'm', start: T0, end: T0 + 3600, step: 1 }

const folder = await temporaryFolder(t)
const lake = await sharedLake(t, folder)
const { url, engine } = await startNode(t, { config: await lake.config({ 'limits.memoryReadEveryMs': 1, 'limits.groupPointsMax': 40_000 }) })
for (const organisation of ['a', 'b']) await engine.import({ file: 'm', organisation, format: 'series', body: bytesOf(seriesFile('m', 400, 240, T0 * 1000, 15_000)) })

interface Listed {
  readonly id: string
  readonly [member: string]: unknown
}

async function listed(organisation?: string): Promise<readonly Listed[]> {
  const { status, text } = await get(url, '/api/v1/queries', organisation === undefined ? {} : { organisation })
  if (status !== 200) throw new Error(text)
  return JSON.parse(text).queries
}

async function cancel(id: string, organisation?: string): Promise<number> {
  const headers: Record<string, string> = organisation === undefined ? {} : { 'x-scope-orgid': organisation }
  return (await fetch(`${url}/api/v1/queries/${id}`, { method: 'DELETE', headers })).status
}

/** A query whose reader takes nothing, and the text that it reads when it begins to. */
async function stalled(organisation: string): Promise<() => Promise<string>> {
  const search = new URLSearchParams(Object.entries(LARGE).map(([name, value]): [string, string] => [name, String(value)]))
  const headers = { 'x-scope-orgid': organisation, 'traceparent': TRACEPARENT, 'accept': 'application/x-ndjson' }
  const response = await fetch(`${url}/api/v1/stream?${search}`, { headers })
  return () => response.text()
}

function lastError(test: Test, text: string): { readonly code: string; readonly message: string } {
  const last = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}')
  test.equal(last.type, 'error', 'the last event')
  return last.error
}

t.test('running queries are listed with how far they are, and cancelled by id, each organisation its own', async (test) => {
  const [readA, readB] = [await stalled('a'), await stalled('b')]
  test.ok(await eventually(30_000, async () => (await listed()).filter(({ groupsDone }) => Number(groupsDone) > 0).length === 2), 'both have given something')
  const all = await listed()
  test.same(all.map(({ organisation }) => organisation), ['a', 'b'], 'in the order of their start')
  const [mine] = await listed('a')
  test.same((await listed('a')).length, 1, 'an organisation sees its own')
  const known = { organisation: 'a', language: 'promql', query: 'm', state: 'running', asker: '127.0.0.1', traceId: TRACE_ID }
  test.match(mine, known)
  for (const member of ['groups', 'units', 'unitsDone', 'samples', 'rows', 'bytes', 'elapsedMs']) test.ok(Number(mine[member]) > 0, `${member}: ${String(mine[member])}`)
  test.ok(Math.abs(Date.parse(String(mine['started'])) - Date.now()) < 300_000, 'started now')
  test.equal(await cancel(mine.id, 'b'), 404, 'of another organisation')
  test.equal(await cancel('q000000000000'), 404, 'unknown')
  test.equal((await listed()).length, 2, 'both run on')
  test.equal(await cancel(mine.id, 'a'), 200)
  test.match(lastError(test, await readA()), { code: 'cancelled', message: 'the query was cancelled by 127.0.0.1' })
  test.same((await listed()).map(({ organisation }) => organisation), ['b'])
  test.equal(await cancel(all[1].id), 200, 'who looks after the node may cancel any')
  test.equal(lastError(test, await readB()).code, 'cancelled')
  test.same(await listed(), [])
  test.equal(await cancel(mine.id, 'a'), 404, 'it has ended')
  test.equal((await fetch(`${url}/api/v1/queries/${mine.id}`, { method: 'POST' })).status, 405)
  test.equal((await fetch(`${url}/api/v1/queries/`, { method: 'DELETE' })).status, 404)
})

t.test('a query is listed by nobody once its reader has gone, or its text is refused', async (test) => {
  const reader = new AbortController()
  await openStream(url, { ...LARGE, organisation: 'a' }, 'application/x-ndjson', reader.signal)
  test.equal((await listed('a')).length, 1)
  reader.abort()
  test.ok(await eventually(30_000, async () => (await listed()).length === 0))
  test.match(await streamed(url, { lang: 'promql', query: 'rat(' }), [{ type: 'status 400' }])
  test.same(await listed(), [])
})

t.test('every metric of the table is there, and counts what happened', async (test) => {
  await streamed(url, { ...LARGE, query: 'sum(m)', step: 60, organisation: 'a' })
  const { text } = await get(url, '/metrics')
  const missing = Object.entries(METRIC_RULES).filter(([name, { kind }]) => !text.includes(`# TYPE ${name} ${kind}\n`))
  test.same(missing, [])
  const value = (line: string): number => Number(text.split('\n').find((each) => each.startsWith(`${line} `))?.split(' ')[1])
  for (const line of [
    'millrace_queries_total{language="promql",status="ok"}',
    'millrace_query_first_data_seconds_count{language="promql"}',
    'millrace_units_total{outcome="ok"}',
    'millrace_unit_seconds_count',
    'millrace_group_seconds_count',
    'millrace_read_bytes_total',
    'millrace_samples_total',
    'millrace_cache_requests_total{outcome="hit"}',
    'millrace_threads',
    'millrace_imports_total{status="ok"}',
    'millrace_cache_bytes_max',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_heap_size_used_bytes',
    'process_resident_memory_bytes',
  ]) test.ok(value(line) > 0, `${line} ${value(line)}`)
  test.equal(value('millrace_queries_total{language="promql",status="cancelled"}'), 3)
  test.equal(value('millrace_unit_hedges_total'), 0)
  test.equal(value('millrace_queries_running'), 0)
  test.match(text, /millrace_duckdb_memory_bytes\{thread="\d+"\} \d+/)
})

t.test('every line of the log about a query names it, its organisation and its trace', async (test) => {
  const data = join(folder, 'logged')
  const node = await spawnNode(test, ['--data', data], { MILLRACE_LOG_LEVEL: 'debug' })
  const headers = { 'x-scope-orgid': 'acme', 'traceparent': TRACEPARENT }
  await fetch(`${node.url}/api/v1/import?format=series&file=m`, { method: 'POST', headers, body: seriesFile('m', 2, 240, T0 * 1000, 15_000) })
  const asked = await fetch(`${node.url}/api/v1/query?query=m&time=${T0 + 60}`, { headers })
  test.equal(asked.status, 200)
  await asked.text()
  await fetch(`${node.url}/api/v1/query?query=m&time=${T0 + 60}`, { headers: { 'x-scope-orgid': 'acme', 'traceparent': 'of another kind' } }).then((answer) => answer.text())
  const lines = (): readonly Readonly<Record<string, unknown>>[] => node.err().trimEnd().split('\n').map((line) => JSON.parse(line))
  test.ok(await eventually(30_000, () => lines().filter(({ msg }) => msg === 'query:ended').length === 2))
  const about = lines().filter(({ queryId }) => queryId !== undefined)
  const [first] = about
  const traced = about.filter(({ queryId }) => queryId === first['queryId'])
  test.strictSame(new Set(traced.map(({ msg }) => msg)), new Set(['query:started', 'query:admitted', 'query:planned', 'unit:finished', 'group:released', 'query:firstData', 'query:ended']))
  test.same(traced.filter(({ organisation, traceId }) => organisation !== 'acme' || traceId !== TRACE_ID), [])
  test.same(about.filter((line) => !traced.includes(line) && (line['organisation'] !== 'acme' || 'traceId' in line)), [], 'what is no traceparent is ignored')
  test.notMatch(node.err(), 'parentId')
})
