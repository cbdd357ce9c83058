/** Range functions over histograms, start times, and windows with anchored or smoothed edges: figures worked out by hand. */
import t from 'tap'
import { smoothedSamples } from '../../src/execute/instant.js'
import { compactHistogram } from '../../src/language/language.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { parseSeriesDescription } from '../../src/parse/series-description.js'
import { describedRun, overText, type DescribedCall, type DescribedResult } from '../harness/described-range.js'

const MINUTE = 60_000
const MIX = 'warning: encountered a mix of histograms and floats for metric name "m"'
const BUCKETS = 'warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "m"'
const IGNORED = 'info: ignored histograms in a range containing both floats and histograms for metric name "m"'
const NO_COUNTER = 'info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "m"'
const NOT_COUNTER = 'warning: this native histogram metric is not a counter: "m"'
const NOT_GAUGE = 'warning: this native histogram metric is not a gauge: "m"'
const OVERLAP = 'warning: sample has start time that overlaps with previous sample timestamp for metric "m"'
const COLLISION = 'warning: conflicting counter resets during histogram aggregation'

/** Samples a minute apart from 0 on; the window (0, 5 min] unless told. */
function over(text: string, call: Partial<DescribedCall> & { readonly fn: string }, starts?: readonly (number | undefined)[]): DescribedResult {
  return overText(text, MINUTE, { endMs: 5 * MINUTE, rangeMs: 5 * MINUTE, ...call }, starts)
}

function counts({ value }: Pick<DescribedResult, 'value'>): unknown {
  if (typeof value === 'number' || value === undefined) return value
  const { count, sum, hint, positive } = compactHistogram(value)
  return [count, sum, hint, [...positive]]
}

const GROWING = 'm _ {{schema:0 count:2 sum:4 buckets:[2]}} {{schema:0 count:4 sum:8 buckets:[4]}} {{schema:0 count:6 sum:12 buckets:[6]}} _ _'

t.test('rates of histograms are stretched by their counts, and become gauges', async (t) => {
  // Sampled 2 minutes, 1 minute to the start (also to zero), 2 minutes to the end, of which half a distance counts: times 3.5 / 2.
  t.same(counts(over(GROWING, { fn: 'increase' })), [7, 14, 'gauge', [7]])
  t.same(counts(over(GROWING, { fn: 'rate' })), [7 / 300, 14 / 300, 'gauge', [7 / 300]])
  t.same(over(GROWING, { fn: 'delta' }).notes, [NOT_GAUGE])
  t.same(over(GROWING.replaceAll(']}}', '] counter_reset_hint:gauge}}'), { fn: 'rate' }).notes, [NOT_COUNTER])
  t.same(over('m _ {{count:2}} _ _ _ _', { fn: 'rate' }), { value: undefined, notes: [] })
  t.same(counts(over(GROWING, { fn: 'irate' })), [2 / 60, 4 / 60, 'gauge', [2 / 60]])
  t.same(over(GROWING, { fn: 'idelta' }).notes, [NOT_GAUGE])
  t.same(counts(over(GROWING, { fn: 'idelta' })), [2, 4, 'gauge', [2]])
})

t.test('what a histogram lost in a reset is added again; the layout before the second does not matter then', async (t) => {
  const reset = 'm {{schema:0 count:9 sum:9 buckets:[9]}} {{schema:0 count:4 sum:4 buckets:[4]}} {{schema:0 count:1 sum:1 buckets:[1]}} {{schema:0 count:3 sum:3 buckets:[3]}} _ _'
  const all = { rangeMs: 10 * MINUTE, endMs: 3 * MINUTE }
  // 3 − 0 (the first was lost at once) + 4; the window goes from zero on, half a distance before it.
  t.same(counts(over(reset, { fn: 'increase', ...all })), [7 * (3.5 / 3), 7 * (3.5 / 3), 'gauge', [7 * (3.5 / 3)]])
  t.equal(over(reset, { fn: 'resets', ...all }).value, 2)
  t.equal(over(reset, { fn: 'changes', ...all }).value, 3)
  const custom = 'm {{schema:0 count:9 buckets:[9]}} {{schema:-53 count:1 custom_values:[5] buckets:[1]}} {{schema:-53 count:3 custom_values:[5] buckets:[3]}}'
  t.ok(over(custom, { fn: 'increase', ...all }).value)
  t.same(over(custom, { fn: 'increase', ...all }).notes, [])
  const late = 'm {{schema:0 count:1 buckets:[1]}} {{schema:0 count:2 buckets:[2]}} {{schema:-53 count:3 custom_values:[5] buckets:[3]}}'
  t.same(over(late, { fn: 'increase', ...all }), { value: undefined, notes: [BUCKETS] })
})

