/** Which steps and which samples a leaf has to do with, when the root asks for some steps of the query. */
import type { Leaf, LeafWindow, SampleLeaf, SubqueryLevel, WindowExtension } from './plan.js'
import { gridEnd, instantGrid, subqueryGrid, type Grid } from './time.js'

/** The one time at which a leaf is evaluated whatever the steps are (`@`); undefined: at the steps. Its block has one step, repeated for all. */
export function pinnedMs(leaf: Leaf): number | undefined {
  if (leaf.signal !== 'metrics') return undefined
  const outermost = leaf.layers.at(-1)
  return outermost === undefined ? leaf.atMs : outermost.level.atMs
}

/** Whether the block of a leaf is the same for every group of the query, so that it is read once. */
export function isSteady(leaf: Leaf): boolean {
  return pinnedMs(leaf) !== undefined || (leaf.signal === 'metrics' && leaf.levels.some(({ atMs }) => atMs !== undefined))
}

/** The steps at which the root asks for the leaf's series, when it evaluates the steps `grid` of the query. */
export function stepsAsked(leaf: Leaf, grid: Grid): Grid {
  return leaf.signal === 'metrics' ? innerGrid(leaf.levels, grid) : grid
}

/** The steps of the leaf's units: those asked, or the one time where it is pinned. */
export function unitGrid(leaf: Leaf, grid: Grid): Grid {
  const pinned = pinnedMs(leaf)
  return pinned === undefined ? stepsAsked(leaf, grid) : instantGrid(pinned)
}

/** The grids of a unit from its block inwards: the first is the unit's own, the last the one of the leaf's window. */
export function layerGrids(leaf: SampleLeaf, grid: Grid): readonly Grid[] {
  const grids = [grid]
  for (const { level } of leaf.layers.toReversed()) grids.push(subqueryGrid(level, grids[grids.length - 1]))
  return grids
}

/** Samples with afterMs < t ≤ untilMs can be seen by a step of the unit. Nothing can be seen where untilMs is not above afterMs. */
export interface SampleReach {
  readonly afterMs: number
  readonly untilMs: number
}

/** `grid` is the unit's. */
export function sampleReach(leaf: SampleLeaf, grid: Grid): SampleReach {
  const steps = layerGrids(leaf, grid)[leaf.layers.length]
  if (steps.count === 0) return { afterMs: 0, untilMs: 0 }
  const first = (leaf.atMs ?? steps.startMs) - leaf.offsetMs
  const last = (leaf.atMs ?? gridEnd(steps)) - leaf.offsetMs
  return { afterMs: first - lookBackMs(leaf.window), untilMs: last + lookAheadMs(leaf.window) }
}

/** What a unit reads where there are histograms: whether their counters were reset is told by samples that no window has to hold. */
export function hintReach(leaf: SampleLeaf, grid: Grid): SampleReach {
  const { afterMs, untilMs } = sampleReach(leaf, grid)
  return { afterMs: untilMs > afterMs ? afterMs - leaf.hints.lookbackMs : afterMs, untilMs }
}

/** How far before its end a window looks: left-open. */
export function lookBackMs(window: LeafWindow): number {
  if (window.kind === 'instant') return window.lookbackMs
  return window.rangeMs + (extensionOf(window)?.lookbackMs ?? 0)
}

export function lookAheadMs(window: LeafWindow): number {
  if (window.kind === 'instant') return window.smoothed ? window.lookbackMs : 0
  const extension = extensionOf(window)
  return extension?.modifier === 'smoothed' ? extension.lookbackMs : 0
}

function extensionOf(window: LeafWindow): WindowExtension | undefined {
  return window.kind === 'range' || window.kind === 'raw' ? window.extension : undefined
}

/** How much time one step of the query sees of the leaf's samples, in ms. */
export function spanMs(leaf: SampleLeaf): number {
  const subqueries = [...leaf.levels, ...leaf.layers.map(({ level }) => level)]
  return lookBackMs(leaf.window) + lookAheadMs(leaf.window) + subqueries.reduce((sum, { rangeMs }) => sum + rangeMs, 0)
}

function innerGrid(levels: readonly SubqueryLevel[], grid: Grid): Grid {
  return levels.reduce((outer, level) => subqueryGrid(level, outer), grid)
}
