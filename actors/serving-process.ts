/** What one of several processes runs: a node that is told by the first process what to serve and when to stop. */
import cluster from 'node:cluster'
import type { FromProcess, ServeHere, ToProcess } from './process-slot.js'
import { serveConfigured, type RunningNode } from './serve-node.js'
import { answerOf, AskedSiblings } from './siblings.js'

let node: Promise<RunningNode> | undefined
let served: RunningNode | undefined
let stopping = false

const siblings = new AskedSiblings((message) => tell(message, () => undefined))

process.on('message', hear)
// Ctrl-C reaches every process of a terminal; the first one says what to do.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void stop())
// Without the first process there is nobody to serve for; an exit would wait for threads in native code.
cluster.worker?.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
tell({ type: 'Listening' }, () => undefined)

function hear(message: ToProcess): void {
  switch (message.type) {
    case 'ServeHere':
      return void serve(message)
    case 'StopServing':
      return void stop()
    case 'Question':
      return void answer(message).catch(() => undefined)
    case 'SiblingsAnswered':
      return siblings.answered(message)
  }
}

/** A process that does not serve yet, or cannot, has nothing to tell. One that fails to answer is missing. */
async function answer({ number, question }: Extract<ToProcess, { type: 'Question' }>): Promise<void> {
  const { metrics, node: own } = served?.observed ?? {}
  const told = metrics === undefined || own === undefined ? undefined : await answerOf(question, metrics, own)
  tell({ type: 'Answer', number, answer: told }, () => undefined)
}

async function serve({ configuration, listening }: ServeHere): Promise<void> {
  try {
    node = serveConfigured(configuration, listening, siblings)
    served = await node
    tell({ type: 'Serving', url: served.url }, () => undefined)
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
