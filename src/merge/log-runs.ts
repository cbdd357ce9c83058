/** Values of log entries of several units: streams of any unit may end in the same label set. */
import type { RunsBlock } from '../model/block.js'
import { compareLabels, labelsKey, type Labels } from '../model/labels.js'

interface Piece {
  readonly block: RunsBlock
  readonly run: number
}

/** Runs of equal labels as one, in the order of time, and of equal times in the order of the blocks: ascending by hash of the streams. */
export function joinValues(blocks: readonly RunsBlock[]): RunsBlock {
  const pieces = new Map<string, { readonly labels: Labels; readonly pieces: Piece[] }>()
  for (const block of blocks) {
    block.labels.forEach((labels, run) => {
      const key = labelsKey(labels)
      const held = pieces.get(key)
      if (held === undefined) pieces.set(key, { labels, pieces: [{ block, run }] })
      else held.pieces.push({ block, run })
    })
  }
  const series = [...pieces.values()].sort((a, b) => compareLabels(a.labels, b.labels))
  const size = blocks.reduce((sum, { t }) => sum + t.length, 0)
  const out = { starts: new Int32Array(series.length + 1), t: new Float64Array(size), v: new Float64Array(size), nanos: new Int32Array(size) }
  series.forEach(({ pieces: own }, s) => {
    out.starts[s + 1] = append(own, out, out.starts[s])
  })
  return { kind: 'runs', labels: series.map(({ labels }) => labels), ...out }
}

type Columns = Pick<RunsBlock, 't' | 'v'> & { readonly nanos: Int32Array }

/** Returns the place behind what it has written from `first` on. */
function append(pieces: readonly Piece[], out: Columns, first: number): number {
  let at = first
  for (const { block, run } of pieces) {
    const [start, end] = [block.starts[run], block.starts[run + 1]]
    out.t.set(block.t.subarray(start, end), at)
    out.v.set(block.v.subarray(start, end), at)
    if (block.nanos !== undefined) out.nanos.set(block.nanos.subarray(start, end), at)
    at += end - start
  }
  if (pieces.length > 1) sortByTime(out, first, at)
  return at
}

/** Stable: equal times stay in the order in which they stand. */
function sortByTime({ t, v, nanos }: Columns, first: number, end: number): void {
  const order = Int32Array.from({ length: end - first }, (_, i) => first + i).sort((a, b) => t[a] - t[b] || nanos[a] - nanos[b] || a - b)
  const sorted = { t: t.slice(first, end), v: v.slice(first, end), nanos: nanos.slice(first, end) }
  order.forEach((from, i) => {
    t[first + i] = sorted.t[from - first]
    v[first + i] = sorted.v[from - first]
    nanos[first + i] = sorted.nanos[from - first]
  })
}
