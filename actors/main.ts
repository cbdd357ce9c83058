/**
 * Millrace as a library, and the only place that builds a node and reads the environment.
 *
 * `const engine = await open({ data: './lake' })` is a whole node in this process; `open({ url })` is one somewhere else.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, createMetrics, createServer, SpanExporter, type ClientWorld, type RunningServer } from '../src/serve/serve.js'
import { readFeatures, type Feature } from '../src/language/language.js'
import type { KeyBook } from '../src/model/access.js'
import { QueryError } from '../src/model/error.js'
import type { Role } from '../src/model/node.js'
import type { Engine } from '../src/model/engine.js'
import { packageVersion } from '../src/model/place.js'
import type { Telemetry } from '../src/model/telemetry.js'
import { checkOpenness, createAuthenticator } from './authenticator.js'
import { readConfiguration, textSetting, type Configuration } from './configuration.js'
import { createKeyBook } from './key-book.js'
import { logTelemetry } from './log.js'
import { checkCluster } from './cluster.js'
import { catalogConnection, closeAll, openLock, openNode, openTheCatalog, type Closer, type OpenedNode } from './node.js'
import { stopNode } from './stopping.js'
import { every } from './system.js'

export type { Block, EntriesBlock, SeriesBlock } from '../src/model/block.js'
export type { NodeReport, Role } from '../src/model/node.js'
export type { Engine, ImportReport, ImportRequest } from '../src/model/engine.js'
export type { DataEvent, EndEvent, ErrorEvent, PlanEvent, ProgressEvent, QueryEvent, QueryRequest, WarningEvent } from '../src/model/event.js'
export { QueryError } from '../src/model/error.js'
export { labelsObject, type Labels } from '../src/model/labels.js'
export type { Feature, Features } from '../src/language/language.js'
export { LIMIT_RULES, type Limits } from '../src/model/limits.js'
export { readConfiguration, SETTING_RULES, variableOf } from './configuration.js'
export type { Actor, Ref, Self } from './actor.js'
export { ActorSystem, realWorld } from './system.js'

/** Exactly one of the three places. `key`: an API key, where the node at the URL asks for one. `features` of a node in this process are enabled instead of those of file and environment. */
export type OpenOptions =
  | { readonly data: string; readonly features?: readonly Feature[] }
  | { readonly config: string; readonly features?: readonly Feature[] }
  | { readonly url: string | readonly string[]; readonly key?: string }

/**
 * A node in this process over a data folder (embedded PostgreSQL, objects in files) or as a YAML file says, or a client of a
 * running node; of several URLs of one cluster, a query goes on at the next when a node is lost. Close it. Rejects with a QueryError: `unavailable` naming what cannot be reached or who holds the folder.
 */
export async function open(options: OpenOptions): Promise<Engine> {
  if ('url' in options) return createClient(options.url, CLIENT_WORLD, options.key)
  const configuration = configurationOf(options)
  return openNode({ configuration, telemetry: () => undefined })
}

export interface ServeOptions {
  readonly data?: string
  readonly config?: string
  readonly role?: Role
  readonly features?: readonly Feature[]
  readonly host: string
  readonly port: number
}

export interface RunningNode {
  readonly url: string
  readonly engine: Engine
  /** Takes nothing new, lets what runs finish within limits.drainMs, then closes. */
  stop(): Promise<void>
  /** Stops listening, ends what runs, closes everything. */
  close(): Promise<void>
}

