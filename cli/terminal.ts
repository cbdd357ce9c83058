/** Standard output and error as the commands use them: writing waits for the reader; a status line only where a person looks. */
import { once } from 'node:events'

export interface Terminal {
  /** Writes to standard output; resolves when more may be written. Writes nothing once the reader has closed it. */
  write(text: string): Promise<void>
  /** One line on standard error. */
  note(line: string): void
  /** Replaces the status line on standard error; nothing unless that is a terminal. */
  status(line: string): void
  /** Whether standard error is a terminal. */
  readonly watched: boolean
  /** Aborts when standard output is closed by its reader, as by `head`. */
  readonly closed: AbortSignal
}

const CLEAR_LINE = '\r\u001b[K'

export function processTerminal(): Terminal {
  const { stdout, stderr } = process
  const closed = new AbortController()
  const watched = stderr.isTTY === true
  let shown = false
  const clear = (): void => {
    if (shown) stderr.write(CLEAR_LINE)
    shown = false
  }
  stdout.once('error', () => closed.abort())
  return {
    watched,
    closed: closed.signal,
    write: async (text) => {
      if (closed.signal.aborted) return
      clear()
      if (!stdout.write(text)) await once(stdout, 'drain', { signal: closed.signal }).catch(() => {})
    },
    note: (line) => {
      clear()
      stderr.write(`${line}\n`)
    },
    status: (line) => {
      if (!watched) return
      stderr.write(`${CLEAR_LINE}${line.slice(0, (stderr.columns ?? 80) - 1)}`)
      shown = line !== ''
    },
  }
}

/**
 * A signal that aborts at the first SIGINT or SIGTERM; the second one ends the process at once.
 * `release` gives the signals back to the process.
 */
export function interruptSignal(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController()
  const interrupt = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) endBy(name)
    controller.abort(name)
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
    },
  }
}

/** `process.exit` would wait for threads, and abort where they are in native code. */
function endBy(name: NodeJS.Signals): void {
  process.removeAllListeners(name)
  process.kill(process.pid, name)
}

/** What a shell reports for a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return signal === 'SIGTERM' ? 143 : 130
}
