/** The messages between a dispatcher and those who run units. Plain data; the same for threads and for other nodes. */
import type { Annotation } from '../model/annotation.js'
import type { UnitStats } from '../model/block.js'
import type { LocalSegment } from '../model/engine.js'
import type { ErrorRecord } from '../model/error.js'
import type { WorkUnit } from '../model/plan.js'
import type { PackedBlock } from '../model/packed-block.js'

/** Dispatcher → thread: run this unit. Answered by exactly one UnitFinished or UnitFailed. */
export interface RunUnit {
  readonly type: 'RunUnit'
  readonly unit: WorkUnit
  readonly segments: readonly LocalSegment[]
  /** A message on it, whatever it says, cancels the unit: it wakes a thread that waits for DuckDB. */
  readonly cancelPort: MessagePort
  /** Word 0 is 1 once the unit is cancelled: for a thread that is busy and reads no messages. */
  readonly cancelFlag: SharedArrayBuffer
}

/** Node → each thread, when it starts: get ready, so that the first query does not wait for it. Answered by ThreadWarm. */
export interface WarmThread {
  readonly type: 'WarmThread'
}

export interface ThreadWarm {
  readonly type: 'ThreadWarm'
}

/** What the DuckDB of a thread holds behind a unit. */
export interface ThreadMemory {
  readonly thread: number
  readonly bytes: number
  /** In files of the temporary folder. */
  readonly spilledBytes: number
}

export interface UnitFinished {
  readonly type: 'UnitFinished'
  readonly block: PackedBlock
  readonly annotations: readonly Annotation[]
  readonly stats: UnitStats
  /** Told now and then. */
  readonly memory?: ThreadMemory
}

/** Errors cross as data: an Error object would lose its code on the way. */
export interface UnitFailed {
  readonly type: 'UnitFailed'
  readonly error: ErrorRecord
  readonly memory?: ThreadMemory
}

export type UnitOutcome = UnitFinished | UnitFailed

type MessagePort = import('node:worker_threads').MessagePort
