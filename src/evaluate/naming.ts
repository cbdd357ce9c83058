/** When the metric name goes: at once, or marked and taken off at the end of the query (delayed name removal). */
import { relabelled, withoutName, type RootValue } from '../language/language.js'
import type { SeriesBlock } from '../model/block.js'

export function allGo({ labels }: SeriesBlock): Uint8Array<ArrayBuffer> {
  return new Uint8Array(labels.length).fill(1)
}

/** The answer without the names that were marked. Throws upstream's duplicate labelset error if two series then have a value at one step. */
export function withoutMarkedNames(value: RootValue): RootValue {
  if (value.type !== 'vector' || value.block.nameGoes === undefined) return value
  const { nameGoes, ...block } = value.block
  let series = 0
  return { ...value, block: relabelled(block, (labels) => (nameGoes[series++] === 1 ? withoutName(labels) : labels)) }
}
