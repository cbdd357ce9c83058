/** Which series an aggregation puts together. */
import type { Grouping } from '../model/expr.js'
import { labelsKey, METRIC_NAME, onlyLabels, withoutLabels, type Labels } from '../model/labels.js'

export interface SeriesGroups {
  /** Of the results: in the order in which the groups first appear. */
  readonly labels: readonly Labels[]
  /** The group of each series. */
  readonly of: Int32Array
}

export function groupSeries(labels: readonly Labels[], grouping: Grouping): SeriesGroups {
  const grouped = groupLabels(grouping)
  const found = new Map<string, number>()
  const results: Labels[] = []
  const of = Int32Array.from(labels, (set) => {
    const kept = grouped(set)
    const key = labelsKey(kept)
    const known = found.get(key)
    if (known !== undefined) return known
    found.set(key, results.length)
    return results.push(kept) - 1
  })
  return { labels: results, of }
}

/** `without` takes the metric name off, too. */
export function groupLabels({ without, labels }: Grouping): (labels: Labels) => Labels {
  const named = new Set(without ? [...labels, METRIC_NAME] : labels)
  return without ? (all) => withoutLabels(all, named) : (all) => onlyLabels(all, named)
}

/** The series of each group, in their order. */
export function membersOf({ labels, of }: SeriesGroups): readonly (readonly number[])[] {
  const members = labels.map((): number[] => [])
  of.forEach((group, s) => members[group].push(s))
  return members
}
