/** Binary operators on two numbers. One table: units, evaluator and constant folding read it. */
import type { BinaryOp, Language } from '../model/expr.js'

export type NumberOperator = (left: number, right: number) => number

const ARITHMETIC: ReadonlyMap<BinaryOp, NumberOperator> = new Map<BinaryOp, NumberOperator>([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
  ['^', power],
  ['atan2', Math.atan2],
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

/** Go's math.Pow: 1 to any power is 1, also to NaN and the infinities, and so is -1 to an infinity. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1
  if (base === -1 && (exponent === Infinity || exponent === -Infinity)) return 1
  return base ** exponent
}
