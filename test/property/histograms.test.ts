/** Native histograms in vectors: operators, aggregations and functions at the root, and the same in units, with the remarks that are due. */
import t from 'tap'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import { compileSeriesOps } from '../../src/execute/series-ops.js'
import { StateRows } from '../../src/execute/state-rows.js'
import { annotationText, compactHistogram, findAccumulator, histogramExpression, type Cells, type RootValue } from '../../src/language/language.js'
import { Merge } from '../../src/merge/merge.js'
import { FLOAT, HISTOGRAM, histogramAt, seriesBlock, type SeriesBlock } from '../../src/model/block.js'
import type { Matching } from '../../src/model/expr.js'
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, type ResetHint } from '../../src/model/histogram.js'
import { labelsFrom, labelsKey, labelsObject, onlyLabels } from '../../src/model/labels.js'
import type { AggregateNode, BinaryNode, Leaf, LogEntriesLeaf, Naming, RootNode, SeriesOp, WorkUnit } from '../../src/model/plan.js'
import { instantGrid } from '../../src/model/time.js'
import { packBlock, unpackBlock } from '../../src/wire/codec.js'
import { generator, number, SPAN } from '../harness/root-trees.js'
import { evaluated } from '../harness/evaluated.js'

type Value = number | NativeHistogram

function histogram(counts: readonly number[], more: Partial<NativeHistogram> = {}): NativeHistogram {
  const count = counts.reduce((a, b) => a + b, 0)
  return {
    hint: 'unknown', schema: 0, zeroThreshold: 0, zeroCount: 0, count, sum: count * 2, positiveSpans: [{ offset: 0, length: counts.length }],
    positive: Float64Array.from(counts), negativeSpans: [], negative: new Float64Array(0), customBounds: new Float64Array(0), ...more,
  }
}

function custom(counts: readonly number[], bounds: readonly number[]): NativeHistogram {
  return histogram(counts, { schema: CUSTOM_BUCKETS_SCHEMA, customBounds: Float64Array.from(bounds) })
}

/** One step; a series each, `x` from 0 on. */
function block(values: readonly Value[], name = 'm'): SeriesBlock {
  const out = seriesBlock(values.map((_, x) => labelsFrom([['__name__', name], ['x', String(x)]])), 1)
  const histograms = new Map<number, NativeHistogram>()
  values.forEach((value, s) => {
    out.present[s] = typeof value === 'number' ? FLOAT : HISTOGRAM
    if (typeof value === 'number') out.values[s] = value
    else histograms.set(s, value)
  })
  return histograms.size === 0 ? out : { ...out, histograms }
}

const LEAVES: readonly LogEntriesLeaf[] = [0, 1].map((id) => ({
  id, signal: 'logs', kind: 'entries', matchers: [], stages: [], accumulate: { accumulator: 'samples', grouping: { without: true, labels: [] } },
}))
const leaf = (id: number): RootNode => ({ kind: 'leaf', leaf: id })
const BY_X: Matching = { cardinality: 'one-to-one', on: true, labels: ['x'], include: [] }

/** `{labels}` → number or the text of a histogram, and the remarks. */
function answered(root: RootNode, leaves: readonly SeriesBlock[], naming: Naming = 'immediate') {
  const evaluator = createEvaluator({ language: 'promql', root, naming, leaves: LEAVES })
  const value = evaluated(evaluator.evaluateGroup(instantGrid(0), leaves))
  return { values: shown(value), remarks: evaluator.annotations.all.map(({ level, text }) => `${level}: ${text}`) }
}

function shown(value: RootValue): Record<string, number | string> {
  if (value.type !== 'vector') throw new Error(value.type)
  const { labels, present, values } = value.block
  return Object.fromEntries(labels.map((set, s) => {
    const key = Object.entries(labelsObject(set)).map(([name, text]) => `${name}=${text}`).join(' ')
    return [key, present[s] === HISTOGRAM ? histogramExpression(histogramAt(value.block, s)) : values[s]]
  }))
}

function binary(op: BinaryNode['op'], right: RootNode, bool = false): BinaryNode {
  return { kind: 'binary', op, bool, left: leaf(0), right, matching: BY_X, span: SPAN }
}

