/** Into how many intervals of series hashes a leaf's part of a group is cut. */
import { namedByEquality, type Leaf } from '../model/plan.js'
import type { Limits } from '../model/limits.js'

/** Above this a group is worth more than one thread, whether or not there is a second one. */
const WORTH_TWO_PARTS = 200_000

/** A power of two, so that finer cuts divide coarser ones. `segments` are those that touch the group. */
export function hashCuts(estimatedSamples: number, leaf: Leaf, limits: Limits, segments: number): number {
  const target = targetOf(leaf, limits, segments)
  const wanted = Math.max(estimatedSamples / target, estimatedSamples > WORTH_TWO_PARTS ? 2 : 1)
  return Math.min(2 ** Math.ceil(Math.log2(wanted)), limits.unitsPerGroupMax)
}

/** Segments that are read side by side hold nothing, so such units may be large: each interval costs the row groups at its ends. */
function targetOf(leaf: Leaf, limits: Limits, segments: number): number {
  if (leaf.signal === 'logs') return limits.unitRowsTarget
  return namedByEquality(leaf) && segments <= limits.unitStreamsMax ? limits.unitStreamedSamplesTarget : limits.unitSamplesTarget
}
