/** Native histograms: laws over random ones, and cases at the edges with figures worked out by hand. */
import { createHash } from 'node:crypto'
import t from 'tap'
import {
  addHistograms, addToTotal, bucketBound, bucketsDownward, bucketsUpward, compactHistogram, detectReset, divideHistogram, hasResetCollision,
  histogramAverage, histogramExpression, histogramFault, histogramFraction, histogramFromClassic, histogramJson, histogramQuantile, histogramsEqual,
  histogramText, histogramVariance, mergeTotals, multiplyHistogram, negateHistogram, reduceResolution, startTotal, subtractHistograms, totalValue,
  trimAbove, trimBelow, widenZeroBucket, withHint,
} from '../../src/language/language.js'
import { CUSTOM_BUCKETS_SCHEMA, type HistogramTotal, type NativeHistogram } from '../../src/model/histogram.js'
import { parseSeriesDescription } from '../../src/parse/series-description.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { histogramDifference } from '../harness/histogram-check.js'

const SEEDS = 400
const NO_BOUNDS = new Float64Array(0)

/** The histogram of a literal like `{{count:3 buckets:[1 2]}}`. */
function literal(text: string): NativeHistogram {
  const [value] = parseSeriesDescription(`x ${text}`).values
  if (value?.kind !== 'histogram') throw new Error(text)
  return value.histogram
}

function added(a: NativeHistogram, b: NativeHistogram): NativeHistogram {
  const result = addHistograms(a, b)
  if (result.kind !== 'combined') throw new Error('incompatible')
  return result.histogram
}

function totalOf(of: HistogramTotal['of'], [first, ...others]: readonly NativeHistogram[]): HistogramTotal {
  return others.reduce(addToTotal, startTotal(of, first))
}

/** Counts are whole, so that sums are exact in any order. */
function randomSide(random: Seeded): { spans: { offset: number; length: number }[]; counts: number[] } {
  const spans = Array.from({ length: random.below(4) }, (_, at) => ({ offset: at === 0 ? random.below(41) - 20 : random.below(5), length: random.below(5) }))
  return { spans, counts: spans.flatMap(({ length }) => Array.from({ length }, () => random.below(5))) }
}

function randomExponential(random: Seeded): NativeHistogram {
  const [up, down] = [randomSide(random), randomSide(random)]
  const zeroCount = random.below(4)
  return {
    hint: 'unknown', schema: random.below(13) - 4, zeroThreshold: [0, 0.001, 0.7, 2, 3][random.below(5)], zeroCount, sum: random.below(100) - 50,
    count: [zeroCount, ...up.counts, ...down.counts].reduce((a, b) => a + b), customBounds: NO_BOUNDS,
    positiveSpans: up.spans, positive: Float64Array.from(up.counts), negativeSpans: down.spans, negative: Float64Array.from(down.counts),
  }
}

function randomCustom(random: Seeded): NativeHistogram {
  const customBounds = Float64Array.from([-5, 0, 1, 2, 5, 10, 20].filter(() => random.below(2) === 0))
  const positive = Float64Array.from({ length: customBounds.length + 1 }, () => random.below(5))
  return {
    hint: 'unknown', schema: CUSTOM_BUCKETS_SCHEMA, zeroThreshold: 0, zeroCount: 0, sum: random.below(100) - 50, count: positive.reduce((a, b) => a + b),
    positiveSpans: [{ offset: 0, length: positive.length }], positive, negativeSpans: [], negative: NO_BOUNDS, customBounds,
  }
}

function bucketTotal(h: NativeHistogram): number {
  return [...bucketsUpward(h)].reduce((total, { count }) => total + count, 0)
}

/** Calls `check` with random histograms of one kind, until it says what is wrong. */
function law(name: string, check: (a: NativeHistogram, b: NativeHistogram, random: Seeded) => string | undefined): void {
  t.test(name, (t) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seeded(seed)
      const make = random.below(3) === 0 ? randomCustom : randomExponential
      const [a, b] = [make(random), make(random)]
      const fault = check(a, b, random)
      if (fault !== undefined) {
        t.fail(`seed ${seed}: ${fault} with ${histogramExpression(a)} and ${histogramExpression(b)}`)
        return t.end()
      }
    }
    t.pass(`${SEEDS} seeds`)
    t.end()
  })
}

