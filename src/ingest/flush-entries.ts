/** From buffered log entries to log segments: one for each window of time, rows in file order. */
import type { Limits } from '../model/limits.js'
import { nsToMs } from '../model/time.js'
import { writeLogSegment } from '../segment/segment.js'
import type { Delivery } from './delivery.js'
import type { EntryBuffer } from './entry-buffer.js'
import { runsOfFewLabels } from './flush-samples.js'
import { readFields } from './line-fields.js'
import type { SeriesTable } from './series-table.js'
import { coveringWindowMs, windowOf } from './windows.js'

/** Writes all entries to segments and empties the buffer. The windows are as narrow as one that could hold all of them. */
export async function flushEntries(entries: EntryBuffer, table: SeriesTable, delivery: Delivery, limits: Limits): Promise<void> {
  if (entries.count === 0) return
  const order = entries.order(table.labels)
  for (const rows of windows(order, entries.ts)) {
    const sets = rows.map((entry) => entries.stream[entry])
    for (const [from, to] of runsOfFewLabels(sets, table.labels, limits.labelNamesMax)) {
      const part = {
        labels: table.labels,
        hashes: table.hashes,
        order: rows.subarray(from, to),
        stream: entries.stream,
        ts: entries.ts,
        id: entries.id,
        line: (entry: number) => entries.line(entry),
        metadata: entries.metadata,
        fields: readFields(to - from, (row) => entries.text(rows[from + row]), limits),
      }
      const timeMs = part.order.reduce((first, entry) => Math.min(first, nsToMs(entries.ts[entry])), Infinity)
      await delivery.add('logs', timeMs, (duckdb, target) => writeLogSegment(duckdb, part, target))
    }
  }
  entries.clear()
}

/** The entries of each window, windows ascending, the given order kept within each. */
function windows(order: Int32Array, ts: BigInt64Array): readonly Int32Array[] {
  const times = Float64Array.from(order, (entry) => nsToMs(ts[entry]))
  let first = Infinity
  let last = -Infinity
  for (const time of times) {
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  const widthMs = coveringWindowMs(last - first + 1)
  const rowsOf = new Map<number, number[]>()
  times.forEach((time, row) => {
    const window = windowOf(time, widthMs)
    const rows = rowsOf.get(window) ?? []
    if (rows.length === 0) rowsOf.set(window, rows)
    rows.push(order[row])
  })
  return [...rowsOf].sort(([a], [b]) => a - b).map(([, rows]) => Int32Array.from(rows))
}
