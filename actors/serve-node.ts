/** A node that listens for HTTP: at a port of its own, or as one of several processes also at one that all share. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { QueryError } from '../src/model/error.js'
import type { Engine } from '../src/model/engine.js'
import { packageVersion } from '../src/model/place.js'
import { NO_SIBLINGS, type Siblings } from '../src/model/siblings.js'
import type { Telemetry } from '../src/model/telemetry.js'
import { createMetrics, createServer, SpanExporter, type Metrics, type ObservedNode, type RunningServer, type ServerOptions } from '../src/serve/serve.js'
import { checkOpenness, createAuthenticator } from './authenticator.js'
import { listSetting, textSetting, type Configuration } from './configuration.js'
import { createKeyBook } from './key-book.js'
import { logLevel, logTelemetry } from './log.js'
import { openNode, type OpenedNode } from './node.js'
import { queryTexts } from './query-texts.js'
import { stopNode } from './stopping.js'
import { every } from './system.js'

/** Where a node listens. */
export interface Listening {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Where the port is shared with other processes: the host by which other nodes reach the one that this process has for itself. */
  readonly reachedAt?: string
  /** Which one of several processes it is. */
  readonly process?: number
}

export interface RunningNode {
  readonly url: string
  readonly engine: Engine
  /** Takes nothing new, lets what runs finish within limits.drainMs, then closes. */
  stop(): Promise<void>
  /** Stops listening, ends what runs, closes everything. */
  close(): Promise<void>
  /** What an operator may look at. */
  readonly observed: { readonly metrics: Metrics; readonly node: ObservedNode }
}

/** `siblings`: the other processes at a shared port. Rejects with `bad_query` if everybody could ask the node and the configuration does not allow that. */
export async function serveConfigured(configuration: Configuration, listening: Listening, siblings: Siblings = NO_SIBLINGS): Promise<RunningNode> {
  checkOpenness(configuration, listening.host)
  const metrics = createMetrics(listening.process)
  const log = logTelemetry(logLevel(configuration))
  const telemetry: Telemetry = (event) => {
    metrics.observe(event)
    log(event)
    spans?.observe(event)
  }
  const id = randomUUID()
  const spans = spanExporter(configuration, telemetry, id)
  const engine = await openNode({ configuration, telemetry, id }).catch(async (thrown: unknown) => {
    await spans?.close()
    throw thrown
  })
  const secret = textSetting(configuration, 'cluster.secret')
  const options: Omit<ServerOptions, 'host' | 'port'> = {
    metrics,
    ...(engine.door === undefined ? {} : { cluster: engine.door }),
    node: engine,
    logs: engine.logs,
    authenticate: createAuthenticator(configuration, engine.keys, () => performance.now()),
    spoolFolder: join(engine.tempFolder, 'answers'),
    corsOrigins: configuration.settings['cors.origins'] === undefined ? ['*'] : listSetting(configuration, 'cors.origins'),
    texts: queryTexts(configuration.limits, configuration.features),
    keys: createKeyBook(engine.keys, engine.limits),
    clock: { nowMs: () => Date.now(), every },
    onFailure: (message) => telemetry({ type: 'actor:failed', actor: 'server', message }),
    ...(secret === undefined ? {} : { units: { host: engine.units, secret, version: packageVersion() } }),
  }
  const servers: RunningServer[] = []
  try {
    await engine.announce(await listen(engine, { ...options, siblings }, listening, servers))
  } catch (thrown) {
    await Promise.all(servers.map((server) => server.close()))
    await engine.close()
    await spans?.close()
    throw thrown
  }
  return { ...runningNode(engine, servers, spans, telemetry), observed: { metrics, node: engine } }
}

/** The first of `servers` is what everybody asks; the port that a process has to itself tells of that process alone. Resolves with the URL at which other nodes reach this one. */
async function listen(engine: OpenedNode, options: Omit<ServerOptions, 'host' | 'port'>, { host, port, reachedAt }: Listening, servers: RunningServer[]): Promise<string> {
  const shared = reachedAt !== undefined
  servers.push(await createServer(engine, { ...options, host, port, portOf: shared ? 'all processes' : 'one process' }))
  if (!shared) return servers[0].url
  const own = await createServer(engine, { ...options, siblings: NO_SIBLINGS, host, port: 0, portOf: 'one process' })
  servers.push(own)
  return `http://${reachedAt}:${own.port}`
}

function runningNode(engine: OpenedNode, servers: readonly RunningServer[], spans: SpanExporter | undefined, telemetry: Telemetry): Omit<RunningNode, 'observed'> {
  const { url } = servers[0]
  telemetry({ type: 'node:started', detail: url })
  const close = async (): Promise<void> => {
    telemetry({ type: 'node:stopping', detail: url })
    await engine.leave()
    await Promise.all(servers.map((server) => server.close()))
    await engine.close()
    await spans?.close()
  }
  const refuse = (reason: QueryError): void => {
    telemetry({ type: 'node:draining', detail: url })
    engine.refuse(reason)
  }
  const finish = async (ms: number): Promise<void> => void (await Promise.all(servers.map((server) => server.finish(ms))))
  const steps = { refuse, leave: () => engine.leave(), finish, close }
  return { url, engine, stop: () => stopNode(steps, engine.limits, every), close }
}

/** Undefined where traces go nowhere. */
function spanExporter({ settings, limits }: Configuration, telemetry: Telemetry, node: string): SpanExporter | undefined {
  const url = settings['telemetry.otlp.url']
  if (url === undefined) return undefined
  const onLost = (spans: number, message: string): void => telemetry({ type: 'traces:lost', spans, message })
  return new SpanExporter({ url: String(url), node, limits, clock: { nowMs: () => Date.now(), every }, onLost })
}
