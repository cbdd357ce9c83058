/** Remarks about aggregations and histograms in the words of Prometheus (util/annotations), at the place they are about. */
import type { Annotation } from '../model/annotation.js'
import type { Span } from '../model/expr.js'
import type { StateNote } from './define.js'
import { formatShortest } from './histogram/histogram.js'

/** Takes the level and the text of a remark whose place is known. */
export type Remark = (level: Annotation['level'], text: string) => void

/** What is to be said of the finished state of an aggregation; `metric` is the name that its series share, or empty. */
export function stateRemarks(notes: Iterable<StateNote>, metric: string, span: Span): readonly Annotation[] {
  return [...notes].map((note) => ({ ...STATE_REMARKS[note](metric), span }))
}

const STATE_REMARKS: Readonly<Record<StateNote, (metric: string) => Omit<Annotation, 'span'>>> = {
  mixed: () => ({ level: 'warning', text: 'encountered a mix of histograms and floats for aggregation' }),
  incompatible: (metric) => ({
    level: 'warning',
    text: `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`,
  }),
  resetCollision: () => ({ level: 'warning', text: 'conflicting counter resets during histogram aggregation' }),
  boundsReconciled: () => ({ level: 'info', text: 'mismatched custom buckets were reconciled during aggregation' }),
}

/** Of an aggregation that passes over histograms and met one. */
export function ignoredHistogram(aggregation: string, span: Span): Annotation {
  return { level: 'info', text: `ignored histogram in ${aggregation} aggregation`, span }
}

/** What is wrong with a quantile that none can be. */
export function quantileFault(phi: number): string | undefined {
  return phi >= 0 && phi <= 1 ? undefined : `quantile value should be between 0 and 1, got ${formatShortest(phi)}`
}
