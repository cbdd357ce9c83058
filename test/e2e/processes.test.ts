/** `serve --processes`: several nodes behind one port, over a data folder or a configuration. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { dataOf, eventually, get, openStream, runCli, seriesFile, sharedLake, spawnNode, type ChildNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

const PATIENCE_MS = 120_000
const QUICK = { MILLRACE_LIMITS_NODE_LEASE_MS: '1500', MILLRACE_LIMITS_NODE_RENEW_MS: '300', MILLRACE_THREADS: '1' }
const T0 = 1_704_067_200

interface WireNode {
  readonly id: string
  readonly url: string
}

async function nodesOf(url: string): Promise<readonly WireNode[]> {
  try {
    return JSON.parse((await get(url, '/api/v1/nodes')).text).nodes
  } catch {
    return []
  }
}

function children({ pid }: ChildNode): readonly number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid && commandOf(name).includes('serving-process')).map(Number)
}

function fileOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

const commandOf = (pid: string): string => fileOf(`/proc/${pid}/cmdline`)
const parentOf = (pid: string): number => Number(/^PPid:\s+(\d+)/m.exec(fileOf(`/proc/${pid}/status`))?.[1])

function gone(pids: readonly number[]): Promise<boolean> {
  return eventually(PATIENCE_MS, () => pids.every((pid) => !commandOf(String(pid)).includes('serving-process')))
}

async function agree(node: ChildNode, count: number): Promise<boolean> {
  return eventually(PATIENCE_MS, async () => {
    const nodes = await nodesOf(node.url)
    const views = await Promise.all(nodes.map(({ url }) => nodesOf(url)))
    return nodes.length === count && views.every((view) => view.map(({ id }) => id).join() === nodes.map(({ id }) => id).join())
  })
}

const noProc = process.platform !== 'linux' && 'processes are found by /proc'

t.test('over a data folder: a cluster behind one port; who dies is replaced; the folder is held; SIGTERM ends all', { skip: noProc }, async (test: Test) => {
  const folder = await temporaryFolder(test)
  const lake = join(folder, 'lake')
  const node = await spawnNode(test, ['--data', lake, '--processes', '2'], QUICK)
  test.ok(await agree(node, 2), node.err())
  const before = await nodesOf(node.url)
  test.equal(new Set(before.map(({ url }) => url)).size, 2)
  test.notOk(before.some(({ url }) => url === node.url), 'each has a port of its own beside the shared one')
  const imported = await fetch(`${node.url}/api/v1/import?format=series`, { method: 'POST', body: seriesFile('m', 5, 40, T0 * 1000, 15_000) })
  test.equal(imported.status, 200)
  const query = { query: 'count_over_time(m[11m])', time: T0 + 600 }
  const answers = await Promise.all([node.url, node.url, ...before.map(({ url }) => url)].map((url) => dataOf(url, '/api/v1/query', query)))
  for (const { result } of answers) test.same(result.map(({ value }) => value[1]), ['40', '40', '40', '40', '40'])
  const refused = await runCli(['query', 'm', '--data', lake])
  test.ok(refused.err.includes(`in use by the millrace node at ${node.url} (pid ${node.pid})`), refused.err)
  const [victim] = children(node)
  process.kill(victim, 'SIGKILL')
  test.ok(await eventually(PATIENCE_MS, () => children(node).length === 2 && !children(node).includes(victim)), node.err())
  test.ok(await agree(node, 2))
  test.equal((await nodesOf(node.url)).filter(({ id }) => before.some((old) => old.id === id)).length, 1)
  test.same((await dataOf(node.url, '/api/v1/query', query)).result.length, 5)
  const pids = children(node)
  process.kill(node.pid, 'SIGTERM')
  test.equal(await node.exited, 0)
  test.ok(await gone(pids))
  test.equal((await runCli(['query', 'count(m)', '--data', lake, '--time', String(T0 + 60), '--output', 'json'])).code, 0, 'nothing is left that holds the folder')
})

t.test('the shared port tells of all processes: queries, cancelling, metrics; and says who is silent', { skip: noProc }, async (test: Test) => {
  const { config } = await sharedLake(test, await temporaryFolder(test))
  // Leases that outlive the pause of a process.
  const node = await spawnNode(test, ['--config', await config(), '--processes', '3'], { MILLRACE_THREADS: '1', MILLRACE_LIMITS_NODE_RENEW_MS: '300', MILLRACE_LIMITS_GROUP_POINTS_MAX: '40000' })
  test.ok(await agree(node, 3), node.err())
  const nodes = await nodesOf(node.url)
  const imported = await fetch(`${node.url}/api/v1/import?format=series`, { method: 'POST', body: seriesFile('m', 300, 240, T0 * 1000, 15_000) })
  test.equal(imported.status, 200)
  const large = { lang: 'promql', query: 'm', start: T0, end: T0 + 3600, step: 1 }
  // Read by nobody, they stand still.
  const streams = await Promise.all(nodes.map(({ url }) => openStream(url, large, 'application/x-ndjson')))
  for (const [i, { id, url }] of nodes.entries()) {
    test.equal(streams[i].status, 200)
    test.same((await listed(url)).queries.map((query) => query.node), [id], 'a port of one process tells of that one')
  }
  for (let asked = 0; asked < 4; asked++) {
    const { queries, processesMissing } = await listed(node.url)
    test.same([queries.map((query) => query.node).toSorted(), processesMissing], [nodes.map(({ id }) => id), undefined], 'whichever process answers')
  }
  const text = await metricsOf(node.url)
  for (const process of [0, 1, 2]) test.match(text, new RegExp(`^millrace_queries_running\\{process="${process}"\\} 1$`, 'm'))
  test.match(text, /^millrace_processes_missing\{process="\d"\} 0$/m)
  test.match(text, /^millrace_members\{role="all",state="leased",process="0"\} 3$/m)
  test.equal(text.match(/^# TYPE millrace_queries_total counter$/gm)?.length, 1)
  test.same([...text.matchAll(/^millrace_imports_total\{status="ok",process="\d"\} (\d+)$/gm)].map(([, count]) => count), ['1'], 'one of them took the import')

  const { queries: [first, second, third] } = await listed(node.url)
  test.equal(await cancel(node.url, first.id), 200)
  const of = (query: WireQuery): string => nodes.find(({ id }) => id === query.node)?.url ?? ''
  test.same((await listed(of(first))).queries, [])
  test.equal(await cancel(of(third), second.id), 404, 'the port of one process knows that process alone')
  test.equal(await cancel(node.url, first.id), 404, 'it has ended')

  const [frozen] = children(node)
  process.kill(frozen, 'SIGSTOP')
  test.equal((await listed(node.url)).processesMissing, 1, 'a process that does not answer is missing, and this is said')
  test.match(await metricsOf(node.url), /^millrace_processes_missing\{process="\d"\} 1$/m)
  test.equal(await cancel(node.url, 'q000000000000'), 503, 'it may be one of the silent process')
  process.kill(frozen, 'SIGCONT')
  test.ok(await eventually(PATIENCE_MS, async () => (await listed(node.url)).processesMissing === undefined))
  for (const query of [second, third]) test.equal(await cancel(node.url, query.id), 200)
  for (const stream of streams) test.match((await stream.text()).trimEnd().split('\n').at(-1), /"code":"cancelled"/)
})

interface WireQuery {
  readonly id: string
  readonly node: string
}

/** Over a connection of its own, so that any process may take it. One that stands still takes one and no more. */
async function alone(url: string, path: string, method: string): Promise<{ readonly status: number; readonly text: string }> {
  const ask = async (patienceMs: number) => {
    const response = await fetch(`${url}${path}`, { method, headers: { connection: 'close' }, signal: AbortSignal.timeout(patienceMs) })
    return { status: response.status, text: await response.text() }
  }
  return ask(10_000).catch(() => ask(PATIENCE_MS))
}

