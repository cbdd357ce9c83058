/** Which series, label names and values there are in a range: the node's answer against a search through what was imported. */
import t, { type Test } from 'tap'
import { open } from '../../actors/main.js'
import type { Engine } from '../../src/model/engine.js'
import type { QueryRequest } from '../../src/model/event.js'
import { labelsKey } from '../../src/model/labels.js'
import type { Finding } from '../../src/model/plan.js'
import { bytesOf } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'
import { randomFrom } from '../harness/simulated-system.js'

t.setTimeout(120_000)

const T0 = 1_704_067_200_000
const HOUR = 3_600_000

interface Known {
  readonly labels: Readonly<Record<string, string>>
  /** In ms. */
  readonly times: readonly number[]
}

type Random = () => number

const LABELS = ['job', 'Instance', 'instance', 'zone', 'select']

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]
}

function labelsOf(random: Random, names: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const name of names) if (random() < 0.6) labels[name] = pick(random, ['a', 'b', "it's", 'ü"x\\', '0'])
  return labels
}

/** Evenly spaced, at odd times, or with a large gap. */
function timesOf(random: Random): readonly number[] {
  const from = T0 + Math.floor(random() * 6 * HOUR)
  const count = 1 + Math.floor(random() * 400)
  const width = pick(random, [1, 15_000, 60_000])
  const odd = random() < 0.5
  const times = new Set<number>()
  for (let i = 0; i < count; i++) times.add(from + i * width + (odd ? Math.floor(random() * width) : 0))
  if (random() < 0.3) times.add(from + 20 * HOUR)
  return [...times].sort((a, b) => a - b)
}

const SELECTORS = ['', '{job="a"}', '{job!="a",Instance=~".+"}', '{zone=~"a|b"}', '{zone=""}', '{select!~"it.*"}', '{missing="x"}'] as const

const HOLDS: Readonly<Record<(typeof SELECTORS)[number], (labels: Readonly<Record<string, string | undefined>>) => boolean>> = {
  '': () => true,
  '{job="a"}': ({ job }) => job === 'a',
  '{job!="a",Instance=~".+"}': ({ job, Instance = '' }) => job !== 'a' && Instance !== '',
  '{zone=~"a|b"}': ({ zone }) => zone === 'a' || zone === 'b',
  '{zone=""}': ({ zone = '' }) => zone === '',
  '{select!~"it.*"}': ({ select = '' }) => !select.startsWith('it'),
  '{missing="x"}': () => false,
}

async function found(engine: Engine, request: QueryRequest): Promise<readonly string[]> {
  const labels: string[] = []
  for await (const event of engine.query(request)) {
    if (event.type === 'error') throw new Error(event.error.message)
    if (event.type === 'data' && event.data.resultType === 'vector') labels.push(...event.data.block.labels.map(labelsKey))
  }
  return labels.sort()
}

function expected(series: readonly Known[], holds: (labels: Known['labels']) => boolean, from: number, to: number, finds: Finding): readonly string[] {
  const there = series.filter(({ labels, times }) => holds(labels) && times.some((time) => time >= from && time <= to))
  const keys = there.flatMap(({ labels }): string[] => {
    switch (finds.kind) {
      case 'series':
        return [labelsKey(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)).flat())]
      case 'names':
        return Object.keys(labels).map((name) => labelsKey(['name', name]))
      case 'values':
        return labels[finds.label] === undefined ? [] : [labelsKey([finds.label, labels[finds.label]])]
    }
  })
  return [...new Set(keys)].sort()
}

async function compare(t: Test, random: Random, engine: Engine, series: readonly Known[], language: 'promql' | 'logql'): Promise<void> {
  let nonEmpty = 0
  for (let round = 0; round < 120; round++) {
    const selector = pick(random, language === 'promql' ? SELECTORS.filter((text) => text !== '{zone=""}' && text !== '{select!~"it.*"}') : SELECTORS.filter((text) => !text.includes('""') && !text.includes('!~')))
    const finds: Finding = pick(random, [{ kind: 'series' }, { kind: 'names' }, { kind: 'values', label: pick(random, [...LABELS, 'nobody']) }])
    const edge = pick(random, pick(random, series).times)
    const from = edge + pick(random, [0, 1, -1, -HOUR, 7_001])
    const to = from + pick(random, [0, 1, 29_999, HOUR, 30 * HOUR])
    const request: QueryRequest = { language, text: selector, when: { kind: 'range', startNs: BigInt(from) * 1_000_000n, endNs: BigInt(to) * 1_000_000n, stepMs: 1 }, finds }
    const answer = await found(engine, request)
    const truth = expected(series, HOLDS[selector], from, to, finds)
    t.strictSame(answer, truth, `${language} ${selector} ${JSON.stringify(finds)} from ${from} to ${to}`)
    if (truth.length > 0) nonEmpty++
  }
  t.ok(nonEmpty > 30, `${nonEmpty} answers hold something`)
}

t.test('series of metrics', async (t) => {
  const random = randomFrom(11)
  const engine = await open({ data: await temporaryFolder(t) })
  t.teardown(() => engine.close())
  const series = Array.from({ length: 60 }, (_, at): Known => ({ labels: { ...labelsOf(random, LABELS), __name__: `m${at % 7}`, n: String(at) }, times: timesOf(random) }))
  for (const part of [series.slice(0, 25), series.slice(25)]) {
    const lines = part.map(({ labels, times }) => JSON.stringify({ labels, t: times, v: times.map((_, i) => (i % 9 === 8 ? 'stale' : i)) }))
    await engine.import({ file: 'part', format: 'series', body: bytesOf(lines.join('\n')) })
  }
  await compare(t, random, engine, series, 'promql')
})

t.test('streams of logs, without their structured metadata', async (t) => {
  const random = randomFrom(12)
  const engine = await open({ data: await temporaryFolder(t) })
  t.teardown(() => engine.close())
  const series = Array.from({ length: 40 }, (_, at): Known => ({ labels: { ...labelsOf(random, LABELS), n: String(at) }, times: timesOf(random) }))
  for (const part of [series.slice(0, 15), series.slice(15)]) {
    const streams = part.map(({ labels, times }) => ({ stream: labels, values: times.map((time) => [`${time}000000`, 'a line', { meta: 'x', zone: 'of the entry' }]) }))
    await engine.import({ file: 'part', format: 'loki', body: bytesOf(JSON.stringify({ streams })) })
  }
  await compare(t, random, engine, series, 'logql')
})

t.test('only label matchers are understood', async (t) => {
  const engine = await open({ data: await temporaryFolder(t) })
  t.teardown(() => engine.close())
  const when = { kind: 'range', startNs: 0n, endNs: 1n, stepMs: 1 } as const
  for (const [language, text] of [['promql', 'up offset 1m'], ['promql', 'rate(up[1m])'], ['logql', '{a="b"} |= "x"']] as const) {
    await t.rejects(found(engine, { language, text, when, finds: { kind: 'series' } }), { message: 'only label matchers are supported' }, text)
  }
})
