/** What `unwrap` reads in a unit: the values of each final label set, or group, in the order of time. */
import { logWork, type Pipeline } from '../language/language.js'
import type { RunsBlock } from '../model/block.js'
import type { LocalSegment } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { windowsAt } from '../model/nano-windows.js'
import type { LogValuesLeaf, WorkUnit } from '../model/plan.js'
import { quoteText, type Chunk } from '../segment/segment.js'
import { FieldValues, UnitPipelines } from './logs-pipelines.js'
import { LogRows, type LogUnitScan } from './logs-rows.js'
import { SeriesKeys, windowScan, type LineSource } from './logs-series.js'
import { SCAN_STREAM, SCAN_TS, type LogScan } from './logs-scan.js'
import { logScans } from './logs-sql.js'
import { StepFinder } from './logs-windows.js'
import { ReadValues } from './read-values.js'

/** Throws the error of an entry that has a value in a window, unless the query asks for errors, and `limit_exceeded` beyond unitPointsMax values. */
export async function readValues(unit: WorkUnit, leaf: LogValuesLeaf, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<RunsBlock> {
  try {
    return await read(unit, leaf, segments, scan, leaf.rowByRow ? 'from-lines' : 'from-columns')
  } catch (thrown) {
    // As of entries that are counted.
    if (QueryError.from(thrown).facts['class'] !== 'pipeline') throw thrown
    await read(unit, leaf, segments, { ...scan, streams: new Map() }, 'from-lines')
    throw thrown
  }
}

async function read(unit: WorkUnit, leaf: LogValuesLeaf, segments: readonly LocalSegment[], scan: LogUnitScan, source: LineSource): Promise<RunsBlock> {
  const windows = windowsAt(unit.grid, leaf)
  const work = logWork(leaf, quoteText, { limits: unit.limits, clock: scan.clock })
  const keys = new SeriesKeys(leaf, unit.limits)
  const pipelines = new UnitPipelines(work)
  const values = new ReadValues(unit.limits)
  const finder = new StepFinder(windows)
  for (const part of logScans(segments, windowScan(unit, leaf, windows, work, source))) {
    const rows = new LogRows(part, scan)
    const pipeline = pipelines.of(part)
    await scan.run(part, (chunk) => readChunk(chunk, rows, part, pipeline, finder, keys, values))
  }
  scan.checkCancelled()
  return values.block(keys.series.labels)
}

function readChunk(chunk: Chunk, rows: LogRows, scan: LogScan, pipeline: Pipeline, finder: StepFinder, keys: SeriesKeys, values: ReadValues): void {
  const times = chunk.words(SCAN_TS)
  const streams = chunk.words(SCAN_STREAM)
  const instants = pipeline.readsTime ? chunk.bigints(SCAN_TS) : undefined
  const arrivals = scan.arrival === undefined ? undefined : chunk.words(scan.arrival)
  const line = pipeline.readsLine ? scan.line : undefined
  const fields = new FieldValues(scan)
  rows.each(chunk, (row, stream) => {
    finder.find(times, row)
    if (finder.first > finder.last) return
    const text = line === undefined ? '' : (chunk.text(line, row) ?? '')
    const metadata = rows.metadata(chunk, row)
    if (!pipeline.process(text, stream, metadata, instants?.[row], fields.of(chunk, row))) return
    values.add(keys.seriesOf(pipeline, stream, metadata), times, streams, arrivals, row, pipeline.sample)
  })
}
