/** A range vector with `anchored` or `smoothed` as the answer: its samples, and values at both of its edges (Prometheus' extendFloats). */
import type { RunsBlock } from '../../model/block.js'
import type { WindowExtension } from '../../model/plan.js'
import { executionError } from '../vectors.js'
import { edgesOf, insideOf, leftFloat, rightFloat } from './extended-rates.js'

/**
 * Of series whose samples are all that the modifier may see of the window (start, end]. A series of which none tells anything about it
 * is left out. Throws upstream's error where there are histograms.
 */
export function extendedSamples(block: RunsBlock, start: number, end: number, modifier: WindowExtension['modifier']): RunsBlock {
  if (block.histograms !== undefined && block.histograms.size > 0) throw executionError(`${modifier} modifier is not supported with histograms`)
  const { t: times, v: values, starts } = block
  const kept: { readonly series: number; readonly t: readonly number[]; readonly v: readonly number[] }[] = []
  block.labels.forEach((_, series) => {
    const run = { t: times, v: values, start: starts[series], end: starts[series + 1] }
    if (run.start === run.end) return
    const edges = edgesOf(run, run.start, run.end, start, end, modifier)
    if (edges === undefined) return
    const { first, past } = insideOf(run, edges)
    const inside = (array: Float64Array): Float64Array => array.subarray(first, Math.max(first, past))
    const left = leftFloat(run, edges, 'gauge', modifier)
    const right = rightFloat(run, edges, 'gauge', modifier)
    kept.push({ series, t: [start, ...inside(times), end], v: [left, ...inside(values), right] })
  })
  const rows = new Int32Array(kept.length + 1)
  kept.forEach(({ t }, row) => (rows[row + 1] = rows[row] + t.length))
  return {
    kind: 'runs',
    labels: kept.map(({ series }) => block.labels[series]),
    starts: rows,
    t: Float64Array.from(kept.flatMap(({ t }) => t)),
    v: Float64Array.from(kept.flatMap(({ v }) => v)),
  }
}