function aggregate(op: string, param?: RootNode): AggregateNode {
  const node = { kind: 'aggregate', op, grouping: { without: false, labels: [] }, operand: leaf(0), operandSpan: SPAN, span: SPAN } as const
  return param === undefined ? node : { ...node, param, paramSpan: SPAN }
}

t.test('operators between histograms and floats, as the table of Prometheus has it', async (t) => {
  const [a, b] = [histogram([1, 2]), histogram([3, 4])]
  const of = (op: BinaryNode['op'], left: Value, right: Value, bool = false) => {
    const { values, remarks } = answered(binary(op, leaf(1), bool), [block([left]), block([right], 'n')])
    return [Object.values(values)[0], ...remarks]
  }
  t.same(of('+', a, b), ['{{count:10 sum:20 buckets:[4 6]}}'])
  t.same(of('-', b, a), ['{{count:4 sum:8 counter_reset_hint:gauge buckets:[2 2]}}'])
  t.same(of('*', a, 2), ['{{count:6 sum:12 buckets:[2 4]}}'])
  t.same(of('*', 2, a), ['{{count:6 sum:12 buckets:[2 4]}}'])
  t.same(of('/', a, 2), ['{{count:1.5 sum:3 buckets:[0.5 1]}}'])
  t.same(of('==', a, a), ['{{count:3 sum:6 buckets:[1 2]}}'])
  t.same(of('==', a, b), [undefined])
  t.same(of('!=', a, b, true), [1])
  t.same(of('==', a, b, true), [0])
  t.same(of('</', a, 1), ['{{count:1 sum:0.7071067811865476 buckets:[1]}}'])
  t.same(of('>/', a, 1), ['{{count:2 sum:2.8284271247461903 offset:1 buckets:[2]}}'])
  const info = (op: string, left: string, right: string) => `info: incompatible sample types encountered for binary operator "${op}": ${left} ${op} ${right}`
  for (const op of ['+', '-', '%', '^', 'atan2', '==', '!=', '<', '<=', '>', '>='] as const) {
    t.same(of(op, a, 1), [undefined, info(op, 'histogram', 'float')])
    t.same(of(op, 1, a), [undefined, info(op, 'float', 'histogram')])
  }
  for (const op of ['*', '/', '%', '^', 'atan2', '<', '>', '</', '>/'] as const) t.same(of(op, a, b), [undefined, info(op, 'histogram', 'histogram')])
  for (const op of ['/', '</', '>/'] as const) t.same(of(op, 1, a), [undefined, info(op, 'float', 'histogram')])
  t.same(of('</', 1, 2), [undefined, info('</', 'float', 'float')])
  t.same(of('<', a, 1, true), [undefined, info('<', 'histogram', 'float')], 'bool makes no sense of it')
  t.same(of('+', a, custom([1, 2], [1])), [undefined, 'warning: incompatible bucket layout encountered for binary operator +'])
  t.same(of('+', custom([1, 2, 3], [1, 2]), custom([4, 5], [2]))[1], 'info: mismatched custom buckets were reconciled during addition')
  t.same(of('-', { ...a, hint: 'reset' }, { ...b, hint: 'notReset' })[1], 'warning: conflicting counter resets during histogram subtraction')
})

t.test('an operation with a constant is the same in a unit and at the root', async (t) => {
  const values: readonly Value[] = [histogram([1, 2]), 3, custom([1, 2], [1]), 0, histogram([0, 5], { hint: 'gauge' })]
  for (const op of ['+', '*', '/', '</', '>/', '==', '>', '^'] as const)
    for (const side of ['left', 'right'] as const)
      for (const bool of ['==', '>'].includes(op) ? [false, true] : [false]) {
        const ofUnit = unitOperation({ op, constant: 2, side, bool, span: SPAN }, values)
        const node: RootNode = { kind: 'binary', op, bool, left: side === 'left' ? number(2) : leaf(0), right: side === 'left' ? leaf(0) : number(2), span: SPAN }
        const atRoot = answered(node, [block(values)])
        t.same(ofUnit, { values: Object.values(atRoot.values), remarks: atRoot.remarks }, `${op} ${side} ${bool}`)
      }
})

