/** What one seed stands for: a small lake, queries over it cut at random, and what goes wrong. */
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import { labelsFrom, type Labels } from '../../src/model/labels.js'
import type { LogEntriesLeaf, Plan, SampleLeaf, TimeGroup } from '../../src/model/plan.js'
import type { Segment } from '../../src/model/segment.js'
import { randomFrom, type Random } from '../harness/simulated-system.js'

export interface Series {
  readonly labels: Labels
  readonly hash: number
}

export interface Entry {
  readonly labels: Labels
  readonly hash: number
  readonly ts: bigint
  readonly line: string
}

export interface Lake {
  /** Ascending by hash. */
  readonly series: readonly Series[]
  readonly entries: readonly Entry[]
  readonly segments: readonly Segment[]
}

/** How a thing that may fail does: never, a few times and then no more, or for good. */
export type Trouble = 'none' | 'passing' | 'lasting'

export interface Faults {
  /** A thread is lost while a unit runs. */
  readonly thread: Trouble
  /** A unit finds wrong bytes. */
  readonly corruptUnits: boolean
  readonly slowUnits: boolean
  readonly slowEvaluation: boolean
  readonly fetch: Trouble
  readonly corruptObjects: boolean
  readonly slowFetches: boolean
  readonly catalog: 'well' | 'slow' | 'failing'
  readonly badQuery: boolean
  /** A mistake of ours in the dispatcher: it fails and is made anew. */
  readonly dispatcherFails: boolean
  readonly evictionFails: boolean
  /** The node is stopped in the middle. */
  readonly stopsAtMs: number | undefined
}

export type ReaderHabit =
  | { readonly kind: 'steady' }
  | { readonly kind: 'slow'; readonly pauseMs: number }
  | { readonly kind: 'stops'; readonly afterEvents: number; readonly pauseMs: number }
  | { readonly kind: 'leaves'; readonly afterEvents: number }
  | { readonly kind: 'aborts'; readonly afterMs: number }

export interface SimulatedQuery {
  readonly text: string
  readonly plan: Plan
  readonly groups: readonly TimeGroup[]
  /** For each group and leaf, the bounds of its hash intervals. */
  readonly cuts: ReadonlyMap<string, readonly number[]>
  readonly reader: ReaderHabit
  readonly startMs: number
  readonly timeoutMs: number | undefined
  readonly partial?: 'allow'
}

export interface Scenario {
  readonly seed: number
  readonly limits: Limits
  readonly lake: Lake
  readonly faults: Faults
  readonly queries: readonly SimulatedQuery[]
  readonly threads: number
  /** Objects are read where they are, as from a directory store: nothing is copied. */
  readonly inPlace: boolean
}

export const STEP_MS = 1000

export function scenarioOf(seed: number): Scenario {
  const random = randomFrom(seed)
  const lake = lakeOf(random)
  const faulty = chance(random, 0.7)
  return {
    seed,
    lake,
    limits: limitsOf(random),
    faults: faulty ? faultsOf(random) : NO_FAULTS,
    queries: Array.from({ length: integer(random, 1, 3) }, (_, index) => ({ ...queryOf(random, index, faulty), ...((seed + index) % 3 === 0 ? { partial: 'allow' as const } : {}) })),
    threads: integer(random, 1, 4),
    inPlace: chance(random, 0.2),
  }
}

export function integer(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

export function chance(random: Random, probability: number): boolean {
  return random() < probability
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]
}

export const NO_FAULTS: Faults = {
  thread: 'none',
  corruptUnits: false,
  slowUnits: false,
  slowEvaluation: false,
  fetch: 'none',
  corruptObjects: false,
  slowFetches: false,
  catalog: 'well',
  badQuery: false,
  dispatcherFails: false,
  evictionFails: false,
  stopsAtMs: undefined,
}

