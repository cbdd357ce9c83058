/** Cuts of a query that no planner would make: groups of any length, slices at any time, a few units for each leaf. */
import { groupOf } from '../../src/lookup/step-groups.js'
import type { Cuts } from '../../src/lookup/lookup.js'
import type { TimeGroup } from '../../src/model/plan.js'
import type { Seeded } from '../../benchmarks/seeded.js'

/** Every grid in runs of one to all of its steps. */
export function randomGroups(random: Seeded): Cuts['groups'] {
  return (plan) => {
    const groups: TimeGroup[] = []
    for (let first = 0; first < plan.grid.count; ) {
      const count = Math.min(1 + random.below(1 + random.below(plan.grid.count)), plan.grid.count - first)
      groups.push(groupOf(plan, groups.length, first, count))
      first += count
    }
    return groups
  }
}

/** The time of a log query in up to seven slices; none where there is nothing to read. */
export function randomSlices(random: Seeded): Cuts['groups'] {
  return (plan, lookups) => {
    if (plan.entries === undefined || lookups.every((lookup) => lookup.segments.length === 0)) return []
    const { startNs, endNs, direction } = plan.entries
    const inner = Array.from({ length: random.below(6) }, () => startNs + BigInt(Math.floor(random.next() * Number(endNs - startNs))))
    const bounds = [...new Set([startNs, ...inner, endNs])].sort((a, b) => Number(a - b))
    const slices = bounds.length === 1 ? [[startNs, endNs]] : bounds.slice(1).map((bound, at) => [bounds[at], bound])
    const ordered = direction === 'forward' ? slices : slices.toReversed()
    return ordered.map(([from, to], index) => ({ index, firstStep: 0, stepCount: 1, startNs: from, endNs: to }))
  }
}

/** Groups or slices, whichever the query has; one in three leaves of a group is cut into up to `partsMost` units. */
export function randomCuts(random: Seeded, partsMost: number): Cuts {
  const [groups, slices] = [randomGroups(random), randomSlices(random)]
  return {
    groups: (plan, lookups, limits) => (plan.entries === undefined ? groups(plan, lookups, limits) : slices(plan, lookups, limits)),
    parts: () => (random.below(3) === 0 ? 1 + random.below(partsMost) : 1),
  }
}
