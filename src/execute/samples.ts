/** Metrics leaves in a unit: segments → samples by series → window function → accumulator. */
import { findAccumulator, findFunction, SAMPLES, type Accumulator, type RangeFunction, type Windows } from '../language/language.js'
import type { SeriesBlock } from '../model/block.js'
import type { LocalSegment, UnitResult } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { labelsFrom, labelsKey, type Labels } from '../model/labels.js'
import { DEFAULT_LIMITS, limitExceeded } from '../model/limits.js'
import type { SampleLeaf, WorkUnit } from '../model/plan.js'
import type { LabelColumn } from '../model/segment.js'
import { gridEnd } from '../model/time.js'
import { wordsOf, type Chunk } from '../segment/segment.js'
import { bytesRead } from './bytes-read.js'
import type { UnitContext } from './context.js'
import { newestSamples, withoutStale } from './instant.js'
import { StateRows } from './state-rows.js'
import { FIRST_LABEL, SCAN_SERIES, SCAN_STALE, SCAN_TS, SCAN_VALUE, sampleScan, type SampleBounds } from './sample-sql.js'
import { SampleStore, type GatheredRun, type SampleRows } from './sample-store.js'
import { compileSeriesOps } from './series-ops.js'

/** Series between two looks at the cancelled flag: about 10 ms of work at the most. */
const SERIES_PER_CHECK = 512

export async function runSampleUnit(
  unit: WorkUnit,
  leaf: SampleLeaf,
  segments: readonly LocalSegment[],
  context: UnitContext,
): Promise<UnitResult> {
  const bounds = boundsOf(unit, leaf)
  const store = sampleStore(unit, bounds, context)
  const gathered = new GatheredLabels(leaf)
  const started = context.now()
  let rows = 0
  const ranks = ageRanks(segments)
  for (const local of inTimeOrder(segments)) {
    const rank = ranks.get(local) ?? 0
    const scan = sampleScan(local.segment, local.path, leaf, bounds)
    if (scan === undefined) continue
    const add = (chunk: Chunk): void => {
      rows += chunk.rows
      store.add(sampleRows(chunk), rank, (row) => gathered.add(chunk, row, scan.labels))
      if (store.table.size > unit.seriesMax) throw tooManySeries(unit.seriesMax, store.table.size)
    }
    await context.duckdb.scan(scan.sql, add, { signal: context.signal })
  }
  const read = context.now()
  const block = evaluateSeries(unit, leaf, store, gathered, context)
  return {
    block,
    stats: {
      segments: segments.length,
      rows,
      samples: store.samples,
      bytes: bytesRead(unit, segments),
      seriesMatched: store.table.size,
      readMs: read - started,
      computeMs: context.now() - read,
    },
  }
}

/** A quarter more than the estimate, so that the buffers seldom have to move. */
function sampleStore(unit: WorkUnit, bounds: SampleBounds, context: UnitContext): SampleStore {
  context.buffers.reserve(Math.ceil(unit.estimatedSamples * 1.25), 0)
  return new SampleStore(bounds.afterMs, bounds.untilMs, context.buffers)
}

/** Scanned in this order, the rows of a series come in the order of time, unless segments overlap. */
function inTimeOrder(segments: readonly LocalSegment[]): readonly LocalSegment[] {
  return [...segments].sort((a, b) => Number(a.segment.timeMin - b.segment.timeMin) || compareAge(a, b))
}

/** Where segments overlap the sample of the later import counts, and within an import that of the later segment. */
function ageRanks(segments: readonly LocalSegment[]): ReadonlyMap<LocalSegment, number> {
  return new Map([...segments].sort(compareAge).map((local, rank) => [local, rank]))
}

/** Catalog ids are decimal numbers in order of registration. */
function compareAge({ segment: a }: LocalSegment, { segment: b }: LocalSegment): number {
  return a.created - b.created || a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id))
}

function boundsOf(unit: WorkUnit, leaf: SampleLeaf): SampleBounds {
  const { grid } = unit
  return {
    afterMs: grid.startMs - leaf.offsetMs - windowOf(leaf),
    untilMs: gridEnd(grid) - leaf.offsetMs,
    interval: unit.interval,
  }
}

function windowOf(leaf: SampleLeaf): number {
  return leaf.window.kind === 'instant' ? leaf.window.lookbackMs : leaf.window.rangeMs
}

function sampleRows(chunk: Chunk): SampleRows {
  const ts = chunk.lists(SCAN_TS, 'BIGINT')
  const stale = chunk.lists(SCAN_STALE, 'INTEGER')
  return {
    rows: chunk.rows,
    series: chunk.words(SCAN_SERIES),
    ts,
    tsWords: wordsOf(ts.child),
    value: chunk.lists(SCAN_VALUE, 'DOUBLE'),
    staleAt: (row) => {
      const from = stale.offsets[row]
      return stale.lengths[row] === 0 ? undefined : stale.child.slice(from, from + stale.lengths[row])
    },
  }
}

