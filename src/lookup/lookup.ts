/**
 * The door of the room: plan and segments → time groups and work units.
 * Cuts come from the plan and the snapshot's statistics alone, never from who is alive or how many threads there are.
 */
import type { Catalog } from '../model/engine.js'
import { BYTES_PER_ENTRY, BYTES_PER_POINT, BYTES_PER_SERIES } from '../model/held.js'
import { isSteady, unitGrid } from '../model/leaf-steps.js'
import type { Limits } from '../model/limits.js'
import { limitExceeded } from '../model/limits.js'
import { leafNeedles, WHOLE_HASH, type Leaf, type Plan, type TimeGroup, type WorkUnit } from '../model/plan.js'
import type { LookupRequest, LookupResult, PruneStep, Segment, Snapshot } from '../model/segment.js'
import { gridSlice, type Grid } from '../model/time.js'
import { summaryClauses } from '../segment/segment.js'
import { entrySlices } from './entry-slices.js'
import { estimateBytes, estimateSamples, samplesWithin } from './estimate.js'
import { hashParts, logParts, touchesHashes, type UnitPart } from './parts.js'
import { estimateRun, stepGroups } from './step-groups.js'
import { furtherReach, leafReach, leafReading, type Reading } from './reach.js'
import { hashCuts } from './units.js'

export { affectedRanges } from './affected.js'
export { leafReach } from './reach.js'
export { estimateOf, splitGroups, splitWindow, windowEstimate, type SplitQuestion } from './split.js'

/** A query cut up: groups in the order of release, and the units of each. */
export interface GroupedQuery {
  readonly groups: readonly TimeGroup[]
  /** The units of a group, leaf by leaf, ascending in hash; made when asked for, always the same. */
  unitsOf(groupIndex: number): readonly WorkUnit[]
  readonly unitCount: number
  readonly pruning: readonly PruneStep[]
  readonly estimatedSamples: number
  readonly estimatedBytes: number
  /** About how many bytes of memory the blocks of a group take. */
  bytesOf(groupIndex: number): number
  /** That of its largest group. */
  readonly groupBytes: number
}

/** One lookup per leaf, in the order of the leaves. */
export function lookupRequests(plan: Plan, snapshot: Snapshot): readonly LookupRequest[] {
  return plan.leaves.map((leaf) => {
    const words = summaryClauses(leafNeedles(leaf))
    const request = { snapshot, signal: leaf.signal, matchers: leaf.matchers, ...leafReach(leaf, plan.grid, plan.entries) }
    return words.length === 0 ? request : { ...request, words }
  })
}

/**
 * What the catalog knows for each leaf, in the order of the leaves. Where that has histograms it is asked once more, for what their reset
 * hints are told by: floats are never looked up, let alone read, further back than windows go.
 */
export function lookUp(plan: Plan, snapshot: Snapshot, catalog: Pick<Catalog, 'lookup'>): Promise<readonly LookupResult[]> {
  const found = lookupRequests(plan, snapshot).map(async (request, at) => {
    const result = await catalog.lookup(request)
    const further = furtherReach(plan.leaves[at], plan.grid, result.segments)
    return withinHashes(further === undefined ? result : await catalog.lookup({ ...request, ...further }), plan.leaves[at])
  })
  return Promise.all(found)
}

/** Without the segments that have no series with a hash that the leaf reads. */
function withinHashes(result: LookupResult, { hashes }: Leaf): LookupResult {
  if (hashes === undefined) return result
  const segments = result.segments.filter((segment) => touchesHashes(segment, hashes))
  return { segments, pruning: [...result.pruning, { step: 'series hash', segments: segments.length, bytes: estimateBytes(segments) }] }
}

/** How a test cuts at random: given the plan's own cuts, other ones. */
export interface Cuts {
  groups(plan: Plan, lookups: readonly LookupResult[], limits: Limits): readonly TimeGroup[]
  /** How many hash intervals the units of a leaf in a group have. */
  parts(estimatedSamples: number, leaf: Leaf, limits: Limits): number
}

export const PLANNED_CUTS: Cuts = {
  groups: (plan, lookups, limits) => (plan.entries === undefined ? stepGroups(plan, lookups, limits) : entrySlices(plan, lookups, limits)),
  parts: hashCuts,
}

