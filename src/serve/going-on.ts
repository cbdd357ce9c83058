/**
 * One query over as many connections as it takes: when one breaks, the next goes on behind the last event that arrived whole, at the next
 * node of the list. The reader sees one answer: one plan, every data event and remark once, one end or error.
 */
import { QueryError } from '../model/error.js'
import type { QueryEvent } from '../model/event.js'
import type { Limits } from '../model/limits.js'

/** Clock and chance, handed in. */
export interface ClientWorld {
  /** In [0, 1). */
  random(): number
  /** Resolves after so many ms; rejects with an AbortError once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<unknown>
}

export type GoingOnLimits = Pick<Limits, 'resumeAttemptsMax' | 'retryBackoffMs' | 'retryBackoffMaxMs'>

export interface GoingOn {
  /** How many nodes there are to ask, one after the other. */
  readonly nodes: number
  /** The events of one connection to a node, from behind the id on; rejects with a QueryError. */
  readonly connect: (node: number, after: string | undefined) => AsyncIterable<QueryEvent>
  readonly after: string | undefined
  readonly limits: GoingOnLimits
  readonly world: ClientWorld
  readonly signal: AbortSignal | undefined
}

/** Throws a QueryError where the query fails; an `error` event that cannot be helped is given like any other. */
export async function* goingOn(parts: GoingOn): AsyncGenerator<QueryEvent> {
  const course = new Course(parts)
  for (;;) {
    const failure = yield* oneConnection(parts, course)
    if (failure === undefined) return
    const waitMs = course.failed()
    if (waitMs === undefined) throw course.worded(failure)
    if (waitMs > 0) await parts.world.sleep(waitMs, parts.signal)
  }
}

/** Returns what broke the connection and may pass; undefined: the answer is whole, or has ended in an error. */
async function* oneConnection({ connect }: GoingOn, course: Course): AsyncGenerator<QueryEvent, QueryError | undefined> {
  try {
    for await (const event of connect(course.node, course.after)) {
      if (event.type === 'error' && mayPass(event.error.code)) return new QueryError(event.error)
      if (course.take(event)) yield event
      if (event.type === 'end' || event.type === 'error') return undefined
    }
  } catch (thrown) {
    if (thrown instanceof QueryError && (thrown.code === 'unavailable' || (course.begun && mayPass(thrown.code)))) return thrown
    throw thrown
  }
  throw new Error('a connection ended without saying why')
}

function mayPass(code: QueryError['code']): boolean {
  return code === 'unavailable' || code === 'too_many_requests'
}

/** How far the answer has come, and how often in a row nothing new has. */
class Course {
  readonly #parts: GoingOn
  #after: string | undefined
  #begun = false
  #failures = 0
  #node = 0

  constructor(parts: GoingOn) {
    this.#parts = parts
    this.#after = parts.after
  }

  get node(): number {
    return this.#node
  }

  get after(): string | undefined {
    return this.#after
  }

  /** Whether the reader has a plan. */
  get begun(): boolean {
    return this.#begun
  }

  /** Whether the event is for the reader: every plan but the first only says that the answer goes on. Throws `cannot_resume` if it says otherwise. */
  take(event: QueryEvent): boolean {
    const isFirst = !this.#begun
    if (event.type === 'plan') {
      if (this.#after !== undefined && event.id !== this.#after) throw beginsAnew(event.id)
      this.#begun = true
    }
    if ('id' in event) this.#after = event.id
    if (event.type === 'plan') return isFirst
    if (event.type === 'data' || event.type === 'warning') this.#failures = 0
    return true
  }

  /** How long to wait before the next connection, to the next node; undefined: it is no use. Before the answer has begun each node is tried once. */
  failed(): number | undefined {
    const { nodes, limits, world } = this.#parts
    this.#failures++
    this.#node = (this.#node + 1) % nodes
    if (this.#failures >= (this.#begun ? limits.resumeAttemptsMax : nodes)) return undefined
    const rounds = Math.floor(this.#failures / nodes)
    if (rounds === 0) return 0
    const most = Math.min(limits.retryBackoffMaxMs, limits.retryBackoffMs * 2 ** (rounds - 1))
    return most * (0.5 + world.random() / 2)
  }

  /** The failure that is the last. */
  worded(failure: QueryError): QueryError {
    if (!this.#begun) return failure
    const { code, message, facts = {} } = failure.toRecord()
    const told = `${message}; ${this.#failures} connections in a row brought nothing new (limits.resumeAttemptsMax)`
    return new QueryError({ code, message: told, facts: { ...facts, attempts: this.#failures } }, failure)
  }
}

/** A node of an earlier version knows of no way to go on. */
function beginsAnew(id: string): QueryError {
  return new QueryError({ code: 'cannot_resume', message: `the node does not go on but begins anew, at ${id}`, facts: { reason: 'begins_anew' } })
}
