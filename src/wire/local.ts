/**
 * Units in threads of this process. Home of the package `piscina`.
 * A unit is cancelled by a message and a flag, never by Piscina's own signal: that kills the thread while DuckDB goes on,
 * and the process could not end any more.
 */
import { move, Piscina, transferableSymbol, valueSymbol } from 'piscina'
import { MessageChannel } from 'node:worker_threads'
import type { LocalSegment, PackedResult, UnitResult, UnitRunner } from '../model/engine.js'
import { cancelled, QueryError } from '../model/error.js'
import type { WorkUnit } from '../model/plan.js'
import { packBlock, transferablesOf } from './codec.js'
import type { RunUnit, ThreadMemory, UnitFinished, UnitOutcome, WarmThread } from './message.js'

export interface ThreadOptions {
  /** The worker's script; its default export takes a RunUnit and resolves with a UnitOutcome, or a WarmThread and resolves with ThreadWarm. */
  readonly script: URL
  readonly threads: number
  /** Handed to each thread as its workerData. */
  readonly settings: Readonly<Record<string, string | number>>
  readonly onMemory?: (memory: ThreadMemory) => void
}

export function openThreads(options: ThreadOptions): UnitRunner {
  const pool = new Piscina({
    filename: options.script.href,
    minThreads: options.threads,
    maxThreads: options.threads,
    concurrentTasksPerWorker: 1,
    // With the default, work that a thread left running would be frozen between tasks.
    atomics: 'disabled',
    workerData: options.settings,
  })
  const atWork = new Set<Promise<unknown>>()
  const watched = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.catch(() => undefined).then(() => void atWork.delete(settled))
    atWork.add(settled)
    return work
  }
  const warm: WarmThread = { type: 'WarmThread' }
  // A thread that cannot get ready says so again, with its reason, when a unit runs there.
  for (let thread = 0; thread < options.threads; thread++) watched(pool.run(warm)).catch(() => undefined)
  return {
    capacity: options.threads,
    run: (unit, segments, signal) => watched(runInPool(pool, unit, segments, signal, options.onMemory)),
    close: async () => {
      // Piscina may end a thread that still works, and a thread that ends inside DuckDB takes the process with it.
      while (atWork.size > 0) await Promise.all(atWork)
      await pool.close({ force: false })
    },
  }
}

async function runInPool(pool: Piscina, unit: WorkUnit, segments: readonly LocalSegment[], signal: AbortSignal, onMemory: ThreadOptions['onMemory']): Promise<PackedResult> {
  if (signal.aborted) throw cancelled('the unit')
  const { port1, port2 } = new MessageChannel()
  const cancelFlag = new SharedArrayBuffer(4)
  const cancel = (): void => {
    Atomics.store(new Int32Array(cancelFlag), 0, 1)
    port1.postMessage('cancel')
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const task: RunUnit = { type: 'RunUnit', unit, segments, cancelPort: port2, cancelFlag }
    const outcome: UnitOutcome = await runTask(pool, task)
    if (outcome.memory !== undefined) onMemory?.(outcome.memory)
    if (outcome.type === 'UnitFailed') throw new QueryError(outcome.error)
    return { block: outcome.block, annotations: outcome.annotations, stats: outcome.stats }
  } finally {
    signal.removeEventListener('abort', cancel)
    port1.close()
  }
}

/** A thread that died took the unit with it; the unit can run again elsewhere. */
async function runTask(pool: Piscina, task: RunUnit): Promise<UnitOutcome> {
  try {
    return await pool.run(task, { transferList: [task.cancelPort] })
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new QueryError({ code: 'internal', message: `a worker thread ended: ${reason}`, facts: { retry: 1 } }, thrown)
  }
}

/** For the thread's side: the outcome of a unit, its arrays moved instead of copied. */
export function finishedByMoving(result: UnitResult, memory: Pick<UnitFinished, 'memory'>): UnitFinished {
  const block = packBlock(result.block)
  const outcome: UnitFinished = { type: 'UnitFinished', block, annotations: result.annotations, stats: result.stats, ...memory }
  const movable = { [transferableSymbol]: transferablesOf(block), [valueSymbol]: outcome }
  // Piscina unwraps what `move` marks, so the other side receives the value.
  return move(movable as unknown as ArrayBuffer) as unknown as UnitFinished
}
