/** Binary operators as operations on two elements. */
import { arithmeticOf, comparisonOf, operateOnSamples, type Remark, type Sample } from '../language/language.js'
import { histogramAt, HISTOGRAM, type SeriesBlock } from '../model/block.js'
import type { BinaryOp, Language } from '../model/expr.js'
import type { BinaryNode } from '../model/plan.js'
import type { GroupRun } from './run.js'

/** What an operator makes of two elements. */
export interface Operation {
  readonly op: BinaryOp
  /**
   * A filter keeps an element with its own value where `keeps` holds; `bool` and `value` give what `apply` says.
   * A trim is between a histogram and a number, so that two numbers give nothing; it keeps the name as a filter does.
   */
  readonly result: 'value' | 'bool' | 'filter' | 'trim'
  readonly apply: (left: number, right: number) => number
  readonly keeps: (left: number, right: number) => boolean
  readonly remark: Remark
}

/** Throws for set operators, which are not between elements. */
export function operationOf({ op, bool, span }: BinaryNode, { language, annotate }: Pick<GroupRun, 'language' | 'annotate'>): Operation {
  const remark: Remark = (level, text) => annotate({ level, text, span })
  return { op, remark, ...ofNumbers(op, bool, language) }
}

function ofNumbers(op: BinaryOp, bool: boolean, language: Language): Pick<Operation, 'result' | 'apply' | 'keeps'> {
  const arithmetic = arithmeticOf(op, language)
  if (arithmetic !== undefined) return { result: 'value', apply: arithmetic, keeps: () => true }
  if (op === '</' || op === '>/') return { result: 'trim', apply: () => NaN, keeps: () => false }
  const comparison = comparisonOf(op)
  if (comparison === undefined) throw new Error(`operator ${op} is not between elements`)
  return { result: bool ? 'bool' : 'filter', apply: (left, right) => (comparison(left, right) ? 1 : 0), keeps: comparison }
}

/** What two elements give whatever they are. `meaningless`: the operator means nothing to them, and it has been remarked. `dropped` by a filter. */
export function outcomeOf(operation: Operation, left: Sample, right: Sample, element: Sample): Sample | 'dropped' | 'meaningless' {
  const { result, op, remark } = operation
  if (result !== 'trim' && typeof left === 'number' && typeof right === 'number') {
    if (result === 'filter') return operation.keeps(left, right) ? element : 'dropped'
    return operation.apply(left, right)
  }
  const outcome = operateOnSamples(op, left, right, remark)
  if (outcome === undefined) return 'meaningless'
  if (typeof outcome !== 'boolean') return outcome
  if (result === 'bool') return outcome ? 1 : 0
  return outcome ? element : 'dropped'
}

/** The element of a cell that is not empty. */
export function sampleAt(block: SeriesBlock, cell: number): Sample {
  return block.present[cell] === HISTOGRAM ? histogramAt(block, cell) : block.values[cell]
}
