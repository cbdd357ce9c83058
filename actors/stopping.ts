/** How a node stops: what is running may finish, nothing new begins, and other nodes go on without it. */
import type { QueryError } from '../src/model/error.js'
import { nodeStopping, type Limits } from '../src/model/limits.js'
import type { Every } from './system.js'

/** The steps, each by whoever can do it. */
export interface StopSteps {
  /** From now on queries, imports and units of other nodes are refused, and what of them has not begun is handed back; /readyz fails. */
  refuse(reason: QueryError): void
  /** Other nodes hear that this one takes no more units. May fail or take long: a lease that is not renewed runs out. */
  leave(): Promise<void>
  /** Resolves when all that was begun has been answered, at the latest after so many ms. */
  finish(ms: number): Promise<void>
  /** Ends what is left with an error and closes everything. */
  close(): Promise<void>
}

/** Resolves when the node has stopped; rejects if it could not be closed. `every`: see system.ts. */
export async function stopNode(steps: StopSteps, limits: Limits, every: Every): Promise<void> {
  steps.refuse(nodeStopping(limits))
  const left = steps.leave().catch(() => undefined)
  await steps.finish(limits.drainMs)
  await atMost(limits.stopGraceMs, left, every)
  await steps.close()
}

async function atMost(ms: number, work: Promise<void>, every: Every): Promise<void> {
  let stopTimer = (): void => undefined
  const over = new Promise<void>((resolve) => {
    stopTimer = every(ms, resolve)
  })
  await Promise.race([work, over])
  stopTimer()
}
