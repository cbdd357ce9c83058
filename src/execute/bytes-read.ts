import type { LocalSegment } from '../model/engine.js'
import type { WorkUnit } from '../model/plan.js'

/** The share of each object that falls into the unit's interval; row groups are read whole, so the disk may see a little more. */
export function bytesRead(unit: WorkUnit, segments: readonly LocalSegment[]): number {
  const { from, to } = unit.interval
  let bytes = 0
  for (const { segment } of segments) {
    const width = segment.hashMax - segment.hashMin + 1
    const shared = Math.min(to, segment.hashMax + 1) - Math.max(from, segment.hashMin)
    bytes += Math.round((segment.bytes * Math.max(shared, 0)) / width)
  }
  return bytes
}
