/** Real nodes over one PostgreSQL find each other, by leases and by a list, and notice who is gone; roles. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { serveNode } from '../../actors/main.js'
import { eventually, get, runCli, sharedLake, spawnNode, startNode, type Parameters, type SharedLake } from '../harness/real-node.js'
import { rejectsWith } from '../harness/rejects.js'
import { temporaryFolder } from '../harness/servers.js'

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

const PATIENCE_MS = 60_000
const QUICK = { 'limits.nodeLeaseMs': 1_500, 'limits.nodeRenewMs': 300, 'limits.membersKeptMs': 60_000, 'threads': 1 }
const lake = await sharedLake(t, await temporaryFolder(t))

interface WireNode {
  readonly id: string
  readonly url: string
  readonly role: string
  readonly seenAgoMs: number
}

async function nodesOf(url: string): Promise<readonly WireNode[]> {
  return JSON.parse((await get(url, '/api/v1/nodes')).text).nodes
}

const urlsOf = async (url: string): Promise<string[]> => (await nodesOf(url)).map((node) => node.url).toSorted()

function knows(url: string, urls: readonly string[]): Promise<boolean> {
  return eventually(PATIENCE_MS, async () => (await urlsOf(url)).join() === [...urls].toSorted().join())
}

async function cluster(test: Test, settings: Parameters = {}): Promise<SharedLake> {
  const own = await sharedLake(test, await temporaryFolder(test))
  return { ...own, config: (more) => own.config({ ...QUICK, ...settings, ...more }) }
}

t.test('two nodes see each other over one PostgreSQL; killed: gone after the lease; started again: back', async (test) => {
  const { config } = await cluster(test, { 'cluster.secret': 'abc' })
  const query = await startNode(test, { config: await config({ role: 'query' }) })
  const worker = await spawnNode(test, ['--role', 'worker', '--config', await config()])
  test.ok(await knows(query.url, [query.url, worker.url]), JSON.stringify(await nodesOf(query.url)))
  test.ok(await knows(worker.url, [query.url, worker.url]))
  test.same((await nodesOf(query.url)).map(({ role }) => role).toSorted(), ['query', 'worker'])
  const table = await runCli(['nodes', '--url', query.url])
  test.equal(table.out.trimEnd().split('\n').length, 3, table.err)
  for (const url of [query.url, worker.url]) test.ok(table.out.includes(` ${url} `), table.out)
  process.kill(worker.pid, 'SIGKILL')
  test.ok(await knows(query.url, [query.url]))
  const again = await spawnNode(test, ['--role', 'worker', '--config', await config()])
  test.ok(await knows(query.url, [query.url, again.url]))
  process.kill(again.pid, 'SIGTERM')
  test.equal(await again.exited, 0)
  test.ok(await knows(query.url, [query.url]))
})

t.test('a worker answers no query and says what it is; a node of role query does', async (test) => {
  const { config } = await cluster(test, { 'cluster.secret': 'abc' })
  const worker = await startNode(test, { config: await config({ role: 'worker' }) })
  const refusal = /the node at http:\S+ is a worker \(setting role\) and answers no queries: ask a node with role query or all/
  for (const path of ['/api/v1/query', '/api/v1/stream', '/api/v1/explain', '/loki/api/v1/query']) {
    const { status, text } = await get(worker.url, path, { query: path.includes('loki') ? 'sum(count_over_time({a="b"}[1m]))' : 'up', lang: 'promql', time: 1 })
    test.equal(status, 503, path)
    test.match(text, refusal, path)
  }
  test.equal((await get(worker.url, '/readyz')).status, 200)
  const query = await startNode(test, { config: await config({ role: 'query' }) })
  test.equal((await get(query.url, '/api/v1/query', { query: 'up' })).status, 200)
})

t.test('nodes keep each other while PostgreSQL is away, and go on when it is back', async (test) => {
  const { config, catalog } = await cluster(test, { 'cluster.secret': 'abc' })
  const nodes = await Promise.all([1, 2].map(async () => startNode(test, { config: await config() })))
  const urls = nodes.map(({ url }) => url)
  for (const url of urls) test.ok(await knows(url, urls))
  await catalog.stop()
  const restMs = QUICK['limits.nodeLeaseMs'] + 2 * QUICK['limits.nodeRenewMs']
  test.notOk(await eventually(restMs, async () => (await urlsOf(urls[0])).length < 2), 'the lease alone takes nobody away')
  await catalog.start()
  test.ok(await eventually(PATIENCE_MS, async () => (await nodesOf(urls[0])).every(({ seenAgoMs }) => seenAgoMs < restMs)))
  test.same(await urlsOf(urls[0]), urls.toSorted())
})

t.test('from a list: each is asked with the secret that all share, and strangers are told nothing', async (test) => {
  const { config } = await cluster(test, { 'cluster.secret': 'abc' })
  const first = await spawnNode(test, ['--config', await config()])
  const second = await startNode(test, { config: await config({ 'cluster.members': `${first.url},http://127.0.0.1:9` }) })
  test.ok(await knows(second.url, [first.url, second.url]))
  test.equal((await get(first.url, '/internal/v1/node')).status, 401)
  const stranger = await startNode(test, { config: await config({ 'cluster.members': first.url, 'cluster.secret': 'other' }) })
  test.ok(await eventually(PATIENCE_MS, async () => (await urlsOf(stranger.url)).length === 1))
  process.kill(first.pid, 'SIGKILL')
  test.ok(await knows(second.url, [second.url]))
})

t.test('a node without cluster settings is alone, and no node of a cluster knows it', async (test) => {
  const alone = await startNode(test, { config: await lake.config() })
  const member = await startNode(test, { config: await lake.config({ ...QUICK, 'cluster.secret': 'abc' }) })
  test.same(await urlsOf(alone.url), [alone.url])
  test.same(await urlsOf(member.url), [member.url])
  test.equal((await get(alone.url, '/internal/v1/node')).status, 404)
})

t.test('settings that cannot be are refused with what to do', async (test) => {
  const wrong: [Parameters, RegExp][] = [
    [{ role: 'boss' }, /role must be query, worker or all, is "boss"/],
    [{ 'cluster.members': 'http://a', 'cluster.srv': 'b', 'cluster.secret': 'x' }, /cluster.members and cluster.srv cannot both be set/],
    [{ 'cluster.members': 'a:1', 'cluster.secret': 'x' }, /cluster.members must be an http URL, is "a:1"/],
    [{ 'cluster.url': 'millrace-0', 'cluster.secret': 'x' }, /cluster.url must be an http URL, is "millrace-0"/],
    [{ 'cluster.url': 'http://millrace-0:7070' }, /cluster.secret is not set/],
  ]
  for (const [settings, message] of wrong) await rejectsWith(test, startNode(test, { config: await lake.config(settings) }), 'bad_query', message)
  const everywhere = serveNode({ config: await lake.config({ 'cluster.secret': 'x', 'allowOpen': 'true' }), host: '0.0.0.0', port: 0 })
  await rejectsWith(test, everywhere, 'bad_query', /other nodes cannot reach this one at 0\.0\.0\.0: say in cluster.url where they do/)
  const folder = await runCli(['serve', '--port', '0', '--role', 'worker', '--data', join(await temporaryFolder(test), 'lake')], { env: { MILLRACE_CLUSTER_SECRET: 'x' } })
  test.match(folder, { code: 1, err: /catalog.url is not set: the nodes of a cluster share one PostgreSQL/ })
})
