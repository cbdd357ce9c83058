/** What the threads of a process have had of the cores, where the system tells (Linux). */
import { readdirSync, readFileSync } from 'node:fs'

/** By thread: ms on a core, and ms for which it could have run and none was free. */
export type ThreadTimes = ReadonlyMap<string, { readonly ranMs: number; readonly waitedMs: number }>

/** Empty for a process that is gone. */
export function threadTimes(pid: number): ThreadTimes {
  try {
    return new Map(
      readdirSync(`/proc/${pid}/task`).map((thread) => {
        const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number)
        return [thread, { ranMs: ran / 1e6, waitedMs: waited / 1e6 }]
      }),
    )
  } catch {
    return new Map()
  }
}
