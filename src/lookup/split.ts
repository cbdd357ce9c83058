/**
 * A query cut into parts that are asked one by one: runs of its steps, or slices of its time, each like a group of the query, only made to be
 * about equal instead of to come early. Cuts follow from the plan, the statistics of the snapshot and what is asked, and change no answer.
 */
import { limitExceeded, type Limits } from '../model/limits.js'
import type { Leaf, Plan, TimeGroup } from '../model/plan.js'
import type { LookupResult, Segment } from '../model/segment.js'
import type { SplitBalance, SplitEstimate, SplitOptions } from '../model/split.js'
import { gridSlice, NANOS_PER_MS } from '../model/time.js'
import { Density } from './density.js'
import { leafShare } from './estimate.js'
import { leafReach, windowMs, type Reach } from './reach.js'
import { entryCuts } from './split-entries.js'
import { stepCuts, type RunBounds } from './split-steps.js'
import { runCosts, runReach, type RunCost } from './step-costs.js'
import { groupOf } from './step-groups.js'

export interface SplitQuestion {
  readonly plan: Plan
  /** In the order of the leaves. */
  readonly lookups: readonly LookupResult[]
  readonly options: SplitOptions
  readonly limits: Limits
  /** `whole`: its answer is not the sum of its parts. */
  readonly cut: 'anywhere' | 'whole'
}

/** In the order of the answer. Throws `limit_exceeded` by queryStepsMax if so few parts have more steps than one may have. */
export function splitGroups(question: SplitQuestion): readonly TimeGroup[] {
  const { plan, options } = question
  if (plan.entries !== undefined) return splitEntries(question, plan.entries)
  if (plan.grid.stepMs === 0) return [groupOf(plan, 0, 0, 1)]
  const bounds = runBounds(question)
  const fewest = Math.ceil(plan.grid.count / bounds.longest)
  if (fewest > bounds.most) throw limitExceeded({ queryStepsMax: options.stepsMax }, 'queryStepsMax', Math.ceil(plan.grid.count / bounds.most))
  const { cost, largest } = balanceOf(question)
  const cutsFor = (most: number): readonly number[] => stepCuts(plan.grid, cost, { ...bounds, most })
  const cuts = evenCuts({ most: bounds.most, fewest, cutsFor, cost, largest })
  return cuts.slice(1).map((end, at) => groupOf(plan, at, cuts[at], end - cuts[at]))
}

function splitEntries(question: SplitQuestion, { startNs, endNs, direction }: NonNullable<Plan['entries']>): readonly TimeGroup[] {
  const { lookups, options } = question
  const segments = lookups.flatMap((lookup) => lookup.segments)
  const shortestNs = BigInt(Math.ceil(options.minIntervalMs ?? 0)) * NANOS_PER_MS
  const density: Density<never> =
    options.balance === 'time' ? new Density<Reach>([{ timeMin: startNs, timeMax: endNs }], () => 1) : new Density(segments, amountOf(options.balance))
  const span = endNs - startNs
  const room = span === 0n ? 1 : shortestNs === 0n ? Infinity : Math.max(1, Number(span / shortestNs))
  const most = density.before(endNs) > density.before(startNs) ? Math.min(wantedParts(question), room) : 1
  const cutsFor = (parts: number): readonly bigint[] => entryCuts({ startNs, endNs }, parts, density, segments, shortestNs)
  const cost = (from: bigint, to: bigint): number => density.before(to) - density.before(from)
  const cuts = span === 0n ? [startNs, endNs] : evenCuts({ most, fewest: 1, cutsFor, cost, largest: largestOf(question) })
  const slices = cuts.slice(1).map((to, at) => [cuts[at], to])
  const ordered = direction === 'backward' ? slices.toReversed() : slices
  return ordered.map(([from, to], index) => ({ index, firstStep: 0, stepCount: 1, startNs: from, endNs: to }))
}

/** A window (afterNs, untilNs] cut into windows that follow one another, each of whole ms; the bounds of all, ascending. */
export function splitWindow(question: SplitQuestion, { afterNs, untilNs }: { readonly afterNs: bigint; readonly untilNs: bigint }): readonly bigint[] {
  const { lookups, options } = question
  const segments = lookups.flatMap((lookup) => lookup.segments)
  const range = { startNs: afterNs + 1n, endNs: untilNs + 1n }
  const density: Density<never> =
    options.balance === 'time' ? new Density<Reach>([{ timeMin: range.startNs, timeMax: untilNs }], () => 1) : new Density(segments, amountOf(options.balance))
  if (density.before(range.endNs) <= density.before(range.startNs)) return [afterNs, untilNs]
  const shortestNs = BigInt(Math.ceil(Math.max(1, options.minIntervalMs ?? 1))) * NANOS_PER_MS
  const cuts = entryCuts(range, wantedParts(question), density, segments, shortestNs)
  const inner = cuts.slice(1, -1).map((cut) => untilNs - ((untilNs - cut) / NANOS_PER_MS) * NANOS_PER_MS)
  return [afterNs, ...new Set(inner.filter((cut) => cut > afterNs && cut < untilNs)), untilNs]
}

/** What the window reads of the only leaf. */
export function windowEstimate({ plan, lookups }: Pick<SplitQuestion, 'plan' | 'lookups'>, afterNs: bigint, untilNs: bigint): SplitEstimate {
  const reach = { timeMin: afterNs + 1n, timeMax: untilNs }
  const share = (segment: Segment): number => leafShare(segment, plan.leaves[0])
  const touched = lookups.flatMap(({ segments }) => segments.filter((segment) => segment.timeMin <= untilNs && segment.timeMax > afterNs && share(segment) > 0))
  const within = (amount: (segment: Segment) => number): number => Math.round(new Density(touched, (segment) => amount(segment) * share(segment)).within(reach))
  return { bytes: within(({ bytes }) => bytes), rows: within(({ samples }) => samples), segments: touched.length }
}

