/** LogQL range aggregations in a unit: every entry that passes the pipeline counts for its label set, or for its group. */
import { findAccumulator, logCountOf, logWork, SAMPLES, type Pipeline } from '../language/language.js'
import type { SeriesBlock } from '../model/block.js'
import type { LocalSegment } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { compareLabels, onlyLabels, withoutLabels, type Labels } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import { stepsOfTile, tilesOf, windowsAt, type NanoWindows, type Tiles } from '../model/nano-windows.js'
import type { LogSampleLeaf, WorkUnit } from '../model/plan.js'
import { quoteText, wordsNumber, type Chunk } from '../segment/segment.js'
import { FieldValues, UnitPipelines } from './logs-pipelines.js'
import { LogRows, TogetherRows, type LogUnitScan } from './logs-rows.js'
import { LabelNumbers, SeriesKeys, windowScan, type LineSource } from './logs-series.js'
import { SCAN_TS, type LogScan, type TogetherColumns } from './logs-scan.js'
import { logScans } from './logs-sql.js'
import { StepFinder, WindowSums } from './logs-windows.js'
import { StateRows } from './state-rows.js'

/** Series between two looks at the cancelled flag. */
const SERIES_PER_CHECK = 512

/**
 * A metric query fails with the error of one of its entries. Which one is told must not depend on what was read from columns, so that entries
 * are then gone through line by line.
 */
