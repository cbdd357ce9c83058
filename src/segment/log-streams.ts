/** What a log segment holds of each stream: told to the catalog, so that volumes and series are known without a look at the object. */
import type { StreamFacts } from '../model/segment.js'
import type { LogRows } from './logs.js'

/** In the order of the rows, which stand stream by stream. */
export function streamsOf(rows: LogRows): readonly StreamFacts[] {
  const { order, stream, ts, labels } = rows
  const facts: StreamFacts[] = []
  for (let from = 0, to = 0; from < order.length; from = to) {
    const number = stream[order[from]]
    let bytes = 0
    let timeMin = ts[order[from]]
    let timeMax = timeMin
    for (to = from; to < order.length && stream[order[to]] === number; to++) {
      const entry = order[to]
      bytes += rows.line(entry).byteLength
      if (ts[entry] < timeMin) timeMin = ts[entry]
      if (ts[entry] > timeMax) timeMax = ts[entry]
    }
    facts.push({ labels: labels[number], entries: to - from, bytes, timeMin, timeMax })
  }
  return facts
}
