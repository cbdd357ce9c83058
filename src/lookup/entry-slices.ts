/**
 * The time of a log query cut into slices, newest or oldest first. The first holds as many rows at least as the limit asks
 * for, if every row passed; then they double: a needle is found after few slices, and a broad query stops after the first.
 */
import type { Limits } from '../model/limits.js'
import type { EntriesRequest, Plan, TimeGroup } from '../model/plan.js'
import type { LookupResult, Segment } from '../model/segment.js'

/** Rows of the first slice for each entry of the limit, and at least. */
const ROWS_PER_ENTRY = 10
const FIRST_ROWS = 20_000
/** No slice is made wider than what so many units read at once. */
const UNITS_PER_SLICE = 2

export function entrySlices(plan: Plan, lookups: readonly LookupResult[], limits: Limits): readonly TimeGroup[] {
  const request = plan.entries
  if (request === undefined) throw new Error('a log query without its range of time')
  const segments = lookups.flatMap((lookup) => lookup.segments)
  if (segments.length === 0) return []
  if (request.startNs === request.endNs) return [slice(0, request.startNs, request.endNs)]
  const bounds = sliceBounds(request, segments, limits)
  const groups = bounds.slice(1).map((bound, at) => (bounds[at] < bound ? [bounds[at], bound] : [bound, bounds[at]]))
  return groups.map(([from, to], index) => slice(index, from, to))
}

/** Half-open [startNs, endNs); equal bounds stand for that one nanosecond, as in the request. */
function slice(index: number, startNs: bigint, endNs: bigint): TimeGroup {
  return { index, firstStep: 0, stepCount: 1, startNs, endNs }
}

/**
 * From the first edge in the direction of the query to the last. A slice ends where a segment does, since one that is cut is read twice;
 * the rows of a slice double from one to the next.
 */
function sliceBounds(request: EntriesRequest, segments: readonly Segment[], limits: Limits): readonly bigint[] {
  const edges = densityEdges(request, segments)
  const walk = request.direction === 'backward' ? edges.toReversed() : edges
  const bounds: bigint[] = [walk[0]]
  let wanted = Math.max(FIRST_ROWS, request.limit * ROWS_PER_ENTRY)
  let held = 0
  for (let at = 1; at < walk.length - 1; at++) {
    const [from, to] = walk[at - 1] < walk[at] ? [walk[at - 1], walk[at]] : [walk[at], walk[at - 1]]
    held += rowsBetween(segments, from, to)
    if (held < wanted) continue
    bounds.push(walk[at])
    held = 0
    wanted = Math.min(wanted * 2, limits.unitRowsTarget * UNITS_PER_SLICE)
  }
  bounds.push(walk[walk.length - 1])
  return bounds
}

/** Every time at which the density of rows changes, ascending, with the ends of the request. */
function densityEdges(request: EntriesRequest, segments: readonly Segment[]): readonly bigint[] {
  const inside = segments
    .flatMap((segment) => [segment.timeMin, segment.timeMax + 1n])
    .filter((edge) => edge > request.startNs && edge < request.endNs)
  return [...new Set([request.startNs, ...inside, request.endNs])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function rowsBetween(segments: readonly Segment[], from: bigint, to: bigint): number {
  let rows = 0
  for (const segment of segments) {
    const start = segment.timeMin > from ? segment.timeMin : from
    const end = segment.timeMax + 1n < to ? segment.timeMax + 1n : to
    if (end > start) rows += (segment.rows * Number(end - start)) / Number(segment.timeMax + 1n - segment.timeMin)
  }
  return rows
}
