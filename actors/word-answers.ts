/** What the word indexes of a unit's segments have said, and what of the segments is left to be read. */
import { NO_STATS, addStats, type UnitStats } from '../src/model/block.js'
import type { LocalSegment } from '../src/model/engine.js'
import type { Needles } from '../src/model/needles.js'
import { leafNeedles, type WorkUnit } from '../src/model/plan.js'
import type { RowRange, Segment } from '../src/model/segment.js'

/** Word indexes on local disk. */
export interface WordIndexes {
  /** Which rows of the segment may hold the needles. `path`: of its word index. Rejects with `corrupt_data`. */
  rowsLeft(segment: Segment, path: string, needles: Needles): Promise<RowsLeft>
}

export interface RowsLeft {
  readonly ranges: readonly RowRange[]
  readonly rowGroups: number
  readonly rowGroupsLeft: number
}

/** Of a unit, what its word indexes are asked with. */
export type Asked = Pick<WorkUnit, 'leaf' | 'segments'>

/** By segment object. */
export type WordAnswers = ReadonlyMap<string, RowsLeft>

export const NO_ANSWERS: WordAnswers = new Map()

type IndexedSegment = Segment & Required<Pick<Segment, 'wordIndex'>>

/** The word indexes to ask for a unit, as the cache knows them: objects with their bytes and checksums. Empty if there is nothing to ask. */
export function indexesToAsk(unit: Asked): readonly Segment[] {
  if (leafNeedles(unit.leaf).length === 0) return []
  return unit.segments.filter(hasWordIndex).map((segment) => ({ ...segment, ...segment.wordIndex }))
}

/** `indexes`: what indexesToAsk has named, on local disk. */
export async function askWordIndexes(unit: Asked, indexes: readonly LocalSegment[], asked: WordIndexes): Promise<WordAnswers> {
  const paths = new Map(indexes.map(({ segment, path }) => [segment.object, path]))
  const answers = unit.segments.filter(hasWordIndex).map(async (segment) => {
    const path = paths.get(segment.wordIndex.object) ?? ''
    return [segment.object, await asked.rowsLeft(segment, path, leafNeedles(unit.leaf))] as const
  })
  return new Map(await Promise.all(answers))
}

/** The segments of a unit of which anything is left. */
export function segmentsLeft(unit: Asked, answers: WordAnswers): readonly Segment[] {
  return unit.segments.filter(({ object }) => answers.get(object)?.rowGroupsLeft !== 0)
}

export function withRowsLeft(local: LocalSegment, answers: WordAnswers): LocalSegment {
  const left = answers.get(local.segment.object)
  return left === undefined || left.rowGroupsLeft === left.rowGroups ? local : { ...local, rows: left.ranges }
}

export function skippedBy(answers: WordAnswers): UnitStats {
  let stats = NO_STATS
  for (const { rowGroups, rowGroupsLeft } of answers.values()) {
    stats = addStats(stats, { ...NO_STATS, segmentsSkipped: rowGroupsLeft === 0 ? 1 : 0, rowGroupsSkipped: rowGroups - rowGroupsLeft })
  }
  return stats
}

function hasWordIndex(segment: Segment): segment is IndexedSegment {
  return segment.wordIndex !== undefined
}
