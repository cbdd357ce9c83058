import t from 'tap'
import { runSeed } from './run.js'

const SEEDS = 2500

t.test('whatever goes wrong, a query ends once, with the right answer or a typed error, and leaves nothing behind', async (t) => {
  // Thousands of seeded lakes, cuts, schedules and faults; each run is judged against the answer by brute force.
  const endings = new Map<string, number>()
  const broken: string[] = []
  for (let seed = 0; seed < SEEDS; seed++) {
    const outcome = await runSeed(seed)
    for (const ending of outcome.endings) endings.set(ending, (endings.get(ending) ?? 0) + 1)
    for (const violation of outcome.violations) broken.push(`seed ${seed}: ${violation}`)
  }
  t.strictSame(broken.slice(0, 20), [], 'node …/test/simulation/simulate.js --seed S shows a seed again')
  t.comment(JSON.stringify(Object.fromEntries(endings)))
  for (const ending of ['ok', 'left', 'cancelled', 'timed_out', 'unavailable', 'corrupt_data', 'internal', 'bad_query']) {
    t.ok((endings.get(ending) ?? 0) > 20, `the seeds reach the ending ${ending}`)
  }
})

t.test('the same seed is the same run', async (t) => {
  for (let seed = 1_000_000; seed < 1_000_050; seed++) {
    const once = await runSeed(seed)
    const again = await runSeed(seed)
    t.strictSame(once.trace, again.trace, `seed ${seed}`)
  }
})
