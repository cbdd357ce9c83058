/** Where an answer without a segment may differ from the whole one: nowhere but where a window touches the segment. */
import type { AffectedRange, Watermark } from '../model/event.js'
import type { EntriesRequest, Leaf, Plan, TimeGroup } from '../model/plan.js'
import type { LookupResult, Segment } from '../model/segment.js'
import { gridSlice, stepTime, stepTimeNs, type Grid } from '../model/time.js'
import { furtherReach, leafReach, type Reach } from './reach.js'

/**
 * Of the groups, which follow one another: runs of steps, or of the times of entries; ascending, apart from each other, both ends inclusive.
 * `lookups` stand in the order of the leaves. Empty: the answer is the same without the segment.
 */
export function affectedRanges(plan: Plan, lookups: readonly LookupResult[], segment: Segment, groups: readonly TimeGroup[]): readonly AffectedRange[] {
  const [first] = groups
  if (first === undefined) return []
  const reading = plan.leaves.filter((_, at) => lookups[at].segments.some(({ id }) => id === segment.id))
  if (reading.length === 0) return []
  if (plan.entries !== undefined) return affectedEntries(plan.entries, segment, groups)
  const last = groups[groups.length - 1]
  const asked: Steps = { first: first.firstStep, last: last.firstStep + last.stepCount - 1 }
  const runs = reading.flatMap((leaf) => affectedSteps(leaf, plan.grid, asked, segment, lookups[plan.leaves.indexOf(leaf)].segments) ?? [])
  return joined(runs).map((run) => ({ start: stepWatermark(plan.grid, run.first), end: stepWatermark(plan.grid, run.last) }))
}

/** Both inclusive. */
interface Steps {
  readonly first: number
  readonly last: number
}

/**
 * Windows only move on from step to step: the first step that sees the segment is the first whose window ends in or behind it, and the
 * last one the last whose window begins in or before it. A segment between two windows is seen by none.
 */
function affectedSteps(leaf: Leaf, grid: Grid, asked: Steps, { timeMin, timeMax }: Segment, found: readonly Segment[]): Steps | undefined {
  const reach = (from: number, to: number): Reach => {
    const steps = gridSlice(grid, from, to - from + 1)
    return furtherReach(leaf, steps, found) ?? leafReach(leaf, steps, undefined)
  }
  const endsBehind = (step: number): boolean => {
    const seen = reach(asked.first, step)
    return isRead(seen) && seen.timeMax >= timeMin
  }
  const beginsAfter = (step: number): boolean => {
    const seen = reach(step, asked.last)
    return !isRead(seen) || seen.timeMin > timeMax
  }
  const first = firstWhere(asked.first, asked.last, endsBehind)
  const last = firstWhere(asked.first, asked.last, beginsAfter) - 1
  return first <= last ? { first, last } : undefined
}

function isRead({ timeMin, timeMax }: Reach): boolean {
  return timeMax >= timeMin
}

/** The first of [from, to] for which it holds, as it then does for all behind it; to + 1 if there is none. */
function firstWhere(from: number, to: number, holds: (step: number) => boolean): number {
  let [low, high] = [from, to + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Ascending; runs that meet are one. */
function joined(runs: readonly Steps[]): readonly Steps[] {
  const whole: Steps[] = []
  for (const run of [...runs].sort((a, b) => a.first - b.first)) {
    const before = whole.at(-1)
    if (before !== undefined && run.first <= before.last + 1) whole[whole.length - 1] = { first: before.first, last: Math.max(before.last, run.last) }
    else whole.push(run)
  }
  return whole
}

function stepWatermark(grid: Grid, step: number): Watermark {
  return grid.startNanos === 0 ? { ms: stepTime(grid, step) } : { ns: stepTimeNs(grid, step) }
}

/**
 * The times of the segment within the groups. An interval is counted from the last entry that was given, so that one that is missing may
 * change what is given anywhere behind it.
 */
function affectedEntries({ direction, intervalNs }: EntriesRequest, { timeMin, timeMax }: Segment, groups: readonly TimeGroup[]): readonly AffectedRange[] {
  const from = groups.reduce((least, { startNs }) => (startNs < least ? startNs : least), groups[0].startNs)
  const to = groups.reduce((most, group) => (lastNs(group) > most ? lastNs(group) : most), lastNs(groups[0]))
  if (timeMin > to || timeMax < from) return []
  const spreads = (intervalNs ?? 0n) > 0n
  const start = timeMin < from || (spreads && direction === 'backward') ? from : timeMin
  const end = timeMax > to || (spreads && direction === 'forward') ? to : timeMax
  return [{ start: { ns: start }, end: { ns: end } }]
}

/** Of [startNs, endNs), or of the one nanosecond. */
function lastNs({ startNs, endNs }: TimeGroup): bigint {
  return endNs > startNs ? endNs - 1n : startNs
}
