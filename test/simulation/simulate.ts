/**
 * `--seeds N --from S`: so many seeds from that one on; each violation is a line, then how the queries ended, at last
 * `{"seeds":n,"violations":n}`. `--seed S`: one again, with all that was observed.
 * An even seed stands for a single node, an odd one for a cluster; `--of node` and `--of cluster` leave out the others.
 */
import { parseArgs } from 'node:util'
import { runClusterSeed } from './cluster/run.js'
import { runSeed } from './run.js'

interface Outcome {
  readonly violations: readonly string[]
  readonly trace: readonly string[]
  readonly endings: readonly string[]
}

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '0' }, of: { type: 'string', default: 'both' } },
})

if (values.seed === undefined) await runMany(whole('--from', values.from), whole('--seeds', values.seeds))
else await show(whole('--seed', values.seed))

function run(seed: number): Promise<Outcome> {
  return seed % 2 === 0 ? runSeed(seed / 2) : runClusterSeed((seed - 1) / 2)
}

async function runMany(from: number, seeds: number): Promise<void> {
  // Failures are part of most runs, and nobody reads where they were made.
  Error.stackTraceLimit = 0
  const endings: Record<string, number> = {}
  const found = { seeds: 0, violations: 0 }
  for (let seed = from; found.seeds < seeds; seed++) {
    if ((values.of === 'node' && seed % 2 === 1) || (values.of === 'cluster' && seed % 2 === 0)) continue
    const outcome = await run(seed)
    for (const ending of outcome.endings) endings[ending] = (endings[ending] ?? 0) + 1
    for (const violation of outcome.violations) console.log(`seed ${seed}: ${violation}`)
    found.seeds++
    found.violations += outcome.violations.length
  }
  console.log(`endings ${JSON.stringify(endings)}`)
  console.log(JSON.stringify(found))
  if (found.violations > 0) process.exitCode = 1
}

async function show(seed: number): Promise<void> {
  const { trace, endings, violations } = await run(seed)
  for (const line of trace) console.log(line)
  console.log(`endings: ${endings.join(', ')}`)
  for (const violation of violations) console.log(`violation: ${violation}`)
  console.log(JSON.stringify({ seeds: 1, violations: violations.length }))
  if (violations.length > 0) process.exitCode = 1
}

function whole(option: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${option} must be a whole number, is ${text}`)
  return Number(text)
}
