/** Functions of histograms, be they classic ones, several series of buckets, or native ones, which are samples by themselves. */
import { FLOAT, seriesBlock } from '../../model/block.js'
import type { NativeHistogram } from '../../model/histogram.js'
import type { Span } from '../../model/expr.js'
import { withLabel, type Labels } from '../../model/labels.js'
import { stepTime } from '../../model/time.js'
import type { ArgType, FunctionEntry, RootCall, RootFunction, RootValue } from '../define.js'
import { histogramAverage, histogramDeviation, histogramFraction, histogramQuantile, histogramVariance, formatShortest } from '../histogram/histogram.js'
import type { Estimate, EstimateNote } from '../histogram/histogram.js'
import { quantileFault } from '../remarks.js'
import { RowBuilder } from '../row-builder.js'
import { allGo, duplicateLabelset, nameTaken, scalarsOf, stringOf, vectorOf, withoutName } from '../vectors.js'
import { bucketFraction, bucketQuantile, type ClassicBuckets, type Lift } from './classic-buckets.js'
import { distributionsOf, eachDistribution, nameText, type Distribution } from './distributions.js'

export const HISTOGRAM_FUNCTIONS: readonly FunctionEntry[] = [
  atRoot('histogram_quantile', 'The φ-quantile of the observations, interpolated inside its bucket.', ['scalar', 'vector'], quantileOf),
  atRoot('histogram_fraction', 'The part of the observations between two bounds.', ['scalar', 'scalar', 'vector'], fractionOf),
  ofNative('histogram_count', 'The number of observations of native histograms.', ({ count }) => count),
  ofNative('histogram_sum', 'The sum of observations of native histograms.', ({ sum }) => sum),
  ofNative('histogram_avg', 'The mean observation of native histograms.', histogramAverage),
  ofNative('histogram_stddev', 'The estimated standard deviation of native histograms.', histogramDeviation),
  ofNative('histogram_stdvar', 'The estimated variance of native histograms.', histogramVariance),
  {
    ...atRoot('histogram_quantiles', 'Several quantiles, told apart by a label.', ['vector', 'string', 'scalar', 'scalar'], quantilesOf),
    variadic: 9,
    experimental: true,
  },
]

function atRoot(name: string, doc: string, args: readonly ArgType[], evaluate: RootFunction['evaluate']): RootFunction {
  return { kind: 'root', name, doc, args, variadic: 0, returns: 'vector', experimental: false, evaluate }
}

/** A number of each native histogram; floats are left out. */
function ofNative(name: string, doc: string, read: (histogram: NativeHistogram) => number): RootFunction {
  return atRoot(name, doc, ['vector'], ([vector], { naming }) => {
    const { labels, steps, histograms, nameGoes } = vectorOf(vector)
    const out = seriesBlock(labels, steps)
    for (const [cell, histogram] of histograms ?? []) {
      out.values[cell] = read(histogram)
      out.present[cell] = FLOAT
    }
    const block = nameTaken(nameGoes === undefined ? out : { ...out, nameGoes }, naming)
    return { type: 'vector', block, ordered: vector.type === 'vector' && vector.ordered }
  })
}

function quantileOf([phis, vector]: readonly RootValue[], call: RootCall): RootValue {
  const phi = scalarsOf(phis)
  remarkQuantiles(phi, call.argSpans[0], call)
  const quantile = quantileReader(call, call.argSpans[1])
  return estimated(vector, call, call.argSpans[1], [undefined], (distribution, k, histogram) => [quantile(phi[k], distribution, k, histogram)])
}

function quantilesOf([vector, label, ...phis]: readonly RootValue[], call: RootCall): RootValue {
  const columns = phis.map(scalarsOf)
  columns.forEach((phi, at) => remarkQuantiles(phi, call.argSpans[at + 2], call))
  const quantile = quantileReader(call, call.argSpans[0])
  const name = stringOf(label)
  // The quantile is a label, so that one that differs from step to step makes several series of one column.
  const naming = columns.map((phi) => (labels: Labels, k: number) => withLabel(labels, name, openMetricsNumber(phi[k])))
  return estimated(vector, call, call.argSpans[0], naming, (distribution, k, histogram) =>
    columns.map((phi) => quantile(phi[k], distribution, k, histogram)))
}

