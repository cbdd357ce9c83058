/** Binary operators: between scalars, between a vector and a scalar, and between vectors. */
import { nameTaken, scalarsOf, type RootValue } from '../language/language.js'
import { ABSENT, FLOAT, HISTOGRAM, seriesBlock, withHistograms, type SeriesBlock } from '../model/block.js'
import type { Matching } from '../model/expr.js'
import type { NativeHistogram } from '../model/histogram.js'
import type { BinaryNode, Naming } from '../model/plan.js'
import { matched } from './match.js'
import { operationOf, outcomeOf, sampleAt, type Operation } from './operation.js'
import type { GroupRun } from './run.js'
import { combined } from './sets.js'

/** Matching without any clause: by all labels, one to one. */
const BY_ALL_LABELS: Matching = { cardinality: 'one-to-one', on: false, labels: [], include: [] }

export function binary(node: BinaryNode, left: RootValue, right: RootValue, run: GroupRun): RootValue {
  const { op } = node
  if (left.type === 'vector' && right.type === 'vector') {
    const matching = node.matching ?? BY_ALL_LABELS
    if (op === 'and' || op === 'or' || op === 'unless') return combined(op, left, right, matching)
    return matched(operationOf(node, run), left, right, matching, run)
  }
  const operation = operationOf(node, run)
  if (left.type === 'vector') return withScalar(operation, left, scalarsOf(right), 'right', run.naming)
  if (right.type === 'vector') return withScalar(operation, right, scalarsOf(left), 'left', run.naming)
  const constants = scalarsOf(right)
  return { type: 'scalar', values: scalarsOf(left).map((value, k) => operation.apply(value, constants[k])) }
}

/** `side` is the scalar's. A filter keeps the value and the name of the vector's element; all else but trims takes the name. */
function withScalar(
  operation: Operation,
  { block, ordered }: Extract<RootValue, { type: 'vector' }>,
  scalars: Float64Array,
  side: 'left' | 'right',
  naming: Naming,
): RootValue {
  const { nameGoes } = block
  const plain = block.histograms === undefined && operation.result !== 'trim'
  const out = plain ? floatsWithScalar(operation, block, scalars, side) : samplesWithScalar(operation, block, scalars, side)
  const kept = nameGoes === undefined ? out : { ...out, nameGoes }
  const keepsName = operation.result === 'filter' || operation.result === 'trim'
  return { type: 'vector', block: keepsName ? kept : nameTaken(kept, naming), ordered }
}

function floatsWithScalar(operation: Operation, block: SeriesBlock, scalars: Float64Array, side: 'left' | 'right'): SeriesBlock {
  const out = seriesBlock(block.labels, block.steps)
  const { steps, values, present } = block
  const isFilter = operation.result === 'filter'
  for (let i = 0; i < values.length; i++) {
    if (present[i] === ABSENT) continue
    const scalar = scalars[i % steps]
    const [a, b] = side === 'left' ? [scalar, values[i]] : [values[i], scalar]
    if (isFilter && !operation.keeps(a, b)) continue
    out.values[i] = isFilter ? values[i] : operation.apply(a, b)
    out.present[i] = FLOAT
  }
  return out
}

function samplesWithScalar(operation: Operation, block: SeriesBlock, scalars: Float64Array, side: 'left' | 'right'): SeriesBlock {
  const out = seriesBlock(block.labels, block.steps)
  const histograms = new Map<number, NativeHistogram>()
  for (let i = 0; i < block.values.length; i++) {
    if (block.present[i] === ABSENT) continue
    const scalar = scalars[i % block.steps]
    const element = sampleAt(block, i)
    const outcome = side === 'left' ? outcomeOf(operation, scalar, element, element) : outcomeOf(operation, element, scalar, element)
    if (typeof outcome === 'string') continue
    if (typeof outcome === 'object') histograms.set(i, outcome)
    else out.values[i] = outcome
    out.present[i] = typeof outcome === 'object' ? HISTOGRAM : FLOAT
  }
  return { ...out, ...withHistograms(histograms) }
}
