/**
 * Windows of log leaves in ns, and windows as runs of tiles: the widest slices of time of which every window of a grid is made up exactly.
 * Entries are counted by tile, each once, however many windows it stands in.
 */
import { NANOS_PER_MS, stepTimeNs, type Grid } from './time.js'

/** Window k is (end + k·step − range, end + k·step], in ns. */
export interface NanoWindows {
  readonly end: bigint
  readonly step: bigint
  readonly range: bigint
  readonly count: number
}

/** The windows of a leaf at the steps of a grid. */
export function windowsAt(grid: Grid, { rangeNs, offsetNs }: { readonly rangeNs: bigint; readonly offsetNs: bigint }): NanoWindows {
  return { end: stepTimeNs(grid, 0) - offsetNs, step: BigInt(grid.stepMs) * NANOS_PER_MS, range: rangeNs, count: grid.count }
}

/** Tile t is (after + t · width, after + (t + 1) · width], in ns. */
export interface Tiles {
  readonly after: bigint
  readonly width: bigint
  readonly count: number
  /** Of a window and of a step, in tiles; 0 steps where there is one window. */
  readonly perWindow: number
  readonly perStep: number
}

/** Entries are not taken together by tiles of which a unit would have more: hardly two would stand in one. */
export const TILES_MAX = 1_000_000

/** DuckDB counts a tile in signed 64 bits from the beginning of the first window. */
const SPAN_MAX_NS = 2n ** 63n - 1n

/** Undefined where there would be more than TILES_MAX, where windows are empty, and where they reach over more than SPAN_MAX_NS. */
export function tilesOf(windows: NanoWindows): Tiles | undefined {
  const { end, range, count } = windows
  if (range === 0n) return undefined
  const step = count > 1 ? windows.step : 0n
  const width = greatestDivisor(range, step)
  const span = range + step * BigInt(count - 1)
  const tiles = span / width
  if (tiles > BigInt(TILES_MAX) || span > SPAN_MAX_NS) return undefined
  return { after: end - range, width, count: Number(tiles), perWindow: Number(range / width), perStep: Number(step / width) }
}

/** The steps whose windows hold a tile: [first, last], empty where first > last. */
export function stepsOfTile({ perWindow, perStep }: Tiles, tile: number, steps: number): { readonly first: number; readonly last: number } {
  if (perStep === 0) return { first: 0, last: steps - 1 }
  return { first: Math.max(0, Math.ceil((tile - perWindow + 1) / perStep)), last: Math.min(steps - 1, Math.floor(tile / perStep)) }
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b)
}
