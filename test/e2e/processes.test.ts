/** `serve --processes`: several nodes behind one port, over a data folder or a configuration. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { dataOf, eventually, get, runCli, seriesFile, sharedLake, spawnNode, type ChildNode } from '../harness/real-node.js'
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
