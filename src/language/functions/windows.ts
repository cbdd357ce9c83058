/** How range functions walk over the windows of one series, and sums that lose nothing small. */
import type { MixedFunction, RangeFunction, RangeKernel, SampleRun, Windows } from '../define.js'

/** The samples [from, to) of one window. */
export type WindowFunction = (run: SampleRun, from: number, to: number, args: readonly number[], windows: Windows) => number

/** An entry for a function of one range vector that drops the metric name. */
export function overWindows(name: string, doc: string, kernel: RangeKernel): RangeFunction {
  return {
    kind: 'range',
    name,
    doc,
    args: ['matrix'],
    variadic: 0,
    returns: 'vector',
    experimental: false,
    kernel,
    mixed: floatsAlone(kernel),
    dropsName: true,
  }
}

/** Of a window with histograms only the floats count; a remark says so where there are both. */
export function floatsAlone(kernel: RangeKernel): MixedFunction {
  return ({ run, from, to, args, end, windows, notes }) => {
    const floats = floatsOf(run, from, to)
    if (floats.end === 0) return undefined
    if (floats.end < to - from) notes.inform(`ignored histograms in a range containing both floats and histograms${forMetric(notes.metric)}`)
    const value = new Float64Array(1)
    const present = new Uint8Array(1)
    kernel(floats, { ...windows, firstEnd: end, count: 1 }, args, value, present, 0)
    return present[0] === 0 ? undefined : value[0]
  }
}

/** The floats among samples [from, to). */
export function floatsOf({ t, v, histograms, startTimes }: SampleRun, from: number, to: number): SampleRun {
  const kept: number[] = []
  for (let i = from; i < to; i++) if (histograms?.has(i) !== true) kept.push(i)
  return {
    t: Float64Array.from(kept, (i) => t[i]),
    v: Float64Array.from(kept, (i) => v[i]),
    start: 0,
    end: kept.length,
    ...(startTimes === undefined ? {} : { startTimes: Float64Array.from(kept, (i) => startTimes[i]) }),
  }
}

/** The end of many remarks. */
export function forMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${JSON.stringify(metric)}`
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
      out[at + k] = evaluate(run, from, to, args, windows)
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