/** Throws `limit_exceeded` if the estimate is over querySamplesMax. `lookups` stand in the order of the leaves. */
export function groupQuery(
  plan: Plan,
  snapshot: Snapshot,
  lookups: readonly LookupResult[],
  limits: Limits,
  cuts: Cuts = PLANNED_CUTS,
): GroupedQuery {
  const groups = cuts.groups(plan, lookups, limits)
  const unitsOf = (index: number): readonly WorkUnit[] =>
    plan.leaves.flatMap((leaf, at) => leafUnits(plan, snapshot, leaf, groups[index], lookups[at].segments, limits, cuts))
  const estimatedSamples = sumOver(plan.leaves, (leaf, at) => wholeEstimate(plan, leaf, lookups[at].segments))
  if (estimatedSamples > limits.querySamplesMax) throw limitExceeded(limits, 'querySamplesMax', Math.round(estimatedSamples))
  const bytes = new Map<number, number>()
  const bytesOf = (index: number): number => {
    const known = bytes.get(index) ?? estimateGroupBytes(plan, lookups, groups, groups[index])
    bytes.set(index, known)
    return known
  }
  return {
    groups,
    unitsOf,
    unitCount: sumOver(groups, (group) => unitsOf(group.index).length),
    pruning: mergePruning(lookups),
    estimatedSamples: Math.round(estimatedSamples),
    estimatedBytes: estimateBytes(lookups.flatMap((lookup) => lookup.segments)),
    bytesOf,
    groupBytes: groups.length === 0 ? 0 : bytesOf(largest(groups).index),
  }
}

function estimateGroupBytes(plan: Plan, lookups: readonly LookupResult[], groups: readonly TimeGroup[], { firstStep, stepCount }: TimeGroup): number {
  if (plan.entries === undefined) {
    const { points, series } = estimateRun(plan, lookups, gridSlice(plan.grid, firstStep, stepCount))
    return Math.round(points * BYTES_PER_POINT + series * BYTES_PER_SERIES)
  }
  const entries = sumOver(plan.leaves, (leaf, at) => wholeEstimate(plan, leaf, lookups[at].segments)) / groups.length
  return Math.round(Math.min(entries, plan.entries.limit || Infinity)) * BYTES_PER_ENTRY
}

function largest(groups: readonly TimeGroup[]): TimeGroup {
  return groups.reduce((most, group) => (group.stepCount > most.stepCount ? group : most))
}

/** A leaf whose block is the same for every group is read once, in the first. */
function leafUnits(
  plan: Plan,
  snapshot: Snapshot,
  leaf: Leaf,
  group: TimeGroup,
  segments: readonly Segment[],
  limits: Limits,
  cuts: Cuts,
): readonly WorkUnit[] {
  if (isSteady(leaf) && group.index > 0) return []
  const steps = gridSlice(plan.grid, group.firstStep, group.stepCount)
  const grid = unitGrid(leaf, steps)
  const read = leafReading(leaf, steps, sliceOf(plan, group), segments)
  const estimate = estimateSamples(read.segments, leaf, read.reach)
  const parts = partsOf(leaf, read, cuts.parts(estimate, leaf, limits))
  const common = commonOf(plan, snapshot, leaf, group, grid, limits)
  return parts.map((part, index) => ({ ...common, ...part, id: `${leaf.id}.${group.index}.${index}`, estimatedSamples: Math.round(estimate / parts.length) }))
}

/** Only sums of entries add up over units that have parts of the time of one series. Parts without segments are left out. */
function partsOf(leaf: Leaf, { segments, reach }: Reading, parts: number): readonly UnitPart[] {
  const { accumulate: { accumulator }, hashes = WHOLE_HASH } = leaf
  const addsUp = accumulator === 'sum' || accumulator === 'samples' || accumulator === 'entries' || (leaf.signal === 'logs' && leaf.kind === 'streams')
  if (leaf.signal === 'logs' && addsUp) return logParts(segments, reach, hashes, parts, (segment) => samplesWithin(segment, reach))
  return hashParts(segments, hashes, parts)
}

type Common = Omit<WorkUnit, 'id' | 'segments' | 'interval' | 'estimatedSamples'>

function commonOf(plan: Plan, snapshot: Snapshot, leaf: Leaf, group: TimeGroup, grid: Grid, limits: Limits): Common {
  const entries = sliceOf(plan, group)
  return { organisation: snapshot.organisation, language: plan.language, leaf, group, grid, limits, ...(entries === undefined ? {} : { entries }) }
}

/** The request for entries, narrowed to the group's slice of time. Which entries an interval leaves out only all units together tell. */
function sliceOf(plan: Plan, group: TimeGroup): Plan['entries'] {
  if (plan.entries === undefined) return undefined
  const { limit, intervalNs } = plan.entries
  return { ...plan.entries, startNs: group.startNs, endNs: group.endNs, limit: intervalNs === undefined ? limit : 0 }
}

function wholeEstimate(plan: Plan, leaf: Leaf, segments: readonly Segment[]): number {
  const read = leafReading(leaf, plan.grid, plan.entries, segments)
  return estimateSamples(read.segments, leaf, read.reach)
}

/** Several leaves: the steps of each, one after the other, numbered by leaf. */
function mergePruning(lookups: readonly LookupResult[]): readonly PruneStep[] {
  if (lookups.length === 1) return lookups[0].pruning
  return lookups.flatMap((lookup, leaf) => lookup.pruning.map((step) => ({ ...step, step: `leaf ${leaf} ${step.step}` })))
}

function sumOver<T>(items: readonly T[], amount: (item: T, index: number) => number): number {
  return items.reduce((total, item, index) => total + amount(item, index), 0)
}
