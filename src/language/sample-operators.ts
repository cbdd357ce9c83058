/**
 * Binary operators on two samples of which one is a histogram (Prometheus' vectorElemBinop): one table for the units and the root.
 * Two floats are in operators.ts.
 */
import type { BinaryOp } from '../model/expr.js'
import type { NativeHistogram } from '../model/histogram.js'
import { addHistograms, compactHistogram, divideHistogram, histogramsEqual, multiplyHistogram } from './histogram/histogram.js'
import { subtractHistograms, trimAbove, trimBelow, withHint, type Combination } from './histogram/histogram.js'
import type { Remark } from './remarks.js'

/** A number, or a native histogram. */
export type Sample = number | NativeHistogram

/**
 * A sample from arithmetic and trims, whether it holds from comparisons. Undefined, with a remark, where the operator means nothing to
 * the two: the element is dropped then, whatever the modifiers are.
 */
export function operateOnSamples(op: BinaryOp, left: Sample, right: Sample, remark: Remark): Sample | boolean | undefined {
  if (typeof left !== 'number' && typeof right !== 'number') return ofHistograms(op, left, right, remark)
  if (typeof left !== 'number' && typeof right === 'number') return withNumber(op, left, right, remark)
  if (op === '*' && typeof left === 'number' && typeof right !== 'number') return compactHistogram(multiplyHistogram(right, left))
  return incompatible(op, left, right, remark)
}

function ofHistograms(op: BinaryOp, left: NativeHistogram, right: NativeHistogram, remark: Remark): NativeHistogram | boolean | undefined {
  switch (op) {
    case '+':
      return remarked(addHistograms(left, right), op, 'addition', remark)
    case '-': {
      const difference = remarked(subtractHistograms(left, right), op, 'subtraction', remark)
      return difference === undefined ? undefined : withHint(difference, 'gauge')
    }
    case '==':
      return histogramsEqual(left, right)
    case '!=':
      return !histogramsEqual(left, right)
    case '*': case '/': case '%': case '^': case 'atan2': case '<': case '<=': case '>': case '>=': case '</': case '>/':
    case 'and': case 'or': case 'unless':
      return incompatible(op, left, right, remark)
  }
}

function withNumber(op: BinaryOp, left: NativeHistogram, right: number, remark: Remark): NativeHistogram | undefined {
  switch (op) {
    case '*':
      return compactHistogram(multiplyHistogram(left, right))
    case '/':
      return compactHistogram(divideHistogram(left, right))
    case '</':
      return trimAbove(left, right)
    case '>/':
      return trimBelow(left, right)
    case '+': case '-': case '%': case '^': case 'atan2': case '==': case '!=': case '<': case '<=': case '>': case '>=':
    case 'and': case 'or': case 'unless':
      return incompatible(op, left, right, remark)
  }
}

function remarked(result: Combination, op: BinaryOp, operation: string, remark: Remark): NativeHistogram | undefined {
  if (result.kind === 'incompatible') {
    remark('warning', `incompatible bucket layout encountered for binary operator ${op}`)
    return undefined
  }
  if (result.counterResetCollision) remark('warning', `conflicting counter resets during histogram ${operation}`)
  if (result.boundsReconciled) remark('info', `mismatched custom buckets were reconciled during ${operation}`)
  return compactHistogram(result.histogram)
}

function incompatible(op: BinaryOp, left: Sample, right: Sample, remark: Remark): undefined {
  const name = (sample: Sample) => (typeof sample === 'number' ? 'float' : 'histogram')
  remark('info', `incompatible sample types encountered for binary operator "${op}": ${name(left)} ${op} ${name(right)}`)
}
