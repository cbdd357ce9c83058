/** Who sends a request, and for what reason: the one place that reads it from the exchange. */
import { readTraceparent, type TraceContext } from '../model/trace.js'
import type { QueryScope } from '../model/running.js'
import type { Exchange } from './exchange.js'

export interface QueryCaller {
  readonly organisation: string
  /** Named to those who look after the node: the id of its key, or its address. */
  readonly asker: string
  /** The queries that the caller may see and cancel. */
  readonly scope: QueryScope
  readonly trace: TraceContext | undefined
}

/** A node without authentication belongs to whoever reaches it: who names no organisation sees all of them. */
export function callerOf({ request, caller }: Exchange): QueryCaller {
  const { organisation, scopes, keyId } = caller
  const looksAfter = keyId === undefined && scopes.includes('admin') && request.headers['x-scope-orgid'] === undefined
  const traceparent = request.headers['traceparent']
  return {
    organisation,
    asker: keyId ?? request.ip,
    scope: looksAfter ? 'all' : { organisation },
    trace: typeof traceparent === 'string' ? readTraceparent(traceparent) : undefined,
  }
}
