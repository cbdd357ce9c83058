/** Range functions at the root: over subqueries of what only the root knows, and with arguments that differ from step to step. */
import { allGo, extendedSamples, findFunction, overRun, rangeCall, runOfCells, scalarsOf, vectorOf, type RangeCall, type RangeFunction, type SampleRun } from '../language/language.js'
import type { RootValue, WindowNotes, Windows } from '../language/language.js'
import { seriesBlock, withHistograms, type RunsBlock, type SeriesBlock } from '../model/block.js'
import type { NativeHistogram } from '../model/histogram.js'
import { labelValue, METRIC_NAME, type Labels } from '../model/labels.js'
import type { RootNode, WindowInput, WindowNode } from '../model/plan.js'
import { stepTime, subqueryGrid, type Grid } from '../model/time.js'
import type { Evaluation, GroupRun } from './run.js'

/** Series by series: the samples that its windows are cut from. */
interface Runs {
  readonly labels: readonly Labels[]
  readonly nameGoes: SeriesBlock['nameGoes']
  runOf(series: number): SampleRun
}

/** Evaluates a node of the root over the steps of a run. */
export type ValueOf = (node: RootNode, run: GroupRun) => Evaluation<RootValue>

export function* windowed(node: WindowNode, run: GroupRun, valueOf: ValueOf): Evaluation<RootValue> {
  const entry = findFunction(node.fn)
  if (entry?.kind !== 'range') throw new Error(`${node.fn} is no function over a range`)
  const runs = yield* runsOf(node.input, run, valueOf)
  const args: Float64Array[] = []
  for (const arg of node.args) args.push(scalarsOf(yield* valueOf(arg, run)))
  const out = seriesBlock(runs.labels, run.grid.count)
  const histograms = new Map<number, NativeHistogram>()
  const cells = { values: out.values, present: out.present, histograms }
  const passes = passesOf(node.input, entry, run.grid, args)
  for (const [series, labels] of runs.labels.entries()) {
    const samples = runs.runOf(series)
    const notes = notesOf(node, labels, run)
    for (const pass of passes) {
      for (const { call, windows, first } of partsOf(pass, samples)) {
        overRun(call, samples, windows, cells, series * run.grid.count + first, notes)
        yield
      }
    }
  }
  const block = { ...out, ...withHistograms(histograms) }
  const flags = node.name === 'goes' ? allGo(block) : runs.nameGoes
  return { type: 'vector', block: flags === undefined ? block : { ...block, nameGoes: flags }, ordered: false }
}

function notesOf({ span, typed }: WindowNode, labels: Labels, { annotate }: GroupRun): WindowNotes {
  const metric = labelValue(labels, METRIC_NAME)
  const type = typed === true ? { type: labelValue(labels, '__type__') } : {}
  return { metric, ...type, warn: (text) => annotate({ level: 'warning', text, span }), inform: (text) => annotate({ level: 'info', text, span }) }
}

function* runsOf(input: WindowInput, run: GroupRun, valueOf: ValueOf): Evaluation<Runs> {
  if (input.kind === 'samples') {
    const block = run.leaves[input.leaf]
    if (block.kind !== 'runs') throw new Error(`leaf ${input.leaf} has no samples`)
    return { labels: block.labels, nameGoes: undefined, runOf: (series) => sampleRun(block, series) }
  }
  const grid = subqueryGrid(input.level, run.grid)
  const block = vectorOf(yield* valueOf(input.operand, { ...run, grid }))
  return { labels: block.labels, nameGoes: block.nameGoes, runOf: (series) => runOfCells(block, series * grid.count, grid) }
}

function sampleRun({ t, v, starts, histograms, startTimes }: RunsBlock, series: number): SampleRun {
  const run = { t, v, start: starts[series], end: starts[series + 1], ...(startTimes === undefined ? {} : { startTimes }) }
  return histograms === undefined ? run : withOwnHistograms(run, histograms)
}

