import t from 'tap'
import { simulated } from '../harness/simulated-seeds.js'
import { runClusterSeed } from './cluster/run.js'

/** More than twice the time of a single node each. */
const SEEDS = 7_000

t.setTimeout(0)

t.test('whatever happens to nodes, links, catalog and store, a client reads the right bytes or one typed error, and no node keeps anything', async (t) => {
  const { violations, endings, summary } = simulated('cluster', SEEDS)
  t.strictSame(violations, [], 'npm run simulate -- --seed S shows a seed again')
  t.strictSame(summary, { seeds: SEEDS, violations: 0 })
  t.comment(JSON.stringify(endings))
  for (const ending of ['ok', 'left', 'timed_out', 'unavailable', 'corrupt_data', 'internal']) t.ok((endings[ending] ?? 0) > 50, `the seeds reach the ending ${ending}`)
})

t.test('the same seed is the same run', async (t) => {
  const different: number[] = []
  for (let seed = 1_000_000; seed < 1_000_050; seed++) {
    const once = await runClusterSeed(seed)
    const again = await runClusterSeed(seed)
    if (once.trace.join('\n') !== again.trace.join('\n')) different.push(seed)
  }
  t.strictSame(different, [])
})

t.test('what must be met is met: hedged, retried elsewhere, gone on with at another node', async (t) => {
  const met = { hedged: 0, retried: 0, resumed: 0, drained: 0, returned: 0 }
  for (let seed = 0; seed < 200; seed++) {
    const lines = (await runClusterSeed(seed)).trace
    const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length
    met.hedged += count(/"unit:hedged"/)
    met.retried += count(/"unit:retried".*gave no result/)
    met.resumed += Math.max(0, count(/"query:started"/) - new Set(lines.flatMap((line) => /"query:started".*"organisation":"([^"]+)"/.exec(line)?.[1] ?? [])).size)
    met.drained += count(/has stopped$/)
    met.returned += count(/\.[1-9] starts as/)
  }
  t.comment(JSON.stringify(met))
  for (const [what, times] of Object.entries(met)) t.ok(times > 10, `${what} ${times} times`)
})
