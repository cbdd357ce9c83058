/** A nodes table in memory, in simulated time, that may be slow, down, or forget to tell; the contract of the real one is in contract/nodes.test.ts. */
import type { Member, NodeFacts, Roll, RollCall } from '../../src/model/node.js'
import { QueryError } from '../../src/model/error.js'
import { randomFrom, type Random, type SimulatedWorld } from './simulated-system.js'

export interface RollFaults {
  /** Of statements, in 0 to 1. */
  failing: number
  losingNotices: number
  /** An answer takes up to so long, there and back each. */
  slowMs: number
}

export class SimulatedTable {
  readonly faults: RollFaults = { failing: 0, losingNotices: 0, slowMs: 2 }
  readonly rows = new Map<string, Member>()
  /** Registered after they had left. */
  readonly revenants: string[] = []
  /** The clock of the database less that of the world. */
  clockOffsetMs = 0
  readonly #world: SimulatedWorld
  readonly #random: Random
  readonly #leaseMs: number
  readonly #departed = new Set<string>()
  readonly #listeners = new Set<() => void>()

  constructor(world: SimulatedWorld, seed: number, leaseMs: number) {
    this.#world = world
    this.#random = randomFrom(seed ^ 0x9e3779b9)
    this.#leaseMs = leaseMs
  }

  get nowMs(): number {
    return 1_700_000_000_000 + this.#world.now() + this.clockOffsetMs
  }

  /** As one node is connected to it. What it asks at once may be carried out in any order. */
  connect(): Roll {
    let listener: (() => void) | undefined
    const listen = (): void => void (listener === undefined || this.#listeners.add(listener))
    const onChange = (changed: () => void): void => {
      if (listener !== undefined) this.#listeners.delete(listener)
      listener = changed
      listen()
    }
    // A connection that was lost listens again with the next statement that reaches the catalog.
    const listening = <T>(statement: () => T) => (): T => {
      listen()
      return statement()
    }
    return {
      renew: (node, units) => this.#statement(listening(() => this.#renew(node, units))),
      leave: (id) => this.#statement(listening(() => this.#leave(id))),
      onChange,
      close: async () => {
        if (listener !== undefined) this.#listeners.delete(listener)
      },
    }
  }

  /** Another instance answers from now on: nobody is connected to it yet. */
  failOver(): void {
    this.#listeners.clear()
  }

  /** Fails on the way there or on the way back: then it has been carried out. */
  async #statement<T>(statement: () => T): Promise<T> {
    await this.#travel()
    const result = statement()
    await this.#travel()
    return result
  }

  async #travel(): Promise<void> {
    const fails = this.#random() < this.faults.failing
    await this.#world.sleep(this.#random() * this.faults.slowMs)
    if (fails) throw new QueryError({ code: 'unavailable', message: 'the catalog cannot be reached' })
  }

  #renew(node: NodeFacts, units: number): RollCall {
    const atMs = this.nowMs
    if (this.#departed.has(node.id)) this.revenants.push(node.id)
    const joined = !this.rows.has(node.id)
    for (const [id, { seenAt }] of this.rows) if (Math.abs(atMs - seenAt) > this.#leaseMs) this.rows.delete(id)
    this.rows.set(node.id, { ...node, units, seenAt: atMs })
    if (joined) this.#notify()
    return { atMs, members: [...this.rows.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)) }
  }

  #leave(id: string): void {
    this.#departed.add(id)
    if (this.rows.delete(id)) this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) if (this.#random() >= this.faults.losingNotices) this.#world.timer(this.#random() * 5, listener)
  }
}
