/** What one seed stands for: machines over a small lake, queries over it, and what happens to machines, links, catalog and store. */
import type { Limits } from '../../../src/model/limits.js'
import { labelsKey } from '../../../src/model/labels.js'
import type { Role } from '../../../src/model/node.js'
import { randomFrom, type Random } from '../../harness/simulated-system.js'
import { chance, integer, lakeOf, limitsOf, pick, queryOf, segmentOf, type Lake, type QuerySize, type ReaderHabit, type SimulatedQuery, type Trouble } from '../scenario.js'
import type { LinkFaults } from './network.js'
import type { StoreFaults } from './store.js'

/**
 * `well`: nothing happens. `borne`: what happens must cost time alone. `hostile`: whatever happens, an answer is right or ends in an error that
 * what happened excuses.
 */
export type Mood = 'well' | 'borne' | 'hostile'

export interface MachineSpec {
  readonly role: Role
  readonly threads: number
  /** A unit takes up to so long. */
  readonly unitMsMax: number
}

export type Incident = { readonly atMs: number } & (
  /** `heardAfterMs`: when others learn that its connections are gone; undefined: at once. */
  | { readonly kind: 'dies'; readonly machine: number; readonly heardAfterMs: number | undefined; readonly returnsAfterMs: number }
  | { readonly kind: 'drains'; readonly machine: number; readonly returnsAfterMs: number }
  | { readonly kind: 'freezes'; readonly machine: number; readonly forMs: number }
  | { readonly kind: 'is cut off'; readonly machine: number; readonly forMs: number }
  | { readonly kind: 'catalog is down'; readonly forMs: number }
  | { readonly kind: 'catalog fails over'; readonly forMs: number }
  | { readonly kind: 'catalog is slow'; readonly forMs: number; readonly slowMs: number }
  | { readonly kind: 'clock of the catalog jumps'; readonly byMs: number }
  | { readonly kind: 'clock of a machine jumps'; readonly machine: number; readonly byMs: number }
  | { readonly kind: 'a generation is published' }
)

export interface ClusterQuery extends SimulatedQuery {
  /** The machine that is asked first. */
  readonly machine: number
  /** Its evaluator remembers what it has seen of earlier groups. */
  readonly remembers: boolean
}

export interface ClusterScenario {
  readonly seed: number
  readonly mood: Mood
  readonly limits: Limits
  readonly lake: Lake
  /** Label sets and lines that came with the second generation. */
  readonly late: ReadonlySet<string>
  readonly machines: readonly MachineSpec[]
  readonly queries: readonly ClusterQuery[]
  readonly incidents: readonly Incident[]
  readonly unitLink: LinkFaults
  readonly streamLink: LinkFaults
  /** How many pieces are damaged at most, of units and of streams. */
  readonly unitFaultsMax: number
  readonly streamFaultsMax: number
  readonly store: StoreFaults
  readonly losesThreads: Trouble
}

/** What crosses the network costs more than what does not. */
const SMALL: QuerySize = { groups: 5, leaves: 2, parts: 4 }

/** By then nodes that were started together know each other. */
const ACQUAINTED_MS = 250

export function clusterScenarioOf(seed: number): ClusterScenario {
  const random = randomFrom(seed ^ 0x2c1b3c6d)
  const mood = pick<Mood>(random, ['well', 'borne', 'borne', 'hostile', 'hostile', 'hostile'])
  const machines = machinesOf(random, mood)
  const lake = lakeOf(random)
  const isLate = (): boolean => chance(random, 0.3)
  const late = new Set([...lake.series.filter(isLate).map(({ labels }) => labelsKey(labels)), ...lake.entries.filter(isLate).map(({ line }) => line)])
  const incidents = mood === 'well' ? [] : incidentsOf(random, mood, machines)
  const shaken = incidents.some(({ kind }) => kind === 'dies' || kind === 'drains' || kind === 'freezes' || kind === 'is cut off')
  return {
    seed,
    mood,
    machines,
    incidents,
    late,
    lake: { ...lake, segments: [...lake.segments, ...(late.size > 0 ? [{ ...segmentOf(random, 90), created: 2 }] : [])] },
    limits: clusterLimits(random),
    queries: Array.from({ length: integer(random, 1, 2) }, (_, index) => clusterQuery(random, index, mood, machines)),
    unitLink: linkOf(random, mood, ['cut', 'corrupt', 'duplicate', 'lose']),
    streamLink: linkOf(random, mood, ['cut']),
    unitFaultsMax: mood === 'hostile' ? 1_000 : shaken ? 0 : 2,
    streamFaultsMax: mood === 'hostile' ? 1_000 : Number(!shaken),
    store: storeOf(random, mood),
    losesThreads: mood === 'well' ? 'none' : mood === 'borne' ? pick(random, ['none', 'none', 'passing']) : pick(random, ['none', 'none', 'passing', 'lasting']),
  }
}

const STEADY: LinkFaults = { cut: 0, corrupt: 0, duplicate: 0, lose: 0, lateMs: 0 }

function machinesOf(random: Random, mood: Mood): readonly MachineSpec[] {
  const unitMsMax = pick(random, [10, 30, 30, 300])
  const count = integer(random, mood === 'borne' ? 3 : 2, 4)
  // Two are asked and two work, so that one of each may be lost.
  const roles = pick<readonly Role[]>(random, [['all', 'all', 'all', 'all'], ['query', 'all', 'worker', 'all'], ['query', 'all', 'all', 'worker']])
  const slow = chance(random, 0.25) ? integer(random, 0, count - 1) : undefined
  return Array.from({ length: count }, (_, index) => ({ role: roles[index], threads: integer(random, 1, 3), unitMsMax: index === slow ? 3_000 : unitMsMax }))
}

