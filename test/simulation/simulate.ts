/**
 * `node …/test/simulation/simulate.js --seed S`: one seed again, with all that was observed.
 * `--from A --to B`: many, violations only, then how the queries ended.
 */
import { parseArgs } from 'node:util'
import { runSeed } from './run.js'

const { values } = parseArgs({
  options: { seed: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
})

if (values.seed !== undefined) {
  const { scenario, trace, endings, violations } = await runSeed(Number(values.seed))
  const { queries, faults, threads } = scenario
  console.log(JSON.stringify({ threads, faults, readers: queries.map((query) => query.reader) }))
  for (const line of trace) console.log(line)
  console.log(`endings: ${endings.join(', ')}`)
  console.log(violations.length === 0 ? 'nothing is wrong' : violations.join('\n'))
} else {
  const tally: Record<string, number> = {}
  for (let seed = Number(values.from ?? 0); seed < Number(values.to ?? 1000); seed++) {
    const { violations, endings } = await runSeed(seed)
    for (const ending of endings) tally[ending] = (tally[ending] ?? 0) + 1
    for (const violation of violations) console.log(`seed ${seed}: ${violation}`)
    if (violations.length > 0) process.exitCode = 1
  }
  console.log(JSON.stringify(tally))
}