law('a sum does not hang on the order, and loses no observation', (a, b) => {
  const sum = added(a, b)
  if (bucketTotal(sum) !== bucketTotal(a) + bucketTotal(b)) return `${bucketTotal(sum)} observations in ${histogramExpression(sum)}`
  return histogramFault(sum) ?? histogramDifference(sum, added(b, a))
})

law('subtracting takes back what was added', (a, b) => {
  const result = subtractHistograms(added(a, b), b)
  if (result.kind !== 'combined') return 'incompatible'
  // Adding an empty one brings `a` into the same buckets, but for zero buckets, which are widened by observations only.
  const expected = added(a, multiplyHistogram(b, 0))
  if (result.histogram.zeroThreshold === expected.zeroThreshold) return histogramDifference(result.histogram, expected)
  return bucketTotal(result.histogram) === bucketTotal(a) ? undefined : 'another number of observations'
})

law('reducing and then adding is adding and then reducing', (a, b) => {
  if (a.schema === CUSTOM_BUCKETS_SCHEMA) return undefined
  const [left, right] = [{ ...a, zeroThreshold: 0 }, { ...b, zeroThreshold: 0 }]
  return histogramDifference(added(reduceResolution(left, -4), reduceResolution(right, -4)), reduceResolution(added(left, right), -4))
})

law('compacting changes nothing, twice no more than once, and spans with few gaps tell the same', (a, _b, random) => {
  const compact = compactHistogram(a)
  const again = compactHistogram(compact)
  if (JSON.stringify(again) !== JSON.stringify(compact)) return 'compacted again it differs'
  if (compact.positive.includes(0) || compact.negative.includes(0)) return 'an empty bucket is left'
  const wide = compactHistogram(a, random.below(4))
  if (wide.positiveSpans.length > compact.positiveSpans.length) return 'more spans with gaps allowed'
  return histogramFault(wide) ?? (histogramsEqual(a, wide) && histogramsEqual(a, compact) ? undefined : 'no longer equal')
})

law('buckets ascend without overlapping, and descend the same way', (a) => {
  const [up, down] = [[...bucketsUpward(a)], [...bucketsDownward(a)]]
  const plain = (buckets: typeof up) => buckets.filter(({ count }) => count !== 0).map(({ lower, upper, count }) => `${lower} ${upper} ${count}`).join()
  if (plain(up) !== plain(down.toReversed())) return 'the ways up and down differ'
  const outside = up.filter(({ lower, upper }) => lower < upper)
  const wrong = outside.findIndex(({ lower }, at) => at > 0 && lower < outside[at - 1].upper)
  return wrong === -1 ? undefined : `bucket ${JSON.stringify(outside[wrong])} begins too low`
})

law('quantiles ascend, and fractions are their inverse', (a) => {
  const h = bucketTotal(a) === a.count && !(a.schema !== CUSTOM_BUCKETS_SCHEMA && reachesIntoZero(a)) ? a : undefined
  if (h === undefined || h.count === 0) return undefined
  let before = -Infinity
  for (let phi = 0; phi <= 1; phi += 0.05) {
    const { value } = histogramQuantile(phi, h)
    if (value < before - 1e-9 * Math.abs(before)) return `quantile ${phi} is ${value}, below ${before}`
    before = value
    const fraction = histogramFraction(-Infinity, value, h).value
    // Between custom buckets without end nothing is interpolated, and a quantile at a bound has a whole bucket below or above it.
    if (h.schema !== CUSTOM_BUCKETS_SCHEMA && h.zeroCount === 0 && Math.abs(fraction - phi) > 1e-9 && !isBound(h, value)) return `fraction ${fraction} for ${phi}`
  }
  return undefined
})

