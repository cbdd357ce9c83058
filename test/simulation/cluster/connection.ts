/** One request and its answer: what either end sees of the connection. */
import { EventEmitter } from 'node:events'
import { chance, integer } from '../scenario.js'
import { abortError, flipped, type Answer, type ArrivedRequest, type Asker, type Listener, type SimulatedNetwork } from './network.js'

export interface ConnectionParts {
  readonly network: SimulatedNetwork
  readonly asker: Asker
  readonly host: string
  readonly path: string
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  /** Neither end has anything to do with it any more. */
  readonly gone: () => void
}

export class Connection {
  readonly asker: Asker
  listener: Listener | undefined
  readonly #parts: ConnectionParts
  readonly #body: AnswerBody
  readonly #response: SimulatedResponse
  readonly #line: (() => void)[] = []
  /** Whether whoever asked, and the host, have anything to do with it. */
  #askerIsOpen = true
  #hostIsOpen = true
  readonly #hostLine: (() => void)[] = []
  readonly #hostInbox: (() => unknown)[] = []
  #latestMs = 0
  #hostLatestMs = 0
  #dropped = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.asker = parts.asker
    this.#body = new AnswerBody(this)
    this.#response = new SimulatedResponse(this)
  }

  get network(): SimulatedNetwork {
    return this.#parts.network
  }

  get path(): string {
    return this.#parts.path
  }

  /** The request sets out for whoever listens then. */
  ask(request: ArrivedRequest, listener: () => Listener | undefined): void {
    this.#toHost(() => {
      this.listener = listener()
      if (this.listener === undefined || this.listener.process.state === 'dead') this.cut('ECONNREFUSED')
    }, this.network.latenessOf(this.path))
    this.#toHost(() => this.#atHost(() => this.#dropped || this.listener?.answer(request, this.#response)), 0)
  }

  head(statusCode: number): void {
    this.#send(() => this.#parts.resolve({ statusCode, body: this.#body }), 0)
  }

  piece(bytes: Uint8Array): void {
    const { network, path } = this
    if (!this.#hostIsOpen || network.strikes('lose', path)) return
    if (network.strikes('cut', path)) {
      this.#body.expect(bytes.subarray(0, integer(network.random, 0, bytes.length - 1)), this.#sendLater)
      return this.cut()
    }
    const arriving = network.strikes('corrupt', path) ? flipped(bytes, network.random) : bytes
    this.#body.expect(arriving, this.#sendLater)
    if (network.strikes('duplicate', path)) this.#body.expect(arriving, this.#sendLater)
  }

  /** All has been written. */
  end(): void {
    this.#send(() => {
      this.#body.finish()
      this.#askerLeaves()
      this.#hostLeaves()
    }, 0)
  }

  /** Whoever asked has read what keeps the host from writing more. */
  taken(): void {
    if (this.#response.writableNeedDrain) this.#toHost(() => this.#atHost(() => this.#response.drained()), 0)
  }

  get unread(): number {
    return this.#body.unread
  }

  /** Whoever asked wants no more. */
  abandon(error: Error): void {
    if (!this.#askerIsOpen) return
    this.#parts.reject(error)
    this.#body.fail(error)
    this.#askerLeaves()
    this.#hostLeaves()
  }

  /** Nothing goes either way any more. */
  cut(code = 'UND_ERR_SOCKET'): void {
    if (!this.#hostIsOpen) return
    this.#hostLeaves()
    const error = Object.assign(new Error(`the connection to ${this.#parts.host} broke`), { code })
    this.#send(() => this.abandon(error), 0)
  }

  /** The host lets go of it: what it has not read it will not read any more. */
  drop(): void {
    this.#dropped = true
    this.cut()
  }

  #askerLeaves(): void {
    this.#askerIsOpen = false
    if (!this.#hostIsOpen) this.#parts.gone()
  }

  #hostLeaves(): void {
    if (!this.#hostIsOpen) return
    this.#hostIsOpen = false
    this.#toHost(() => this.#atHost(() => this.#response.closed()), 0)
    if (!this.#askerIsOpen) this.#parts.gone()
  }

  /** Nothing overtakes what was sent before. */
  #toHost(turn: () => void, lateMs: number): void {
    const { network, asker, host } = this.#parts
    const now = network.world.now()
    this.#hostLatestMs = Math.max(this.#hostLatestMs, now + lateMs)
    this.#hostLine.push(turn)
    network.carry([asker.host, host], this.#hostLatestMs - now, () => this.#hostLine.shift()?.())
  }

  #atHost(turn: () => unknown): void {
    this.#hostInbox.push(turn)
    this.listener?.process.defer(() => this.#hostInbox.shift()?.())
  }

  readonly #sendLater = (turn: () => void): void => this.#send(turn, this.network.latenessOf(this.path))

  /** To whoever asked, behind all that was sent before: whichever piece arrives, the first of the line is taken. */
  #send(turn: () => void, lateMs: number): void {
    const { network, asker, host } = this.#parts
    const now = network.world.now()
    this.#latestMs = Math.max(this.#latestMs, now + lateMs)
    this.#line.push(turn)
    network.carry([asker.host, host], this.#latestMs - now, () => asker.defer(() => this.#line.shift()?.()))
  }
}

/** What is written and not read, before `write` asks to wait. */
const WINDOW_BYTES = 2_000

/** The response of a host, as node:http has it. */
export class SimulatedResponse extends EventEmitter {
  readonly #connection: Connection
  destroyed = false
  writableNeedDrain = false
  #unsent: Uint8Array[] = []

  constructor(connection: Connection) {
    super()
    this.#connection = connection
  }

  writeHead(status: number): this {
    if (!this.destroyed) this.#connection.head(status)
    return this
  }

  flushHeaders(): void {}

  /** Frames go one by one; of texts, what is written in one turn goes together. */
  write(data: Uint8Array | string): boolean {
    if (this.destroyed) return false
    if (typeof data === 'string') {
      this.#unsent.push(Buffer.from(data))
      if (this.#unsent.length === 1) this.#connection.listener?.process.defer(() => this.#flush())
    } else {
      this.#connection.piece(Uint8Array.from(data))
    }
    const unsent = this.#unsent.reduce((sum, { length }) => sum + length, 0)
    this.writableNeedDrain = this.#connection.unread + unsent > WINDOW_BYTES
    return !this.writableNeedDrain
  }

  end(data?: string): void {
    if (this.destroyed) return
    if (data !== undefined) this.write(data)
    this.#flush()
    this.#connection.end()
  }

  destroy(): void {
    this.#connection.cut()
  }

  drained(): void {
    if (!this.writableNeedDrain) return
    this.writableNeedDrain = false
    this.emit('drain')
  }

  closed(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }

  #flush(): void {
    if (this.#unsent.length > 0) this.#connection.piece(Buffer.concat(this.#unsent.splice(0)))
  }
}

type Next = IteratorResult<Uint8Array, undefined>

/** The body of an answer, as whoever asked reads it. */
export class AnswerBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #connection: Connection
  readonly #pieces: Uint8Array[] = []
  #unread = 0
  #waiting: { readonly resolve: (next: Next) => void; readonly reject: (error: Error) => void } | undefined
  #end: 'finished' | Error | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Bytes that are on their way or have not been read. */
  get unread(): number {
    return this.#unread
  }

  /** The bytes are on their way, in one piece or two. */
  expect(bytes: Uint8Array, send: (turn: () => void) => void): void {
    const { random } = this.#connection.network
    this.#unread += bytes.length
    const cut = bytes.length > 1 && chance(random, 0.15) ? integer(random, 1, bytes.length - 1) : bytes.length
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (piece.length > 0) send(() => this.#put(piece))
  }

  #put(piece: Uint8Array): void {
    if (this.#end !== undefined) return
    this.#pieces.push(piece)
    this.#settle()
  }

  finish(): void {
    this.#end ??= 'finished'
    this.#settle()
  }

  fail(error: Error): void {
    this.#end ??= error
    this.#settle()
  }

  next(): Promise<Next> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#settle()
    })
  }

  /** Whoever reads has had enough. */
  return(): Promise<Next> {
    this.#connection.abandon(abortError())
    return Promise.resolve({ done: true, value: undefined })
  }

  async text(): Promise<string> {
    const pieces: Uint8Array[] = []
    for await (const piece of this) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }

  #settle(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const piece = this.#pieces.shift()
    if (piece === undefined && this.#end === undefined) return
    this.#waiting = undefined
    if (piece !== undefined) {
      this.#unread -= piece.length
      this.#connection.taken()
      waiting.resolve({ done: false, value: piece })
    } else if (this.#end === 'finished') waiting.resolve({ done: true, value: undefined })
    else waiting.reject(this.#end as Error)
  }
}