function faultsOf(random: Random): Faults {
  return {
    thread: pick(random, ['none', 'none', 'passing', 'passing', 'lasting']),
    corruptUnits: chance(random, 0.1),
    slowUnits: chance(random, 0.3),
    slowEvaluation: chance(random, 0.3),
    fetch: pick(random, ['none', 'none', 'passing', 'passing', 'lasting']),
    corruptObjects: chance(random, 0.1),
    slowFetches: chance(random, 0.3),
    catalog: pick(random, ['well', 'well', 'well', 'slow', 'failing']),
    badQuery: chance(random, 0.05),
    dispatcherFails: chance(random, 0.05),
    evictionFails: chance(random, 0.1),
    stopsAtMs: chance(random, 0.05) ? integer(random, 0, 300) : undefined,
  }
}

export function limitsOf(random: Random): Limits {
  return {
    ...DEFAULT_LIMITS,
    groupsAheadMax: integer(random, 0, 3),
    eventsBufferedMax: integer(random, 1, 5),
    evaluationSliceMs: pick(random, [0, 5, 20]),
    fetchesAtOnceMax: integer(random, 1, 4),
    unitsPrefetchedMax: integer(random, 0, 2),
    cacheBytesMax: pick(random, [100, 500, 10_000]),
    actorMessagesPerTurn: integer(random, 1, 3),
    progressEveryMs: pick(random, [10, 100, 1000]),
    queryTimeoutMs: 600_000,
    queryWaitMs: 600_000,
    queriesRunningMax: integer(random, 1, 3),
  }
}

export function lakeOf(random: Random): Lake {
  const series = Array.from({ length: integer(random, 0, 10) }, (_, index) => ({
    labels: labelsFrom([['g', `g${integer(random, 0, 3)}`], ['id', `s${index}`]]),
    hash: integer(random, -(2 ** 31), 2 ** 31 - 1),
  })).sort((a, b) => a.hash - b.hash)
  const entries = Array.from({ length: integer(random, 0, 40) }, (_, index) => {
    const { labels, hash } = series.length === 0 ? { labels: labelsFrom([['g', 'only']]), hash: 0 } : pick(random, series)
    return { labels, hash, ts: BigInt(integer(random, 0, 30)) * 100_000_000n, line: `line ${index}` }
  })
  return { series, entries, segments: Array.from({ length: integer(random, 1, 8) }, (_, index) => segmentOf(random, index)) }
}

export function segmentOf(random: Random, index: number): Segment {
  const wordIndex = { object: `w/${index}`, bytes: integer(random, 1, 20), checksum: '0000000000000000' }
  return {
    id: String(index),
    created: 1,
    signal: 'metrics',
    object: `o/${index}`,
    timeMin: 0n,
    timeMax: 1_000_000_000_000n,
    hashMin: -(2 ** 31),
    hashMax: 2 ** 31 - 1,
    rows: 1,
    series: 1,
    samples: 1,
    bytes: integer(random, 20, 200),
    checksum: '0000000000000000',
    columns: [],
    names: [],
    layout: 1,
    ...(chance(random, 0.5) ? { wordIndex } : {}),
  }
}

/** How large a query may be. */
export interface QuerySize {
  readonly groups: number
  readonly leaves: number
  /** Intervals of the hash, of a leaf in a group. */
  readonly parts: number
}

const LARGE: QuerySize = { groups: 8, leaves: 3, parts: 5 }

export function queryOf(random: Random, index: number, faulty: boolean, size = LARGE): SimulatedQuery {
  const isLogs = chance(random, 0.3)
  const groups = isLogs ? entryGroups(random, chance(random, 0.5)) : stepGroups(random, size)
  const plan = isLogs ? entriesPlan(random, groups) : samplesPlan(random, groups, size)
  const cuts = new Map<string, readonly number[]>()
  for (const group of groups) for (const leaf of plan.leaves) cuts.set(`${leaf.id}.${group.index}`, hashBounds(random, size))
  return {
    text: `query ${index}`,
    plan,
    groups,
    cuts,
    reader: faulty ? readerOf(random) : { kind: 'steady' },
    startMs: integer(random, 0, 50),
    timeoutMs: faulty && chance(random, 0.1) ? integer(random, 1, 400) : undefined,
  }
}

/** Bounds of as many intervals as the size allows, or of none, over the whole range of hashes; no interval: the leaf has no segments there. */
function hashBounds(random: Random, size: QuerySize): readonly number[] {
  const parts = integer(random, 0, size.parts)
  if (parts === 0) return []
  const inner = Array.from({ length: parts - 1 }, () => integer(random, -(2 ** 31) + 1, 2 ** 31 - 1))
  return [...new Set([-(2 ** 31), ...inner, 2 ** 31])].sort((a, b) => a - b)
}

