import t from 'tap'
import { findAccumulator } from '../../src/language/language.js'
import { AnswerEntries, Merge, repeatStep } from '../../src/merge/merge.js'
import { seriesBlock, type EntriesBlock, type SeriesBlock } from '../../src/model/block.js'
import { compareLabels, labelsFrom, labelsKey, type Labels } from '../../src/model/labels.js'
import type { Direction, Leaf, WorkUnit } from '../../src/model/plan.js'
import type { Segment } from '../../src/model/segment.js'
import { randomFrom, type Random } from '../harness/simulated-system.js'

const SEEDS = 300
const integer = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from + 1))

function leafOf(signal: 'metrics' | 'logs', kind: 'samples' | 'entries', accumulator: string): Leaf {
  return { id: 0, signal, kind, window: { kind: 'instant' }, matchers: [], accumulate: { accumulator, grouping: { without: false, labels: ['g'] } } } as unknown as Leaf
}

function unitsOf(count: number, entries?: WorkUnit['entries']): readonly WorkUnit[] {
  return Array.from({ length: count }, (_, part) => ({ id: `0.0.${part}`, interval: { from: part * 10, to: part * 10 + 10 }, entries }) as unknown as WorkUnit)
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key).map(({ item }) => item)
}

function randomBlock(random: Random, steps: number, column: readonly string[], values: () => number): SeriesBlock {
  const groups = shuffled(random, ['a', 'b', 'c', 'd', 'e']).slice(0, integer(random, 0, 5))
  const block = seriesBlock(groups.map((g) => labelsFrom([['g', g]])), steps)
  const columns = column.map(() => new Float64Array(block.values.length))
  for (let i = 0; i < block.values.length; i++) {
    block.values[i] = values()
    block.present[i] = random() < 0.7 ? 1 : 0
  }
  return { ...block, columns: Object.fromEntries(column.map((name, c) => [name, columns[c]])) }
}

function merged(random: Random, leaf: Leaf, units: readonly WorkUnit[], blocks: readonly (SeriesBlock | EntriesBlock)[], steps: number) {
  const merge = new Merge(leaf, shuffled(random, units), steps)
  for (const at of shuffled(random, units.map((_, index) => index))) {
    if (merge.complete) throw new Error('complete before its time')
    merge.push(units[at].id, blocks[at])
  }
  return merge.finish()
}

t.test('states merge by labels, in any order of arrival, to what one sum over all would be', async (t) => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = randomFrom(seed)
    const name = ['sum', 'max', 'min', 'count'][seed % 4]
    const steps = integer(random, 1, 5)
    const units = unitsOf(integer(random, 0, 6))
    const blocks = units.map(() => randomBlock(random, steps, findAccumulator(name)!.columns, () => integer(random, -100, 100)))
    const expected = new Map<string, number>()
    for (const block of blocks) {
      block.values.forEach((value, i) => {
        if (block.present[i] === 0) return
        const key = `${labelsKey(block.labels[Math.floor(i / steps)])} ${i % steps}`
        const held = expected.get(key)
        if (held === undefined) expected.set(key, value)
        else expected.set(key, name === 'max' ? Math.max(held, value) : name === 'min' ? Math.min(held, value) : held + value)
      })
    }
    const result = merged(random, leafOf('metrics', 'samples', name), units, blocks, steps) as SeriesBlock
    const found = new Map<string, number>()
    result.values.forEach((value, i) => {
      if (result.present[i] === 1) found.set(`${labelsKey(result.labels[Math.floor(i / steps)])} ${i % steps}`, value)
    })
    const sorted = result.labels.every((labels, s) => s === 0 || compareLabels(result.labels[s - 1], labels) < 0)
    if (!sorted || found.size !== expected.size || [...expected].some(([key, value]) => found.get(key) !== value)) t.fail(`seed ${seed}`)
  }
})

t.test('sums of parts that cancel keep what a single double would lose', async (t) => {
  const units = unitsOf(3)
  const blocks = [1e16, 1, -1e16].map((value) => {
    const block = seriesBlock([labelsFrom([['g', 'a']])], 1)
    block.values[0] = value
    block.present[0] = 1
    return { ...block, columns: { low: new Float64Array(1) } }
  })
  const result = merged(randomFrom(1), leafOf('metrics', 'samples', 'sum'), units, blocks, 1) as SeriesBlock
  t.equal(result.values[0], 1)
})

t.test('samples stand one unit after the other; those of logs with equal labels are added up', async (t) => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = randomFrom(seed)
    const steps = integer(random, 1, 4)
    const units = unitsOf(integer(random, 1, 5))
    const blocks = units.map(() => randomBlock(random, steps, [], () => integer(random, 0, 100)))
    const joined = merged(random, leafOf('metrics', 'samples', 'samples'), units, blocks, steps) as SeriesBlock
    const values = blocks.flatMap((block) => [...block.values])
    const same = joined.values.every((value, i) => value === values[i]) && joined.labels.length === blocks.flatMap((block) => block.labels).length
    if (!same) t.fail(`seed ${seed}: samples of metrics`)
    const added = merged(random, leafOf('logs', 'samples', 'samples'), units, blocks, steps) as SeriesBlock
    const sum = (block: SeriesBlock) => block.values.reduce((total, value, i) => total + (block.present[i] === 1 ? value : 0), 0)
    const distinct = new Set(blocks.flatMap((block) => block.labels.map(labelsKey))).size
    if (sum(added) !== blocks.reduce((total, block) => total + sum(block), 0) || added.labels.length !== distinct) t.fail(`seed ${seed}: samples of logs`)
  }
})

