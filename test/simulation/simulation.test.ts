import t from 'tap'
import { simulated } from '../harness/simulated-seeds.js'
import { runSeed } from './run.js'

const SEEDS = 13_000

t.setTimeout(0)

t.test('whatever goes wrong, a query ends once, with the right answer or a typed error, and leaves nothing behind', async (t) => {
  // Thousands of seeded lakes, cuts, schedules and faults, each judged against the answer by brute force.
  const { violations, endings, summary } = simulated('node', SEEDS)
  t.strictSame(violations, [], 'npm run simulate -- --seed S shows a seed again')
  t.strictSame(summary, { seeds: SEEDS, violations: 0 })
  t.comment(JSON.stringify(endings))
  for (const ending of ['ok', 'partial', 'left', 'cancelled', 'timed_out', 'unavailable', 'corrupt_data', 'internal', 'bad_query']) {
    t.ok((endings[ending] ?? 0) > 50, `the seeds reach the ending ${ending}`)
  }
})

t.test('the same seed is the same run', async (t) => {
  const different: number[] = []
  for (let seed = 1_000_000; seed < 1_000_050; seed++) {
    const once = await runSeed(seed)
    const again = await runSeed(seed)
    if (once.trace.join('\n') !== again.trace.join('\n')) different.push(seed)
  }
  t.strictSame(different, [])
})
