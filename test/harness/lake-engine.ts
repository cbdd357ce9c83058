/** Queries over a lake on disk by the real actors, with any cuts; units run in this thread, so that each can be told. */
import { Admission } from '../../actors/admission.js'
import type { QueryParts } from '../../actors/query-parts.js'
import { Dispatcher } from '../../actors/dispatcher.js'
import { Places } from '../../actors/places.js'
import { prepare } from '../../actors/prepare.js'
import { QueryRegistry } from '../../actors/running-queries.js'
import { SegmentCache } from '../../actors/segment-cache.js'
import { startQuery } from '../../actors/start-query.js'
import { ActorSystem, realWorld } from '../../actors/system.js'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import { runUnit, SampleBuffers, type UnitContext } from '../../src/execute/execute.js'
import type { Features } from '../../src/language/language.js'
import { groupQuery, lookUp, type Cuts } from '../../src/lookup/lookup.js'
import type { UnitRunner } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../../src/model/event.js'
import type { Limits } from '../../src/model/limits.js'
import { DEFAULT_ORGANISATION } from '../../src/model/segment.js'
import { WordIndexReader } from '../../src/segment/segment.js'
import { packBlock } from '../../src/wire/wire.js'
import type { Lake } from './lake.js'
import type { Teardown } from './servers.js'
import { lookupByTime, segmentsOf, TEST_FEATURES } from './straight.js'

/** All, but names go at once: what goes at the end is forgotten from group to group. */
export const LAKE_FEATURES: Features = new Set([...TEST_FEATURES].filter((feature) => feature !== 'promql-delayed-name-removal'))

export interface LakeEngine {
  query(request: QueryRequest): AsyncIterable<QueryEvent>
  /** The units that were run since this was last asked: `leaf.group.part`. */
  unitsRun(): readonly string[]
}

export interface LakeEngineOptions {
  readonly lake: Lake
  readonly duckdb: UnitContext['duckdb']
  readonly limits: Limits
  /** Of each query. */
  readonly cutsOf: (request: QueryRequest) => Cuts
}

export function lakeEngine(t: Teardown, { lake, duckdb, limits, cutsOf }: LakeEngineOptions): LakeEngine {
  let units: string[] = []
  const telemetry = (): void => undefined
  const runner: UnitRunner = {
    capacity: 1,
    run: async (unit, segments, signal) => {
      units.push(unit.id)
      const result = await runUnit(unit, segments, { duckdb, buffers: new SampleBuffers(), signal, checkCancelled: () => undefined, now: () => 0, clock: () => Date.now() })
      return { ...result, block: packBlock(result.block) }
    },
    close: async () => undefined,
  }
  const system = new ActorSystem({ world: realWorld(), limits, telemetry })
  t.teardown(async () => system.stop(new QueryError({ code: 'unavailable', message: 'the test is over' })))
  const path = (object: string): string => lake.store.localPath(object) ?? ''
  const files = { ensure: async ({ object }: { object: string }) => ({ path: path(object), fetchedBytes: 0 }), evict: async () => undefined, sizeOf: () => undefined, entries: () => [] }
  const cache = system.spawn('segment-cache', 'node', () => new SegmentCache({ files, limits, telemetry }), 'restart')
  const dispatcher = system.spawn('dispatcher', 'node', () => new Dispatcher({ runner, cache, wordIndexes: new WordIndexReader(), limits, telemetry }), 'restart')
  const places = new Places({ limits, organisations: new Map(), memoryPercent: () => 0 })
  const admission = system.spawn('admission', 'node', () => new Admission({ places, limits, telemetry }), 'restart')
  const running = new QueryRegistry({ now: () => 0, wallMs: () => 0 })
  const segments = segmentsOf(lake)
  const parts = (cuts: Cuts): QueryParts => ({
    prepare: (request) => prepare(request, limits, LAKE_FEATURES),
    catalog: {
      snapshot: async () => ({ organisation: DEFAULT_ORGANISATION, generation: lake.published.length }),
      snapshotAt: async (organisation, generation) => ({ organisation, generation }),
      lookup: async (request) => lookupByTime(segments, request),
    },
    lookUp,
    groupQuery: (plan, snapshot, lookups, own) => groupQuery(plan, snapshot, lookups, own, cuts),
    createEvaluator: (plan) => createEvaluator(plan, limits),
    dispatcher,
    admission,
    running,
    limits,
    telemetry,
  })
  return {
    query: (request) => startQuery(system, parts(cutsOf(request)), request, undefined),
    unitsRun: () => {
      const run = units
      units = []
      return run
    },
  }
}
