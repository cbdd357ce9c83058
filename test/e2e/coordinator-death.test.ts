/** A node that dies in the middle of its query takes the work along that others do for it, and nothing else: their threads go on with the next. */
import t from 'tap'
import { NO_PROC, ticksOf } from '../harness/process-tree.js'
import { bytesOf, eventually, get, openStream, seriesFile, sharedLake, sleep, spawnNode, startNode, streamed, type ChildNode, type Parameters } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(0)

const PATIENCE_MS = 120_000
const T0 = 1_704_067_200
/** Far more units in a group than one node can start, so that the others take some of them whoever owns their segments. */
const CLUSTER = { 'cluster.secret': 'between nodes', 'limits.nodeLeaseMs': 3_000, 'limits.nodeRenewMs': 500, 'limits.unitSamplesTarget': 100_000, 'threads': 1 }
/** Sorted windows of 480 values for each of 2,000 series at 10,000 steps, and little to say about them: seconds of work in every unit. */
const ENDLESS = { lang: 'promql', query: 'sum by (job) (quantile_over_time(0.9, m[2h]))', start: T0, end: T0 + 10_000, step: 1 }
const SHORT: Parameters = { lang: 'promql', query: 'sum by (job) (rate(m[5m]))', start: T0, end: T0 + 7_200, step: 60 }
const CANCELLED = 'millrace_units_total{outcome="cancelled"}'
/** What counts as having worked, in ticks of 10 ms. */
const WORKED = 20

async function reading(url: string, metric: string): Promise<number> {
  const { text } = await get(url, '/metrics')
  return text.split('\n').filter((line) => line.startsWith(`${metric} `)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

const unitsAt = async ({ url }: ChildNode): Promise<number> => (await reading(url, 'millrace_units_running')) + (await reading(url, 'millrace_units_queued'))

/** The thread of the process, its first one aside, that has worked most since; undefined if none has worked enough to tell. */
function busiestSince(before: ReadonlyMap<number, number>, { pid }: ChildNode): number | undefined {
  const worked = [...ticksOf(pid)].filter(([thread]) => thread !== pid).map(([thread, ticks]) => ({ thread, ticks: ticks - (before.get(thread) ?? 0) }))
  const busiest = worked.toSorted((a, b) => b.ticks - a.ticks).at(0)
  return busiest !== undefined && busiest.ticks >= WORKED ? busiest.thread : undefined
}

/** In a quarter of a second no thread of the process has had more than a fifth of it. */
async function isIdle({ pid }: ChildNode): Promise<boolean> {
  const before = ticksOf(pid)
  await sleep(250)
  return [...ticksOf(pid)].every(([thread, ticks]) => ticks - (before.get(thread) ?? 0) <= 5)
}

/** The first group is one step, and soon over. */
async function allAtWork(url: string, workers: readonly ChildNode[], since: readonly ReadonlyMap<number, number>[]): Promise<boolean> {
  const [running] = JSON.parse((await get(url, '/api/v1/queries')).text).queries
  if (!(running?.groupsDone > 0)) return false
  const units = await Promise.all(workers.map(unitsAt))
  return units.every((count) => count > 0) && workers.every((worker, index) => busiestSince(since[index], worker) !== undefined)
}

/** A question that is not answered to its end. */
function asked(url: string): { readonly text: Promise<string>; leave(): void } {
  const controller = new AbortController()
  const text = openStream(url, ENDLESS, 'application/x-ndjson', controller.signal)
    .then((response) => response.text())
    .catch(() => 'broken off')
  return { text, leave: () => controller.abort() }
}

const lake = await sharedLake(t, await temporaryFolder(t))
const survivor = await startNode(t, { config: await lake.config({ ...CLUSTER, role: 'query' }) })
await survivor.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 2_000, 720, T0 * 1000, 15_000)) })

const dataOf = async (url: string): Promise<string> => JSON.stringify((await streamed(url, SHORT)).filter(({ type }) => type === 'data' || type === 'error'))

void t.test('a coordinator is killed: the threads that worked for it are idle, alive, and work for the next', { skip: NO_PROC }, async (t) => {
  const truth = await dataOf(survivor.url)
  const spawned = async (role: string): Promise<ChildNode> => spawnNode(t, ['--config', await lake.config({ ...CLUSTER, role })])
  const workers = await Promise.all(['worker', 'worker', 'worker'].map(spawned))
  const coordinator = await spawned('query')
  t.ok(await eventually(PATIENCE_MS, async () => JSON.parse((await get(coordinator.url, '/api/v1/nodes')).text).nodes.length === 5), 'all are there')

  const rested = workers.map(({ pid }) => ticksOf(pid))
  const broken = asked(coordinator.url)
  t.ok(await eventually(PATIENCE_MS, () => allAtWork(coordinator.url, workers, rested)), 'all workers are at it')
  const threads = workers.map((worker, index) => busiestSince(rested[index], worker))
  const cancelled = await Promise.all(workers.map(({ url }) => reading(url, CANCELLED)))
  coordinator.child.kill('SIGKILL')
  t.equal(await broken.text, 'broken off', 'it died in the middle')

  t.ok(await eventually(PATIENCE_MS, async () => (await Promise.all(workers.map(unitsAt))).every((count) => count === 0)), 'no worker holds a unit any more')
  for (const [index, worker] of workers.entries()) {
    t.ok(await eventually(PATIENCE_MS, () => isIdle(worker)), 'its threads are idle')
    t.ok((await reading(worker.url, CANCELLED)) > cancelled[index], 'since its units were cancelled')
    t.equal(worker.child.exitCode, null, 'and it runs')
  }

  t.equal(await dataOf(survivor.url), truth, 'another node asks the same workers')
  const idle = workers.map(({ pid }) => ticksOf(pid))
  const again = asked(survivor.url)
  t.ok(await eventually(PATIENCE_MS, () => allAtWork(survivor.url, workers, idle)), 'and has work for all')
  t.same(workers.map((worker, index) => busiestSince(idle[index], worker)), threads, 'the same threads do it')
  again.leave()
  t.equal(await again.text, 'broken off')
})
