/** Functions that put series in order. Results over a range are always in the order of labels, so that there they have no effect. */
import { FLOAT, pickSeries, type SeriesBlock } from '../../model/block.js'
import { compareLabels, compareUtf8, labelValue } from '../../model/labels.js'
import type { ArgType, RootCall, RootFunction, RootValue } from '../define.js'
import { inLabelOrder, stringOf, vectorOf } from '../vectors.js'

export const SORT_FUNCTIONS: readonly RootFunction[] = [
  ordering('sort', 'The floats by value, ascending; no effect in range queries.', ['vector'], byValue((a, b) => a - b)),
  ordering('sort_desc', 'The floats by value, descending; no effect in range queries.', ['vector'], byValue((a, b) => b - a)),
  {
    ...ordering('sort_by_label', 'The series in natural order of labels; no effect in range queries.', ['vector', 'string'], byLabels(1)),
    variadic: -1,
    experimental: true,
  },
  {
    ...ordering('sort_by_label_desc', 'The series in descending natural order of labels; no effect in range queries.', ['vector', 'string'], byLabels(-1)),
    variadic: -1,
    experimental: true,
  },
]

type Order = (block: SeriesBlock, names: readonly string[]) => readonly number[]

function ordering(name: string, doc: string, args: readonly ArgType[], order: Order): RootFunction {
  const evaluate = ([vector, ...names]: readonly RootValue[], { grid, annotate, span }: RootCall): RootValue => {
    const given = vectorOf(vector)
    if (grid.stepMs > 0) {
      annotate({ level: 'warning', text: 'sort is ineffective for range queries since results are always ordered by labels', span })
      return vector
    }
    const block = inLabelOrder(given)
    return { type: 'vector', block: pickSeries(block, order(block, names.map(stringOf))), ordered: true }
  }
  return { kind: 'root', name, doc, args, variadic: 0, returns: 'vector', experimental: false, evaluate }
}

/** NaN goes last either way; histograms, which have no order, are left out. */
function byValue(compare: (a: number, b: number) => number): Order {
  return ({ labels, present, values }) => {
    const floats = labels.map((_, s) => s).filter((s) => present[s] === FLOAT)
    return floats.sort((a, b) => {
      const [x, y] = [values[a], values[b]]
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      return x === y ? 0 : compare(x, y)
    })
  }
}

/** By the labels that are named, the first that differs; then by all. */
function byLabels(sign: 1 | -1): Order {
  return ({ labels }, names) => {
    const keys = labels.map((set) => names.map((name) => labelValue(set, name)))
    return labels.map((_, s) => s).sort((a, b) => sign * (compareEach(keys[a], keys[b]) || compareLabels(labels[a], labels[b])))
  }
}

function compareEach(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareNaturally(a[i], b[i])
    if (order !== 0) return order
  }
  return 0
}

/** Runs of digits compare as numbers, so that node2 comes before node10; all else in the order of UTF-8 bytes. */
function compareNaturally(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? [])
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = isNumber(left[i]) && isNumber(right[i]) ? Number(BigInt(left[i]) - BigInt(right[i])) : compareUtf8(left[i], right[i])
    if (order !== 0) return order
  }
  return left.length - right.length
}

function isNumber(text: string): boolean {
  return text >= '0' && text < ':'
}
