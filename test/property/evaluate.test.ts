/**
 * The root of a plan, all steps at once, against an evaluation step by step over plain objects; over random blocks and trees.
 * Then the law of the cut, and the rules that name an error or an order.
 */
import t from 'tap'
import { EvaluatingGroup } from '../../actors/evaluating-group.js'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import type { RootValue } from '../../src/language/language.js'
import { seriesBlock, type SeriesBlock } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import type { Cardinality, Language, Matching } from '../../src/model/expr.js'
import { labelsFrom, labelsObject, type Matcher } from '../../src/model/labels.js'
import type { LogEntriesLeaf, RootNode } from '../../src/model/plan.js'
import { gridSlice, instantGrid, subqueryGrid, type Grid } from '../../src/model/time.js'
import { evaluated } from '../harness/evaluated.js'
import { call, generator, GRID, GRID1, LEAF, number, operator, randomBlock, randomTree, SPAN, top } from '../harness/root-trees.js'
import { keyOf, slowly, type LabelObject } from '../harness/slow-evaluation.js'

const SEEDS = 1500

/** What the planner would say of the leaves: nothing that matters to the root. */
const LEAVES: readonly LogEntriesLeaf[] = Array.from({ length: 4 }, (_, id) => ({
  id,
  signal: 'logs',
  kind: 'entries',
  matchers: [],
  stages: [],
  accumulate: { accumulator: 'samples', grouping: { without: true, labels: [] } },
}))

t.test('the root is what a step-by-step evaluation says', (t) => {
  const seen = { values: 0, failures: 0 }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = generator(seed)
    const language: Language = random() < 0.25 ? 'logql' : 'promql'
    const leaves = [randomBlock(random), randomBlock(random)]
    const root = randomTree(random, 3)
    const problem = difference(outcome(() => evaluate(root, leaves, GRID, language)), outcome(() => slowly(root, leaves, language)), seen)
    if (problem !== undefined) {
      t.fail(`seed ${seed}, ${language}: ${problem} in ${JSON.stringify(root)}`)
      return t.end()
    }
  }
  t.ok(seen.values > SEEDS * 5, `${seen.values} values compared`)
  t.ok(seen.failures > 30 && seen.failures < SEEDS / 2, `${seen.failures} queries failed alike`)
  t.end()
})

t.test('cutting the steps changes no bit', (t) => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = generator(seed)
    const leaves = [randomBlock(random), randomBlock(random)]
    const root = randomTree(random, 3)
    const whole = outcome(() => asMap(evaluate(root, leaves, GRID, 'promql'), GRID))
    if (typeof whole === 'string') continue
    const first = Math.floor(random() * GRID.count)
    const count = 1 + Math.floor(random() * (GRID.count - first))
    const grid = gridSlice(GRID, first, count)
    const cut = asMap(evaluate(root, leaves.map((block) => steps(block, first, count)), grid, 'promql'), grid)
    const expected = new Map([...whole].filter(([key]) => inside(key, first, count)).map(([key, value]) => [key, value]))
    const problem = [...cut].length !== expected.size || [...cut].some(([key, value]) => !Object.is(expected.get(key), value))
    if (problem) {
      t.fail(`seed ${seed}, steps [${first}, ${first + count}): ${JSON.stringify(root)}`)
      return t.end()
    }
  }
  t.pass('all slices are equal')
  t.end()
})

t.test('a root over windows gives way after each series, and within a series of many samples', (t) => {
  const grid = { startMs: 0, startNanos: 0, stepMs: 1_000, count: 1_000 }
  const level = { rangeMs: 3_600_000, stepMs: 1_000, offsetMs: 0 }
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const leaf = seriesBlock(names.map((n) => labelsFrom([['n', n]])), subqueryGrid(level, grid).count)
  leaf.values.forEach((_, i) => (leaf.values[i] = (i * 7) % 13))
  leaf.present.fill(1)
  const root: RootNode = { kind: 'window', fn: 'stddev_over_time', input: { kind: 'subquery', operand: { kind: 'leaf', leaf: 0 }, level }, args: [], name: 'goes', span: SPAN }
  const evaluator = createEvaluator({ language: 'promql', root, naming: 'immediate', leaves: LEAVES })
  // The clock stands still within a piece of work: every slice is used up by the piece that is the first of it.
  const group = new EvaluatingGroup({ index: 0, firstStep: 0, stepCount: grid.count, startNs: 0n, endNs: 0n }, grid, evaluator.evaluateGroup(grid, [leaf]))
  let slices = 0
  for (let value: RootValue | undefined; value === undefined; slices++) value = group.goOn(() => 20, 20)
  t.ok(slices > 2 * names.length, `${slices} slices for ${names.length} series of ${leaf.steps} samples`)
  t.end()
})

