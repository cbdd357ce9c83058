/** What `unwrap` reads in a unit: the values of each final label set, or group, in the order of time. */
import { compilePipeline, pushdown, type Pipeline } from '../language/language.js'
import type { RunsBlock } from '../model/block.js'
import type { LocalSegment } from '../model/engine.js'
import { limitExceeded, type Limits } from '../model/limits.js'
import type { LogValuesLeaf, WorkUnit } from '../model/plan.js'
import { NANOS_PER_MS } from '../model/time.js'
import { quoteText, type Chunk } from '../segment/segment.js'
import { LogRows, type LogUnitScan } from './logs-rows.js'
import { SeriesKeys, windowScan, windowsOf } from './logs-series.js'
import { logScans, SCAN_STREAM, SCAN_TS, type LogScan } from './logs-sql.js'
import { StepFinder } from './logs-windows.js'

/** Throws the error of an entry that has a value in a window, unless the query asks for errors, and `limit_exceeded` beyond unitPointsMax values. */
export async function readValues(unit: WorkUnit, leaf: LogValuesLeaf, segments: readonly LocalSegment[], scan: LogUnitScan): Promise<RunsBlock> {
  const windows = windowsOf(unit, leaf)
  const pushed = pushdown(leaf.stages, quoteText, leaf.quirks)
  const keys = new SeriesKeys(leaf.accumulate.grouping, unit.limits, leaf.unwrap.label)
  const pipeline = compilePipeline(pushed.rest, { needed: keys.needed, unwrap: leaf.unwrap, quirks: leaf.quirks, limits: unit.limits, clock: scan.clock })
  const request = windowScan(unit, leaf, windows, pipeline, pushed.predicates, pipeline.readsLine ? 'text' : 'none')
  const reader = new ValueReader(pipeline, new StepFinder(windows), keys, unit.limits)
  for (const part of logScans(segments, request)) {
    const rows = new LogRows(part, scan.streams)
    await scan.run(part.sql, (chunk) => reader.add(chunk, rows, part))
  }
  scan.checkCancelled()
  return reader.block()
}

/** Collects values in the order of the scans and sorts them at the end. */
class ValueReader {
  readonly #pipeline: Pipeline
  readonly #finder: StepFinder
  readonly #keys: SeriesKeys
  readonly #limits: Pick<Limits, 'unitPointsMax'>
  #size = 0
  #ts = new BigInt64Array(1 << 10)
  #stream = new BigInt64Array(1 << 10)
  #series = new Int32Array(1 << 10)
  #v = new Float64Array(1 << 10)

  constructor(pipeline: Pipeline, finder: StepFinder, keys: SeriesKeys, limits: Pick<Limits, 'unitPointsMax'>) {
    this.#pipeline = pipeline
    this.#finder = finder
    this.#keys = keys
    this.#limits = limits
  }

  add(chunk: Chunk, rows: LogRows, scan: LogScan): void {
    const pipeline = this.#pipeline
    const words = chunk.words(SCAN_TS)
    const times = chunk.bigints(SCAN_TS)
    const streams = chunk.bigints(SCAN_STREAM)
    const line = pipeline.readsLine ? scan.line : undefined
    rows.each(chunk, (row, stream) => {
      this.#finder.find(words, row)
      if (this.#finder.first > this.#finder.last) return
      const text = line === undefined ? '' : (chunk.text(line, row) ?? '')
      const metadata = rows.metadata(chunk, row)
      if (!pipeline.process(text, stream, metadata, times[row])) return
      this.#take(times[row], streams[row], this.#keys.seriesOf(pipeline, stream, metadata), pipeline.sample)
    })
  }

  #take(ts: bigint, stream: bigint, series: number, value: number): void {
    if (this.#size >= this.#limits.unitPointsMax) throw limitExceeded(this.#limits, 'unitPointsMax', this.#size + 1)
    if (this.#size === this.#v.length) this.#grow()
    this.#ts[this.#size] = ts
    this.#stream[this.#size] = stream
    this.#series[this.#size] = series
    this.#v[this.#size] = value
    this.#size++
  }

  #grow(): void {
    const size = 2 * this.#size
    this.#ts = longer(this.#ts, new BigInt64Array(size))
    this.#stream = longer(this.#stream, new BigInt64Array(size))
    this.#series = longer(this.#series, new Int32Array(size))
    this.#v = longer(this.#v, new Float64Array(size))
  }

  /** Series in the order of their first appearance. */
  block(): RunsBlock {
    const { labels } = this.#keys.series
    const order = Int32Array.from({ length: this.#size }, (_, i) => i).sort((a, b) => this.#compare(a, b))
    const starts = new Int32Array(labels.length + 1)
    const t = new Float64Array(this.#size)
    const nanos = new Int32Array(this.#size)
    const v = new Float64Array(this.#size)
    order.forEach((from, at) => {
      const ts = this.#ts[from]
      const rest = ((ts % NANOS_PER_MS) + NANOS_PER_MS) % NANOS_PER_MS
      t[at] = Number((ts - rest) / NANOS_PER_MS)
      nanos[at] = Number(rest)
      v[at] = this.#v[from]
      starts[this.#series[from] + 1] = at + 1
    })
    return { kind: 'runs', labels, starts, t, v, nanos }
  }

  /** Rows of one stream and time come from one scan, in the order of their arrival. */
  #compare(a: number, b: number): number {
    if (this.#series[a] !== this.#series[b]) return this.#series[a] - this.#series[b]
    if (this.#ts[a] !== this.#ts[b]) return this.#ts[a] < this.#ts[b] ? -1 : 1
    if (this.#stream[a] !== this.#stream[b]) return this.#stream[a] < this.#stream[b] ? -1 : 1
    return a - b
  }
}

function longer<A extends BigInt64Array | Int32Array | Float64Array>(from: A, into: A): A {
  into.set(from as never)
  return into
}