/** Starts a node that listens for HTTP. Rejects with `bad_query` if everybody could ask it and the configuration does not allow that. */
export async function serveNode(options: ServeOptions): Promise<RunningNode> {
  const configuration = configurationOf(options)
  checkOpenness(configuration, options.host)
  checkCluster(configuration, options.host)
  const metrics = createMetrics()
  const log = logTelemetry(String(configuration.settings['log.level'] ?? 'info'))
  const telemetry: Telemetry = (event) => {
    metrics.observe(event)
    log(event)
    spans?.observe(event)
  }
  const secret = textSetting(configuration, 'cluster.secret')
  const spans = spanExporter(configuration, telemetry)
  const engine = await openNode({ configuration, telemetry }).catch(async (thrown: unknown) => {
    await spans?.close()
    throw thrown
  })
  let server: RunningServer | undefined
  try {
    server = await createServer(engine, {
      host: options.host,
      port: options.port,
      metrics,
      ...(engine.door === undefined ? {} : { cluster: engine.door }),
      node: engine,
      authenticate: createAuthenticator(configuration, engine.keys, () => performance.now()),
      keys: createKeyBook(engine.keys, engine.limits),
      clock: { nowMs: () => Date.now(), every },
      onFailure: (message) => telemetry({ type: 'actor:failed', actor: 'server', message }),
      ...(secret === undefined ? {} : { units: { host: engine.units, secret, version: packageVersion() } }),
    })
    await engine.announce(server.url)
  } catch (thrown) {
    await server?.close()
    await engine.close()
    await spans?.close()
    throw thrown
  }
  return runningNode(engine, server, spans, telemetry)
}

function runningNode(engine: OpenedNode, server: RunningServer, spans: SpanExporter | undefined, telemetry: Telemetry): RunningNode {
  telemetry({ type: 'node:started', detail: server.url })
  const close = async (): Promise<void> => {
    telemetry({ type: 'node:stopping', detail: server.url })
    await engine.leave()
    await server.close()
    await engine.close()
    await spans?.close()
  }
  const refuse = (reason: QueryError): void => {
    telemetry({ type: 'node:draining', detail: server.url })
    engine.refuse(reason)
  }
  const steps = { refuse, leave: () => engine.leave(), finish: (ms: number) => server.finish(ms), close }
  return { url: server.url, engine, stop: () => stopNode(steps, engine.limits), close }
}

/** Undefined where traces go nowhere. */
function spanExporter({ settings, limits }: Configuration, telemetry: Telemetry): SpanExporter | undefined {
  const url = settings['telemetry.otlp.url']
  if (url === undefined) return undefined
  const onLost = (spans: number, message: string): void => telemetry({ type: 'traces:lost', spans, message })
  return new SpanExporter({ url: String(url), limits, clock: { nowMs: () => Date.now(), every }, onLost })
}

export interface OpenedKeyBook extends KeyBook {
  close(): Promise<void>
}

/** The keys of a place whose node need not run: of a data folder, or of the catalog that a YAML file names. Close it. */
export async function openKeyBook(place: { readonly data: string } | { readonly config: string }): Promise<OpenedKeyBook> {
  const configuration = configurationOf(place)
  const data = textSetting(configuration, 'data')
  const closers: Closer[] = []
  try {
    // A catalog of its own kind takes any number of us; the embedded one belongs to whoever holds the folder.
    if (data !== undefined && textSetting(configuration, 'catalog.url') === undefined) await openLock(data, closers)
    const { keys } = await openTheCatalog(configuration, await catalogConnection(configuration, data, closers), closers)
    return { ...createKeyBook(keys, configuration.limits), close: () => closeAll(closers) }
  } catch (thrown) {
    await closeAll(closers)
    throw thrown
  }
}

interface Place {
  readonly data?: string
  readonly config?: string
  readonly role?: Role
  readonly features?: readonly string[]
}

function configurationOf({ data, config, features, role }: Place): Configuration {
  const read = readConfiguration(config, process.env)
  const settings = role === undefined ? read.settings : { ...read.settings, role }
  const configuration = { ...read, settings, ...(features === undefined ? {} : { features: readFeatures(features) }) }
  if (data === undefined) return configuration
  if (config !== undefined) throw new QueryError({ code: 'bad_query', message: 'data and config cannot both be given' })
  return { ...configuration, settings: { ...configuration.settings, data } }
}

const CLIENT_WORLD: ClientWorld = { random: () => Math.random(), sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }) }
