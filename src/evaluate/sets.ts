/** The set operators: elements of one vector by whether the other has their match group at the same step. */
import { relabelled, type RootValue } from '../language/language.js'
import { ABSENT, HISTOGRAM, movedHistograms, seriesBlock, withHistograms, type SeriesBlock } from '../model/block.js'
import type { Matching, SetOp } from '../model/expr.js'
import { matchGroups } from './signature.js'

type Vector = Extract<RootValue, { type: 'vector' }>

export function combined(op: SetOp, left: Vector, right: Vector, matching: Matching): RootValue {
  const groups = matchGroups(left.block, right.block, matching)
  switch (op) {
    case 'and':
      return { ...left, block: filtered(left.block, groups.left, presence(right.block, groups.right, groups.count), 1) }
    case 'unless':
      return { ...left, block: filtered(left.block, groups.left, presence(right.block, groups.right, groups.count), 0) }
    case 'or': {
      const added = filtered(right.block, groups.right, presence(left.block, groups.left, groups.count), 0)
      return { type: 'vector', block: joined(left.block, added), ordered: left.ordered || right.ordered }
    }
  }
}

/** 1 at group × step where any series of the group has a value. */
function presence({ steps, labels, present }: SeriesBlock, groupOf: Int32Array, groups: number): Uint8Array {
  const found = new Uint8Array(groups * steps)
  for (let s = 0; s < labels.length; s++) {
    for (let k = 0; k < steps; k++) if (present[s * steps + k] !== ABSENT) found[groupOf[s] * steps + k] = 1
  }
  return found
}

/** The elements whose group is there (`wanted` 1) or is not (0). */
function filtered(block: SeriesBlock, groupOf: Int32Array, found: Uint8Array, wanted: 0 | 1): SeriesBlock {
  const { steps, labels } = block
  const present = new Uint8Array(block.present.length)
  for (let s = 0; s < labels.length; s++) {
    for (let k = 0; k < steps; k++) {
      const cell = s * steps + k
      if (found[groupOf[s] * steps + k] === wanted) present[cell] = block.present[cell]
    }
  }
  const { histograms, ...floats } = block
  const kept = movedHistograms({ histograms }, (cell) => (present[cell] === HISTOGRAM ? cell : undefined))
  return { ...floats, present, ...withHistograms(kept) }
}

/** The series of both; one that is in both, at different steps, becomes one. */
function joined(left: SeriesBlock, right: SeriesBlock): SeriesBlock {
  const both = seriesBlock([...left.labels, ...right.labels], left.steps)
  both.values.set(left.values)
  both.values.set(right.values, left.values.length)
  both.present.set(left.present)
  both.present.set(right.present, left.present.length)
  const histograms = new Map([...(left.histograms ?? []), ...(movedHistograms(right, (cell) => left.values.length + cell) ?? [])])
  return relabelled({ ...both, ...withHistograms(histograms), ...joinedFlags(left, right) }, (labels) => labels)
}

function joinedFlags(left: SeriesBlock, right: SeriesBlock): Pick<SeriesBlock, 'nameGoes'> {
  if (left.nameGoes === undefined && right.nameGoes === undefined) return {}
  const nameGoes = new Uint8Array(left.labels.length + right.labels.length)
  if (left.nameGoes !== undefined) nameGoes.set(left.nameGoes)
  if (right.nameGoes !== undefined) nameGoes.set(right.nameGoes, left.labels.length)
  return { nameGoes }
}
