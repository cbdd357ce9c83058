/** From node to value: what each kind of root node does with the values of its operands. */
import { allGo, duplicateLabelset, findFunction, hasValue, nameTaken, negateHistogram } from '../language/language.js'
import { scalarsOf, vectorOf, withoutName, type ElementwiseFunction, type RootValue } from '../language/language.js'
import { FLOAT, seriesBlock, withHistograms, type SeriesBlock } from '../model/block.js'
import { labelsKey } from '../model/labels.js'
import { checkLimit } from '../model/limits.js'
import type { CallNode, Naming, RootNode } from '../model/plan.js'
import { stepTime, type Grid } from '../model/time.js'
import { aggregated } from './aggregate.js'
import { binary } from './binary.js'
import { logWindowed } from './log-windows.js'
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
      return negated(yield* valueOf(node.operand, run), run.naming)
    case 'binary':
      return binary(node, yield* valueOf(node.left, run), yield* valueOf(node.right, run), run)
    case 'aggregate':
      return aggregated(node, yield* valueOf(node.operand, run), node.param && (yield* valueOf(node.param, run)), run)
    case 'call':
      return yield* called(node, run)
    case 'window':
      return yield* windowed(node, run, valueOf)
    case 'logWindow':
      return yield* logWindowed(node, run)
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

function negated(value: RootValue, naming: Naming): RootValue {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', values: value.values.map((x) => -x) }
    case 'vector': {
      const { values, histograms } = value.block
      const negatives = new Map([...(histograms ?? [])].map(([cell, histogram]) => [cell, negateHistogram(histogram)]))
      const block = { ...value.block, values: values.map((x) => -x), ...withHistograms(negatives) }
      return { ...value, block: nameTaken(block, naming) }
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
      return elementwise(entry, args, run)
    case 'root':
      return entry.evaluate(args, { ...run, selector: node.selector, span: node.span, argSpans: node.argSpans })
    case 'range':
    case 'queryConstant':
      throw new Error(`function ${node.fn} is not evaluated at the root`)
  }
}

/** Of floats: histograms are left out. A vector argument that is left out is the time of the step. */
function elementwise(entry: ElementwiseFunction, args: readonly RootValue[], { grid, naming }: GroupRun): RootValue {
  const vector = args.find((arg) => arg.type === 'vector')
  const { histograms: _, ...block } = vector === undefined ? timeVector(grid) : vectorOf(vector)
  const scalars = args.filter((arg) => arg.type === 'scalar').map(scalarsOf)
  const argsAt = Array.from({ length: grid.count }, (_, k) => scalars.map((values) => values[k]))
  const out = { ...block, values: new Float64Array(block.values.length), present: new Uint8Array(block.present.length) }
  for (let i = 0; i < block.values.length; i++) {
    if (block.present[i] !== FLOAT) continue
    const value = entry.apply(block.values[i], argsAt[i % grid.count])
    if (value === undefined) continue
    out.values[i] = value
    out.present[i] = FLOAT
  }
  const ordered = vector?.type === 'vector' && vector.ordered
  return { type: 'vector', block: entry.dropsName ? nameTaken(out, naming) : out, ordered }
}

function timeVector(grid: Grid): SeriesBlock {
  const block = seriesBlock([[]], grid.count)
  block.present.fill(1)
  block.values.forEach((_, k) => (block.values[k] = stepTime(grid, k) / 1000))
  return block
}
