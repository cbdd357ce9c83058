/** The world as one process sees it: it may stand still, and it may be killed. Nothing of it runs meanwhile, or ever again. */
import type { World } from '../../../actors/system.js'
import type { SimulatedWorld } from '../../harness/simulated-system.js'

export class SimulatedProcess implements World {
  readonly #world: SimulatedWorld
  readonly #timers = new Set<object>()
  #held: (() => void)[] = []
  #state: 'running' | 'frozen' | 'dead' = 'running'

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  get state(): 'running' | 'frozen' | 'dead' {
    return this.#state
  }

  /** Timers that have not gone off. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#world.now()
  }

  random(): number {
    return this.#world.random()
  }

  defer(turn: () => void): void {
    this.#world.defer(() => this.#take(turn))
  }

  timer(ms: number, turn: () => void): () => void {
    const key = {}
    this.#timers.add(key)
    const goOff = (): void => {
      if (this.#timers.delete(key)) turn()
    }
    const cancel = this.#world.timer(ms, () => this.#take(goOff))
    return () => {
      if (this.#timers.delete(key)) cancel()
    }
  }

  /** For whoever looks on: a timer that is none of the process. */
  watch(ms: number, look: () => void): void {
    this.#world.timer(ms, () => this.#take(look))
  }

  /** As `every` of the actor system. */
  readonly every = (ms: number, action: () => void): (() => void) => {
    let cancel = (): void => undefined
    const again = (): void => {
      cancel = this.timer(ms, () => {
        again()
        action()
      })
    }
    again()
    return () => cancel()
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.timer(ms, resolve))
  }

  /** Takes so long, or until the signal is aborted. */
  async sleepUnless(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted === true) return
    await new Promise<void>((resolve) => {
      const cancel = this.timer(ms, () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      })
      const stop = (): void => {
        cancel()
        resolve()
      }
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    for (const turn of this.#held.splice(0)) this.#world.defer(() => this.#take(turn))
  }

  kill(): void {
    this.#state = 'dead'
    this.#held = []
    this.#timers.clear()
  }

  #take(turn: () => void): void {
    if (this.#state === 'running') turn()
    else if (this.#state === 'frozen') this.#held.push(turn)
  }
}