/** The labels of each series, by its number; series of one accumulator group share one. */
class GatheredLabels {
  readonly #dropped: string
  readonly #alone: boolean
  /** Groups by the texts of the wanted columns; the columns differ from segment to segment. */
  #columns: readonly LabelColumn[] = []
  #byTexts = new Map<string, number>()
  readonly #byLabels = new Map<string, number>()
  readonly groupLabels: Labels[] = []
  readonly groupOf: number[] = []

  constructor(leaf: SampleLeaf) {
    this.#alone = leaf.accumulate.accumulator === SAMPLES
    this.#dropped = leaf.dropsName ? '__name__' : ''
  }

  add(chunk: Chunk, row: number, columns: readonly LabelColumn[]): void {
    if (this.#alone) {
      this.groupOf.push(this.groupLabels.length)
      this.groupLabels.push(this.#labels(columns, columns.map((_, at) => chunk.text(FIRST_LABEL + at, row) ?? '')))
      return
    }
    if (columns !== this.#columns) {
      this.#columns = columns
      this.#byTexts = new Map()
    }
    this.groupOf.push(this.#groupOf(chunk, row, columns))
  }

  #groupOf(chunk: Chunk, row: number, columns: readonly LabelColumn[]): number {
    if (columns.length === 1) {
      const text = chunk.text(FIRST_LABEL, row) ?? ''
      return this.#byTexts.get(text) ?? this.#newTexts(text, columns, [text])
    }
    const texts = columns.map((_, at) => chunk.text(FIRST_LABEL + at, row) ?? '')
    const key = labelsKey(texts)
    return this.#byTexts.get(key) ?? this.#newTexts(key, columns, texts)
  }

  #newTexts(key: string, columns: readonly LabelColumn[], texts: readonly string[]): number {
    const labels = this.#labels(columns, texts)
    const group = this.#byLabels.get(labelsKey(labels)) ?? this.groupLabels.length
    if (group === this.groupLabels.length) {
      this.groupLabels.push(labels)
      this.#byLabels.set(labelsKey(labels), group)
    }
    this.#byTexts.set(key, group)
    return group
  }

  #labels(columns: readonly LabelColumn[], texts: readonly string[]): Labels {
    return labelsFrom(columns.map(({ name }, at): [string, string] => [name, name === this.#dropped ? '' : texts[at]]))
  }
}

function evaluateSeries(unit: WorkUnit, leaf: SampleLeaf, store: SampleStore, gathered: GatheredLabels, context: UnitContext): SeriesBlock {
  const { grid } = unit
  const windows: Windows = {
    firstEnd: grid.startMs - leaf.offsetMs,
    step: grid.stepMs,
    count: grid.count,
    range: windowOf(leaf),
    unitsPerSecond: 1000,
  }
  const values = new Float64Array(grid.count)
  const present = new Uint8Array(grid.count)
  const evaluate = seriesEvaluator(leaf, windows)
  const ops = compileSeriesOps(leaf.ops)
  const accumulator = accumulatorOf(leaf)
  const state = new StateRows(accumulator?.columns ?? [], grid.count)
  let done = 0
  for (const series of store.table.inHashOrder()) {
    if (done++ % SERIES_PER_CHECK === 0) context.checkCancelled()
    values.fill(0)
    present.fill(0)
    evaluate(store.run(series), values, present)
    for (const op of ops) op(values, present)
    if (!present.includes(1)) continue
    const group = gathered.groupOf[series]
    if (accumulator === undefined) {
      state.append(gathered.groupLabels[group], values, present)
      continue
    }
    const at = state.rowOf(group, gathered.groupLabels)
    accumulator.add(state.state(), at, values, present, 0, grid.count)
  }
  return state.toBlock()
}

function seriesEvaluator(leaf: SampleLeaf, windows: Windows): (run: GatheredRun, values: Float64Array, present: Uint8Array) => void {
  const { window } = leaf
  if (window.kind === 'instant') return (run, values, present) => newestSamples(run, windows, values, present)
  const { kernel } = rangeFunction(window.fn)
  return (run, values, present) => {
    const samples = withoutStale(run)
    if (samples.end > samples.start) kernel(samples, windows, window.args, values, present, 0)
  }
}

function rangeFunction(name: string): RangeFunction {
  const entry = findFunction(name)
  if (entry?.kind === 'range') return entry
  throw new QueryError({ code: 'internal', message: `${name} is not a function over a range` })
}

function accumulatorOf(leaf: SampleLeaf): Accumulator | undefined {
  const { accumulator } = leaf.accumulate
  if (accumulator === SAMPLES) return undefined
  const entry = findAccumulator(accumulator)
  if (entry === undefined) throw new QueryError({ code: 'internal', message: `no accumulator is called ${accumulator}` })
  return entry
}

function tooManySeries(limit: number, amount: number): QueryError {
  return limitExceeded({ ...DEFAULT_LIMITS, querySeriesMax: limit }, 'querySeriesMax', amount)
}

