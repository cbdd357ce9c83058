import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runSeed } from './run.js'

const SEEDS = 2500
const ENDINGS = ['ok', 'partial', 'left', 'cancelled', 'timed_out', 'unavailable', 'corrupt_data', 'internal', 'bad_query']

t.setTimeout(180_000)

t.test('whatever goes wrong, a query ends once, with the right answer or a typed error, and leaves nothing behind', async (t) => {
  // Thousands of seeded lakes, cuts, schedules and faults, each judged against the answer by brute force.
  // In a process of its own: promises are three times as slow under tap.
  const script = fileURLToPath(new URL('simulate.js', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--from', '0', '--to', String(SEEDS)], { encoding: 'utf8' })
  t.equal(stderr, '')
  const lines = stdout.trim().split('\n')
  const tally: Record<string, number> = JSON.parse(lines.pop()!)
  t.strictSame(lines.slice(0, 20), [], 'node …/test/simulation/simulate.js --seed S shows a seed again')
  t.comment(JSON.stringify(tally))
  for (const ending of ENDINGS) t.ok((tally[ending] ?? 0) > 20, `the seeds reach the ending ${ending}`)
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
