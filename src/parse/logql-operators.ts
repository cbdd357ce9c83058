/** Precedence of LogQL: flat lists of operands and operators to trees. Facts: Loki's grammar and how its conflicts are resolved. */
import { arithmeticOf, comparisonOf } from '../language/language.js'
import type { BinaryOp } from '../model/expr.js'

/**
 * Joins operands[0] operators[0] operands[1] … in one pass with a stack. `bindsFirst(left, right)` tells whether of two operators
 * with one operand between them the left one takes it. There is one operand more than operators.
 */
export function joinByPrecedence<Operand, Operator>(
  operands: readonly Operand[],
  operators: readonly Operator[],
  bindsFirst: (left: Operator, right: Operator) => boolean,
  join: (left: Operand, operator: Operator, right: Operand) => Operand,
): Operand {
  const done = [operands[0]]
  const open: Operator[] = []
  const close = (operator: Operator): void => {
    const [left, right] = done.splice(-2)
    done.push(join(left, operator, right))
  }
  operators.forEach((operator, index) => {
    for (let last = open.at(-1); last !== undefined && bindsFirst(last, operator); last = open.at(-1)) {
      open.pop()
      close(last)
    }
    open.push(operator)
    done.push(operands[index + 1])
  })
  for (const operator of open.toReversed()) close(operator)
  return done[0]
}

const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '>=', '<', '<='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]

const LEVEL: ReadonlyMap<string, number> = new Map(LEVELS.flatMap((names, level) => names.map((name) => [name, level] as const)))

/** All are left-associative but `^`. */
export function operatorBindsFirst(left: BinaryOp, right: BinaryOp): boolean {
  const difference = (LEVEL.get(left) ?? 0) - (LEVEL.get(right) ?? 0)
  return difference > 0 || (difference === 0 && left !== '^')
}

/** `,` stands for juxtaposition too. */
export type FilterOp = 'and' | 'or' | ','

/** `and` binds tighter than `or`, both to the left; a comma on either side makes everything bind to the right. */
export function filterBindsFirst(left: FilterOp, right: FilterOp): boolean {
  if (left === ',' || right === ',') return false
  return left === 'and' || right === 'or'
}

/**
 * Both sides are numbers: what Loki makes of it when it parses. Comparisons give 1 or 0, with `bool` or without it;
 * a division by zero gives NaN. Undefined for set operators, which take no numbers.
 */
export function foldNumbers(op: BinaryOp, left: number, right: number): number | undefined {
  const arithmetic = arithmeticOf(op, 'logql')
  if (arithmetic !== undefined) return arithmetic(left, right)
  const comparison = comparisonOf(op)
  return comparison === undefined ? undefined : Number(comparison(left, right))
}
