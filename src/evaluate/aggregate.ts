/** Aggregations over the series of a vector, at each step. */
import { executionError, findAccumulator, findAggregation, histogramText, ignoredHistogram, isLabelName, labelOrder, quantile } from '../language/language.js'
import { quantileFault, RowBuilder, scalarsOf, stateRemarks, stringOf, vectorOf, type Accumulator, type RootValue } from '../language/language.js'
import { ABSENT, FLOAT, HISTOGRAM, histogramAt, seriesBlock, withHistograms, type SeriesBlock } from '../model/block.js'
import { labelValue, METRIC_NAME, withLabel } from '../model/labels.js'
import type { AggregateNode } from '../model/plan.js'
import { formatDecimal } from './decimal.js'
import { groupLabels, groupSeries, membersOf, type SeriesGroups } from './groups.js'
import { limited, limitedByRatio } from './limit.js'
import { ranked } from './rank.js'
import type { GroupRun } from './run.js'

/** `param` is the value of the aggregation's parameter, which may differ from step to step. */
export function aggregated(node: AggregateNode, operand: RootValue, param: RootValue | undefined, run: GroupRun): RootValue {
  const { op } = node
  const block = vectorOf(operand)
  const accumulator = findAccumulator(findAggregation(op)?.accumulator ?? op)
  if (accumulator !== undefined) return unordered(accumulated(node, block, accumulator, run))
  switch (op) {
    case 'topk':
    case 'bottomk':
      return ranked(op, node, operand, scalarsOf(required(param, op)), run)
    case 'limitk':
      return limited(node, operand, scalarsOf(required(param, op)))
    case 'limit_ratio':
      return limitedByRatio(node, operand, scalarsOf(required(param, op)), run)
    case 'stddev':
      return unordered(variances(node, operand, run, Math.sqrt))
    case 'stdvar':
      return unordered(variances(node, operand, run, (variance) => variance))
    case 'quantile': {
      const phi = scalarsOf(required(param, op))
      remarkQuantiles(phi, node, run)
      return unordered(perGroup(node, block, run, (values, k) => quantile(phi[k], values)))
    }
    case 'count_values':
      return unordered(countValues(node, block, stringOf(required(param, op)), run))
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

/** Of many parameters out of range the farthest is remarked, on either side. */
function remarkQuantiles(phis: Float64Array, { paramSpan, span }: AggregateNode, { annotate }: GroupRun): void {
  const numbers = phis.filter((phi) => !Number.isNaN(phi))
  const told = [...(numbers.length < phis.length ? [NaN] : []), numbers.reduce((a, b) => Math.max(a, b), 0), numbers.reduce((a, b) => Math.min(a, b), 0)]
  for (const phi of told) {
    const text = quantileFault(phi)
    if (text !== undefined) annotate({ level: 'warning', text, span: paramSpan ?? span })
  }
}

/** The same states that units fill, filled here. */
function accumulated(node: AggregateNode, block: SeriesBlock, accumulator: Accumulator, { annotate }: GroupRun): SeriesBlock {
  const { steps } = block
  const groups = groupSeries(block.labels, node.grouping)
  const out = seriesBlock(groups.labels, steps)
  const columns = accumulator.columns.map(() => new Float64Array(out.values.length))
  const state = { values: out.values, present: out.present, columns, totals: new Map() }
  groups.of.forEach((group, s) => accumulator.add(state, group * steps, block, s * steps, steps))
  if (accumulator.histograms === 'ignored' && block.histograms !== undefined) annotate(ignoredHistogram(node.op, node.operandSpan))
  const { histograms, notes } = accumulator.finish(state, out.values.length)
  for (const remark of stateRemarks(notes, metricOf(block), node.operandSpan)) annotate(remark)
  return { ...out, ...withHistograms(histograms), ...groupFlags(block, groups) }
}

/** The name of the histograms that met: of several the last. */
function metricOf({ labels, histograms, steps }: SeriesBlock): string {
  let last = -1
  for (const cell of histograms?.keys() ?? []) last = Math.max(last, cell)
  return last < 0 ? '' : labelValue(labels[Math.floor(last / steps)], METRIC_NAME)
}

/** A name goes from a group if it goes from any of its series. */
function groupFlags({ nameGoes, present, steps }: SeriesBlock, { labels, of }: SeriesGroups): Pick<SeriesBlock, 'nameGoes'> {
  if (nameGoes === undefined) return {}
  const flags = new Uint8Array(labels.length)
  of.forEach((group, s) => {
    if (nameGoes[s] === 1 && present.subarray(s * steps, (s + 1) * steps).some((mark) => mark !== ABSENT)) flags[group] = 1
  })
  return { nameGoes: flags }
}

/** Gives `evaluate` the floats of each group at each step, in the order of the series. */
function perGroup(
  { op, grouping, operandSpan }: AggregateNode,
  block: SeriesBlock,
  { annotate }: GroupRun,
  evaluate: (values: Float64Array, step: number) => number,
): SeriesBlock {
  const { steps } = block
  const groups = groupSeries(block.labels, grouping)
  const out = seriesBlock(groups.labels, steps)
  if (block.histograms !== undefined) annotate(ignoredHistogram(op, operandSpan))
  membersOf(groups).forEach((members, group) => {
    const values = new Float64Array(members.length * STEPS_AT_ONCE)
    for (let first = 0; first < steps; first += STEPS_AT_ONCE) {
      const size = Math.min(STEPS_AT_ONCE, steps - first)
      const counts = gatherFloats(block, members, first, size, values)
      for (let i = 0; i < size; i++) {
        if (counts[i] === 0) continue
        const cell = group * steps + first + i
        out.values[cell] = evaluate(values.subarray(i * members.length, i * members.length + counts[i]), first + i)
        out.present[cell] = FLOAT
      }
    }
  })
  return { ...out, ...groupFlags(block, groups) }
}

/** Steps whose values are gathered together: a series is then read a cache line or more at a time. */
const STEPS_AT_ONCE = 32

/** The floats at steps [first, first + size), step by step, each with room for all members; returns how many each has. */
function gatherFloats({ values, present, steps }: SeriesBlock, members: readonly number[], first: number, size: number, into: Float64Array): Int32Array {
  const counts = new Int32Array(size)
  for (const s of members) {
    const from = s * steps + first
    for (let i = 0; i < size; i++) if (present[from + i] === FLOAT) into[i * members.length + counts[i]++] = values[from + i]
  }
  return counts
}

/**
 * Welford's method, as upstream without compensation, so that the last places tell in which order values came: that of the operand where
 * it has one, else that of labels. All steps of a series at once; a first value that is not finite makes all NaN.
 */
function variances({ op, grouping, operandSpan }: AggregateNode, operand: RootValue, { annotate }: GroupRun, finish: (variance: number) => number): SeriesBlock {
  const block = vectorOf(operand)
  const { steps, values, present, labels } = block
  const groups = groupSeries(labels, grouping)
  const out = seriesBlock(groups.labels, steps)
  if (block.histograms !== undefined) annotate(ignoredHistogram(op, operandSpan))
  const order = operand.type === 'vector' && operand.ordered ? undefined : labelOrder(labels)
  const counts = new Int32Array(out.values.length)
  const means = new Float64Array(out.values.length)
  const squares = out.values
  for (let place = 0; place < labels.length; place++) {
    const s = order?.[place] ?? place
    for (let from = s * steps, to = groups.of[s] * steps; from < (s + 1) * steps; from++, to++) {
      if (present[from] !== FLOAT) continue
      const value = values[from]
      if (counts[to]++ === 0) {
        means[to] = Number.isFinite(value) ? value : NaN
        continue
      }
      const delta = value - means[to]
      means[to] += delta / counts[to]
      squares[to] += delta * (value - means[to])
    }
  }
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue
    out.values[i] = Number.isNaN(means[i]) ? NaN : finish(squares[i] / counts[i])
    out.present[i] = FLOAT
  }
  return { ...out, ...groupFlags(block, groups) }
}

/** The value becomes a label before the series are grouped, so that `by` keeps it and `without` may take it away. */
function countValues({ grouping }: AggregateNode, block: SeriesBlock, name: string, { limits }: GroupRun): SeriesBlock {
  if (!isLabelName(name)) throw executionError(`invalid label name ${quoted(name)}`)
  const { steps } = block
  const grouped = groupLabels(grouping.without ? grouping : { ...grouping, labels: [...grouping.labels, name] })
  const out = new RowBuilder(steps, block.labels.length, limits)
  const rowOf = (s: number, text: string) => out.row(grouped(withLabel(block.labels[s], name, text)))
  block.labels.forEach((_, s) => {
    let held: number | undefined
    let row = 0
    for (let k = 0; k < steps; k++) {
      const cell = s * steps + k
      if (block.present[cell] === ABSENT) continue
      const value = block.values[cell]
      const isHistogram = block.present[cell] === HISTOGRAM
      if (isHistogram) row = rowOf(s, histogramText(histogramAt(block, cell)))
      else if (!Object.is(value, held)) row = rowOf(s, formatDecimal(value))
      held = isHistogram ? undefined : value
      out.set(row, k, out.get(row, k) + 1)
    }
  })
  return out.block()
}

/** A byte that is not UTF-8, which the parser keeps as the surrogate U+DC00 + byte, is shown as the byte. */
function quoted(name: string): string {
  return JSON.stringify(name).replace(/\\udc([0-9a-f]{2})/g, '\\x$1')
}
