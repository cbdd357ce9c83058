/** The instant selector over one series: the newest sample within the lookback, unless it marks the end of the series. */
import type { Windows } from '../language/language.js'
import type { SeriesRun } from './sample-rows.js'

/** Windows are left-open: a sample exactly `range` (the lookback) before a step is too old. */
export function newestSamples(run: SeriesRun, windows: Windows, out: Float64Array, present: Uint8Array): void {
  const { t, v, stale, start, end } = run
  let next = start
  for (let k = 0; k < windows.count; k++) {
    const time = windows.firstEnd + k * windows.step
    while (next < end && t[next] <= time) next++
    const newest = next - 1
    if (newest < start || t[newest] <= time - windows.range) continue
    if (stale !== undefined && stale[newest] === 1) continue
    out[k] = v[newest]
    present[k] = 1
  }
}

/** Runs of samples for range functions have no staleness markers: they are taken out here, into scratch arrays. */
export function withoutStale(run: SeriesRun): SeriesRun {
  const { stale, start, end } = run
  if (stale === undefined) return run
  const kept: number[] = []
  for (let i = start; i < end; i++) if (stale[i] === 0) kept.push(i)
  return {
    t: Float64Array.from(kept, (i) => run.t[i]),
    v: Float64Array.from(kept, (i) => run.v[i]),
    stale: undefined,
    start: 0,
    end: kept.length,
  }
}
