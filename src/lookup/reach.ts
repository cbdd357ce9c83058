/** What a leaf has to read for a run of steps. */
import { hintReach, sampleReach, spanMs, unitGrid, type SampleReach } from '../model/leaf-steps.js'
import type { EntriesRequest, Leaf, SampleLeaf } from '../model/plan.js'
import type { Segment } from '../model/segment.js'
import { msToNs, stepTimeNs, type Grid } from '../model/time.js'
import { furtherColumns } from '../segment/segment.js'

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
    return bothInclusive(sampleReach(leaf, unitGrid(leaf, grid)))
  }
  if (leaf.kind !== 'entries') {
    const first = stepTimeNs(grid, 0) - leaf.offsetNs
    const last = stepTimeNs(grid, grid.count - 1) - leaf.offsetNs
    return { timeMin: first - leaf.rangeNs + 1n, timeMax: last }
  }
  if (entries === undefined) throw new Error('a log query without its range of time')
  const { startNs, endNs } = entries
  return { timeMin: startNs, timeMax: endNs > startNs ? endNs - 1n : startNs }
}

function bothInclusive({ afterMs, untilMs }: SampleReach): Reach {
  return { timeMin: BigInt(afterMs + 1), timeMax: BigInt(untilMs) }
}

/** Undefined unless one of the segments has histograms whose hints the leaf looks at: nothing else is read further back than windows go. */
export function furtherReach(leaf: Leaf, grid: Grid, segments: readonly Segment[]): Reach | undefined {
  if (!looksAtHints(leaf) || !segments.some(({ layout }) => furtherColumns(layout).histograms)) return undefined
  return bothInclusive(hintReach(leaf, unitGrid(leaf, grid)))
}

function looksAtHints(leaf: Leaf): leaf is SampleLeaf {
  return leaf.signal === 'metrics' && leaf.hints.lookbackMs > 0
}

/** What a leaf reads for a run of steps: those of its segments that it touches, and what of their time. */
export interface Reading {
  readonly reach: Reach
  readonly segments: readonly Segment[]
}

/** `found` are those of the whole query. */
export function leafReading(leaf: Leaf, grid: Grid, entries: EntriesRequest | undefined, found: readonly Segment[]): Reading {
  const reach = leafReach(leaf, grid, entries)
  const touched = touching(found, reach)
  const further = furtherReach(leaf, grid, touched)
  return further === undefined ? { reach, segments: touched } : { reach: further, segments: touching(found, further) }
}

function touching(segments: readonly Segment[], { timeMin, timeMax }: Reach): readonly Segment[] {
  return segments.filter((segment) => segment.timeMin <= timeMax && segment.timeMax >= timeMin)
}

/** How far back one step looks, in ms, rounded up. */
export function windowMs(leaf: Leaf): number {
  if (leaf.signal === 'metrics') return spanMs(leaf)
  if (leaf.kind === 'entries') return 0
  return Number((leaf.rangeNs + msToNs(1) - 1n) / msToNs(1))
}
