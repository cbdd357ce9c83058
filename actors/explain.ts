/** EXPLAIN: the plan, the pruning step by step, the groups and their units, as text. */
import type { GroupedQuery } from '../src/lookup/lookup.js'
import type { Limits } from '../src/model/limits.js'
import type { Plan, TimeGroup, WorkUnit } from '../src/model/plan.js'
import { snapshotText, type Snapshot } from '../src/model/segment.js'
import { gridSlice, gridEnd } from '../src/model/time.js'
import { explainPlan } from '../src/plan/plan.js'
import type { WordPruning } from './explain-words.js'

/** Groups beyond these are only counted. */
const GROUPS_SHOWN = 12
const UNITS_SHOWN = 8

export function explainQuery(plan: Plan, snapshot: Snapshot, grouped: GroupedQuery, words: readonly WordPruning[], limits: Limits): string {
  return [
    explainPlan(plan, limits),
    '',
    `snapshot ${snapshotText(snapshot)}`,
    ...grouped.pruning.map((step) => `  after ${step.step}: ${step.segments} segments, ${step.bytes} bytes`),
    ...words.map(wordsText),
    '',
    `${grouped.groups.length} time groups, ${grouped.unitCount} units, about ${grouped.estimatedSamples} samples and ${grouped.estimatedBytes} bytes`,
    ...grouped.groups.slice(0, GROUPS_SHOWN).flatMap((group) => explainGroup(plan, group, grouped.unitsOf(group.index))),
    ...(grouped.groups.length > GROUPS_SHOWN ? [`  and ${grouped.groups.length - GROUPS_SHOWN} more groups`] : []),
  ].join('\n')
}

/** The index is asked for each unit when its turn has come; here for all of a leaf at once. */
function wordsText({ leaf, segments, segmentsLeft, rowGroups, rowGroupsLeft }: WordPruning): string {
  const skipped = `skips ${segments - segmentsLeft} segments and ${rowGroups - rowGroupsLeft} row groups`
  return `  word index of leaf ${leaf}: ${skipped}, leaves ${segmentsLeft} of ${segments} segments, ${rowGroupsLeft} of ${rowGroups} row groups`
}

function explainGroup(plan: Plan, group: TimeGroup, units: readonly WorkUnit[]): string[] {
  const shown = units.slice(0, UNITS_SHOWN).map((unit) => `    unit ${unit.id}: ${unit.segments.length} segments, about ${unit.estimatedSamples} samples`)
  const more = units.length > UNITS_SHOWN ? [`    and ${units.length - UNITS_SHOWN} more units`] : []
  return [`  group ${group.index}: ${timesOf(plan, group)}`, ...shown, ...more]
}

function timesOf(plan: Plan, group: TimeGroup): string {
  if (plan.entries !== undefined) return `entries from ${group.startNs} to ${group.endNs} ns`
  const run = gridSlice(plan.grid, group.firstStep, group.stepCount)
  const from = new Date(run.startMs).toISOString()
  return group.stepCount === 1 ? `1 step at ${from}` : `${group.stepCount} steps from ${from} to ${new Date(gridEnd(run)).toISOString()}`
}