t.test('floats beside histograms: some functions give nothing, others leave the histograms out', async (t) => {
  const both = 'm _ 1 {{schema:0 count:4 sum:8 buckets:[4]}} 5 3 {{schema:0 count:9 sum:9 buckets:[9]}}'
  for (const fn of ['rate', 'increase', 'delta', 'irate', 'idelta', 'sum_over_time', 'avg_over_time']) {
    t.same(over(both, { fn }), { value: undefined, notes: [MIX] }, fn)
  }
  const floats: readonly (readonly [string, number, readonly number[]])[] = [
    ['max_over_time', 5, []], ['min_over_time', 1, []], ['stdvar_over_time', 8 / 3, []], ['quantile_over_time', 3, [0.5]],
    ['mad_over_time', 2, []], ['ts_of_max_over_time', 180, []], ['ts_of_min_over_time', 60, []],
  ]
  for (const [fn, value, args] of floats) t.same(over(both, { fn, args }), { value, notes: [IGNORED] }, fn)
  t.same(over(both, { fn: 'deriv' }).notes, [IGNORED])
  t.same(over('m _ 1 {{count:1}} _ _ _', { fn: 'deriv' }), { value: undefined, notes: [IGNORED] }, 'too few floats are remarked as well')
  t.same(over('m _ {{count:1}} {{count:1}} _ _ _', { fn: 'max_over_time' }), { value: undefined, notes: [] })
  const any: readonly (readonly [string, number])[] = [
    ['count_over_time', 5], ['present_over_time', 1], ['first_over_time', 1], ['ts_of_first_over_time', 60], ['ts_of_last_over_time', 300],
    ['changes', 4], ['resets', 4],
  ]
  for (const [fn, value] of any) t.same(over(both, { fn }), { value, notes: [] }, fn)
  t.equal((over(both, { fn: 'last_over_time' }).value as NativeHistogram).count, 9)
})

t.test('sums and means of histograms', async (t) => {
  t.same(counts(over(GROWING, { fn: 'sum_over_time' })), [12, 24, 'unknown', [12]])
  t.same(counts(over(GROWING, { fn: 'avg_over_time' })), [4, 8, 'unknown', [4]])
  const hinted = 'm _ {{count:1 counter_reset_hint:reset}} {{count:2 counter_reset_hint:not_reset}} _ _ _'
  t.same(over(hinted, { fn: 'sum_over_time' }).notes, [COLLISION])
  const bounds = 'm _ {{schema:-53 count:1 custom_values:[1 5] buckets:[1]}} {{schema:-53 count:2 custom_values:[5] buckets:[2]}} _ _ _'
  t.same(over(bounds, { fn: 'avg_over_time' }).notes, ['info: mismatched custom buckets were reconciled during aggregation'])
  t.same(over('m _ {{schema:0 count:1}} {{schema:-53 count:2 custom_values:[5]}} _ _ _', { fn: 'avg_over_time' }), { value: undefined, notes: [BUCKETS] })
})

t.test('names and parameters are remarked on once there is a float', async (t) => {
  t.same(over('m _ 1 2 3 4 5', { fn: 'rate' }).notes, [NO_COUNTER])
  t.same(over('m_total _ 1 2 3 4 5', { fn: 'rate' }).notes, [])
  t.same(over('{a="b"} _ 1 2 3 4 5', { fn: 'increase' }).notes, [])
  t.same(over('m _ 1 _ _ _ _', { fn: 'rate' }).notes, [])
  t.same(over('m _ 1', { fn: 'quantile_over_time', args: [1.5] }), { value: Infinity, notes: ['warning: quantile value should be between 0 and 1, got 1.5'] })
  t.same(over('m _ 1', { fn: 'quantile_over_time', args: [NaN] }).notes, ['warning: quantile value should be between 0 and 1, got NaN'])
  t.same(over('m _ 1', { fn: 'quantile_over_time', args: [-1e6] }).notes, ['warning: quantile value should be between 0 and 1, got -1e+06'])
})

