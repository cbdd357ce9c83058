/** Every way to fail. Each code is one row here: who must act, the HTTP status, whether trying again can help. */

export interface ErrorRule {
  readonly status: number
  readonly retryable: boolean
  readonly actor: 'user' | 'operator' | 'nobody' | 'us'
  readonly doc: string
}

export const ERROR_RULES = {
  bad_query: { status: 400, retryable: false, actor: 'user', doc: 'the query or a parameter is wrong or not supported' },
  unauthorized: { status: 401, retryable: false, actor: 'user', doc: 'the caller is not known' },
  forbidden: { status: 403, retryable: false, actor: 'user', doc: 'the caller is known and may not do this' },
  cannot_resume: { status: 409, retryable: false, actor: 'user', doc: 'a stream cannot go on where it broke off: its snapshot is gone or not known here, or the node would cut the answer in another way; ask anew' },
  limit_exceeded: { status: 422, retryable: false, actor: 'user', doc: 'a limit was met; its name, value and setting are in the message' },
  too_many_requests: { status: 429, retryable: true, actor: 'user', doc: 'the node has as much work as it takes' },
  cancelled: { status: 499, retryable: false, actor: 'nobody', doc: 'the client went away or cancelled' },
  corrupt_data: { status: 500, retryable: false, actor: 'operator', doc: 'a segment is missing or not what the catalog says' },
  internal: { status: 500, retryable: false, actor: 'us', doc: 'a mistake of ours' },
  unavailable: { status: 503, retryable: true, actor: 'operator', doc: 'the catalog, the object store or a node cannot be reached' },
  timed_out: { status: 504, retryable: true, actor: 'user', doc: 'the time budget was used up' },
} as const satisfies Record<string, ErrorRule>

export type ErrorCode = keyof typeof ERROR_RULES

/** A place in a query text. `offset` and `end` are UTF-8 byte offsets, half-open; line and column count from 1, column in bytes. */
export interface Position {
  readonly offset: number
  readonly end: number
  readonly line: number
  readonly column: number
}

/** An error as data: what crosses threads, nodes and the HTTP boundary. */
export interface ErrorRecord {
  readonly code: ErrorCode
  readonly message: string
  readonly position?: Position
  /** Facts about the error by name: limit, value, setting, segment, expected, nearest. */
  readonly facts?: Readonly<Record<string, string | number>>
}

/** The one error class that may leave a room. Anything else that is thrown is a mistake of ours and becomes `internal`. */
export class QueryError extends Error {
  readonly code: ErrorCode
  readonly position: Position | undefined
  readonly facts: Readonly<Record<string, string | number>>

  constructor(record: ErrorRecord, cause?: unknown) {
    super(record.message, cause === undefined ? undefined : { cause })
    this.name = 'QueryError'
    this.code = record.code
    this.position = record.position
    this.facts = record.facts ?? {}
  }

  get status(): number {
    return ERROR_RULES[this.code].status
  }

  get retryable(): boolean {
    return ERROR_RULES[this.code].retryable
  }

  toRecord(): ErrorRecord {
    const record = { code: this.code, message: this.message }
    return {
      ...record,
      ...(this.position === undefined ? {} : { position: this.position }),
      ...(Object.keys(this.facts).length === 0 ? {} : { facts: this.facts }),
    }
  }

  /** Whatever was thrown, as a QueryError; unknown things become `internal` with their message kept. */
  static from(thrown: unknown): QueryError {
    if (thrown instanceof QueryError) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new QueryError({ code: 'internal', message }, thrown)
  }
}

/** `what` is a noun: the unit, the scan. */
export function cancelled(what: string, cause?: unknown): QueryError {
  return new QueryError({ code: 'cancelled', message: `${what} was cancelled` }, cause)
}

/** A query error at a place of the text. */
export function badQuery(message: string, position?: Position, facts?: ErrorRecord['facts']): QueryError {
  return new QueryError({
    code: 'bad_query',
    message,
    ...(position === undefined ? {} : { position }),
    ...(facts === undefined ? {} : { facts }),
  })
}
