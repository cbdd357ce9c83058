/**
 * Evaluates queries of Prometheus' test files over histograms held in memory, as far as they are made of selectors, the functions and operators
 * of native histograms, sum and avg. Everything else is refused, so that a test counts what it has compared.
 */
import {
  addHistograms, addToTotal, compactHistogram, compileRegex, detectReset, divideHistogram, histogramAverage, histogramDeviation, histogramFraction,
  histogramFromClassic, histogramQuantile, histogramsEqual, histogramText, histogramVariance, hasResetCollision, multiplyHistogram, negateHistogram,
  startTotal, subtractHistograms, totalValue, trimAbove, trimBelow, withHint, type Combination, type Estimate,
} from '../../src/language/language.js'
import type { AggregateExpr, BinaryExpr, CallExpr, Expr, SelectorExpr } from '../../src/model/expr.js'
import type { HistogramTotal, NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom, labelsKey, labelValue, METRIC_NAME, onlyLabels, withoutLabels, type Labels } from '../../src/model/labels.js'
import { parse } from '../../src/parse/parse.js'
import type { DescribedValue, SeriesDescription } from '../../src/parse/series-description.js'
import type { LoadCommand } from './promqltest-file.js'

export type HistogramOrNumber = NativeHistogram | number

export interface HeldElement {
  readonly labels: Labels
  readonly value: HistogramOrNumber
}

interface HeldSeries {
  readonly labels: Labels
  readonly samples: readonly { readonly timeMs: number; readonly value: DescribedValue }[]
}

/** A query that is not made of what is compared here. */
export class NotHeld extends Error {}

const LOOKBACK_MS = 300_000
const NAME: ReadonlySet<string> = new Set([METRIC_NAME])

/** The series of the loads, later ones after earlier ones; classic histograms as native ones where the load asks for it. */
export function heldSeries(loads: readonly LoadCommand[]): readonly HeldSeries[] {
  return loads.flatMap(({ series, gapMs, withCustomBuckets }) => [
    ...series.map(({ labels, values }) => ({ labels, samples: values.map((value, at) => ({ timeMs: at * gapMs, value })) })),
    ...(withCustomBuckets ? convertedSeries(series, gapMs) : []),
  ])
}

function convertedSeries(series: readonly SeriesDescription[], gapMs: number): readonly HeldSeries[] {
  const parts = new Map<string, { readonly labels: Labels; readonly of: { readonly part: string; readonly bound: number; readonly values: readonly DescribedValue[] }[] }>()
  for (const { labels, values } of series) {
    const [, base, part] = /^(.*)_(bucket|sum|count)$/.exec(labelValue(labels, METRIC_NAME)) ?? []
    if (base === undefined || part === undefined) continue
    const rest = withoutLabels(labels, new Set([METRIC_NAME, 'le']))
    const named = labelsFrom([...pairsOf(rest), [METRIC_NAME, base]])
    const entry = parts.get(labelsKey(named)) ?? { labels: named, of: [] }
    entry.of.push({ part, bound: part === 'bucket' ? Number(labelValue(labels, 'le').replace('Inf', 'Infinity')) : NaN, values })
    parts.set(labelsKey(named), entry)
  }
  return [...parts.values()].map(({ labels, of }) => {
    const steps = Math.max(...of.map(({ values }) => values.length))
    return { labels, samples: Array.from({ length: steps }, (_, at) => ({ timeMs: at * gapMs, value: convertedValue(of, at) })) }
  })
}

function convertedValue(of: readonly { readonly part: string; readonly bound: number; readonly values: readonly DescribedValue[] }[], at: number): DescribedValue {
  const numbers = of.flatMap(({ part, bound, values }) => {
    const value = values[at]
    return value?.kind === 'float' ? [{ part, bound, count: value.value }] : []
  })
  if (numbers.length === 0) return { kind: 'omitted' }
  const only = (name: string) => numbers.find(({ part }) => part === name)?.count
  const buckets = numbers.filter(({ part, bound }) => part === 'bucket' && !Number.isNaN(bound)).toSorted((a, b) => a.bound - b.bound)
  const conversion = histogramFromClassic({ buckets, count: only('count'), sum: only('sum') })
  if (conversion.kind === 'invalid') throw new Error(conversion.reason)
  return { kind: 'histogram', histogram: conversion.histogram, hintIsTold: false }
}

function pairsOf(labels: Labels): [string, string][] {
  return Array.from({ length: labels.length / 2 }, (_, i) => [labels[2 * i], labels[2 * i + 1]])
}

