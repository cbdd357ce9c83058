/** Tails over WebSockets: entries as they are imported. What is wrong with the parameters is told before there is a socket, in plain HTTP. */
import type { LogStreams, TailRequest } from '../../model/engine.js'
import { badQuery } from '../../model/error.js'
import { callerOf } from '../caller.js'
import { errorOf } from '../api-error.js'
import type { Exchange, Route, RouteParameter } from '../exchange.js'
import { parametersOf, type Parameters } from '../parameters.js'
import type { TextSocket } from '../sockets.js'
import { readLimit } from './answers.js'
import { readAskedLimits } from './asked-limits.js'
import { withRegexp } from './legacy.js'
import { needLines, readInteger, readText, readUnorderedTimes } from './parameters.js'
import { lokiRoute, TIMES, type LokiPlace } from './place.js'
import { TailFrames, type FrameShape } from './tail-frames.js'
import { checkEntries, checkSelections, startWithin } from './within-limits.js'

const TAIL: readonly RouteParameter[] = [
  { name: 'query', takes: 'logql', required: true },
  { name: 'limit', takes: 'whole' },
  ...TIMES,
  { name: 'delay_for', takes: 'whole' },
  { name: 'regexp', takes: 'text' },
]
const DELAY_SECONDS_MAX = 5
const PING_EVERY_MS = 1_000
/** RFC 6455, 7.4.1: the server met what keeps it from going on. */
const SERVER_ERROR = 1011

export function tailRoutes(place: LokiPlace): readonly Route[] {
  const { logs } = place.server
  if (logs === undefined) return []
  const route = (path: string, shapeOf: (exchange: Exchange) => FrameShape): Route => ({
    ...lokiRoute(path, TAIL),
    handle: (exchange) => tail(exchange, shapeOf(exchange), place, logs),
  })
  return [
    route('/loki/api/v1/tail', ({ request }) => (String(request.headers['x-loki-response-encoding-flags'] ?? '').includes('categorize-labels') ? 'categorized' : 'merged')),
    route('/api/prom/tail', () => 'legacy'),
  ]
}

function readTail(parameters: Parameters, exchange: Exchange, { engine, server }: LokiPlace): TailRequest {
  const { organisation, asker, trace } = callerOf(exchange)
  const text = withRegexp(readText(parameters, engine.limits), parameters)
  const limit = readLimit(parameters, engine.limits)
  const nowMs = server.clock.nowMs()
  const { startNs } = readUnorderedTimes(parameters, nowMs)
  const seconds = readInteger(parameters, 'delay_for') ?? 0
  if (seconds > DELAY_SECONDS_MAX) throw badQuery(`delay_for can't be greater than ${DELAY_SECONDS_MAX}`)
  if (seconds < 0) throw badQuery('delay_for must not be negative')
  // The text has to be a query; that it asks for lines is told to the socket, as Loki does.
  const expr = server.texts.tree(text, 'logql')
  const asked = readAskedLimits(exchange.request.headers)
  checkEntries(limit, asked, engine.limits)
  if (asked !== undefined) checkSelections(expr, asked)
  const from = asked === undefined ? startNs : startWithin(startNs, asked, nowMs)
  return { text, organisation, asker, startNs: from, limit, delayMs: seconds * 1000, ...(trace === undefined ? {} : { trace }) }
}

/** Resolves when the connection is over. */
async function tail(exchange: Exchange, shape: FrameShape, place: LokiPlace, logs: LogStreams): Promise<void> {
  const { openSocket, reply } = exchange
  const asked = readTail(parametersOf(exchange.request), exchange, place)
  if (openSocket === undefined) throw badQuery('Bad Request')
  void reply.hijack()
  const socket = await openSocket().catch(() => undefined)
  if (socket === undefined) return
  const { clock } = place.server
  const { limits } = place.engine
  const frames = new TailFrames({ socket, shape, entriesMax: asked.limit, limits, every: clock.every })
  const stopTicking = clock.every(PING_EVERY_MS, () => {
    socket.ping()
    frames.tellDropped()
  })
  const over = new AbortController()
  void socket.closed.then(() => over.abort())
  if (exchange.signal.aborted) over.abort()
  exchange.signal.addEventListener('abort', () => over.abort(), { once: true })
  try {
    needLines(asked.text, place.server.texts)
    for await (const block of logs.tail(asked, over.signal)) await frames.send(block)
  } catch (thrown) {
    socket.close(SERVER_ERROR, errorOf(thrown, exchange.stopping).message)
  } finally {
    stopTicking()
  }
  await closed(socket, clock.every, limits.stopGraceMs)
}

/** A reader who does not take the news that it is over is cut off. */
async function closed(socket: TextSocket, every: LokiPlace['server']['clock']['every'], ms: number): Promise<void> {
  const stop = every(ms, () => socket.cut())
  await socket.closed
  stop()
}
