/** What becomes of the samples of one series: window function, arithmetic, subqueries over it, accumulator. */
import {
  findAccumulator,
  findFunction,
  ignoredHistogram,
  overRun,
  rangeCall,
  runOfCells,
  SAMPLES,
  type Accumulator,
  type Cells,
  type RangeFunction,
  type WindowNotes,
  type Windows,
} from '../language/language.js'
import type { Annotate } from '../model/annotation.js'
import { FLOAT, type SeriesBlock } from '../model/block.js'
import { QueryError } from '../model/error.js'
import type { Span } from '../model/expr.js'
import type { Labels } from '../model/labels.js'
import { layerGrids } from '../model/leaf-steps.js'
import type { Limits } from '../model/limits.js'
import type { LeafLayer, SampleLeaf } from '../model/plan.js'
import type { Grid } from '../model/time.js'
import { newestSamples, smoothedSamples, withoutStale } from './instant.js'
import type { SeriesRun } from './sample-rows.js'
import { compileSeriesOps, type SeriesStep } from './series-ops.js'
import { SeriesNotes, type Sink } from './sink.js'
import { StateRows } from './state-rows.js'

/**
 * Steps of a series between two looks at the cancelled flag. A step may cost tens of microseconds (a quantile sorts its window),
 * a slice of steps costs the reading of one more window.
 */
const STEPS_PER_CHECK = 1_024

/** From the samples of a series, or the cells of the stage before, to the cells of this one. */
interface Stage {
  readonly cells: Cells
  readonly grid: Grid
  readonly ops: readonly SeriesStep[]
}

/** What a sink must know of its unit. */
export interface SinkUnit {
  readonly leaf: SampleLeaf
  readonly grid: Grid
  readonly limits: Pick<Limits, 'unitPointsMax'>
}

export class SeriesSink implements Sink {
  readonly #stages: readonly Stage[]
  readonly #evaluate: Evaluate
  readonly #layers: readonly OverCells[]
  readonly #accumulator: Accumulator | undefined
  readonly #state: StateRows
  /** Of the window, then of each layer. */
  readonly #notes: readonly SeriesNotes[]
  readonly #annotate: Annotate
  /** Where a remark about histograms that are passed over points to. */
  readonly #ignored: Span | undefined

