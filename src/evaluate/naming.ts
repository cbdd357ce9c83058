/** Delayed removal of metric names: marked where an operation takes them (nameTaken), taken off at the end of the query. */
import { relabelled, withoutName, type RootValue } from '../language/language.js'

/** The answer without the names that were marked. Throws upstream's duplicate labelset error if two series then have a value at one step. */
export function withoutMarkedNames(value: RootValue): RootValue {
  if (value.type !== 'vector' || value.block.nameGoes === undefined) return value
  const { nameGoes, ...block } = value.block
  let series = 0
  return { ...value, block: relabelled(block, (labels) => (nameGoes[series++] === 1 ? withoutName(labels) : labels)) }
}
