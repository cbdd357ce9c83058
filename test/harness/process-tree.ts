/** What /proc tells of processes: Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

export const NO_PROC = process.platform !== 'linux' && 'processes and their threads are found by /proc'

/** The process and all that it has started, itself first. */
export function familyOf(pid: number): readonly number[] {
  const children = threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter((text) => text !== '').map(Number))
  return [pid, ...children.flatMap(familyOf)]
}

/** Ids of the threads of a process. */
export function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** Signals all that are there; who is gone meanwhile is gone. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended.
    }
  }
}
