/** Into how many units a leaf's part of a group is cut. */
import type { Leaf } from '../model/plan.js'
import type { Limits } from '../model/limits.js'

/** Above this a group is worth more than one thread, whether or not there is a second one. */
const WORTH_TWO_PARTS = 200_000

/** Rows of logs that are only counted are taken together by DuckDB: looking at them costs a fraction of what reading their lines does. */
const COUNTED_PER_READ = 4

/** A power of two, so that finer cuts divide coarser ones. */
export function hashCuts(estimatedSamples: number, leaf: Leaf, limits: Limits): number {
  const wanted = Math.max(estimatedSamples / unitTarget(leaf, limits), estimatedSamples > WORTH_TWO_PARTS ? 2 : 1)
  return Math.min(2 ** Math.ceil(Math.log2(wanted)), limits.unitsPerGroupMax)
}

function unitTarget(leaf: Leaf, limits: Limits): number {
  if (leaf.signal === 'metrics') return limits.unitSamplesTarget
  const counted = leaf.kind === 'samples' && !leaf.stages.some(({ kind }) => kind === 'lineFilter')
  return counted ? COUNTED_PER_READ * limits.unitRowsTarget : limits.unitRowsTarget
}
