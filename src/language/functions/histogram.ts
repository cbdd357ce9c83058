/** Histograms: classic ones are series with an `le` label, each counting the observations up to that bound. */
import { seriesBlock, type SeriesBlock } from '../../model/block.js'
import { labelsKey, labelValue, withoutLabels, type Labels } from '../../model/labels.js'
import type { FunctionEntry, RootCall, RootValue } from '../define.js'
import { relabelled, scalarsOf, vectorOf, withoutName } from '../vectors.js'
import { unsupported } from './unsupported.js'

export const HISTOGRAM_FUNCTIONS: readonly FunctionEntry[] = [
  {
    kind: 'root',
    name: 'histogram_quantile',
    doc: 'The φ-quantile of the observations, interpolated inside its bucket.',
    args: ['scalar', 'vector'],
    variadic: 0,
    returns: 'vector',
    experimental: false,
    evaluate: histogramQuantile,
  },
  unsupported('histogram_fraction', 'The part of the observations between two bounds.', ['scalar', 'scalar', 'vector']),
  unsupported('histogram_count', 'The number of observations of native histograms.', ['vector']),
  unsupported('histogram_sum', 'The sum of observations of native histograms.', ['vector']),
  unsupported('histogram_avg', 'The mean observation of native histograms.', ['vector']),
  unsupported('histogram_stddev', 'The estimated standard deviation of native histograms.', ['vector']),
  unsupported('histogram_stdvar', 'The estimated variance of native histograms.', ['vector']),
  unsupported('histogram_quantiles', 'Several quantiles, told apart by a label.', ['vector', 'string', 'scalar', 'scalar'], {
    variadic: 9,
    experimental: true,
  }),
]

const BOUND_LABEL: ReadonlySet<string> = new Set(['le'])

/** Counts of neighbouring buckets that differ by less than this part of their sum are taken for equal. */
const TOLERANCE = 1e-12

/** The series of one histogram, ascending by bound. */
interface Histogram {
  readonly labels: Labels
  readonly rows: readonly number[]
  readonly bounds: readonly number[]
}

function histogramQuantile([phis, vector]: readonly RootValue[], { grid }: RootCall): RootValue {
  const phi = scalarsOf(phis)
  const buckets = vectorOf(vector)
  const histograms = histogramsOf(buckets)
  const block = seriesBlock(histograms.map(({ labels }) => labels), grid.count)
  histograms.forEach((histogram, h) => quantilesInto(block, h, histogram, buckets, phi))
  return { type: 'vector', block: relabelled(block, withoutName), ordered: false }
}

/** Series without a readable bound belong to no histogram. */
function histogramsOf({ labels }: SeriesBlock): readonly Histogram[] {
  const found = new Map<string, { labels: Labels; buckets: { row: number; bound: number }[] }>()
  labels.forEach((set, row) => {
    const bound = parseBound(labelValue(set, 'le'))
    if (bound === undefined) return
    const rest = withoutLabels(set, BOUND_LABEL)
    const key = labelsKey(rest)
    const histogram = found.get(key) ?? { labels: rest, buckets: [] }
    histogram.buckets.push({ row, bound })
    found.set(key, histogram)
  })
  return [...found.values()].map(({ labels: rest, buckets }) => {
    buckets.sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0))
    return { labels: rest, rows: buckets.map(({ row }) => row), bounds: buckets.map(({ bound }) => bound) }
  })
}

/** A number as Go reads it, and not beyond the range of a double; undefined for any other text. */
function parseBound(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return NaN
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** Writes the quantile of one histogram at each step where any of its buckets has a value. */
function quantilesInto(
  out: SeriesBlock,
  row: number,
  histogram: Histogram,
  buckets: SeriesBlock,
  phi: Float64Array,
): void {
  const { rows } = histogram
  const { steps } = buckets
  const bounds = new Float64Array(rows.length)
  const counts = new Float64Array(rows.length)
  for (let k = 0; k < steps; k++) {
    let size = 0
    for (let b = 0; b < rows.length; b++) {
      const cell = rows[b] * steps + k
      if (buckets.present[cell] === 0) continue
      // Equal bounds that were written differently are one bucket.
      if (size > 0 && bounds[size - 1] === histogram.bounds[b]) {
        counts[size - 1] += buckets.values[cell]
      } else {
        bounds[size] = histogram.bounds[b]
        counts[size] = buckets.values[cell]
        size++
      }
    }
    if (size === 0) continue
    out.values[row * steps + k] = bucketQuantile(phi[k], bounds, counts, size)
    out.present[row * steps + k] = 1
  }
}

/**
 * The φ-quantile of `size` buckets with ascending bounds and cumulative counts; forces the counts to ascend in place.
 * NaN without a last bucket of +Inf, with fewer than two buckets, or without observations. The quantile is interpolated
 * between the bounds of its bucket, of which the first begins at 0 if it ends above it; in the +Inf bucket it is the bound below.
 */
function bucketQuantile(phi: number, bounds: Float64Array, counts: Float64Array, size: number): number {
  if (Number.isNaN(phi)) return NaN
  if (phi < 0) return -Infinity
  if (phi > 1) return Infinity
  if (bounds[size - 1] !== Infinity) return NaN
  forceAscending(counts, size)
  const observations = counts[size - 1]
  if (size < 2 || observations === 0) return NaN
  const rank = phi * observations
  const bucket = firstAtLeast(counts, size - 1, rank)
  if (bucket === size - 1) return bounds[size - 2]
  if (bucket === 0) return bounds[0] <= 0 ? bounds[0] : bounds[0] * (rank / counts[0])
  const below = counts[bucket - 1]
  const start = bounds[bucket - 1]
  return start + (bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below))
}

/** A count below, or hardly different from, the one before it becomes that one. */
function forceAscending(counts: Float64Array, size: number): void {
  for (let b = 1; b < size; b++) {
    const before = counts[b - 1]
    if (counts[b] < before || nearlyEqual(before, counts[b])) counts[b] = before
  }
}

const LEAST_NORMAL = 2 ** -1022

function nearlyEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const magnitude = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || magnitude < LEAST_NORMAL) return difference < TOLERANCE * LEAST_NORMAL
  return difference / Math.min(magnitude, Number.MAX_VALUE) < TOLERANCE
}

/** Binary search for the first of `size` counts that is at least `rank`; `size` if none is. */
function firstAtLeast(counts: Float64Array, size: number, rank: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if (counts[middle] >= rank) high = middle
    else low = middle + 1
  }
  return low
}