function reachesIntoZero(h: NativeHistogram): boolean {
  return [...bucketsUpward(h)].some(({ lower, upper, count }) => count !== 0 && lower >= upper)
}

function isBound(h: NativeHistogram, value: number): boolean {
  return [...bucketsUpward(h)].some(({ lower, upper }) => [lower, upper].some((bound) => Math.abs(bound - value) <= 1e-9 * Math.abs(value)))
}

law('no reset from a histogram to itself plus another; one wherever observations are gone', (a, b) => {
  if (a.schema === CUSTOM_BUCKETS_SCHEMA || b.schema < a.schema || b.zeroThreshold !== a.zeroThreshold) return undefined
  const sum = added(a, b)
  if (sum.schema !== a.schema) return undefined
  if (detectReset(a, sum)) return 'adding resets'
  if (detectReset(a, withHint({ ...sum, count: -1 }, 'notReset')) || !detectReset(a, withHint(sum, 'reset'))) return 'the hint does not decide'
  if (a.count === 0) return undefined
  return detectReset(a, multiplyHistogram(a, 0.5)) ? undefined : 'halving does not reset'
})

law('totals of parts merge to the total, in either order', (a, b, random) => {
  const members = [a, b, multiplyHistogram(b, 3), multiplyHistogram(a, 2), added(a, b)]
  const cut = 1 + random.below(members.length - 1)
  for (const of of ['sum', 'mean'] as const) {
    const [first, second] = [totalOf(of, members.slice(0, cut)), totalOf(of, members.slice(cut))]
    const whole = totalValue(totalOf(of, members))
    const [merged, swapped] = [totalValue(mergeTotals(first, second)), totalValue(mergeTotals(second, first))]
    if (whole === undefined || merged === undefined || swapped === undefined) return 'no total'
    const fault = histogramDifference(merged, whole) ?? histogramDifference(swapped, whole)
    if (fault !== undefined) return `${of}: ${fault}`
  }
  return undefined
})

law('what is cut off above and below a limit makes up the whole', (a, _b, random) => {
  const limit = random.next() * 40 - 20
  const counts = trimAbove(a, limit).count + trimBelow(a, limit).count
  const hasNoEnds = a.schema !== CUSTOM_BUCKETS_SCHEMA
  if (hasNoEnds && !reachesIntoZero(a) && Math.abs(counts - a.count) > 1e-9 * a.count) return `${counts} of ${a.count} at ${limit}`
  return trimAbove(a, Infinity) === a || a.schema === CUSTOM_BUCKETS_SCHEMA ? undefined : 'nothing was cut off, and yet it changed'
})

t.test('exponential bounds, to the bit', (t) => {
  const octave = Float64Array.from({ length: 256 }, (_, index) => bucketBound(index - 256, 8, NO_BOUNDS))
  t.equal(createHash('sha256').update(new Uint8Array(octave.buffer)).digest('hex'), '9de5914e4bc19f96dd1f461efa1b8f3fd6bfe80297b3a5a46302dac8a388c730')
  const bounds = [[0, 0], [1, 0], [-1, 1], [1, 2], [10, 0], [1, -1], [-2, -4]].map(([index, schema]) => bucketBound(index, schema, NO_BOUNDS))
  t.same(bounds, [1, 2, 0.7071067811865475, 1.189207115002721, 1024, 4, 2 ** -32])
  t.equal(bucketBound(1024, 0, NO_BOUNDS), Number.MAX_VALUE, 'the last finite bucket ends with the greatest double')
  t.equal(bucketBound(1025, 0, NO_BOUNDS), Infinity)
  t.equal(bucketBound(64, -4, NO_BOUNDS), Number.MAX_VALUE)
  t.equal(bucketBound(65, -4, NO_BOUNDS), Infinity)
  t.equal(bucketBound(1024 * 256, 8, NO_BOUNDS), Number.MAX_VALUE)
  t.equal(bucketBound(-1074, 0, NO_BOUNDS), Number.MIN_VALUE)
  t.same([-1, 0, 1, 2].map((index) => bucketBound(index, CUSTOM_BUCKETS_SCHEMA, Float64Array.of(3, 4))), [-Infinity, 3, 4, Infinity])
  t.end()
})

