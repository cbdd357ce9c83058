/** LogQL range aggregations in a unit: every entry that passes the pipeline counts for its label set, or for its group. */
import { compilePipeline, findAccumulator, pipelineError, pushdown, SAMPLES, type Pipeline } from '../language/language.js'
import type { SeriesBlock } from '../model/block.js'
import type { LocalSegment } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { compareLabels, compareUtf8, labelsKey, onlyLabels, withoutLabels, type Labels } from '../model/labels.js'
import { DEFAULT_LIMITS, limitExceeded } from '../model/limits.js'
import type { LogSampleLeaf, WorkUnit } from '../model/plan.js'
import { stepTimeNs, NANOS_PER_MS } from '../model/time.js'
import { quoteText, type Chunk } from '../segment/segment.js'
import { LogRows, type LogUnitScan } from './logs-rows.js'
import { logScans, SCAN_TS, type LogScan, type LogScanRequest } from './logs-sql.js'
import { StepFinder, WindowSums, type NanoWindows } from './logs-windows.js'
import { StateRows } from './state-rows.js'

/** Series between two looks at the cancelled flag. */
const SERIES_PER_CHECK = 512

/** What an entry adds to its windows, and whether the sum is taken per second. */
const RANGE_FUNCTIONS: ReadonlyMap<string, { readonly weight: 'one' | 'bytes'; readonly perSecond: boolean }> = new Map([
  ['count_over_time', { weight: 'one', perSecond: false }],
  ['rate', { weight: 'one', perSecond: true }],
  ['bytes_over_time', { weight: 'bytes', perSecond: false }],
  ['bytes_rate', { weight: 'bytes', perSecond: true }],
])

