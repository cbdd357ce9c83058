/** Arithmetic and comparison with a constant, on the cells of one series at all steps. */
import { arithmeticOf, comparisonOf, operateOnSamples, type Cells, type Remark } from '../language/language.js'
import type { Annotate } from '../model/annotation.js'
import { ABSENT, FLOAT } from '../model/block.js'
import type { SeriesOp } from '../model/plan.js'

export type SeriesStep = (cells: Cells) => void

/** One function per operation, looked up once a unit. A comparison without `bool` takes away what does not hold. */
export function compileSeriesOps(ops: readonly SeriesOp[], annotate: Annotate): readonly SeriesStep[] {
  return ops.map((op) => {
    const remark: Remark = (level, text) => annotate({ level, text, span: op.span })
    const floats = floatStep(op, remark)
    return (cells) => {
      floats(cells)
      if (cells.histograms.size > 0) onHistograms(op, cells, remark)
    }
  })
}

function floatStep(op: SeriesOp, remark: Remark): SeriesStep {
  if (comparisonOf(op.op) !== undefined) return comparisonStep(op)
  if (arithmeticOf(op.op, 'promql') !== undefined) return arithmeticStep(op)
  return trimStep(op, remark)
}

function arithmeticStep(op: SeriesOp): SeriesStep {
  const apply = arithmeticOf(op.op, 'promql')
  if (apply === undefined) throw new Error(`operator ${op.op} is no arithmetic`)
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
      else if (!held) present[k] = ABSENT
    }
  }
}

/** Of a float nothing can be trimmed. */
function trimStep({ op, constant, side }: SeriesOp, remark: Remark): SeriesStep {
  return ({ values, present }) => {
    for (let k = 0; k < values.length; k++) {
      if (present[k] !== FLOAT) continue
      operateOnSamples(op, side === 'right' ? values[k] : constant, side === 'right' ? constant : values[k], remark)
      present[k] = ABSENT
    }
  }
}

function onHistograms({ op, constant, side }: SeriesOp, { present, histograms }: Cells, remark: Remark): void {
  for (const [k, histogram] of histograms) {
    const result = side === 'right' ? operateOnSamples(op, histogram, constant, remark) : operateOnSamples(op, constant, histogram, remark)
    if (typeof result === 'object') {
      histograms.set(k, result)
    } else {
      // No comparison with a number means anything to a histogram.
      histograms.delete(k)
      present[k] = ABSENT
    }
  }
}
