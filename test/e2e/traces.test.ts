/** Traces of a real node at a collector of the test's own: how the spans hang together, and what becomes of them without a collector. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SpanExporter } from '../../src/serve/serve.js'
import { readTraceparent, writeTraceparent } from '../../src/model/trace.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { ofQuery, type TelemetryEvent } from '../../src/model/telemetry.js'
import { readUnitRequest, unitRequest } from '../../src/wire/wire.js'
import { bytesOf, eventually, get, seriesFile, startNode, writeYaml } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'

interface WireSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly status: { readonly code?: number; readonly message?: string }
}

interface Collector {
  readonly url: string
  readonly spans: WireSpan[]
  /** Spans of each request. */
  readonly requests: number[]
  status: number
}

async function collector(test: Test): Promise<Collector> {
  const found: Collector = { url: '', spans: [], requests: [], status: 200 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const spans: WireSpan[] = JSON.parse(Buffer.concat(chunks).toString()).resourceSpans[0].scopeSpans[0].spans
      found.requests.push(spans.length)
      if (found.status === 200) found.spans.push(...spans)
      response.writeHead(found.status).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.teardown(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  return Object.assign(found, { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1/traces` })
}

t.test('a query is one tree of spans under that of its caller', async (test) => {
  const seen = await collector(test)
  const folder = await temporaryFolder(test)
  const config = await writeYaml(join(folder, 'millrace.yaml'), { 'data': folder, 'threads': 1, 'telemetry.otlp.url': seen.url, 'limits.spanExportEveryMs': 20, 'limits.groupPointsMax': 100 })
  const { url, engine } = await startNode(test, { config })
  await engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 5, 240, T0 * 1000, 15_000)) })
  const ask = async (query: string, flags?: string): Promise<number> => {
    const headers: Record<string, string> = flags === undefined ? {} : { traceparent: `00-${TRACE_ID}-${CALLER}-${flags}` }
    const answer = await fetch(`${url}/api/v1/query_range?query=${query}&start=${T0}&end=${T0 + 3600}&step=60`, { headers })
    await answer.text()
    return answer.status
  }
  test.equal(await ask('m', '00'), 200, 'its caller does not want the trace')
  test.equal(await ask('m', '01'), 200)
  test.ok(await eventually(30_000, () => seen.spans.some(({ name }) => name === 'query')))
  const spans = seen.spans.splice(0)
  const named = new Map(spans.map((span) => [span.spanId, span]))
  test.equal(named.size, spans.length, 'ids differ')
  test.strictSame(new Set(spans.map(({ traceId }) => traceId)), new Set([TRACE_ID]))
  const [root, ...others] = spans.filter(({ name }) => name === 'query')
  test.same(others, [], 'one query')
  test.equal(root.parentSpanId, CALLER)
  test.match(root.attributes, [{ key: 'millrace.organisation', value: { stringValue: 'default' } }])
  const groups = spans.filter(({ name }) => name.startsWith('group '))
  const units = spans.filter(({ name }) => name.startsWith('unit '))
  test.ok(groups.length > 1 && units.length >= groups.length, `${groups.length} groups, ${units.length} units`)
  for (const span of groups) test.equal(span.parentSpanId, root.spanId)
  for (const span of units) test.equal(named.get(span.parentSpanId ?? '')?.name, `group ${span.name.split('.')[1]}`)
  for (const span of spans) test.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano), span.name)

  test.equal(await ask('rat('), 400)
  test.ok(await eventually(30_000, () => seen.spans.length > 0))
  const [failed] = seen.spans
  test.match(failed, { name: 'query', status: { code: 2, message: /.+/ } })
  test.match(failed.traceId, /^[0-9a-f]{32}$/, 'a trace of its own')
  test.equal(failed.parentSpanId, undefined)

  seen.status = 503
  test.equal(await ask('m'), 200, 'a collector that is not well is not the matter of a query')
  const lost = async (): Promise<number> => Number(/^millrace_spans_lost_total (\d+)$/m.exec((await get(url, '/metrics')).text)?.[1])
  test.ok(await eventually(30_000, async () => (await lost()) >= spans.length))
})

t.test('spans that find no room are dropped and counted, and those that wait are sent at the end', async (test) => {
  const seen = await collector(test)
  const lost: string[] = []
  let tick = (): void => {}
  const every = (_ms: number, action: () => void): (() => void) => {
    tick = action
    return () => {}
  }
  const limits = { ...DEFAULT_LIMITS, spansBufferedMax: 5, spansPerExportMax: 2 }
  const exporter = new SpanExporter({ url: seen.url, node: 'n1', limits, clock: { nowMs: () => 1_700_000_000_000.25, every }, onLost: (spans, message) => lost.push(`${spans}: ${message}`) })
  const released = (group: number): TelemetryEvent => ({ type: 'group:released', queryId: 'q1', organisation: 'o', group, ms: 1.5 })
  for (let group = 0; group < 8; group++) exporter.observe(released(group))
  tick()
  test.ok(await eventually(30_000, () => seen.spans.length === 5))
  test.same(seen.requests, [2, 2, 1])
  test.same(lost, ['3: no room for more than 5 spans (setting limits.spansBufferedMax)'])
  test.match(seen.spans[0], { startTimeUnixNano: '1699999999998750000', endTimeUnixNano: '1700000000000250000' })
  exporter.observe(released(9))
  await exporter.close()
  test.equal(seen.spans.length, 6)
})

t.test('a unit that another node runs is told of there as part of its query', async (test) => {
  const trace = { traceId: TRACE_ID, parentId: CALLER, sampled: true }
  const query = { queryId: 'q1', organisation: 'o', trace }
  const unit = { id: '0.0.0', organisation: 'o', segments: [], limits: DEFAULT_LIMITS, query } as unknown as WorkUnit
  const arrived = readUnitRequest(unitRequest(unit, DEFAULT_LIMITS))
  test.same(ofQuery('unit/of-that-node', arrived), query)
  test.same(ofQuery('q2', { organisation: 'o' }), { queryId: 'q2', organisation: 'o' })
})

t.test('traceparent', async (test) => {
  const text = `00-${TRACE_ID}-${CALLER}-01`
  test.same(readTraceparent(text), { traceId: TRACE_ID, parentId: CALLER, sampled: true })
  test.equal(writeTraceparent({ traceId: TRACE_ID, parentId: CALLER, sampled: true }), text)
  test.equal(readTraceparent(`01-${TRACE_ID}-${CALLER}-02-more`)?.sampled, false, 'a later version may say more')
  for (const bad of ['', 'x', `ff-${TRACE_ID}-${CALLER}-01`, `00-${TRACE_ID}-${CALLER}-01-more`, `00-${'0'.repeat(32)}-${CALLER}-01`, `00-${TRACE_ID}-${'0'.repeat(16)}-01`, text.toUpperCase(), ` ${text}`])
    test.equal(readTraceparent(bad), undefined, bad)
})
