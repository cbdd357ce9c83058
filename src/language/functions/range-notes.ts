/** What range functions remark about the samples of a series, as Prometheus words it (util/annotations/annotations.go). */
import { goQuote } from '../stages/conversions.js'
import type { WindowNotes } from '../define.js'

export function noteMixedKinds(notes: WindowNotes): undefined {
  notes.warn(`encountered a mix of histograms and floats for metric name ${goQuote(notes.metric)}`)
}

export function noteMixedBuckets(notes: WindowNotes): undefined {
  notes.warn(
    `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${goQuote(notes.metric)}`,
  )
}

export function noteHistogramsIgnored(notes: WindowNotes): void {
  notes.inform(`ignored histograms in a range containing both floats and histograms for metric name ${goQuote(notes.metric)}`)
}

export function noteNotCounter(notes: WindowNotes): void {
  notes.warn(`this native histogram metric is not a counter: ${goQuote(notes.metric)}`)
}

export function noteNotGauge(notes: WindowNotes): void {
  notes.warn(`this native histogram metric is not a gauge: ${goQuote(notes.metric)}`)
}

export function noteBoundsReconciled(notes: WindowNotes, operation: 'addition' | 'subtraction' | 'aggregation'): void {
  notes.inform(`mismatched custom buckets were reconciled during ${operation}`)
}

export function noteResetCollision(notes: WindowNotes): void {
  notes.warn('conflicting counter resets during histogram aggregation')
}

export function noteOverlappingStart(notes: WindowNotes): void {
  notes.warn(`sample has start time that overlaps with previous sample timestamp for metric ${goQuote(notes.metric)}`)
}

const COUNTER_TYPES: ReadonlySet<string> = new Set(['counter', 'histogram'])
const COUNTER_ENDING = /_(total|sum|count|bucket)$/

/** Of a series that has a name: by its type where types are labels, else by how the name ends. */
export function noteNoCounter(notes: WindowNotes): void {
  const { metric, type } = notes
  if (metric === '') return
  if (type !== undefined) {
    if (COUNTER_TYPES.has(type)) return
    const expected = 'metric might not be a counter, __type__ label is not set to "counter" or "histogram"'
    notes.inform(`${expected}, got ${goQuote(type)}: ${goQuote(metric)}`)
  } else if (!COUNTER_ENDING.test(metric)) {
    notes.inform(`metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${goQuote(metric)}`)
  }
}
