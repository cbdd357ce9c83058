/** A cluster of real processes over one PostgreSQL and one store: workers are killed and frozen in the middle of queries, and no byte changes. */
import t from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import { bytesOf, eventually, get, seriesFile, sharedLake, sleep, spawnNode, startNode, streamed, type ChildNode, type Parameters } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(600_000)

const SEED = Number(process.env['CLUSTER_SEED'] ?? 1)
const ROUNDS = Number(process.env['CLUSTER_ROUNDS'] ?? 12)
const PATIENCE_MS = 60_000
const T0 = 1_704_067_200
const CLUSTER = { 'cluster.secret': 'between nodes', 'limits.nodeLeaseMs': 1_500, 'limits.nodeRenewMs': 300, 'limits.nodeShunnedMs': 300, 'limits.unitSilenceMs': 1_500, 'limits.unitHeartbeatMs': 200, threads: 1 }
const RANGE = { start: T0, end: T0 + 7_200, step: 30 }
const QUESTIONS: readonly Parameters[] = [
  { lang: 'promql', query: 'sum by (job) (rate(m[5m]))', ...RANGE },
  { lang: 'promql', query: 'm', ...RANGE, step: 600 },
  { lang: 'promql', query: 'quantile_over_time(0.9, m[10m])', ...RANGE, step: 120 },
  { lang: 'logql', query: 'sum by (pod) (count_over_time({app="x"} |= "error" [1m]))', ...RANGE },
  { lang: 'logql', query: '{app="x"} |= "error"', start: T0, end: T0 + 7_200, limit: 500 },
]

const lake = await sharedLake(t, await temporaryFolder(t))
const query = await startNode(t, { config: await lake.config({ ...CLUSTER, role: 'query' }) })
await query.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 400, 480, T0 * 1000, 15_000)) })
await query.engine.import({ file: 'l', format: 'loki', body: bytesOf(logBody()) })

function logBody(): string {
  const streams = Array.from({ length: 10 }, (_, pod) => ({
    stream: { app: 'x', pod: `p${pod}` },
    values: Array.from({ length: 2_000 }, (_, i) => [`${T0 + Math.floor(i * 3.6)}00000000${pod}`, i % 40 === 0 ? `level=error n=${i}` : `level=info n=${i}`]),
  }))
  return JSON.stringify({ streams })
}

/** What an answer says, whoever gave it: the data, in order. */
async function answerOf(question: Parameters): Promise<string> {
  const events = await streamed(query.url, question)
  const last = events[events.length - 1]
  if (last.type !== 'end') return `failed: ${JSON.stringify(last)}`
  return JSON.stringify(events.filter(({ type }) => type === 'data'))
}

async function membersAre(count: number): Promise<boolean> {
  return eventually(PATIENCE_MS, async () => JSON.parse((await get(query.url, '/api/v1/nodes')).text).nodes.length === count)
}

const spawned = (): Promise<ChildNode> => lake.config({ ...CLUSTER, role: 'worker' }).then((config) => spawnNode(t, ['--role', 'worker', '--config', config]))

async function countOf(url: string, metric: string): Promise<number> {
  const { text } = await get(url, '/metrics')
  return text.split('\n').filter((line) => line.startsWith(metric)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

void t.test('workers do the work, and their deaths and freezes change no byte', async (t) => {
  // Alone, the query node does all of it itself: that is what the cluster's answers are compared with.
  const truths = new Map<Parameters, string>()
  for (const question of QUESTIONS) truths.set(question, await answerOf(question))
  for (const [question, truth] of truths) t.notMatch(truth, /^failed/, String(question['query']))
  const workers = [await spawned(), await spawned(), await spawned()]
  t.ok(await membersAre(4), 'three workers and the node that asks')
  for (const [question, truth] of truths) t.equal(await answerOf(question), truth, String(question['query']))
  const byWorkers = await Promise.all(workers.map(({ url }) => countOf(url, 'millrace_units_total')))
  t.ok(byWorkers.reduce((sum, units) => sum + units, 0) > 0, `the workers ran ${byWorkers.join(', ')} units`)

  const random = seeded(SEED)
  for (let round = 0; round < ROUNDS; round++) {
    const question = QUESTIONS[random.below(QUESTIONS.length)]
    const victim = random.below(workers.length)
    const fault = (['SIGKILL', 'SIGSTOP'] as const)[random.below(2)]
    const asked = Array.from({ length: 3 }, () => answerOf(question))
    await sleep(random.below(150))
    process.kill(workers[victim].pid, fault)
    const name = `seed ${SEED}, round ${round}: ${fault} of worker ${victim} during ${String(question['query'])}`
    for (const answer of await Promise.all(asked)) t.equal(answer, truths.get(question), name)
    if (fault === 'SIGSTOP') process.kill(workers[victim].pid, 'SIGCONT')
    else workers[victim] = await spawned()
  }
  t.ok(await membersAre(4), 'all are there again')
})
