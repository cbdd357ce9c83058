/** What both ways of reading the samples of a unit share. */
import { checkLimit } from '../model/limits.js'
import type { SampleLeaf, WorkUnit } from '../model/plan.js'
import type { UnitContext } from './context.js'
import type { SampleBounds, SampleScan } from './sample-sql.js'
import type { Sink } from './sink.js'

/** Series between two looks at the cancelled flag: about 10 ms of work at the most. */
export const SERIES_PER_CHECK = 512

export interface SegmentScan {
  readonly scan: SampleScan
  /** Of two samples at one time the one of the higher rank counts. */
  readonly rank: number
}

/** What was read on the way to the block. */
export interface SampleCounts {
  rows: number
  samples: number
  series: number
}

/** What both ways of reading need. */
export interface SampleWork {
  readonly unit: WorkUnit
  readonly leaf: SampleLeaf
  readonly bounds: SampleBounds
  readonly scans: readonly SegmentScan[]
  readonly context: UnitContext
  readonly sink: Sink
  readonly counts: SampleCounts
}

/** Throws `limit_exceeded` if a unit has more series than a query may have. */
export function checkSeries(unit: WorkUnit, series: number): void {
  checkLimit(unit.limits, 'querySeriesMax', series)
}
