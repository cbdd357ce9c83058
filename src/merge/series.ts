/** Series blocks of several units as one. Blocks come in ascending order of their hash intervals. */
import type { Accumulator, AccumulatorState, StateNote } from '../language/language.js'
import { HISTOGRAM, histogramAt, seriesBlock, withHistograms, type RunsBlock, type SeriesBlock } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import { compareLabels, labelsKey, type Labels } from '../model/labels.js'

/** Every series by itself, one block after the other: ascending by hash, as the units are. */
export function joinSamples(blocks: readonly SeriesBlock[], steps: number): SeriesBlock {
  if (blocks.length === 1) return blocks[0]
  const joined = seriesBlock(blocks.flatMap((block) => block.labels), steps)
  const histograms = new Map<number, NativeHistogram>()
  let at = 0
  for (const block of blocks) {
    joined.values.set(block.values, at)
    joined.present.set(block.present, at)
    for (const [cell, histogram] of block.histograms ?? []) histograms.set(at + cell, histogram)
    at += block.values.length
  }
  return { ...joined, ...withHistograms(histograms) }
}

/** The samples of every series, one block after the other. */
export function joinRuns(blocks: readonly RunsBlock[]): RunsBlock {
  if (blocks.length === 1) return blocks[0]
  const size = blocks.reduce((sum, { t }) => sum + t.length, 0)
  const series = blocks.reduce((sum, { labels }) => sum + labels.length, 0)
  const t = new Float64Array(size)
  const v = new Float64Array(size)
  const startTimes = blocks.some((block) => block.startTimes !== undefined) ? new Float64Array(size) : undefined
  const starts = new Int32Array(series + 1)
  const histograms = new Map<number, NativeHistogram>()
  let at = 0
  let row = 0
  for (const block of blocks) {
    t.set(block.t, at)
    v.set(block.v, at)
    if (block.startTimes !== undefined) startTimes?.set(block.startTimes, at)
    for (const [sample, histogram] of block.histograms ?? []) histograms.set(at + sample, histogram)
    for (let s = 1; s <= block.labels.length; s++) starts[++row] = at + block.starts[s]
    at += block.t.length
  }
  return {
    kind: 'runs',
    labels: blocks.flatMap(({ labels }) => labels),
    starts,
    t,
    v,
    ...(histograms.size === 0 ? {} : { histograms }),
    ...(startTimes === undefined ? {} : { startTimes }),
  }
}

/** A block of finished groups, and what is to be remarked of them. */
export interface FinishedBlock {
  readonly block: SeriesBlock
  readonly notes: ReadonlySet<StateNote>
}

/** States of equal labels merged, then finished; in label order. */
export function mergeStates(accumulator: Accumulator, blocks: readonly SeriesBlock[], steps: number): FinishedBlock {
  const states = new Map(blocks.map((block) => [block, stateOf(accumulator, block)]))
  return gather(accumulator, blocks, steps, (state, at, block, from) => {
    const other = states.get(block)
    if (other !== undefined) accumulator.merge(state, at, other, from, steps)
  })
}

function stateOf(accumulator: Accumulator, { values, present, columns, totals }: SeriesBlock): AccumulatorState {
  return { values, present, columns: accumulator.columns.map((name) => columns[name]), totals: new Map(totals) }
}

/**
 * Samples of log leaves: the label set is made by the stages, so streams of several units may end in the same one;
 * what is counted (entries, bytes) is then added up. In label order.
 */
export function addSamples(sum: Accumulator, blocks: readonly SeriesBlock[], steps: number): SeriesBlock {
  return gather(sum, blocks, steps, (state, at, block, from) => {
    sum.add(state, at, block, from, steps)
  }).block
}

type AddRow = (state: AccumulatorState, at: number, block: SeriesBlock, from: number) => void

function gather(accumulator: Accumulator, blocks: readonly SeriesBlock[], steps: number, addRow: AddRow): FinishedBlock {
  const table = labelTable(blocks)
  const merged = seriesBlock(table.labels, steps)
  const columns = accumulator.columns.map(() => new Float64Array(merged.values.length))
  const state = { values: merged.values, present: merged.present, columns, totals: new Map() }
  blocks.forEach((block, b) => {
    const rows = table.rows[b]
    for (let s = 0; s < rows.length; s++) addRow(state, rows[s] * steps, block, s * steps)
  })
  const { histograms, notes } = accumulator.finish(state, merged.values.length)
  return { block: { ...merged, ...withHistograms(histograms) }, notes }
}

interface LabelTable {
  /** All label sets of the blocks, once each, ascending. */
  readonly labels: readonly Labels[]
  /** For each block and series of it, the index into `labels`. */
  readonly rows: readonly Int32Array[]
}

function labelTable(blocks: readonly SeriesBlock[]): LabelTable {
  const seen = new Map<string, number>()
  const found: Labels[] = []
  const rows = blocks.map((block) =>
    Int32Array.from(block.labels, (labels) => {
      const key = labelsKey(labels)
      const known = seen.get(key)
      if (known !== undefined) return known
      seen.set(key, found.length)
      return found.push(labels) - 1
    }),
  )
  const order = found.map((_, index) => index).sort((a, b) => compareLabels(found[a], found[b]))
  const place = new Int32Array(found.length)
  order.forEach((index, at) => {
    place[index] = at
  })
  return { labels: order.map((index) => found[index]), rows: rows.map((row) => row.map((index) => place[index])) }
}

/** A block of one step as a block of many: the same value at each. For leaves pinned by `@`. */
export function repeatStep(block: SeriesBlock, steps: number): SeriesBlock {
  if (steps === 1) return block
  const repeated = seriesBlock(block.labels, steps)
  const histograms = new Map<number, NativeHistogram>()
  for (let s = 0; s < block.labels.length; s++) {
    if (block.present[s] === HISTOGRAM) for (let k = 0; k < steps; k++) histograms.set(s * steps + k, histogramAt(block, s))
    repeated.values.fill(block.values[s], s * steps, (s + 1) * steps)
    repeated.present.fill(block.present[s], s * steps, (s + 1) * steps)
  }
  return { ...repeated, ...withHistograms(histograms) }
}
