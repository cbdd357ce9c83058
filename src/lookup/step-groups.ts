/**
 * The steps of a query cut into groups: first one step alone, so that the first datapoint waits for one window only,
 * then runs that double in length. A run is not shorter than a few windows or segments, or reading what two runs share
 * would dominate, and not longer than what the limits on samples and points allow.
 */
import { unitGrid } from '../model/leaf-steps.js'
import type { Limits } from '../model/limits.js'
import type { Leaf, Plan, TimeGroup } from '../model/plan.js'
import type { LookupResult, Segment } from '../model/segment.js'
import { gridSlice, stepTimeNs, type Grid } from '../model/time.js'
import { estimateSamples } from './estimate.js'
import { leafReading, windowMs, type Reach } from './reach.js'

const WINDOWS_PER_GROUP = 4
/** A row of a segment is decoded whole, however little of it a group needs. */
const SEGMENTS_PER_GROUP = 2

export function stepGroups(plan: Plan, lookups: readonly LookupResult[], limits: Limits): readonly TimeGroup[] {
  const { grid } = plan
  const groups: TimeGroup[] = []
  const shortest = shortestRun(plan, lookups)
  let first = 0
  while (first < grid.count) {
    const left = grid.count - first
    const count = groups.length === 0 ? 1 : runLength(plan, lookups, limits, first, shortest * 2 ** (groups.length - 1), left)
    groups.push(groupOf(plan, groups.length, first, count))
    first += count
  }
  return groups
}

export function groupOf(plan: Plan, index: number, firstStep: number, stepCount: number): TimeGroup {
  const endNs = stepTimeNs(plan.grid, firstStep + stepCount - 1) + 1n
  return { index, firstStep, stepCount, startNs: stepTimeNs(plan.grid, firstStep), endNs }
}

function shortestRun(plan: Plan, lookups: readonly LookupResult[]): number {
  const windows = plan.leaves.map((leaf) => WINDOWS_PER_GROUP * windowMs(leaf))
  const segments = lookups.map((lookup) => SEGMENTS_PER_GROUP * medianWidthMs(lookup))
  return Math.max(1, Math.ceil(Math.max(0, ...windows, ...segments) / plan.grid.stepMs))
}

function medianWidthMs({ segments }: LookupResult): number {
  if (segments.length === 0) return 0
  const widths = segments.map((segment) => Number(segment.timeMax - segment.timeMin) / (segment.signal === 'metrics' ? 1 : 1e6))
  return widths.sort((a, b) => a - b)[Math.floor(widths.length / 2)]
}

/** `wanted` steps, fewer if they would be too much, more if what is left after them is not worth a group. */
function runLength(plan: Plan, lookups: readonly LookupResult[], limits: Limits, first: number, wanted: number, left: number): number {
  if (left <= wanted * 1.5 && fits(plan, lookups, limits, first, left)) return left
  let count = Math.min(wanted, left)
  while (count > 1 && !fits(plan, lookups, limits, first, count)) count = Math.ceil(count / 2)
  return count
}

function fits(plan: Plan, lookups: readonly LookupResult[], limits: Limits, first: number, count: number): boolean {
  const { samples, points } = estimateRun(plan, lookups, gridSlice(plan.grid, first, count))
  return samples <= limits.groupSamplesMax && points <= limits.groupPointsMax
}

/** What the units of a group with these steps read, and what their blocks hold. */
export function estimateRun(plan: Plan, lookups: readonly LookupResult[], run: Grid): { readonly samples: number; readonly points: number; readonly series: number } {
  let samples = 0
  let points = 0
  let series = 0
  plan.leaves.forEach((leaf, at) => {
    const { reach, segments } = leafReading(leaf, run, plan.entries, lookups[at].segments)
    samples += estimateSamples(segments, leaf, reach)
    const held = seriesHeld(leaf, segments, reach)
    series += held
    points += held * Math.max(run.count, unitGrid(leaf, run).count)
  })
  return { samples, points, series }
}

/** The series of one block: all that live at a time if the leaf returns each, as many as there are label values if it accumulates. */
function seriesHeld(leaf: Leaf, segments: readonly Segment[], reach: Reach): number {
  const living = livingSeries(segments, reach)
  const { accumulator, grouping } = leaf.accumulate
  if (accumulator === 'samples' || grouping.without) return living
  return grouping.labels.reduce((groups, label) => Math.min(living, groups * valuesOf(label, segments, living)), 1)
}

/** Series of all segments, each counted for its share of the time. */
function livingSeries(segments: readonly Segment[], reach: Reach): number {
  const whole = Number(reach.timeMax - reach.timeMin + 1n)
  const shares = segments.map((segment) => segment.series * Math.min(1, Number(segment.timeMax - segment.timeMin + 1n) / whole))
  const widest = Math.max(0, ...segments.map((segment) => segment.series))
  return Math.max(widest, shares.reduce((sum, share) => sum + share, 0))
}

function valuesOf(label: string, segments: readonly Segment[], living: number): number {
  let most = 1
  for (const segment of segments) {
    const column = segment.columns.find(({ kind, name }) => kind === 'stream' && name === label)
    if (column !== undefined) most = Math.max(most, column.values ?? living)
  }
  return most
}
