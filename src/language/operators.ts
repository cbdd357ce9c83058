/** Binary operators on two numbers. One table: units, evaluator and constant folding read it. */
import type { BinaryOp, Language } from '../model/expr.js'
import { atan2 } from './elementary/arcs.js'
import { pow } from './elementary/exponentials.js'

export type NumberOperator = (left: number, right: number) => number

const ARITHMETIC: ReadonlyMap<BinaryOp, NumberOperator> = new Map<BinaryOp, NumberOperator>([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
  ['^', pow],
  ['atan2', atan2],
])

const LOGQL_ARITHMETIC: ReadonlyMap<BinaryOp, NumberOperator> = new Map<BinaryOp, NumberOperator>([
  ...ARITHMETIC,
  ['/', (a, b) => (b === 0 ? NaN : a / b)],
  ['%', (a, b) => (b === 0 ? NaN : a % b)],
])

const COMPARISONS: ReadonlyMap<BinaryOp, (left: number, right: number) => boolean> = new Map<
  BinaryOp,
  (left: number, right: number) => boolean
>([
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
])

/** The arithmetic operator of a name, or undefined if the name is no arithmetic. LogQL divides by zero to NaN. */
export function arithmeticOf(op: BinaryOp, language: Language): NumberOperator | undefined {
  return (language === 'logql' ? LOGQL_ARITHMETIC : ARITHMETIC).get(op)
}

export function comparisonOf(op: BinaryOp): ((left: number, right: number) => boolean) | undefined {
  return COMPARISONS.get(op)
}
