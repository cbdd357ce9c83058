/**
 * What a unit can add up across series: mergeable states, one entry each. `samples` (every series by itself) is no entry:
 * its state is the series and its merge is concatenation, see merge/merge.ts.
 *
 * Sums are kept as an unevaluated pair (high, low) by Knuth's two-sum, so that how the series were cut into units
 * changes the result by a last place at most. An infinity makes `low` NaN; it is ignored then.
 */
import { FLOAT, HISTOGRAM } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import type { Accumulator, AccumulatorInput, AccumulatorState, FinishedState, StateNote } from './define.js'
import { addToTotal, compactHistogram, hasResetCollision, mergeTotals, startTotal, totalValue } from './histogram/histogram.js'

export const SAMPLES = 'samples'

const NOTHING_MORE: FinishedState = { histograms: new Map(), notes: new Set() }

/** Values from here on are added in a scaled column, so that the sum behind a mean cannot overflow. */
const HUGE = 2 ** 900
const SCALE = 2 ** -200

const sum: Accumulator = {
  name: 'sum',
  doc: 'Sum of the values, in twice the precision of a double.',
  columns: ['low'],
  histograms: 'added',
  add(state, at, input, from, count) {
    addAll(state.values, state.columns[0], state.present, at, input.values, input.present, from, count)
    addHistograms('sum', state, at, input, from, count)
  },
  merge(state, at, other, from, count) {
    for (let k = 0; k < count; k++) {
      if (other.present[from + k] === 0) continue
      addPair(state.values, state.columns[0], at + k, other.values[from + k], other.columns[0][from + k])
      state.present[at + k] = FLOAT
    }
    mergeHistograms(state, at, other, from, count)
  },
  finish(state, size) {
    for (let i = 0; i < size; i++) state.values[i] = pairValue(state.values[i], state.columns[0][i])
    return finishHistograms(state)
  },
}

const avg: Accumulator = {
  name: 'avg',
  doc: 'Sum and count of the values; huge ones apart and scaled, because a mean does not overflow where its sum does.',
  columns: ['low', 'count', 'huge', 'hugeLow'],
  histograms: 'added',
  add(state, at, input, from, count) {
    const { values, present } = input
    const [low, counts, huge, hugeLow] = state.columns
    for (let k = 0; k < count; k++) {
      if (present[from + k] !== FLOAT) continue
      const value = values[from + k]
      if (Math.abs(value) >= HUGE) addPair(huge, hugeLow, at + k, value * SCALE, 0)
      else addPair(state.values, low, at + k, value, 0)
      counts[at + k]++
      state.present[at + k] = FLOAT
    }
    addHistograms('mean', state, at, input, from, count)
  },
  merge(state, at, other, from, count) {
    const [low, counts, huge, hugeLow] = state.columns
    for (let k = 0; k < count; k++) {
      if (other.present[from + k] === 0) continue
      addPair(state.values, low, at + k, other.values[from + k], other.columns[0][from + k])
      addPair(huge, hugeLow, at + k, other.columns[2][from + k], other.columns[3][from + k])
      counts[at + k] += other.columns[1][from + k]
      state.present[at + k] = FLOAT
    }
    mergeHistograms(state, at, other, from, count)
  },
  finish(state, size) {
    const [low, counts, huge, hugeLow] = state.columns
    for (let i = 0; i < size; i++) {
      if (state.present[i] === 0) continue
      state.values[i] = mean(state.values[i], low[i], huge[i], hugeLow[i], counts[i])
    }
    return finishHistograms(state)
  },
}

const count: Accumulator = {
  name: 'count',
  doc: 'How many series have a value.',
  columns: [],
  histograms: 'counted',
  add(state, at, { present }, from, steps) {
    for (let k = 0; k < steps; k++) {
      if (present[from + k] === 0) continue
      state.values[at + k]++
      state.present[at + k] = FLOAT
    }
  },
  merge(state, at, other, from, steps) {
    for (let k = 0; k < steps; k++) {
      if (other.present[from + k] === 0) continue
      state.values[at + k] += other.values[from + k]
      state.present[at + k] = FLOAT
    }
  },
  finish: () => NOTHING_MORE,
}

const group: Accumulator = {
  name: 'group',
  doc: '1 where any series has a value.',
  columns: [],
  histograms: 'counted',
  add(state, at, { present }, from, steps) {
    markPresent(state, at, present, from, steps)
  },
  merge(state, at, other, from, steps) {
    markPresent(state, at, other.present, from, steps)
  },
  finish: () => NOTHING_MORE,
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
  const take = (state: AccumulatorState, at: number, { values, present }: AccumulatorInput, from: number, steps: number) => {
    for (let k = 0; k < steps; k++) {
      if (present[from + k] !== FLOAT) continue
      const value = values[from + k]
      const held = state.values[at + k]
      if (state.present[at + k] === 0 || beats(value, held) || held !== held) state.values[at + k] = value
      state.present[at + k] = FLOAT
    }
  }
  return {
    name,
    doc,
    columns: [],
    histograms: 'ignored',
    add: take,
    merge: take,
    finish: () => NOTHING_MORE,
  }
}

function markPresent(state: AccumulatorState, at: number, present: Uint8Array, from: number, steps: number): void {
  for (let k = 0; k < steps; k++) {
    if (present[from + k] === 0) continue
    state.values[at + k] = 1
    state.present[at + k] = FLOAT
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
    if (present[from + k] !== FLOAT) continue
    const value = values[from + k]
    const held = high[at + k]
    const total = held + value
    const part = total - held
    high[at + k] = total
    low[at + k] += held - (total - part) + (value - part)
    marks[at + k] = FLOAT
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

function addHistograms(of: 'sum' | 'mean', state: AccumulatorState, at: number, { histograms }: AccumulatorInput, from: number, count: number): void {
  if (histograms === undefined || histograms.size === 0) return
  for (let k = 0; k < count; k++) {
    const histogram = histograms.get(from + k)
    if (histogram === undefined) continue
    const held = state.totals.get(at + k)
    state.totals.set(at + k, held === undefined ? startTotal(of, histogram) : addToTotal(held, histogram))
  }
}

function mergeHistograms(state: AccumulatorState, at: number, other: AccumulatorState, from: number, count: number): void {
  if (other.totals.size === 0) return
  for (let k = 0; k < count; k++) {
    const total = other.totals.get(from + k)
    if (total === undefined) continue
    const held = state.totals.get(at + k)
    state.totals.set(at + k, held === undefined ? total : mergeTotals(held, total))
  }
}

function finishHistograms({ present, totals }: AccumulatorState): FinishedState {
  if (totals.size === 0) return NOTHING_MORE
  const histograms = new Map<number, NativeHistogram>()
  const notes = new Set<StateNote>()
  for (const [cell, total] of totals) {
    const value = totalValue(total)
    if (present[cell] === FLOAT || value === undefined) {
      notes.add(value === undefined ? 'incompatible' : 'mixed')
      present[cell] = 0
      continue
    }
    if (hasResetCollision(total)) notes.add('resetCollision')
    if (total.boundsReconciled) notes.add('boundsReconciled')
    histograms.set(cell, compactHistogram(value))
    present[cell] = HISTOGRAM
  }
  return { histograms, notes }
}
