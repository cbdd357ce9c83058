/** Where the steps of a query are cut so that the most expensive of so many runs costs as little as it can. */
import { stepTime, type Grid } from '../model/time.js'
import type { RunCost } from './step-costs.js'

/** Of runs: steps and numbers of runs. */
export interface RunBounds {
  readonly most: number
  /** Where that leaves more runs than `most`, `longest` counts. */
  readonly shortest: number
  readonly longest: number
}

/** How often the greatest cost is halved in on. */
const ROUNDS = 32

/** The first steps of all runs, ascending, and the end of the last: at most `most` runs; all bounds must leave room for one another. */
export function stepCuts(grid: Grid, cost: RunCost, bounds: RunBounds): readonly number[] {
  const whole = cost(0, grid.count)
  let best = filled(grid.count, cost, bounds, Infinity)
  let [low, high] = [0, whole]
  for (let round = 0; round < ROUNDS && low < high; round++) {
    const costMax = (low + high) / 2
    const cuts = filled(grid.count, cost, bounds, costMax)
    if (cuts.length - 1 > bounds.most) low = costMax
    else [best, high] = [cuts, costMax]
  }
  return onTheHour(grid, cost, best, bounds)
}

/** Each run as long as the cost allows; no more are made than tell that there are too many. */
function filled(count: number, cost: RunCost, { most, shortest, longest }: RunBounds, costMax: number): readonly number[] {
  const cuts = [0]
  for (let at = 0; at < count && cuts.length - 1 <= most; ) {
    const end = Math.min(count, at + longest)
    let next = Math.max(furthest(at, end, cost, costMax), Math.min(end, at + shortest))
    // What is left must not be too short for a run: it joins this one, or takes some of it.
    if (next < count && count - next < shortest) next = count <= at + longest ? count : Math.max(count - shortest, at + Math.ceil((count - at) / 2))
    cuts.push(next)
    at = next
  }
  return cuts
}

/** The greatest end in (at, end] up to which the cost is not over; at + 1 if there is none. */
function furthest(at: number, end: number, cost: RunCost, costMax: number): number {
  let [low, high] = [at + 1, end]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (cost(at, middle) <= costMax) low = middle
    else high = middle - 1
  }
  return low
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** How much more the most expensive run may cost for a rounder cut. */
const ROUND_WORTH = 1.1

/** Cuts moved to the beginning of a day or an hour where that costs little: whoever keeps answers of parts will meet the same ones again. */
function onTheHour(grid: Grid, cost: RunCost, cuts: readonly number[], { shortest, longest }: RunBounds): readonly number[] {
  const runs = cuts.slice(1).map((end, at) => cost(cuts[at], end))
  const costMax = Math.max(...runs) * ROUND_WORTH
  const moved = [...cuts]
  for (let at = 1; at < cuts.length - 1; at++) {
    const [before, after] = [moved[at - 1], moved[at + 1]]
    const fits = (cut: number): boolean =>
      [[before, cut], [cut, after]].every(([from, to]) => to - from >= Math.max(1, shortest) && to - from <= longest && cost(from, to) <= costMax)
    moved[at] = roundCuts(grid, cuts[at]).find(fits) ?? moved[at]
  }
  return moved
}

/** The first steps at or after the beginnings of the day and the hour around a step. */
function roundCuts(grid: Grid, cut: number): readonly number[] {
  const time = stepTime(grid, cut)
  return [DAY_MS, HOUR_MS].flatMap((unit) => [Math.floor(time / unit), Math.ceil(time / unit)].map((nth) => Math.ceil((nth * unit - grid.startMs) / grid.stepMs)))
}
