/**
 * What is done in the units gives what the root would make of the bare samples: every evaluation of our own corpus, and where it is at
 * hand a sample of Prometheus', is planned with all pushdown and with none, and answered with the same values, remarks and errors.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { exactAnswer, pointDifferences } from '../harness/exact.js'
import type { EvalGrid } from '../harness/promqltest-file.js'
import { readTestFile } from '../harness/promqltest-file.js'
import { requestOf, stretchesOf, type Stretch } from '../harness/promqltest.js'
import { randomCuts } from '../harness/random-cuts.js'
import { rememberedScans } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const SEED = Number(process.env['PUSHDOWN_SEED'] ?? 1)
const OWN = join(packageRoot(), 'test', 'corpus', 'promql')
const SHARED = join(packageRoot(), '..', 'shared', 'corpora', 'promql', 'promqltest')
const UNITS_MOST = 3
const MINUTE_MS = 60_000

t.test('our own corpus', (t) => filesHold(t, OWN, 1))
t.test("Prometheus' test files", { skip: existsSync(SHARED) ? false : 'they are not beside the package' }, (t) => filesHold(t, SHARED, 12))

/** One of `oneOf` evaluations, chosen by the seed. */
async function filesHold(t: Test, folder: string, oneOf: number): Promise<void> {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  let asked = 0
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.test')).sort()) {
    const random = seeded(SEED)
    const differences: string[] = []
    for (const { data, evals } of stretchesOf(t, readTestFile(readFileSync(join(folder, name), 'utf8')), SEED)) {
      const chosen = evals.filter(() => random.below(oneOf) === 0)
      if (chosen.length === 0) continue
      const [lake, scans] = [await data.lake(), rememberedScans(duckdb)]
      for (const { query, grid } of chosen.flatMap(asInstantAndRange)) {
        const parts = { lake, duckdb: scans, request: requestOf(query, grid), limits: DEFAULT_LIMITS }
        const seed = random.below(2 ** 32)
        const cuts = () => randomCuts(seeded(seed), UNITS_MOST)
        const [pushed, bare] = [await exactAnswer({ ...parts, cuts: cuts() }), await exactAnswer({ ...parts, cuts: cuts(), pushdown: 'off' })]
        differences.push(...pointDifferences(pushed, bare).map((each) => `${query} at ${JSON.stringify(grid)}: ${each}`))
        asked++
      }
    }
    t.same(differences.slice(0, 20), [], `${basename(name)} with seed ${SEED}`)
  }
  duckdb.close()
  t.ok(asked > 100, `${asked} queries`)
}

function asInstantAndRange({ query, grid }: Stretch['evals'][number]): readonly { readonly query: string; readonly grid: EvalGrid }[] {
  const around: EvalGrid = { startMs: grid.startMs - MINUTE_MS, endMs: grid.startMs + MINUTE_MS, stepMs: MINUTE_MS / 2 }
  return grid.stepMs === 0 ? [{ query, grid }, { query, grid: around }] : [{ query, grid }]
}