function readerOf(random: Random): ReaderHabit {
  switch (integer(random, 0, 6)) {
    case 0:
      return { kind: 'slow', pauseMs: integer(random, 1, 200) }
    case 1:
      return { kind: 'stops', afterEvents: integer(random, 0, 5), pauseMs: integer(random, 1000, 60_000) }
    case 2:
      return { kind: 'leaves', afterEvents: integer(random, 0, 6) }
    case 3:
      return { kind: 'aborts', afterMs: integer(random, 0, 300) }
  }
  return { kind: 'steady' }
}

function stepGroups(random: Random, size: QuerySize): readonly TimeGroup[] {
  let firstStep = 0
  return Array.from({ length: integer(random, 1, size.groups) }, (_, index) => {
    const stepCount = integer(random, 1, 4)
    const group = { index, firstStep, stepCount, startNs: BigInt(firstStep), endNs: BigInt(firstStep + stepCount) }
    firstStep += stepCount
    return group
  })
}

function samplesPlan(random: Random, groups: readonly TimeGroup[], size: QuerySize): Plan {
  const last = groups[groups.length - 1]
  const leaves = Array.from({ length: integer(random, 0, size.leaves) }, (_, id) => sampleLeaf(random, id))
  return {
    language: 'promql',
    text: '',
    naming: 'immediate',
    resultType: 'matrix',
    grid: { startMs: 0, startNanos: 0, stepMs: STEP_MS, count: last.firstStep + last.stepCount },
    leaves,
    root: leaves.length === 0 ? { kind: 'number', value: 1 } : { kind: 'leaf', leaf: 0 },
  }
}

function sampleLeaf(random: Random, id: number): SampleLeaf {
  const accumulator = pick(random, ['samples', 'sum', 'max', 'count'])
  return {
    id,
    signal: 'metrics',
    matchers: [],
    accumulate: { accumulator, grouping: { without: false, labels: ['g'] } },
    window: { kind: 'instant', lookbackMs: 1, gives: 'value', smoothed: false },
    span: { start: 0, end: 0 },
    startTimes: 'ignored',
    hints: { manner: 'seen', lookbackMs: 1 },
    offsetMs: 0,
    ...(chance(random, 0.25) ? { atMs: integer(random, 0, 5) * STEP_MS } : {}),
    ops: [],
    layers: [],
    levels: [],
    name: 'kept',
  }
}

function entryGroups(random: Random, backward: boolean): readonly TimeGroup[] {
  const inner = Array.from({ length: integer(random, 0, 5) }, () => BigInt(integer(random, 1, 31)) * 100_000_000n)
  const bounds = [...new Set([0n, ...inner, 3_200_000_000n])].sort((a, b) => Number(a - b))
  const slices = bounds.slice(1).map((endNs, at) => ({ startNs: bounds[at], endNs }))
  const ordered = backward ? slices.toReversed() : slices
  return ordered.map((slice, index) => ({ index, firstStep: 0, stepCount: 1, ...slice }))
}

function entriesPlan(random: Random, groups: readonly TimeGroup[]): Plan {
  const backward = groups.length > 1 && groups[0].startNs > groups[1].startNs
  const leaf: LogEntriesLeaf = {
    id: 0,
    signal: 'logs',
    kind: 'entries',
    matchers: [],
    accumulate: { accumulator: 'samples', grouping: { without: false, labels: [] } },
    stages: [],
    ...(chance(random, 0.5) ? { needles: [{ labels: [], alternatives: [['line']] }] } : {}),
  }
  return {
    language: 'logql',
    text: '',
    naming: 'immediate',
    resultType: 'streams',
    grid: { startMs: 0, startNanos: 0, stepMs: 0, count: 1 },
    leaves: [leaf],
    root: { kind: 'entries', leaf: 0 },
    entries: { startNs: 0n, endNs: 3_200_000_000n, direction: backward ? 'backward' : 'forward', limit: pick(random, [0, 1, 5, 20, 1000]) },
  }
}
