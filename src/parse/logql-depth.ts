/** How deep a tree is, found without recursion: other rooms walk trees recursively, so the depth is limited here. */
import type { Expr, LabelFilterExpr } from '../model/expr.js'

type Node = Expr | LabelFilterExpr

/** Levels from the root to the deepest node of a LogQL tree; a tree of one node has one. */
export function treeDepth(root: Expr): number {
  let level: readonly Node[] = [root]
  let depth = 0
  while (level.length > 0) {
    depth++
    level = level.flatMap(children)
  }
  return depth
}

function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'binary':
    case 'and':
    case 'or':
      return [node.left, node.right]
    case 'aggregate':
      return node.param === undefined ? [node.operand] : [node.param, node.operand]
    case 'call':
      return node.args
    case 'logRange':
      return [node.logs, ...(node.unwrap?.filters ?? [])]
    case 'logs':
      return node.stages.flatMap((stage) => (stage.kind === 'labelFilter' ? [stage.filter] : []))
    case 'number':
    case 'string':
    case 'matcher':
    case 'ip':
    case 'compare':
    case 'paren':
    case 'unary':
    case 'selector':
    case 'range':
    case 'subquery':
    case 'durationCall':
      return []
  }
}
