/** Log queries in a unit: the entries that pass the pipeline, in their total order, no more than the limit. */
import { limitBoundsTime, logWork } from '../language/language.js'
import type { EntriesBlock } from '../model/block.js'
import type { LocalSegment } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { EntriesRequest, LogEntriesLeaf, WorkUnit } from '../model/plan.js'
import { quoteText } from '../segment/segment.js'
import { EntryCandidates } from './logs-candidates.js'
import { LogRows, type LogUnitScan } from './logs-rows.js'
import { SCAN_STREAM, SCAN_TS, type LogScanRequest } from './logs-scan.js'
import { logScans, nthTimeSql } from './logs-sql.js'

export async function readEntries(unit: WorkUnit, leaf: LogEntriesLeaf, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<EntriesBlock> {
  const { entries, group } = unit
  if (entries === undefined) throw new QueryError({ code: 'internal', message: `unit ${unit.id} has no range of entries` })
  const work = logWork(leaf, quoteText, { limits: unit.limits, clock: scan.clock })
  const { pipeline, pushed } = work
  const asked: LogScanRequest = {
    matchers: leaf.matchers,
    from: group.startNs,
    to: group.endNs > group.startNs ? group.endNs - 1n : group.startNs,
    interval: unit.interval,
    linePredicates: pushed.predicates,
    streamLabels: 'all',
    metadataLabels: 'all',
    line: 'text',
  }
  const request = limitBoundsTime(leaf, work) && entries.limit > 0 ? await narrowed(asked, entries, segments, scan) : asked
  const candidates = new EntryCandidates(entries.direction, entries.limit, scan.checkCancelled)
  for (const part of logScans(segments, request)) {
    const rows = new LogRows(part, scan)
    const line = part.line ?? 0
    await scan.run(part, (chunk) => {
      const times = chunk.bigints(SCAN_TS)
      const hashes = chunk.bigints(SCAN_STREAM)
      rows.each(chunk, (row, stream) => {
        if (!candidates.wants(times[row])) return
        const text = chunk.text(line, row) ?? ''
        if (!pipeline.process(text, stream, rows.metadata(chunk, row), times[row])) return
        candidates.add(times[row], hashes[row], pipeline.labels(), pipeline.line)
      })
    })
  }
  return candidates.block()
}

/**
 * Where every row becomes an entry, the limit bounds the time: DuckDB finds it in the time column alone, and the lines
 * of all other rows are never read. Rows at the bound itself stay, since they are ordered by their labels.
 */
async function narrowed(
  request: LogScanRequest,
  entries: EntriesRequest,
  segments: readonly LocalSegment[],
  scan: LogUnitScan,
): Promise<LogScanRequest> {
  let { from, to } = request
  for (const part of logScans(segments, { ...request, streamLabels: new Set(), metadataLabels: new Set(), line: 'none' })) {
    await scan.run({ sql: nthTimeSql(part, entries.direction, entries.limit), bytes: part.bytes, together: undefined }, (chunk) => {
      const [time] = chunk.bigints(0)
      if (entries.direction === 'backward' && time > from) from = time
      if (entries.direction === 'forward' && time < to) to = time
    })
  }
  return { ...request, from, to }
}