/** One evaluation at one time. `notes` tells what annotations are due for. */
export class HistogramQuery {
  readonly notes = new Set<string>()
  #series: readonly HeldSeries[]
  readonly #timeMs: number

  constructor(series: readonly HeldSeries[], timeMs: number) {
    this.#series = series
    this.#timeMs = timeMs
  }

  ask(text: string): readonly HeldElement[] {
    return this.#vector(parse(text, 'promql'))
  }

  #vector(expr: Expr): readonly HeldElement[] {
    switch (expr.kind) {
      case 'paren':
        return this.#vector(expr.inner)
      case 'unary':
        return this.#vector(expr.operand).map((each) => this.#nameless(each, expr.op === '-' ? negated(each.value) : each.value))
      case 'selector':
        return this.#selected(expr, this.#timeMs)
      case 'binary':
        return this.#binary(expr)
      case 'aggregate':
        return this.#aggregate(expr)
      case 'call':
        return this.#call(expr)
      default:
        throw new NotHeld(expr.kind)
    }
  }

  #selected(selector: SelectorExpr, timeMs: number): readonly HeldElement[] {
    return this.#matching(selector).flatMap(({ labels, samples }) => {
      const newest = samples.findLast((sample) => sample.timeMs <= timeMs && sample.timeMs > timeMs - LOOKBACK_MS && sample.value.kind !== 'omitted')?.value
      const value = newest === undefined ? undefined : valueOf(newest)
      return value === undefined ? [] : [{ labels, value }]
    })
  }

  #matching({ matchers, offset, at, modifier }: SelectorExpr): readonly HeldSeries[] {
    if (offset !== undefined || at !== undefined || modifier !== undefined) throw new NotHeld('a modifier')
    return this.#series.filter(({ labels }) => matchers.every(({ name, op, value }) => {
      const own = labelValue(labels, name)
      const hit = op === '=' || op === '!=' ? own === value : compileRegex(value).test(own)
      return op.startsWith('!') ? !hit : hit
    }))
  }

  #nameless({ labels }: HeldElement, value: HistogramOrNumber): HeldElement {
    return { labels: withoutLabels(labels, NAME), value }
  }

  #scalar(expr: Expr): number {
    if (expr.kind === 'paren') return this.#scalar(expr.inner)
    if (expr.kind === 'number') return expr.value
    if (expr.kind === 'unary') return this.#scalar(expr.operand) * (expr.op === '-' ? -1 : 1)
    throw new NotHeld(expr.kind)
  }

  #binary(expr: BinaryExpr): readonly HeldElement[] {
    const { left, right, op, matching, bool } = expr
    const isPlain = matching === undefined || (matching.cardinality === 'one-to-one' && matching.fillLeft === undefined && matching.fillRight === undefined)
    if (bool || !isPlain) throw new NotHeld('matching')
    if (matching === undefined && isScalar(left)) {
      return this.#vector(right).flatMap((each) => this.#applied(op, this.#scalar(left), each.value).map((value) => this.#nameless(each, value)))
    }
    if (matching === undefined) {
      return this.#vector(left).flatMap((each) => this.#applied(op, each.value, this.#scalar(right)).map((value) => this.#nameless(each, value)))
    }
    const own: ReadonlySet<string> = new Set(matching.labels)
    const keyLabels = ({ labels }: HeldElement) => (matching.on ? onlyLabels(labels, own) : withoutLabels(withoutLabels(labels, NAME), own))
    const others = new Map(this.#vector(right).map((each) => [labelsKey(keyLabels(each)), each.value]))
    return this.#vector(left).flatMap((each) => {
      const other = others.get(labelsKey(keyLabels(each)))
      return other === undefined ? [] : this.#applied(op, each.value, other).map((value) => ({ labels: keyLabels(each), value }))
    })
  }

  /** No result or one. */
  #applied(op: BinaryExpr['op'], a: HistogramOrNumber, b: HistogramOrNumber): readonly HistogramOrNumber[] {
    if (typeof a === 'number') {
      if (typeof b === 'number') throw new NotHeld('numbers')
      if (op === '*') return [multiplied(b, a)]
    } else if (typeof b === 'number') {
      if (op === '*') return [multiplied(a, b)]
      if (op === '/') return [compactHistogram(divideHistogram(a, b))]
      if (op === '</') return [trimAbove(a, b)]
      if (op === '>/') return [trimBelow(a, b)]
    } else {
      if (op === '+') return this.#combined(addHistograms(a, b))
      if (op === '-') return this.#combined(subtractHistograms(a, b)).map((h) => withHint(h, 'gauge'))
      if (op === '==') return histogramsEqual(a, b) ? [a] : []
      if (op === '!=') return histogramsEqual(a, b) ? [] : [a]
    }
    this.notes.add('incompatible types')
    return []
  }

  #combined(result: Combination): readonly NativeHistogram[] {
    if (result.kind === 'incompatible') {
      this.notes.add('incompatible')
      return []
    }
    if (result.counterResetCollision) this.notes.add('counterResetCollision')
    if (result.boundsReconciled) this.notes.add('boundsReconciled')
    return [compactHistogram(result.histogram)]
  }

  #aggregate({ op, operand, grouping, param }: AggregateExpr): readonly HeldElement[] {
    if (op === 'count_values' && param?.kind === 'string') return this.#countValues(param.value, operand, grouping?.labels ?? [], grouping?.without ?? false)
    if (op !== 'sum' && op !== 'avg') throw new NotHeld(op)
    const groups = new Map<string, { readonly labels: Labels; readonly members: NativeHistogram[] }>()
    for (const { labels, value } of this.#vector(operand)) {
      if (typeof value === 'number') throw new NotHeld('numbers')
      const group = groupLabels(labels, grouping?.labels ?? [], grouping?.without ?? false)
      const entry = groups.get(labelsKey(group)) ?? { labels: group, members: [] }
      entry.members.push(value)
      groups.set(labelsKey(group), entry)
    }
    return [...groups.values()].flatMap(({ labels, members }) => this.#total(op === 'sum' ? 'sum' : 'mean', members).map((value) => ({ labels, value: compactHistogram(value) })))
  }

  #total(of: HistogramTotal['of'], [first, ...others]: readonly NativeHistogram[]): readonly NativeHistogram[] {
    const total = others.reduce(addToTotal, startTotal(of, first))
    if (total.incompatible) this.notes.add('incompatible')
    if (hasResetCollision(total)) this.notes.add('counterResetCollision')
    if (total.boundsReconciled) this.notes.add('boundsReconciled')
    const value = totalValue(total)
    return value === undefined ? [] : [value]
  }

  #countValues(label: string, operand: Expr, by: readonly string[], without: boolean): readonly HeldElement[] {
    const counts = new Map<string, { readonly labels: Labels; count: number }>()
    for (const { labels, value } of this.#vector(operand)) {
      const text = typeof value === 'number' ? String(value) : histogramText(value)
      const group = labelsFrom([...pairsOf(groupLabels(labels, by, without)), [label, text]])
      const entry = counts.get(labelsKey(group)) ?? { labels: group, count: 0 }
      entry.count++
      counts.set(labelsKey(group), entry)
    }
    return [...counts.values()].map(({ labels, count }) => ({ labels, value: count }))
  }

  #call({ name, args }: CallExpr): readonly HeldElement[] {
    if (name === 'sum_over_time' || name === 'avg_over_time') return this.#overTime(args[0], (window) => this.#total(name === 'sum_over_time' ? 'sum' : 'mean', window))
    if (name === 'resets') return this.#overTime(args[0], (window) => [window.filter((h, at) => at > 0 && detectReset(window[at - 1], h)).length])
    if (name === 'changes') return this.#overTime(args[0], (window) => [window.filter((h, at) => at > 0 && !histogramsEqual(window[at - 1], h)).length])
    if (name === 'last_over_time') return this.#overTime(args[0], (window) => window.slice(-1))
    const estimate = this.#estimate(name, args)
    // Where count and sum are all that is asked for, Prometheus looks for resets while it reads.
    if (name === 'histogram_count' || name === 'histogram_sum') this.#series = this.#series.map(withDetectedHints)
    return this.#vector(args[args.length - 1]).flatMap((each) => {
      if (typeof each.value === 'number') return name === 'histogram_quantile' || name === 'histogram_fraction' ? this.#refuse('classic buckets') : []
      const { value, note } = estimate(each.value)
      if (note !== undefined) this.notes.add(note)
      return [this.#nameless(each, value)]
    })
  }

  #refuse(what: string): never {
    throw new NotHeld(what)
  }

  #estimate(name: string, args: readonly Expr[]): (h: NativeHistogram) => Estimate {
    switch (name) {
      case 'histogram_quantile': {
        const phi = this.#scalar(args[0])
        if (!(phi >= 0 && phi <= 1)) this.notes.add('quantile out of range')
        return (h) => histogramQuantile(phi, h)
      }
      case 'histogram_fraction': {
        const [lower, upper] = [this.#scalar(args[0]), this.#scalar(args[1])]
        return (h) => histogramFraction(lower, upper, h)
      }
      case 'histogram_count':
        return ({ count }) => ({ value: count })
      case 'histogram_sum':
        return ({ sum }) => ({ value: sum })
      case 'histogram_avg':
        return (h) => ({ value: histogramAverage(h) })
      case 'histogram_stddev':
        return (h) => ({ value: histogramDeviation(h) })
      case 'histogram_stdvar':
        return (h) => ({ value: histogramVariance(h) })
      default:
        throw new NotHeld(name)
    }
  }

  /** Over the histograms of a window, of which there must be no others; a window of a subquery holds its selector at whole steps. */
  #overTime(expr: Expr, evaluate: (window: readonly NativeHistogram[]) => readonly HistogramOrNumber[]): readonly HeldElement[] {
    if (expr.kind !== 'range' && (expr.kind !== 'subquery' || expr.operand.kind !== 'selector')) throw new NotHeld(expr.kind)
    const fromMs = this.#timeMs - this.#scalar(expr.range) * 1000
    const windows = expr.kind === 'range' ? this.#windows(expr.selector, fromMs) : this.#steps(expr.operand as SelectorExpr, fromMs, this.#scalar(expr.step ?? expr) * 1000)
    return windows.flatMap(({ labels, values }) => {
      if (values.some((value) => typeof value === 'number')) throw new NotHeld('numbers')
      const window = values.filter((value) => typeof value !== 'number')
      return window.length === 0 ? [] : evaluate(window).map((value) => ({ labels: withoutLabels(labels, NAME), value }))
    })
  }

  #windows(selector: SelectorExpr, fromMs: number): readonly { readonly labels: Labels; readonly values: readonly HistogramOrNumber[] }[] {
    return this.#matching(selector).map(({ labels, samples }) => ({
      labels,
      values: samples.filter(({ timeMs }) => timeMs > fromMs && timeMs <= this.#timeMs).map(({ value }) => valueOf(value)).filter((value) => value !== undefined),
    }))
  }

  #steps(selector: SelectorExpr, fromMs: number, stepMs: number): readonly { readonly labels: Labels; readonly values: readonly HistogramOrNumber[] }[] {
    const windows = new Map<string, { readonly labels: Labels; readonly values: HistogramOrNumber[] }>()
    for (let timeMs = (Math.floor(fromMs / stepMs) + 1) * stepMs; timeMs <= this.#timeMs; timeMs += stepMs) {
      for (const { labels, value } of this.#selected(selector, timeMs)) {
        const window = windows.get(labelsKey(labels)) ?? { labels, values: [] }
        window.values.push(value)
        windows.set(labelsKey(labels), window)
      }
    }
    return [...windows.values()]
  }
}

