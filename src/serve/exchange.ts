/** What a server is made with, what a route is, and what it is given. */
import { pipeline, Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Authenticate, Caller, KeyBook, Scope } from '../model/access.js'
import type { LogStreams, QueryTexts } from '../model/engine.js'
import type { MetricFacts } from '../model/metric-facts.js'
import type { Member } from '../model/node.js'
import type { QueryError } from '../model/error.js'
import type { RunningQueries } from '../model/running.js'
import type { Siblings } from '../model/siblings.js'
import type { NodeReadings } from '../model/telemetry.js'
import type { ErrorAnswer } from './api-error.js'
import { encodingFor } from './encoding.js'
import type { Every } from './event-stream.js'
import type { Signals } from './in-flight.js'
import type { Metrics } from './metrics.js'
import type { TextSocket } from './sockets.js'
import type { UnitServing } from './unit-exchange.js'

export interface ServerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Whose the port is: this process' (if absent), or of all processes that node:cluster has forked. */
  readonly portOf?: 'one process' | 'all processes'
  readonly metrics: Metrics
  /** Absent where the engine is no node of this process: then there is nothing to list or to measure. */
  readonly node?: ObservedNode
  /** The processes that share the port, whose queries and metrics are told with those of this one; absent: none. */
  readonly siblings?: Siblings
  readonly authenticate: Authenticate
  readonly keys: KeyBook
  readonly texts: QueryTexts
  /** Absent where the engine is no node of this process: then nothing is known of streams beside what queries tell. */
  readonly logs?: LogStreams
  /** Absent as well where it is none. */
  readonly metricFacts?: MetricFacts
  readonly clock: ServerClock
  /** Absent where the node is in no cluster. */
  readonly cluster?: ClusterDoor
  /** Of pages that may read the answers of Prometheus' API; `*`: of all. */
  readonly corsOrigins: readonly string[]
  /** Where answers that are too large for memory wait for their last group. */
  readonly spoolFolder: string
  /** Told of every failure that is nobody's query: for the log. */
  readonly onFailure: (message: string) => void
  /** Absent: the node runs no units for others. */
  readonly units?: UnitServing
}

/** What an operator may look at, beside what is counted along. */
export interface ObservedNode {
  /** No other start of a node has it. */
  readonly id: string
  readonly running: RunningQueries
  readings(): NodeReadings
}

/** What the other nodes of a cluster ask of this one. */
export interface ClusterDoor {
  /** What they have to know. */
  readonly secret: string
  /** This node, undefined once it is leaving. */
  self(): Omit<Member, 'seenAt'> | undefined
}

export interface ServerClock {
  nowMs(): number
  readonly every: Every
}

/** What a route is given. */
export interface Exchange extends Signals {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Has the scope that the route asks for; of an open route nobody is known. */
  readonly caller: Caller
  /** Makes a WebSocket of the connection; the reply has to be hijacked before. Undefined: the client asks for none. */
  readonly openSocket: (() => Promise<TextSocket>) | undefined
}

export interface Route {
  readonly path: string
  readonly methods: readonly HTTPMethods[]
  /** The scope that a caller needs; `open`: none, and nobody is asked who they are. */
  readonly access: Scope | 'open'
  /** The body is left as it is, to be read from `request.raw`. */
  readonly body: 'parameters' | 'raw'
  /** What it takes beside what its path names; absent: nothing. A test tries bad values of each. */
  readonly parameters?: readonly RouteParameter[]
  /** Pages of the allowed origins may read its answers. */
  readonly cors?: true
  readonly handle: (exchange: Exchange) => Promise<unknown>
  readonly failure: (error: QueryError) => ErrorAnswer
}

/** A parameter of a route, by what its text means. `seconds`: as Prometheus writes times, `nanoseconds`: as Loki does; `shard`: `i_of_n`. */
export interface RouteParameter {
  readonly name: string
  readonly takes: 'promql' | 'logql' | 'seconds' | 'nanoseconds' | 'duration' | 'whole' | 'shard' | 'word' | 'text'
  /** Of a word. */
  readonly words?: readonly string[]
  /** Whether the route refuses to go without. */
  readonly required?: true
  /** Whether all values of the name count. */
  readonly repeated?: true
}

export function send(reply: FastifyReply, contentType: string, body: string): FastifyReply {
  return reply.header('content-type', contentType).send(body)
}

/** Sends a JSON document in chunks as the connection takes them, compressed for who accepts that. */
export function sendChunks({ request, reply }: Exchange, contentType: string, chunks: Iterable<string> | AsyncIterable<string | Uint8Array>): FastifyReply {
  void reply.header('content-type', contentType).header('vary', [reply.getHeader('vary'), 'Accept-Encoding'].flat().filter(Boolean).join(', '))
  const body = Readable.from(chunks, { objectMode: false })
  const encoding = encodingFor([request.headers['accept-encoding'] ?? []].flat().join(','))
  if (encoding === undefined) return reply.send(body)
  // A failure of the body must reach the reply, which then breaks the connection off instead of ending it.
  const compressed = pipeline(body, encoding.compress(), () => {})
  return reply.header('content-encoding', encoding.name).send(compressed)
}
