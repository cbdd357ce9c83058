/**
 * Values that `unwrap` reads, over real Parquet segments, against a slow evaluation: streams that end in the same labels, equal
 * timestamps, copies, windows that end on an entry to the nanosecond, any cut of the hashes and of the steps.
 */
import t, { type Test } from 'tap'
import { prepare } from '../../actors/prepare.js'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import { runLogUnit } from '../../src/execute/logs.js'
import { Merge } from '../../src/merge/merge.js'
import type { LocalSegment } from '../../src/model/engine.js'
import type { RunsBlock } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import type { Grouping } from '../../src/model/expr.js'
import { labelsFrom, labelsKey, labelValue, onlyLabels, seriesHash, withoutLabels, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { WHOLE_HASH, type LogValuesLeaf, type LogWindowNode } from '../../src/model/plan.js'
import { gridSlice, stepTimeNs, type Grid } from '../../src/model/time.js'
import { explainPlan } from '../../src/plan/plan.js'
import type { Duckdb } from '../../src/segment/segment.js'
import { evaluated } from '../harness/evaluated.js'
import { logsOf, pick, randomFrom, randomSegments, SECOND, START, unitContext, valuesUnit, withLake, type LogEntry } from '../harness/log-lake.js'
import { passed, SLOW_RANGES, type Passed } from '../harness/slow-logs.js'
import { TEST_FEATURES } from '../harness/straight.js'

const SEEDS = 16
const TEXT = '{app=~".+"} | logfmt | drop pod'
const GROUPINGS: readonly Grouping[] = [
  { without: true, labels: [] },
  { without: true, labels: ['k'] },
  { without: false, labels: [] },
  { without: false, labels: ['app', 'v'] },
  { without: false, labels: ['app'] },
]

t.setTimeout(180_000)

interface Asked {
  readonly leaf: LogValuesLeaf
  readonly root: LogWindowNode
  readonly grid: Grid
}

t.test('every range aggregation over values says what its plainest form says, however it is cut', async (t) => {
  await withLake(async (lake, duckdb) => {
    const counts = { values: 0, errors: 0 }
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = randomFrom(seed + 9000)
      const { segments, arrived } = await randomSegments(lake, random, valueEntries(random))
      const entries = passed(arrived, TEXT)
      for (const fn of Object.keys(SLOW_RANGES)) {
        const asked = randomQuestion(random, fn)
        const name = `seed ${seed}: ${fn} [${asked.leaf.rangeNs}] offset ${asked.leaf.offsetNs} ${JSON.stringify([asked.leaf.accumulate.grouping, asked.leaf.unwrap.filters.length, asked.grid])}`
        const wanted = slow(asked, entries)
        const whole = await answered(asked, segments, duckdb, () => [])
        counts[wanted === 'SampleExtractionErr' ? 'errors' : 'values']++
        if (differs(t, whole, wanted, 1e-9, name)) return
        const cut = await answered(asked, segments, duckdb, () => [random(), random(), random()])
        if (differs(t, cut, whole, 0, `${name}: four intervals of hashes`)) return
        if (typeof whole === 'string') continue
        const at = Math.floor(random() * asked.grid.count)
        const alone = await answered({ ...asked, grid: gridSlice(asked.grid, at, 1) }, segments, duckdb, () => [random()])
        const there = [...whole].filter(([key]) => key.endsWith(` ${at}`)).map(([key, value]) => [key.replace(/ \d+$/, ' 0'), value] as const)
        if (differs(t, alone, new Map(there), 0, `${name}: step ${at} alone`)) return
      }
    }
    t.ok(counts.values > 100 && counts.errors >= 5, JSON.stringify(counts))
  })
})

function valueEntries(random: () => number): LogEntry[] {
  const oops = random() < 0.3 ? 'v=oops' : 'v='
  const values = ['v=1.25', 'v=0.1', 'v=7', 'v=7e-1', 'v=12.5', 'v=-3', 'v=1000000.1', oops, 'none', ...(random() < 0.5 ? ['v=NaN'] : [])]
  return Array.from({ length: 1 + Math.floor(random() * 120) }, () => ({
    labels: labelsFrom([['app', pick(random, ['a', 'b'])], ['pod', pick(random, ['p0', 'p1', 'p2', 'p3'])]]),
    ts: START + BigInt(Math.floor(random() * 30)) * SECOND + (random() < 0.3 ? BigInt(Math.floor(random() * 3) - 1) : 0n),
    line: `k=${pick(random, ['x', 'y'])} ${pick(random, values)}`,
    metadata: [],
  }))
}