t.test('many-to-many matching fails with upstream words', (t) => {
  const a = block([['a', { x: '1', y: '1' }, [1]], ['a', { x: '1', y: '2' }, [2]]])
  const b = block([['b', { x: '1', y: '2' }, [1]], ['b', { x: '1', y: '1' }, [2]]])
  const on = (cardinality: Cardinality, include: string[] = []): Matching => ({ cardinality, on: true, labels: ['x'], include })
  t.equal(
    failure(operator('+', on('one-to-one')), [a, b]),
    'found duplicate series for the match group {x="1"} on the right hand-side of the operation: ' +
      '[{__name__="b", x="1", y="1"}, {__name__="b", x="1", y="2"}];many-to-many matching not allowed: matching labels must be unique on one side',
  )
  t.match(failure(operator('+', on('one-to-many')), [a, b]), / on the left hand-side of the operation: \[\{__name__="a"/)
  const one = block([['b', { x: '1' }, [1]]])
  const explicit = 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
  t.equal(failure(operator('+', on('one-to-one')), [a, one]), explicit)
  t.equal(failure(operator('>', on('one-to-one')), [a, one]), explicit, 'also for elements that the filter drops')
  t.equal(failure(operator('+', on('many-to-one', ['y'])), [a, one]), 'multiple matches for labels: grouping labels must ensure unique matches')
  const far = block([['b', { x: '9' }, [1]]])
  t.match(failure(operator('+', on('one-to-one')), [far, b]), /^found duplicate series/, 'even when no element of the left meets them')
  t.equal(failure(operator('+', on('one-to-one')), [block([]), b]), '', 'but not against an empty side')
  const error = thrown(() => evaluate(operator('+', on('one-to-one')), [a, b], instantGrid(0), 'promql'))
  t.same([error?.code, error?.facts.class], ['bad_query', 'execution'])
  t.match(failure(operator('+', on('one-to-one')), [a, b], 'logql'), /^found duplicate series on the right hand-side;/)
  t.end()
})

t.test('series that fall together without their name fail, whenever each has its values', (t) => {
  const evaluator = createEvaluator({ language: 'promql', root: { kind: 'dropName', operand: LEAF, span: SPAN }, naming: 'immediate', leaves: LEAVES })
  const first = evaluated(evaluator.evaluateGroup(instantGrid(0), [block([['a', { x: '1' }, [1]]])]))
  t.same([...asMap(first, instantGrid(0)).keys()], ['{"x":"1"} 0'])
  evaluated(evaluator.evaluateGroup(instantGrid(15_000), [block([['a', { x: '1' }, [1]], ['b', { x: '1' }, [undefined]]])]))
  const message = 'vector cannot contain metrics with the same labelset'
  t.throws(() => evaluated(evaluator.evaluateGroup(instantGrid(30_000), [block([['b', { x: '1' }, [1]]])])), { message })
  const negated: RootNode = { kind: 'unary', operand: LEAF, span: SPAN }
  t.equal(failure(negated, [block([['a', {}, [1, undefined]], ['b', {}, [undefined, 1]]])]), '', 'other operations look at each step')
  t.equal(failure(negated, [block([['a', {}, [1, 1]], ['b', {}, [undefined, 1]]])]), message)
  t.end()
})

t.test('an instant topk and sort come in their own order, all else in label order', (t) => {
  const values = block([['m', { x: '1' }, [2]], ['m', { x: '2' }, [NaN]], ['m', { x: '3' }, [5]], ['m', { x: '0' }, [3]]])
  const order = (root: RootNode, language: Language = 'promql', grid = instantGrid(0)) => {
    const value = evaluate(root, [values], grid, language)
    return value.type === 'vector' ? [value.ordered, ...value.block.labels.map((labels) => labelsObject(labels).x)] : []
  }
  t.same(order(top('topk', 9)), [true, '3', '0', '1', '2'])
  t.same(order(top('bottomk', 2)), [true, '1', '0'])
  t.same(order(call('sort', LEAF)), [true, '1', '0', '3', '2'])
  t.same(order(call('sort_desc', LEAF)), [true, '3', '0', '1', '2'])
  t.same(order({ kind: 'unary', operand: call('sort_desc', LEAF), span: SPAN }), [true, '3', '0', '1', '2'])
  t.same(order(top('topk', 9), 'logql'), [false, '0', '1', '2', '3'])
  t.same(order(top('topk', 3), 'promql', { ...GRID, count: 1 }), [false, '0', '1', '3'], 'one step of a range is no instant query')
  t.same(order(top('topk', 0)), [true])
  t.equal(failure(top('topk', NaN), [values]), 'Parameter value is NaN')
  t.equal(failure(top('topk', 1e19), [values]), 'Scalar value 1e+19 overflows int64')
  t.equal(failure(top('topk', -Infinity), [values]), 'Scalar value -Inf underflows int64')
  t.end()
})

t.test('of equal elements a range of LogQL keeps the first by labels', (t) => {
  const values = block([['', { x: '3' }, [1]], ['', { x: '1' }, [1]], ['', { x: '2' }, [2]]])
  t.same([...asMap(evaluate(top('topk', 2), [values], GRID1, 'logql'), GRID1).keys()], ['{"x":"1"} 0', '{"x":"2"} 0'])
  t.end()
})

t.test('absent tells the labels that the selector makes certain', (t) => {
  const matchers: Matcher[] = [
    { name: '__name__', op: '=', value: 'm' },
    { name: 'a', op: '=', value: '1' },
    { name: 'b', op: '=', value: '2' },
    { name: 'b', op: '!=', value: '3' },
    { name: 'c', op: '=~', value: '4' },
  ]
  const present = block([['m', { a: '1' }, [1, undefined]]])
  const absent = (selector?: readonly Matcher[]) => {
    const root = { kind: 'call', fn: 'absent', args: [LEAF], argSpans: [SPAN], span: SPAN, ...(selector === undefined ? {} : { selector }) } as const
    return [...asMap(evaluate(root, [present], { ...GRID, count: 2 }, 'promql'), GRID)]
  }
  t.same(absent(matchers), [['{"a":"1"} 1', 1]])
  t.same(absent(), [['{} 1', 1]])
  t.end()
})

t.test('a quantile of buckets is interpolated, and counts are forced to ascend', (t) => {
  const bucket = (le: string, value: number | undefined) => ['h', { le }, [value]] as const
  const quantileOf = (phi: number, ...buckets: ReturnType<typeof bucket>[]) =>
    [...asMap(evaluate(call('histogram_quantile', number(phi), LEAF), [block(buckets)], GRID1, 'promql'), GRID1).values()][0]
  const usual = [bucket('1', 10), bucket('2', 20), bucket('4', 20), bucket('+Inf', 40)]
  t.equal(quantileOf(0.25, ...usual), 1)
  t.equal(quantileOf(0.125, ...usual), 0.5)
  t.equal(quantileOf(0.375, ...usual), 1.5)
  t.equal(quantileOf(0.9, ...usual), 4, 'the bound below the last bucket')
  t.equal(quantileOf(-1, ...usual), -Infinity)
  t.equal(quantileOf(2, ...usual), Infinity)
  t.same(quantileOf(NaN, ...usual), NaN)
  t.same(quantileOf(0.5, ...usual.slice(0, 3)), NaN, 'no last bucket')
  t.same(quantileOf(0.5, bucket('+Inf', 3)), NaN, 'one bucket only')
  t.same(quantileOf(0.5, bucket('1', 0), bucket('+Inf', 0)), NaN, 'no observations')
  t.equal(quantileOf(0.1, bucket('-1', 5), bucket('+Inf', 9)), -1)
  t.equal(quantileOf(0.5, bucket('1', 4), bucket('1.0', 6), bucket('+Inf', 20)), 1, 'equal bounds are one bucket')
  t.equal(quantileOf(0.6, bucket('1', 10), bucket('2', 5), bucket('4', 20), bucket('Inf', 20)), 2.4, 'a count that falls is lifted')
  t.equal(quantileOf(0.5, bucket('1', 1), bucket('x', 5), bucket('+Inf', 1)), 0.5, 'an unreadable bound is left out')
  t.end()
})

t.test('labels are replaced and joined', (t) => {
  const source = block([['m', { a: 'x-1', b: 'q' }, [1]], ['m', { a: 'y' }, [2]]])
  const twins = block([['m', { a: '1' }, [1]], ['m', { a: '2' }, [2]]])
  const of = (series: SeriesBlock, fn: string, args: string[]) =>
    [...asMap(evaluate(call(fn, LEAF, ...args.map((value) => ({ kind: 'string', value }) as const)), [series], GRID1, 'promql'), GRID1).keys()]
  const keys = (fn: string, ...args: string[]) => of(source, fn, args)
  t.same(keys('label_replace', 'c', '$2:${1}', 'a', '(.*)-(.)'), ['{"__name__":"m","a":"x-1","b":"q","c":"1:x"} 0', '{"__name__":"m","a":"y"} 0'])
  t.same(keys('label_replace', 'b', '$1_x', 'a', '(.*)'), ['{"__name__":"m","a":"x-1"} 0', '{"__name__":"m","a":"y"} 0'])
  t.same(keys('label_join', 'c', '/', 'a', 'b'), ['{"__name__":"m","a":"x-1","b":"q","c":"x-1/q"} 0', '{"__name__":"m","a":"y","c":"y/"} 0'])
  const error = (fn: string, ...args: string[]) => outcome(() => of(twins, fn, args))
  t.equal(error('label_replace', 'a', 'z', 'a', '.*'), 'vector cannot contain metrics with the same labelset')
  t.equal(error('label_replace', 'a', 'z', 'a', '('), 'invalid regular expression in label_replace(): (')
  t.equal(error('label_replace', '', 'z', 'a', ''), 'invalid destination label name in label_replace(): ')
  t.end()
})

t.test('count_values writes numbers without an exponent', (t) => {
  const source = block([1e22, -1e-7, 1.5, -0, 0, NaN, -Infinity, 1.5].map((value, i) => ['m', { i: String(i) }, [value]] as const))
  const root: RootNode = { kind: 'aggregate', op: 'count_values', grouping: { without: false, labels: [] }, param: { kind: 'string', value: 'v' }, operand: LEAF, operandSpan: SPAN, span: SPAN }
  const counts = [...asMap(evaluate(root, [source], GRID1, 'promql'), GRID1)].map(([key, value]) => `${JSON.parse(key.slice(0, -2)).v}×${value}`)
  t.equal(outcome(() => evaluate({ ...root, param: { kind: 'string', value: 'a\udcc5z' } }, [source], GRID1, 'promql')), 'invalid label name "a\\xc5z"')
  t.same(counts.sort(), ['-0.0000001×1', '-0×1', '-Inf×1', '0×1', '1.5×2', '10000000000000000000000×1', 'NaN×1'])
  t.end()
})

function evaluate(root: RootNode, leaves: readonly SeriesBlock[], grid: Grid, language: Language): RootValue {
  return evaluated(createEvaluator({ language, root, naming: 'immediate', leaves: LEAVES }).evaluateGroup(grid, leaves))
}

/** A block from (name, labels, value or nothing at each step). */
function block(rows: readonly (readonly [string, LabelObject, readonly (number | undefined)[]])[]): SeriesBlock {
  const count = rows[0]?.[2].length ?? 1
  const out = seriesBlock(rows.map(([name, labels]) => labelsFrom([['__name__', name], ...Object.entries(labels)])), count)
  rows.forEach(([, , values], s) => values.forEach((value, k) => {
    if (value === undefined) return
    out.values[s * count + k] = value
    out.present[s * count + k] = 1
  }))
  return out
}

function steps(all: SeriesBlock, first: number, count: number): SeriesBlock {
  const out = seriesBlock(all.labels, count)
  all.labels.forEach((_, s) => {
    out.values.set(all.values.subarray(s * all.steps + first, s * all.steps + first + count), s * count)
    out.present.set(all.present.subarray(s * all.steps + first, s * all.steps + first + count), s * count)
  })
  return out
}

/** `{labels} step of GRID` → value. */
function asMap(value: RootValue, grid: Grid): ReadonlyMap<string, number> {
  if (value.type !== 'vector') throw new Error(`a ${value.type}`)
  const first = grid.stepMs === 0 ? 0 : (grid.startMs - GRID.startMs) / GRID.stepMs
  const { labels, steps: count, present, values } = value.block
  return new Map(labels.flatMap((set, s) => [...Array(count).keys()].filter((k) => present[s * count + k] === 1)
    .map((k) => [`${keyOf(labelsObject(set))} ${first + k}`, values[s * count + k]] as const)))
}

function inside(key: string, first: number, count: number): boolean {
  const step = Number(key.slice(key.lastIndexOf(' ')))
  return step >= first && step < first + count
}

function outcome<Result>(run: () => Result): Result | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof QueryError) return error.message
    throw error
  }
}

function thrown(run: () => unknown): QueryError | undefined {
  try {
    run()
  } catch (error) {
    return error as QueryError
  }
  return undefined
}

/** The message of the error that evaluating fails with; empty if it does not. */
function failure(root: RootNode, leaves: readonly SeriesBlock[], language: Language = 'promql'): string {
  const count = leaves[0].labels.length === 0 ? leaves[leaves.length - 1].steps : leaves[0].steps
  return thrown(() => evaluate(root, leaves, count === 1 ? instantGrid(0) : { ...GRID, count }, language))?.message ?? ''
}

function difference(
  actual: RootValue | string,
  expected: ReadonlyMap<string, number> | string,
  seen: { values: number; failures: number },
): string | undefined {
  if (typeof actual === 'string' || typeof expected === 'string') {
    seen.failures++
    return typeof actual === typeof expected ? undefined : `${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`
  }
  const found = asMap(actual, GRID)
  seen.values += found.size
  if (found.size !== expected.size) return `${found.size} values instead of ${expected.size}`
  for (const [key, value] of expected) {
    const got = found.get(key)
    if (got === undefined || !near(got, value)) return `${got} instead of ${value} at ${key}`
  }
  return undefined
}

function near(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-7 * Math.max(1, Math.abs(b))
}
