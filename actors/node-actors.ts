/** The actors of a node and who knows whom, whatever files, threads, catalog and network they are given. */
import type { RemoteUnits, UnitHost } from '../src/model/cluster.js'
import type { UnitRunner } from '../src/model/engine.js'
import type { QueryError } from '../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../src/model/event.js'
import type { Ref } from './actor.js'
import { Admission } from './admission.js'
import type { Cluster } from './cluster.js'
import { Dispatcher } from './dispatcher.js'
import type { LivingActors } from './node-readings.js'
import { Placement } from './placement.js'
import type { Places } from './places.js'
import type { QueryParts } from './query-parts.js'
import { QueryRegistry } from './running-queries.js'
import { SegmentCache, type CacheFiles, type SegmentCacheMessage } from './segment-cache.js'
import { startQuery } from './start-query.js'
import type { ActorSystem } from './system.js'
import { unitHost } from './unit-host.js'
import type { WordIndexes } from './word-answers.js'

export interface NodeActorsParts {
  readonly system: ActorSystem
  readonly files: CacheFiles
  readonly runner: UnitRunner
  readonly wordIndexes: WordIndexes
  readonly places: Places
  /** `units`: how many this node holds now. */
  readonly openCluster: (units: () => number) => Cluster
  /** Undefined where there are no other nodes. */
  readonly remote: RemoteUnits | undefined
  /** ms since 1970. */
  readonly wallMs: () => number
  /** Another one each time. */
  readonly newId: () => string
}

/** What a query needs beside the actors. */
export type QueryRooms = Omit<QueryParts, 'dispatcher' | 'admission' | 'running' | 'limits' | 'telemetry'>

export interface NodeActors {
  readonly cluster: Cluster
  readonly cache: Ref<SegmentCacheMessage>
  readonly running: QueryRegistry
  readonly living: LivingActors
  /** For the units of other nodes. */
  readonly units: UnitHost
  queryParts(rooms: QueryRooms): QueryParts
  /** See startQuery; a node whose role is to run units for others answers by `unavailable`. */
  query(parts: QueryParts, request: QueryRequest, signal: AbortSignal | undefined): AsyncIterable<QueryEvent>
  /** No query and no unit of another node is begun any more, and what of them has not begun is handed back. */
  refuse(reason: QueryError): void
  /** Ends the connections to other nodes. */
  close(): Promise<void>
}

export function startActors({ system, files, runner, wordIndexes, places, openCluster, remote, wallMs, newId }: NodeActorsParts): NodeActors {
  const { limits, telemetry } = system
  const living: LivingActors = {}
  const cache = system.spawn('segment-cache', 'node', () => (living.cache = new SegmentCache({ files, limits, telemetry })), 'restart')
  const dispatcher = system.spawn('dispatcher', 'node', () => (living.dispatcher = new Dispatcher({ runner, cache, wordIndexes, limits, telemetry })), 'restart')
  const admission = system.spawn('admission', 'node', () => (living.admission = new Admission({ places, limits, telemetry })), 'restart')
  const cluster = openCluster(() => living.dispatcher?.facts.held ?? 0)
  const { known } = cluster
  const placed = { here: known.self, dispatcher, membership: known, remote, limits, telemetry }
  const placement = system.spawn('placement', 'node', () => (living.placement = new Placement(placed)), 'restart')
  known.onChange(() => placement.urge({ type: 'MembersChanged' }))
  const running = new QueryRegistry({ now: () => system.now(), wallMs })
  return {
    cluster,
    cache,
    running,
    living,
    units: unitHost(dispatcher, newId),
    queryParts: (rooms) => ({ ...rooms, dispatcher: placement, admission, running, limits, telemetry }),
    query: (parts, request, signal) => {
      const roleRefuses = cluster.refusal()
      return roleRefuses === undefined ? startQuery(system, parts, request, signal) : refused(roleRefuses)
    },
    refuse: (reason) => {
      admission.urge({ type: 'Close', reason })
      dispatcher.urge({ type: 'HandBack', reason })
    },
    close: async () => remote?.close(),
  }
}

async function* refused(error: QueryError): AsyncGenerator<QueryEvent> {
  yield { type: 'error', error: error.toRecord() }
}
