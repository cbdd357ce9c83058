/** How a range function goes over the windows of one series, whatever its samples are. Units and root do it the same way. */
import { FLOAT, HISTOGRAM } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import type { WindowExtension } from '../model/plan.js'
import { stepTime, type Grid } from '../model/time.js'
import type { MixedFunction, RangeFunction, SampleRun, WindowNotes, Windows } from './define.js'

/** Where values go: cells of a block, or of one row. `histograms` by cell, as in SeriesBlock. */
export interface Cells {
  readonly values: Float64Array
  readonly present: Uint8Array
  readonly histograms: Map<number, NativeHistogram>
}

/** A range function with all that is fixed for a query. */
export interface RangeCall {
  readonly entry: RangeFunction
  readonly args: readonly number[]
  readonly extension: WindowExtension | undefined
  /** The metrics whose floats have been remarked on: a hundred thousand series of one name are worth one remark. */
  readonly told: Set<string>
}

/** Nothing has been remarked on yet. */
export function rangeCall(entry: RangeFunction, args: readonly number[], extension: WindowExtension | undefined): RangeCall {
  return { entry, args, extension, told: new Set() }
}

/**
 * Writes the value of window k to the cell `at + k`; cells come empty. The times of the run are in the unit of `windows`,
 * the lookback of an extension is in ms, so that extended functions are for metrics alone.
 */
export function overRun(call: RangeCall, run: SampleRun, windows: Windows, cells: Cells, at: number, notes: WindowNotes): void {
  const { entry, args, extension } = call
  if (run.end <= run.start) return
  const kernelKnowsAll = run.histograms === undefined && !(run.startTimes !== undefined && entry.seesStartTimes === true)
  if (extension === undefined && kernelKnowsAll) entry.kernel(run, windows, args, cells.values, cells.present, at)
  else windowByWindow(functionOf(call), run, windows, call, cells, at, notes)
  if (entry.noteOnFloats !== undefined) tellOnce(call, entry.noteOnFloats, cells.present.subarray(at, at + windows.count), notes)
}

/** Such a remark depends on metric, type and arguments alone. */
function tellOnce({ args, told }: RangeCall, note: NonNullable<RangeFunction['noteOnFloats']>, present: Uint8Array, notes: WindowNotes): void {
  const key = notes.type === undefined ? notes.metric : `${notes.type} ${notes.metric}`
  if (told.has(key) || !present.includes(FLOAT)) return
  told.add(key)
  note(notes, args)
}

function functionOf({ entry, extension }: RangeCall): MixedFunction {
  if (extension === undefined) return entry.mixed
  const extended = entry.extended?.[extension.modifier]
  if (extended === undefined) throw new Error(`${entry.name} has no ${extension.modifier} windows`)
  return extended
}

function windowByWindow(
  evaluate: MixedFunction,
  run: SampleRun,
  windows: Windows,
  { args, extension }: RangeCall,
  cells: Cells,
  at: number,
  notes: WindowNotes,
): void {
  const { t } = run
  const back = windows.range + (extension?.lookbackMs ?? 0)
  const ahead = extension?.modifier === 'smoothed' ? extension.lookbackMs : 0
  let from = run.start
  let to = run.start
  for (let k = 0; k < windows.count; k++) {
    const end = windows.firstEnd + k * windows.step
    while (to < run.end && t[to] <= end + ahead) to++
    while (from < to && t[from] <= end - back) from++
    if (from === to) continue
    const value = evaluate({ run, from, to, args, end, windows, notes })
    if (value === undefined) continue
    if (typeof value === 'number') {
      cells.values[at + k] = value
      cells.present[at + k] = FLOAT
    } else {
      cells.histograms.set(at + k, value)
      cells.present[at + k] = HISTOGRAM
    }
  }
}

/**
 * What stands in the cells [from, from + grid.count) as samples at the steps of the grid: what a subquery makes of its operand.
 * Whether a histogram was reset is not known any more then, unless it is a gauge.
 */
export function runOfCells({ values, present, histograms }: Readonly<Omit<Cells, 'histograms'>> & { readonly histograms?: ReadonlyMap<number, NativeHistogram> }, from: number, grid: Grid): SampleRun {
  const t = new Float64Array(grid.count)
  const v = new Float64Array(grid.count)
  const found = new Map<number, NativeHistogram>()
  let size = 0
  for (let k = 0; k < grid.count; k++) {
    const mark = present[from + k]
    if (mark !== FLOAT && mark !== HISTOGRAM) continue
    if (mark === HISTOGRAM) {
      const histogram = histograms?.get(from + k)
      if (histogram !== undefined) found.set(size, histogram.hint === 'gauge' ? histogram : { ...histogram, hint: 'unknown' })
    }
    t[size] = stepTime(grid, k)
    v[size] = values[from + k]
    size++
  }
  return { t, v, start: 0, end: size, ...(found.size === 0 ? {} : { histograms: found }) }
}