async function listed(url: string): Promise<{ readonly queries: readonly WireQuery[]; readonly processesMissing?: number }> {
  return JSON.parse((await alone(url, '/api/v1/queries', 'GET')).text)
}

async function metricsOf(url: string): Promise<string> {
  return (await alone(url, '/metrics', 'GET')).text
}

async function cancel(url: string, id: string): Promise<number> {
  return (await alone(url, `/api/v1/queries/${id}`, 'DELETE')).status
}

t.test('over a configuration: the first process dies, so do all; a second SIGTERM ends all at once', { skip: noProc }, async (test: Test) => {
  const { config } = await sharedLake(test, await temporaryFolder(test))
  const node = await spawnNode(test, ['--config', await config(), '--processes', '2', '--role', 'query'], QUICK)
  test.ok(await agree(node, 2), node.err())
  const pids = children(node)
  process.kill(node.pid, 'SIGKILL')
  test.ok(await gone(pids))
  const again = await spawnNode(test, ['--config', await config(), '--processes', '2'], QUICK)
  const rest = children(again)
  for (const pid of rest) process.kill(pid, 'SIGSTOP')
  process.kill(again.pid, 'SIGTERM')
  process.kill(again.pid, 'SIGINT')
  const code = await again.exited
  test.ok(code === 'SIGINT' || code === 'SIGTERM', `a process that does not stop is not waited for: ${code}`)
  for (const pid of rest) process.kill(pid, 'SIGCONT')
  test.ok(await gone(rest))
})

t.test('what keeps the first process from serving is told once, and nothing is left', { skip: noProc }, async (test: Test) => {
  const { config } = await sharedLake(test, await temporaryFolder(test))
  const node = await spawnNode(test, ['--config', await config(), '--processes', '2'], QUICK)
  const port = new URL(node.url).port
  const taken = await runCli(['serve', '--port', port, '--config', await config(), '--processes', '2'], { env: QUICK })
  test.same(taken, { code: 1, out: '', err: `error: cannot listen at 127.0.0.1:${port}: the port is in use\n` })
  const wrong = await runCli(['serve', '--port', '0', '--config', await config({ role: 'boss' }), '--processes', '2'], { env: QUICK })
  test.same([wrong.code, wrong.err], [1, 'error: role must be query, worker or all, is "boss"\n'])
})
