/** Change over a window: of counters, and of gauges. */
import { divideHistogram } from '../histogram/histogram.js'
import type { FunctionEntry, MixedFunction, RangeFunction, SampleRun, Windows } from '../define.js'
import { betweenEdges } from './extended-rates.js'
import { lastHistogramChange } from './histogram-change.js'
import { countFromAnchor, countInWindow, differ, slidingPairs, wasChanged, wasReset, type CountsPair } from './pairs.js'
import { noteMixedKinds, noteNoCounter } from './range-notes.js'
import { stretched, stretchedFloats, type Rate } from './rates.js'
import { startedAnew } from './start-times.js'
import { predictLinear, slopePerSecond, smoothedTwice, smoothedTwiceMixed } from './trends.js'
import { eachWindow, kindsIn, overWindows } from './windows.js'

export const COUNTER_FUNCTIONS: readonly FunctionEntry[] = [
  { ...rate('rate', 'The increase of a counter per second.'), noteOnFloats: noteNoCounter, seesStartTimes: true },
  { ...rate('increase', 'The increase of a counter.'), noteOnFloats: noteNoCounter, seesStartTimes: true },
  rate('delta', 'The change of a gauge.'),
  { ...lastTwo('irate', 'The increase per second between the last two samples.'), seesStartTimes: true },
  lastTwo('idelta', 'The change between the last two samples.'),
  { ...pairs('resets', 'How often a counter fell.', (before, value) => value < before, wasReset), seesStartTimes: true },
  pairs('changes', 'How often the value changed.', differ, wasChanged),
  overWindows('deriv', 'The slope per second by least squares.', eachWindow(2, slopePerSecond)),
  {
    ...overWindows('predict_linear', 'The value some seconds ahead by least squares.', predictLinear),
    args: ['matrix', 'scalar'],
    seesEvaluationTime: true,
  },
  {
    ...overWindows('double_exponential_smoothing', 'The value smoothed, and its trend smoothed.', smoothedTwice, smoothedTwiceMixed),
    args: ['matrix', 'scalar', 'scalar'],
    experimental: true,
  },
]

function rate(name: Rate, doc: string): RangeFunction {
  const extended = { anchored: betweenEdges(name, 'anchored'), smoothed: betweenEdges(name, 'smoothed') }
  return { ...overWindows(name, doc, stretchedFloats(name), stretched(name)), extended }
}

function pairs(name: string, doc: string, ofFloats: (before: number, value: number) => boolean, ofAny: CountsPair): RangeFunction {
  const entry = overWindows(name, doc, slidingPairs(ofFloats), countInWindow(ofAny))
  return { ...entry, extended: { anchored: countFromAnchor(ofAny) } }
}

/** Of counters what was gained per second, of gauges the change as it is. */
function lastTwo(name: 'irate' | 'idelta', doc: string): RangeFunction {
  const change = (run: SampleRun, to: number): number => {
    const isReset = name === 'irate' && (run.v[to - 1] < run.v[to - 2] || startedAnew(run, to - 1))
    return isReset ? run.v[to - 1] : run.v[to - 1] - run.v[to - 2]
  }
  const seconds = ({ t }: SampleRun, to: number, { unitsPerSecond }: Windows): number =>
    name === 'irate' ? (t[to - 1] - t[to - 2]) / unitsPerSecond : 1
  const kernel = eachWindow(2, (run, _from, to, _args, windows) => change(run, to) / seconds(run, to, windows))
  const mixed: MixedFunction = (window) => {
    const { run, from, to, windows, notes } = window
    if (to - from < 2) return undefined
    switch (kindsIn(run, to - 2, to)) {
      case 'both':
        return noteMixedKinds(notes)
      case 'floats':
        return change(run, to) / seconds(run, to, windows)
      case 'histograms': {
        const histogram = lastHistogramChange(window, name === 'irate' ? 'counter' : 'gauge')
        return histogram === undefined || name === 'idelta' ? histogram : divideHistogram(histogram, seconds(run, to, windows))
      }
    }
  }
  return overWindows(name, doc, kernel, mixed)
}