function clusterLimits(random: Random): Limits {
  return {
    ...limitsOf(random),
    cacheBytesMax: pick(random, [400, 10_000, 10_000]),
    unitFrameBytesMax: pick(random, [48, 150, 1_000]),
    unitHeartbeatMs: pick(random, [200, 1_000]),
    progressEveryMs: pick(random, [100, 1_000]),
    hedgeAfterMs: pick(random, [100, 500]),
    unitsPrefetchedMax: integer(random, 0, 2),
  }
}

function clusterQuery(random: Random, index: number, mood: Mood, machines: readonly MachineSpec[]): ClusterQuery {
  const query = queryOf(random, index, mood === 'hostile', SMALL)
  const asked = machines.flatMap(({ role }, machine) => (role === 'worker' ? [] : [machine]))
  return {
    ...query,
    ...(mood === 'borne' ? { reader: patientReader(random) } : {}),
    startMs: ACQUAINTED_MS + integer(random, 0, 400),
    machine: pick(random, asked),
    remembers: chance(random, 0.15),
  }
}

function patientReader(random: Random): ReaderHabit {
  return pick<ReaderHabit>(random, [{ kind: 'steady' }, { kind: 'steady' }, { kind: 'slow', pauseMs: integer(random, 1, 100) }, { kind: 'stops', afterEvents: integer(random, 0, 5), pauseMs: integer(random, 500, 20_000) }])
}

/** Few pieces are damaged where it has to be borne, so those few are likely to be. */
function linkOf(random: Random, mood: Mood, kinds: readonly (keyof Omit<LinkFaults, 'lateMs'>)[]): LinkFaults {
  if (mood === 'well') return STEADY
  const lateMs = chance(random, 0.2) ? integer(random, 10, 2_000) : 0
  if (mood === 'borne') return { ...STEADY, lateMs, ...(chance(random, 0.7) ? { [pick(random, kinds)]: pick(random, [0.05, 0.2]) } : {}) }
  const often = pick(random, [0, 0.03, 0.15])
  return { ...STEADY, lateMs, ...Object.fromEntries(kinds.map((kind) => [kind, chance(random, 0.4) ? often : 0])) }
}

function storeOf(random: Random, mood: Mood): StoreFaults {
  const slowMs = chance(random, 0.2) ? integer(random, 50, 3_000) : 0
  if (mood === 'well') return { slowMs, failing: 'none', short: 0, wrong: 0 }
  if (mood === 'borne') return { slowMs, failing: pick(random, ['none', 'none', 'passing']), short: 0, wrong: 0 }
  const damage = (): number => (chance(random, 0.1) ? 0.1 : 0)
  return { slowMs, failing: pick(random, ['none', 'none', 'passing', 'lasting']), short: damage(), wrong: damage() }
}

/** One shock to one machine at most where it has to be borne, and a catalog that answers. */
function incidentsOf(random: Random, mood: Mood, machines: readonly MachineSpec[]): readonly Incident[] {
  const when = (): number => ACQUAINTED_MS + integer(random, 0, 700)
  const shocks = mood === 'borne' ? integer(random, 0, 1) : integer(random, 0, 3)
  const incidents = Array.from({ length: shocks }, () => shock(random, when(), integer(random, 0, machines.length - 1)))
  if (chance(random, 0.3)) incidents.push({ atMs: when(), kind: 'a generation is published' })
  if (chance(random, 0.1)) incidents.push({ atMs: when(), kind: 'clock of the catalog jumps', byMs: integer(random, -40_000, 40_000) })
  if (chance(random, 0.1)) incidents.push({ atMs: when(), kind: 'clock of a machine jumps', machine: integer(random, 0, machines.length - 1), byMs: integer(random, -1e6, 1e6) })
  if (chance(random, 0.15)) incidents.push({ atMs: when(), kind: 'catalog is slow', forMs: integer(random, 50, 5_000), slowMs: integer(random, 50, 2_000) })
  if (mood === 'hostile' && chance(random, 0.1)) incidents.push({ atMs: when(), kind: 'catalog is down', forMs: integer(random, 50, 40_000) })
  if (mood === 'hostile' && chance(random, 0.1)) incidents.push({ atMs: when(), kind: 'catalog fails over', forMs: integer(random, 50, 3_000) })
  return incidents.toSorted((a, b) => a.atMs - b.atMs)
}

function shock(random: Random, atMs: number, machine: number): Incident {
  const returnsAfterMs = pick(random, [50, 3_000, 20_000])
  switch (integer(random, 0, 4)) {
    case 0:
      return { atMs, kind: 'dies', machine, heardAfterMs: undefined, returnsAfterMs }
    case 1:
      return { atMs, kind: 'dies', machine, heardAfterMs: 30_000, returnsAfterMs: 40_000 }
    case 2:
      return { atMs, kind: 'drains', machine, returnsAfterMs }
    case 3:
      return { atMs, kind: 'freezes', machine, forMs: integer(random, 50, 12_000) }
  }
  return { atMs, kind: 'is cut off', machine, forMs: integer(random, 50, 12_000) }
}

/** What of the lake belongs to the generation. */
export function visible({ lake, late }: ClusterScenario, generation: number): Lake {
  if (generation >= 2) return lake
  return {
    series: lake.series.filter(({ labels }) => !late.has(labelsKey(labels))),
    entries: lake.entries.filter(({ line }) => !late.has(line)),
    segments: lake.segments.filter(({ created }) => created <= generation),
  }
}
