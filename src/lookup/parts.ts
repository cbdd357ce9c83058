/**
 * How what a leaf reads in a group is shared out among units: series of metrics by their hashes; of logs the segments themselves, so that
 * none is read twice. Log segments that overlap in time may hold the same entry and stay together in a cluster, and entries of one time
 * are of one cluster; a cluster that is too much for one unit is cut by hashes.
 */
import type { HashInterval } from '../model/plan.js'
import type { Segment } from '../model/segment.js'
import type { Reach } from './reach.js'

/** Units of a cluster that is cut read the same row groups, since rows stand in the order of labels: that pays only for large ones. */
const SHARES_WORTH_CUTTING = 1.9

/** What a unit reads: of these segments the streams, or series, of the interval. */
export interface UnitPart {
  readonly segments: readonly Segment[]
  readonly interval: HashInterval
}

/** About `parts` of them, the same for the same segments, all within the hashes `within`; `rowsOf`: what a segment has within the reach. */
export function logParts(segments: readonly Segment[], reach: Reach, within: HashInterval, parts: number, rowsOf: (segment: Segment) => number): readonly UnitPart[] {
  if (segments.length === 0) return []
  const total = segments.reduce((rows, segment) => rows + rowsOf(segment), 0)
  const share = total / parts
  const found: UnitPart[] = []
  let taken: Segment[] = []
  let rows = 0
  const close = (): void => {
    if (taken.length > 0) found.push({ segments: taken, interval: within })
    taken = []
    rows = 0
  }
  for (const cluster of clustersOf(segments, reach)) {
    const size = cluster.reduce((sum, segment) => sum + rowsOf(segment), 0)
    if (size >= SHARES_WORTH_CUTTING * share) {
      const cuts = Math.round(size / share)
      close()
      found.push(...hashParts(cluster, within, cuts))
      continue
    }
    if (rows > 0 && rows + size / 2 > share) close()
    taken.push(...cluster)
    rows += size
  }
  close()
  return found
}

/** Intervals that are the hashes `within` together, each with the segments that touch it; those without any are left out. */
export function hashParts(segments: readonly Segment[], within: HashInterval, parts: number): readonly UnitPart[] {
  const width = within.to - within.from
  const cuts = Math.min(parts, width)
  const bound = (part: number): number => within.from + Math.floor((part * width) / cuts)
  return Array.from({ length: cuts }, (_, part) => {
    const interval = { from: bound(part), to: bound(part + 1) }
    return { interval, segments: segments.filter((segment) => touchesHashes(segment, interval)) }
  }).filter((part) => part.segments.length > 0)
}

export function touchesHashes({ hashMin, hashMax }: Pick<Segment, 'hashMin' | 'hashMax'>, { from, to }: HashInterval): boolean {
  return hashMin < to && hashMax >= from
}

/** Segments that overlap in time within the reach, directly or by way of others; clusters in the order of time. */
function clustersOf(segments: readonly Segment[], reach: Reach): readonly (readonly Segment[])[] {
  const clusters: Segment[][] = []
  let end: bigint | undefined
  for (const next of segments.toSorted(compareTimes)) {
    const from = next.timeMin > reach.timeMin ? next.timeMin : reach.timeMin
    const to = next.timeMax < reach.timeMax ? next.timeMax : reach.timeMax
    if (end !== undefined && from <= end) clusters[clusters.length - 1].push(next)
    else clusters.push([next])
    if (end === undefined || to > end) end = to
  }
  return clusters
}

function compareTimes(a: Segment, b: Segment): number {
  return a.timeMin < b.timeMin ? -1 : Number(a.timeMin > b.timeMin)
}
