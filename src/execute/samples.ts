/** Metrics leaves in a unit: segments → samples by series → window function → accumulator. */
import { AnnotationList, type Annotate } from '../model/annotation.js'
import { NO_STATS } from '../model/block.js'
import type { LocalSegment, UnitResult } from '../model/engine.js'
import { hintReach, sampleReach } from '../model/leaf-steps.js'
import type { SampleLeaf, WorkUnit } from '../model/plan.js'
import { furtherColumns, type Chunk } from '../segment/segment.js'
import { bytesRead } from './bytes-read.js'
import type { UnitContext } from './context.js'
import { findSeries } from './found-series.js'
import { sampleRows } from './sample-rows.js'
import { sampleScan, type SampleBounds } from './sample-sql.js'
import { IntColumn, SampleStore } from './sample-store.js'
import { checkSeries, SERIES_PER_CHECK, type SampleWork, type SegmentScan } from './sample-work.js'
import { SeriesGroups } from './series-groups.js'
import { RunSink } from './run-sink.js'
import { SeriesSink } from './series-sink.js'
import type { Sink } from './sink.js'

/** The samples of all segments are gathered first, then evaluated series by series. */
export async function runSampleUnit(
  unit: WorkUnit,
  leaf: SampleLeaf,
  segments: readonly LocalSegment[],
  context: UnitContext,
): Promise<UnitResult> {
  if (leaf.window.kind === 'exists') return findSeries(unit, leaf, leaf.window.finds, segments, context)
  const bounds = boundsOf(unit, leaf)
  const scans = scansOf(segments, leaf, bounds)
  const annotations = new AnnotationList(unit.limits.annotationsMax)
  const counts = { rows: 0, samples: 0, series: 0 }
  const work: SampleWork = { unit, leaf, bounds, scans, context, sink: sinkOf(unit, leaf, annotations.add, context), counts }
  const started = context.now()
  const readMs = await gather(work)
  const block = work.sink.block()
  return {
    block,
    annotations: annotations.all,
    stats: {
      ...NO_STATS,
      segments: segments.length,
      rows: counts.rows,
      samples: counts.samples,
      bytes: bytesRead(unit, segments),
      seriesMatched: counts.series,
      readMs,
      computeMs: context.now() - started - readMs,
    },
  }
}

function sinkOf(unit: WorkUnit, leaf: SampleLeaf, annotate: Annotate, { checkCancelled }: UnitContext): Sink {
  if (leaf.window.kind === 'raw') return new RunSink(sampleReach(leaf, unit.grid))
  return new SeriesSink({ leaf, grid: unit.grid, limits: unit.limits }, checkCancelled, annotate)
}

/** Resolves with the time that reading took, in ms. */
async function gather({ unit, leaf, bounds, scans, context, sink, counts }: SampleWork): Promise<number> {
  const started = context.now()
  // A quarter more than the estimate, so that the buffers seldom have to move.
  context.buffers.reserve(Math.ceil(unit.estimatedSamples * 1.25), 0)
  const store = new SampleStore(bounds, leaf.hints, context.buffers)
  const groups = new SeriesGroups(leaf)
  const groupOf = new IntColumn()
  for (const { scan, rank } of scans) {
    const add = (chunk: Chunk): void => {
      counts.rows += chunk.rows
      store.add(sampleRows(chunk, scan), rank, (row) => groupOf.set(store.table.size - 1, groups.groupOf(chunk, row, scan.labels)))
      checkSeries(unit, store.seriesSeen)
    }
    await context.duckdb.visit(scan.query, add, { signal: context.signal })
  }
  const readMs = context.now() - started
  counts.samples = store.samples
  counts.series = store.seriesSeen
  let done = 0
  for (const series of store.table.inHashOrder()) {
    if (done++ % SERIES_PER_CHECK === 0) context.checkCancelled()
    if (store.isSeen(series)) sink.take(store.run(series), groupOf.values[series], groups.labels)
  }
  return readMs
}

/**
 * In the order of time, so that the rows of a series come in that order unless segments overlap. Where they do, the sample
 * of the later import counts, and within an import that of the later segment: the rank says which.
 */
function scansOf(segments: readonly LocalSegment[], leaf: SampleLeaf, bounds: SampleBounds): readonly SegmentScan[] {
  const ranks = new Map([...segments].sort(compareAge).map((local, rank) => [local, rank]))
  return [...segments]
    .sort((a, b) => Number(a.segment.timeMin - b.segment.timeMin) || compareAge(a, b))
    .flatMap((local) => {
      const scan = sampleScan(local.segment, local.path, leaf, bounds)
      return scan === undefined ? [] : [{ scan, rank: ranks.get(local) ?? 0 }]
    })
}

/** Catalog ids are decimal numbers in order of registration. */
function compareAge({ segment: a }: LocalSegment, { segment: b }: LocalSegment): number {
  return a.created - b.created || a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id))
}

function boundsOf({ grid, interval, segments }: WorkUnit, leaf: SampleLeaf): SampleBounds {
  const reach = sampleReach(leaf, grid)
  const anyHistogram = segments.some(({ layout }) => furtherColumns(layout).histograms)
  return { ...reach, readAfterMs: anyHistogram ? hintReach(leaf, grid).afterMs : reach.afterMs, interval }
}
