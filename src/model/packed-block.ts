/** Blocks as they cross threads and nodes: arrays, and all texts as one string. */
import type { RunsBlock } from './block.js'
import type { HistogramTotal, NativeHistogram } from './histogram.js'

export type PackedBlock = PackedSeries | PackedRuns | PackedEntries

export interface PackedSeries {
  readonly kind: 'series'
  readonly steps: number
  readonly series: number
  readonly labels: string
  readonly values: Float64Array<ArrayBuffer>
  readonly present: Uint8Array<ArrayBuffer>
  readonly columns: Readonly<Record<string, Float64Array<ArrayBuffer>>>
  readonly histograms?: ReadonlyMap<number, NativeHistogram>
  readonly totals?: ReadonlyMap<number, HistogramTotal>
  readonly nameGoes?: Uint8Array<ArrayBuffer>
}

export interface PackedRuns extends Omit<RunsBlock, 'labels'> {
  readonly labels: string
}

export interface PackedEntries {
  readonly kind: 'entries'
  readonly sets: string
  readonly setCount: number
  readonly set: Int32Array<ArrayBuffer>
  readonly ts: BigInt64Array<ArrayBuffer>
  readonly lines: string
  readonly lineLengths: Int32Array<ArrayBuffer>
}
