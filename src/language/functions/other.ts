/** Functions between vectors and scalars, presence, order. */
import { ABSENT, FLOAT, seriesBlock } from '../../model/block.js'
import { labelsFrom, METRIC_NAME, type Labels, type Matcher } from '../../model/labels.js'
import { stepTime } from '../../model/time.js'
import type { ArgType, FunctionEntry, QueryConstant, RootCall, RootFunction, RootValue } from '../define.js'
import { nameTaken, scalarsOf, vectorOf } from '../vectors.js'
import { INFO_FUNCTION } from './info.js'
import { SORT_FUNCTIONS } from './sort.js'

const EXPERIMENTAL_SCALAR = { returns: 'scalar', experimental: true } as const

export const OTHER_FUNCTIONS: readonly FunctionEntry[] = [
  {
    ...atRoot('time', 'The time of the step in seconds.', [], (_, { grid }) => ({
      type: 'scalar',
      values: Float64Array.from({ length: grid.count }, (_, k) => stepTime(grid, k) / 1000),
    })),
    returns: 'scalar',
  },
  { ...atRoot('scalar', 'The value of the only series that has a number, else NaN.', ['vector'], onlyValue), returns: 'scalar' },
  atRoot('vector', 'A scalar as a series without labels.', ['scalar'], ([scalar]) => unlabelled(scalarsOf(scalar))),
  queryConstant('start', 'The first step of the query in seconds.', ({ startSeconds }) => startSeconds),
  queryConstant('end', 'The last step of the query in seconds.', ({ endSeconds }) => endSeconds),
  queryConstant('step', 'The step of the query in seconds.', ({ stepSeconds }) => stepSeconds),
  queryConstant('range', 'The range of the query in seconds.', ({ rangeSeconds }) => rangeSeconds),
  { ...atRoot('max_of', 'The greater of two scalars.', ['scalar', 'scalar'], ofTwo(greater)), ...EXPERIMENTAL_SCALAR },
  { ...atRoot('min_of', 'The lesser of two scalars.', ['scalar', 'scalar'], ofTwo((a, b) => -greater(-a, -b))), ...EXPERIMENTAL_SCALAR },
  { ...atRoot('absent', 'The value 1 where the vector is empty.', ['vector'], absent), accumulator: 'group' },
  { ...atRoot('timestamp', 'The time of each sample in seconds.', ['vector'], timeOfStep), ofSelector: 'time' },
  ...SORT_FUNCTIONS,
  INFO_FUNCTION,
  {
    ...atRoot('start_timestamp', 'When the counter of each sample began, in seconds; of selectors alone, where start times are used.', ['vector'], nothing),
    ofSelector: 'startTime',
    experimental: true,
  },
]

function atRoot(name: string, doc: string, args: readonly ArgType[], evaluate: RootFunction['evaluate']): RootFunction {
  return { kind: 'root', name, doc, args, variadic: 0, returns: 'vector', experimental: false, evaluate }
}

function queryConstant(name: string, doc: string, value: QueryConstant['value']): QueryConstant {
  return { kind: 'queryConstant', name, doc, args: [], variadic: 0, ...EXPERIMENTAL_SCALAR, value }
}

function ofTwo(choose: (a: number, b: number) => number): RootFunction['evaluate'] {
  return ([left, right]) => {
    const [a, b] = [scalarsOf(left), scalarsOf(right)]
    return { type: 'scalar', values: a.map((value, k) => choose(value, b[k])) }
  }
}

/** As Go's math.Max: infinity wins, also against NaN, which wins against all else. */
function greater(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b)
}

/** Of what is no plain selector, the time of a value is that of its step. */
function timeOfStep([vector]: readonly RootValue[], { grid, naming }: RootCall): RootValue {
  const { histograms: _, ...block } = vectorOf(vector)
  const values = new Float64Array(block.values.length)
  const present = block.present.map((mark, cell) => {
    if (mark === ABSENT) return ABSENT
    values[cell] = stepTime(grid, cell % grid.count) / 1000
    return FLOAT
  })
  return { type: 'vector', block: nameTaken({ ...block, values, present }, naming), ordered: false }
}

/** Results have no start times. */
function nothing(_args: readonly RootValue[], { grid }: RootCall): RootValue {
  return { type: 'vector', block: seriesBlock([], grid.count), ordered: false }
}

function unlabelled(values: Float64Array<ArrayBuffer>): RootValue {
  const present = new Uint8Array(values.length).fill(1)
  return { type: 'vector', block: { ...seriesBlock([[]], values.length), values, present }, ordered: false }
}

function onlyValue([vector]: readonly RootValue[], { grid }: RootCall): RootValue {
  const { values, present, steps, labels } = vectorOf(vector)
  const only = new Float64Array(grid.count).fill(NaN)
  const found = new Int32Array(grid.count)
  for (let s = 0; s < labels.length; s++) {
    for (let k = 0; k < steps; k++) {
      if (present[s * steps + k] !== FLOAT) continue
      only[k] = found[k] === 0 ? values[s * steps + k] : NaN
      found[k]++
    }
  }
  return { type: 'scalar', values: only }
}

/** Also `absent_over_time`, whose argument comes as the series that have any sample in the window. */
export function absent([vector]: readonly RootValue[], { grid, selector }: RootCall): RootValue {
  const { present, steps, labels } = vectorOf(vector)
  const block = seriesBlock([absentLabels(selector ?? [])], grid.count)
  block.values.fill(1)
  block.present.fill(1)
  for (let s = 0; s < labels.length; s++) {
    for (let k = 0; k < steps; k++) if (present[s * steps + k] !== ABSENT) block.present[k] = ABSENT
  }
  block.values.forEach((_, k) => (block.values[k] = block.present[k]))
  return { type: 'vector', block, ordered: false }
}

/**
 * The labels of the series that are not there, in Prometheus' way, which goes by the order of the matchers: the first equality of a name
 * gives a label, whatever stood before it, and any further matcher of the name takes it away.
 */
function absentLabels(matchers: readonly Matcher[]): Labels {
  const labels = new Map<string, string>()
  const met = new Set<string>()
  for (const { name, op, value } of matchers) {
    if (op === '=' && !met.has(name)) labels.set(name, value)
    else labels.delete(name)
    if (op === '=') met.add(name)
  }
  labels.delete(METRIC_NAME)
  return labelsFrom([...labels])
}
