/** The Engine interface over HTTP. Home of `undici` and `eventsource-parser`. */
import { Readable } from 'node:stream'
import { createParser, type EventSourceParser } from 'eventsource-parser'
import { Agent, request as send, type Dispatcher } from 'undici'
import { z } from 'zod'
import type { NodeReport } from '../model/node.js'
import type { Engine, ImportReport, ImportRequest } from '../model/engine.js'
import { cancelled, QueryError, type ErrorRecord } from '../model/error.js'
import type { QueryEvent, QueryRequest } from '../model/event.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import type { Direction } from '../model/plan.js'
import type { QuerySplit, SplitOptions } from '../model/split.js'
import { writeTraceparent, type TraceContext } from '../model/trace.js'
import { readNodes } from './node-json.js'
import { readErrorAnswer, readEvent } from './event-read.js'
import { goingOn, type ClientWorld } from './going-on.js'
import { writeRequest } from './native-request.js'
import { writeSplitOptions } from './split/options.js'
import { readSplit } from './split/read-answer.js'

const importReport = z.object({
  file: z.string(),
  bytes: z.number(),
  lines: z.number(),
  samples: z.number(),
  segments: z.number(),
  series: z.number(),
  generation: z.number(),
  snapshot: z.string(),
})

export const FORM = 'application/x-www-form-urlencoded'

/**
 * Connects on use, not here. The limits are the defaults: the node has its own and applies them itself. With several URLs, those of one
 * cluster, a query goes on at the next node when one is lost; imports go to the first.
 */
export function createClient(urls: string | readonly string[], world: ClientWorld, key?: string): Engine {
  // A query may think for as long as its own budget says; heartbeats tell that the node is alive.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: DEFAULT_LIMITS.streamSilenceMaxMs })
  const nodes = [urls].flat().map((url): Node => {
    const base = url.replace(/\/+$/, '')
    return { base, get: (path) => sendGet(dispatcher, base, path, keyHeader(key)), post: (path, options) => sendPost(dispatcher, base, path, { ...options, headers: { ...options.headers, ...keyHeader(key) } }) }
  })
  if (nodes.length === 0) throw new QueryError({ code: 'bad_query', message: 'a client needs the URL of at least one node' })
  return {
    limits: DEFAULT_LIMITS,
    query: (request, signal) => queryNodes(nodes, world, request, signal),
    explain: (request) => firstReached(nodes, ({ post }) => explain(post, request)),
    split: (request, options) => firstReached(nodes, ({ post, base }) => splitQuery(post, base, request, options)),
    import: (request) => importFile(nodes[0].post, request),
    ready: () => firstReached(nodes, async ({ get }) => (await get('/readyz')).body.dump()),
    nodes: () => firstReached(nodes, ({ get, base }) => membersOf(get, base)),
    close: () => dispatcher.destroy(),
  }
}

interface Node {
  readonly base: string
  readonly get: Get
  readonly post: Post
}

/** A node as the streams of queries need it. */
export interface StreamNode {
  readonly base: string
  /** Rejects with a QueryError for an answer that is none, and with an AbortError once the signal is aborted. */
  post(path: string, options: StreamRequest): Promise<{ readonly body: AsyncIterable<Uint8Array> }>
}

export interface StreamRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal?: AbortSignal
}

/** The answer of the first node that has one; rejects as the last of those that cannot be reached. */
async function firstReached<T>(nodes: readonly Node[], ask: (node: Node) => Promise<T>): Promise<T> {
  for (const node of nodes.slice(0, -1)) {
    try {
      return await ask(node)
    } catch (thrown) {
      if (QueryError.from(thrown).code !== 'unavailable') throw thrown
    }
  }
  return ask(nodes[nodes.length - 1])
}

interface PostOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Readable
  readonly signal?: AbortSignal
}

type Post = (path: string, options: PostOptions) => Promise<Dispatcher.ResponseData>

async function sendPost(dispatcher: Dispatcher, base: string, path: string, options: PostOptions): Promise<Dispatcher.ResponseData> {
  const answer = await reach(base, () => send(`${base}${path}`, { dispatcher, method: 'POST', ...options }))
  await expectOk(answer, base)
  return answer
}

type Get = (path: string) => Promise<Dispatcher.ResponseData>

