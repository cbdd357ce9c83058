/** Into how many intervals of series hashes a leaf's part of a group is cut. */
import type { Leaf } from '../model/plan.js'
import type { Limits } from '../model/limits.js'

/** Above this a group is worth more than one thread, whether or not there is a second one. */
const WORTH_TWO_PARTS = 200_000

/** A power of two, so that finer cuts divide coarser ones. */
export function hashCuts(estimatedSamples: number, leaf: Leaf, limits: Limits): number {
  const target = leaf.signal === 'logs' ? limits.unitRowsTarget : limits.unitSamplesTarget
  const wanted = Math.max(estimatedSamples / target, estimatedSamples > WORTH_TWO_PARTS ? 2 : 1)
  return Math.min(2 ** Math.ceil(Math.log2(wanted)), limits.unitsPerGroupMax)
}
