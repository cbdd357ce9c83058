/** How range functions walk over the windows of one series, and sums that lose nothing small. */
import type { MixedFunction, MixedWindow, RangeFunction, RangeKernel, SampleRun, Windows } from '../define.js'
import type { NativeHistogram } from '../../model/histogram.js'
import { noteHistogramsIgnored } from './range-notes.js'

/** The samples [from, to) of one window; undefined: no value. */
export type WindowFunction = (run: SampleRun, from: number, to: number, args: readonly number[], windows: Windows) => number | undefined

/** An entry for a function of one range vector that drops the metric name. What it does about histograms is up to `mixed`. */
export function overWindows(name: string, doc: string, kernel: RangeKernel, mixed: MixedFunction = floatsAlone(kernel)): RangeFunction {
  return {
    kind: 'range',
    name,
    doc,
    args: ['matrix'],
    variadic: 0,
    returns: 'vector',
    experimental: false,
    kernel,
    mixed,
    dropsName: true,
  }
}

/** An entry for a function to which floats and histograms are all the same. */
export function overAnySamples(name: string, doc: string, evaluate: WindowFunction): RangeFunction {
  return overWindows(name, doc, eachWindow(1, evaluate), ({ run, from, to, args, windows }) => evaluate(run, from, to, args, windows))
}

/** Of a window with histograms only the floats count; a remark says so where there are both. */
export function floatsAlone(kernel: RangeKernel): MixedFunction {
  return (window) => {
    const { run, from, to, notes } = window
    const kinds = kindsIn(run, from, to)
    if (kinds === 'histograms') return undefined
    if (kinds === 'floats') return overFloats(kernel, window)
    noteHistogramsIgnored(notes)
    const floats = floatsOf(run, from, to)
    return overFloats(kernel, { ...window, run: floats, from: 0, to: floats.end })
  }
}

/** What a kernel makes of one window, whose samples must all be floats. */
export function overFloats(kernel: RangeKernel, { run, from, to, args, end, windows }: MixedWindow): number | undefined {
  const value = new Float64Array(1)
  const present = new Uint8Array(1)
  kernel({ t: run.t, v: run.v, start: from, end: to }, { ...windows, firstEnd: end, count: 1 }, args, value, present, 0)
  return present[0] === 0 ? undefined : value[0]
}

/** What there is among samples [from, to), which must be one or more. */
export function kindsIn({ histograms }: SampleRun, from: number, to: number): 'floats' | 'histograms' | 'both' {
  if (histograms === undefined) return 'floats'
  let found = 0
  for (let i = from; i < to; i++) if (histograms.has(i)) found++
  if (found === 0) return 'floats'
  return found === to - from ? 'histograms' : 'both'
}

/** The histogram that sample i is. */
export function histogramOf({ histograms }: SampleRun, i: number): NativeHistogram {
  const histogram = histograms?.get(i)
  if (histogram === undefined) throw new Error(`sample ${i} is no histogram`)
  return histogram
}

/** The floats among samples [from, to), in a run of their own. */
export function floatsOf({ t, v, histograms }: SampleRun, from: number, to: number): SampleRun {
  const kept: number[] = []
  for (let i = from; i < to; i++) if (histograms?.has(i) !== true) kept.push(i)
  return { t: Float64Array.from(kept, (i) => t[i]), v: Float64Array.from(kept, (i) => v[i]), start: 0, end: kept.length }
}

/** A kernel that looks at each window afresh, where it holds `least` samples or more. */
export function eachWindow(least: number, evaluate: WindowFunction): RangeKernel {
  return (run, windows, args, out, present, at) => {
    const { t } = run
    let from = run.start
    let to = run.start
    for (let k = 0; k < windows.count; k++) {
      const end = windows.firstEnd + k * windows.step
      while (to < run.end && t[to] <= end) to++
      while (from < to && t[from] <= end - windows.range) from++
      if (to - from < least || from === to) continue
      const value = evaluate(run, from, to, args, windows)
      if (value === undefined) continue
      out[at + k] = value
      present[at + k] = 1
    }
  }
}

/** A sum with its rounding errors kept apart (Neumaier, 1974). */
export class NeumaierSum {
  #sum: number
  #lost: number

  constructor(sum = 0, lost = 0) {
    this.#sum = sum
    this.#lost = lost
  }

  add(value: number): void {
    const sum = this.#sum
    const total = sum + value
    if (total === Infinity || total === -Infinity) this.#lost = 0
    else if (Math.abs(sum) >= Math.abs(value)) this.#lost += sum - total + value
    else this.#lost += value - total + sum
    this.#sum = total
  }

  /** The sum so far without what was lost. */
  get rounded(): number {
    return this.#sum
  }

  get lost(): number {
    return this.#lost
  }

  get value(): number {
    return this.#sum + this.#lost
  }
}
