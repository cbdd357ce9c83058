/** The questions, and how the reference answers each. */
import { labelValue } from '../src/model/labels.js'
import { topOf, type StepRows, type Steps } from './answer-rows.js'
import type { GeneratedSeries } from './hicard-data.js'
import { add, greatest, newest, quantileOf, rateOver, type Collector } from './hicard-reference.js'

export interface HicardQuery {
  readonly text: string
  readonly collectors: readonly Collector[]
  readonly finish: (rows: readonly StepRows[], steps: Steps) => StepRows
  /** The label whose value names a series of the answer; empty: there is one series. */
  readonly label: string
  /** Which of two series that differ in the last place is among the best is not looked at, only the values. */
  readonly ranked?: true
}

const counter = (series: GeneratedSeries): boolean => labelValue(series.labels, '__name__') === 'm'
const bucket = (series: GeneratedSeries): boolean => labelValue(series.labels, '__name__') === 'b_bucket'
const serverError = (series: GeneratedSeries): boolean => counter(series) && /^5..$/.test(labelValue(series.labels, 'status'))
const one = (): number => 1
const first = ([rows]: readonly StepRows[]): StepRows => rows

const rate5m = rateOver(300_000)

export const HICARD_QUERIES: readonly HicardQuery[] = [
  { text: 'sum by (job)(rate(m[5m]))', label: 'job', collectors: [{ wants: counter, value: rate5m, label: 'job', combine: add }], finish: first },
  {
    text: 'topk(10, sum by (pod)(rate(m[1m])))',
    label: 'pod',
    ranked: true,
    collectors: [{ wants: counter, value: rateOver(60_000), label: 'pod', combine: add }],
    finish: ([rows], steps) => topOf(10, rows, steps),
  },
  {
    text: 'histogram_quantile(0.99, sum by (le)(rate(b_bucket[5m])))',
    label: '',
    collectors: [{ wants: bucket, value: rate5m, label: 'le', combine: add }],
    finish: ([rows], steps) => quantileOf(0.99, rows, steps),
  },
  {
    text: 'count(m)',
    label: '',
    collectors: [{ wants: counter, value: (series, at) => (Number.isNaN(newest(series, at)) ? NaN : one()), label: '', combine: add }],
    finish: first,
  },
  { text: 'max by (instance)(m)', label: 'instance', collectors: [{ wants: counter, value: newest, label: 'instance', combine: greatest }], finish: first },
  {
    text: 'sum by (job)(rate(m{status=~"5.."}[5m])) / sum by (job)(rate(m[5m]))',
    label: 'job',
    collectors: [
      { wants: serverError, value: rate5m, label: 'job', combine: add },
      { wants: counter, value: rate5m, label: 'job', combine: add },
    ],
    finish: ([errors, all]) => new Map([...errors].map(([job, row]) => [job, row.map((value, k) => value / (all.get(job)?.[k] ?? NaN))])),
  },
]