function unitOperation(op: SeriesOp, values: readonly Value[]) {
  const remarks = new Set<string>()
  const steps = compileSeriesOps([op], ({ level, text }) => remarks.add(`${level}: ${text}`))
  const given = block(values)
  const cells: Cells = { values: given.values, present: given.present, histograms: new Map(given.histograms) }
  for (const step of steps) step(cells)
  const kept = values.flatMap((_, s) => (cells.present[s] === 0 ? [] : [cells.histograms.get(s) ?? cells.values[s]]))
  return { values: kept.map((value) => (typeof value === 'number' ? value : histogramExpression(value))), remarks: [...remarks].sort() }
}

t.test('aggregations add histograms up, drop mixes, and pass over what they cannot take', async (t) => {
  const [a, b] = [histogram([1, 2]), histogram([3, 4])]
  const of = (op: string, values: readonly Value[], param?: RootNode) => {
    const { values: found, remarks } = answered(aggregate(op, param), [block(values)])
    return [...Object.values(found), ...remarks]
  }
  t.same(of('sum', [a, b]), ['{{count:10 sum:20 buckets:[4 6]}}'])
  t.same(of('avg', [a, b]), ['{{count:5 sum:10 buckets:[2 3]}}'])
  t.same(of('sum', [a, 1]), ['warning: encountered a mix of histograms and floats for aggregation'])
  t.same(of('count', [a, 1, b]), [3])
  t.same(of('group', [a]), [1])
  for (const op of ['min', 'max', 'stddev', 'stdvar']) t.same(of(op, [a, 7]), [op.startsWith('std') ? 0 : 7, `info: ignored histogram in ${op} aggregation`])
  t.same(of('quantile', [a, 7], number(0.5)), [7, 'info: ignored histogram in quantile aggregation'])
  t.same(of('quantile', [7], number(2)), [Infinity, 'warning: quantile value should be between 0 and 1, got 2'])
  t.same(of('quantile', [7], number(-1e6)), [-Infinity, 'warning: quantile value should be between 0 and 1, got -1e+06'])
  t.same(of('topk', [a, 7], number(2)), [7, 'info: ignored histogram in topk aggregation'])
  t.same(of('topk', [a, 7], number(0)), [])
  t.same(of('limitk', [a, 7, b], number(2)), ['{{count:3 sum:6 buckets:[1 2]}}', 7])
  t.same(of('limit_ratio', [a, 7], number(1.5)), ['{{count:3 sum:6 buckets:[1 2]}}', 7, 'warning: ratio value should be between -1 and 1, got 1.5, capping to 1'])
  t.same(Object.keys(answered(aggregate('count_values', { kind: 'string', value: 'v' }), [block([a, a])]).values), ['v={count:3, sum:6, (0.5,1]:1, (1,2]:2}'])
  t.same(of('sum', [a, custom([1, 2], [1])]), ['warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "m"'])
  t.same(of('sum', [custom([1, 2, 3], [1, 2]), custom([4, 5], [2])]).slice(1), ['info: mismatched custom buckets were reconciled during aggregation'])
  t.same(of('sum', [{ ...a, hint: 'reset' }, { ...b, hint: 'notReset' }]).slice(1), ['warning: conflicting counter resets during histogram aggregation'])
})

t.test('limit_ratio takes a series by the hash that Prometheus has of its labels, and the rest with the ratio below zero', async (t) => {
  const values = block(Array.from({ length: 200 }, (_, i) => i))
  for (const ratio of [0.1, 0.5, 0.9]) {
    const taken = Object.keys(answered(aggregate('limit_ratio', number(ratio)), [values]).values)
    const rest = Object.keys(answered(aggregate('limit_ratio', number(ratio - 1)), [values]).values)
    t.equal(new Set([...taken, ...rest]).size, 200, `${ratio}: all are in one of them`)
    t.equal(taken.length + rest.length, 200, `${ratio}: and none in both`)
    t.ok(Math.abs(taken.length - 200 * ratio) < 30, `${taken.length} for ${ratio}`)
  }
})