t.test('coarser buckets, zero buckets, custom bounds in common', (t) => {
  const fine = literal('{{schema:1 count:6 buckets:[1 2 3] offset:-1}}')
  t.equal(histogramExpression(reduceResolution(fine, 0)), '{{count:6 buckets:[3 3]}}')
  t.equal(histogramExpression(reduceResolution(fine, -4)), '{{schema:-4 count:6 buckets:[3 3]}}')
  const low = literal('{{count:7 z_bucket:1 z_bucket_w:0.001 offset:-2 buckets:[1 2 3]}}')
  t.equal(histogramExpression(widenZeroBucket(low, 0.3)), '{{count:7 z_bucket:4 z_bucket_w:0.5 buckets:[3]}}', 'a populated bucket is not cut')
  t.equal(histogramExpression(widenZeroBucket(literal('{{count:1 buckets:[0 1]}}'), 0.7)), '{{count:1 z_bucket_w:0.7 offset:1 buckets:[1]}}')
  const sum = addHistograms(low, literal('{{count:2 z_bucket:2 z_bucket_w:0.3 counter_reset_hint:gauge}}'))
  t.equal(sum.kind === 'combined' && histogramExpression(sum.histogram), '{{count:9 z_bucket:6 z_bucket_w:0.5 counter_reset_hint:gauge buckets:[3]}}')
  const custom = addHistograms(literal('{{schema:-53 count:6 custom_values:[1 2 4] buckets:[1 2 3]}}'), literal('{{schema:-53 count:4 custom_values:[2 3] buckets:[1 1 2]}}'))
  t.equal(custom.kind === 'combined' && custom.boundsReconciled && histogramExpression(custom.histogram), '{{schema:-53 count:10 custom_values:[2] buckets:[4 6]}}')
  t.same(addHistograms(low, literal('{{schema:-53}}')), { kind: 'incompatible' })
  t.end()
})

t.test('gaps that are written out, and such that begin a span', (t) => {
  const spans = (buckets: string, maxEmpty: number) => compactHistogram(literal(`{{buckets:${buckets}}}`), maxEmpty).positiveSpans
  t.same(spans('[0 1 0 1 0]', 0), [{ offset: 1, length: 1 }, { offset: 1, length: 1 }])
  t.same(spans('[0 1 0 1 0]', 1), [{ offset: 1, length: 3 }])
  t.same(spans('[0 1 0 0 1 0 1]', 1), [{ offset: 1, length: 1 }, { offset: 2, length: 3 }])
  t.same(spans('[0 0]', 5), [])
  t.end()
})

t.test('hints and totals that nothing can be made of', (t) => {
  const [reset, kept] = [literal('{{count:1 counter_reset_hint:reset}}'), literal('{{count:1 counter_reset_hint:not_reset}}')]
  const both = addHistograms(reset, kept)
  t.ok(both.kind === 'combined' && both.counterResetCollision && both.histogram.hint === 'unknown')
  const unknown = addHistograms(reset, withHint(kept, 'unknown'))
  t.ok(unknown.kind === 'combined' && !unknown.counterResetCollision && unknown.histogram.hint === 'unknown')
  t.notOk(hasResetCollision(totalOf('sum', [reset, reset])))
  t.notOk(hasResetCollision(totalOf('sum', [kept, kept])))
  const gauge = addHistograms(reset, withHint(kept, 'gauge'))
  t.ok(gauge.kind === 'combined' && !gauge.counterResetCollision && gauge.histogram.hint === 'gauge')
  t.ok(hasResetCollision(totalOf('sum', [reset, withHint(kept, 'unknown'), kept])), 'the collision is between members, not neighbours')
  const mixed = totalOf('sum', [reset, literal('{{schema:-53 count:1 buckets:[1]}}'), kept])
  t.equal(mixed.incompatible, true)
  t.equal(totalValue(mixed), undefined)
  t.end()
})

