/** What a leaf has to read for a run of steps. */
import { sampleReach, spanMs, unitGrid } from '../model/leaf-steps.js'
import type { EntriesRequest, Leaf } from '../model/plan.js'
import { msToNs, stepTimeNs, type Grid } from '../model/time.js'

/** Both inclusive, in the signal's unit. Nothing is read where timeMax is below timeMin. */
export interface Reach {
  readonly timeMin: bigint
  readonly timeMax: bigint
}

/**
 * For the steps `grid` of the query. The window of the first step begins left-open at (first − offset − range), the last step ends
 * at (last − offset); a pinned leaf reads for its one fixed time whatever the steps are. Entries: [startNs, endNs), or the one nanosecond.
 */
export function leafReach(leaf: Leaf, grid: Grid, entries: EntriesRequest | undefined): Reach {
  if (leaf.signal === 'metrics') {
    const { afterMs, untilMs } = sampleReach(leaf, unitGrid(leaf, grid))
    return { timeMin: BigInt(afterMs + 1), timeMax: BigInt(untilMs) }
  }
  if (leaf.kind === 'samples') {
    const first = stepTimeNs(grid, 0) - leaf.offsetNs
    const last = stepTimeNs(grid, grid.count - 1) - leaf.offsetNs
    return { timeMin: first - leaf.rangeNs + 1n, timeMax: last }
  }
  if (entries === undefined) throw new Error('a log query without its range of time')
  const { startNs, endNs } = entries
  return { timeMin: startNs, timeMax: endNs > startNs ? endNs - 1n : startNs }
}

/** How far back one step looks, in ms, rounded up. */
export function windowMs(leaf: Leaf): number {
  if (leaf.signal === 'metrics') return spanMs(leaf)
  if (leaf.kind === 'entries') return 0
  return Number((leaf.rangeNs + msToNs(1) - 1n) / msToNs(1))
}
