/**
 * A network in simulated time: requests and the pieces of their answers arrive late, in their order, or not at all. A connection that breaks
 * is heard of by both ends; a machine that is cut off hears nothing until it is back, as if all were sent again and again.
 */
import type { Random, SimulatedWorld } from '../../harness/simulated-system.js'
import { chance, integer } from '../scenario.js'
import { Connection, type AnswerBody, type SimulatedResponse } from './connection.js'
import type { SimulatedProcess } from './process.js'

export interface LinkFaults {
  /** Of pieces of answers, in 0 to 1: the connection breaks within the piece. */
  readonly cut: number
  /** A byte is another one. */
  readonly corrupt: number
  /** The piece arrives twice. */
  readonly duplicate: number
  /** The piece does not arrive, those after it do. */
  readonly lose: number
  /** The piece is up to so long on its way. */
  readonly lateMs: number
}

export interface ArrivedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface Answer {
  readonly statusCode: number
  readonly body: AnswerBody
}

/** Who answers at a host. */
export interface Listener {
  readonly process: SimulatedProcess
  answer(request: ArrivedRequest, response: SimulatedResponse): void
}

/** Who asks: a node, or a client, which neither stops nor is cut off. */
export interface Asker {
  readonly host: string
  defer(turn: () => void): void
}

const LATENCY_MS = 3

type Kind = keyof Omit<LinkFaults, 'lateMs'>

export class SimulatedNetwork {
  readonly world: SimulatedWorld
  readonly random: Random
  readonly #faults: ReadonlyMap<string, LinkFaults>
  /** How many pieces may still be damaged, by path. */
  readonly #faultsLeft: Map<string, number>
  readonly #listeners = new Map<string, Listener>()
  readonly #open = new Set<Connection>()
  readonly #isolated = new Set<string>()
  #held: { readonly hosts: readonly string[]; readonly turn: () => void }[] = []

  /** `faults` by path. */
  constructor(world: SimulatedWorld, random: Random, faults: ReadonlyMap<string, LinkFaults>, faultsMax: ReadonlyMap<string, number>) {
    this.world = world
    this.random = random
    this.#faults = faults
    this.#faultsLeft = new Map(faultsMax)
  }

  /** Connections that neither end has let go of. */
  get open(): number {
    return this.#open.size
  }

  listen(host: string, listener: Listener): void {
    this.#listeners.set(host, listener)
  }

  /** Nobody answers there any more. */
  close(host: string): void {
    this.#listeners.delete(host)
  }

  /** All connections of the process that answered there, or asked from there, are gone. */
  reset(host: string, process: SimulatedProcess): void {
    for (const connection of this.#open) {
      if (connection.asker.host === host) connection.abandon(destroyedError())
      else if (connection.listener?.process === process) connection.drop()
    }
  }

  isolate(host: string): void {
    this.#isolated.add(host)
  }

  isIsolated(host: string): boolean {
    return this.#isolated.has(host)
  }

  rejoin(host: string): void {
    this.#isolated.delete(host)
    for (const { hosts, turn } of this.#held.splice(0)) this.carry(hosts, 0, turn)
  }

  /** Later, unless one of the hosts is cut off; then when it is back. */
  carry(hosts: readonly string[], lateMs: number, turn: () => void): void {
    this.world.timer(this.random() * LATENCY_MS + lateMs, () => {
      if (hosts.some((host) => this.#isolated.has(host))) this.#held.push({ hosts, turn })
      else turn()
    })
  }

  /** Whether this piece meets with that fault. */
  strikes(kind: Kind, path: string): boolean {
    const probability = this.#faults.get(path)?.[kind] ?? 0
    const left = this.#faultsLeft.get(path) ?? 0
    if (probability === 0 || left === 0 || !chance(this.random, probability)) return false
    this.#faultsLeft.set(path, left - 1)
    return true
  }

  latenessOf(path: string): number {
    const most = this.#faults.get(path)?.lateMs ?? 0
    return most > 0 && chance(this.random, 0.2) ? integer(this.random, 1, most) : 0
  }

  /** Resolves with the head of the answer. Rejects with an error of the connection, or an AbortError. */
  post(asker: Asker, url: string, request: Omit<ArrivedRequest, 'path'>, signal: AbortSignal | undefined): Promise<Answer> {
    const { host, pathname } = new URL(url)
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(abortError())
      const abort = (): void => connection.abandon(abortError())
      const gone = (): void => {
        signal?.removeEventListener('abort', abort)
        this.#open.delete(connection)
      }
      const connection = new Connection({ network: this, asker, host, path: pathname, resolve, reject, gone })
      this.#open.add(connection)
      signal?.addEventListener('abort', abort, { once: true })
      const body = this.strikes('corrupt', pathname) ? flipped(request.body, this.random) : request.body
      connection.ask({ ...request, body, path: pathname }, () => this.#listeners.get(host))
    })
  }
}

/** Of a client that does not send any more. */
export function destroyedError(): Error {
  return Object.assign(new Error('the client is destroyed'), { code: 'UND_ERR_DESTROYED' })
}

export function abortError(): Error {
  return Object.assign(new Error('the request was aborted'), { name: 'AbortError' })
}

export function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const other = Uint8Array.from(bytes)
  if (other.length > 0) other[integer(random, 0, other.length - 1)] ^= 1 << integer(random, 0, 7)
  return other
}
