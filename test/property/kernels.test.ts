/** Range functions against slow ones written from their definition, over seeded series; and the law of the cut. */
import t from 'tap'
import { findFunction, overRun, rangeCall } from '../../src/language/language.js'
import type { RangeFunction, Windows } from '../../src/language/language.js'
import { parseSeriesDescription } from '../../src/parse/series-description.js'

type Sample = readonly [time: number, value: number]

interface Case {
  readonly samples: readonly Sample[]
  readonly windows: Windows
}

const SEEDS = 600
/** How far evaluation times lie after the ends of windows, in ms. */
const AHEAD = 7_000
/** The scalar arguments of those that have some. */
const ARGS: Readonly<Record<string, readonly number[]>> = { quantile_over_time: [0.3], double_exponential_smoothing: [0.3, 0.6], predict_linear: [30] }

/** What each function says of the samples of one window (start, end], by definition. */
const REFERENCES: Record<string, (window: readonly Sample[], start: number, end: number) => number | undefined> = {
  rate: (w, start, end) => divided(stretched(w, start, end, true), (end - start) / 1000),
  increase: (w, start, end) => stretched(w, start, end, true),
  delta: (w, start, end) => stretched(w, start, end, false),
  irate: (w) => {
    const [before, last] = w.slice(-2)
    if (last === undefined) return undefined
    return (last[1] < before[1] ? last[1] : last[1] - before[1]) / ((last[0] - before[0]) / 1000)
  },
  idelta: (w) => (w.length < 2 ? undefined : w[w.length - 1][1] - w[w.length - 2][1]),
  resets: (w) => w.slice(1).filter(([, value], i) => value < w[i][1]).length,
  changes: (w) => w.slice(1).filter(([, value], i) => !same(value, w[i][1])).length,
  deriv: (w) => (w.length < 2 ? undefined : slope(w)),
  predict_linear: (w, _start, end) => {
    if (w.length < 2) return undefined
    const values = w.map(valueOf)
    const middle = average(w.map(([time]) => time / 1000))
    return values.every((value) => value === values[0]) ? slope(w) + values[0] : average(values) + slope(w) * ((end + AHEAD) / 1000 + 30 - middle)
  },
  avg_over_time: (w) => average(w.map(valueOf)),
  sum_over_time: (w) => exactSum(w.map(valueOf)),
  count_over_time: (w) => w.length,
  present_over_time: () => 1,
  last_over_time: (w) => w[w.length - 1][1],
  first_over_time: (w) => w[0][1],
  max_over_time: (w) => ordered(w)[ordered(w).length - 1] ?? NaN,
  min_over_time: (w) => ordered(w)[0] ?? NaN,
  stdvar_over_time: (w) => spread(w.map(valueOf)),
  stddev_over_time: (w) => Math.sqrt(spread(w.map(valueOf))),
  quantile_over_time: (w) => interpolated(w.map(valueOf), 0.3),
  mad_over_time: (w) => {
    const values = w.map(valueOf)
    if (values.some(Number.isNaN)) return NaN
    const median = interpolated(values, 0.5)
    return interpolated(values.map((value) => Math.abs(value - median)), 0.5)
  },
  ts_of_first_over_time: (w) => w[0][0] / 1000,
  ts_of_last_over_time: (w) => w[w.length - 1][0] / 1000,
  ts_of_max_over_time: (w) => w[w.findLastIndex(([, value]) => same(value, ordered(w)[ordered(w).length - 1] ?? NaN))][0] / 1000,
  ts_of_min_over_time: (w) => w[w.findLastIndex(([, value]) => same(value, ordered(w)[0] ?? NaN))][0] / 1000,
}

/** Functions whose value is a choice among samples or a count: compared to the bit. */
const EXACT = /^(resets|changes|count|present|last|first|max|min|ts_of|idelta|irate)/

for (const [name, reference] of Object.entries(REFERENCES)) {
  t.test(`${name} is what its definition says`, (t) => {
    const tolerance = EXACT.test(name) ? 0 : 1e-9
    let values = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { samples, windows } = randomCase(seed)
      const { out, present } = run(name, samples, windows)
      for (let k = 0; k < windows.count; k++) {
        const end = windows.firstEnd + k * windows.step
        const window = samples.filter(([time]) => time > end - windows.range && time <= end)
        const expected = window.length === 0 ? undefined : reference(window, end - windows.range, end)
        const actual = present[k] === 1 ? out[k] : undefined
        if (actual !== undefined) values++
        if (!near(actual, expected, tolerance)) {
          t.fail(`seed ${seed} step ${k}: ${actual} instead of ${expected}, ${JSON.stringify(window)} in (${end - windows.range}, ${end}]`)
          return t.end()
        }
      }
    }
    t.ok(values > SEEDS, `${values} values compared`)
    t.end()
  })
}

