/**
 * What a unit can add up across series: mergeable states, one entry each. `samples` (every series by itself) is no entry:
 * its state is the series and its merge is concatenation, see merge/merge.ts.
 *
 * Sums are kept as an unevaluated pair (high, low) by Knuth's two-sum, so that how the series were cut into units
 * changes the result by a last place at most. An infinity makes `low` NaN; it is ignored then.
 */
import type { Accumulator, AccumulatorState } from './define.js'

export const SAMPLES = 'samples'

/** Values from here on are added in a scaled column, so that the sum behind a mean cannot overflow. */
const HUGE = 2 ** 900
const SCALE = 2 ** -200

const sum: Accumulator = {
  name: 'sum',
  doc: 'Sum of the values, in twice the precision of a double.',
  columns: ['low'],
  add(state, at, values, present, from, count) {
    addAll(state.values, state.columns[0], state.present, at, values, present, from, count)
  },
  merge(state, at, other, from, count) {
    for (let k = 0; k < count; k++) {
      if (other.present[from + k] === 0) continue
      addPair(state.values, state.columns[0], at + k, other.values[from + k], other.columns[0][from + k])
      state.present[at + k] = 1
    }
  },
  finish(state, size) {
    for (let i = 0; i < size; i++) state.values[i] = pairValue(state.values[i], state.columns[0][i])
  },
}

const avg: Accumulator = {
  name: 'avg',
  doc: 'Sum and count of the values; huge ones apart and scaled, because a mean does not overflow where its sum does.',
  columns: ['low', 'count', 'huge', 'hugeLow'],
  add(state, at, values, present, from, count) {
    const [low, counts, huge, hugeLow] = state.columns
    for (let k = 0; k < count; k++) {
      if (present[from + k] === 0) continue
      const value = values[from + k]
      if (Math.abs(value) >= HUGE) addPair(huge, hugeLow, at + k, value * SCALE, 0)
      else addPair(state.values, low, at + k, value, 0)
      counts[at + k]++
      state.present[at + k] = 1
    }
  },
  merge(state, at, other, from, count) {
    const [low, counts, huge, hugeLow] = state.columns
    for (let k = 0; k < count; k++) {
      if (other.present[from + k] === 0) continue
      addPair(state.values, low, at + k, other.values[from + k], other.columns[0][from + k])
      addPair(huge, hugeLow, at + k, other.columns[2][from + k], other.columns[3][from + k])
      counts[at + k] += other.columns[1][from + k]
      state.present[at + k] = 1
    }
  },
  finish(state, size) {
    const [low, counts, huge, hugeLow] = state.columns
    for (let i = 0; i < size; i++) {
      if (state.present[i] === 0) continue
      state.values[i] = mean(state.values[i], low[i], huge[i], hugeLow[i], counts[i])
    }
  },
}

const count: Accumulator = {
  name: 'count',
  doc: 'How many series have a value.',
  columns: [],
  add(state, at, _values, present, from, steps) {
    for (let k = 0; k < steps; k++) {
      if (present[from + k] === 0) continue
      state.values[at + k]++
      state.present[at + k] = 1
    }
  },
  merge(state, at, other, from, steps) {
    for (let k = 0; k < steps; k++) {
      if (other.present[from + k] === 0) continue
      state.values[at + k] += other.values[from + k]
      state.present[at + k] = 1
    }
  },
  finish() {},
}

const group: Accumulator = {
  name: 'group',
  doc: '1 where any series has a value.',
  columns: [],
  add(state, at, _values, present, from, steps) {
    markPresent(state, at, present, from, steps)
  },
  merge(state, at, other, from, steps) {
    markPresent(state, at, other.present, from, steps)
  },
  finish() {},
}

const min = extreme('min', 'Least value; NaN only if all are.', (a, b) => a < b)
const max = extreme('max', 'Greatest value; NaN only if all are.', (a, b) => a > b)

const ACCUMULATORS: ReadonlyMap<string, Accumulator> = new Map(
  [sum, avg, count, group, min, max].map((entry) => [entry.name, entry]),
)

export function findAccumulator(name: string): Accumulator | undefined {
  return ACCUMULATORS.get(name)
}

export function accumulatorNames(): readonly string[] {
  return [...ACCUMULATORS.keys()]
}

function extreme(name: string, doc: string, beats: (a: number, b: number) => boolean): Accumulator {
  const take = (state: AccumulatorState, at: number, values: Float64Array, present: Uint8Array, from: number, steps: number) => {
    for (let k = 0; k < steps; k++) {
      if (present[from + k] === 0) continue
      const value = values[from + k]
      const held = state.values[at + k]
      if (state.present[at + k] === 0 || beats(value, held) || held !== held) state.values[at + k] = value
      state.present[at + k] = 1
    }
  }
  return {
    name,
    doc,
    columns: [],
    add: take,
    merge: (state, at, other, from, steps) => take(state, at, other.values, other.present, from, steps),
    finish() {},
  }
}

function markPresent(state: AccumulatorState, at: number, present: Uint8Array, from: number, steps: number): void {
  for (let k = 0; k < steps; k++) {
    if (present[from + k] === 0) continue
    state.values[at + k] = 1
    state.present[at + k] = 1
  }
}

/** The hot loop of `sum`: one series into one group, all steps. */
function addAll(
  high: Float64Array,
  low: Float64Array,
  marks: Uint8Array,
  at: number,
  values: Float64Array,
  present: Uint8Array,
  from: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) {
    if (present[from + k] === 0) continue
    const value = values[from + k]
    const held = high[at + k]
    const total = held + value
    const part = total - held
    high[at + k] = total
    low[at + k] += held - (total - part) + (value - part)
    marks[at + k] = 1
  }
}

function addPair(high: Float64Array, low: Float64Array, at: number, value: number, valueLow: number): void {
  const held = high[at]
  const total = held + value
  const part = total - held
  high[at] = total
  low[at] += held - (total - part) + (value - part) + valueLow
}

function pairValue(high: number, low: number): number {
  return Number.isFinite(high) ? high + low : high
}

function mean(high: number, low: number, huge: number, hugeLow: number, n: number): number {
  if (!Number.isFinite(high)) return high
  if (huge === 0 && hugeLow === 0) return high / n + low / n
  if (!Number.isFinite(huge)) return huge
  return ((huge + high * SCALE) / n + (hugeLow + low * SCALE) / n) / SCALE
}
