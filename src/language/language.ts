/**
 * The door of the room: what the words of the languages mean. Names are looked up here, once each;
 * parser, planner, units and evaluator read the same entry.
 */
import { AGGREGATIONS } from './aggregations.js'
import type { AggregationEntry, FunctionEntry, FunctionSignature } from './define.js'
import { COUNTER_FUNCTIONS } from './functions/counters.js'
import { DATE_FUNCTIONS } from './functions/date.js'
import { HISTOGRAM_FUNCTIONS } from './functions/histogram.js'
import { LABEL_FUNCTIONS } from './functions/labels.js'
import { MATH_FUNCTIONS } from './functions/math.js'
import { OTHER_FUNCTIONS } from './functions/other.js'
import { OVER_TIME_FUNCTIONS } from './functions/over-time.js'
import { TRIG_FUNCTIONS } from './functions/trig.js'

export * from './accumulators.js'
export * from './annotations.js'
export * from './define.js'
export * from './duration-text.js'
export * from './features.js'
export { findLogqlKernel } from './logql-kernels.js'
export * from './log-work.js'
export * from './logql-operations.js'
export * from './logql-stages.js'
export * from './matchers.js'
export * from './nearest.js'
export * from './histogram/histogram.js'
export { TARGET_INFO } from './functions/info.js'
export { extendedSamples } from './functions/extended-samples.js'
export { smoothedAt } from './functions/interpolation.js'
export { quantile } from './functions/quantile.js'
export * from './operators.js'
export * from './range-windows.js'
export * from './promql-words.js'
export * from './quirks.js'
export * from './regex.js'
export { regexLiterals } from './regex-literals.js'
export * from './remarks.js'
export * from './row-builder.js'
export * from './sample-operators.js'
export * from './vectors.js'
export * from './stages/stages.js'

const FUNCTIONS: ReadonlyMap<string, FunctionEntry> = byName([
  ...MATH_FUNCTIONS,
  ...TRIG_FUNCTIONS,
  ...OVER_TIME_FUNCTIONS,
  ...COUNTER_FUNCTIONS,
  ...HISTOGRAM_FUNCTIONS,
  ...LABEL_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...OTHER_FUNCTIONS,
])

const AGGREGATION_BY_NAME: ReadonlyMap<string, AggregationEntry> = byName(AGGREGATIONS)

/** The PromQL function of that name, case-sensitive; undefined if there is none. */
export function findFunction(name: string): FunctionEntry | undefined {
  return FUNCTIONS.get(name)
}

export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys()]
}

/** The aggregation operator of that name, in lower case; undefined if there is none. */
export function findAggregation(name: string): AggregationEntry | undefined {
  return AGGREGATION_BY_NAME.get(name)
}

export function aggregationNames(): readonly string[] {
  return [...AGGREGATION_BY_NAME.keys()]
}

/** How few and how many arguments a call may have, both inclusive; `most` may be Infinity. */
export function arity(signature: FunctionSignature): { readonly least: number; readonly most: number } {
  const { args, variadic } = signature
  if (variadic === 0) return { least: args.length, most: args.length }
  const least = args.length - 1
  return { least, most: variadic < 0 ? Infinity : least + variadic }
}

function byName<Entry extends { readonly name: string }>(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const map = new Map(entries.map((entry) => [entry.name, entry]))
  if (map.size !== entries.length) throw new Error('a name is defined twice in a language table')
  return map
}
