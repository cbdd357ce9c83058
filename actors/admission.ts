/**
 * The admission, one per node: which query may begin. Who finds no place waits in a line, organisations taking turns, until a place is
 * free or the wait has been long enough. A place is given back when its query ends, in whatever way.
 *
 * A line that is too long loses the newest query of the organisation that has most in it: one that asks for much crowds out itself alone.
 */
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { OfQuery } from '../src/model/trace.js'
import type { Actor, Ref, Self, Timer } from './actor.js'
import type { Obstacle, Places } from './places.js'
import { Turns, type Verdict } from './turns.js'

export type AdmissionMessage =
  /** Answered once, unless the signal is aborted before: the query's Leave overtakes an Ask that is still in the mailbox. */
  | { readonly type: 'Ask'; readonly query: OfQuery; readonly replyTo: Ref<AdmissionReply>; readonly signal: AbortSignal }
  /** What the query is estimated to hold at a time. */
  | { readonly type: 'Charge'; readonly queryId: string; readonly bytes: number }
  /** The query has ended, or will not wait any longer. */
  | { readonly type: 'Leave'; readonly queryId: string }
  /** No query is admitted any more, and whoever waits is told why. */
  | { readonly type: 'Close'; readonly reason: QueryError }
  | { readonly type: 'WaitOver'; readonly queryId: string }

export type AdmissionReply = { readonly type: 'Admitted' } | { readonly type: 'Refused'; readonly error: QueryError }

export interface AdmissionParts {
  readonly places: Places
  readonly limits: Limits
  readonly telemetry: Telemetry
}

export interface AdmissionFacts {
  readonly running: number
  readonly waiting: number
  /** When the one that waits longest began to, by the system's clock. */
  readonly oldestAt: number | undefined
}

interface Waiting {
  readonly query: OfQuery
  readonly replyTo: Ref<AdmissionReply>
  readonly since: number
  readonly deadline: Timer
}

export class Admission implements Actor<AdmissionMessage> {
  readonly #parts: AdmissionParts
  readonly #line = new Turns<Waiting>()
  /** In the order of their asking. */
  readonly #waiting = new Map<string, Waiting>()

  constructor(parts: AdmissionParts) {
    this.#parts = parts
  }

  get facts(): AdmissionFacts {
    const [oldest] = this.#waiting.values()
    return { running: this.#parts.places.running, waiting: this.#waiting.size, oldestAt: oldest?.since }
  }

  receive(message: AdmissionMessage, self: Self<AdmissionMessage>): void {
    const { places } = this.#parts
    switch (message.type) {
      case 'Ask':
        if (!message.signal.aborted) this.#ask(message.query, message.replyTo, self)
        return
      case 'Charge':
        places.charge(message.queryId, message.bytes)
        return this.#admit(self)
      case 'Leave':
        this.#forget(message.queryId)
        places.leave(message.queryId)
        return this.#admit(self)
      case 'Close':
        places.close(message.reason)
        return this.#refuseAll(message.reason)
      case 'WaitOver':
        return this.#waitOver(message.queryId)
    }
  }

  ended(reason: QueryError | undefined): void {
    this.#refuseAll(new QueryError({ code: 'unavailable', message: `the admission has stopped: ${reason?.message ?? 'at its end'}` }, reason))
  }

  #ask(query: OfQuery, replyTo: Ref<AdmissionReply>, self: Self<AdmissionMessage>): void {
    const { queryId, organisation } = query
    const { places, limits } = this.#parts
    if (places.closed !== undefined) {
      replyTo.urge({ type: 'Refused', error: places.closed })
      return
    }
    const waiting = { query, replyTo, since: self.now(), deadline: self.after(limits.queryWaitMs, { type: 'WaitOver', queryId }) }
    this.#waiting.set(queryId, waiting)
    this.#line.put(organisation, queryId, waiting)
    this.#admit(self)
    if (this.#waiting.size > limits.queriesWaitingMax) this.#refuse(this.#line.lastOfLongest(organisation), lineTooLong(limits))
  }

  /** As many as there are places for. */
  #admit(self: Self<AdmissionMessage>): void {
    const { places, telemetry } = this.#parts
    for (;;) {
      const next = this.#line.take((_, organisation) => verdictOf(places.obstacle(organisation)))
      if (next === undefined) return
      const { query, replyTo, since } = next
      const { queryId, organisation } = query
      this.#forget(queryId)
      places.take(queryId, organisation)
      telemetry({ type: 'query:admitted', ...query, waitedMs: self.now() - since })
      replyTo.urge({ type: 'Admitted' })
    }
  }

  /** What keeps it waiting is told with the error. */
  #waitOver(queryId: string): void {
    const waiting = this.#waiting.get(queryId)
    const { places, limits } = this.#parts
    if (waiting !== undefined) this.#refuse(waiting, waitedTooLong(limits, places.obstacle(waiting.query.organisation)))
  }

  #refuseAll(error: QueryError): void {
    for (const waiting of this.#waiting.values()) this.#refuse(waiting, error)
  }

  #refuse(waiting: Waiting | undefined, error: QueryError): void {
    if (waiting === undefined) return
    this.#forget(waiting.query.queryId)
    waiting.replyTo.urge({ type: 'Refused', error })
  }

  #forget(queryId: string): void {
    const waiting = this.#waiting.get(queryId)
    if (waiting === undefined) return
    waiting.deadline.cancel()
    this.#waiting.delete(queryId)
    this.#line.drop(waiting.query.organisation, queryId)
  }
}

/** A node that is full is full for all, or a query that needs little would go before the others for ever. */
function verdictOf(obstacle: Obstacle | undefined): Verdict {
  if (obstacle === undefined) return 'go'
  return obstacle.scope === 'node' ? 'stop' : 'pass over'
}

function lineTooLong({ queriesWaitingMax, retryAfterMs }: Limits): QueryError {
  const setting = 'limits.queriesWaitingMax'
  return new QueryError({
    code: 'too_many_requests',
    message: `too many queries are waiting: ${queriesWaitingMax}, limit ${queriesWaitingMax} (setting ${setting})`,
    facts: { limit: 'queriesWaitingMax', value: queriesWaitingMax, amount: queriesWaitingMax + 1, setting, retryAfterMs },
  })
}

function waitedTooLong({ queryWaitMs, retryAfterMs }: Limits, obstacle: Obstacle | undefined): QueryError {
  const wait = `the query has waited for ${queryWaitMs} ms (setting limits.queryWaitMs)`
  if (obstacle === undefined) {
    const facts = { limit: 'queryWaitMs', value: queryWaitMs, amount: queryWaitMs, setting: 'limits.queryWaitMs', retryAfterMs }
    return new QueryError({ code: 'too_many_requests', message: `${wait}: others are before it`, facts })
  }
  const { limit, value, amount, setting, text } = obstacle
  return new QueryError({ code: 'too_many_requests', message: `${text} (setting ${setting}); ${wait}`, facts: { limit, value, amount, setting, waitedMs: queryWaitMs, retryAfterMs } })
}
