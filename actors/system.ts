/**
 * The actor system: owns every actor, the clock, the timers and the randomness. An actor with messages takes turns;
 * which actor's turn is next, when a promise's outcome arrives and how time passes is the world's to say:
 * the real one here, a seeded one in test/harness/simulated-system.ts.
 *
 * The life of an actor: running, until a failure. Then either ended, or resting until its back-off is over and a new
 * incarnation takes over the same mailbox. Timers and promises of an incarnation do not reach the next one.
 */
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { Actor, Ref, Self, Timer } from './actor.js'
import { Mailbox } from './mailbox.js'
import type { FailurePolicy } from './supervisor.js'
import { Restarts } from './supervisor.js'

/** What the actor system needs of the world. */
export interface World {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  /** Runs the turn soon, never within this call. */
  defer(turn: () => void): void
  /** Runs the turn after so many ms, unless the returned function is called before. */
  timer(ms: number, turn: () => void): () => void
}

export interface SystemParts {
  readonly world: World
  readonly limits: Limits
  readonly telemetry: Telemetry
}

/** The clock, timers and randomness of this process. */
export function realWorld(): World {
  return {
    now: () => performance.now(),
    random: () => Math.random(),
    defer: (turn) => void setImmediate(turn),
    timer: (ms, turn) => {
      const timeout = setTimeout(turn, ms)
      return () => clearTimeout(timeout)
    },
  }
}

/** Outside of actors: calls the action every so many ms until the returned function is called. */
export type Every = (ms: number, action: () => void) => () => void

export const every: Every = (ms, action) => {
  const timer = setInterval(action, ms)
  return () => clearInterval(timer)
}

export class ActorSystem {
  readonly #parts: SystemParts
  readonly #cells = new Map<number, AnyCell>()
  readonly #population = new Map<string, number>()
  #spawned = 0
  #stopping = false

  constructor(parts: SystemParts) {
    this.#parts = parts
  }

  get limits(): Limits {
    return this.#parts.limits
  }

  get telemetry(): Telemetry {
    return this.#parts.telemetry
  }

  get stopping(): boolean {
    return this.#stopping
  }

  /** Milliseconds of the system's clock. */
  now(): number {
    return this.#parts.world.now()
  }

  /** Uniform in [0, 1). */
  random(): number {
    return this.#parts.world.random()
  }

  /**
   * Starts an actor; `make` is called now and after each failure that it survives. `kind` says what it is, `name` which one.
   * Throws `unavailable` once the system is stopping.
   */
  spawn<M extends object>(kind: string, name: string, make: () => Actor<M>, policy: FailurePolicy): Ref<M> {
    if (this.#stopping) throw new QueryError({ code: 'unavailable', message: `${kind} ${name} cannot start: the node is stopping` })
    const id = this.#spawned++
    const cell = new Cell(`${kind} ${name}`, this.#parts, make, policy, () => {
      this.#cells.delete(id)
      this.#population.set(kind, this.population(kind) - 1)
    })
    this.#cells.set(id, cell)
    this.#population.set(kind, this.population(kind) + 1)
    return cell
  }

  /** How many actors of the kind have not ended. */
  population(kind: string): number {
    return this.#population.get(kind) ?? 0
  }

