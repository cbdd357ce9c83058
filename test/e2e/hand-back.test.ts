/** A worker that is told to stop while it holds units of a running query: what it has not begun runs elsewhere, and no byte changes. */
import t, { type Test } from 'tap'
import { bytesOf, eventually, get, seriesFile, sharedLake, spawnNode, startNode, streamed, type ChildNode, type Parameters } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

const PATIENCE_MS = 120_000
const T0 = 1_704_067_200
const CLUSTER = { 'cluster.secret': 'between nodes', 'limits.nodeLeaseMs': 3_000, 'limits.nodeRenewMs': 500, 'threads': 1 }
/** Many small units, each with work for a while, and far more of them at a worker than its thread takes. */
const ASKER = { ...CLUSTER, 'role': 'query', 'limits.unitSamplesTarget': 4_000, 'limits.unitsPrefetchedMax': 8 }
const QUESTION: Parameters = { lang: 'promql', query: 'quantile_over_time(0.9, m[1h])', start: T0 + 3_600, end: T0 + 10_800, step: 5 }

const lake = await sharedLake(t, await temporaryFolder(t))
const asker = await startNode(t, { config: await lake.config(ASKER) })
await asker.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 120, 720, T0 * 1000, 15_000)) })

async function answer(): Promise<string> {
  const events = await streamed(asker.url, QUESTION)
  const last = events[events.length - 1]
  return last.type === 'end' ? JSON.stringify(events.filter(({ type }) => type === 'data')) : `failed: ${JSON.stringify(last)}`
}

const worker = async (): Promise<ChildNode> => spawnNode(t, ['--role', 'worker', '--config', await lake.config({ ...CLUSTER, role: 'worker' })])

async function membersAre(count: number): Promise<boolean> {
  return eventually(PATIENCE_MS, async () => JSON.parse((await get(asker.url, '/api/v1/nodes')).text).nodes.length === count)
}

async function valueOf(url: string, line: string): Promise<number> {
  const { text } = await get(url, '/metrics')
  return Number(text.split('\n').find((each) => each.startsWith(`${line} `))?.split(' ')[1])
}

/** A worker holds units that it has not begun. */
function holdsUnits({ url }: ChildNode): Promise<boolean> {
  return eventually(PATIENCE_MS, async () => (await valueOf(url, 'millrace_units_queued')) > 0 && (await valueOf(url, 'millrace_units_running')) > 0)
}

const truth = await answer()
const rest = await worker()

async function leavingWorker(test: Test): Promise<{ readonly node: ChildNode; readonly asked: Promise<string>; readonly retriesBefore: number }> {
  const node = await worker()
  test.ok(await membersAre(3), 'two workers and the node that asks')
  const retriesBefore = await valueOf(asker.url, 'millrace_unit_retries_total')
  const asked = answer()
  test.ok(await holdsUnits(node))
  return { node, asked, retriesBefore }
}

t.test('alone the node that asks has an answer to compare with', async (test) => test.notMatch(truth, /^failed/))

t.test('SIGTERM: units that have not begun are handed back and run elsewhere, the one that runs is finished', async (test) => {
  const { node, asked, retriesBefore } = await leavingWorker(test)
  node.child.kill('SIGTERM')
  test.equal(await node.exited, 0, node.err())
  test.equal(await asked, truth, 'the same bytes')
  test.ok((await valueOf(asker.url, 'millrace_unit_retries_total')) > retriesBefore, 'units were tried again')
  test.ok((await valueOf(rest.url, 'millrace_units_total{outcome="ok"}')) > 0)
  test.ok(await membersAre(2))
})

t.test('a second signal ends the worker at once, with units at work: these run elsewhere, too', async (test) => {
  const { node, asked, retriesBefore } = await leavingWorker(test)
  // Two of a kind may arrive as one.
  node.child.kill('SIGTERM')
  node.child.kill('SIGINT')
  const code = await node.exited
  test.ok(code === 'SIGTERM' || code === 'SIGINT', `it ended with ${code}`)
  test.equal(await asked, truth, 'the same bytes')
  test.ok((await valueOf(asker.url, 'millrace_unit_retries_total')) > retriesBefore)
})
