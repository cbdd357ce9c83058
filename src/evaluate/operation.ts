/** Arithmetic and comparisons as operations on two elements. */
import { arithmeticOf, comparisonOf } from '../language/language.js'
import type { Language } from '../model/expr.js'
import type { BinaryNode } from '../model/plan.js'

/** What an operator makes of two numbers. */
export interface NumberOperation {
  /** A filter keeps an element with its own value where `keeps` holds; the others give what `apply` says. */
  readonly result: 'value' | 'bool' | 'filter'
  readonly apply: (left: number, right: number) => number
  readonly keeps: (left: number, right: number) => boolean
}

/** Throws for set operators, which are not between numbers. */
export function operationOf({ op, bool }: BinaryNode, language: Language): NumberOperation {
  const arithmetic = arithmeticOf(op, language)
  if (arithmetic !== undefined) return { result: 'value', apply: arithmetic, keeps: () => true }
  const comparison = comparisonOf(op)
  if (comparison === undefined) throw new Error(`operator ${op} is not between numbers`)
  return { result: bool ? 'bool' : 'filter', apply: (left, right) => (comparison(left, right) ? 1 : 0), keeps: comparison }
}
