/** How much a leaf will read, from the catalog's statistics: samples are taken as spread evenly over a segment's time. */
import type { Leaf } from '../model/plan.js'
import type { Segment } from '../model/segment.js'
import type { Reach } from './reach.js'

/** Samples (or log entries) of the segments within the reach; never less than one a segment. */
export function estimateSamples(segments: readonly Segment[], leaf: Leaf, reach: Reach): number {
  if (isFound(leaf)) return segments.reduce((rows, segment) => rows + Math.max(1, rowsFound(segment)), 0)
  let total = 0
  for (const segment of segments) total += Math.max(1, samplesWithin(segment, reach) * leafShare(segment, leaf))
  return total
}

/** What of a segment belongs to the leaf, as far as the catalog can tell: of several metric names each is taken to have as much, and of hashes too. */
export function leafShare(segment: Segment, leaf: Leaf): number {
  const name = leaf.matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value
  return (name !== undefined && segment.names.includes(name) ? 1 / segment.names.length : 1) * hashShare(segment, leaf)
}

function hashShare({ hashMin, hashMax }: Segment, { hashes }: Leaf): number {
  if (hashes === undefined) return 1
  return Math.max(0, Math.min(hashMax + 1, hashes.to) - Math.max(hashMin, hashes.from)) / (hashMax + 1 - hashMin)
}

function isFound(leaf: Leaf): boolean {
  return leaf.signal === 'metrics' ? leaf.window.kind === 'exists' : leaf.kind === 'streams'
}

/** Label columns of logs repeat themselves row after row: about as much work as their streams. */
function rowsFound({ signal, rows, series }: Segment): number {
  return signal === 'metrics' ? rows : series
}

export function samplesWithin(segment: Segment, reach: Reach): number {
  return segment.samples * timeShare(segment, reach)
}

export function estimateBytes(segments: readonly Segment[]): number {
  return [...new Map(segments.map((segment) => [segment.id, segment.bytes])).values()].reduce((sum, bytes) => sum + bytes, 0)
}

function timeShare(segment: Segment, reach: Reach): number {
  const from = segment.timeMin > reach.timeMin ? segment.timeMin : reach.timeMin
  const to = segment.timeMax < reach.timeMax ? segment.timeMax : reach.timeMax
  if (to < from) return 0
  return Number(to - from + 1n) / Number(segment.timeMax - segment.timeMin + 1n)
}
