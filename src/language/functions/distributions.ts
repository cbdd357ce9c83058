/** The histograms of a vector: those whose buckets are series, and those that are samples, told apart at each step. */
import { FLOAT, HISTOGRAM, histogramAt, type SeriesBlock } from '../../model/block.js'
import type { Span } from '../../model/expr.js'
import type { NativeHistogram } from '../../model/histogram.js'
import { labelsKey, labelValue, METRIC_NAME, withoutLabels, type Labels } from '../../model/labels.js'
import type { Naming } from '../../model/plan.js'
import type { RootCall } from '../define.js'
import { addBucket, parseBound, type ClassicBuckets } from './classic-buckets.js'

/** The series of one histogram: those of its buckets, ascending by bound, and the one whose samples are histograms. */
export interface Distribution {
  readonly labels: Labels
  readonly rows: readonly number[]
  readonly bounds: readonly number[]
  readonly native: number | undefined
}

const BOUND_LABEL: ReadonlySet<string> = new Set(['le'])

interface Found {
  readonly labels: Labels
  readonly buckets: { readonly row: number; readonly bound: number }[]
  native: number | undefined
}

/** Series of floats without a readable bound belong to no histogram, which is remarked at `span`. */
export function distributionsOf(block: SeriesBlock, { annotate, naming }: RootCall, span: Span): readonly Distribution[] {
  const found = new Map<string, Found>()
  const ofLabels = (labels: Labels): Found => {
    const key = labelsKey(labels)
    const known = found.get(key) ?? { labels, buckets: [], native: undefined }
    found.set(key, known)
    return known
  }
  block.labels.forEach((labels, row) => {
    const marks = block.present.subarray(row * block.steps, (row + 1) * block.steps)
    if (block.histograms !== undefined && marks.includes(HISTOGRAM)) ofLabels(labels).native = row
    if (!marks.includes(FLOAT)) return
    const text = labelValue(labels, 'le')
    const bound = parseBound(text)
    if (bound !== undefined) ofLabels(withoutLabels(labels, BOUND_LABEL)).buckets.push({ row, bound })
    else annotate({ level: 'warning', text: `bucket label "le" is missing or has a malformed value of ${JSON.stringify(text)}${nameText(labels, naming)}`, span })
  })
  return [...found.values()].map(({ labels, buckets, native }) => {
    buckets.sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0))
    return { labels, rows: buckets.map(({ row }) => row), bounds: buckets.map(({ bound }) => bound), native }
  })
}

/** The end of a remark about a metric whose name is still there: with delayed removal. */
export function nameText(labels: Labels, naming: Naming): string {
  const name = labelValue(labels, METRIC_NAME)
  return naming === 'immediate' || name === '' ? '' : ` for metric name ${JSON.stringify(name)}`
}

/**
 * Calls `visit` at each step where there is a histogram. Where there are both, classic buckets and a native one, none counts: that is remarked.
 * The buckets are valid until the next step.
 */
export function eachDistribution(
  { rows, bounds, native, labels }: Distribution,
  block: SeriesBlock,
  { annotate, naming }: RootCall,
  span: Span,
  visit: (step: number, histogram: NativeHistogram | ClassicBuckets) => void,
): void {
  const { steps, present, values } = block
  const buckets: ClassicBuckets = { bounds: new Float64Array(rows.length), counts: new Float64Array(rows.length), size: 0 }
  for (let k = 0; k < steps; k++) {
    buckets.size = 0
    for (let b = 0; b < rows.length; b++) {
      const cell = rows[b] * steps + k
      if (present[cell] === FLOAT) addBucket(buckets, bounds[b], values[cell])
    }
    const isNative = native !== undefined && present[native * steps + k] === HISTOGRAM
    if (isNative && buckets.size > 0) {
      annotate({ level: 'warning', text: `vector contains a mix of classic and native histograms${nameText(labels, naming)}`, span })
    } else if (isNative) {
      visit(k, histogramAt(block, native * steps + k))
    } else if (buckets.size > 0) {
      visit(k, buckets)
    }
  }
}
