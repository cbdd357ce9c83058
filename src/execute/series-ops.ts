/** Arithmetic and comparison with a constant, on the values of one series at all steps. */
import { arithmeticOf, comparisonOf, type Cells } from '../language/language.js'
import { FLOAT } from '../model/block.js'
import type { SeriesOp } from '../model/plan.js'

export type SeriesStep = (cells: Cells) => void

/** One function per operation, looked up once a unit. A comparison without `bool` takes away what does not hold. */
export function compileSeriesOps(ops: readonly SeriesOp[]): readonly SeriesStep[] {
  return ops.map((op) => (comparisonOf(op.op) === undefined ? arithmeticStep(op) : comparisonStep(op)))
}

function arithmeticStep(op: SeriesOp): SeriesStep {
  const apply = arithmeticOf(op.op, 'promql')
  if (apply === undefined) throw new Error(`operator ${op.op} cannot be pushed to a unit`)
  const { constant, side } = op
  return ({ values, present }) => {
    for (let k = 0; k < values.length; k++)
      if (present[k] === FLOAT) values[k] = side === 'right' ? apply(values[k], constant) : apply(constant, values[k])
  }
}

function comparisonStep(op: SeriesOp): SeriesStep {
  const holds = comparisonOf(op.op)
  if (holds === undefined) throw new Error(`operator ${op.op} compares nothing`)
  const { constant, side, bool } = op
  return ({ values, present }) => {
    for (let k = 0; k < values.length; k++) {
      if (present[k] !== FLOAT) continue
      const held = side === 'right' ? holds(values[k], constant) : holds(constant, values[k])
      if (bool) values[k] = held ? 1 : 0
      else if (!held) present[k] = 0
    }
  }
}
