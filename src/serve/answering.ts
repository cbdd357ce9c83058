/** What the routes of all APIs share: a query asked for its caller, and how an error of it is told. */
import type { FastifyReply } from 'fastify'
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { QueryRequest } from '../model/event.js'
import { AnswerError, beginAnswer, type AnswerShape } from './answer.js'
import { errorOf, withHead, type ErrorAnswer, type Phase } from './api-error.js'
import { callerOf } from './caller.js'
import { streamQuery, type Framing } from './event-stream.js'
import { sendChunks, type Exchange, type ServerOptions } from './exchange.js'

export const GET_OR_POST = ['GET', 'POST'] as const
export const JSON_TYPE = 'application/json; charset=utf-8'
export const TEXT_TYPE = 'text/plain; charset=utf-8'

/** How an API tells an error. */
export type ErrorShape = (error: QueryError, phase: Phase) => ErrorAnswer

/** Answers with one JSON document. Rejects with AnswerError while nothing has been sent. */
export async function sendAnswer(engine: Engine, exchange: Exchange, request: QueryRequest, shape: AnswerShape, { spoolFolder }: Pick<ServerOptions, 'spoolFolder'>): Promise<FastifyReply> {
  const events = engine.query(ofCaller(exchange, request), exchange.signal)
  return sendChunks(exchange, JSON_TYPE, await beginAnswer(events, { shape, limits: engine.limits, spoolFolder, signal: exchange.signal }))
}

/** How a stream is written, and by which clock. */
export interface StreamOptions {
  readonly framing: Framing
  readonly clock: ServerOptions['clock']
}

/** Answers with the events of the query as they come. An error before anything else is thrown, unless the query has been silent for too long. */
export async function sendStream(engine: Engine, exchange: Exchange, request: QueryRequest, { framing, clock }: StreamOptions): Promise<FastifyReply> {
  const { reply, gone, stopping } = exchange
  const target = { response: reply.raw, framing, every: clock.every, heartbeatMs: engine.limits.heartbeatMs, gone, stopping } as const
  await streamQuery(engine.query(request, exchange.signal), target, () => reply.hijack())
  return reply
}

/** Tells the shape of an error by whether the query had been planned. */
export async function answered(exchange: Exchange, shape: ErrorShape, answer: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await answer()
  } catch (thrown) {
    if (!(thrown instanceof AnswerError)) throw thrown
    const error = errorOf(thrown.error, exchange.stopping)
    const told: ErrorAnswer = shape(error, thrown.planned ? 'planned' : 'before-plan')
    return withHead(exchange.reply, told).send(told.body)
  }
}

export function ofCaller(exchange: Exchange, request: QueryRequest): QueryRequest {
  const { organisation, asker, trace } = callerOf(exchange)
  return { ...request, organisation, asker, ...(trace === undefined ? {} : { trace }) }
}
