/** resets and changes: how many neighbouring samples differ in a way. */
import { detectReset, histogramsEqual } from '../histogram/histogram.js'
import type { MixedFunction, RangeKernel, SampleRun } from '../define.js'
import { startedAnew } from './start-times.js'

/** Whether sample i counts, seen from the one before it. */
export type CountsPair = (run: SampleRun, i: number) => boolean

export function wasReset(run: SampleRun, i: number): boolean {
  const before = run.histograms?.get(i - 1)
  const current = run.histograms?.get(i)
  if (before === undefined && current === undefined) return run.v[i] < run.v[i - 1] || startedAnew(run, i)
  if (before === undefined || current === undefined) return true
  return startedAnew(run, i) || detectReset(before, current)
}

export function wasChanged(run: SampleRun, i: number): boolean {
  const before = run.histograms?.get(i - 1)
  const current = run.histograms?.get(i)
  if (before === undefined && current === undefined) return differ(run.v[i - 1], run.v[i])
  return before === undefined || current === undefined || !histogramsEqual(before, current)
}

export function differ(before: number, value: number): boolean {
  return value !== before && !(Number.isNaN(value) && Number.isNaN(before))
}

export function countInWindow(counts: CountsPair): MixedFunction {
  return ({ run, from, to }) => pairsWithin(run, from, to, counts)
}

/** Anchored: from the last sample at or before the start of the window on; nothing without a sample inside it. */
export function countFromAnchor(counts: CountsPair): MixedFunction {
  return ({ run, from, to, end, windows }) => {
    const start = end - windows.range
    if (run.t[to - 1] <= start) return undefined
    let first = from
    while (run.t[first + 1] <= start) first++
    return pairsWithin(run, first, to, counts)
  }
}

function pairsWithin(run: SampleRun, first: number, past: number, counts: CountsPair): number {
  let pairs = 0
  for (let i = first + 1; i < past; i++) if (counts(run, i)) pairs++
  return pairs
}

/** Of floats without start times, sliding: whole numbers, so that it is exact. */
export function slidingPairs(counts: (before: number, value: number) => boolean): RangeKernel {
  return ({ t, v, start, end }, windows, _args, out, present, at) => {
    let from = start
    let to = start
    let pairs = 0
    for (let k = 0; k < windows.count; k++) {
      const windowEnd = windows.firstEnd + k * windows.step
      for (; to < end && t[to] <= windowEnd; to++) if (to > from && counts(v[to - 1], v[to])) pairs++
      for (; from < to && t[from] <= windowEnd - windows.range; from++) {
        if (from + 1 < to && counts(v[from], v[from + 1])) pairs--
      }
      if (from === to) continue
      out[at + k] = pairs
      present[at + k] = 1
    }
  }
}