function randomQuestion(random: () => number, fn: string): Asked {
  const span = { start: 0, end: 0 }
  const errorless = { kind: 'matcher', matcher: { name: '__error__', op: '=', value: '' }, span } as const
  const unwrap = { label: 'v', span, filters: random() < 0.5 ? [errorless] : [] }
  const rangeNs = pick(random, [1n, SECOND, 4n * SECOND, 7_500_000_000n, 20n * SECOND])
  const offsetNs = pick(random, [0n, 0n, SECOND, -2n * SECOND, 500_000_001n])
  const accumulate = { accumulator: 'samples', grouping: pick(random, GROUPINGS) }
  const { matchers, stages } = logsOf(TEXT)
  const leaf: LogValuesLeaf = { id: 0, signal: 'logs', kind: 'values', matchers, stages, unwrap, rangeNs, offsetNs, accumulate }
  const args = fn === 'quantile_over_time' ? [pick(random, [0, 0.3, 0.5, 1, 1.5])] : []
  const startMs = Number(START / 1_000_000n) + Math.floor(random() * 30) * 1000
  const startNanos = pick(random, [0, 0, 1, 999_999])
  const grid = { startMs, startNanos, stepMs: pick(random, [1, 1000, 2500, 7000]), count: 1 + Math.floor(random() * 15) }
  return { leaf, root: { kind: 'logWindow', fn, args, leaf: 0, rangeNs, offsetNs }, grid }
}

/** By labels and number of the step; or the name of the error. */
type Answer = ReadonlyMap<string, number> | string

/** `cutsOf`: where the hashes are cut, each from 0 to 1. */
async function answered({ leaf, root, grid }: Asked, segments: readonly LocalSegment[], duckdb: Duckdb, cutsOf: () => readonly number[]): Promise<Answer> {
  const bounds = [WHOLE_HASH.from, ...cutsOf().map((at) => Math.floor((at - 0.5) * 2 ** 32)).sort((a, b) => a - b), WHOLE_HASH.to]
  const units = bounds.slice(1).map((to, part) => valuesUnit(leaf, grid, { from: bounds[part], to }, part))
  const merge = new Merge(leaf, units, grid.count)
  try {
    for (const unit of units.toReversed()) merge.push(unit.id, (await runLogUnit(unit, segments, unitContext(duckdb))).block)
  } catch (thrown) {
    const { error } = QueryError.from(thrown).facts
    if (error === undefined) throw thrown
    return String(error)
  }
  const evaluator = createEvaluator({ language: 'logql', naming: 'immediate', root, leaves: [leaf] })
  const value = evaluated(evaluator.evaluateGroup(grid, [merge.finish() as RunsBlock]))
  if (value.type !== 'vector') throw new Error('not a vector')
  const { labels, present, values, steps } = value.block
  return new Map([...present.keys()].flatMap((at) => (present[at] === 0 ? [] : [[`${labelsKey(labels[Math.floor(at / steps)])} ${at % steps}`, values[at]] as const])))
}

function slow({ leaf, root, grid }: Asked, entries: readonly Passed[]): Answer {
  const answer = new Map<string, number>()
  const filtered = leaf.unwrap.filters.length > 0
  const readable = entries.filter(({ labels }) => labelValue(labels, 'v') !== '' && !(filtered && labelValue(labels, 'v') === 'oops'))
  const ordered = [...readable].sort((a, b) => Number(a.ts - b.ts) || (a.stream < b.stream ? -1 : Number(a.stream > b.stream)))
  for (let k = 0; k < grid.count; k++) {
    const endNs = stepTimeNs(grid, k) - leaf.offsetNs
    const inside = ordered.filter(({ ts }) => ts > endNs - leaf.rangeNs && ts <= endNs)
    if (inside.some(({ labels }) => labelValue(labels, 'v') === 'oops')) return 'SampleExtractionErr'
    const keyOf = ({ labels }: Passed): string => labelsKey(grouped(labels, leaf.accumulate.grouping))
    for (const key of new Set(inside.map(keyOf))) {
      const members = inside.filter((entry) => keyOf(entry) === key)
      const values = members.map(({ ts, labels }) => ({ ts, value: Number(labelValue(labels, 'v')) }))
      answer.set(`${key} ${k}`, SLOW_RANGES[root.fn](values, endNs - leaf.rangeNs, endNs, root.args[0]))
    }
  }
  return answer
}

function grouped(labels: Labels, { without, labels: names }: Grouping): Labels {
  return without ? withoutLabels(labels, new Set([...names, 'v'])) : onlyLabels(labels, new Set(names))
}

