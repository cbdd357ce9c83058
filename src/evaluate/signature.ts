/** Match groups: series that agree in the labels that a binary operator matches by. Numbered once per pair of blocks. */
import type { SeriesBlock } from '../model/block.js'
import type { Matching } from '../model/expr.js'
import { labelsKey, METRIC_NAME, onlyLabels, withoutLabels, type Labels } from '../model/labels.js'

export interface MatchGroups {
  readonly count: number
  /** The group of each series. */
  readonly left: Int32Array
  readonly right: Int32Array
}

export function matchGroups(left: SeriesBlock, right: SeriesBlock, matching: Matching): MatchGroups {
  const matched = matchedLabels(matching)
  const groups = new Map<string, number>()
  const groupOf = (labels: Labels): number => {
    const key = labelsKey(matched(labels))
    const known = groups.get(key)
    if (known !== undefined) return known
    groups.set(key, groups.size)
    return groups.size - 1
  }
  const ofLeft = Int32Array.from(left.labels, groupOf)
  const ofRight = Int32Array.from(right.labels, groupOf)
  return { count: groups.size, left: ofLeft, right: ofRight }
}

/** The labels that decide: those of `on`, or all but the metric name and those of `ignoring`. */
export function matchedLabels({ on, labels }: Matching): (labels: Labels) => Labels {
  const named = new Set(on ? labels : [...labels, METRIC_NAME])
  return on ? (all) => onlyLabels(all, named) : (all) => withoutLabels(all, named)
}
