/** What functions and operators do to vectors: names taken off, labels rewritten, series put in order. */
import { ABSENT, HISTOGRAM, histogramAt, pickSeries, seriesBlock, withHistograms, type RunsBlock, type SeriesBlock } from '../model/block.js'
import { badQuery, type QueryError } from '../model/error.js'
import type { NativeHistogram } from '../model/histogram.js'
import { compareLabels, labelsKey, METRIC_NAME, withoutLabels, type Labels } from '../model/labels.js'
import type { Naming } from '../model/plan.js'
import type { RootValue } from './define.js'

/** What goes with the metric name when an operation makes something else of a metric. */
export const NAME_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__'])

/** An error of evaluation, as opposed to one of the text: APIs that tell the two apart read the fact `class`. */
export function executionError(message: string): QueryError {
  return badQuery(message, undefined, { class: 'execution' })
}

export function duplicateLabelset(): QueryError {
  return executionError('vector cannot contain metrics with the same labelset')
}

export function withoutName(labels: Labels): Labels {
  return withoutLabels(labels, NAME_LABELS)
}

/** The name taken off every series, or with delayed removal marked to go at the end of the query. */
export function nameTaken(block: SeriesBlock, naming: Naming): SeriesBlock {
  return naming === 'delayed' ? { ...block, nameGoes: allGo(block) } : relabelled(block, withoutName)
}

/** For `nameGoes`: the name of every series goes. */
export function allGo({ labels }: Pick<SeriesBlock, 'labels'>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(labels.length).fill(1)
}

/** Any text that can be UTF-8 may name a label, but for the empty one. Bytes that cannot come as lone surrogates. */
export function isLabelName(name: string): boolean {
  return name !== '' && name.isWellFormed()
}

/** The vector of an argument that the type checker has made sure is one. */
export function vectorOf(value: RootValue): SeriesBlock {
  if (value.type !== 'vector') throw new Error(`a ${value.type} where a vector was expected`)
  return value.block
}

export function scalarsOf(value: RootValue): Float64Array<ArrayBuffer> {
  if (value.type !== 'scalar') throw new Error(`a ${value.type} where a scalar was expected`)
  return value.values
}

export function stringOf(value: RootValue): string {
  if (value.type !== 'string') throw new Error(`a ${value.type} where a string was expected`)
  return value.value
}

/**
 * The block with other labels. Series that become equal are joined, as long as no step has a value of both;
 * throws upstream's duplicate labelset error if one has.
 */
export function relabelled(block: SeriesBlock, relabel: (labels: Labels) => Labels): SeriesBlock {
  const labels: Labels[] = []
  const rows = new Map<string, number>()
  const rowOf = block.labels.map((old) => {
    const fresh = relabel(old)
    const key = labelsKey(fresh)
    const known = rows.get(key)
    if (known !== undefined) return known
    rows.set(key, labels.length)
    return labels.push(fresh) - 1
  })
  return labels.length === block.labels.length ? { ...block, labels } : joined(block, labels, rowOf)
}

function joined(block: SeriesBlock, labels: readonly Labels[], rowOf: readonly number[]): SeriesBlock {
  const { steps, nameGoes } = block
  const joint = seriesBlock(labels, steps)
  const histograms = new Map<number, NativeHistogram>()
  const flags = nameGoes === undefined ? undefined : new Uint8Array(labels.length)
  rowOf.forEach((row, s) => {
    if (nameGoes?.[s] === 1 && flags !== undefined) flags[row] = 1
    for (let k = 0; k < steps; k++) {
      const [from, to] = [s * steps + k, row * steps + k]
      if (block.present[from] === ABSENT) continue
      if (joint.present[to] !== ABSENT) throw duplicateLabelset()
      joint.values[to] = block.values[from]
      joint.present[to] = block.present[from]
      if (block.present[from] === HISTOGRAM) histograms.set(to, histogramAt(block, from))
    }
  })
  return { ...joint, ...withHistograms(histograms), ...(flags === undefined ? {} : { nameGoes: flags }) }
}

/** The series in label order; the same block if they are. */
export function inLabelOrder(block: SeriesBlock): SeriesBlock {
  const order = labelOrder(block.labels)
  return order === undefined ? block : pickSeries(block, order)
}

/** The series by their labels, as numbers of them; undefined if they stand in this order. */
export function labelOrder(labels: readonly Labels[]): readonly number[] | undefined {
  let sorted = true
  for (let s = 1; sorted && s < labels.length; s++) sorted = compareLabels(labels[s - 1], labels[s]) <= 0
  return sorted ? undefined : labels.map((_, s) => s).sort((a, b) => compareLabels(labels[a], labels[b]))
}

/** The series of samples in label order; the same block if they are. */
export function runsInLabelOrder(block: RunsBlock): RunsBlock {
  const { labels, starts, t, v } = block
  const order = labels.map((_, s) => s).sort((a, b) => compareLabels(labels[a], labels[b]))
  if (order.every((s, at) => s === at)) return block
  const sorted = { t: new Float64Array(t.length), v: new Float64Array(v.length), starts: new Int32Array(starts.length) }
  const histograms = new Map<number, NativeHistogram>()
  order.forEach((s, row) => {
    const at = sorted.starts[row]
    sorted.t.set(t.subarray(starts[s], starts[s + 1]), at)
    sorted.v.set(v.subarray(starts[s], starts[s + 1]), at)
    for (let i = starts[s]; i < starts[s + 1]; i++) {
      const histogram = block.histograms?.get(i)
      if (histogram !== undefined) histograms.set(at + i - starts[s], histogram)
    }
    sorted.starts[row + 1] = at + starts[s + 1] - starts[s]
  })
  return { kind: 'runs', labels: order.map((s) => labels[s]), ...sorted, ...(histograms.size === 0 ? {} : { histograms }) }
}

/** Without the series that have no value at any step; the same block if there are none. */
export function withoutEmptySeries(block: SeriesBlock): SeriesBlock {
  const filled: number[] = []
  for (let s = 0; s < block.labels.length; s++) if (hasValue(block, s)) filled.push(s)
  return filled.length === block.labels.length ? block : pickSeries(block, filled)
}

export function hasValue({ present, steps }: SeriesBlock, series: number): boolean {
  const end = (series + 1) * steps
  for (let i = series * steps; i < end; i++) if (present[i] !== ABSENT) return true
  return false
}
