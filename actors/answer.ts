/** From what the root gives for a group to what the reader receives. */
import { annotationText, type RootValue } from '../src/language/language.js'
import type { GroupedQuery } from '../src/lookup/lookup.js'
import type { AnnotationList } from '../src/model/annotation.js'
import { seriesBlock, type RunsBlock, type SeriesBlock } from '../src/model/block.js'
import type { Data, MissingSegment, PlanEvent, WarningEvent, Watermark } from '../src/model/event.js'
import type { Plan, TimeGroup } from '../src/model/plan.js'
import { NO_LABELS } from '../src/model/labels.js'
import { snapshotText, type Snapshot } from '../src/model/segment.js'
import { gridEnd, stepTimeNs, type Grid } from '../src/model/time.js'

/** What the reader is told before anything else. */
export function planEventOf(queryId: string, { plan, place, snapshot, grouped }: Planned): PlanEvent {
  return {
    type: 'plan',
    id: place.startId,
    queryId,
    resultType: plan.resultType,
    grid: plan.grid,
    snapshot: snapshotText(snapshot),
    groups: grouped.groups.length,
    units: grouped.unitCount,
    pruning: grouped.pruning,
    estimatedSamples: grouped.estimatedSamples,
    estimatedBytes: grouped.estimatedBytes,
    ...(place.resumed ? { resumed: true } : {}),
  }
}

interface Planned {
  readonly plan: Plan
  readonly place: { readonly startId: string; readonly resumed: boolean }
  readonly snapshot: Snapshot
  readonly grouped: GroupedQuery
}

/** The value of the root over the steps of `grid`, in the shape of the plan's result. */
export function dataOf(plan: Plan, grid: Grid, value: RootValue): Data {
  switch (value.type) {
    case 'string':
      return { resultType: 'string', grid, value: value.value }
    case 'scalar':
      if (plan.resultType === 'scalar') return { resultType: 'scalar', grid, values: value.values }
      return { resultType: seriesShape(plan), grid, block: oneSeries(value.values), ordered: false }
    case 'runs':
      return { resultType: 'samples', runs: answerRuns(value.block) }
    case 'vector':
      return { resultType: seriesShape(plan), grid, block: value.block, ordered: value.ordered }
  }
}

/** Series without a sample are no part of an answer, nor is when a counter began. */
function answerRuns({ labels, starts, t, v, histograms }: RunsBlock): RunsBlock {
  const filled = labels.map((_, series) => series).filter((series) => starts[series + 1] > starts[series])
  const ends = filled.map((series) => starts[series + 1])
  const block = { kind: 'runs', labels: filled.map((series) => labels[series]), starts: Int32Array.from([0, ...ends]), t, v } as const
  return histograms === undefined ? block : { ...block, histograms }
}

/** Everything up to here, in the direction of the query, is in the answer once the group is. */
export function watermarkOf(plan: Plan, group: TimeGroup, grid: Grid): Watermark {
  if (plan.entries !== undefined) return { ns: plan.entries.direction === 'forward' ? group.endNs : group.startNs }
  if (grid.startNanos !== 0) return { ns: stepTimeNs(grid, grid.count - 1) }
  return { ms: gridEnd(grid) }
}

function seriesShape(plan: Plan): 'vector' | 'matrix' {
  return plan.resultType === 'vector' ? 'vector' : 'matrix'
}

/** A scalar over a range is a series without labels. */
function oneSeries(values: Float64Array<ArrayBuffer>): SeriesBlock {
  const block = seriesBlock([NO_LABELS], values.length)
  block.values.set(values)
  block.present.fill(1)
  return block
}

export type Remark = Omit<WarningEvent, 'id'>

/** Remarks as the reader gets them: with the place in the text where the language has one, as Prometheus writes it. */
export function warningsOf(plan: Pick<Plan, 'language' | 'text'>, annotations: AnnotationList): readonly Remark[] {
  const events = annotations.all.map((annotation): Remark => ({ type: 'warning', level: annotation.level, message: annotationText(annotation, plan.text) }))
  if (!annotations.full) return events
  const message = `only ${events.length} remarks are kept, there may be more (setting limits.annotationsMax)`
  return [...events, { type: 'warning', level: 'warning', message, cut: true }]
}

/** What the answer lacks from the next data on. `id`: of what came before. */
export function missingWarning(segments: readonly MissingSegment[], id: string): WarningEvent {
  const [{ segment, key, message }] = segments
  const others = segments.length > 1 ? ` and ${segments.length - 1} more` : ''
  const told = `the answer is partial from here on: segment ${segment} (${key})${others} cannot be read: ${message}`
  return { type: 'warning', id, level: 'warning', message: told, missing: true }
}
