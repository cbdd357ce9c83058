/** What a log segment holds of each stream: told to the catalog, so that volumes and series are known without a look at the object. */
import type { Labels } from '../model/labels.js'
import type { StreamFacts } from '../model/segment.js'

/** As of LogRows. */
export interface StreamRows {
  readonly labels: readonly Labels[]
  readonly order: Int32Array
  readonly stream: Int32Array
  readonly ts: BigInt64Array
  readonly line: (entry: number) => Uint8Array
}

/** In the order of the rows, which stand stream by stream. */
export function streamsOf(rows: StreamRows): readonly StreamFacts[] {
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
