/** Queries whose answer over a range is not what its parts give: they are never taken apart. */
import { stagesAskClock } from '../src/language/language.js'
import type { Limits } from '../src/model/limits.js'
import { distinctWithoutName, type Plan, type RootNode } from '../src/model/plan.js'
import type { QueryParts } from './query-parts.js'

/** Why the answer is not the sum of its parts; undefined: it is. */
export function wholeOnly(plan: Plan, { createEvaluator, limits }: Pick<QueryParts, 'createEvaluator' | 'limits'>): string | undefined {
  const why = plan.grid.stepMs === 0 ? undefined : reasonOf(plan, { createEvaluator, limits })
  return why === undefined ? undefined : `the query is one part: ${why}`
}

function reasonOf(plan: Plan, { createEvaluator, limits }: Pick<QueryParts, 'createEvaluator' | 'limits'>): string | undefined {
  if ((plan.entries?.intervalNs ?? 0n) > 0n) return 'which entries an interval leaves out is told by all before them'
  if (asksClock(plan, limits)) return 'a template asks for the time of the clock'
  if (plan.entries !== undefined) return undefined
  if (createEvaluator(plan).remembersGroups) return 'series that are the same without their names are a mistake anywhere in its range'
  if (mayLoseNames(plan)) return 'names of metrics go at its end, and series must not be the same then'
  if (plan.language === 'logql' && mayRepeatLabels(plan.root)) return 'label_replace may leave several series with the same labels, which are told apart by all that they have'
  return undefined
}

export function asksClock({ leaves }: Plan, limits: Limits): boolean {
  return leaves.some((leaf) => 'stages' in leaf && stagesAskClock(leaf.stages, limits))
}

/** Series of one metric stay distinct without its name; of others nobody knows before the end. */
function mayLoseNames({ naming, language, leaves }: Plan): boolean {
  return language === 'promql' && naming === 'delayed' && (leaves.length > 1 || leaves.some((leaf) => leaf.signal !== 'metrics' || !distinctWithoutName(leaf)))
}

/** What LogQL allows; an aggregation adds them up, step by step. */
function mayRepeatLabels(node: RootNode): boolean {
  switch (node.kind) {
    case 'call':
      return node.fn === 'label_replace' || node.args.some(mayRepeatLabels)
    case 'binary':
      return mayRepeatLabels(node.left) || mayRepeatLabels(node.right)
    case 'unary':
    case 'dropName':
      return mayRepeatLabels(node.operand)
    case 'aggregate':
    case 'leaf':
    case 'entries':
    case 'number':
    case 'string':
    case 'time':
    case 'matrix':
    case 'window':
    case 'logWindow':
      return false
  }
}
