/** When the metric name goes, what was told apart by it must not fall together unnoticed: over real segments. */
import t, { type Test } from 'tap'
import { importSeries } from '../../src/ingest/ingest.js'
import { readFeatures } from '../../src/language/language.js'
import type { QueryRequest } from '../../src/model/event.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { exactPoints } from '../harness/exact.js'
import { openLake } from '../harness/lake.js'
import { temporaryFolder } from '../harness/servers.js'
import { answerStraight } from '../harness/straight.js'

const TYPES = ['type-and-unit-labels']
const COLLISION = { message: 'vector cannot contain metrics with the same labelset' }

/** Two series of one name, of which only the second has a type; both are gone before the other begins. */
async function twins(test: Test) {
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: await temporaryFolder(test), threads: 1 })
  test.teardown(() => duckdb.close())
  const lake = await openLake(test)
  const samples = (type: string, startMs: number) => ({
    labels: labelsFrom([['__name__', 'm'], ['__type__', type], ['x', '1']]),
    t: Float64Array.from({ length: 5 }, (_, i) => startMs + i * 10_000),
    v: Float64Array.from({ length: 5 }, (_, i) => i),
    stale: new Uint8Array(5),
  })
  await importSeries([samples('', 0), samples('counter', 1_000_000)], { file: 'twins' }, lake.parts)
  return async (text: string, features: readonly string[]) => {
    const request: QueryRequest = { language: 'promql', text, when: { kind: 'range', startNs: 0n, endNs: 1_100_000_000_000n, stepMs: 20_000 } }
    const { results } = await answerStraight({ lake, duckdb, request, limits: DEFAULT_LIMITS, features: readFeatures(features) })
    return new Set([...exactPoints(results).keys()].map((key) => key.replace(/ \d+$/, ''))).size
  }
}

t.test('where types are labels, series that differ in them alone fall together without their name, and that is an error', async (test) => {
  const ask = await twins(test)
  await test.rejects(ask('rate(m[1m])', TYPES), COLLISION)
  await test.rejects(ask('sum by (x) (rate(m[1m]))', TYPES), COLLISION)
  test.equal(await ask('m * 2', TYPES), 1, 'an operator looks at each step, and never are both there')
  test.equal(await ask('last_over_time(m[1m])', TYPES), 2, 'the name stays')
  test.equal(await ask('rate(m[1m])', [...TYPES, 'promql-delayed-name-removal']), 1, 'at the end they are joined, since no step has both')
})
