/**
 * The place of one of several processes: whoever lives in it ends some time, and another one is started in its place.
 * starting → serving → ended → resting → starting …, until *stopping*. A process that ends before it has ever served is not started again.
 */
import type { Worker } from 'node:cluster'
import type { Limits } from '../src/model/limits.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { Configuration } from './configuration.js'
import type { FromSibling, ToSibling } from './siblings.js'
import { backoffMs } from './supervisor.js'

/** Where a process listens: at the port that all share, and at one of its own. */
export interface SharedListening {
  readonly host: string
  readonly port: number
  /** The host by which other nodes reach its own port. */
  readonly reachedAt: string
  /** Which one of them it is. */
  readonly process: number
}

/** To a process, the first thing. */
export interface ServeHere {
  readonly type: 'ServeHere'
  readonly configuration: Configuration
  readonly listening: SharedListening
}

export type ToProcess = ServeHere | { readonly type: 'StopServing' } | ToSibling

/** From a process: that it hears what is said to it, then once whether it serves, then what concerns the others. `code` is that of the system, such as EADDRINUSE. */
export type FromProcess =
  | { readonly type: 'Listening' }
  | { readonly type: 'Serving'; readonly url: string }
  | { readonly type: 'CannotServe'; readonly message: string; readonly code: string | undefined }
  | FromSibling

export interface ProcessSlotParts {
  readonly number: number
  readonly serve: ServeHere
  readonly fork: () => Promise<Worker>
  readonly limits: Limits
  readonly telemetry: Telemetry
}

export class ProcessSlot {
  readonly #parts: ProcessSlotParts
  #worker: Worker | undefined
  #exited: Promise<void> = Promise.resolve()
  #stopping = false
  /** Ends in a row, each soon after its start. */
  #failures = 0
  #rest: NodeJS.Timeout | undefined

  constructor(parts: ProcessSlotParts) {
    this.#parts = parts
  }

  /** Resolves with the URL that the process shares with others; rejects with its reason if it ends before it serves. */
  async start(): Promise<string> {
    const startedAt = performance.now()
    const worker = await this.#parts.fork()
    this.#worker = worker
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()))
    const url = await servingUrl(worker, this.#parts.serve)
    void this.#exited.then(() => this.#ended(worker, performance.now() - startedAt))
    if (this.#stopping) await this.#end()
    return url
  }

  /** Resolves when the process is gone: it has the time that a node takes to stop, and is killed after it. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#rest)
    await this.#end()
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    const { drainMs, stopGraceMs } = this.#parts.limits
    if (worker.isConnected()) worker.send({ type: 'StopServing' } satisfies ToProcess)
    const kill = setTimeout(() => worker.process.kill('SIGKILL'), drainMs + 4 * stopGraceMs)
    await this.#exited
    clearTimeout(kill)
  }

  #ended({ process: { pid, exitCode, signalCode } }: Worker, livedMs: number): void {
    if (this.#stopping) return
    const { limits } = this.#parts
    this.#failures = livedMs > limits.actorRestartWindowMs ? 1 : this.#failures + 1
    this.#restart(`process ${pid} ended with ${signalCode ?? exitCode}`)
  }

  #restart(reason: string): void {
    const { number, limits, telemetry } = this.#parts
    const restMs = backoffMs(limits, this.#failures, Math.random())
    telemetry({ type: 'process:ended', process: number, reason, restartMs: Math.round(restMs) })
    this.#rest = setTimeout(() => void this.#startAgain(), restMs)
  }

  async #startAgain(): Promise<void> {
    try {
      await this.start()
    } catch (thrown) {
      if (this.#stopping) return
      this.#failures++
      this.#restart(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
}

/** What is said to a process before it listens is lost. */
function servingUrl(worker: Worker, serve: ServeHere): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromProcess) => {
      if (message.type === 'Listening') worker.send(serve)
      else if (message.type === 'Serving') resolve(message.url)
      else if (message.type === 'CannotServe') reject(Object.assign(new Error(message.message), message.code === undefined ? {} : { code: message.code }))
    })
    worker.once('exit', (code, signal) => reject(new Error(`a process ended with ${signal ?? code} before it served`)))
    worker.on('error', reject)
  })
}
