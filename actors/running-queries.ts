/** Which queries this node runs: each enters when it begins and leaves with its last event. Nothing is counted along: whoever asks is told what is so then. */
import { QueryError } from '../src/model/error.js'
import type { QueryRequest } from '../src/model/event.js'
import type { QueryProgress, QueryScope, RunningQueries, RunningQuery } from '../src/model/running.js'
import { DEFAULT_ORGANISATION } from '../src/model/segment.js'

/** A query as the registry needs it. */
export interface QueryHandle {
  readonly id: string
  readonly request: QueryRequest
  progress(): QueryProgress
  cancel(error: QueryError): void
}

export interface RegistryClock {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** ms since 1970. */
  wallMs(): number
}

interface Entry {
  readonly handle: QueryHandle
  readonly begunAt: number
  readonly startedAt: number
}

export class QueryRegistry implements RunningQueries {
  readonly #clock: RegistryClock
  readonly #entries = new Map<string, Entry>()

  constructor(clock: RegistryClock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  enter(handle: QueryHandle): void {
    this.#entries.set(handle.id, { handle, begunAt: this.#clock.now(), startedAt: this.#clock.wallMs() })
  }

  leave(id: string): void {
    this.#entries.delete(id)
  }

  list(scope: QueryScope): readonly RunningQuery[] {
    return [...this.#entries.values()].filter(({ handle }) => isWithin(handle, scope)).map((entry) => this.#shown(entry))
  }

  cancel(id: string, scope: QueryScope, by: string): boolean {
    const handle = this.#entries.get(id)?.handle
    if (handle === undefined || !isWithin(handle, scope)) return false
    handle.cancel(new QueryError({ code: 'cancelled', message: `the query was cancelled by ${by}`, facts: { by } }))
    return true
  }

  #shown({ handle, begunAt, startedAt }: Entry): RunningQuery {
    const { language, text, asker, trace } = handle.request
    const elapsedMs = Math.round(this.#clock.now() - begunAt)
    const organisation = organisationOf(handle)
    return { id: handle.id, organisation, language, text, startedAt, elapsedMs, asker, traceId: trace?.traceId, ...handle.progress() }
  }
}

function organisationOf({ request }: QueryHandle): string {
  return request.organisation ?? DEFAULT_ORGANISATION
}

function isWithin(handle: QueryHandle, scope: QueryScope): boolean {
  return scope === 'all' || scope.organisation === organisationOf(handle)
}