t.test('factors of double exponential smoothing are checked as soon as there is any sample', async (t) => {
  const smooth = (text: string, ...args: readonly number[]) => over(text, { fn: 'double_exponential_smoothing', args })
  t.throws(() => smooth('m _ 1', 1, 0.5), { message: 'invalid smoothing factor. Expected: 0 < sf < 1, got: 1.000000', facts: { class: 'execution' } })
  t.throws(() => smooth('m _ {{count:1}}', 0.5, -1e21), { message: 'invalid trend factor. Expected: 0 < tf < 1, got: -1000000000000000000000.000000' })
  t.throws(() => smooth('m _ 1', 0.5, Infinity), { message: 'invalid trend factor. Expected: 0 < tf < 1, got: +Inf' })
  t.equal(smooth('m', 2, 2).value, undefined)
  t.equal(smooth('m _ 1', 0.5, 0.5).value, undefined)
})

t.test('start times: a counter that began anew, one that began inside the window, one sample alone', async (t) => {
  // Each began half a minute before its sample: all is gained anew, from the first beginning on, 4.5 minutes ago.
  const anew = over('m _ 1 1 1 1 1', { fn: 'increase' }, [undefined, 30e3, 30e3, 30e3, 30e3, 30e3])
  t.equal(anew.value, 5)
  t.same(anew.notes, [NO_COUNTER])
  t.equal(over('m _ 1 1 1 1 1', { fn: 'resets' }, [undefined, 30e3, 30e3, 30e3, 30e3, 30e3]).value, 4)
  t.equal(over('m _ 1 1 1 1 1', { fn: 'irate' }, [undefined, 30e3, 30e3, 30e3, 30e3, 30e3]).value, 1 / 60)
  t.equal(over('m _ 1 1 1 1 1', { fn: 'resets' }, [undefined, 0, 0, 0, 0, 0]).value, 0, 'a start at its own sample says nothing')
  t.equal(over('m _ _ 7 _ _ _', { fn: 'increase' }, [undefined, undefined, 60e3]).value, 7)
  t.equal(over('m _ _ 7 _ _ _', { fn: 'increase' }, [undefined, undefined, 120e3]).value, undefined, 'the start of the window is outside')
  t.equal(over('m _ _ 1 1 _ _', { fn: 'resets' }, [undefined, undefined, 60e3, 60e3]).value, 1, 'a delta begins with the sample before')
  t.equal(over('m _ _ 1 1 _ _', { fn: 'resets' }, [undefined, undefined, undefined, 60e3]).value, 0, 'unless no start was known there')
  t.same(over('m _ 1 2 3 _ _', { fn: 'rate' }, [undefined, 90e3, 90e3, 90e3]).notes.slice(0, 1), [OVERLAP])
  t.same(counts(over('m _ _ {{count:7 sum:7}} _ _ _', { fn: 'increase' }, [undefined, undefined, 60e3])), [7, 7, 'unknown', []])
  t.equal(over('m _ 1 5 _ _ _', { fn: 'delta' }, [undefined, 30e3, 30e3]).value, over('m _ 1 5 _ _ _', { fn: 'delta' }).value)
})

t.test('anchored windows go from the sample at or before their start to their last', async (t) => {
  const anchored = (fn: string, text: string, endMs: number, rangeMs: number) => over(text, { fn, endMs, rangeMs, modifier: 'anchored' })
  t.equal(anchored('increase', 'm 1 2 3 1 4', 4.5 * MINUTE, 3 * MINUTE).value, 4 - 2 + 3)
  t.equal(anchored('delta', 'm 1 2 3 1 4', 4.5 * MINUTE, 3 * MINUTE).value, 2)
  t.equal(anchored('rate', 'm 1 2 3 1 4', 4.5 * MINUTE, 3 * MINUTE).value, 5 / 180)
  t.equal(anchored('resets', 'm 1 2 3 1 4', 4.5 * MINUTE, 3 * MINUTE).value, 1)
  t.equal(anchored('changes', 'm 1 2 3 1 4', 4.5 * MINUTE, 1 * MINUTE).value, 1)
  t.equal(anchored('changes', 'm 1 2 3 1 4', 6 * MINUTE, 1 * MINUTE).value, undefined, 'no sample inside')
  t.same(anchored('rate', 'm {{count:1}} 2 3', 2 * MINUTE, 1 * MINUTE), { value: undefined, notes: [MIX] }, 'also what lies before counts')
  t.same(counts(anchored('increase', GROWING, 3.5 * MINUTE, 2 * MINUTE)), [4, 8, 'gauge', [4]])
})