function differs(t: Test, seen: Answer, wanted: Answer, tolerance: number, name: string): boolean {
  if (typeof seen === 'string' || typeof wanted === 'string') return seen !== wanted && !t.same(seen, wanted, name)
  const near = (a: number | undefined, b: number | undefined): boolean =>
    Object.is(a, b) || (a !== undefined && b !== undefined && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b)))
  const keys = [...new Set([...seen.keys(), ...wanted.keys()])].filter((key) => !near(seen.get(key), wanted.get(key)))
  if (keys.length > 0) t.fail(`${name}: ${keys.slice(0, 3).map((key) => `${key}: ${seen.get(key)}, wanted ${wanted.get(key)}`).join('; ')}`)
  return keys.length > 0
}

t.test('of equal times the stream with the lower hash comes first, whatever was imported first', async (t) => {
  await withLake(async (lake, duckdb) => {
    const entries = ['p0', 'p1'].map((pod): LogEntry => ({ labels: labelsFrom([['app', 'a'], ['pod', pod]]), ts: START, line: `v=${pod.slice(1)}`, metadata: [] }))
    const lowest = seriesHash(entries[0].labels) < seriesHash(entries[1].labels) ? 0 : 1
    const { leaf, grid } = randomQuestion(randomFrom(1), 'first_over_time')
    const together = { ...leaf, rangeNs: 100n * SECOND, offsetNs: -60n * SECOND, accumulate: { ...leaf.accumulate, grouping: { without: false, labels: [] } } }
    for (const order of [entries, entries.toReversed()]) {
      const segments = [await lake.segment([order[0]], 1), await lake.segment([order[1]], 2)]
      const unit = valuesUnit(together, { ...grid, count: 1 }, WHOLE_HASH, 0)
      const block = (await runLogUnit(unit, segments, unitContext(duckdb))).block as RunsBlock
      t.same([...block.v], [lowest, 1 - lowest])
    }
  })
})

t.test('a unit holds so many values and no more', async (t) => {
  await withLake(async (lake, duckdb) => {
    const random = randomFrom(1)
    const { segments, arrived } = await randomSegments(lake, random, valueEntries(random).map((entry) => ({ ...entry, line: 'v=1' })))
    const { leaf, grid } = randomQuestion(random, 'sum_over_time')
    const all = { ...leaf, rangeNs: 100n * SECOND, offsetNs: -60n * SECOND }
    const unit = valuesUnit(all, { ...grid, count: 1 }, WHOLE_HASH, 0)
    const size = passed(arrived, TEXT).length
    await t.resolves(runLogUnit({ ...unit, limits: { ...DEFAULT_LIMITS, unitPointsMax: size } }, segments, unitContext(duckdb)))
    await t.rejects(runLogUnit({ ...unit, limits: { ...DEFAULT_LIMITS, unitPointsMax: size - 1 } }, segments, unitContext(duckdb)), { code: 'limit_exceeded', facts: { limit: 'unitPointsMax' } })
  })
})

t.test('a plan tells where values are aggregated, and refuses a range that doubles cannot hold', (t) => {
  const planned = (text: string): string => {
    const when = { kind: 'range', startNs: START, endNs: START + SECOND, stepMs: 1000 } as const
    return explainPlan(prepare({ language: 'logql', text, when }, DEFAULT_LIMITS, TEST_FEATURES), DEFAULT_LIMITS)
  }
  t.match(planned('quantile_over_time(0.9, {a="b"} | unwrap bytes(c) | d="e" [1m] offset 1s) by (f)'), /quantile_over_time\(0\.9\) at the root over 60000000000ns offset 1000000000ns\n.*leaf 0 logs[^]*the values of bytes\(c\), 1 filters after it .* by \(f\)\n[^]*not pushed further: /)
  t.match(planned('sum by (f) (sum_over_time({a="b"} | unwrap c [1m]))'), /^logql matrix\n  sum_over_time at the root[^]* by \(f\)\n/)
  t.match(planned('sum(sum by (f) (sum_over_time({a="b"} | unwrap c [1m])))'), /^logql matrix\n  sum by \(\)\n    sum_over_time at the root[^]* by \(f\)\n/)
  t.doesNotThrow(() => planned('sum_over_time({a="b"} | unwrap c [100d])'))
  t.throws(() => planned('sum_over_time({a="b"} | unwrap c [101d])'), { code: 'bad_query', message: /100 days/ })
  t.throws(() => planned('approx_topk(1, sum_over_time({a="b"} | unwrap c [1m]))'), { code: 'bad_query', message: /only supported on instant queries/ })
  t.end()
})