t.test('what units add up of histograms is what the root adds up, however they are cut', async (t) => {
  const hints: readonly ResetHint[] = ['unknown', 'gauge', 'notReset', 'reset']
  for (let seed = 1; seed <= 300; seed++) {
    const random = generator(seed)
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]
    const ofCustom = random() < 0.3
    const value = (): Value => {
      if (random() < 0.1) return random()
      const counts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * 9))
      if (random() < 0.03) return ofCustom ? histogram(counts) : custom([1, 2], [1])
      if (ofCustom) return custom([...counts.slice(0, 2), 1], pick([[1, 2], [1, 3], [1, 2]]))
      return histogram(counts, { schema: pick([0, 1, 2]), hint: pick(hints), zeroThreshold: pick([0, 0.001, 0.5]), zeroCount: pick([0, 2]) })
    }
    const values = block(Array.from({ length: 1 + Math.floor(random() * 8) }, value))
    const op = pick(['sum', 'avg', 'count', 'group', 'min'])
    const grouped: AggregateNode = { ...aggregate(op), grouping: { without: false, labels: pick([[], ['x']]) } }
    const evaluator = createEvaluator({ language: 'promql', root: grouped, naming: 'immediate', leaves: LEAVES })
    const atRoot = evaluated(evaluator.evaluateGroup(instantGrid(0), [values]))
    const { found, remarks } = cutUp(grouped, values, random)
    const ofUnits = evaluated(createEvaluator({ language: 'promql', root: leaf(0), naming: 'immediate', leaves: LEAVES }).evaluateGroup(instantGrid(0), [found]))
    const same = nearlySame(atRoot, ofUnits)
    const told = evaluator.annotations.all.map(({ text }) => text).filter((text) => !text.startsWith('ignored'))
    t.ok(same && told.join() === remarks.join(), `seed ${seed}: ${op} ${JSON.stringify([shown(atRoot), shown(ofUnits), told, remarks])}`)
  }
})

/** Each series goes to one of three units, through the codec, and the blocks are merged. */
function cutUp({ op, grouping }: AggregateNode, values: SeriesBlock, random: () => number) {
  const matchers = [{ name: '__name__', op: '=', value: 'm' }]
  const plan = { id: 0, signal: 'metrics', window: { kind: 'instant' }, matchers, name: 'kept', accumulate: { accumulator: op, grouping, span: SPAN } } as unknown as Leaf
  const units = [0, 1, 2].map((part) => ({ id: `0.0.${part}`, interval: { from: part, to: part + 1 } }) as unknown as WorkUnit)
  const accumulator = findAccumulator(op)
  if (accumulator === undefined) throw new Error(op)
  const rows = units.map(() => ({ state: new StateRows(accumulator.columns, 1, { unitPointsMax: 1_000 }), groups: [] as string[][], keys: [] as string[] }))
  values.labels.forEach((labels, s) => {
    const { state, groups, keys } = rows[Math.floor(random() * 3)]
    const group = onlyLabels(labels, new Set(grouping.labels))
    if (!keys.includes(labelsKey(group))) {
      keys.push(labelsKey(group))
      groups.push([...group])
    }
    const at = state.rowOf(keys.indexOf(labelsKey(group)), groups)
    accumulator.add(state.state(), at, values, s, 1)
  })
  const merge = new Merge(plan, units, 1)
  rows.forEach(({ state }, part) => merge.push(units[part].id, unpackBlock(structuredClone(packBlock(state.toBlock())))))
  const found = merge.finish()
  if (found.kind !== 'series') throw new Error(found.kind)
  return { found, remarks: merge.annotations.map(({ text }) => text).sort() }
}

function nearlySame(a: RootValue, b: RootValue): boolean {
  if (a.type !== 'vector' || b.type !== 'vector') return false
  const numbers = ({ block: { labels, present, values, ...rest } }: typeof a) => labels.map((set, s) => {
    if (present[s] === FLOAT) return [labelsKey(set), values[s]]
    const { hint, schema, zeroThreshold, zeroCount, count, sum, positive, positiveSpans, customBounds } = compactHistogram(histogramAt(rest, s))
    return [labelsKey(set), hint, schema, zeroThreshold, zeroCount, count, sum, JSON.stringify(positiveSpans), ...positive, ...customBounds]
  }).flat()
  const [x, y] = [numbers(a), numbers(b)]
  const isNear = (p: string | number, q: string | number) => p === q || (typeof p === 'number' && typeof q === 'number' && Math.abs(p - q) <= 1e-12 * Math.abs(p))
  return x.length === y.length && x.every((each, i) => isNear(each, y[i]))
}

