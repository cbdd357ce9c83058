/** What a node holds, put together for whoever measures it. */
import type { Limits } from '../src/model/limits.js'
import type { NodeReport, Role } from '../src/model/node.js'
import type { RunningQueries } from '../src/model/running.js'
import type { NodeReadings } from '../src/model/telemetry.js'
import type { Admission } from './admission.js'
import type { Dispatcher } from './dispatcher.js'
import type { Placement } from './placement.js'
import type { SegmentCache } from './segment-cache.js'

/** The actors of the node. One that is made anew after a failure takes the place of the other. */
export interface LivingActors {
  admission?: Admission
  cache?: SegmentCache
  dispatcher?: Dispatcher
  placement?: Placement
}

export interface ReadableNode {
  readonly running: RunningQueries
  readonly threads: number
  readonly limits: Limits
  now(): number
  members(): readonly NodeReport[]
  leaseAgeMs(): number
  readonly living: LivingActors
}

export function readNode(node: ReadableNode): NodeReadings {
  const queries = node.running.list('all')
  const waiting = queries.filter(({ state }) => state === 'waiting').length
  const { admission, placement, dispatcher, cache } = node.living
  const depths = [placement?.waiting, dispatcher?.queued].filter((depth) => depth !== undefined)
  const agedMs = (since: number | undefined): number => (since === undefined ? 0 : node.now() - since)
  const held = cache?.facts
  return {
    queriesWaiting: waiting,
    oldestWaitingMs: agedMs(admission?.facts.oldestAt),
    queriesRunning: queries.length - waiting,
    unitsQueued: depths.reduce((sum, { units }) => sum + units, 0),
    oldestQueuedMs: Math.max(...depths.map(({ since }) => agedMs(since)), 0),
    unitsRunning: dispatcher?.facts.running ?? 0,
    threads: node.threads,
    members: membersOf(node),
    leaseAgeMs: node.leaseAgeMs(),
    cacheBytes: held?.bytes ?? 0,
    cacheBytesMax: node.limits.cacheBytesMax,
    objectsPinned: held?.objectsPinned ?? 0,
    fetching: held?.fetching ?? 0,
    threadMemoryBytesMax: node.limits.threadMemoryMb * 1_000_000,
  }
}

function membersOf({ members, limits }: ReadableNode): NodeReadings['members'] {
  const known = members()
  const ofRole = (role: Role): { readonly leased: number; readonly late: number } => {
    const all = known.filter((member) => member.role === role)
    const leased = all.filter(({ seenAgoMs }) => seenAgoMs <= limits.nodeLeaseMs).length
    return { leased, late: all.length - leased }
  }
  return { query: ofRole('query'), worker: ofRole('worker'), all: ofRole('all') }
}
