/** A plan as text: what EXPLAIN prints first, and the format of plan tests. */
import type { Grouping } from '../model/expr.js'
import type { Matcher } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import type { NeedleClause } from '../model/needles.js'
import type { Finding, Leaf, LeafWindow, LogValuesLeaf, Plan, RootNode, SampleLeaf, SeriesOp, SubqueryLevel, WindowInput } from '../model/plan.js'
import { SAMPLES, type LogLeaf } from '../language/language.js'
import { explainLogWork } from './explain-logs.js'

/** `limits`: those that units compile stages with. */
export function explainPlan(plan: Plan, limits: Limits): string {
  const lines = [`${plan.language} ${plan.resultType}`, ...new PlanText(plan, limits).node(plan.root, 1)]
  return lines.join('\n')
}

class PlanText {
  readonly #plan: Plan
  readonly #limits: Limits

  constructor(plan: Plan, limits: Limits) {
    this.#plan = plan
    this.#limits = limits
  }

  node(node: RootNode, depth: number): string[] {
    const indent = '  '.repeat(depth)
    const below = (...nodes: readonly RootNode[]) => nodes.flatMap((child) => this.node(child, depth + 1))
    switch (node.kind) {
      case 'leaf':
      case 'entries':
        return this.#leaf(this.#plan.leaves[node.leaf]).map((line) => indent + line)
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
      case 'window':
        return [`${indent}${node.fn}() at the root${inputText(node.input)}`, ...below(...node.args, inputNode(node.input))]
      case 'logWindow':
        return [`${indent}${callText(node.fn, node.args)} at the root over ${node.rangeNs}ns${nanoOffset(node.offsetNs)}`, ...below({ kind: 'leaf', leaf: node.leaf })]
      case 'matrix':
        return [`${indent}range vector${inputText(node.input)}`, ...below(inputNode(node.input))]
    }
  }

  #leaf(leaf: Leaf): string[] {
    const where = `{${leaf.matchers.map(matcherText).join(', ')}}${leaf.hashes === undefined ? '' : ` with hashes from ${leaf.hashes.from} to ${leaf.hashes.to}`}`
    const reason = leaf.notPushed === undefined ? [] : [`  not pushed further: ${leaf.notPushed}`]
    if (leaf.signal === 'metrics') return [`leaf ${leaf.id} metrics ${where}`, ...sampleChain(leaf).map((line) => `  ${line}`), ...reason]
    if (leaf.kind === 'streams') return [`leaf ${leaf.id} logs ${where}`, `  in each unit: ${foundText(leaf.finds)} within ${leaf.rangeNs}ns`]
    const needles = leaf.needles === undefined ? [] : [`  looks for ${leaf.needles.map(needleText).join(', and ')}`]
    const work = explainLogWork(leaf, this.#plan, this.#limits).map((line) => `  ${line}`)
    return [`leaf ${leaf.id} logs ${where}`, ...needles, `  in each unit: ${logLeafText(leaf)}`, ...work, ...reason]
  }
}

function inputNode(input: WindowInput): RootNode {
  return input.kind === 'subquery' ? input.operand : { kind: 'leaf', leaf: input.leaf }
}

function inputText(input: WindowInput): string {
  return input.kind === 'subquery' ? ` over ${levelText(input.level)}` : ` over ${input.rangeMs}ms${placeText(input.atMs, input.offsetMs)}`
}

function levelText({ rangeMs, stepMs, offsetMs, atMs }: SubqueryLevel): string {
  return `${rangeMs}ms in steps of ${stepMs}ms${placeText(atMs, offsetMs)}`
}

function placeText(atMs: number | undefined, offsetMs: number): string {
  return `${atMs === undefined ? '' : ` @ ${atMs / 1000}`}${offsetMs === 0 ? '' : ` offset ${offsetMs}ms`}`
}

function logLeafText(leaf: LogLeaf): string {
  switch (leaf.kind) {
    case 'entries':
      return 'entries in order'
    case 'values':
      return valuesText(leaf)
    case 'samples':
      return `${leaf.fn} over ${leaf.rangeNs}ns${nanoOffset(leaf.offsetNs)}, ${accumulateText(leaf)}`
  }
}

function needleText({ alternatives, labels }: NeedleClause): string {
  const any = alternatives.map((texts) => texts.map((text) => JSON.stringify(text)).join(' with ')).join(' or ')
  return labels.length === 0 ? any : `${any} (unless ${labels.join(', ')} is a label of streams)`
}

function valuesText({ unwrap, accumulate, rangeNs, offsetNs }: LogValuesLeaf): string {
  const { label, conversion, filters } = unwrap
  const read = conversion === undefined ? label : `${conversion}(${label})`
  const after = filters.length === 0 ? '' : `, ${filters.length} filters after it`
  return `the values of ${read}${after} over ${rangeNs}ns${nanoOffset(offsetNs)},${groupingText(accumulate.grouping)}`
}

function nanoOffset(offsetNs: bigint): string {
  return offsetNs === 0n ? '' : ` offset ${offsetNs}ns`
}

function sampleChain(leaf: SampleLeaf): string[] {
  const first = `${windowText(leaf.window)}${placeText(leaf.atMs, leaf.offsetMs)}`
  const layers = leaf.layers.flatMap(({ fn, args, level, ops }) => [`${callText(fn, args)} over ${levelText(level)}`, ...ops.map(opText)])
  const hints = leaf.hints.manner === 'detected' ? ['counter resets detected'] : []
  const chain = [first, ...hints, ...leaf.ops.map(opText), ...layers, ...(leaf.window.kind === 'raw' ? [] : [accumulateText(leaf)])]
  return [`in each unit: ${chain.join(', then ')}`, ...leaf.levels.map((level) => `asked at the steps of a subquery of ${levelText(level)}`)]
}

function windowText(window: LeafWindow): string {
  switch (window.kind) {
    case 'instant':
      return `${INSTANT_TEXT[window.gives]} within ${window.lookbackMs}ms${window.smoothed ? ', smoothed' : ''}`
    case 'range':
      return `${callText(window.fn, window.args)} over ${window.rangeMs}ms${window.extension === undefined ? '' : ` ${window.extension.modifier}`}`
    case 'raw':
      return `the samples of ${window.rangeMs}ms${window.extension === undefined ? '' : ` ${window.extension.modifier}`}`
    case 'exists':
      return `${foundText(window.finds)} within ${window.rangeMs}ms`
  }
}

function foundText(finds: Finding): string {
  switch (finds.kind) {
    case 'series':
      return 'which label sets there are'
    case 'names':
      return 'which label names there are'
    case 'values':
      return `which values of ${finds.label} there are`
  }
}

const INSTANT_TEXT = { value: 'newest sample', time: 'time of the newest sample', startTime: 'start time of the newest sample' } as const

function callText(fn: string, args: readonly number[]): string {
  return `${fn}${args.length === 0 ? '' : `(${args.join(', ')})`}`
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
