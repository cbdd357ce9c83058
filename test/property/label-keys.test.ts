/** Keys of labels, and many of them in one text: whatever letters they hold, the same labels come back. */
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { seriesBlock } from '../../src/model/block.js'
import { labelsFromKey, labelsKey, type Labels } from '../../src/model/labels.js'
import { packBlock, unpackBlock } from '../../src/wire/wire.js'
import { pick } from '../harness/logql-fuzz.js'

/** Among them letters whose halves are those of the separators, and bytes that are no text, which stand as second halves. */
const LETTERS = ['a', '\0', '\uffff', '\ud7ff', '\ue000', '\u{10000}', '\u{10001}', '\u{103ff}', '\u{10400}', '\u{1f400}', '\u{1f600}', '\u{10fc00}', '\u{10ffff}', '\udcff', '\udc80']

function text(random: Seeded): string {
  return Array.from({ length: 1 + random.below(4) }, () => pick(random, LETTERS)).join('')
}

function labels(random: Seeded): Labels {
  return Array.from({ length: random.below(4) }, () => [text(random), random.below(5) === 0 ? '' : text(random)]).flat()
}

t.test('labels come back from their key, and no two have the same', async (t) => {
  const random = seeded(1)
  const met = new Map<string, string>()
  for (let round = 0; round < 20_000; round++) {
    const set = labels(random)
    const key = labelsKey(set)
    const shown = JSON.stringify(set)
    if (JSON.stringify(labelsFromKey(key)) !== shown) return t.fail(`${shown} came back as ${JSON.stringify(labelsFromKey(key))}`)
    if ((met.get(key) ?? shown) !== shown) return t.fail(`${shown} has the key of ${met.get(key)}`)
    met.set(key, shown)
  }
  t.ok(met.size > 10_000, `${met.size} label sets`)
})

t.test('blocks come back with their labels', async (t) => {
  const random = seeded(2)
  for (let round = 0; round < 500; round++) {
    const sets = Array.from({ length: random.below(6) }, () => labels(random))
    const series = seriesBlock(sets, 1)
    const runs = { kind: 'runs', labels: sets, starts: new Int32Array(sets.length + 1), t: new Float64Array(0), v: new Float64Array(0) } as const
    const entries = { kind: 'entries', sets: sets.map((set) => ({ labels: set, stream: labels(random), metadata: labels(random), parsed: labels(random) })), set: new Int32Array(0), ts: new BigInt64Array(0), line: [text(random), '', text(random)] } as const
    for (const block of [series, runs, entries]) {
      const back = unpackBlock(packBlock(block))
      if (JSON.stringify(back, bigints) !== JSON.stringify(block, bigints)) return t.same(back, block, `round ${round}: ${block.kind}`)
    }
  }
  t.pass('all of them')
})

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
