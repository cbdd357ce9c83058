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

/** Time on a processor that each thread of a process has had, in ticks of the kernel (10 ms); threads that are gone are left out. */
export function ticksOf(pid: number): ReadonlyMap<number, number> {
  return new Map(
    threadsOf(pid).flatMap((thread): [number, number][] => {
      // The name of the thread, in brackets, may hold anything; utime and stime are the 12th and 13th word behind it.
      const words = read(`/proc/${pid}/task/${thread}/stat`).split(') ').at(-1)?.split(' ') ?? []
      return words.length < 13 ? [] : [[thread, Number(words[11]) + Number(words[12])]]
    }),
  )
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