interface Row {
  readonly ts: bigint
  readonly labels: Labels
  readonly line: string
}

t.test('entries merge as one sort of all, cut to the limit', async (t) => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = randomFrom(seed)
    const direction: Direction = random() < 0.5 ? 'forward' : 'backward'
    const limit = integer(random, 0, 2) * 7
    const sign = direction === 'forward' ? 1 : -1
    const order = (a: Row, b: Row) => sign * Number(a.ts - b.ts) || compareLabels(a.labels, b.labels)
    const units = unitsOf(integer(random, 1, 5), { startNs: 0n, endNs: 100n, direction, limit })
    const rows = units.map((unit) =>
      Array.from({ length: integer(random, 0, 12) }, (_, index): Row => ({
        ts: BigInt(integer(random, 0, 6)),
        labels: labelsFrom([['g', String(integer(random, 0, 2))]]),
        line: `${unit.id} ${index}`,
      })).sort(order),
    )
    const result = merged(random, leafOf('logs', 'entries', 'samples'), units, rows.map(blockOf), 1) as EntriesBlock
    const all = rows.flat().sort(order)
    const expected = limit > 0 ? all.slice(0, limit) : all
    t.strictSame(rowsOf(result), expected.map(({ ts, labels, line }) => [ts, labels, line]), `seed ${seed}`)
    t.ok(result.sets.length <= 3 || units.length === 1, `seed ${seed}: each label set once`)
    const given = rowsOf(result)
    const cut = new AnswerEntries({ limit: 3 })
    t.strictSame(rowsOf(cut.take(result)), given.slice(0, 3), `seed ${seed}: cut`)
    t.equal(cut.full, given.length >= 3, `seed ${seed}: full`)
    const sampled = new AnswerEntries({ limit: 0, intervalNs: 2n })
    t.strictSame(rowsOf(sampled.take(result)), atLeastTwoApart(result), `seed ${seed}: sampled`)
  }
})

/** The rows that are two nanoseconds or more from the one kept before. */
function atLeastTwoApart(block: EntriesBlock): readonly unknown[] {
  let last: bigint | undefined
  return rowsOf(block).filter((_, at) => {
    const ts = block.ts[at]
    const kept = last === undefined || ts - last >= 2n || last - ts >= 2n
    if (kept) last = ts
    return kept
  })
}

function blockOf(rows: readonly Row[]): EntriesBlock {
  return {
    kind: 'entries',
    sets: rows.map(({ labels }) => ({ labels, stream: labels, metadata: [], parsed: [] })),
    set: Int32Array.from(rows, (_, index) => index),
    ts: BigInt64Array.from(rows, (row) => row.ts),
    line: rows.map((row) => row.line),
  }
}

function rowsOf(block: EntriesBlock): readonly unknown[] {
  return block.line.map((line, index) => [block.ts[index], block.sets[block.set[index]].labels, line])
}

t.test('what cannot be is a mistake of ours, never a wrong answer', async (t) => {
  const leaf = leafOf('metrics', 'samples', 'sum')
  const units = unitsOf(2)
  const block = { ...seriesBlock([], 1), columns: { low: new Float64Array(0) } }
  const merge = new Merge(leaf, units, 1)
  merge.push('0.0.0', block)
  t.throws(() => merge.push('0.0.0', block), { code: 'internal' }, 'twice')
  t.throws(() => merge.push('0.0.7', block), { code: 'internal' }, 'not asked for')
  t.throws(() => merge.push('0.0.1', seriesBlock([], 2)), { code: 'internal' }, 'another number of steps')
  t.throws(() => merge.finish(), { code: 'internal' }, 'too early')
  const overlapping = [units[0], { ...units[1], interval: { from: 5, to: 20 } }].map((unit, at) => ({ ...unit, segments: [{ object: `o/${at}` } as Segment] }))
  t.throws(() => new Merge(leaf, overlapping, 1), { code: 'internal', message: /hold the same series/ })
  const together = overlapping.map((unit) => ({ ...unit, segments: [{ object: 'o/1' } as Segment] }))
  t.throws(() => new Merge(leafOf('logs', 'samples', 'sum'), together, 1), { code: 'internal', message: /hold the same entries, those of o\/1/ })
  t.ok(new Merge(leafOf('logs', 'samples', 'sum'), overlapping, 1), 'units of logs may have streams in common')
  const unknown = new Merge(leafOf('metrics', 'samples', 'constructor'), [], 1)
  t.throws(() => unknown.finish(), { code: 'internal' })
})

t.test('a pinned step is repeated', async (t) => {
  const block = seriesBlock([labelsFrom([['g', 'a']]), labelsFrom([['g', 'b']])], 1)
  block.values.set([7, 8])
  block.present.set([1, 0])
  const repeated = repeatStep(block, 3)
  t.strictSame([...repeated.values], [7, 7, 7, 8, 8, 8])
  t.strictSame([...repeated.present], [1, 1, 1, 0, 0, 0])
})