export async function countEntries(unit: WorkUnit, leaf: LogSampleLeaf, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<SeriesBlock> {
  const fn = RANGE_FUNCTIONS.get(leaf.fn)
  if (fn === undefined || leaf.unwrap !== undefined) {
    throw new QueryError({ code: 'internal', message: `unit ${unit.id} asks for ${leaf.fn}, which no unit can do` })
  }
  const windows = windowsOf(unit, leaf)
  const pushed = pushdown(leaf.stages, quoteText)
  const keys = new SeriesKeys(leaf, unit.seriesMax)
  const pipeline = compilePipeline(pushed.rest, { needed: keys.needed, clock: scan.clock })
  const request = requestOf(unit, leaf, windows, pipeline, pushed.predicates, fn.weight)
  const sums = new WindowSums(windows.count, fn.weight === 'bytes' ? 'weighted' : 'counted')
  const counter = new EntryCounter(pipeline, windows, keys, sums, fn.weight)
  for (const part of logScans(segments, request)) {
    const rows = new LogRows(part, scan.streams)
    await scan.run(part.sql, (chunk) => counter.add(chunk, rows, part))
  }
  const divisor = fn.perSecond ? Number(leaf.rangeNs) / 1e9 : 1
  return accumulated(leaf, windows, keys.series, sums, divisor, scan.checkCancelled)
}

function windowsOf(unit: WorkUnit, leaf: LogSampleLeaf): NanoWindows {
  const { grid } = unit
  return {
    end: stepTimeNs(grid, 0) - leaf.offsetNs,
    step: BigInt(grid.stepMs) * NANOS_PER_MS,
    range: leaf.rangeNs,
    count: grid.count,
  }
}

/** The line is read only if a stage looks at it, and only its length if bytes are all that counts. */
function requestOf(
  unit: WorkUnit,
  leaf: LogSampleLeaf,
  windows: NanoWindows,
  pipeline: Pipeline,
  linePredicates: readonly string[],
  weight: 'one' | 'bytes',
): LogScanRequest {
  const unread = weight === 'bytes' && !pipeline.altersLine ? 'bytes' : 'none'
  return {
    matchers: leaf.matchers,
    from: windows.end - windows.range + 1n,
    to: windows.end + windows.step * BigInt(windows.count - 1),
    interval: unit.interval,
    linePredicates,
    // The error of an entry is told with all labels of its stream.
    streamLabels: pipeline.canFail ? 'all' : pipeline.wanted,
    metadataLabels: withErrors(pipeline.wanted),
    line: pipeline.readsLine ? 'text' : unread,
  }
}

/** Metadata may carry an error already, which counts whether or not anybody asks for it. */
function withErrors(wanted: ReadonlySet<string> | 'all'): ReadonlySet<string> | 'all' {
  return wanted === 'all' ? 'all' : new Set([...wanted, '__error__', '__error_details__'])
}

/** Runs the entries of chunks through the pipeline and into the windows. */
class EntryCounter {
  readonly #pipeline: Pipeline
  readonly #finder: StepFinder
  readonly #keys: SeriesKeys
  readonly #sums: WindowSums
  readonly #weight: 'one' | 'bytes'

  constructor(pipeline: Pipeline, windows: NanoWindows, keys: SeriesKeys, sums: WindowSums, weight: 'one' | 'bytes') {
    this.#pipeline = pipeline
    this.#finder = new StepFinder(windows)
    this.#keys = keys
    this.#sums = sums
    this.#weight = weight
  }

  add(chunk: Chunk, rows: LogRows, scan: LogScan): void {
    const pipeline = this.#pipeline
    const times = chunk.words(SCAN_TS)
    const line = pipeline.readsLine ? scan.line : undefined
    const instants = pipeline.readsTime ? chunk.bigints(SCAN_TS) : undefined
    const lengths = this.#weight === 'bytes' && line === undefined && scan.line !== undefined ? chunk.words(scan.line) : undefined
    rows.each(chunk, (row, stream) => {
      this.#finder.find(times, row)
      const { first, last } = this.#finder
      if (first > last) return
      const text = line === undefined ? '' : (chunk.text(line, row) ?? '')
      const metadata = rows.metadata(chunk, row)
      if (!pipeline.process(text, stream, metadata, instants?.[row])) return
      const weight = this.#weight === 'one' ? 1 : lengths === undefined ? Buffer.byteLength(pipeline.line) : lengths[2 * row]
      this.#sums.add(this.#keys.seriesOf(pipeline, stream, metadata), first, last, weight)
    })
  }
}

/** Which series an entry counts for: its whole label set, or its group where the leaf adds groups up. */
class SeriesKeys {
  readonly series: LabelNumbers
  /** What a pipeline has to know of each entry. */
  readonly needed: ReadonlySet<string> | 'all'
  readonly #by: readonly string[] | undefined
  readonly #without: ReadonlySet<string>
  #lastStream: Labels | undefined
  #lastNumber = 0

  constructor(leaf: LogSampleLeaf, seriesMax: number) {
    const { accumulator, grouping } = leaf.accumulate
    // Only a sum over groups of entries is the sum of the entries; other accumulators take the values of whole series.
    const grouped = accumulator === 'sum'
    this.#by = grouped && !grouping.without ? [...new Set(grouping.labels)].sort(compareUtf8) : undefined
    this.#without = new Set(grouped && grouping.without ? grouping.labels : [])
    this.needed = this.#by === undefined ? 'all' : new Set(this.#by)
    this.series = new LabelNumbers(seriesMax)
  }

  /** Throws the error of an entry, unless the query asks for errors. */
  seriesOf(pipeline: Pipeline, stream: Labels, metadata: Labels): number {
    if (pipeline.error !== '' && !pipeline.asksForError) throw pipelineError(pipeline.labels().labels)
    if (metadata.length > 0 || !pipeline.unchanged) return this.series.numberOf(this.#labelsOf(pipeline))
    if (stream !== this.#lastStream) {
      this.#lastStream = stream
      this.#lastNumber = this.series.numberOf(this.#labelsOf(pipeline))
    }
    return this.#lastNumber
  }

  #labelsOf(pipeline: Pipeline): Labels {
    if (this.#by === undefined) return withoutLabels(pipeline.labels().labels, this.#without)
    const labels: string[] = []
    for (const name of this.#by) {
      const value = pipeline.value(name)
      if (value !== undefined) labels.push(name, value)
    }
    return labels
  }
}

/** Distinct label sets, numbered in the order of their first appearance. */
class LabelNumbers {
  readonly labels: Labels[] = []
  readonly #numbers = new Map<string, number>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  numberOf(labels: Labels): number {
    const key = labelsKey(labels)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.labels.length
    if (number >= this.#max) throw limitExceeded({ ...DEFAULT_LIMITS, querySeriesMax: this.#max }, 'querySeriesMax', number + 1)
    this.#numbers.set(key, number)
    this.labels.push(labels)
    return number
  }
}

/** The sums of every series as rows of the leaf's accumulator, series in the order of their labels. */
function accumulated(
  leaf: LogSampleLeaf,
  windows: NanoWindows,
  series: LabelNumbers,
  sums: WindowSums,
  divisor: number,
  checkCancelled: () => void,
): SeriesBlock {
  const { accumulator: name, grouping } = leaf.accumulate
  const accumulator = findAccumulator(name)
  if (accumulator === undefined && name !== SAMPLES) throw new QueryError({ code: 'internal', message: `unknown accumulator ${name}` })
  const names = new Set(grouping.labels)
  const groupOf = (labels: Labels): Labels => {
    if (name === 'sum') return labels
    return grouping.without ? withoutLabels(labels, names) : onlyLabels(labels, names)
  }
  const groups = new LabelNumbers(Infinity)
  const state = new StateRows(accumulator?.columns ?? [], windows.count)
  const values = new Float64Array(windows.count)
  const present = new Uint8Array(windows.count)
  const order = series.labels.map((_, number) => number).sort((a, b) => compareLabels(series.labels[a], series.labels[b]))
  for (const [done, number] of order.entries()) {
    if (done % SERIES_PER_CHECK === 0) checkCancelled()
    const labels = series.labels[number]
    sums.finish(number, divisor, values, present)
    if (accumulator === undefined) {
      state.append(labels, { values, present, histograms: new Map() })
      continue
    }
    const at = state.rowOf(groups.numberOf(groupOf(labels)), groups.labels)
    accumulator.add(state.state(), at, { values, present }, 0, windows.count)
  }
  return state.toBlock()
}
