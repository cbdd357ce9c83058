/** Random blocks, and random trees over two of them: what a test of the evaluator feeds on. */
import { seriesBlock, type SeriesBlock } from '../../src/model/block.js'
import type { BinaryOp, Cardinality, Matching } from '../../src/model/expr.js'
import { labelsFrom } from '../../src/model/labels.js'
import type { RootNode } from '../../src/model/plan.js'
import type { Grid } from '../../src/model/time.js'

export const SPAN = { start: 0, end: 0 }
export const GRID: Grid = { startMs: 1_700_000_000_000, startNanos: 0, stepMs: 15_000, count: 7 }
export const GRID1: Grid = { ...GRID, count: 1 }
export const LEAF: RootNode = { kind: 'leaf', leaf: 0 }
export const ARITHMETIC: readonly BinaryOp[] = ['+', '-', '*', '/', '%', '^', 'atan2']
export const COMPARISONS: readonly BinaryOp[] = ['==', '!=', '<', '<=', '>', '>=']
const SETS: readonly BinaryOp[] = ['and', 'or', 'unless']
const CARDINALITIES: readonly Cardinality[] = ['one-to-one', 'many-to-one', 'one-to-many']

export function number(value: number): RootNode {
  return { kind: 'number', value }
}

export function call(fn: string, ...args: RootNode[]): RootNode {
  return { kind: 'call', fn, args, argSpans: args.map(() => SPAN), span: SPAN }
}

export function top(op: string, k: number): RootNode {
  return { kind: 'aggregate', op, grouping: { without: false, labels: [] }, param: number(k), operand: LEAF, operandSpan: SPAN, span: SPAN }
}

export function operator(op: BinaryOp, matching: Matching): RootNode {
  return { kind: 'binary', op, bool: false, left: LEAF, right: { kind: 'leaf', leaf: 1 }, matching, span: SPAN }
}

/** A tree whose value is a vector. topk stands on leaves only: they have no equal values. */
export function randomTree(random: () => number, depth: number): RootNode {
  const any = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]
  const some = (): string[] => ['__name__', 'x', 'y', 'z'].filter((name) => random() < (name === '__name__' ? 0.15 : 0.5))
  const kind = depth === 0 ? 'leaf' : any(['leaf', 'scalarOp', 'scalarOp', 'match', 'match', 'match', 'set', 'set', 'aggregate', 'aggregate', 'top', 'unary', 'call'])
  const below = () => randomTree(random, depth - 1)
  const leafNode: RootNode = { kind: 'leaf', leaf: random() < 0.5 ? 0 : 1 }
  const grouping = { without: random() < 0.4, labels: some() }
  switch (kind) {
    case 'scalarOp': {
      const constant: RootNode = any([number(2), number(0), number(NaN), number(-1), number(Infinity), call('scalar', leafNode), number(1)])
      const bool = random() < 0.4
      const op = any(bool ? COMPARISONS : [...ARITHMETIC, ...COMPARISONS])
      const [left, right] = random() < 0.5 ? [below(), constant] : [constant, below()]
      return { kind: 'binary', op, bool, left, right, span: SPAN }
    }
    case 'match': {
      const bool = random() < 0.3
      const cardinality = any(CARDINALITIES)
      const include = cardinality === 'one-to-one' ? [] : some().slice(0, 1)
      const matching = { cardinality, on: random() < 0.6, labels: some(), include }
      return { kind: 'binary', op: any(bool ? COMPARISONS : [...ARITHMETIC, ...COMPARISONS]), bool, left: below(), right: below(), matching, span: SPAN }
    }
    case 'set': {
      const matching: Matching = { cardinality: 'many-to-many', on: random() < 0.5, labels: some(), include: [] }
      return { kind: 'binary', op: any(SETS), bool: false, left: below(), right: below(), matching, span: SPAN }
    }
    case 'aggregate':
      return { kind: 'aggregate', op: any(['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar']), grouping, operand: below(), operandSpan: SPAN, span: SPAN }
    case 'top': {
      const param = random() < 0.3 ? call('scalar', leafNode) : number(Math.floor(random() * 4))
      return { kind: 'aggregate', op: any(['topk', 'bottomk', 'quantile']), grouping, param: any([param, number(1.5)]), operand: leafNode, operandSpan: SPAN, span: SPAN }
    }
    case 'unary':
      return { kind: 'unary', operand: below(), span: SPAN }
    case 'call':
      return any([call('abs', below()), call('clamp', below(), number(-2), call('scalar', leafNode)), call('vector', { kind: 'time' }), call('hour'), call('absent', below())])
    case 'leaf':
      return leafNode
    default:
      throw new Error(kind)
  }
}

/** Few labels with few values, so that series meet; values that are all different at a step, at most one NaN among them. */
export function randomBlock(random: () => number): SeriesBlock {
  const names = ['a', 'b']
  const sets = new Map<string, Record<string, string>>()
  for (let n = Math.floor(random() * 7); n > 0; n--) {
    const labels: Record<string, string> = {}
    if (random() < 0.9) labels.__name__ = names[Math.floor(random() * 1.3)]
    for (const name of ['x', 'y', 'z']) if (random() < 0.6) labels[name] = String(Math.floor(random() * 3))
    sets.set(JSON.stringify(labels), labels)
  }
  const labels = [...sets.values()].map((set) => labelsFrom(Object.entries(set)))
  const out = seriesBlock(labels, GRID.count)
  for (let k = 0; k < GRID.count; k++) {
    const special = random() < 0.3 ? Math.floor(random() * labels.length) : -1
    labels.forEach((_, s) => {
      if (random() < 0.25) return
      out.values[s * GRID.count + k] = s === special ? [NaN, Infinity, -Infinity][Math.floor(random() * 3)] : Math.round((random() - 0.4) * 1000) / 3 + s / 7
      out.present[s * GRID.count + k] = 1
    })
  }
  return out
}

/** mulberry32: the seed is all there is to a random case. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
