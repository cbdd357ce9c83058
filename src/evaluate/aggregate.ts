/** Aggregations over the series of a vector, at each step. */
import { executionError, findAccumulator, findAggregation, isLabelName, quantile } from '../language/language.js'
import { scalarsOf, stringOf, vectorOf, type Accumulator, type RootValue } from '../language/language.js'
import { seriesBlock, type SeriesBlock } from '../model/block.js'
import type { Grouping } from '../model/expr.js'
import { withLabel } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import type { AggregateNode } from '../model/plan.js'
import { formatDecimal } from './decimal.js'
import { groupLabels, groupSeries, membersOf } from './groups.js'
import { ranked } from './rank.js'
import { RowBuilder } from './rows.js'
import type { GroupRun } from './run.js'

/** `param` is the value of the aggregation's parameter, which may differ from step to step. */
export function aggregated(node: AggregateNode, operand: RootValue, param: RootValue | undefined, run: GroupRun): RootValue {
  const { op, grouping } = node
  const block = vectorOf(operand)
  const accumulator = findAccumulator(findAggregation(op)?.accumulator ?? op)
  if (accumulator !== undefined) return unordered(accumulated(block, grouping, accumulator))
  switch (op) {
    case 'topk':
    case 'bottomk':
      return ranked(op, grouping, operand, scalarsOf(required(param, op)), run)
    case 'stddev':
      return unordered(perGroup(block, grouping, (values) => Math.sqrt(variance(values))))
    case 'stdvar':
      return unordered(perGroup(block, grouping, variance))
    case 'quantile': {
      const phi = scalarsOf(required(param, op))
      return unordered(perGroup(block, grouping, (values, k) => quantile(phi[k], values)))
    }
    case 'count_values':
      return unordered(countValues(block, grouping, stringOf(required(param, op)), run.limits))
    default:
      throw new Error(`aggregation ${op} is not evaluated at the root`)
  }
}

function unordered(block: SeriesBlock): RootValue {
  return { type: 'vector', block, ordered: false }
}

function required(param: RootValue | undefined, op: string): RootValue {
  if (param === undefined) throw new Error(`${op} without its parameter`)
  return param
}

/** The same states that units fill, filled here. */
function accumulated(block: SeriesBlock, grouping: Grouping, accumulator: Accumulator): SeriesBlock {
  const { steps } = block
  const groups = groupSeries(block.labels, grouping)
  const out = seriesBlock(groups.labels, steps)
  const columns = accumulator.columns.map(() => new Float64Array(out.values.length))
  const state = { values: out.values, present: out.present, columns }
  groups.of.forEach((group, s) => accumulator.add(state, group * steps, block.values, block.present, s * steps, steps))
  accumulator.finish(state, out.values.length)
  return out
}

/** Gives `evaluate` the values of each group at each step, in the order of the series. */
function perGroup(
  block: SeriesBlock,
  grouping: Grouping,
  evaluate: (values: Float64Array, step: number) => number,
): SeriesBlock {
  const { steps } = block
  const groups = groupSeries(block.labels, grouping)
  const out = seriesBlock(groups.labels, steps)
  membersOf(groups).forEach((members, group) => {
    const values = new Float64Array(members.length)
    for (let k = 0; k < steps; k++) {
      let count = 0
      for (const s of members) if (block.present[s * steps + k] === 1) values[count++] = block.values[s * steps + k]
      if (count === 0) continue
      out.values[group * steps + k] = evaluate(values.subarray(0, count), k)
      out.present[group * steps + k] = 1
    }
  })
  return out
}

/** Welford's method, as upstream without compensation; a first value that is not finite makes all NaN. */
function variance(values: Float64Array): number {
  if (!Number.isFinite(values[0])) return NaN
  let mean = values[0]
  let squares = 0
  for (let i = 1; i < values.length; i++) {
    const delta = values[i] - mean
    mean += delta / (i + 1)
    squares += delta * (values[i] - mean)
  }
  return squares / values.length
}

/** The value becomes a label before the series are grouped, so that `by` keeps it and `without` may take it away. */
function countValues(block: SeriesBlock, grouping: Grouping, name: string, limits: Limits): SeriesBlock {
  if (!isLabelName(name)) throw executionError(`invalid label name ${quoted(name)}`)
  const { steps } = block
  const grouped = groupLabels(grouping.without ? grouping : { ...grouping, labels: [...grouping.labels, name] })
  const out = new RowBuilder(steps, block.labels.length, limits)
  block.labels.forEach((labels, s) => {
    let held: number | undefined
    let row = 0
    for (let k = 0; k < steps; k++) {
      if (block.present[s * steps + k] === 0) continue
      const value = block.values[s * steps + k]
      if (!Object.is(value, held)) row = out.row(grouped(withLabel(labels, name, formatDecimal(value))))
      held = value
      out.set(row, k, out.get(row, k) + 1)
    }
  })
  return out.block()
}

/** A byte that is not UTF-8, which the parser keeps as the surrogate U+DC00 + byte, is shown as the byte. */
function quoted(name: string): string {
  return JSON.stringify(name).replace(/\\udc([0-9a-f]{2})/g, '\\x$1')
}
