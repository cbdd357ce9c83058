/** A node that is told to stop: what runs may finish, nothing new begins, and who says it twice means it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openGate } from '../harness/gate.js'
import { eventually, get, ndjsonEvents, openStream, seriesFile, sharedLake, spawnNode, type ChildNode, type WireEvent } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const PATIENCE_MS = 60_000
const SERIES = 300
const STEPS = 3601

interface Stalled {
  readonly node: ChildNode
  readonly data: string
  /** Reads the stream, which has begun, to its end. */
  finish(): Promise<readonly WireEvent[]>
}

/** A node with a query that stands still, as its reader does not take what it gives: far more text than sockets hold. */
async function stalled(test: Test): Promise<Stalled> {
  const data = join(await temporaryFolder(test), 'lake')
  const node = await spawnNode(test, ['--data', data])
  const body = seriesFile('m', SERIES, 240, T0 * 1000, 15_000)
  test.equal((await fetch(`${node.url}/api/v1/import?format=series&file=m`, { method: 'POST', body })).status, 200)
  const response = await openStream(node.url, { lang: 'promql', query: 'm', start: T0, end: T0 + STEPS - 1, step: 1 }, 'application/x-ndjson')
  test.equal(response.status, 200)
  return { node, data, finish: async () => ndjsonEvents(await response.text()) }
}

function stopping({ node }: Stalled): Promise<boolean> {
  return eventually(60_000, async () => (await get(node.url, '/readyz')).status === 503)
}

t.test('SIGTERM lets a stream finish, refuses what is new, and ends with 0', async (test) => {
  const made = await stalled(test)
  const { node, data, finish } = made
  node.child.kill('SIGTERM')
  test.ok(await stopping(made), 'no longer ready')
  test.equal((await get(node.url, '/healthz')).status, 200)
  const asked = new URLSearchParams({ start: String(T0), end: String(T0 + 60), step: '60' })
  const shapes: readonly (readonly [string, string, RegExp])[] = [
    [`/api/v1/stream?lang=promql&query=m&${asked}`, 'GET', /^\{"error":\{"code":"unavailable","message":"the node is stopping","retryable":true/],
    [`/api/v1/query_range?query=m&${asked}`, 'GET', /^\{"status":"error","errorType":"unavailable","error":"the node is stopping"\}/],
    [`/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D&${asked}`, 'GET', /^the node is stopping\n$/],
    [`/api/v1/explain?lang=promql&query=m&${asked}`, 'GET', /the node is stopping/],
    ['/api/v1/import?format=series', 'POST', /the node is stopping/],
  ]
  for (const [path, method, body] of shapes) {
    const response = await fetch(`${node.url}${path}`, { method, ...(method === 'POST' ? { body: '' } : {}) })
    test.same([response.status, response.headers.get('retry-after')], [503, '2'], path)
    test.match(await response.text(), body, path)
  }
  const events = await finish()
  test.equal(events.at(-1)?.type, 'end')
  const values = events.filter(({ type }) => type === 'data').flatMap((event) => event['result'] as { values: unknown[] }[])
  test.equal(values.reduce((sum, row) => sum + row.values.length, 0), SERIES * STEPS, 'to the last value')
  test.equal(await node.exited, 0)
  test.same(readdirSync(join(data, 'temp')), [], 'no temporary files are left')
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`a second ${signal} ends the node at once, whatever runs`, async (test) => {
    const made = await stalled(test)
    made.node.child.kill(signal)
    test.ok(await stopping(made), 'it stops, and waits for the stream')
    made.node.child.kill(signal)
    test.equal(await made.node.exited, signal, 'by the signal, not with 0 after the stream')
  })
}

for (const [which, settings] of [['alone', {}], ['of a cluster', { 'cluster.secret': 'between nodes', 'limits.nodeRenewMs': 200, 'limits.nodeLeaseMs': 1_000 }]] as const) {
  t.test(`SIGTERM ends a node ${which} whose catalog has become silent`, async (test) => {
    const lake = await sharedLake(test, await temporaryFolder(test))
    const gate = await openGate(test, Number(new URL(lake.catalog.url).port))
    const node = await spawnNode(test, ['--config', await lake.config({ ...settings, 'catalog.url': `postgres://millrace@127.0.0.1:${gate.port}/postgres` })])
    test.equal((await get(node.url, '/readyz')).status, 200, 'it has a connection')
    gate.hush()
    node.child.kill('SIGTERM')
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, 'still runs').unref())
    test.equal(await Promise.race([node.exited, patience]), 0)
  })
}
