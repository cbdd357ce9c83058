/** What a query is called where it is told about, and where it stands in a trace of whoever asks it: what W3C Trace Context calls `traceparent`. */

export interface TraceContext {
  /** 32 hexadecimal digits, not all 0. */
  readonly traceId: string
  /** The span of the caller: 16 hexadecimal digits, not all 0. */
  readonly parentId: string
  /** Whether the caller wants the trace to be kept. */
  readonly sampled: boolean
}

/** Whose doing it is: part of whatever is told about a query. */
export interface OfQuery {
  readonly queryId: string
  readonly organisation: string
  /** Absent if whoever asked has told none. */
  readonly trace?: TraceContext
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const NO_ID = /^0+$/

/** The value of a `traceparent` header; undefined if it is none, which the standard wants ignored. */
export function readTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(text) ?? []
  if (version === undefined || version === 'ff' || NO_ID.test(traceId) || NO_ID.test(parentId)) return undefined
  // Only later versions may say more than the first one.
  if (version === '00' && more !== undefined) return undefined
  return { traceId, parentId, sampled: (parseInt(flags, 16) & 1) === 1 }
}

export function writeTraceparent({ traceId, parentId, sampled }: TraceContext): string {
  return `00-${traceId}-${parentId}-${sampled ? '01' : '00'}`
}
