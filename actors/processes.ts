/**
 * Several nodes on one machine, each a process of its own behind one port: what the first process does, which serves nothing itself. It holds
 * the data folder and the embedded PostgreSQL, if the configuration names no other, and starts every process again that ends.
 */
import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CatalogConnection } from '../src/catalog/catalog.js'
import type { Telemetry } from '../src/model/telemetry.js'
import { reachedHost } from './cluster.js'
import { textSetting, type Configuration } from './configuration.js'
import { catalogConnection, closeAll, folderOr, openLock, type Closer } from './node.js'
import { ProcessSlot, type FromProcess, type ServeHere } from './process-slot.js'
import { Switchboard } from './siblings.js'

export interface ProcessesOptions {
  readonly configuration: Configuration
  readonly count: number
  readonly host: string
  readonly port: number
  readonly telemetry: Telemetry
}

export interface RunningProcesses {
  /** Where all of them are reached; each has a URL of its own, too. */
  readonly url: string
  /** Lets every process finish as a node does that is told to stop, then closes what they share. */
  stop(): Promise<void>
}

/** Resolves when every process is ready. Rejects, with none of them left, if one of them cannot start. */
export async function startProcesses(options: ProcessesOptions): Promise<RunningProcesses> {
  const closers: Closer[] = []
  try {
    return await start(options, closers)
  } catch (thrown) {
    await closeAll(closers)
    throw thrown
  }
}

async function start({ configuration, count, host, port, telemetry }: ProcessesOptions, closers: Closer[]): Promise<RunningProcesses> {
  const data = textSetting(configuration, 'data')
  const lock = data === undefined ? undefined : await openLock(data, closers)
  const shared = sharedSettings(configuration, await catalogConnection(configuration, data, closers), count)
  cluster.setupPrimary({
    exec: fileURLToPath(new URL('./serving-process.js', import.meta.url)),
    args: [],
    // Code that was given on the command line is ours alone.
    execArgv: process.execArgv.filter((argument) => argument.startsWith('--')),
    serialization: 'advanced',
  })
  connectSiblings(configuration, closers)
  const slots = Array.from({ length: count }, (_, number) => {
    const own = ownSettings(shared, number)
    const serve: ServeHere = { type: 'ServeHere', configuration: own, listening: { host, port, reachedAt: reachedAt(configuration, host), process: number } }
    const fork = async () => {
      // Left behind by the process before, if that was killed.
      await rm(textSetting(own, 'temp.directory') ?? '', { recursive: true, force: true })
      return cluster.fork()
    }
    return new ProcessSlot({ number, serve, fork, limits: configuration.limits, telemetry })
  })
  closers.push(async () => void (await Promise.all(slots.map((slot) => slot.stop()))))
  // The first one brings the tables up to date and takes the port; what fails fails once.
  const [first, ...others] = slots
  const url = await first.start()
  await Promise.all(others.map((slot) => slot.start()))
  await lock?.announce(url)
  return { url, stop: () => closeAll(closers) }
}

/** Processes ask each other through this one for as long as they run. */
function connectSiblings({ limits }: Configuration, closers: Closer[]): void {
  const switchboard = new Switchboard(() => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined), limits)
  const hear = (worker: Worker, message: FromProcess): void => {
    if (message.type === 'AskSiblings' || message.type === 'Answer') switchboard.hear(worker, message)
  }
  const gone = (worker: Worker): void => switchboard.gone(worker)
  cluster.on('message', hear)
  cluster.on('exit', gone)
  closers.push(async () => {
    cluster.off('message', hear)
    cluster.off('exit', gone)
    switchboard.close()
  })
}

/** What the processes have in common: a cluster, which is theirs alone unless the configuration names its secret. */
function sharedSettings(configuration: Configuration, connection: CatalogConnection, count: number): Configuration {
  const { data: _, 'cluster.url': __, ...rest } = configuration.settings
  const folder = (setting: 'objects.directory' | 'cache.directory' | 'temp.directory', name: string): string =>
    textSetting(configuration, setting) ?? join(folderOr(textSetting(configuration, 'data'), setting), name)
  const objects = rest['objects.s3.bucket'] === undefined ? { 'objects.directory': folder('objects.directory', 'objects') } : {}
  const settings = {
    'cluster.secret': randomUUID(),
    'threads': Math.max(1, Math.floor(availableParallelism() / count)),
    ...rest,
    ...objects,
    'cache.directory': folder('cache.directory', 'cache'),
    'temp.directory': folder('temp.directory', 'temp'),
    'catalog.url': connectionText(connection),
  }
  return { ...configuration, settings, limits: { ...configuration.limits, cacheBytesMax: Math.ceil(configuration.limits.cacheBytesMax / count) } }
}

/** A process has its folders to itself; one that takes the place of another finds its cache. */
function ownSettings(shared: Configuration, number: number): Configuration {
  const own = (name: 'cache.directory' | 'temp.directory'): string => join(textSetting(shared, name) ?? '', `process-${number}`)
  return { ...shared, settings: { ...shared.settings, 'cache.directory': own('cache.directory'), 'temp.directory': own('temp.directory') } }
}

/** The host by which other nodes reach a process. Those of a cluster that nobody has named are all on this machine. */
function reachedAt(configuration: Configuration, host: string): string {
  const named = configuration.settings['cluster.secret'] !== undefined || configuration.settings['cluster.url'] !== undefined
  if (!named && (host === '0.0.0.0' || host === '::')) return host === '::' ? '[::1]' : '127.0.0.1'
  return reachedHost(configuration, host)
}

function connectionText(connection: CatalogConnection): string {
  if (typeof connection === 'string') return connection
  const { user, host, port, database } = connection
  return `postgres://${user}@${encodeURIComponent(host)}:${port}/${database}`
}
