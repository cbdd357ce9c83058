/** What a node tells Prometheus about itself: counted from telemetry events, and what it holds read when somebody asks. */
import type { NodeReadings, Telemetry, TelemetryEvent } from '../model/telemetry.js'
import { Meters } from './meters.js'

export interface Metrics {
  /** To be given every telemetry event of the node. */
  readonly observe: Telemetry
  readonly contentType: string
  /** `readings`: what the node holds now; left out where there is no node. `missing`: processes of this machine that should have told, too. */
  text(readings?: NodeReadings, missing?: number): Promise<string>
}

/** `process`: which one of several of a machine it is, told as a label of all its metrics. */
export function createMetrics(process?: number): Metrics {
  const meters = new Meters(process === undefined ? {} : { process: String(process) })
  const languages = new Map<string, string>()
  return {
    observe: (event) => count(meters, languages, event),
    contentType: meters.contentType,
    text: (readings, missing = 0) => {
      meters.set('millrace_processes_missing', {}, missing)
      if (readings !== undefined) setReadings(meters, readings)
      return meters.text()
    },
  }
}

function setReadings(meters: Meters, readings: NodeReadings): void {
  meters.set('millrace_queries_waiting', {}, readings.queriesWaiting)
  meters.set('millrace_query_queue_oldest_seconds', {}, readings.oldestWaitingMs / 1000)
  meters.set('millrace_queries_running', {}, readings.queriesRunning)
  meters.set('millrace_units_queued', {}, readings.unitsQueued)
  meters.set('millrace_unit_queue_oldest_seconds', {}, readings.oldestQueuedMs / 1000)
  meters.set('millrace_units_running', {}, readings.unitsRunning)
  meters.set('millrace_threads', {}, readings.threads)
  for (const [role, { leased, late }] of Object.entries(readings.members)) {
    meters.set('millrace_members', { role, state: 'leased' }, leased)
    meters.set('millrace_members', { role, state: 'late' }, late)
  }
  meters.set('millrace_lease_age_seconds', {}, readings.leaseAgeMs / 1000)
  meters.set('millrace_cache_bytes', {}, readings.cacheBytes)
  meters.set('millrace_cache_bytes_max', {}, readings.cacheBytesMax)
  meters.set('millrace_cache_objects_pinned', {}, readings.objectsPinned)
  meters.set('millrace_cache_fetches_running', {}, readings.fetching)
  meters.set('millrace_duckdb_memory_bytes_max', {}, readings.threadMemoryBytesMax)
}

function count(meters: Meters, languages: Map<string, string>, event: TelemetryEvent): void {
  switch (event.type) {
    case 'query:started':
      languages.set(event.queryId, event.language)
      return
    case 'query:admitted':
      return meters.observeMs('millrace_query_wait_seconds', {}, event.waitedMs)
    case 'query:planned':
      return meters.add('millrace_pruned_bytes_total', {}, event.bytesPruned)
    case 'query:firstData':
      return meters.observeMs('millrace_query_first_data_seconds', { language: languages.get(event.queryId) ?? 'unknown' }, event.afterMs)
    case 'group:released':
      return meters.observeMs('millrace_group_seconds', {}, event.ms)
    case 'query:ended': {
      const language = languages.get(event.queryId) ?? 'unknown'
      languages.delete(event.queryId)
      meters.add('millrace_queries_total', { language, status: event.status })
      return meters.observeMs('millrace_query_seconds', { language }, event.wallMs)
    }
    case 'segment:missing':
      return meters.add('millrace_missing_segments_total', {})
    case 'unit:finished':
    case 'unit:failed':
    case 'unit:retried':
    case 'unit:hedged':
    case 'units:cancelled':
      return countUnits(meters, event)
    case 'cache:hit':
    case 'cache:evicted':
    case 'cache:fetched':
    case 'cache:overBudget':
      return countObjects(meters, event)
    case 'thread:memory': {
      const thread = String(event.thread)
      meters.set('millrace_duckdb_memory_bytes', { thread }, event.bytes)
      return meters.set('millrace_duckdb_spilled_bytes', { thread }, event.spilledBytes)
    }
    case 'import:finished':
      meters.add('millrace_imports_total', { status: 'ok' })
      meters.add('millrace_import_samples_total', {}, event.samples)
      meters.add('millrace_import_segments_total', {}, event.segments)
      return meters.observeMs('millrace_import_seconds', {}, event.ms)
    case 'import:failed':
      return meters.add('millrace_imports_total', { status: 'failed' })
    case 'collector:swept':
      meters.add('millrace_collected_objects_total', { outcome: 'deleted' }, event.objects)
      return meters.add('millrace_collected_objects_total', { outcome: 'failed' }, event.failed)
    case 'actor:failed':
      return meters.add('millrace_actor_failures_total', {})
    case 'traces:lost':
      return meters.add('millrace_spans_lost_total', {}, event.spans)
    case 'node:started':
    case 'node:draining':
    case 'node:stopping':
    case 'member:joined':
    case 'member:gone':
    case 'membership:failed':
    case 'process:ended':
      return
  }
}

type UnitEvent = Extract<TelemetryEvent, { type: 'unit:finished' | 'unit:failed' | 'unit:retried' | 'unit:hedged' | 'units:cancelled' }>

function countUnits(meters: Meters, event: UnitEvent): void {
  switch (event.type) {
    case 'unit:finished': {
      const { stats } = event
      meters.add('millrace_units_total', { outcome: 'ok' })
      meters.observeMs('millrace_unit_seconds', {}, event.ms)
      meters.add('millrace_read_bytes_total', {}, stats.bytes)
      meters.add('millrace_samples_total', {}, stats.samples)
      meters.add('millrace_rows_total', {}, stats.rows)
      meters.add('millrace_segments_skipped_total', {}, stats.segmentsSkipped)
      return meters.add('millrace_row_groups_skipped_total', {}, stats.rowGroupsSkipped)
    }
    case 'unit:failed':
      return meters.add('millrace_units_total', { outcome: 'failed' })
    case 'unit:retried':
      return meters.add('millrace_unit_retries_total', {})
    case 'unit:hedged':
      return meters.add('millrace_unit_hedges_total', {})
    case 'units:cancelled':
      return meters.add('millrace_units_total', { outcome: 'cancelled' }, event.units)
  }
}

type ObjectEvent = Extract<TelemetryEvent, { type: 'cache:hit' | 'cache:evicted' | 'cache:fetched' | 'cache:overBudget' }>

function countObjects(meters: Meters, event: ObjectEvent): void {
  switch (event.type) {
    case 'cache:hit':
      meters.add('millrace_cache_requests_total', { outcome: 'hit' })
      return meters.add('millrace_cache_hit_bytes_total', {}, event.bytes)
    case 'cache:fetched':
      meters.add('millrace_cache_requests_total', { outcome: 'miss' })
      meters.add('millrace_cache_fetched_bytes_total', {}, event.bytes)
      return meters.observeMs('millrace_cache_fetch_seconds', {}, event.ms)
    case 'cache:evicted':
      meters.add('millrace_cache_evictions_total', {})
      return meters.add('millrace_cache_evicted_bytes_total', {}, event.bytes)
    case 'cache:overBudget':
      return meters.add('millrace_cache_over_budget_total', {})
  }
}
