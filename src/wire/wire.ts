/** The door of the room: what crosses a thread, and how. */
export { packBlock, unpackBlock, transferablesOf, type PackedBlock } from './codec.js'
export { finishedByMoving, openThreads, type ThreadOptions } from './local.js'
export type { RunUnit, ThreadMemory, ThreadWarm, UnitFailed, UnitFinished, UnitOutcome, WarmThread } from './message.js'