  /** The actors that have not ended, in the order of their start. */
  names(): readonly string[] {
    return [...this.#cells.values()].map((cell) => cell.name)
  }

  /** Ends every actor, the newest first, and starts no more. */
  stop(reason: QueryError): void {
    this.#stopping = true
    for (const cell of [...this.#cells.values()].toReversed()) cell.finish(reason)
  }
}

interface AnyCell {
  readonly name: string
  finish(reason: QueryError | undefined): void
  takeAlong(other: AnyCell): void
  leaveBehind(other: AnyCell): void
}

/** What an incarnation began comes back to it alone; everything else is for whoever lives in the place. */
interface Letter<M extends object> {
  readonly message: M
  readonly onlyFor: Incarnation<M> | undefined
}

/** One actor's place: its mailbox, and whichever incarnation lives in it now. */
class Cell<M extends object> implements Ref<M>, AnyCell {
  readonly name: string
  readonly #parts: SystemParts
  readonly #make: () => Actor<M>
  readonly #policy: FailurePolicy
  readonly #onEnd: () => void
  readonly #mailbox: Mailbox<Letter<M>>
  readonly #restarts: Restarts
  readonly #linked = new Set<AnyCell>()
  #incarnation: Incarnation<M>
  #state: 'waking' | 'running' | 'resting' | 'ended' = 'waking'
  #cancelRest: () => void = () => undefined
  #turnDue = false

  constructor(name: string, parts: SystemParts, make: () => Actor<M>, policy: FailurePolicy, onEnd: () => void) {
    this.name = name
    this.#parts = parts
    this.#make = make
    this.#policy = policy
    this.#onEnd = onEnd
    this.#mailbox = new Mailbox(parts.limits.mailboxMessagesMax)
    this.#restarts = new Restarts(parts.limits)
    this.#incarnation = new Incarnation(this, make(), parts)
    parts.world.defer(() => this.#wake())
  }

  send(message: M): boolean {
    if (this.#state === 'ended' || !this.#mailbox.offer({ message, onlyFor: undefined })) return false
    this.#askForTurn()
    return true
  }

  urge(message: M): void {
    this.urgeLetter({ message, onlyFor: undefined })
  }

  urgeLetter(letter: Letter<M>): void {
    if (this.#state === 'ended') return
    this.#mailbox.urge(letter)
    this.#askForTurn()
  }

  takeAlong(other: AnyCell): void {
    if (this.#state === 'ended') other.finish(lostLink(this.name, 'before it was needed'))
    else this.#linked.add(other)
  }

  leaveBehind(other: AnyCell): void {
    this.#linked.delete(other)
  }

  #wake(): void {
    if (this.#state !== 'waking') return
    this.#state = 'running'
    const incarnation = this.#incarnation
    this.#guarded(() => incarnation.actor.started?.(incarnation))
    this.#askForTurn()
  }

  #askForTurn(): void {
    if (this.#turnDue || this.#state !== 'running' || this.#mailbox.size === 0) return
    this.#turnDue = true
    this.#parts.world.defer(() => this.#turn())
  }

  #turn(): void {
    this.#turnDue = false
    for (let taken = 0; taken < this.#parts.limits.actorMessagesPerTurn && this.#state === 'running'; taken++) {
      const letter = this.#mailbox.take()
      if (letter === undefined) return
      const incarnation = this.#incarnation
      if (letter.onlyFor !== undefined && letter.onlyFor !== incarnation) continue
      this.#guarded(() => incarnation.actor.receive(letter.message, incarnation))
    }
    this.#askForTurn()
  }

  #guarded(step: () => void): void {
    try {
      step()
    } catch (thrown) {
      this.#fail(QueryError.from(thrown))
    }
  }

  #fail(error: QueryError): void {
    if (error.code === 'internal') this.#parts.telemetry({ type: 'actor:failed', actor: this.name, message: error.message })
    if (this.#state === 'ended') return
    const waitMs = this.#policy === 'end' ? undefined : this.#restarts.next(this.#parts.world.now(), this.#parts.world.random())
    if (waitMs === undefined) return this.finish(error)
    this.#state = 'resting'
    this.#dissolve(error)
    this.#cancelRest = this.#parts.world.timer(waitMs, () => this.#remake())
  }

  #remake(): void {
    this.#state = 'waking'
    this.#guarded(() => {
      this.#incarnation = new Incarnation(this, this.#make(), this.#parts)
    })
    this.#wake()
  }

  finish(reason: QueryError | undefined): void {
    if (this.#state === 'ended') return
    const embodied = this.#state !== 'resting'
    this.#state = 'ended'
    this.#cancelRest()
    this.#onEnd()
    if (embodied) this.#dissolve(reason)
    const linked = [...this.#linked]
    this.#linked.clear()
    if (reason === undefined) return
    for (const other of linked) other.finish(lostLink(this.name, reason.message))
  }

  #dissolve(reason: QueryError | undefined): void {
    try {
      this.#incarnation.dissolve(reason)
    } catch (thrown) {
      this.#parts.telemetry({ type: 'actor:failed', actor: this.name, message: QueryError.from(thrown).message })
    }
  }
}

function lostLink(name: string, why: string): QueryError {
  return new QueryError({ code: 'unavailable', message: `${name} has ended: ${why}` })
}

/** What one actor object sees of the system, from its making to its failure or end. */
class Incarnation<M extends object> implements Self<M> {
  readonly actor: Actor<M>
  readonly #cell: Cell<M>
  readonly #parts: SystemParts
  readonly #abort = new AbortController()
  readonly #timers = new Set<Timer>()
  readonly #links = new Set<AnyCell>()

  constructor(cell: Cell<M>, actor: Actor<M>, parts: SystemParts) {
    this.#cell = cell
    this.actor = actor
    this.#parts = parts
  }

  get name(): string {
    return this.#cell.name
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  send(message: M): boolean {
    return this.#cell.send(message)
  }

  urge(message: M): void {
    this.#cell.urge(message)
  }

  now(): number {
    return this.#parts.world.now()
  }

  random(): number {
    return this.#parts.world.random()
  }

  later<T>(promise: Promise<T>, toMessage: (value: T) => M, toFailure: (error: QueryError) => M): void {
    promise.then(
      (value) => this.#arrive(() => toMessage(value)),
      (thrown: unknown) => this.#arrive(() => toFailure(QueryError.from(thrown))),
    )
  }

  #arrive(message: () => M): void {
    this.#parts.world.defer(() => {
      if (!this.#abort.signal.aborted) this.#cell.urgeLetter({ message: message(), onlyFor: this })
    })
  }

  after(ms: number, message: M): Timer {
    const cancel = this.#parts.world.timer(ms, () => {
      this.#timers.delete(timer)
      this.#cell.urgeLetter({ message, onlyFor: this })
    })
    const timer: Timer = {
      cancel: () => {
        this.#timers.delete(timer)
        cancel()
      },
    }
    this.#timers.add(timer)
    return timer
  }

  link(other: Ref<never>): void {
    if (!(other instanceof Cell)) throw new QueryError({ code: 'internal', message: `${other.name} is no actor of this system` })
    this.#links.add(other)
    other.takeAlong(this.#cell)
  }

  end(reason?: QueryError): void {
    this.#cell.finish(reason)
  }

  dissolve(reason: QueryError | undefined): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort()
    for (const timer of this.#timers) timer.cancel()
    for (const other of this.#links) other.leaveBehind(this.#cell)
    this.actor.ended(reason)
  }
}