function fractionOf([lowers, uppers, vector]: readonly RootValue[], call: RootCall): RootValue {
  const [lower, upper] = [scalarsOf(lowers), scalarsOf(uppers)]
  const noted = noteTaker(call, call.argSpans[2])
  return estimated(vector, call, call.argSpans[2], [undefined], (distribution, k, histogram) => {
    if (isNative(histogram)) return [noted(histogramFraction(lower[k], upper[k], histogram), distribution)]
    return [bucketFraction(lower[k], upper[k], histogram)]
  })
}

function isNative(histogram: NativeHistogram | ClassicBuckets): histogram is NativeHistogram {
  return 'schema' in histogram
}

type Relabel = ((labels: Labels, step: number) => Labels) | undefined
type Estimates = (distribution: Distribution, step: number, histogram: NativeHistogram | ClassicBuckets) => readonly number[]

/** One value of each histogram and step for each of the columns, which may change the labels. The name goes. */
function estimated(vector: RootValue, call: RootCall, span: Span, columns: readonly Relabel[], estimates: Estimates): RootValue {
  const { naming, grid, limits } = call
  const block = vectorOf(vector)
  const distributions = distributionsOf(block, call, span)
  const out = new RowBuilder(grid.count, distributions.length * columns.length, limits)
  for (const distribution of distributions) {
    const labels = naming === 'immediate' ? withoutName(distribution.labels) : distribution.labels
    const rows = columns.map((relabel) => (relabel === undefined ? lazily(() => out.row(labels)) : (k: number) => out.row(relabel(labels, k))))
    eachDistribution(distribution, block, call, span, (k, histogram) => {
      estimates(distribution, k, histogram).forEach((value, column) => {
        const row = rows[column](k)
        if (!out.claim(row, k)) throw duplicateLabelset()
        out.set(row, k, value)
      })
    })
  }
  const result = out.block()
  return { type: 'vector', block: naming === 'immediate' ? result : { ...result, nameGoes: allGo(result) }, ordered: false }
}

function lazily(make: () => number): () => number {
  let made: number | undefined
  return () => (made ??= make())
}

type QuantileReader = (phi: number, distribution: Distribution, step: number, histogram: NativeHistogram | ClassicBuckets) => number

function quantileReader(call: RootCall, span: Span): QuantileReader {
  const noted = noteTaker(call, span)
  return (phi, distribution, k, histogram) => {
    if (isNative(histogram)) return noted(histogramQuantile(phi, histogram), distribution)
    const { value, lift } = bucketQuantile(phi, histogram)
    if (lift !== undefined) remarkLift(lift, distribution, k, call, span)
    return value
  }
}

function remarkQuantiles(phis: Float64Array, span: Span, { annotate }: RootCall): void {
  for (const phi of new Set(phis)) {
    const text = quantileFault(phi)
    if (text !== undefined) annotate({ level: 'warning', text, span })
  }
}

const NOTES: Readonly<Record<EstimateNote, string>> = {
  nanResult: 'input to histogram_quantile has NaN observations, result is NaN',
  nanSkew: 'input to histogram_quantile has NaN observations, result is skewed higher',
  nanExcluded: 'input to histogram_fraction has NaN observations, which are excluded from all fractions',
}

function noteTaker(call: RootCall, span: Span): (estimate: Estimate, distribution: Distribution) => number {
  return ({ value, note }, { labels }) => {
    if (note !== undefined) call.annotate({ level: 'info', text: NOTES[note] + nameText(labels, call.naming), span })
    return value
  }
}

const LIFTED =
  'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)'

function remarkLift(lift: Lift, { labels }: Distribution, k: number, { grid, naming, annotate }: RootCall, span: Span): void {
  const time = stepTime(grid, k)
  const fixedBuckets = { ...lift, samples: 1, firstMs: time, lastMs: time }
  annotate({ level: 'info', text: LIFTED + nameText(labels, naming), span, fixedBuckets })
}

/** As OpenMetrics writes numbers: never like an integer. */
function openMetricsNumber(value: number): string {
  const text = formatShortest(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