t.test('totals keep what rounding loses, and means do not overflow', (t) => {
  const members = ['{{sum:1}}', '{{sum:1e100}}', '{{sum:1}}', '{{sum:-1e100}}'].map(literal)
  t.equal(totalValue(totalOf('sum', members))?.sum, 2)
  t.equal(totalValue(totalOf('mean', members))?.sum, 0.5)
  const huge = ['{{count:1.5e308 buckets:[1.5e308]}}', '{{count:1.7e308 buckets:[1.7e308]}}'].map(literal)
  t.equal(totalValue(totalOf('sum', huge))?.count, Infinity)
  const mean = totalValue(totalOf('mean', huge))
  t.ok(mean !== undefined && Math.abs(mean.count / 1.6e308 - 1) < 1e-15 && Math.abs(mean.positive[0] / 1.6e308 - 1) < 1e-15)
  t.end()
})

t.test('scaling', (t) => {
  const h = literal('{{count:4 sum:2 z_bucket:1 z_bucket_w:0.1 buckets:[1 2] counter_reset_hint:not_reset}}')
  t.equal(multiplyHistogram(h, 2).hint, 'notReset')
  t.equal(histogramExpression(negateHistogram(h)), '{{count:-4 sum:-2 z_bucket:-1 z_bucket_w:0.1 counter_reset_hint:gauge buckets:[-1 -2]}}')
  t.equal(histogramExpression(divideHistogram(h, 0)), '{{count:+Inf sum:+Inf z_bucket:+Inf z_bucket_w:0.1 counter_reset_hint:not_reset}}')
  t.equal(divideHistogram(h, -2).hint, 'gauge')
  t.end()
})

t.test('quantiles, fractions and variance at the edges', (t) => {
  const one = literal('{{count:4 sum:5 buckets:[1 2 1]}}')
  t.ok(Math.abs(histogramQuantile(0.5, one).value - Math.SQRT2) < 1e-15)
  t.same([-1, 2, NaN].map((phi) => histogramQuantile(phi, one).value), [-Infinity, Infinity, NaN])
  t.same(histogramQuantile(0.5, literal('{{}}')), { value: NaN })
  t.same(histogramQuantile(1, literal('{{count:15 sum:NaN buckets:[12]}}')), { value: NaN, note: 'nanResult' })
  t.same(histogramQuantile(0.8, literal('{{count:15 sum:NaN buckets:[12]}}')), { value: 1, note: 'nanSkew' })
  t.same(histogramQuantile(0.1, literal('{{count:20 sum:NaN buckets:[4 8]}}')), { value: 2 ** -0.5, note: 'nanSkew' })
  t.same(histogramQuantile(0.5, literal('{{schema:-53 count:3 sum:NaN custom_values:[1]}}')), { value: NaN, note: 'nanResult' })
  t.same(histogramFraction(-Infinity, Infinity, literal('{{count:15 sum:NaN buckets:[12]}}')), { value: 0.8, note: 'nanExcluded' })
  const custom = literal('{{schema:-53 count:10 custom_values:[-1 1 2] buckets:[2 2 2 4]}}')
  t.same([0.1, 0.3, 0.5, 0.9].map((phi) => histogramQuantile(phi, custom).value), [-1, 0, 1.5, 2])
  t.equal(histogramQuantile(0.25, literal('{{schema:-53 count:4 custom_values:[2] buckets:[4]}}')).value, 0.5, 'the first bucket begins at 0')
  t.equal(histogramQuantile(0.5, literal('{{count:2 z_bucket:2 z_bucket_w:1}}')).value, 0)
  t.equal(histogramQuantile(0.25, literal('{{count:4 z_bucket:2 z_bucket_w:1 buckets:[0 2]}}')).value, 0.5)
  t.equal(histogramQuantile(0, literal('{{count:2 buckets:[0 2]}}')).value, 1, 'not in an empty bucket')
  t.equal(histogramQuantile(0.4, literal('{{schema:-53 count:3 custom_values:[10] buckets:[4]}}')).value, 5.5, 'more in the bucket than are counted')
  t.equal(histogramFraction(-2, 1, literal('{{schema:-53 count:4 custom_values:[-1 1] buckets:[2 2]}}')).value, 0.5, 'of a bucket without end all lies below')
  t.equal(histogramAverage(one), 1.25)
  t.equal(histogramVariance(literal('{{count:2 sum:0 buckets:[0 1] n_buckets:[0 1]}}')), 2.0000000000000004, 'each at the root of two')
  t.end()
})