export async function countEntries(unit: WorkUnit, leaf: LogSampleLeaf, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<SeriesBlock> {
  try {
    return await count(unit, leaf, segments, scan, leaf.rowByRow ? 'from-lines' : 'from-columns')
  } catch (thrown) {
    if (QueryError.from(thrown).facts['class'] !== 'pipeline') throw thrown
    await count(unit, leaf, segments, { ...scan, streams: new Map() }, 'from-lines')
    throw thrown
  }
}

async function count(unit: WorkUnit, leaf: LogSampleLeaf, segments: readonly LocalSegment[], scan: LogUnitScan, source: LineSource): Promise<SeriesBlock> {
  const fn = logCountOf(leaf.fn)
  if (fn === undefined) {
    throw new QueryError({ code: 'internal', message: `unit ${unit.id} asks for ${leaf.fn}, which no unit can do` })
  }
  const windows = windowsAt(unit.grid, leaf)
  const work = logWork(leaf, quoteText, { limits: unit.limits, clock: scan.clock })
  const keys = new SeriesKeys(leaf, unit.limits)
  const pipelines = new UnitPipelines(work)
  const tiles = source === 'from-columns' && work.rows === 'together' ? tilesOf(windows) : undefined
  const plain = windowScan(unit, leaf, windows, work, source)
  const request = tiles === undefined ? plain : { ...plain, tiles }
  const sums = new WindowSums(windows.count, fn.weight === 'bytes' ? 'weighted' : 'counted', unit.limits)
  const counter = new EntryCounter(windows, keys, sums, fn.weight)
  for (const part of logScans(segments, request)) {
    const pipeline = pipelines.of(part)
    const { together } = part
    const rows = new LogRows(part, scan)
    if (together === undefined || tiles === undefined) await scan.run(part, (chunk) => counter.add(chunk, rows, part, pipeline))
    else {
      const streams = new TogetherRows(part)
      await scan.run(part, (chunk) => counter.addTogether(chunk, { rows, streams, tiles, columns: together }, part, pipeline))
    }
  }
  const divisor = fn.perSecond ? Number(leaf.rangeNs) / 1e9 : 1
  return accumulated(leaf, windows, keys.series, sums, divisor, unit.limits, scan.checkCancelled)
}

/** How rows that are taken together are read. */
interface Together {
  readonly rows: LogRows
  readonly streams: TogetherRows
  readonly tiles: Tiles
  readonly columns: TogetherColumns
}

/** Runs the entries of chunks through the pipeline and into the windows. */
class EntryCounter {
  readonly #windows: NanoWindows
  readonly #finder: StepFinder
  readonly #keys: SeriesKeys
  readonly #sums: WindowSums
  readonly #weight: 'one' | 'bytes'

  constructor(windows: NanoWindows, keys: SeriesKeys, sums: WindowSums, weight: 'one' | 'bytes') {
    this.#windows = windows
    this.#finder = new StepFinder(windows)
    this.#keys = keys
    this.#sums = sums
    this.#weight = weight
  }

  add(chunk: Chunk, rows: LogRows, scan: LogScan, pipeline: Pipeline): void {
    const times = chunk.words(SCAN_TS)
    const line = pipeline.readsLine ? scan.line : undefined
    const instants = pipeline.readsTime ? chunk.bigints(SCAN_TS) : undefined
    const lengths = this.#weight === 'bytes' && line === undefined && scan.line !== undefined ? chunk.integers(scan.line) : undefined
    const fields = new FieldValues(scan)
    rows.each(chunk, (row, stream) => {
      this.#finder.find(times, row)
      const { first, last } = this.#finder
      if (first > last) return
      const text = line === undefined ? '' : (chunk.text(line, row) ?? '')
      const metadata = rows.metadata(chunk, row)
      if (!pipeline.process(text, stream, metadata, instants?.[row], fields.of(chunk, row))) return
      const weight = this.#weight === 'one' ? 1 : lengths === undefined ? Buffer.byteLength(pipeline.line) : lengths[row]
      this.#sums.add(this.#keys.seriesOf(pipeline, stream, metadata), first, last, 1, weight)
    })
  }

  addTogether(chunk: Chunk, { rows, streams, tiles, columns }: Together, scan: LogScan, pipeline: Pipeline): void {
    const tile = chunk.integers(columns.tile)
    const entries = chunk.integers(columns.entries)
    const bytes = columns.bytes === undefined ? undefined : chunk.words(columns.bytes)
    const fields = new FieldValues(scan)
    for (let row = 0; row < chunk.rows; row++) {
      const { first, last } = stepsOfTile(tiles, tile[row], this.#windows.count)
      if (first > last) continue
      const stream = streams.streamOf(chunk, row)
      const metadata = rows.metadata(chunk, row)
      if (!pipeline.process('', stream, metadata, 0n, fields.of(chunk, row))) continue
      const weight = bytes === undefined ? entries[row] : wordsNumber(bytes, row)
      this.#sums.add(this.#keys.seriesOf(pipeline, stream, metadata), first, last, entries[row], weight)
    }
  }
}

/** The sums of every series as rows of the leaf's accumulator. Sums of whole numbers need no order; other accumulators take series in label order. */
function accumulated(
  leaf: LogSampleLeaf,
  windows: NanoWindows,
  series: LabelNumbers,
  sums: WindowSums,
  divisor: number,
  limits: Limits,
  checkCancelled: () => void,
): SeriesBlock {
  const { accumulator: name, grouping } = leaf.accumulate
  const accumulator = findAccumulator(name)
  if (accumulator === undefined && name !== SAMPLES) throw new QueryError({ code: 'internal', message: `unknown accumulator ${name}` })
  const names = new Set(grouping.labels)
  const groups = new LabelNumbers(limits)
  const state = new StateRows(accumulator?.columns ?? [], windows.count, limits)
  const values = new Float64Array(windows.count)
  const present = new Uint8Array(windows.count)
  const inUnits = accumulator === undefined || name === 'sum'
  const order = inUnits ? series.labels.keys() : labelOrder(series.labels)
  for (const number of order) {
    if (number % SERIES_PER_CHECK === 0) checkCancelled()
    const labels = series.labels[number]
    sums.finish(number, divisor, values, present)
    if (accumulator === undefined) {
      state.append(labels, { values, present, histograms: new Map() })
      continue
    }
    // For a sum the series are its groups already.
    const group = inUnits ? number : groups.numberOf(grouping.without ? withoutLabels(labels, names) : onlyLabels(labels, names))
    const at = state.rowOf(group, inUnits ? series.labels : groups.labels)
    accumulator.add(state.state(), at, { values, present }, 0, windows.count)
  }
  return state.toBlock()
}

function labelOrder(labels: readonly Labels[]): readonly number[] {
  return labels.map((_, number) => number).sort((a, b) => compareLabels(labels[a], labels[b]))
}