async function sendGet(dispatcher: Dispatcher, base: string, path: string, headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> {
  const answer = await reach(base, () => send(`${base}${path}`, { dispatcher, headers }))
  await expectOk(answer, base)
  return answer
}

/** Failures of the connection, as a QueryError that names the URL. */
export async function reach<T>(base: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (thrown) {
    throw connectionError(base, thrown)
  }
}

function connectionError(base: string, thrown: unknown): QueryError {
  if (thrown instanceof QueryError) return thrown
  const { name, code, message } = thrown as { name?: string; code?: unknown; message?: string }
  if (name === 'AbortError') return cancelled('the query', thrown)
  // Failures of the connection have a code of the system or of undici; what has none is an answer that could not be read.
  if (typeof code !== 'string') return new QueryError({ code: 'internal', message: `unexpected answer of ${base}: ${message ?? String(thrown)}` }, thrown)
  return new QueryError({ code: 'unavailable', message: `cannot reach ${base}: ${code}`, facts: { url: base } }, thrown)
}

export async function expectOk(answer: { readonly statusCode: number; readonly body: { text(): Promise<string> } }, base: string): Promise<void> {
  if (answer.statusCode === 200) return
  const text = await reach(base, () => answer.body.text())
  const record: ErrorRecord = readErrorAnswer(text) ?? {
    code: answer.statusCode >= 500 ? 'unavailable' : 'bad_query',
    message: `${base} answered ${answer.statusCode}: ${text.trim().slice(0, 200)}`,
  }
  throw new QueryError(record)
}

/** The events of a query over as many connections as it takes. Never throws: whatever fails is the `error` event that ends the query. */
export async function* queryNodes(nodes: readonly StreamNode[], world: ClientWorld, request: QueryRequest, signal: AbortSignal | undefined): AsyncGenerator<QueryEvent> {
  const connect = (node: number, after: string | undefined): AsyncIterable<QueryEvent> => connection(nodes[node], request, after, signal)
  try {
    yield* goingOn({ nodes: nodes.length, connect, after: request.after, limits: DEFAULT_LIMITS, world, signal })
  } catch (thrown) {
    yield { type: 'error', error: connectionError(nodes[0].base, thrown).toRecord() }
  }
}

async function* connection({ base, post }: StreamNode, request: QueryRequest, after: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<QueryEvent> {
  try {
    const place: Record<string, string> = after === undefined ? {} : { 'last-event-id': after }
    const headers = { 'content-type': FORM, accept: 'text/event-stream', ...tenantHeader(request.organisation), ...traceHeader(request.trace), ...place }
    const { body } = await post('/api/v1/stream', { headers, body: writeRequest(request).toString(), ...(signal === undefined ? {} : { signal }) })
    yield* readEvents(body, 'direction' in request.when ? request.when.direction : 'forward')
  } catch (thrown) {
    throw connectionError(base, thrown)
  }
  throw new QueryError({ code: 'unavailable', message: `the connection to ${base} ended before the answer did`, facts: { url: base } })
}

async function* readEvents(body: AsyncIterable<Uint8Array>, direction: Direction): AsyncGenerator<QueryEvent> {
  const arrived: string[] = []
  const parser: EventSourceParser = createParser({
    maxBufferSize: DEFAULT_LIMITS.eventBytesMax,
    onEvent: (event) => arrived.push(event.data),
    onError: (error) => {
      throw error
    },
  })
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    for (const text of arrived.splice(0)) yield readEvent(text, direction)
  }
}

async function explain(post: Post, request: QueryRequest): Promise<string> {
  const headers = { 'content-type': FORM, ...tenantHeader(request.organisation) }
  const { body } = await post('/api/v1/explain', { headers, body: writeRequest(request).toString() })
  return body.text()
}

async function splitQuery(post: Post, base: string, request: QueryRequest, options: SplitOptions): Promise<QuerySplit> {
  const headers = { 'content-type': FORM, ...tenantHeader(request.organisation) }
  const parameters = new URLSearchParams([...writeRequest(request), ...Object.entries(writeSplitOptions(options))])
  const { body } = await post('/api/v1/split', { headers, body: parameters.toString() })
  const text = await reach(base, () => body.text())
  try {
    const split = readSplit(text, DEFAULT_LIMITS)
    const { organisation } = request
    if (organisation === undefined) return split
    return { ...split, parts: split.parts.map((part) => ({ ...part, request: { ...part.request, organisation } })) }
  } catch (thrown) {
    throw connectionError(base, thrown)
  }
}

async function importFile(post: Post, request: ImportRequest): Promise<ImportReport> {
  const parameters = new URLSearchParams({ format: request.format, file: request.file })
  const { body } = await post(`/api/v1/import?${parameters}`, {
    headers: { 'content-type': 'application/octet-stream', ...tenantHeader(request.organisation) },
    body: Readable.from(counted(request), { objectMode: false }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  })
  return importReport.parse(await body.json())
}

/** Over HTTP the bytes that were sent are all that is known of the progress. */
async function* counted(request: ImportRequest): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of request.body) {
    yield chunk
    bytes += chunk.length
    request.onProgress?.({ bytes, lines: 0, samples: 0, segments: 0 })
  }
}

async function membersOf(get: Get, base: string): Promise<readonly NodeReport[]> {
  const { body } = await get('/api/v1/nodes')
  const text = await reach(base, () => body.text())
  try {
    return readNodes(text)
  } catch (thrown) {
    throw connectionError(base, thrown)
  }
}

/** What shows an API key to a node; nothing without one. */
export function keyHeader(key: string | undefined): Readonly<Record<string, string>> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` }
}

export function tenantHeader(organisation: string | undefined): Record<string, string> {
  return organisation === undefined ? {} : { 'x-scope-orgid': organisation }
}

function traceHeader(trace: TraceContext | undefined): Record<string, string> {
  return trace === undefined ? {} : { traceparent: writeTraceparent(trace) }
}
