/** LogQL's range aggregations at the root: windows over the values of a leaf, exact to the nanosecond. */
import { findLogqlKernel, type RootValue, type SampleRun, type Windows } from '../language/language.js'
import { seriesBlock, type RunsBlock } from '../model/block.js'
import { checkLimit } from '../model/limits.js'
import type { LogWindowNode } from '../model/plan.js'
import { nsToMs, msToNs, NANOS_PER_MS, stepTimeNs, type Grid } from '../model/time.js'
import type { Evaluation, GroupRun } from './run.js'

/** Values that the windows evaluated in one go may have in all: some 20 ms of work. */
const VALUES_AT_ONCE = 2_000_000
/** Whole numbers are exact in doubles below it: 104 days in ns. */
const EXACT_NS = 2 ** 53

export function* logWindowed({ fn, args, leaf, rangeNs, offsetNs }: LogWindowNode, run: GroupRun): Evaluation<RootValue> {
  const block = run.leaves[leaf]
  const kernel = findLogqlKernel(fn)
  if (block.kind !== 'runs') throw new Error(`leaf ${leaf} has no values`)
  if (kernel === undefined) throw new Error(`there is no range aggregation ${fn} over values`)
  checkLimit(run.limits, 'querySeriesMax', block.labels.length)
  const { grid } = run
  const out = seriesBlock(block.labels, grid.count)
  for (let series = 0; series < block.labels.length; series++) {
    const most = stepsAtOnce(block, series, grid, rangeNs)
    for (let first = 0; first < grid.count; first += most) {
      const part = partOf(block, series, stepTimeNs(grid, first) - offsetNs, Math.min(most, grid.count - first), grid, rangeNs)
      kernel(part.run, part.windows, args, out.values, out.present, series * grid.count + first)
      yield
    }
  }
  return { type: 'vector', block: out, ordered: false }
}

/** Steps whose windows reach over less than what is exact, and end soon. The value at a step depends on its own window alone. */
function stepsAtOnce({ t, starts }: RunsBlock, series: number, grid: Grid, rangeNs: bigint): number {
  const range = Number(rangeNs)
  const stepNs = grid.stepMs * Number(NANOS_PER_MS)
  const [start, end] = [starts[series], starts[series + 1]]
  const span = end === start ? 0 : (t[end - 1] - t[start]) * Number(NANOS_PER_MS)
  const inAWindow = (end - start) * Math.min(1, range / Math.max(1, span))
  const byValues = VALUES_AT_ONCE / Math.max(1, inAWindow)
  const byReach = stepNs === 0 ? Infinity : (EXACT_NS - range) / stepNs
  return Math.max(1, Math.floor(Math.min(byValues, byReach)))
}

interface Part {
  readonly run: SampleRun
  readonly windows: Windows
}

/** The windows of `count` steps from the one that ends at `endNs`, and the values in their reach, in ns after where the first begins. */
function partOf(block: RunsBlock, series: number, endNs: bigint, count: number, grid: Grid, rangeNs: bigint): Part {
  const beginNs = endNs - rangeNs
  const beginMs = nsToMs(beginNs)
  const beginNanos = Number(beginNs - msToNs(beginMs))
  const range = Number(rangeNs)
  const step = grid.stepMs * Number(NANOS_PER_MS)
  const lastMs = nsToMs(endNs + BigInt(step) * BigInt(count - 1))
  const { t, v, nanos } = block
  const from = firstFrom(t, beginMs, block.starts[series], block.starts[series + 1])
  const to = firstFrom(t, lastMs + 1, from, block.starts[series + 1])
  const after = new Float64Array(to - from)
  for (let i = from; i < to; i++) after[i - from] = (t[i] - beginMs) * Number(NANOS_PER_MS) + ((nanos?.[i] ?? 0) - beginNanos)
  return {
    run: { t: after, v: v.subarray(from, to), start: 0, end: to - from },
    windows: { firstEnd: range, step, count, range, unitsPerSecond: 1e9, evaluationAhead: 0 },
  }
}

/** The first index in [low, high) whose time is `ms` or later, else `high`. */
function firstFrom(t: Float64Array, ms: number, low: number, high: number): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (t[middle] < ms) from = middle + 1
    else to = middle
  }
  return from
}
