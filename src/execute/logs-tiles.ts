/**
 * Windows as runs of tiles: the widest slices of time of which every window of a grid is made up exactly. Entries are counted by tile,
 * each once, however many windows it stands in.
 */
import type { NanoWindows } from './logs-windows.js'

/** Tile t is (after + t · width, after + (t + 1) · width], in ns. */
export interface Tiles {
  readonly after: bigint
  readonly width: bigint
  readonly count: number
  /** Of a window and of a step, in tiles; 0 steps where there is one window. */
  readonly perWindow: number
  readonly perStep: number
}

/** Undefined where tiles would be as narrow as entries lie apart, so that nothing would be gained, and where windows are empty. */
export function tilesOf(windows: NanoWindows, tilesMax: number): Tiles | undefined {
  const { end, range, count } = windows
  if (range === 0n) return undefined
  const step = count > 1 ? windows.step : 0n
  const width = greatestDivisor(range, step)
  const tiles = (range + step * BigInt(count - 1)) / width
  if (tiles > BigInt(tilesMax)) return undefined
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
