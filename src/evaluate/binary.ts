/** Binary operators: between scalars, between a vector and a scalar, and between vectors. */
import { relabelled, scalarsOf, withoutName, type RootValue } from '../language/language.js'
import { seriesBlock, type SeriesBlock } from '../model/block.js'
import type { Matching } from '../model/expr.js'
import type { BinaryNode } from '../model/plan.js'
import { matched } from './match.js'
import { operationOf, type NumberOperation } from './operation.js'
import type { GroupRun } from './run.js'
import { combined } from './sets.js'

/** Matching without any clause: by all labels, one to one. */
const BY_ALL_LABELS: Matching = { cardinality: 'one-to-one', on: false, labels: [], include: [] }

export function binary(node: BinaryNode, left: RootValue, right: RootValue, run: GroupRun): RootValue {
  const { op } = node
  if (left.type === 'vector' && right.type === 'vector') {
    const matching = node.matching ?? BY_ALL_LABELS
    if (op === 'and' || op === 'or' || op === 'unless') return combined(op, left, right, matching)
    return matched(operationOf(node, run.language), left, right, matching, run)
  }
  const operation = operationOf(node, run.language)
  if (left.type === 'vector') return withScalar(operation, left, scalarsOf(right), 'right')
  if (right.type === 'vector') return withScalar(operation, right, scalarsOf(left), 'left')
  const constants = scalarsOf(right)
  return { type: 'scalar', values: scalarsOf(left).map((value, k) => operation.apply(value, constants[k])) }
}

/** `side` is the scalar's. A filter keeps the value and the name of the vector's element; all else drops the name. */
function withScalar(
  operation: NumberOperation,
  { block, ordered }: Extract<RootValue, { type: 'vector' }>,
  scalars: Float64Array,
  side: 'left' | 'right',
): RootValue {
  const out: SeriesBlock = seriesBlock(block.labels, block.steps)
  const { steps, values, present } = block
  const isFilter = operation.result === 'filter'
  for (let i = 0; i < values.length; i++) {
    if (present[i] === 0) continue
    const scalar = scalars[i % steps]
    const [a, b] = side === 'left' ? [scalar, values[i]] : [values[i], scalar]
    if (isFilter && !operation.keeps(a, b)) continue
    out.values[i] = isFilter ? values[i] : operation.apply(a, b)
    out.present[i] = 1
  }
  return { type: 'vector', block: isFilter ? out : relabelled(out, withoutName), ordered }
}
