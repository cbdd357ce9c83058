/** Log leaves in a unit: segments → entries that pass the pipeline → ordered entries, or sums by steps. */
import type { LogLeaf } from '../language/language.js'
import { NO_STATS, type Block } from '../model/block.js'
import type { LocalSegment, UnitResult } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { WorkUnit } from '../model/plan.js'
import type { Chunk } from '../segment/segment.js'
import type { UnitContext } from './context.js'
import { findStreams } from './found-series.js'
import { readEntries } from './logs-entries.js'
import type { LogUnitScan, StreamTable } from './logs-rows.js'
import { countEntries } from './logs-samples.js'
import { readValues } from './logs-values.js'

/** Of a unit's context, what log leaves use. */
export type LogContext = Pick<UnitContext, 'duckdb' | 'signal' | 'checkCancelled' | 'now' | 'clock'>

/**
 * Answers entries with startNs ≤ ts < endNs of the group in their total order, cut to the limit, or the windows of the
 * unit's grid. Rejects with `bad_query` where a metric query meets an entry in error, `limit_exceeded` for too many
 * series, `cancelled` when the signal aborts, and whatever the scan rejects with. `readMs` includes
 * the stages, which run while the next rows are read.
 */
export async function runLogUnit(unit: WorkUnit, segments: readonly LocalSegment[], context: LogContext): Promise<UnitResult> {
  const { leaf } = unit
  if (leaf.signal === 'metrics') throw new QueryError({ code: 'internal', message: `unit ${unit.id} is not about logs` })
  if (leaf.kind === 'streams') return findStreams(unit, leaf, segments, context)
  const started = context.now()
  let rows = 0
  let bytes = 0
  let readMs = 0
  const streams: StreamTable = new Map()
  const scan: LogUnitScan = {
    streams,
    checkCancelled: context.checkCancelled,
    clock: context.clock,
    run: async ({ sql, together, bytes: read }, onChunk) => {
      bytes += read
      const count = (chunk: Chunk): void => {
        rows += together === undefined ? chunk.rows : sumOf(chunk.integers(together.entries))
        onChunk(chunk)
      }
      const from = context.now()
      await context.duckdb.scan(sql, count, { signal: context.signal })
      readMs += context.now() - from
    },
  }
  const block = await runLeaf(unit, leaf, segments, scan)
  return {
    block,
    annotations: [],
    stats: {
      ...NO_STATS,
      segments: segments.length,
      rows,
      samples: rows,
      bytes,
      seriesMatched: streams.size,
      readMs,
      computeMs: context.now() - started - readMs,
    },
  }
}

function sumOf(counts: Int32Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function runLeaf(unit: WorkUnit, leaf: LogLeaf, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<Block> {
  switch (leaf.kind) {
    case 'entries':
      return readEntries(unit, leaf, segments, scan)
    case 'samples':
      return countEntries(unit, leaf, segments, scan)
    case 'values':
      return readValues(unit, leaf, segments, scan)
  }
}