t.test('set operators and functions carry histograms, functions of numbers leave them out', async (t) => {
  const a = histogram([1, 2])
  const call = (fn: string, ...args: RootNode[]): RootNode => ({ kind: 'call', fn, args, argSpans: args.map(() => SPAN), span: SPAN })
  const one = (root: RootNode, naming: Naming = 'immediate') => answered(root, [block([a, 5]), block([6, a, a], 'n')], naming).values
  const text = '{{count:3 sum:6 buckets:[1 2]}}'
  t.same(one({ ...binary('and', leaf(1)) }), { '__name__=m x=0': text, '__name__=m x=1': 5 })
  t.same(one({ ...binary('or', leaf(1)) }), { '__name__=m x=0': text, '__name__=m x=1': 5, '__name__=n x=2': text })
  t.same(one({ kind: 'unary', operand: leaf(0), span: SPAN }), { 'x=0': '{{count:-3 sum:-6 counter_reset_hint:gauge buckets:[-1 -2]}}', 'x=1': -5 })
  t.same(one(call('abs', leaf(0))), { 'x=1': 5 })
  t.same(one(call('sort', leaf(0))), { '__name__=m x=1': 5 })
  t.same(one(call('histogram_sum', leaf(0))), { 'x=0': 6 })
  t.same(one(call('histogram_avg', leaf(0)), 'delayed'), { 'x=0': 2 })
  t.same(one(call('histogram_quantile', number(0.5), leaf(0))), { 'x=0': 2 ** 0.25 })
  t.same(one(call('vector', call('scalar', leaf(0)))), { '': 5 }, 'the only number')
  t.same(one(call('absent', leaf(0))), {})
})

t.test('names that go at the end are taken once, from what still has them then', async (t) => {
  const series = [block([1, 2])]
  const of = (root: RootNode) => Object.keys(answered(root, series, 'delayed').values)
  const negative: RootNode = { kind: 'unary', operand: leaf(0), span: SPAN }
  const text = (value: string): RootNode => ({ kind: 'string', value })
  const replace = (to: string, target: string): RootNode => ({ kind: 'call', fn: 'label_replace', args: [negative, text(target), text(to), text('__name__'), text('(.*)')], argSpans: [], span: SPAN })
  t.same(of(negative), ['x=0', 'x=1'])
  t.same(of({ ...aggregate('count'), operand: negative, grouping: { without: false, labels: ['__name__'] } }), [''], 'grouped by the name that goes')
  t.same(of({ ...aggregate('count'), grouping: { without: false, labels: ['__name__'] } }), ['__name__=m'])
  t.same(of(replace('${1}_negative', '__name__')), ['__name__=m_negative x=0', '__name__=m_negative x=1'], 'a name that is written stays')
  t.same(of(replace('$1', 'was')), ['was=m x=0', 'was=m x=1'], 'the name can be read as long as it is there')
  t.same(of({ kind: 'binary', op: '>', bool: true, left: negative, right: number(0), span: SPAN }), ['x=0', 'x=1'])
})

t.test('counts that had to be lifted are told with all that happened', async (t) => {
  const buckets = { ...block([5, 3, 10]), labels: ['1', '2', '+Inf'].map((le) => labelsFrom([['le', le]])) }
  const root: RootNode = { kind: 'call', fn: 'histogram_quantile', args: [number(0.5), leaf(0)], argSpans: [SPAN, SPAN], span: SPAN }
  const evaluator = createEvaluator({ language: 'promql', root, naming: 'immediate', leaves: LEAVES })
  evaluated(evaluator.evaluateGroup(instantGrid(1_500), [buckets]))
  evaluated(evaluator.evaluateGroup(instantGrid(61_500), [{ ...buckets, values: Float64Array.of(128.6, 3, 200) }]))
  t.equal(
    annotationText(evaluator.annotations.all[0], 'q'),
    'PromQL info: input to histogram_quantile needed to be fixed for monotonicity ' +
      '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), ' +
      'from buckets 2 to 2, with a max diff of 1.3e+02, over 2 samples from 1970-01-01T00:00:01Z to 1970-01-01T00:01:01Z (1:1)',
  )
})