t.test('resets', (t) => {
  const before = literal('{{count:4 z_bucket:1 z_bucket_w:0.001 buckets:[1 2]}}')
  const resets = (text: string, from = before) => detectReset(from, literal(text))
  t.equal(resets('{{count:4 z_bucket:1 z_bucket_w:0.001 buckets:[1 2]}}'), false)
  t.equal(resets('{{count:5 z_bucket:0 z_bucket_w:0.001 buckets:[3 2]}}'), true, 'the zero bucket fell')
  t.equal(resets('{{count:5 z_bucket:3 z_bucket_w:0.001 buckets:[2]}}'), true, 'a bucket is gone')
  t.equal(resets('{{schema:1 count:9 z_bucket:1 z_bucket_w:0.001 buckets:[5 5]}}'), true, 'finer')
  t.equal(resets('{{schema:-1 count:4 z_bucket:1 z_bucket_w:0.001 buckets:[1 2]}}'), false, 'coarser')
  t.equal(resets('{{count:4 z_bucket:1 z_bucket_w:0 buckets:[1 2]}}'), true, 'a narrower zero bucket')
  t.equal(resets('{{count:4 z_bucket:2 z_bucket_w:1 buckets:[0 2]}}'), false, 'a wider zero bucket takes a bucket up')
  t.equal(resets('{{count:4 z_bucket:2 z_bucket_w:1.5 buckets:[0 2]}}'), true, 'a zero bucket that would cut one')
  t.equal(resets('{{count:9 z_bucket:9 z_bucket_w:1.5}}'), true, 'even if nothing counts less')
  t.equal(resets('{{count:3 z_bucket:1 z_bucket_w:0.001 buckets:[1 2]}}'), true, 'the count fell')
  t.equal(resets('{{schema:-53 count:9}}'), true)
  const custom = literal('{{schema:-53 count:6 custom_values:[1 2 4] buckets:[1 2 3]}}')
  t.equal(resets('{{schema:-53 count:6 custom_values:[2 4] buckets:[3 3]}}', custom), false)
  t.equal(resets('{{schema:-53 count:6 custom_values:[2 4] buckets:[2 4]}}', custom), true)
  t.end()
})

t.test('trims', (t) => {
  const h = literal('{{count:8 sum:20 buckets:[2 2 4]}}')
  t.equal(trimAbove(h, 4), h)
  t.equal(trimBelow(h, 0.5), h)
  const cut = trimAbove(h, Math.SQRT2)
  t.same(compactHistogram(cut).positive.map((count) => Math.round(count * 1e9) / 1e9), Float64Array.of(2, 1), 'half of a bucket in powers of two')
  t.equal(histogramExpression(trimBelow(literal('{{schema:-53 count:8 sum:9 custom_values:[2 4] buckets:[4 4]}}'), 1)), '{{schema:-53 count:6 sum:15 custom_values:[2 4] buckets:[2 4]}}')
  t.equal(histogramExpression(trimAbove(literal('{{count:4 sum:1 z_bucket:4 z_bucket_w:1}}'), 0)), '{{count:2 sum:-1 z_bucket:2 z_bucket_w:1}}')
  t.end()
})