t.test('smoothed windows go from edge to edge, interpolated', async (t) => {
  const smoothed = (fn: string, text: string, endMs: number, rangeMs: number) => over(text, { fn, endMs, rangeMs, modifier: 'smoothed' })
  t.equal(smoothed('increase', 'm 0 2 4 6', 2.5 * MINUTE, 2 * MINUTE).value, 4)
  t.equal(smoothed('delta', 'm 0 2 4 0', 2.5 * MINUTE, 2 * MINUTE).value, 1)
  t.equal(smoothed('increase', 'm 0 2 4 2', 2.5 * MINUTE, 2 * MINUTE).value, 1 - 1 + 4, 'a fall is a rise from zero')
  t.equal(smoothed('increase', 'm _ _ _ _ 3 4', 1 * MINUTE, 1 * MINUTE).value, undefined, 'only samples after the window')
  t.equal(smoothed('rate', 'm 0 2 4 6', 2.5 * MINUTE, 2 * MINUTE).value, 4 / 120)
  t.same(counts(smoothed('increase', GROWING, 2.5 * MINUTE, 1 * MINUTE)), [2, 4, 'gauge', [2]])
  t.same(smoothed('delta', GROWING, 2.5 * MINUTE, 1 * MINUTE).notes, [NOT_GAUGE])
})

t.test('smoothed selectors: between samples, after the last, before the first', async (t) => {
  const at = (text: string, minutes: number) => {
    const notes: string[] = []
    const cells = { values: new Float64Array(1), present: new Uint8Array(1), histograms: new Map<number, NativeHistogram>() }
    const windows = { firstEnd: minutes * MINUTE, step: 0, count: 1, range: 5 * MINUTE, unitsPerSecond: 1000, evaluationAhead: 0 }
    const warn = (text: string) => notes.push(`warning: ${text}`)
    smoothedSamples(describedRun(parseSeriesDescription(text), MINUTE), windows, cells, { metric: 'm', warn, inform: warn })
    const value = cells.present[0] === 0 ? undefined : cells.histograms.get(0) ?? cells.values[0]
    return { value, notes }
  }
  t.equal(at('m 4 8 0', 0.5).value, 6)
  t.equal(at('m 4 8 0', 1).value, 8)
  t.equal(at('m 4 8 0', 1.25).value, 6, 'floats are not taken for counters')
  t.equal(at('m 4 8 0', 6.9).value, 0)
  t.equal(at('m 4 8 0', 7).value, undefined, 'a lookback after the last sample')
  t.equal(at('m _ 8 0', 0.5).value, undefined)
  t.equal(at('m 4 _ _ _ _ _ 9', 2).value, 4 + 5 / 3)
  t.equal(at('m 4 _ _ _ _ _ _ 9', 1).value, 4, 'what lies a lookback ahead or more is not seen')
  t.same(counts(at(GROWING, 2.5)), [5, 10, 'unknown', [5]])
  t.same(counts(at('m {{schema:0 count:9 buckets:[9]}} {{schema:0 count:4 buckets:[4] counter_reset_hint:reset}}', 0.25)), [1, 0, 'reset', [1]])
  t.same(counts(at('m {{schema:0 count:8 buckets:[8] counter_reset_hint:gauge}} {{schema:0 count:4 buckets:[4] counter_reset_hint:gauge}}', 0.25)), [7, 0, 'gauge', [7]])
  t.same(counts(at('m {{count:9 counter_reset_hint:reset}}', 2)), [9, 0, 'unknown', []], 'a hint does not hold later')
  t.same(at('m 1 {{count:1}}', 0.5), { value: undefined, notes: [MIX] })
  t.same(at('m {{schema:0 count:1}} {{schema:-53 count:1 custom_values:[5]}}', 0.5), { value: undefined, notes: [BUCKETS] })
})
