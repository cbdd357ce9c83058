/** What of the model's samples an answer lacks when segments are left out of it: in a unit a series lies in one segment, told by its hash. */
import type { EndEvent, Watermark } from '../../src/model/event.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { STEP_MS, type Lake, type Scenario, type SimulatedQuery } from './scenario.js'
import { unitsOf, type Seen } from './truth.js'

/** Undefined: the series is there whatever is missing. */
function segmentOf({ segments }: WorkUnit, hash: number): string | undefined {
  return segments[Math.abs(hash) % segments.length]?.id
}

/** What a unit can find that may have been sent without some of its segments. */
export function lakeLeft(scenario: Scenario, unit: WorkUnit): Lake {
  const { lake, queries } = scenario
  const [leaf, group, part] = unit.id.split('.')
  const query = queries.find(({ text }) => text === unit.organisation)
  const whole = query === undefined ? undefined : unitsOf(scenario, query, Number(group)).find(({ id }) => id === `${leaf}.${group}.${part}`)
  if (whole === undefined || whole.segments.length === unit.segments.length) return lake
  const isThere = ({ hash }: { readonly hash: number }): boolean => unit.segments.some(({ id }) => id === segmentOf(whole, hash))
  return { ...lake, series: lake.series.filter(isThere), entries: lake.entries.filter(isThere) }
}

/** What the answer has, by what its end says that it lacks. */
export function seenIn(scenario: Scenario, query: SimulatedQuery, { missing }: EndEvent): Seen {
  const affected = new Map(missing?.named.map(({ segment, affected: ranges }) => [segment, ranges]))
  return (leafId, group, hash) => {
    const pinned = query.plan.leaves.some((leaf) => leaf.id === leafId && leaf.signal === 'metrics' && leaf.atMs !== undefined)
    const units = unitsOf(scenario, query, pinned ? 0 : group)
    const unit = units.find(({ leaf, interval }) => leaf.id === leafId && hash >= interval.from && hash < interval.to)
    const ranges = affected.get((unit && segmentOf(unit, hash)) ?? '') ?? []
    const { firstStep, startNs, endNs } = query.groups[group]
    const step = BigInt(firstStep * STEP_MS)
    const [from, to] = query.plan.entries === undefined ? [step, step] : [startNs, endNs - 1n]
    // A limit that is met cuts the last range short; what lies behind it is not compared.
    return !ranges.some(({ start, end }) => numberOf(start) <= to && numberOf(end) >= from)
  }
}

function numberOf(time: Watermark): bigint {
  return 'ms' in time ? BigInt(time.ms) : time.ns
}
