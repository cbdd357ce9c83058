/** A query taken apart: planned, looked up and cut as one that is run, and each part made a query of its own. Nothing is read. */
import type { Features } from '../src/language/language.js'
import { estimateOf, splitGroups, splitWindow, windowEstimate, type SplitQuestion } from '../src/lookup/lookup.js'
import { badQuery } from '../src/model/error.js'
import type { QueryRequest } from '../src/model/event.js'
import type { Limits } from '../src/model/limits.js'
import type { Plan, TimeGroup } from '../src/model/plan.js'
import { snapshotText } from '../src/model/segment.js'
import type { QuerySplit, SplitMerge, SplitOptions, SplitRange } from '../src/model/split.js'
import { gridEnd, msToNs, nsToMs, stepTimeNs } from '../src/model/time.js'
import { parse } from '../src/parse/parse.js'
import { overWholeRange, windowParts } from '../src/plan/plan.js'
import type { QueryParts } from './query-parts.js'
import { snapshotOf } from './snapshot-of.js'
import { shardingOf, shardMerge, shardParts, timeQuestion, type Sharding } from './split-shards.js'
import { asksClock, wholeOnly } from './whole-only.js'

type SplitParts = Pick<QueryParts, 'prepare' | 'catalog' | 'lookUp' | 'groupQuery' | 'createEvaluator' | 'limits'>

/** Rejects as the query would before it is run. */
export async function splitQuery(parts: SplitParts, features: Features, request: QueryRequest, options: SplitOptions): Promise<QuerySplit> {
  const { limits, catalog } = parts
  if (request.shard !== undefined && options.shards !== undefined) throw badQuery('a shard is not cut into shards')
  const plan = parts.prepare({ ...request, stepsMax: Infinity })
  const snapshot = await snapshotOf(request, catalog)
  const lookups = await parts.lookUp(plan, snapshot, catalog)
  // What is too much for one query is not made less by asking for its parts.
  parts.groupQuery(plan, snapshot, lookups, limits)
  const pinned = { ...request, snapshot: snapshotText(snapshot) }
  const whole = wholeOnly(plan, parts)
  const question: SplitQuestion = { plan, lookups, options, limits, cut: whole === undefined ? 'anywhere' : 'whole' }
  const sharding = shardingOf(question, features)
  const added = options.merge === 'aggregate' ? splitOfWindow(pinned, question, sharding, features) : undefined
  if (added !== undefined) return added
  const groups = splitGroups(timeQuestion(question, sharding))
  const asked = sharding.kind === 'none' ? pinned : { ...pinned, text: sharding.how.text }
  const parted = groups.flatMap((group) => shardParts(partOf(asked, plan, group, { limits, features }), question, sharding, (of) => estimateOf(of, group)))
  return {
    resultType: plan.resultType,
    parts: parted,
    merge: mergeOf(plan, sharding),
    range: rangeOf(plan),
    snapshot: pinned.snapshot,
    warnings: [...(whole === undefined ? [] : [whole]), ...sharding.warnings, ...(options.merge === 'aggregate' && sharding.kind === 'none' ? [CONCAT_ONLY] : [])],
  }
}

const CONCAT_ONLY = 'the parts of this query are put one behind another: only instant queries over one window that adds up, and shards, are aggregated'

function mergeOf(plan: Plan, sharding: Sharding): SplitMerge {
  const order = plan.entries?.direction === 'backward' ? 'descending' : 'ascending'
  return sharding.kind === 'none' ? { op: 'concat', order } : shardMerge(sharding, order)
}

/** An instant query whose value is added up of those over parts of its window; undefined: it is none. */
function splitOfWindow(request: QueryRequest, question: SplitQuestion, sharding: Sharding, features: Features): QuerySplit | undefined {
  const { when, text, language } = request
  if (when.kind !== 'instant' || language !== 'logql' || asksClock(question.plan, question.limits)) return undefined
  const added = windowParts(text, parse(text, language, { limits: question.limits, features }))
  if (added === undefined) return undefined
  const untilNs = when.timeNs - added.offsetNs
  const bounds = splitWindow(timeQuestion(question, sharding), { afterNs: untilNs - added.rangeNs, untilNs })
  const parts = bounds.slice(1).flatMap((until, at) => {
    const one = bounds.length === 2 && added.divisor === undefined
    const part = one ? request : { ...request, text: added.text(until - bounds[at], when.timeNs - until) }
    return shardParts(part, question, sharding, (of) => windowEstimate(of, bounds[at], until))
  })
  const { op, divisor } = added
  return {
    resultType: 'vector',
    parts,
    merge: sharding.kind === 'none' ? { op, order: 'ascending', ...(divisor === undefined ? {} : { scale: 1 / divisor, divisor }) } : shardMerge(sharding, 'ascending'),
    range: { startNs: when.timeNs, endNs: when.timeNs },
    snapshot: request.snapshot ?? '',
    warnings: sharding.warnings,
  }
}

/** Asks for the group alone. */
function partOf(request: QueryRequest, plan: Plan, group: TimeGroup, enabled: { readonly limits: Limits; readonly features: Features }): QueryRequest {
  const { when } = request
  if (when.kind === 'instant') return request
  if (plan.entries !== undefined) return { ...request, when: { ...when, startNs: group.startNs, endNs: group.endNs } }
  const startNs = stepTimeNs(plan.grid, group.firstStep)
  const endNs = stepTimeNs(plan.grid, group.firstStep + group.stepCount - 1)
  const part = { ...request, when: { ...when, startNs, endNs } }
  if (request.language === 'logql' || (startNs === when.startNs && endNs === when.endNs)) return part
  const range = { startMs: plan.grid.startMs, endMs: nsToMs(when.endNs) }
  return { ...part, text: overWholeRange(request.text, parse(request.text, request.language, enabled), range) }
}

function rangeOf({ entries, grid }: Plan): SplitRange {
  if (entries !== undefined) return { startNs: entries.startNs, endNs: entries.endNs }
  const [startNs, endNs] = [stepTimeNs(grid, 0), msToNs(gridEnd(grid)) + BigInt(grid.startNanos)]
  return grid.stepMs === 0 ? { startNs, endNs } : { startNs, endNs, stepMs: grid.stepMs }
}
