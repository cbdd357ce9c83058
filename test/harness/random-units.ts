/** Units, blocks and results at random, with what is hard to carry; and a comparison to the bit. */
import type { Seeded } from '../../benchmarks/seeded.js'
import { FLOAT, HISTOGRAM, NO_STATS, type Block, type EntriesBlock, type RunsBlock, type SeriesBlock } from '../../src/model/block.js'
import type { RemoteResult } from '../../src/model/cluster.js'
import type { HistogramTotal, NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { WHOLE_HASH, type WorkUnit } from '../../src/model/plan.js'
import type { Segment } from '../../src/model/segment.js'
import { organisationFolder } from '../../src/storage/storage.js'
import { packBlock } from '../../src/wire/wire.js'
import { HOSTILE_NAMES, HOSTILE_VALUES } from './lake.js'
import { randomHistogram } from './random-histograms.js'

const NUMBERS: readonly number[] = [0, -0, 1, -1, 0.1, NaN, Infinity, -Infinity, 5e-324, 2 ** 31, -(2 ** 31), 2 ** 53, 1.7976931348623157e308]
const BIGINTS: readonly bigint[] = [0n, -1n, 1_704_067_200_000_000_000n, 2n ** 63n - 1n, -(2n ** 63n), 10n ** 40n]
const TEXTS: readonly string[] = [...HOSTILE_VALUES, ...HOSTILE_NAMES, '', '\ud800', 'a\udc00b\ud800', '\udc00\ud800', '🚒'.repeat(100)]
/** Bits of numbers that are none, which JavaScript itself does not tell apart. */
const NANS: readonly bigint[] = [0x7ff8000000000000n, 0x7ff0000000000002n, -0x7ffffffffffffn]

function pick<T>(random: Seeded, from: readonly T[]): T {
  return from[random.below(from.length)]
}

function listOf<T>(random: Seeded, most: number, make: () => T): T[] {
  return Array.from({ length: random.below(most + 1) }, make)
}

/** Plain data of any shape that may cross. */
export function randomValue(random: Seeded, depth: number): unknown {
  switch (random.below(depth > 0 ? 11 : 6)) {
    case 0:
      return pick(random, [undefined, null, true, false])
    case 1:
      return pick(random, NUMBERS)
    case 2:
      return pick(random, BIGINTS)
    case 3:
      return pick(random, TEXTS)
    case 4:
      return random.next() * 1e9 - 5e8
    case 5:
      return random.below(2 ** 32) - 2 ** 31
    case 6:
      return listOf(random, 4, () => randomValue(random, depth - 1))
    case 7:
      return new Map(listOf(random, 4, () => [pick(random, NUMBERS), randomValue(random, depth - 1)]))
    case 8:
      return doubles(random, random.below(9))
    case 9:
      return pick(random, [() => BigInt64Array.from(listOf(random, 5, () => BigInt.asIntN(64, pick(random, BIGINTS)))), () => Int32Array.of(1, -2), () => new Uint8Array(random.below(7))])()
    default:
      return Object.fromEntries(listOf(random, 5, () => [pick(random, TEXTS), randomValue(random, depth - 1)]))
  }
}

function doubles(random: Seeded, length: number): Float64Array<ArrayBuffer> {
  const bits = new BigInt64Array(length)
  const numbers = new Float64Array(bits.buffer)
  for (let i = 0; i < length; i++) {
    if (random.below(4) === 0) bits[i] = pick(random, NANS)
    else numbers[i] = pick(random, NUMBERS)
  }
  return numbers
}

function labels(random: Seeded): Labels {
  return labelsFrom(listOf(random, 4, () => [pick(random, HOSTILE_NAMES), pick(random, HOSTILE_VALUES)]))
}

export function randomBlock(random: Seeded, sizeMost: number): Block {
  switch (random.below(3)) {
    case 0:
      return randomSeries(random, sizeMost)
    case 1:
      return randomRuns(random, sizeMost)
    default:
      return randomEntries(random, sizeMost)
  }
}

function randomSeries(random: Seeded, sizeMost: number): SeriesBlock {
  const steps = 1 + random.below(5)
  const series = random.below(sizeMost + 1)
  const cells = series * steps
  const present = Uint8Array.from({ length: cells }, () => random.below(3))
  const histograms = new Map<number, NativeHistogram>()
  const totals = new Map<number, HistogramTotal>()
  present.forEach((what, cell) => {
    if (what === HISTOGRAM) histograms.set(cell, randomHistogram(random))
    if (what === FLOAT && random.below(4) === 0) totals.set(cell, randomTotal(random))
  })
  return {
    kind: 'series',
    steps,
    labels: Array.from({ length: series }, () => labels(random)),
    values: doubles(random, cells),
    present,
    columns: random.below(2) === 0 ? {} : { low: doubles(random, cells), ['__proto__']: doubles(random, cells) },
    ...(histograms.size === 0 ? {} : { histograms }),
    ...(totals.size === 0 ? {} : { totals }),
    ...(random.below(2) === 0 ? {} : { nameGoes: new Uint8Array(series).fill(1) }),
  }
}

function randomTotal(random: Seeded): HistogramTotal {
  const flag = (): boolean => random.below(2) === 0
  return {
    of: pick(random, ['sum', 'mean']),
    size: random.below(9),
    value: randomHistogram(random),
    low: randomHistogram(random),
    isMean: flag(),
    resetSeen: flag(),
    notResetSeen: flag(),
    boundsReconciled: flag(),
    incompatible: flag(),
  }
}

function randomRuns(random: Seeded, sizeMost: number): RunsBlock {
  const starts = [0]
  for (let run = random.below(sizeMost + 1); run > 0; run--) starts.push((starts.at(-1) ?? 0) + random.below(5))
  const samples = starts.at(-1) ?? 0
  return {
    kind: 'runs',
    labels: starts.slice(1).map(() => labels(random)),
    starts: Int32Array.from(starts),
    t: doubles(random, samples),
    v: doubles(random, samples),
    ...(samples === 0 || random.below(2) === 0 ? {} : { histograms: new Map([[samples - 1, randomHistogram(random)]]) }),
    ...(random.below(2) === 0 ? {} : { nanos: Int32Array.from({ length: samples }, () => random.below(1_000_000)) }),
    ...(random.below(2) === 0 ? {} : { startTimes: doubles(random, samples) }),
  }
}

function randomEntries(random: Seeded, sizeMost: number): EntriesBlock {
  const line = listOf(random, sizeMost * 3, () => pick(random, TEXTS))
  const sets = Array.from({ length: 1 + random.below(4) }, () => ({ labels: labels(random), stream: labels(random), metadata: labels(random), parsed: labels(random) }))
  return {
    kind: 'entries',
    sets,
    set: Int32Array.from(line, () => random.below(sets.length)),
    ts: BigInt64Array.from(line, () => BigInt.asIntN(64, pick(random, BIGINTS))),
    line,
  }
}

export function randomResult(random: Seeded, sizeMost: number): RemoteResult {
  const annotations = listOf(random, 3, () => ({ level: pick(random, ['warning', 'info'] as const), text: pick(random, TEXTS), span: { start: random.below(9), end: 9 } }))
  const stats = { ...NO_STATS, rows: random.below(1e9), readMs: random.next() * 100 }
  return { result: { block: packBlock(randomBlock(random, sizeMost)), annotations, stats }, bytesFetched: random.below(1e9), retries: random.below(3) }
}

/** Leaf and request hold whatever may stand in a plan, since they only pass through. */
export function randomUnit(random: Seeded): WorkUnit {
  const organisation = pick(random, ['default', 'ünï'])
  return {
    id: `${random.below(9)}.${random.below(9)}.${random.below(9)}`,
    organisation,
    language: pick(random, ['promql', 'logql'] as const),
    leaf: { signal: 'logs', kind: 'entries', needles: [{ alternatives: [[pick(random, TEXTS)]], labels: ['x'] }], rest: randomValue(random, 4) } as unknown as WorkUnit['leaf'],
    group: { index: random.below(9), firstStep: 0, stepCount: 1, startNs: pick(random, BIGINTS), endNs: pick(random, BIGINTS) },
    grid: { startMs: pick(random, NUMBERS), startNanos: 0, stepMs: 15_000, count: 1 },
    interval: WHOLE_HASH,
    segments: listOf(random, 40, () => randomSegment(random, organisationFolder(organisation))),
    ...(random.below(2) === 0 ? {} : { entries: { startNs: -1n, endNs: 2n ** 62n, direction: 'forward' as const, limit: 0 } }),
    estimatedSamples: pick(random, NUMBERS),
    limits: { ...DEFAULT_LIMITS, querySeriesMax: pick(random, [1, Infinity]) },
  }
}

function randomSegment(random: Seeded, folder: string): Segment {
  return {
    id: String(random.below(1e9)),
    created: random.below(1e6),
    signal: 'logs',
    object: `${folder}/a/b.parquet`,
    timeMin: pick(random, BIGINTS),
    timeMax: pick(random, BIGINTS),
    hashMin: -(2 ** 31),
    hashMax: 2 ** 31 - 1,
    rows: random.below(1e6),
    series: random.below(1e3),
    samples: random.below(1e9),
    bytes: 2 ** 40,
    checksum: '0123456789abcdef',
    columns: listOf(random, 3, () => ({ kind: 'stream' as const, name: pick(random, HOSTILE_NAMES), column: 'c', ...(random.below(2) === 0 ? {} : { values: 3 }) })),
    names: listOf(random, 3, () => pick(random, HOSTILE_NAMES)),
    layout: 3,
    ...(random.below(2) === 0 ? {} : { wordIndex: { object: `${folder}/a/b.words`, bytes: 77, checksum: 'fedcba9876543210' } }),
    ...(random.below(2) === 0 ? {} : { fields: { parsed: { json: 1, logfmt: 0 }, names: [{ parser: 'json' as const, name: pick(random, HOSTILE_NAMES), column: 'f1' }] } }),
  }
}

/** Where two values differ, in any bit, the order of fields included; undefined if nowhere. */
export function difference(a: unknown, b: unknown, place = ''): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b) ? undefined : `${place}: ${String(a)} and ${String(b)}`
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${place}: of two kinds`
  if (ArrayBuffer.isView(a)) return bytesOf(a).equals(bytesOf(b as typeof a)) ? undefined : `${place}: bits of ${a.constructor.name}`
  if (a instanceof Map) return difference([...a].sort(byKey), [...(b as typeof a)].sort(byKey), `${place} map`)
  const [names, others] = [Object.keys(a), Object.keys(b)]
  if (names.length !== others.length) return `${place}: ${names.length} and ${others.length} fields`
  for (const [i, name] of names.entries()) {
    if (others[i] !== name) return `${place}: fields ${name} and ${others[i]}`
    const found = difference(Reflect.get(a, name), Reflect.get(b, name), `${place}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function byKey([a]: [unknown, unknown], [b]: [unknown, unknown]): number {
  return Number(a) - Number(b)
}

function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
}
