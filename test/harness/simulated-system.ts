/**
 * A world for the actor system in which a seed decides everything: which actor's turn is next, when the outcome of a
 * promise arrives, and how time passes. Time stands still while there is something to do, but for a little lateness,
 * and jumps to the next timer when there is not. The same seed gives the same run.
 */
import type { World } from '../../actors/system.js'

/** Uniform in [0, 1), from a seed (mulberry32). */
export type Random = () => number

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Alarm {
  readonly at: number
  readonly turn: () => void
}

/** How late a busy process may be with its turns. */
const LATENESS_MS = 5
/** Microtask rounds between two turns: enough for a promise to pass through a few async functions. */
const ROUNDS = 5
/** Before time passes: enough for one that passes through generators of generators. */
const ROUNDS_AT_REST = 40

export class SimulatedWorld implements World {
  readonly #schedule: Random
  readonly #values: Random
  readonly #turns: (() => void)[] = []
  #alarms: Alarm[] = []
  #now = 0
  #taken = 0

  constructor(seed: number) {
    this.#schedule = randomFrom(seed)
    this.#values = randomFrom(seed ^ 0x5bd1e995)
  }

  now(): number {
    return this.#now
  }

  random(): number {
    return this.#values()
  }

  defer(turn: () => void): void {
    this.#turns.push(turn)
  }

  timer(ms: number, turn: () => void): () => void {
    const alarm = { at: this.#now + ms, turn }
    const later = this.#alarms.findIndex((other) => other.at > alarm.at)
    this.#alarms.splice(later < 0 ? this.#alarms.length : later, 0, alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  /** So much time goes by within the turn that calls this: the process is busy. */
  spend(ms: number): void {
    this.#now += ms
  }

  /** Resolves after so many ms of this world's time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.timer(ms, resolve))
  }

  /** What is still to come: turns and timers. */
  get pending(): number {
    return this.#turns.length + this.#alarms.length
  }

  get turnsTaken(): number {
    return this.#taken
  }

  /** Runs until nothing is left to do, or it is said to be enough; false if that takes more than `turnsMax` turns from now on. */
  async run(turnsMax: number, isEnough = (): boolean => false): Promise<boolean> {
    const most = this.#taken + turnsMax
    for (;;) {
      for (let round = 0; round < ROUNDS; round++) await undefined
      for (let round = ROUNDS; round < ROUNDS_AT_REST && this.#turns.length === 0; round++) await undefined
      if (this.pending === 0) await new Promise((resolve) => setImmediate(resolve))
      if (this.pending === 0) return true
      if (isEnough()) return true
      if (this.#taken++ === most) return false
      this.#next()()
    }
  }

  #next(): () => void {
    const alarm = this.#alarms[0]
    const due = alarm !== undefined && (this.#turns.length === 0 || (alarm.at - this.#now <= LATENESS_MS && this.#schedule() < 0.05))
    if (due) {
      this.#alarms.shift()
      this.#now = Math.max(this.#now, alarm.at)
      return alarm.turn
    }
    const [turn] = this.#turns.splice(Math.floor(this.#schedule() * this.#turns.length), 1)
    return turn
  }
}
