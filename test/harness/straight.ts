/** A query carried through the rooms in one thread, without actors: what the cuts of a plan are tested with. */
import { GroupsInFlight } from '../../actors/groups-in-flight.js'
import { dataOf, warningsOf, type Remark } from '../../actors/answer.js'
import { prepare } from '../../actors/prepare.js'
import { askWordIndexes, indexesToAsk, NO_ANSWERS, segmentsLeft, skippedBy, withRowsLeft, type WordAnswers } from '../../actors/word-answers.js'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import { runUnit, SampleBuffers, type UnitContext } from '../../src/execute/execute.js'
import { groupQuery, lookUp, type Cuts } from '../../src/lookup/lookup.js'
import { ALL_FEATURES, NO_QUIRKS, type Features, type Quirks } from '../../src/language/language.js'
import { AnswerEntries } from '../../src/merge/merge.js'
import { addStats, NO_STATS, type EntriesBlock, type SeriesBlock, type UnitStats } from '../../src/model/block.js'
import type { LocalSegment } from '../../src/model/engine.js'
import type { Data, QueryRequest } from '../../src/model/event.js'
import { labelsKey } from '../../src/model/labels.js'
import type { Limits } from '../../src/model/limits.js'
import type { LookupRequest, LookupResult, Segment } from '../../src/model/segment.js'
import type { Plan, WorkUnit } from '../../src/model/plan.js'
import { gridSlice } from '../../src/model/time.js'
import type { Pushdown } from '../../src/plan/plan.js'
import { WordIndexReader } from '../../src/segment/segment.js'
import { packBlock } from '../../src/wire/wire.js'
import { evaluated } from './evaluated.js'
import type { Lake } from './lake.js'

/** Segments of the lake as a query sees them: one generation a publish, ids in order. */
export function segmentsOf(lake: Lake): readonly Segment[] {
  const known = SEGMENTS.get(lake)
  if (known?.published.length === lake.published.length && known.published.every((publish, at) => publish === lake.published[at])) return known.segments
  let id = 0
  const segments = lake.published.flatMap((published, at) => published.map((segment) => ({ ...segment, id: String(++id), created: at + 1 })))
  SEGMENTS.set(lake, { published: [...lake.published], segments })
  return segments
}

const SEGMENTS = new WeakMap<Lake, { readonly published: Lake['published']; readonly segments: readonly Segment[] }>()

/** Only time prunes, so that nothing hides a mistake of the units. */
export function lookupByTime(segments: readonly Segment[], request: LookupRequest): LookupResult {
  const found = segments.filter(
    (segment) => segment.signal === request.signal && segment.timeMin <= request.timeMax && segment.timeMax >= request.timeMin,
  )
  return { segments: found, pruning: [] }
}

/** All that the language has. Whether an import keeps type and unit as labels is no matter of queries. */
export const TEST_FEATURES: Features = new Set([...ALL_FEATURES].filter((feature) => feature !== 'type-and-unit-labels'))

export interface Straight {
  readonly lake: Lake
  readonly duckdb: UnitContext['duckdb']
  readonly request: QueryRequest
  readonly limits: Limits
  readonly cuts?: Cuts
  readonly pushdown?: Pushdown
  /** TEST_FEATURES if left out. */
  readonly features?: Features
  /** None if left out. */
  readonly quirks?: Quirks
  /** Of whoever asks one query after the other. */
  readonly buffers?: SampleBuffers
}

export interface StraightAnswer {
  readonly plan: Plan
  /** Of each group, in order. */
  readonly results: readonly Data[]
  readonly remarks: readonly Remark[]
  /** What word indexes have left out. */
  readonly skipped: Pick<UnitStats, 'segmentsSkipped' | 'rowGroupsSkipped'>
}

/** The data of an answer. Throws what the query fails with. */
export async function runStraight(lake: Lake, duckdb: UnitContext['duckdb'], request: QueryRequest, limits: Limits, cuts?: Cuts): Promise<readonly Data[]> {
  return (await answerStraight({ lake, duckdb, request, limits, ...(cuts === undefined ? {} : { cuts }) })).results
}

/** The whole answer. Throws what the query fails with. */
export async function answerStraight({ lake, duckdb, request, limits, cuts, pushdown, features = TEST_FEATURES, quirks = NO_QUIRKS, buffers = new SampleBuffers() }: Straight): Promise<StraightAnswer> {
  const segments = segmentsOf(lake)
  const plan = prepare(request, limits, features, pushdown, quirks)
  const snapshot = { organisation: 'default', generation: lake.published.length }
  const lookups = await lookUp(plan, snapshot, { lookup: async (one) => lookupByTime(segments, one) })
  const grouped = groupQuery(plan, snapshot, lookups, limits, cuts)
  const flight = new GroupsInFlight(plan, grouped)
  const evaluator = createEvaluator(plan, limits)
  const context = { duckdb, buffers, signal: new AbortController().signal, checkCancelled: () => undefined, now: () => 0, clock: () => Date.now() }
  const results: Data[] = []
  const wordIndexes = new WordIndexReader()
  let skipped = NO_STATS
  const answer = new AnswerEntries(plan.entries ?? { limit: 0 })
  while (!flight.allOpened) {
    for (const unit of flight.open()) {
      const indexes = localCopies(lake, indexesToAsk(unit))
      const answers = indexes.length === 0 ? NO_ANSWERS : await askWordIndexes(unit, indexes, wordIndexes)
      skipped = addStats(skipped, skippedBy(answers))
      const { block, annotations } = await runUnit(unit, leftOf(lake, unit, answers), context)
      flight.push(unit.id, packBlock(block), annotations)
    }
    const released = flight.release()
    if (released === undefined) throw new Error('a group with all its blocks was not released')
    if (plan.entries !== undefined) {
      const block = released.blocks[0] as EntriesBlock
      results.push({ resultType: 'streams', block: answer.take(block) })
      if (answer.full) break
      continue
    }
    evaluator.annotations.addAll(released.annotations)
    const grid = gridSlice(plan.grid, released.group.firstStep, released.group.stepCount)
    results.push(dataOf(plan, grid, evaluated(evaluator.evaluateGroup(grid, released.blocks as readonly SeriesBlock[]))))
  }
  return { plan, results, remarks: warningsOf(plan, evaluator.annotations), skipped }
}

/** What word indexes leave of a unit, as the dispatcher would hand it to a thread. */
function leftOf(lake: Lake, unit: WorkUnit, answers: WordAnswers): readonly LocalSegment[] {
  return localCopies(lake, segmentsLeft(unit, answers)).map((local) => withRowsLeft(local, answers))
}

function localCopies(lake: Lake, segments: readonly Segment[]): readonly LocalSegment[] {
  return segments.map((segment) => ({ segment, path: lake.store.localPath(segment.object) ?? '' }))
}

/** Every entry of an answer, in order, as text. */
export function entriesOf(results: readonly Data[]): readonly string[] {
  return results.flatMap((data) => {
    if (data.resultType !== 'streams') throw new Error(`not entries: ${data.resultType}`)
    const { block } = data
    return block.line.map((line, i) => `${block.ts[i]} ${labelsKey(block.sets[block.set[i]].labels)} ${line}`)
  })
}
