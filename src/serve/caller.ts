/** Who sends a request: the one place that reads it from what the request says. */
import { readTraceparent, type TraceContext } from '../model/trace.js'
import type { QueryScope } from '../model/running.js'
import type { Exchange } from './exchange.js'

export interface Caller {
  /** Undefined: the default one. */
  readonly organisation: string | undefined
  /** Named to those who look after the node. */
  readonly asker: string
  /** The queries that the caller may see and cancel. */
  readonly scope: QueryScope
  readonly trace: TraceContext | undefined
}

/** Without authentication a caller is whom the header names, and who names nobody looks after the node. */
export function callerOf({ request }: Exchange): Caller {
  const tenant = request.headers['x-scope-orgid']
  const organisation = typeof tenant === 'string' && tenant !== '' ? tenant : undefined
  const traceparent = request.headers['traceparent']
  return {
    organisation,
    asker: request.ip,
    scope: organisation === undefined ? 'all' : { organisation },
    trace: typeof traceparent === 'string' ? readTraceparent(traceparent) : undefined,
  }
}
