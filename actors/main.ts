/**
 * Millrace as a library, and the only place that builds a node and reads the environment.
 *
 * `const engine = await open({ data: './lake' })` is a whole node in this process; `open({ url })` is one somewhere else.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type ClientWorld } from '../src/serve/serve.js'
import { readFeatures, type Feature } from '../src/language/language.js'
import type { KeyBook } from '../src/model/access.js'
import { QueryError } from '../src/model/error.js'
import type { Role } from '../src/model/node.js'
import type { Engine } from '../src/model/engine.js'
import { checkCluster } from './cluster.js'
import { readConfiguration, textSetting, type Configuration } from './configuration.js'
import { createKeyBook } from './key-book.js'
import { logLevel, logTelemetry } from './log.js'
import { catalogConnection, closeAll, openLock, openNode, openTheCatalog, type Closer } from './node.js'
import { startProcesses, type RunningProcesses } from './processes.js'
import { serveConfigured, type RunningNode } from './serve-node.js'

export type { Block, EntriesBlock, SeriesBlock } from '../src/model/block.js'
export type { NodeReport, Role } from '../src/model/node.js'
export type { Engine, ImportReport, ImportRequest } from '../src/model/engine.js'
export type { DataEvent, EndEvent, ErrorEvent, PlanEvent, ProgressEvent, QueryEvent, QueryRequest, WarningEvent } from '../src/model/event.js'
export { QueryError } from '../src/model/error.js'
export { labelsObject, type Labels } from '../src/model/labels.js'
export type { Feature, Features } from '../src/language/language.js'
export { LIMIT_RULES, type Limits } from '../src/model/limits.js'
export { readConfiguration, SETTING_RULES, variableOf } from './configuration.js'
export type { RunningProcesses } from './processes.js'
export type { RunningNode } from './serve-node.js'
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
  return openNode({ configuration, telemetry: () => undefined, id: randomUUID() })
}

export interface ServeOptions {
  readonly data?: string
  readonly config?: string
  readonly role?: Role
  readonly features?: readonly Feature[]
  readonly host: string
  readonly port: number
}

/** Starts a node that listens for HTTP. Rejects with `bad_query` if everybody could ask it and the configuration does not allow that. */
export async function serveNode(options: ServeOptions): Promise<RunningNode> {
  const configuration = configurationOf(options)
  checkCluster(configuration, options.host)
  return serveConfigured(configuration, options)
}

/**
 * Starts several nodes, each a process of its own, that share the port and are a cluster. What they share of a data folder is held by this
 * process. Rejects as `serveNode` does; then none of them is left.
 */
export async function serveProcesses(options: ServeOptions, count: number): Promise<RunningProcesses> {
  const configuration = configurationOf(options)
  const { host, port } = options
  return startProcesses({ configuration, count, host, port, telemetry: logTelemetry(logLevel(configuration)) })
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