t.test('texts and the shape of the query API', (t) => {
  const h = literal('{{schema:0 count:20 sum:10 z_bucket:2 z_bucket_w:0.001 buckets:[1 2] n_buckets:[1 2]}}')
  t.equal(histogramText(h), '{count:20, sum:10, [-2,-1):2, [-1,-0.5):1, [-0.001,0.001]:2, (0.5,1]:1, (1,2]:2}')
  t.equal(histogramText(literal('{{schema:-53 count:1e6 sum:-0.00001 custom_values:[5] buckets:[1.5 1e21]}}')), '{count:1e+06, sum:-1e-05, [-Inf,5]:1.5, (5,+Inf]:1e+21}')
  t.same(histogramJson(h).buckets.map(({ rule, lower }) => [rule, lower]), [[1, -2], [1, -1], [3, -0.001], [0, 0.5], [0, 1]])
  for (const text of ['{{}}', '{{schema:-2 count:1.5 sum:NaN z_bucket:2 z_bucket_w:0.5 counter_reset_hint:reset offset:-3 buckets:[1 0 2] n_offset:4 n_buckets:[7]}}']) {
    t.equal(histogramExpression(literal(text)), text)
  }
  t.end()
})

t.test('classic buckets', (t) => {
  const bucket = (bound: number, count: number) => ({ bound, count })
  const made = histogramFromClassic({ buckets: [bucket(1, 2), bucket(1, 2), bucket(2, 2), bucket(Infinity, 5)], sum: 7 })
  t.equal(made.kind === 'histogram' && histogramExpression(made.histogram), '{{schema:-53 count:5 sum:7 custom_values:[1 2] buckets:[2 0 3]}}')
  const open = histogramFromClassic({ buckets: [bucket(1, 2)], count: 3 })
  t.equal(open.kind === 'histogram' && histogramExpression(open.histogram), '{{schema:-53 count:3 custom_values:[1] buckets:[2 1]}}')
  const only = histogramFromClassic({ buckets: [], count: 3 })
  t.equal(only.kind === 'histogram' && histogramExpression(only.histogram), '{{schema:-53 count:3 custom_values:[] buckets:[3]}}')
  const invalid = [
    { buckets: [] }, { buckets: [], count: -1 }, { buckets: [bucket(1, 2), bucket(2, 1)] }, { buckets: [bucket(Infinity, 2)], count: 3 },
    { buckets: [bucket(NaN, 2)] }, { buckets: [bucket(2, 1), bucket(1, 2)] }, { buckets: [bucket(1, -1)], count: 3 },
  ]
  for (const classic of invalid) t.equal(histogramFromClassic(classic).kind, 'invalid', JSON.stringify(classic))
  t.end()
})

t.test('what may not be stored', (t) => {
  const h = literal('{{count:3 buckets:[1 2] n_buckets:[1]}}')
  const custom = literal('{{schema:-53 count:3 custom_values:[1 2] buckets:[1 2]}}')
  t.equal(histogramFault(h), undefined)
  t.equal(histogramFault(custom), undefined)
  const faulty: readonly NativeHistogram[] = [
    { ...h, schema: 9 }, { ...h, count: -1 }, { ...h, zeroCount: -1 }, { ...h, zeroThreshold: NaN }, { ...h, positive: Float64Array.of(1) },
    { ...h, positive: Float64Array.of(1, -1) }, { ...h, negative: Float64Array.of(-1) }, { ...h, customBounds: Float64Array.of(1) },
    { ...h, positiveSpans: [{ offset: 1, length: 1 }, { offset: -1, length: 1 }] }, { ...custom, customBounds: Float64Array.of(2, 1) },
    { ...custom, customBounds: Float64Array.of(1, Infinity) }, { ...custom, zeroCount: 1 }, { ...custom, customBounds: NO_BOUNDS },
    { ...custom, negativeSpans: [{ offset: 0, length: 1 }], negative: Float64Array.of(1) }, { ...custom, positiveSpans: [{ offset: -1, length: 2 }] },
  ]
  faulty.forEach((each, at) => t.type(histogramFault(each), 'string', `number ${at}`))
  t.end()
})
