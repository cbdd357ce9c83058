/** What a node holds, put together for whoever measures it. */
import type { Limits } from '../src/model/limits.js'
import type { RunningQueries } from '../src/model/running.js'
import type { NodeReadings } from '../src/model/telemetry.js'
import type { Dispatcher } from './dispatcher.js'
import type { SegmentCache } from './segment-cache.js'

/** Whom to ask. An actor that is made anew after a failure is another one. */
export interface ReadableNode {
  readonly running: RunningQueries
  readonly threads: number
  readonly limits: Limits
  now(): number
  dispatcher(): Pick<Dispatcher, 'facts' | 'queuedSince'> | undefined
  cache(): Pick<SegmentCache, 'facts'> | undefined
}

export function readNode(node: ReadableNode): NodeReadings {
  const queries = node.running.list('all')
  const waiting = queries.filter(({ state }) => state === 'waiting').length
  const dispatcher = node.dispatcher()
  const cache = node.cache()?.facts
  const since = dispatcher?.queuedSince
  return {
    queriesWaiting: waiting,
    queriesRunning: queries.length - waiting,
    unitsQueued: dispatcher?.facts.queued ?? 0,
    oldestQueuedMs: since === undefined ? 0 : node.now() - since,
    unitsRunning: dispatcher?.facts.running ?? 0,
    threads: node.threads,
    cacheBytes: cache?.bytes ?? 0,
    cacheBytesMax: node.limits.cacheBytesMax,
    objectsPinned: cache?.objectsPinned ?? 0,
    fetching: cache?.fetching ?? 0,
    threadMemoryBytesMax: node.limits.threadMemoryMb * 1_000_000,
  }
}