t.test('cutting the steps changes no bit of any kernel', (t) => {
  for (const name of [...Object.keys(REFERENCES), 'double_exponential_smoothing']) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = generator(seed * 7919)
      const { samples, windows } = randomCase(seed)
      const whole = run(name, samples, windows)
      const first = Math.floor(random() * windows.count)
      const count = 1 + Math.floor(random() * (windows.count - first))
      const part = { ...windows, firstEnd: windows.firstEnd + first * windows.step, count }
      const seen = samples.filter(([time]) => time > part.firstEnd - part.range && time <= part.firstEnd + (count - 1) * part.step)
      const cut = run(name, seen, part)
      const slice = { out: whole.out.slice(first, first + count), present: whole.present.slice(first, first + count) }
      if (!sameBits(cut.out, slice.out) || !sameBits(cut.present, slice.present)) {
        t.fail(`${name}, seed ${seed}, steps [${first}, ${first + count}): ${cut.out} instead of ${slice.out}`)
        return t.end()
      }
    }
  }
  t.pass('all slices are equal')
  t.end()
})

t.test('window by window, beside a histogram or with start times that are not known, no bit differs from the kernel', (t) => {
  for (const name of Object.keys(REFERENCES)) {
    for (let seed = 1; seed <= SEEDS / 3; seed++) {
      const { samples, windows } = randomCase(seed)
      const kernel = run(name, samples, windows)
      for (const way of ['histogram', 'startTimes'] as const) {
        const slow = runWindows(name, samples, windows, way)
        if (sameBits(slow.out, kernel.out) && sameBits(slow.present, kernel.present)) continue
        t.fail(`${name}, seed ${seed}, ${way}: ${slow.out} instead of ${kernel.out}`)
        return t.end()
      }
    }
  }
  t.pass('all windows are equal')
  t.end()
})

t.test('the mean does not overflow where the sum does', (t) => {
  const samples: Sample[] = [1e308, 1e308, 1e308, -1e308].map((value, i) => [i * 1000 + 1000, value])
  const windows = { firstEnd: 4000, step: 1000, count: 1, range: 4000, unitsPerSecond: 1000, evaluationAhead: 0 }
  t.ok(near(run('avg_over_time', samples, windows).out[0], 5e307, 1e-12))
  t.equal(run('sum_over_time', samples.slice(0, 3), windows).out[0], Infinity)
  t.end()
})

t.test('a sum keeps what is small', (t) => {
  const samples: Sample[] = [1e100, 1, -1e100, 1].map((value, i) => [i * 1000 + 1000, value])
  const windows = { firstEnd: 4000, step: 1000, count: 1, range: 4000, unitsPerSecond: 1000, evaluationAhead: 0 }
  t.equal(run('sum_over_time', samples, windows).out[0], 2)
  t.equal(run('avg_over_time', samples, windows).out[0], 0.5)
  t.end()
})

t.test('times in nanoseconds give rates per second', (t) => {
  const samples: Sample[] = [[1e9, 0], [2e9, 4], [3e9, 8]]
  const windows = { firstEnd: 3e9, step: 1e9, count: 1, range: 3e9, unitsPerSecond: 1e9, evaluationAhead: 0 }
  t.ok(near(run('rate', samples, windows).out[0], 8 / 3, 1e-12))
  t.equal(run('irate', samples, windows).out[0], 4)
  t.end()
})

function run(name: string, samples: readonly Sample[], windows: Windows): { out: Float64Array; present: Uint8Array } {
  const entry = findFunction(name) as RangeFunction
  // Foreign samples around the run, and foreign cells around the row, must be neither read nor written.
  const padded: Sample[] = [[-1e12, 1e6], ...samples, [-1e12, 1e6]]
  const times = Float64Array.from(padded, ([time]) => time)
  const values = Float64Array.from(padded, valueOf)
  const out = new Float64Array(windows.count + 2)
  const present = new Uint8Array(windows.count + 2)
  entry.kernel({ t: times, v: values, start: 1, end: padded.length - 1 }, windows, ARGS[name] ?? [], out, present, 1)
  if (out[0] !== 0 || out[windows.count + 1] !== 0 || present[0] !== 0 || present[windows.count + 1] !== 0) {
    throw new Error(`${name} wrote outside its row`)
  }
  return { out: out.slice(1, -1), present: present.slice(1, -1) }
}

/** With a histogram that no window sees, or start times of 0. */
function runWindows(name: string, samples: readonly Sample[], windows: Windows, way: 'histogram' | 'startTimes'): { out: Float64Array; present: Uint8Array } {
  const t = Float64Array.from([...samples.map(([time]) => time), 1e12])
  const v = Float64Array.from([...samples.map(valueOf), NaN])
  const histogram = parseSeriesDescription('m {{count:1}}').values.find((value) => value.kind === 'histogram')!.histogram
  const more = way === 'histogram' ? { histograms: new Map([[samples.length, histogram]]) } : { startTimes: new Float64Array(t.length) }
  const cells = { values: new Float64Array(windows.count), present: new Uint8Array(windows.count), histograms: new Map() }
  const call = rangeCall(findFunction(name) as RangeFunction, ARGS[name] ?? [], undefined)
  const notes = { metric: '', warn: (text: string) => void text, inform: (text: string) => void text }
  overRun(call, { t, v, start: 0, end: t.length, ...more }, windows, cells, 0, notes)
  return { out: cells.values, present: cells.present }
}

