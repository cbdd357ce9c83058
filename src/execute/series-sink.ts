/** What becomes of the samples of one series: window function, arithmetic, accumulator; at the end a block. */
import { findAccumulator, findFunction, SAMPLES, type Accumulator, type RangeFunction, type Windows } from '../language/language.js'
import type { SeriesBlock } from '../model/block.js'
import { QueryError } from '../model/error.js'
import type { Labels } from '../model/labels.js'
import type { SampleLeaf } from '../model/plan.js'
import type { Grid } from '../model/time.js'
import { newestSamples, withoutStale } from './instant.js'
import type { SeriesRun } from './sample-rows.js'
import { compileSeriesOps, type SeriesStep } from './series-ops.js'
import { StateRows } from './state-rows.js'

/**
 * Steps of a series between two looks at the cancelled flag. A step may cost tens of microseconds (a quantile sorts its window),
 * a slice of steps costs the reading of one more window.
 */
const STEPS_PER_CHECK = 1_024

export class SeriesSink {
  readonly #evaluate: Evaluate
  readonly #ops: readonly SeriesStep[]
  readonly #accumulator: Accumulator | undefined
  readonly #state: StateRows
  readonly #values: Float64Array
  readonly #present: Uint8Array

  /** `checkCancelled` throws if the unit is to stop; it is called for every series, and within one of many steps. */
  constructor(leaf: SampleLeaf, grid: Grid, checkCancelled: () => void) {
    const windows: Windows = {
      firstEnd: grid.startMs - leaf.offsetMs,
      step: grid.stepMs,
      count: grid.count,
      range: windowOf(leaf),
      unitsPerSecond: 1000,
    }
    this.#evaluate = seriesEvaluator(leaf, windows, checkCancelled)
    this.#ops = compileSeriesOps(leaf.ops)
    this.#accumulator = accumulatorOf(leaf)
    this.#state = new StateRows(this.#accumulator?.columns ?? [], grid.count)
    this.#values = new Float64Array(grid.count)
    this.#present = new Uint8Array(grid.count)
  }

  /** Takes all samples of one series; `labels[group]` is what it is called in the answer. Series must come in a fixed order. */
  take(run: SeriesRun, group: number, labels: readonly Labels[]): void {
    const values = this.#values.fill(0)
    const present = this.#present.fill(0)
    this.#evaluate(run, values, present)
    for (const op of this.#ops) op(values, present)
    if (!present.includes(1)) return
    if (this.#accumulator === undefined) {
      this.#state.append(labels[group], values, present)
      return
    }
    const at = this.#state.rowOf(group, labels)
    this.#accumulator.add(this.#state.state(), at, values, present, 0, values.length)
  }

  block(): SeriesBlock {
    return this.#state.toBlock()
  }
}

/** How far back a step of the leaf looks, in ms. */
export function windowOf(leaf: SampleLeaf): number {
  return leaf.window.kind === 'instant' ? leaf.window.lookbackMs : leaf.window.rangeMs
}

type Evaluate = (run: SeriesRun, values: Float64Array, present: Uint8Array) => void

function seriesEvaluator({ window }: SampleLeaf, windows: Windows, checkCancelled: () => void): Evaluate {
  if (window.kind === 'instant') {
    return (run, values, present) => {
      checkCancelled()
      newestSamples(run, windows, values, present)
    }
  }
  const { kernel } = rangeFunction(window.fn)
  const slices = slicesOf(windows)
  return (run, values, present) => {
    const samples = withoutStale(run)
    if (samples.end <= samples.start) return
    for (const { first, slice } of slices) {
      checkCancelled()
      kernel(samples, slice, window.args, values, present, first)
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
