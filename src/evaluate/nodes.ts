/** From node to value: what each kind of root node does with the values of its operands. */
import { findFunction, type ElementwiseFunction, type RootValue } from '../language/language.js'
import { duplicateLabelset, hasValue, relabelled, scalarsOf, vectorOf, withoutName } from '../language/language.js'
import { seriesBlock, type SeriesBlock } from '../model/block.js'
import { labelsKey } from '../model/labels.js'
import { checkLimit } from '../model/limits.js'
import type { CallNode, RootNode } from '../model/plan.js'
import { stepTime, type Grid } from '../model/time.js'
import { aggregated } from './aggregate.js'
import { binary } from './binary.js'
import { allGo } from './naming.js'
import type { DroppedNames, Evaluation, GroupRun } from './run.js'
import { rangeVector, windowed } from './windows.js'

export function* valueOf(node: RootNode, run: GroupRun): Evaluation<RootValue> {
  const value = yield* evaluated(node, run)
  yield
  return value
}

function* evaluated(node: RootNode, run: GroupRun): Evaluation<RootValue> {
  const { grid } = run
  switch (node.kind) {
    case 'leaf':
      return { type: 'vector', block: leafBlock(node.leaf, run), ordered: false }
    case 'number':
      return { type: 'scalar', values: new Float64Array(grid.count).fill(node.value) }
    case 'string':
      return { type: 'string', value: node.value }
    case 'time':
      return { type: 'scalar', values: Float64Array.from({ length: grid.count }, (_, k) => stepTime(grid, k) / 1000) }
    case 'dropName':
      return nameDropped(node, yield* valueOf(node.operand, run), run)
    case 'unary':
      return negated(yield* valueOf(node.operand, run))
    case 'binary':
      return binary(node, yield* valueOf(node.left, run), yield* valueOf(node.right, run), run)
    case 'aggregate':
      return aggregated(node, yield* valueOf(node.operand, run), node.param && (yield* valueOf(node.param, run)), run)
    case 'call':
      return yield* called(node, run)
    case 'window':
      return yield* windowed(node, run, valueOf)
    case 'matrix':
      return yield* rangeVector(node.input, run, valueOf)
    case 'entries':
      throw new Error('log entries have no value')
  }
}

function leafBlock(leaf: number, run: GroupRun): SeriesBlock {
  const block = run.leaves[leaf]
  if (block.kind !== 'series') throw new Error(`leaf ${leaf} has samples instead of values`)
  const { signal, ...rest } = run.plan[leaf]
  return signal === 'metrics' && 'name' in rest && rest.name === 'goes' ? { ...block, nameGoes: allGo(block) } : block
}

/** Two series may not fall together even if they never have a value at the same step, or in the same group. */
function nameDropped(node: RootNode, value: RootValue, { dropped, limits }: GroupRun): RootValue {
  const block = vectorOf(value)
  const seen: DroppedNames = dropped.get(node) ?? new Map()
  dropped.set(node, seen)
  const labels = block.labels.map(withoutName)
  labels.forEach((bare, s) => {
    if (!hasValue(block, s)) return
    const key = labelsKey(bare)
    const full = labelsKey(block.labels[s])
    if ((seen.get(key) ?? full) !== full) throw duplicateLabelset()
    seen.set(key, full)
  })
  checkLimit(limits, 'querySeriesMax', seen.size)
  return { type: 'vector', block: { ...block, labels }, ordered: false }
}

function negated(value: RootValue): RootValue {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', values: value.values.map((x) => -x) }
    case 'vector': {
      const block = relabelled({ ...value.block, values: value.block.values.map((x) => -x) }, withoutName)
      return { ...value, block }
    }
    case 'string':
    case 'runs':
      throw new Error(`${value.type} cannot be negated`)
  }
}

function* called(node: CallNode, run: GroupRun): Evaluation<RootValue> {
  const entry = findFunction(node.fn)
  if (entry === undefined) throw new Error(`there is no function ${node.fn}`)
  const args: RootValue[] = []
  for (const arg of node.args) args.push(yield* valueOf(arg, run))
  switch (entry.kind) {
    case 'elementwise':
      return elementwise(entry, args, run.grid)
    case 'root':
      return entry.evaluate(args, { ...run, selector: node.selector, span: node.span, argSpans: node.argSpans })
    case 'range':
    case 'queryConstant':
    case 'unsupported':
      throw new Error(`function ${node.fn} is not evaluated at the root`)
  }
}

/** A vector argument that is left out is the time of the step. */
function elementwise(entry: ElementwiseFunction, args: readonly RootValue[], grid: Grid): RootValue {
  const vector = args.find((arg) => arg.type === 'vector')
  const block = vector === undefined ? timeVector(grid) : vectorOf(vector)
  const scalars = args.filter((arg) => arg.type === 'scalar').map(scalarsOf)
  const argsAt = Array.from({ length: grid.count }, (_, k) => scalars.map((values) => values[k]))
  const out = { ...block, values: new Float64Array(block.values.length), present: new Uint8Array(block.present.length) }
  for (let i = 0; i < block.values.length; i++) {
    if (block.present[i] === 0) continue
    const value = entry.apply(block.values[i], argsAt[i % grid.count])
    if (value === undefined) continue
    out.values[i] = value
    out.present[i] = 1
  }
  const ordered = vector?.type === 'vector' && vector.ordered
  return { type: 'vector', block: entry.dropsName ? relabelled(out, withoutName) : out, ordered }
}

function timeVector(grid: Grid): SeriesBlock {
  const block = seriesBlock([[]], grid.count)
  block.present.fill(1)
  block.values.forEach((_, k) => (block.values[k] = stepTime(grid, k) / 1000))
  return block
}
