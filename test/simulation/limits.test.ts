import t from 'tap'
import type { Limits } from '../../src/model/limits.js'
import { runScenario, type Outcome } from './run.js'
import { NO_FAULTS, scenarioOf } from './scenario.js'

t.setTimeout(180_000)

const SEEDS = 150

/** Runs in which nothing goes wrong but that a limit is small. */
async function runsWith(limits: Partial<Limits>): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (let seed = 0; seed < SEEDS; seed++) {
    const scenario = scenarioOf(seed)
    const queries = scenario.queries.map((query) => ({ ...query, reader: { kind: 'steady' } as const, timeoutMs: undefined }))
    outcomes.push(await runScenario({ ...scenario, faults: NO_FAULTS, queries, limits: { ...scenario.limits, ...limits } }))
  }
  return outcomes
}

function tally(outcomes: readonly Outcome[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const ending of outcomes.flatMap((outcome) => outcome.endings)) counts.set(ending, (counts.get(ending) ?? 0) + 1)
  return counts
}

/** Everything that is wrong with the runs, but that queries failed with these codes. */
function wrongBut(outcomes: readonly Outcome[], codes: readonly string[]): readonly string[] {
  return outcomes.flatMap(({ violations, scenario }) =>
    violations
      .filter((violation) => !codes.some((code) => violation.includes(`no fault excuses ${code}`)))
      .map((violation) => `seed ${scenario.seed}: ${violation}`),
  )
}

const CASES: readonly (readonly [Partial<Limits>, string, RegExp])[] = [
  [{ querySeriesMax: 1 }, 'limit_exceeded', /too many series: \d+, limit 1 \(setting limits.querySeriesMax\)/],
  [{ querySamplesMax: 3 }, 'limit_exceeded', /too many samples: 4, limit 3 \(setting limits.querySamplesMax\)/],
  [{ querySamplesMax: 0 }, 'limit_exceeded', /too many samples: 1, limit 0 \(setting limits.querySamplesMax\)/],
]

for (const [limits, code, message] of CASES) {
  t.test(`${JSON.stringify(limits)} ends a query that needs more, and no other`, async (t) => {
    const outcomes = await runsWith(limits)
    t.strictSame(wrongBut(outcomes, [code]), [])
    t.ok((tally(outcomes).get(code) ?? 0) > 20, JSON.stringify([...tally(outcomes)]))
    t.match(outcomes.flatMap((outcome) => outcome.trace).find((line) => line.includes('"query:ended"') && line.includes(code)), message)
  })
}

t.test('more queries than may run are refused after their wait, the others are not disturbed', async (t) => {
  const outcomes = await runsWith({ queriesRunningMax: 1, queryWaitMs: 1 })
  t.strictSame(wrongBut(outcomes, ['too_many_requests']), [])
  t.ok((tally(outcomes).get('too_many_requests') ?? 0) > 20)
  t.ok((tally(outcomes).get('ok') ?? 0) >= SEEDS, 'one of each run is answered')
})

t.test('more queries than may run wait for each other', async (t) => {
  const outcomes = await runsWith({ queriesRunningMax: 1, queryWaitMs: 1_000_000, queryTimeoutMs: 1_000_000 })
  t.strictSame(wrongBut(outcomes, []), [])
  t.strictSame([...tally(outcomes).keys()], ['ok'])
})

t.test('a mailbox that is too small fails queries and loses nothing', async (t) => {
  // Whoever is refused by a full mailbox must say so: to the reader in the end.
  const outcomes = await runsWith({ mailboxMessagesMax: 1 })
  const wrong = wrongBut(outcomes, ['internal', 'too_many_requests'])
  t.strictSame(wrong, [])
  t.ok((tally(outcomes).get('internal') ?? 0) + (tally(outcomes).get('too_many_requests') ?? 0) > 20, JSON.stringify([...tally(outcomes)]))
})
