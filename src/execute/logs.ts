/** Log leaves in a unit: segments → entries that pass the pipeline → ordered entries, or sums by steps. */
import type { Block } from '../model/block.js'
import type { LocalSegment, UnitResult } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { WorkUnit } from '../model/plan.js'
import type { Duckdb } from '../segment/segment.js'
import { readEntries } from './logs-entries.js'
import type { LogUnitScan, StreamTable } from './logs-rows.js'
import { countEntries } from './logs-samples.js'

/**
 * Answers entries with startNs ≤ ts < endNs of the group in their total order, cut to the limit, or the windows of the
 * unit's grid. Rejects with `bad_query` where a metric query meets an entry in error, `limit_exceeded` for too many
 * series, `cancelled` when the signal aborts, and whatever the scan rejects with.
 */
export async function runLogUnit(unit: WorkUnit, segments: readonly LocalSegment[], duckdb: Duckdb, signal: AbortSignal): Promise<UnitResult> {
  let rows = 0
  const streams: StreamTable = new Map()
  const scan: LogUnitScan = {
    streams,
    run: (sql, onChunk) =>
      duckdb.scan(
        sql,
        (chunk) => {
          rows += chunk.rows
          onChunk(chunk)
        },
        { signal },
      ),
  }
  const block = await runLeaf(unit, segments, scan)
  return {
    block,
    stats: {
      segments: segments.length,
      rows,
      samples: rows,
      bytes: segments.reduce((sum, local) => sum + local.segment.bytes, 0),
      seriesMatched: streams.size,
      readMs: 0,
      computeMs: 0,
    },
  }
}

function runLeaf(unit: WorkUnit, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<Block> {
  const { leaf } = unit
  if (leaf.signal === 'metrics') throw new QueryError({ code: 'internal', message: `unit ${unit.id} is not about logs` })
  switch (leaf.kind) {
    case 'entries':
      return readEntries(unit, leaf, segments, scan)
    case 'samples':
      return countEntries(unit, leaf, segments, scan)
  }
}
