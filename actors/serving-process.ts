/** What one of several processes runs: a node that is told by the first process what to serve and when to stop. */
import cluster from 'node:cluster'
import type { FromProcess, ServeHere, ToProcess } from './process-slot.js'
import { serveConfigured, type RunningNode } from './serve-node.js'

let node: Promise<RunningNode> | undefined
let stopping = false

process.on('message', (message: ToProcess) => void (message.type === 'ServeHere' ? serve(message) : stop()))
// Ctrl-C reaches every process of a terminal; the first one says what to do.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void stop())
// Without the first process there is nobody to serve for; an exit would wait for threads in native code.
cluster.worker?.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
tell({ type: 'Listening' }, () => undefined)

async function serve({ configuration, listening }: ServeHere): Promise<void> {
  try {
    node = serveConfigured(configuration, listening)
    tell({ type: 'Serving', url: (await node).url }, () => undefined)
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message?: string }
    tell({ type: 'CannotServe', message: message ?? String(thrown), code }, () => process.exit(1))
  }
}

/** Told by the first process, and by a signal to the whole group. */
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  try {
    await (await node)?.stop()
    process.exit(0)
  } catch {
    process.exit(1)
  }
}

function tell(message: FromProcess, told: () => void): void {
  process.send?.(message, told)
}
