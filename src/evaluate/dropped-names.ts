/** Where the root of a plan takes names off series that must not fall together in any group: `dropName`. */
import type { RootNode, WindowInput } from '../model/plan.js'

export function dropsNames(node: RootNode): boolean {
  switch (node.kind) {
    case 'dropName':
      return true
    case 'unary':
      return dropsNames(node.operand)
    case 'binary':
      return dropsNames(node.left) || dropsNames(node.right)
    case 'aggregate':
      return dropsNames(node.operand) || (node.param !== undefined && dropsNames(node.param))
    case 'call':
      return node.args.some(dropsNames)
    case 'window':
      return inputDropsNames(node.input) || node.args.some(dropsNames)
    case 'matrix':
      return inputDropsNames(node.input)
    case 'leaf':
    case 'entries':
    case 'number':
    case 'string':
    case 'time':
    case 'logWindow':
      return false
  }
}

function inputDropsNames(input: WindowInput): boolean {
  return input.kind === 'subquery' && dropsNames(input.operand)
}
