/** What runs of steps read, by the statistics of the segments: windows of neighbouring runs overlap, so that a run costs more than its share. */
import type { Leaf, Plan } from '../model/plan.js'
import type { LookupResult, Segment } from '../model/segment.js'
import { gridSlice, type Grid } from '../model/time.js'
import { Density } from './density.js'
import { furtherReach, leafReach, type Reach } from './reach.js'

/** Of the steps [from, to). */
export type RunCost = (from: number, to: number) => number

/** `amountOf`: what of a segment the leaf reads. `lookups` stand in the order of the leaves. */
export function runCosts(plan: Plan, lookups: readonly LookupResult[], amountOf: (segment: Segment, leaf: Leaf) => number): RunCost {
  const leaves = plan.leaves.map((leaf, at) => leafCost(leaf, plan.grid, lookups[at].segments, (segment) => amountOf(segment, leaf)))
  return (from, to) => leaves.reduce((sum, cost) => sum + cost(from, to), 0)
}

/** What the leaf reads of its segments for the steps, further back than windows go where that has to be. */
export function runReach(leaf: Leaf, steps: Grid, found: readonly Segment[]): Reach {
  return furtherReach(leaf, steps, found) ?? leafReach(leaf, steps, undefined)
}

/** Windows only move on from step to step, so that a run begins where its first step does, and ends where its last one does. */
function leafCost(leaf: Leaf, grid: Grid, segments: readonly Segment[], amountOf: (segment: Segment) => number): RunCost {
  const density = new Density(segments, amountOf)
  const reach = (from: number, to: number): Reach => runReach(leaf, gridSlice(grid, from, to - from), segments)
  if (isEmpty(reach(0, grid.count))) return () => 0
  const begins = remembered(grid.count, (step) => {
    const rest = reach(step, grid.count)
    return density.before(isEmpty(rest) ? reach(0, grid.count).timeMax + 1n : rest.timeMin)
  })
  const ends = remembered(grid.count, (step) => {
    const upTo = reach(0, step + 1)
    return density.before(isEmpty(upTo) ? reach(0, grid.count).timeMin : upTo.timeMax + 1n)
  })
  return (from, to) => Math.max(0, ends(to - 1) - begins(from))
}

function isEmpty({ timeMin, timeMax }: Reach): boolean {
  return timeMax < timeMin
}

/** Of the steps that somebody asks for, each is worked out once. */
function remembered(count: number, of: (step: number) => number): (step: number) => number {
  const known = new Float64Array(count).fill(NaN)
  return (step) => {
    if (Number.isNaN(known[step])) known[step] = of(step)
    return known[step]
  }
}
