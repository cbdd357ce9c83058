/** What the paths of Loki's API have in common. */
import type { Engine } from '../../model/engine.js'
import type { QueryError } from '../../model/error.js'
import { answered, GET_OR_POST, JSON_TYPE } from '../answering.js'
import { lokiError, type ErrorAnswer } from '../api-error.js'
import { sendChunks, type Exchange, type Route, type RouteParameter, type ServerOptions } from '../exchange.js'
import { parametersOf, type Parameters } from '../parameters.js'

export interface LokiPlace {
  readonly engine: Engine
  readonly server: ServerOptions
}

export const TIMES: readonly RouteParameter[] = [
  { name: 'start', takes: 'nanoseconds' },
  { name: 'end', takes: 'nanoseconds' },
  { name: 'since', takes: 'duration' },
]

/** What a path answers: text of the given type, whole or in pieces. */
export type Answers = (exchange: Exchange, parameters: Parameters) => Promise<string | Iterable<string>>

/** A route whose answer is one JSON document. */
export function answering(path: string, parameters: readonly RouteParameter[], answers: Answers, failure = (error: QueryError): ErrorAnswer => lokiError(error, 'before-plan')): Route {
  return {
    ...lokiRoute(path, parameters),
    failure,
    handle: (exchange) =>
      answered(exchange, lokiError, async () => {
        const answer = await answers(exchange, parametersOf(exchange.request))
        return sendChunks(exchange, JSON_TYPE, typeof answer === 'string' ? [answer] : answer)
      }),
  }
}

/** What all of them have in common. */
export function lokiRoute(path: string, parameters: readonly RouteParameter[]): Omit<Route, 'handle'> {
  return { path, methods: GET_OR_POST, access: 'read', body: 'parameters', parameters, failure: (error) => lokiError(error, 'before-plan') }
}
