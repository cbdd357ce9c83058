/** The script of a worker thread: it owns one DuckDB and runs units one after the other. */
import { threadId, workerData } from 'node:worker_threads'
import { cancelled, QueryError } from '../model/error.js'
import { openDuckdb, type Duckdb } from '../segment/segment.js'
import { finishedByMoving, type RunUnit, type ThreadMemory, type ThreadWarm, type UnitOutcome, type WarmThread } from '../wire/wire.js'
import { runUnit } from './execute.js'
import { SampleBuffers } from './sample-store.js'

/** What openThreads hands over as settings. */
export interface ThreadSettings {
  readonly memoryMb: number
  readonly tempFolder: string
  /** Value of limits.memoryReadEveryMs. */
  readonly memoryReadEveryMs: number
}

let opened: Promise<Duckdb> | undefined
const buffers = new SampleBuffers()
let memoryReadAt = -Infinity

export default async function runInThread(task: RunUnit | WarmThread): Promise<UnitOutcome | ThreadWarm> {
  if (task.type === 'RunUnit') return runOne(task)
  await theDuckdb()
  return { type: 'ThreadWarm' }
}

async function runOne(task: RunUnit): Promise<UnitOutcome> {
  const controller = new AbortController()
  const flag = new Int32Array(task.cancelFlag)
  const checkCancelled = (): void => {
    if (Atomics.load(flag, 0) === 1) throw cancelled('the unit')
  }
  task.cancelPort.on('message', () => controller.abort())
  try {
    const context = { duckdb: await theDuckdb(), buffers, signal: controller.signal, checkCancelled, now: () => performance.now(), clock: () => Date.now() }
    return finishedByMoving(await runUnit(task.unit, task.segments, context), await memoryNow())
  } catch (thrown) {
    return { type: 'UnitFailed', error: QueryError.from(thrown).toRecord(), ...(await memoryNow()) }
  } finally {
    task.cancelPort.close()
  }
}

/** Now and then; nothing in between, or if DuckDB does not say. Part of the unit, since a thread must not end while DuckDB is at work. */
async function memoryNow(): Promise<{ readonly memory?: ThreadMemory }> {
  const now = performance.now()
  if (now - memoryReadAt < settings().memoryReadEveryMs) return {}
  memoryReadAt = now
  try {
    return { memory: { thread: threadId, ...(await (await theDuckdb()).memory()) } }
  } catch {
    return {}
  }
}

/** One for the life of the thread; opened anew after a failure. */
function theDuckdb(): Promise<Duckdb> {
  opened ??= openDuckdb(duckdbOptions()).catch((thrown: unknown) => {
    opened = undefined
    throw thrown
  })
  return opened
}

function duckdbOptions(): { memoryMb: number; tempFolder: string; threads: number } {
  const { memoryMb, tempFolder } = settings()
  return { memoryMb, tempFolder, threads: 1 }
}

/** Piscina wraps what it is given: [its own data, ours]. */
function settings(): ThreadSettings {
  return Array.isArray(workerData) ? workerData[1] : workerData
}
