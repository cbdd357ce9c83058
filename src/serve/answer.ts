/** An answer that is not streamed: the events of a query collected, within a limit. */
import { hasValue } from '../language/language.js'
import type { EntriesBlock } from '../model/block.js'
import { QueryError } from '../model/error.js'
import type { Data, Missing, PlanEvent, QueryEvent, QueryStats, ResultType, ScalarData, SeriesData, StringData } from '../model/event.js'
import { samplesWorth, type NativeHistogram } from '../model/histogram.js'
import { compareLabels, labelsKey } from '../model/labels.js'
import { checkLimit, type Limits } from '../model/limits.js'
import { missingText } from './missing-text.js'
import { scalarSeries, type SeriesRows } from './result-json.js'

export interface Answer {
  readonly resultType: ResultType
  readonly plan: PlanEvent
  readonly groups: readonly Data[]
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  /** What tells that there were more remarks than are kept; undefined: there are no others. */
  readonly remarksCut: string | undefined
  /** What a partial answer lacks; undefined: it is whole. */
  readonly missing: Missing | undefined
  readonly stats: QueryStats
}

/** An error of a query, and whether it came before the plan: then the text is at fault, later the evaluation. */
export class AnswerError extends Error {
  readonly error: QueryError
  readonly planned: boolean

  constructor(error: QueryError, planned: boolean) {
    super(error.message, { cause: error })
    this.error = error
    this.planned = planned
  }
}

/** Reads the events to their end. Throws AnswerError; also `limit_exceeded` by queryResultPointsMax. */
export async function collectAnswer(events: AsyncIterable<QueryEvent>, limits: Limits): Promise<Answer> {
  let plan: PlanEvent | undefined
  try {
    const groups: Data[] = []
    const warnings = { warning: [] as string[], info: [] as string[] }
    let points = 0
    let remarksCut: string | undefined
    for await (const event of events) {
      switch (event.type) {
        case 'plan':
          plan = event
          break
        case 'data':
          points += pointsOf(event.data)
          checkLimit(limits, 'queryResultPointsMax', points)
          groups.push(event.data)
          break
        case 'warning':
          // What is missing is told whole at the end.
          if (event.missing === true) break
          if (event.cut === true) remarksCut = event.message
          else warnings[event.level].push(event.message)
          break
        case 'progress':
          break
        case 'error':
          throw new QueryError(event.error)
        case 'end': {
          if (plan === undefined) throw new Error('the query ended without a plan')
          return { resultType: plan.resultType, plan, groups, warnings: warnings.warning, infos: warnings.info, remarksCut, missing: event.missing, stats: event.stats }
        }
      }
    }
    throw new Error('the query stopped without end or error')
  } catch (thrown) {
    throw new AnswerError(QueryError.from(thrown), plan !== undefined)
  }
}

/** For `warnings`: what the answer lacks, if it does. */
export function missingTexts({ missing }: Answer): readonly string[] {
  return missing === undefined ? [] : [missingText(missing)]
}

function pointsOf(data: Data): number {
  switch (data.resultType) {
    case 'matrix':
    case 'vector':
      return data.block.present.length + worthOf(data.block.histograms)
    case 'scalar':
      return data.values.length
    case 'string':
      return 1
    case 'samples':
      return data.runs.t.length + worthOf(data.runs.histograms)
    case 'streams':
      return data.block.ts.length
  }
}

/** As many points as the room that histograms take. */
function worthOf(histograms: ReadonlyMap<number, NativeHistogram> | undefined): number {
  let points = 0
  for (const histogram of histograms?.values() ?? []) points += samplesWorth(histogram)
  return points
}

/** The series of all groups, each with its rows in the order of the groups; in label order. */
export function matrixOf(answer: Answer): SeriesRows[] {
  const series = new Map<string, { labels: SeriesRows['labels']; rows: SeriesRows['rows'][number][] }>()
  for (const data of seriesGroups(answer)) {
    const { block, grid } = data
    const inGroup = new Map<string, number>()
    for (let row = 0; row < block.labels.length; row++) {
      const bare = labelsKey(block.labels[row])
      const nth = inGroup.get(bare) ?? 0
      inGroup.set(bare, nth + 1)
      // LogQL's label_replace may leave several series with the same labels: each goes on from group to group by its place.
      const key = `${nth} ${bare}`
      const known = series.get(key)
      if (known === undefined) series.set(key, { labels: block.labels[row], rows: [{ block, grid, row }] })
      else known.rows.push({ block, grid, row })
    }
  }
  const filled = [...series.values()].filter(({ rows }) => rows.some(({ block, row }) => hasValue(block, row)))
  return filled.sort((a, b) => compareLabels(a.labels, b.labels))
}

/** The groups of a matrix or vector; a scalar counts as the series without labels. */
export function* seriesGroups(answer: Answer): Generator<SeriesData> {
  for (const data of answer.groups) {
    if (data.resultType === 'matrix' || data.resultType === 'vector') yield data
    if (data.resultType === 'scalar') yield scalarSeries(data)
  }
}

export function singleValue(answer: Answer): ScalarData | StringData | undefined {
  return answer.groups.find((data) => data.resultType === 'scalar' || data.resultType === 'string')
}

export function entryBlocks(answer: Answer): readonly EntriesBlock[] {
  return answer.groups.flatMap((data) => (data.resultType === 'streams' ? [data.block] : []))
}
