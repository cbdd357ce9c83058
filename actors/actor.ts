/**
 * What an actor is. It alone touches its state, one message at a time; what must be waited for comes back as a message,
 * so that no step of it is ever interleaved with another and a schedule of messages is a whole account of a run.
 */
import type { QueryError } from '../src/model/error.js'

export interface Actor<M extends object> {
  /** The first thing in the life of the actor, and again of each that takes its place after a failure. */
  started?(self: Self<M>): void
  /** Runs to completion: no promise is awaited inside. Whatever it throws is a failure of the actor. */
  receive(message: M, self: Self<M>): void
  /** The last thing, once: everything held is given back. `reason` is undefined after a normal end. */
  ended(reason: QueryError | undefined): void
}

/** Where messages for an actor go. It stays the same when the actor is restarted. */
export interface Ref<in M extends object> {
  readonly name: string
  /** Data. False if the mailbox is full or the actor has ended: nothing was sent, the sender must react. */
  send(message: M): boolean
  /** Control: overtakes data and is never refused. An actor that has ended ignores it. */
  urge(message: M): void
}

/** What an actor may do, beside its own work. Everything begun here ends with the actor. */
export interface Self<M extends object> extends Ref<M> {
  /** Aborted when the actor ends or fails. */
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  /** The outcome of the promise arrives as a control message; whatever it rejects with arrives as a QueryError. */
  later<T>(promise: Promise<T>, toMessage: (value: T) => M, toFailure: (error: QueryError) => M): void
  /** The message arrives as control after so many ms. */
  after(ms: number, message: M): Timer
  /** If the other ends by failure, so does this one. */
  link(other: Ref<never>): void
  /** Ends the actor after this message. With a reason it counts as a failure for those linked to it, but is not restarted. */
  end(reason?: QueryError): void
}

export interface Timer {
  cancel(): void
}
