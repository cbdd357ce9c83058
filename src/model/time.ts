/** Times, step grids and the only rounding. Times are Unix ms as numbers; log times are Unix ns as bigint. */

/**
 * The evaluation times of a query: `startMs + startNanos/1e6 + k·stepMs` for 0 ≤ k < count.
 * `startNanos` (0 ≤ n < 1,000,000) is the part of a LogQL start below the millisecond; PromQL has none.
 */
export interface Grid {
  readonly startMs: number
  readonly startNanos: number
  readonly stepMs: number
  readonly count: number
}

/** Grid of `start + k·step ≤ end`; one step when start equals end. Steps of instant queries have width 0. */
export function gridOf(startMs: number, endMs: number, stepMs: number): Grid {
  const count = stepMs > 0 ? Math.floor((endMs - startMs) / stepMs) + 1 : 1
  return { startMs, startNanos: 0, stepMs, count: Math.max(count, 0) }
}

export function instantGrid(timeMs: number): Grid {
  return { startMs: timeMs, startNanos: 0, stepMs: 0, count: 1 }
}

export function stepTime(grid: Grid, step: number): number {
  return grid.startMs + step * grid.stepMs
}

export function gridEnd(grid: Grid): number {
  return stepTime(grid, grid.count - 1)
}

/** The steps [first, first + count) of a grid, as a grid. */
export function gridSlice(grid: Grid, first: number, count: number): Grid {
  return { ...grid, startMs: stepTime(grid, first), count }
}

/** The furthest that a query may be asked for: 100 million days from the epoch, which is as far as JavaScript's dates go. */
export const TIME_MS_MAX = 8_640_000_000_000_000

export const NANOS_PER_MS = 1_000_000n

/** What `subqueryGrid` needs of a subquery; ms. */
interface SubquerySteps {
  readonly rangeMs: number
  readonly stepMs: number
  readonly offsetMs: number
  readonly atMs?: number
}

/**
 * The inner steps that a subquery's windows at the steps of `outer` can see: the multiples of its step in
 * (first − offset − range, last − offset]. They lie on the same times whatever the outer steps are. May be empty.
 */
export function subqueryGrid({ rangeMs, stepMs, offsetMs, atMs }: SubquerySteps, outer: Grid): Grid {
  const first = (atMs ?? outer.startMs) - offsetMs - rangeMs
  const last = outer.count === 0 ? first : (atMs ?? gridEnd(outer)) - offsetMs
  const startMs = Math.floor(first / stepMs) * stepMs + stepMs
  return { startMs, startNanos: 0, stepMs, count: Math.max(0, Math.floor((last - startMs) / stepMs) + 1) }
}

/** Nanoseconds of a step, exact. */
export function stepTimeNs(grid: Grid, step: number): bigint {
  return BigInt(stepTime(grid, step)) * NANOS_PER_MS + BigInt(grid.startNanos)
}

/** Floor of ns to ms, also for times before the epoch. */
export function nsToMs(ns: bigint): number {
  const floor = ns >= 0n ? ns / NANOS_PER_MS : -((-ns + NANOS_PER_MS - 1n) / NANOS_PER_MS)
  return Number(floor)
}

export function msToNs(ms: number): bigint {
  return BigInt(ms) * NANOS_PER_MS
}

/** The last multiple of `stepMs` at or before `timeMs`. */
export function floorToStep(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs
}

export function ceilToStep(timeMs: number, stepMs: number): number {
  return Math.ceil(timeMs / stepMs) * stepMs
}
