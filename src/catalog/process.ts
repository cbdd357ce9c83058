/** What the system tells about other processes. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Also true for a process of another user. */
export function isProcessAlive(pid: number): boolean {
  // 0 and negative numbers are groups of processes.
  if (!(pid > 0)) return false
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

/** When a process began, as the system writes it: only good for comparing. Empty if the process is gone or the system does not tell. */
export async function processStart(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The command stands in parentheses and may hold anything; state is the next field, the start time the 20th (man 5 proc).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended and only waits for its parent to hear of it.
    return fields[0] === 'Z' ? '' : fields[19]
  } catch {
    return ps(pid, 'lstart=')
  }
}

/** The command line of a process, arguments joined by blanks; empty if it is gone. */
export async function processCommand(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
  } catch {
    return ps(pid, 'command=')
  }
}

/** For systems without /proc. */
async function ps(pid: number, column: string): Promise<string> {
  const answer = await execute('ps', ['-p', String(pid), '-o', column]).catch(() => ({ stdout: '' }))
  return answer.stdout.trim()
}
