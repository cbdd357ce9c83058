/** What the paths of Prometheus' API have in common. */
import type { FastifyReply } from 'fastify'
import { answered } from '../answering.js'
import { prometheusError } from '../api-error.js'
import type { Exchange, Route, RouteParameter } from '../exchange.js'
import { parametersOf, type Parameters } from '../parameters.js'

export const GET = ['GET'] as const

/** A path, what it takes, and how it answers; errors are told as Prometheus tells them. */
export function prometheusRoute(
  methods: Route['methods'],
  path: string,
  parameters: readonly RouteParameter[],
  answer: (exchange: Exchange, given: Parameters) => Promise<FastifyReply>,
): Route {
  return {
    path,
    methods,
    access: 'read',
    body: 'parameters',
    cors: true,
    parameters,
    failure: (error) => prometheusError(error, 'before-plan'),
    handle: (exchange) => answered(exchange, prometheusError, () => answer(exchange, parametersOf(exchange.request))),
  }
}
