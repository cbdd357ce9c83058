/** The door of the room: what crosses a thread or goes to another node, and how. */
export { packBlock, unpackBlock, transferablesOf } from './codec.js'
export { PROTOCOL_VERSION } from './frame.js'
export { finishedByMoving, openThreads, type ThreadOptions } from './local.js'
export type { RunUnit, ThreadMemory, ThreadWarm, UnitFailed, UnitFinished, UnitOutcome, WarmThread } from './message.js'
export { Reception, UnitReceiver, type RemoteOutcome } from './reception.js'
export { aliveFrame, errorFrame, readUnitRequest, resultFrames, unitRequest } from './unit-frames.js'
