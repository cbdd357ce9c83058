/**
 * Millrace as a library, and the only place that builds a node and reads the environment.
 *
 * `const engine = await open({ data: './lake' })` is a whole node in this process; `open({ url })` is one somewhere else.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, createMetrics, createServer, type ClientWorld } from '../src/serve/serve.js'
import { readFeatures, type Feature } from '../src/language/language.js'
import { QueryError } from '../src/model/error.js'
import type { Engine } from '../src/model/engine.js'
import type { Telemetry } from '../src/model/telemetry.js'
import { readConfiguration, type Configuration } from './configuration.js'
import { logTelemetry } from './log.js'
import { openNode } from './node.js'

export type { Block, EntriesBlock, SeriesBlock } from '../src/model/block.js'
export type { Engine, ImportReport, ImportRequest } from '../src/model/engine.js'
export type { DataEvent, EndEvent, ErrorEvent, PlanEvent, ProgressEvent, QueryEvent, QueryRequest, WarningEvent } from '../src/model/event.js'
export { QueryError } from '../src/model/error.js'
export { labelsObject, type Labels } from '../src/model/labels.js'
export type { Feature, Features } from '../src/language/language.js'
export { LIMIT_RULES, type Limits } from '../src/model/limits.js'
export { readConfiguration, SETTING_RULES, variableOf } from './configuration.js'
export type { Actor, Ref, Self } from './actor.js'
export { ActorSystem, realWorld } from './system.js'

/** Exactly one of the three places. `features` of a node in this process are enabled instead of those of file and environment. */
export type OpenOptions =
  | { readonly data: string; readonly features?: readonly Feature[] }
  | { readonly config: string; readonly features?: readonly Feature[] }
  | { readonly url: string | readonly string[] }

/**
 * A node in this process over a data folder (embedded PostgreSQL, objects in files) or as a YAML file says, or a client of a
 * running node; of several URLs of one cluster, a query goes on at the next when a node is lost. Close it. Rejects with a QueryError: `unavailable` naming what cannot be reached or who holds the folder.
 */
export async function open(options: OpenOptions): Promise<Engine> {
  if ('url' in options) return createClient(options.url, CLIENT_WORLD)
  const configuration = configurationOf(options)
  return openNode({ configuration, telemetry: () => undefined })
}

export interface ServeOptions {
  readonly data?: string
  readonly config?: string
  readonly features?: readonly Feature[]
  readonly host: string
  readonly port: number
}

export interface RunningNode {
  readonly url: string
  readonly engine: Engine
  /** Stops listening, ends what runs, closes everything. */
  close(): Promise<void>
}

/** Starts a node that listens for HTTP. */
export async function serveNode(options: ServeOptions): Promise<RunningNode> {
  const configuration = configurationOf(options)
  const metrics = createMetrics()
  const log = logTelemetry(String(configuration.settings['log.level'] ?? 'info'))
  const telemetry: Telemetry = (event) => {
    metrics.observe(event)
    log(event)
  }
  const engine = await openNode({ configuration, telemetry })
  try {
    const server = await createServer(engine, {
      host: options.host,
      port: options.port,
      metrics,
      clock: { nowMs: () => Date.now(), every },
      onFailure: (message) => telemetry({ type: 'actor:failed', actor: 'server', message }),
    })
    await engine.announce(server.url)
    telemetry({ type: 'node:started', detail: server.url })
    const close = async (): Promise<void> => {
      telemetry({ type: 'node:stopping', detail: server.url })
      await server.close()
      await engine.close()
    }
    return { url: server.url, engine, close }
  } catch (thrown) {
    await engine.close()
    throw thrown
  }
}

interface Place {
  readonly data?: string
  readonly config?: string
  readonly features?: readonly string[]
}

function configurationOf({ data, config, features }: Place): Configuration {
  const read = readConfiguration(config, process.env)
  const configuration = features === undefined ? read : { ...read, features: readFeatures(features) }
  if (data === undefined) return configuration
  if (config !== undefined) throw new QueryError({ code: 'bad_query', message: 'data and config cannot both be given' })
  return { ...configuration, settings: { ...configuration.settings, data } }
}

const CLIENT_WORLD: ClientWorld = { random: () => Math.random(), sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }) }

function every(ms: number, action: () => void): () => void {
  const timer = setInterval(action, ms)
  return () => clearInterval(timer)
}