/** With the hint that each counter histogram has by the one before it. */
function withDetectedHints({ labels, samples }: HeldSeries): HeldSeries {
  let previous: NativeHistogram | undefined
  const hinted = samples.map(({ timeMs, value }) => {
    if (value.kind !== 'histogram' || value.histogram.hint === 'gauge') return { timeMs, value }
    const current = withHint(value.histogram, 'unknown')
    const hint = previous === undefined ? 'unknown' : detectReset(previous, current) ? 'reset' : 'notReset'
    previous = current
    return { timeMs, value: { ...value, histogram: withHint(current, hint) } }
  })
  return { labels, samples: hinted }
}

function isScalar(expr: Expr): boolean {
  return expr.kind === 'number' || (expr.kind === 'paren' && isScalar(expr.inner)) || (expr.kind === 'unary' && isScalar(expr.operand))
}

function groupLabels(labels: Labels, names: readonly string[], without: boolean): Labels {
  return without ? withoutLabels(withoutLabels(labels, NAME), new Set(names)) : onlyLabels(labels, new Set(names))
}

function negated(value: HistogramOrNumber): HistogramOrNumber {
  return typeof value === 'number' ? -value : negateHistogram(value)
}

function multiplied(h: NativeHistogram, factor: number): NativeHistogram {
  return compactHistogram(multiplyHistogram(h, factor))
}

function valueOf(value: DescribedValue): HistogramOrNumber | undefined {
  if (value.kind === 'histogram') return value.histogram
  return value.kind === 'float' ? value.value : undefined
}
