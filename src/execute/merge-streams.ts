/** The segments of a unit read side by side, each sorted by series: one series at a time, whatever the size of the unit. */
import { setMaxListeners } from 'node:events'
import type { Chunk, ChunkStream } from '../segment/segment.js'
import { RunBuilder } from './run-builder.js'
import { anyAfter, firstAfter, sampleRows, type SampleRows } from './sample-rows.js'
import type { SampleScan } from './sample-sql.js'
import { checkSeries, SERIES_PER_CHECK, type SampleWork, type SegmentScan } from './sample-work.js'
import { SeriesGroups } from './series-groups.js'

/** One scan and the row that it has come to; `chunk` is undefined at its end. */
interface Cursor {
  readonly stream: ChunkStream
  readonly scan: SampleScan
  readonly rank: number
  chunk: Chunk | undefined
  rows: SampleRows | undefined
  row: number
  high: number
  low: number
}

/** Resolves with the time that waiting for rows took, in ms. */
export async function mergeStreams(work: SampleWork): Promise<number> {
  const { context } = work
  const cursors: Cursor[] = []
  // Each scan listens for the signal, and Node takes more than ten listeners for a leak.
  setMaxListeners(work.scans.length + 10, context.signal)
  try {
    const open = async ({ scan, rank }: SegmentScan): Promise<Cursor> => {
      const stream = await context.duckdb.stream(scan.sql, { signal: context.signal })
      return { stream, scan, rank, chunk: undefined, rows: undefined, row: 0, high: 0, low: 0 }
    }
    const opened = await Promise.allSettled(work.scans.map(open))
    for (const one of opened) if (one.status === 'fulfilled') cursors.push(one.value)
    const failed = opened.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return await mergeCursors(work, cursors)
  } finally {
    for (const cursor of cursors) await cursor.stream.close()
  }
}

async function mergeCursors(work: SampleWork, cursors: readonly Cursor[]): Promise<number> {
  const { context, leaf, unit, counts } = work
  const groups = new SeriesGroups(leaf)
  const builder = new RunBuilder(leaf.hints, work.bounds.afterMs)
  let waitedMs = 0
  const refill = async (cursor: Cursor): Promise<void> => {
    const started = context.now()
    await nextChunk(cursor)
    counts.rows += cursor.rows?.rows ?? 0
    waitedMs += context.now() - started
  }
  for (const cursor of cursors) await refill(cursor)
  for (let least = leastCursor(cursors); least !== undefined; least = leastCursor(cursors)) {
    const emptied = takeSeries(work, cursors, least, groups, builder)
    if (counts.series % SERIES_PER_CHECK === 0) {
      context.checkCancelled()
      checkSeries(unit, counts.series)
    }
    for (const cursor of emptied) await refill(cursor)
  }
  checkSeries(unit, counts.series)
  return waitedMs
}

const NONE_EMPTIED: readonly Cursor[] = []

/** Hands the series of the least cursor on, with its rows of all segments; returns the cursors that are at the end of their chunk. */
function takeSeries(work: SampleWork, cursors: readonly Cursor[], least: Cursor, groups: SeriesGroups, builder: RunBuilder): readonly Cursor[] {
  const { high, low } = least
  const { bounds, sink, counts } = work
  let group = -1
  let emptied = NONE_EMPTIED
  builder.reset()
  for (const cursor of cursors) {
    const { chunk, rows } = cursor
    if (chunk === undefined || rows === undefined || cursor.high !== high || cursor.low !== low) continue
    const first = firstAfter(rows, cursor.row, bounds.readAfterMs)
    const last = firstAfter(rows, cursor.row, bounds.untilMs)
    if (first < last) {
      if (group < 0 && anyAfter(rows, last, bounds.afterMs)) group = groups.groupOf(chunk, cursor.row, cursor.scan.labels)
      builder.add(rows, cursor.row, first, last, cursor.rank)
    }
    if (!advance(cursor)) emptied = [...emptied, cursor]
  }
  if (group >= 0) {
    const run = builder.run()
    counts.samples += run.end - run.start
    counts.series++
    sink.take(run, group, groups.labels)
  }
  return emptied
}

/** The cursor whose series comes first by hash; undefined when all are at their end. */
function leastCursor(cursors: readonly Cursor[]): Cursor | undefined {
  let least: Cursor | undefined
  for (const cursor of cursors) {
    if (cursor.rows === undefined) continue
    if (least === undefined || cursor.high < least.high || (cursor.high === least.high && cursor.low >>> 0 < least.low >>> 0)) least = cursor
  }
  return least
}

/** Moves to the next row; false at the end of the chunk. */
function advance(cursor: Cursor): boolean {
  cursor.row++
  return place(cursor)
}

function place(cursor: Cursor): boolean {
  const { rows } = cursor
  if (rows === undefined || cursor.row >= rows.rows) return false
  cursor.high = rows.series[cursor.row * 2 + 1]
  cursor.low = rows.series[cursor.row * 2]
  return true
}

async function nextChunk(cursor: Cursor): Promise<void> {
  cursor.chunk = await cursor.stream.next()
  cursor.rows = cursor.chunk === undefined ? undefined : sampleRows(cursor.chunk, cursor.scan)
  cursor.row = 0
  place(cursor)
}