/** A counter or a gauge with resets, gaps, NaN and infinities; windows that often end exactly on samples. */
function randomCase(seed: number): Case {
  const random = generator(seed)
  const whole = random() < 0.5
  const odd = random() < 0.3 ? 0.1 : 0
  const scrape = [1000, 10_000, 15_000][Math.floor(random() * 3)]
  const samples: Sample[] = []
  let value = random() < 0.3 ? 0 : random() * 100
  for (let time = scrape * (1 + Math.floor(random() * 3)), n = Math.floor(random() * 60); n > 0; n--) {
    // Thirds use all bits of a double: sums of the generator's own 32 bits would be exact in any order.
    value = random() < 0.08 ? random() / 3 : value + (random() * 10 * (random() < 0.1 ? -1 : 1)) / 3
    if (random() < 0.1) value = samples[samples.length - 1]?.[1] ?? value
    if (whole) value = Math.round(value)
    samples.push([time, random() < odd ? [NaN, Infinity, -Infinity][Math.floor(random() * 3)] : value])
    if (!Number.isFinite(value)) value = 0
    time += random() < 0.05 ? scrape * 20 : scrape + (random() < 0.5 ? 0 : Math.floor(random() * 300))
  }
  const step = scrape * (1 + Math.floor(random() * 3)) * (random() < 0.1 ? 30 : 1)
  const range = scrape * (1 + Math.floor(random() * 12))
  return { samples, windows: { firstEnd: scrape * Math.floor(random() * 10), step, count: 1 + Math.floor(random() * 40), range, unitsPerSecond: 1000, evaluationAhead: AHEAD } }
}

/** Increase or change over (start, end], stretched to its edges as Prometheus documents it. */
function stretched(w: readonly Sample[], start: number, end: number, counter: boolean): number | undefined {
  if (w.length < 2) return undefined
  const first = w[0]
  const last = w[w.length - 1]
  let change = last[1] - first[1]
  if (counter) w.slice(1).forEach(([, value], i) => (change += value < w[i][1] ? w[i][1] : 0))
  const sampled = (last[0] - first[0]) / 1000
  const mean = sampled / (w.length - 1)
  const stretch = (gap: number) => (gap < mean * 1.1 ? gap : mean / 2)
  let before = stretch((first[0] - start) / 1000)
  if (counter && change > 0 && first[1] >= 0) before = Math.min(before, (sampled * first[1]) / change)
  return (change * (sampled + before + stretch((end - last[0]) / 1000))) / sampled
}

function divided(value: number | undefined, seconds: number): number | undefined {
  return value === undefined ? undefined : value / seconds
}

/** Sums in whole multiples of 2^-1074 would be exact for all; multiples of 2^-60 are exact enough for these magnitudes. */
function exactSum(values: readonly number[]): number {
  if (values.some((value) => !Number.isFinite(value))) return values.reduce((a, b) => a + b, 0)
  return Number(values.reduce((sum, value) => sum + scaled(value), 0n)) / 2 ** 60
}

function scaled(value: number): bigint {
  const whole = Math.trunc(value)
  return BigInt(whole) * 2n ** 60n + BigInt(Math.round((value - whole) * 2 ** 52)) * 2n ** 8n
}

function average(values: readonly number[]): number {
  return exactSum(values) / values.length
}

function spread(values: readonly number[]): number {
  const mean = average(values)
  return average(values.map((value) => (value - mean) ** 2))
}

function slope(w: readonly Sample[]): number {
  const values = w.map(valueOf)
  if (values.every((value) => value === values[0])) return Number.isFinite(values[0]) ? 0 : NaN
  const seconds = w.map(([time]) => (time - w[0][0]) / 1000)
  const x = average(seconds)
  const y = average(values)
  const covariance = exactSum(w.map((_, i) => (seconds[i] - x) * (values[i] - y)))
  return covariance / exactSum(seconds.map((second) => (second - x) ** 2))
}

function ordered(w: readonly Sample[]): readonly number[] {
  return w.map(valueOf).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
}

function interpolated(values: readonly number[], phi: number): number {
  const numbers = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  const all = [...values.filter(Number.isNaN), ...numbers]
  const rank = phi * (all.length - 1)
  const lower = all[Math.floor(rank)]
  const upper = all[Math.min(all.length - 1, Math.floor(rank) + 1)]
  return lower * (1 - (rank % 1)) + upper * (rank % 1)
}

function valueOf([, value]: Sample): number {
  return value
}

function same(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b))
}

function near(actual: number | undefined, expected: number | undefined, tolerance: number): boolean {
  if (actual === undefined || expected === undefined) return actual === expected
  if (same(actual, expected)) return true
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))
}

function sameBits(a: Float64Array | Uint8Array, b: Float64Array | Uint8Array): boolean {
  const bytes = (array: Float64Array | Uint8Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
  return bytes(a).equals(bytes(b))
}

/** mulberry32: the seed is all there is to a random case. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
