/** The faults that a run injects: what they break, and how it gets well again. */
import type { Seeded } from '../../benchmarks/seeded.js'
import type { BreakableCluster, BreakableNode } from './breakable-cluster.js'
import type { Gate } from './gate.js'

const PROCESS_FAULTS = ['worker killed', 'worker frozen', 'query node frozen', 'postgres killed', 'postgres restarted', 'postgres frozen'] as const
const STORE_FAULTS = ['s3 killed', 's3 restarted', 's3 frozen'] as const
const WAY_FAULTS = ['cut', 'refused', 'silent', 'slow'] as const

export type FaultKind = (typeof PROCESS_FAULTS)[number] | (typeof STORE_FAULTS)[number] | `way to ${'a worker' | 'postgres' | 's3'} ${(typeof WAY_FAULTS)[number]}`

export interface Fault {
  readonly kind: FaultKind
  /** What exactly is broken, for the log. */
  readonly what: string
  inject(): Promise<void> | void
  /** It is over: whatever was broken works again, or is about to. */
  lift(): Promise<void> | void
}

/** Those that can be injected into the cluster. */
export function faultKinds({ s3 }: BreakableCluster): readonly FaultKind[] {
  const ends = s3 === undefined ? (['a worker', 'postgres'] as const) : (['a worker', 'postgres', 's3'] as const)
  const ways = ends.flatMap((end) => WAY_FAULTS.map((fault): FaultKind => `way to ${end} ${fault}`))
  return [...PROCESS_FAULTS, ...(s3 === undefined ? [] : STORE_FAULTS), ...ways]
}

export interface Nodes {
  readonly query: BreakableNode
  readonly workers: readonly BreakableNode[]
}

/** Chooses the victim. Workers that were killed before are waited for where that matters. */
export async function drawFault(kind: FaultKind, { postgres, s3 }: BreakableCluster, { query, workers }: Nodes, random: Seeded): Promise<Fault> {
  const worker = workers[random.below(workers.length)]
  const all = [query, ...workers]
  const node = all[random.below(all.length)]
  switch (kind) {
    case 'worker killed':
      // One at a time: three workers are there.
      for (const each of workers) await each.running
      return { kind, what: worker.name, inject: () => worker.replace(), lift: () => undefined }
    case 'worker frozen': {
      const { child } = await worker.running
      return { kind, what: worker.name, inject: () => void child.kill('SIGSTOP'), lift: () => void child.kill('SIGCONT') }
    }
    case 'query node frozen':
      return { kind, what: query.name, inject: () => void query.now.child.kill('SIGSTOP'), lift: () => void query.now.child.kill('SIGCONT') }
    case 'postgres killed':
      return { kind, what: 'postgres', inject: () => postgres.kill(), lift: () => postgres.start() }
    case 'postgres restarted':
      return { kind, what: 'postgres', inject: () => postgres.stop(), lift: () => postgres.start() }
    case 'postgres frozen':
      return { kind, what: 'postgres', inject: () => postgres.freeze(), lift: () => postgres.thaw() }
    case 's3 killed':
      return { kind, what: 's3', inject: () => s3?.kill(), lift: () => s3?.start() }
    case 's3 restarted':
      return { kind, what: 's3', inject: () => s3?.stop(), lift: () => s3?.start() }
    case 's3 frozen':
      return { kind, what: 's3', inject: () => s3?.freeze(), lift: () => s3?.thaw() }
    case 'way to a worker cut':
    case 'way to a worker refused':
    case 'way to a worker silent':
    case 'way to a worker slow':
      return wayFault(kind, `the way to ${worker.name}`, worker.gate, random)
    case 'way to postgres cut':
    case 'way to postgres refused':
    case 'way to postgres silent':
    case 'way to postgres slow':
      return wayFault(kind, `the way of ${node.name} to postgres`, node.toCatalog, random)
    case 'way to s3 cut':
    case 'way to s3 refused':
    case 'way to s3 silent':
    case 'way to s3 slow':
      return wayFault(kind, `the way of ${worker.name} to s3`, worker.toStore, random)
  }
}

function wayFault(kind: FaultKind, what: string, gate: Gate | undefined, random: Seeded): Fault {
  if (gate === undefined) throw new Error(`no gate on ${what}`)
  const healed = { kind, what, lift: () => gate.open() }
  if (kind.endsWith('cut')) return { ...healed, inject: () => gate.cut() }
  if (kind.endsWith('refused')) return { ...healed, inject: () => gate.refuse() }
  if (kind.endsWith('slow')) return { ...healed, inject: () => gate.delay(100) }
  // What was on its way either comes late or never.
  if (random.below(2) === 0) return { ...healed, what: `${what}, late`, inject: () => gate.hush() }
  const lose = async (): Promise<void> => {
    gate.cut()
    await gate.open()
  }
  return { kind, what: `${what}, lost`, inject: () => gate.hush(), lift: lose }
}