/** A series of floats alone takes the fast way, whatever its neighbours hold. */
function withOwnHistograms(run: SampleRun, histograms: ReadonlyMap<number, NativeHistogram>): SampleRun {
  for (let i = run.start; i < run.end; i++) if (histograms.has(i)) return { ...run, histograms }
  return run
}

/** Steps that are evaluated in one go: all of them, or each by itself where an argument or the evaluation time differs. */
interface Pass {
  readonly call: RangeCall
  readonly windows: Windows
  readonly first: number
}

/** Samples that the windows evaluated in one go may have in all: some 20 ms of a function that looks at each sample of each window. */
const SAMPLES_AT_ONCE = 2_000_000

/** A pass in parts that each end soon: the value at a step depends on the window of that step alone. */
function* partsOf({ call, windows, first }: Pass, { t, start, end }: SampleRun): Generator<Pass> {
  const inAWindow = end === start ? 1 : (end - start) * Math.min(1, windows.range / Math.max(1, t[end - 1] - t[start]))
  const most = Math.max(1, Math.floor(SAMPLES_AT_ONCE / Math.max(1, inAWindow)))
  for (let done = 0; done < windows.count; done += most) {
    const count = Math.min(most, windows.count - done)
    yield { call, windows: { ...windows, firstEnd: windows.firstEnd + done * windows.step, count }, first: first + done }
  }
}

function passesOf(input: WindowInput, entry: RangeFunction, grid: Grid, args: readonly Float64Array[]): readonly Pass[] {
  const extension = input.kind === 'samples' ? input.extension : undefined
  const callAt = (k: number): RangeCall => rangeCall(entry, args.map((values) => values[k]), extension)
  const windows = windowsOf(input, grid)
  const steady = args.every((values) => values.every((value) => Object.is(value, values[0])))
  if (steady && !(entry.seesEvaluationTime === true && windows.step === 0)) return grid.count === 0 ? [] : [{ call: callAt(0), windows, first: 0 }]
  return Array.from({ length: grid.count }, (_, k) => {
    const firstEnd = windows.firstEnd + k * windows.step
    return { call: callAt(k), windows: { ...windows, firstEnd, count: 1, evaluationAhead: stepTime(grid, k) - firstEnd }, first: k }
  })
}

/** With `@` every step has the same window. */
function windowsOf(input: WindowInput, grid: Grid): Windows {
  const { rangeMs, offsetMs, atMs } = input.kind === 'samples' ? input : input.level
  return {
    firstEnd: (atMs ?? grid.startMs) - offsetMs,
    step: atMs === undefined ? grid.stepMs : 0,
    count: grid.count,
    range: rangeMs,
    unitsPerSecond: 1000,
    evaluationAhead: offsetMs,
  }
}

/** A range vector as the answer of an instant query: the samples, or what the subquery gives at its steps. */
export function* rangeVector(input: WindowInput, run: GroupRun, valueOf: ValueOf): Evaluation<RootValue> {
  if (input.kind === 'samples') {
    const block = run.leaves[input.leaf]
    if (block.kind !== 'runs') throw new Error(`leaf ${input.leaf} has no samples`)
    if (input.extension === undefined) return { type: 'runs', block }
    const { firstEnd: end, range } = windowsOf(input, run.grid)
    return { type: 'runs', block: extendedSamples(block, end - range, end, input.extension.modifier) }
  }
  const { labels, runOf } = yield* runsOf(input, run, valueOf)
  const runs = labels.map((_, series) => runOf(series))
  const size = runs.reduce((sum, { end }) => sum + end, 0)
  const block = { t: new Float64Array(size), v: new Float64Array(size), starts: new Int32Array(labels.length + 1) }
  const histograms = new Map<number, NativeHistogram>()
  runs.forEach(({ t, v, end, histograms: own }, series) => {
    const at = block.starts[series]
    block.t.set(t.subarray(0, end), at)
    block.v.set(v.subarray(0, end), at)
    for (const [i, histogram] of own ?? []) histograms.set(at + i, histogram)
    block.starts[series + 1] = at + end
  })
  return { type: 'runs', block: { kind: 'runs', labels, ...block, ...(histograms.size === 0 ? {} : { histograms }) } }
}