interface EvenCuts<P> {
  readonly most: number
  readonly fewest: number
  readonly cutsFor: (parts: number) => readonly P[]
  readonly cost: (from: P, to: P) => number
  /** What the largest segment weighs. */
  readonly largest: number
}

/** The cuts into as many parts, at most, of which none weighs more than two of them do on average, and a segment: what stands in one place cannot be parted. */
function evenCuts<P>({ most, fewest, cutsFor, cost, largest }: EvenCuts<P>): readonly P[] {
  for (let parts = most; parts > fewest; ) {
    const cuts = cutsFor(parts)
    const costs = cuts.slice(1).map((end, at) => cost(cuts[at], end))
    const mean = costs.reduce((sum, each) => sum + each, 0) / costs.length
    if (Math.max(...costs) <= 2 * mean + largest) return cuts
    const fewer = Math.min(parts, costs.length)
    parts = fewer - Math.ceil(fewer / 16)
  }
  return cutsFor(fewest)
}

/** Lengths in steps. */
function runBounds(question: SplitQuestion): RunBounds {
  const { plan, options } = question
  const { count, stepMs } = plan.grid
  const minMs = options.minIntervalMs ?? Math.max(0, ...plan.leaves.map(windowMs))
  const longest = Math.min(count, options.stepsMax)
  const fewest = Math.ceil(count / longest)
  const shortest = Math.min(Math.floor(count / fewest), Math.max(1, Math.ceil(minMs / stepMs)))
  // More steps than one part may have are more reason to cut than short parts are not to; whoever says how many parts there may be is right.
  const most = options.splits === undefined && question.cut === 'anywhere' ? Math.max(fewest, wantedParts(question)) : wantedParts(question)
  return { most: Math.min(most, Math.max(fewest, Math.floor(count / shortest))), shortest, longest }
}

/** As many as asked, or as the targets tell; for what must not be cut, one. */
function wantedParts(question: SplitQuestion): number {
  const { options, limits, cut } = question
  if (cut === 'whole') return 1
  const asked = Math.min(options.splits ?? limits.splitPartsAutoMax, limits.splitPartsMax)
  const { bytes, rows } = wholeEstimate(question)
  const bytesTarget = options.targetBytes ?? (options.splits === undefined && options.targetRows === undefined ? limits.splitBytesTarget : Infinity)
  const byTargets = Math.max(Math.ceil(bytes / bytesTarget), Math.ceil(rows / (options.targetRows ?? Infinity)))
  const given = options.splits === undefined || options.targetBytes !== undefined || options.targetRows !== undefined
  return Math.max(1, given ? Math.min(asked, byTargets) : asked)
}

function amountOf(balance: Exclude<SplitBalance, 'time'>): (segment: Segment) => number {
  return balance === 'bytes' ? ({ bytes }) => bytes : ({ samples }) => samples
}

interface Balance {
  readonly cost: RunCost
  readonly largest: number
}

function balanceOf(question: SplitQuestion): Balance {
  const { plan, lookups, options } = question
  const byTime: Balance = { cost: (from, to) => to - from, largest: 0 }
  if (options.balance === 'time') return byTime
  const amount = amountOf(options.balance)
  const cost = runCosts(plan, lookups, (segment, leaf) => amount(segment) * leafShare(segment, leaf))
  // Of nothing all parts are alike.
  return cost(0, plan.grid.count) === 0 ? byTime : { cost, largest: largestOf(question) }
}

function largestOf({ lookups, options }: SplitQuestion): number {
  if (options.balance === 'time') return 0
  const amount = amountOf(options.balance)
  return lookups.reduce((most, { segments }) => segments.reduce((largest, segment) => Math.max(largest, amount(segment)), most), 0)
}

function wholeEstimate(question: SplitQuestion): SplitEstimate {
  const { plan } = question
  const { startNs, endNs } = plan.entries ?? { startNs: 0n, endNs: 0n }
  return estimateOf(question, { index: 0, firstStep: 0, stepCount: plan.grid.count, startNs, endNs })
}

/** What the query reads for the group. */
export function estimateOf({ plan, lookups }: Pick<SplitQuestion, 'plan' | 'lookups'>, group: TimeGroup): SplitEstimate {
  const touched = new Set<string>()
  let [bytes, rows] = [0, 0]
  plan.leaves.forEach((leaf, at) => {
    const { timeMin, timeMax } = groupReach(plan, leaf, group, lookups[at].segments)
    for (const segment of lookups[at].segments) {
      const from = segment.timeMin > timeMin ? segment.timeMin : timeMin
      const to = segment.timeMax < timeMax ? segment.timeMax : timeMax
      const ofLeaf = leafShare(segment, leaf)
      if (to < from || ofLeaf === 0) continue
      touched.add(segment.id)
      const share = (ofLeaf * Number(to - from + 1n)) / Number(segment.timeMax - segment.timeMin + 1n)
      bytes += segment.bytes * share
      rows += segment.samples * share
    }
  })
  return { bytes: Math.round(bytes), rows: Math.round(rows), segments: touched.size }
}

function groupReach(plan: Plan, leaf: Leaf, { firstStep, stepCount, startNs, endNs }: TimeGroup, found: readonly Segment[]): Reach {
  if (plan.entries !== undefined) return leafReach(leaf, plan.grid, { ...plan.entries, startNs, endNs })
  return runReach(leaf, gridSlice(plan.grid, firstStep, stepCount), found)
}
