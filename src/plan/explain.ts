/** A plan as text: what EXPLAIN prints first, and the format of plan tests. */
import type { Grouping } from '../model/expr.js'
import type { Matcher } from '../model/labels.js'
import type { Leaf, Plan, RootNode, SampleLeaf, SeriesOp } from '../model/plan.js'
import { SAMPLES } from '../language/language.js'

export function explainPlan(plan: Plan): string {
  const lines = [`${plan.language} ${plan.resultType}`, ...explainNode(plan.root, plan.leaves, 1)]
  return lines.join('\n')
}

function explainNode(node: RootNode, leaves: readonly Leaf[], depth: number): string[] {
  const indent = '  '.repeat(depth)
  const below = (...nodes: readonly RootNode[]) => nodes.flatMap((child) => explainNode(child, leaves, depth + 1))
  switch (node.kind) {
    case 'leaf':
    case 'entries':
      return explainLeaf(leaves[node.leaf]).map((line) => indent + line)
    case 'number':
      return [`${indent}number ${node.value}`]
    case 'string':
      return [`${indent}string ${JSON.stringify(node.value)}`]
    case 'time':
      return [`${indent}time()`]
    case 'dropName':
      return [`${indent}drop the metric name`, ...below(node.operand)]
    case 'unary':
      return [`${indent}negate`, ...below(node.operand)]
    case 'binary': {
      const { matching } = node
      const on = matching === undefined ? '' : ` ${matching.cardinality} ${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`
      return [`${indent}${node.op}${node.bool ? ' bool' : ''}${on}`, ...below(node.left, node.right)]
    }
    case 'aggregate':
      return [`${indent}${node.op}${groupingText(node.grouping)}`, ...below(...(node.param === undefined ? [] : [node.param]), node.operand)]
    case 'call':
      return [`${indent}${node.fn}()`, ...below(...node.args)]
  }
}

function explainLeaf(leaf: Leaf): string[] {
  const where = `{${leaf.matchers.map(matcherText).join(', ')}}`
  const reason = leaf.notPushed === undefined ? [] : [`  not pushed further: ${leaf.notPushed}`]
  if (leaf.signal === 'metrics') return [`leaf ${leaf.id} metrics ${where}`, ...sampleChain(leaf).map((line) => `  ${line}`), ...reason]
  const stages = leaf.stages.length === 0 ? [] : [`  ${leaf.stages.length} pipeline stages`]
  if (leaf.kind === 'entries') return [`leaf ${leaf.id} logs ${where}`, ...stages, '  in each unit: entries in order']
  const offset = leaf.offsetNs === 0n ? '' : ` offset ${leaf.offsetNs}ns`
  return [
    `leaf ${leaf.id} logs ${where}`,
    ...stages,
    `  in each unit: ${leaf.fn} over ${leaf.rangeNs}ns${offset}, ${accumulateText(leaf)}`,
    ...reason,
  ]
}

function sampleChain(leaf: SampleLeaf): string[] {
  const { window } = leaf
  const at = leaf.atMs === undefined ? '' : ` @ ${leaf.atMs / 1000}`
  const offset = leaf.offsetMs === 0 ? '' : ` offset ${leaf.offsetMs}ms`
  const first =
    window.kind === 'instant'
      ? `newest sample within ${window.lookbackMs}ms`
      : `${window.fn}${window.args.length === 0 ? '' : `(${window.args.join(', ')})`} over ${window.rangeMs}ms`
  const chain = [`${first}${at}${offset}`, ...leaf.ops.map(opText), accumulateText(leaf)]
  return [`in each unit: ${chain.join(', then ')}`]
}

function accumulateText(leaf: Leaf): string {
  const { accumulator, grouping } = leaf.accumulate
  return accumulator === SAMPLES ? 'every series' : `${accumulator}${groupingText(grouping)}`
}

function opText(op: SeriesOp): string {
  const bool = op.bool ? ' bool' : ''
  return op.side === 'right' ? `value ${op.op}${bool} ${op.constant}` : `${op.constant} ${op.op}${bool} value`
}

function groupingText(grouping: Grouping): string {
  return ` ${grouping.without ? 'without' : 'by'} (${grouping.labels.join(', ')})`
}

function matcherText(matcher: Matcher): string {
  return `${matcher.name}${matcher.op}${JSON.stringify(matcher.value)}`
}