  /** `checkCancelled` throws if the unit is to stop; it is called for every series, and within one of many steps. */
  constructor({ leaf, grid, limits }: SinkUnit, checkCancelled: () => void, annotate: Annotate) {
    const grids = layerGrids(leaf, grid).toReversed()
    this.#stages = [leaf.ops, ...leaf.layers.map(({ ops }) => ops)].map((ops, at) => ({
      cells: emptyCells(grids[at].count),
      grid: grids[at],
      ops: compileSeriesOps(ops, annotate),
    }))
    this.#evaluate = seriesEvaluator(leaf, windowsOf(leaf, grids[0]), checkCancelled)
    this.#layers = leaf.layers.map((layer, at) => layerEvaluator(layer, grids[at + 1], checkCancelled))
    this.#accumulator = accumulatorOf(leaf)
    this.#state = new StateRows(this.#accumulator?.columns ?? [], grid.count, limits)
    this.#notes = [undefined, ...leaf.layers].map((layer) => new SeriesNotes(leaf, annotate, layer))
    this.#annotate = annotate
    this.#ignored = leaf.accumulate.span
  }

  take(run: SeriesRun, group: number, labels: readonly Labels[]): void {
    for (const notes of this.#notes) notes.now(labels[group])
    const cells = this.#cellsOf(run)
    if (!cells.present.includes(FLOAT) && cells.histograms.size === 0) return
    if (this.#accumulator === undefined) {
      this.#state.append(labels[group], cells)
      return
    }
    if (cells.histograms.size > 0 && this.#accumulator.histograms === 'ignored') this.#noteIgnored(this.#accumulator)
    const at = this.#state.rowOf(group, labels)
    this.#accumulator.add(this.#state.state(), at, cells, 0, cells.values.length)
  }

  #noteIgnored({ name }: Accumulator): void {
    if (this.#ignored !== undefined) this.#annotate(ignoredHistogram(name, this.#ignored))
  }

  #cellsOf(run: SeriesRun): Cells {
    let cells = cleared(this.#stages[0])
    this.#evaluate(run, cells, this.#notes[0])
    for (const op of this.#stages[0].ops) op(cells)
    for (let at = 1; at < this.#stages.length; at++) {
      const outer = cleared(this.#stages[at])
      this.#layers[at - 1](cells, this.#stages[at - 1].grid, outer, this.#notes[at])
      for (const op of this.#stages[at].ops) op(outer)
      cells = outer
    }
    return cells
  }

  block(): SeriesBlock {
    return this.#state.toBlock()
  }
}

function emptyCells(steps: number): Cells {
  return { values: new Float64Array(steps), present: new Uint8Array(steps), histograms: new Map() }
}

function cleared({ cells }: Stage): Cells {
  cells.values.fill(0)
  cells.present.fill(0)
  if (cells.histograms.size > 0) cells.histograms.clear()
  return cells
}

/** A pinned leaf has the same window at every step. */
function windowsOf(leaf: SampleLeaf, grid: Grid): Windows {
  const { window, atMs, offsetMs } = leaf
  return {
    firstEnd: (atMs ?? grid.startMs) - offsetMs,
    step: atMs === undefined ? grid.stepMs : 0,
    count: grid.count,
    range: window.kind === 'instant' ? window.lookbackMs : window.rangeMs,
    unitsPerSecond: 1000,
    evaluationAhead: offsetMs,
  }
}

type Evaluate = (run: SeriesRun, cells: Cells, notes: WindowNotes) => void

function seriesEvaluator({ window }: SampleLeaf, windows: Windows, checkCancelled: () => void): Evaluate {
  switch (window.kind) {
    case 'instant':
      return (run, cells, notes) => {
        checkCancelled()
        if (window.smoothed) smoothedSamples(withoutStale(run), windows, cells, notes)
        else newestSamples(run, windows, window, cells)
      }
    case 'raw':
    case 'exists':
      throw new QueryError({ code: 'internal', message: 'samples as they are have no steps' })
    case 'range': {
      const call = rangeCall(rangeFunction(window.fn), window.args, window.extension)
      const slices = slicesOf(windows)
      return (run, cells, notes) => {
        const samples = withoutStale(run)
        for (const { first, slice } of slices) {
          checkCancelled()
          overRun(call, samples, slice, cells, first, notes)
        }
      }
    }
  }
}

type OverCells = (inner: Cells, innerGrid: Grid, outer: Cells, notes: WindowNotes) => void

function layerEvaluator({ level, fn, args }: LeafLayer, grid: Grid, checkCancelled: () => void): OverCells {
  const call = rangeCall(rangeFunction(fn), args, undefined)
  const slices = slicesOf({
    firstEnd: (level.atMs ?? grid.startMs) - level.offsetMs,
    step: level.atMs === undefined ? grid.stepMs : 0,
    count: grid.count,
    range: level.rangeMs,
    unitsPerSecond: 1000,
    evaluationAhead: level.offsetMs,
  })
  return (inner, innerGrid, outer, notes) => {
    const run = runOfCells(inner, 0, innerGrid)
    for (const { first, slice } of slices) {
      checkCancelled()
      overRun(call, run, slice, outer, first, notes)
    }
  }
}

/** What a window holds does not depend on the windows before it, so that cuts do not show in the values. */
function slicesOf(windows: Windows): readonly { readonly first: number; readonly slice: Windows }[] {
  return Array.from({ length: Math.ceil(windows.count / STEPS_PER_CHECK) }, (_, index) => {
    const first = index * STEPS_PER_CHECK
    const count = Math.min(STEPS_PER_CHECK, windows.count - first)
    return { first, slice: { ...windows, firstEnd: windows.firstEnd + first * windows.step, count } }
  })
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
