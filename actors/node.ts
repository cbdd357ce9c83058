/** One node, put together: catalog, objects, cache, threads, actors. Everything that does I/O is made here and handed in. */
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { lockFolder, openCatalog, startEmbeddedPostgres, type CatalogConnection, type FolderLock, type OpenedCatalog } from '../src/catalog/catalog.js'
import { createEvaluator } from '../src/evaluate/evaluate.js'
import { importFile } from '../src/ingest/ingest.js'
import { matchesEmpty } from '../src/language/language.js'
import { groupQuery, lookUp } from '../src/lookup/lookup.js'
import type { KeyStore } from '../src/model/access.js'
import type { RemoteUnits, UnitHost } from '../src/model/cluster.js'
import type { Engine, LogStreams, ObjectStore, UnitRunner } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { QueryRequest } from '../src/model/event.js'
import type { MetricFacts } from '../src/model/metric-facts.js'
import { packageVersion } from '../src/model/place.js'
import type { RunningQueries } from '../src/model/running.js'
import { DEFAULT_ORGANISATION } from '../src/model/segment.js'
import type { NodeReadings, Telemetry } from '../src/model/telemetry.js'
import { warmParsers } from '../src/parse/parse.js'
import { openCacheFiles, openDirectoryStore, openS3Store } from '../src/storage/storage.js'
import { WordIndexReader } from '../src/segment/segment.js'
import { openRemoteUnits, type ClusterDoor } from '../src/serve/serve.js'
import { openThreads } from '../src/wire/wire.js'
import { openCluster } from './cluster.js'
import { Collector } from './collector.js'
import { textSetting, type Configuration } from './configuration.js'
import { pruneByWords, type WordPruningParts } from './explain-words.js'
import { explainQuery } from './explain.js'
import { startActors } from './node-actors.js'
import { readNode } from './node-readings.js'
import { Places } from './places.js'
import { prepare } from './prepare.js'
import type { QueryParts } from './query-parts.js'
import { splitQuery } from './split.js'
import { ActorSystem, every, realWorld } from './system.js'
import { Tails } from './tail.js'

export interface NodeOptions {
  readonly configuration: Configuration
  readonly telemetry: Telemetry
  /** No other start of a node has it. */
  readonly id: string
}

export interface OpenedNode extends Engine {
  readonly id: string
  readonly keys: KeyStore
  /** Where this node is reached from now on: told to whoever else wants its data folder, and to the cluster, which it joins. */
  announce(url: string): Promise<void>
  readonly door: ClusterDoor | undefined
  /** For the units of other nodes. */
  readonly units: UnitHost
  /** Nothing new is begun any more; what has not begun is refused, too. */
  refuse(reason: QueryError): void
  /** Other nodes place no more units here. */
  leave(): Promise<void>
  readonly running: RunningQueries
  readonly logs: LogStreams
  readonly metricFacts: MetricFacts
  readings(): NodeReadings
  /** Its own, emptied when it starts. */
  readonly tempFolder: string
}

export type Closer = () => Promise<void>

/** Opens everything that the configuration names; closes again what was opened if a later part fails. */
export async function openNode(options: NodeOptions): Promise<OpenedNode> {
  const closers: Closer[] = []
  try {
    return await assemble(options, closers)
  } catch (thrown) {
    await closeAll(closers)
    throw thrown
  }
}

async function assemble({ configuration, telemetry, id }: NodeOptions, closers: Closer[]): Promise<OpenedNode> {
  const { limits, features, quirks } = configuration
  const data = textSetting(configuration, 'data')
  const lock = data === undefined ? undefined : await openLock(data, closers)
  const connection = await catalogConnection(configuration, data, closers)
  const catalog = await openTheCatalog(configuration, connection, closers)
  const store = await openTheStore(configuration, data, closers)
  const temp = await openTemp(configuration, data, closers)
  const cacheFolder = textSetting(configuration, 'cache.directory') ?? join(folderOr(data, 'cache.directory'), 'cache')
  const files = await openCacheFiles({ folder: cacheFolder, store, bytesMax: limits.cacheBytesMax, verifiedObjectsMax: limits.verifiedObjectsMax })
  const runner = openRunner(configuration, temp, telemetry, closers)
  const system = new ActorSystem({ world: realWorld(), limits, telemetry })
  closers.push(async () => system.stop(new QueryError({ code: 'unavailable', message: 'the node is stopping' })))
  const wordIndexes = new WordIndexReader()
  let refusal: QueryError | undefined
  const unlessRefusing = async <T>(work: () => Promise<T>): Promise<T> => {
    if (refusal !== undefined) throw refusal
    return work()
  }
  const facts = { id, version: packageVersion(), threads: runner.capacity, startedAt: Date.now() }
  const actors = startActors({
    system,
    files,
    runner,
    wordIndexes,
    places: new Places({ limits, organisations: configuration.organisations, memoryPercent }),
    openCluster: (units) => openCluster({ configuration, system, connection, facts, units }),
    remote: openRemote(configuration),
    wallMs: () => Date.now(),
    newId: randomUUID,
  })
  const { cluster, cache, running } = actors
  closers.push(cluster.close, cluster.leave, actors.close)
  system.spawn('collector', 'node', () => new Collector({ left: catalog.left, store, limits, telemetry }), 'restart')
  warmParsers()
  const parts = actors.queryParts({
    prepare: (request) => prepare(request, limits, features, 'on', quirks),
    catalog,
    lookUp,
    groupQuery,
    createEvaluator: (plan) => createEvaluator(plan, limits),
  })
  const query: Engine['query'] = (request, signal) => actors.query(parts, request, signal)
  const tails = new Tails({ query, catalog, running, limits, newId: randomUUID })
  return {
    id,
    limits,
    keys: catalog.keys,
    door: cluster.door,
    query,
    nodes: async () => cluster.reports(),
    explain: (request) =>
      unlessRefusing(async () => {
        const roleRefuses = cluster.refusal()
        if (roleRefuses !== undefined) throw roleRefuses
        return explain(parts, request, { cache, wordIndexes, limits, newId: randomUUID })
      }),
    split: (request, options) =>
      unlessRefusing(async () => {
        const roleRefuses = cluster.refusal()
        if (roleRefuses !== undefined) throw roleRefuses
        return splitQuery(parts, features, request, options)
      }),
    import: (request) =>
      unlessRefusing(async () => {
        const report = await importFile(request, { catalog, store, limits, features, tempFolder: temp, newId: randomUUID, now: () => Date.now(), telemetry })
        tails.published(request.organisation ?? DEFAULT_ORGANISATION)
        return report
      }),
    ready: () =>
      unlessRefusing(async () => {
        await catalog.ping()
        await store.ping()
      }),
    refuse: (reason) => {
      refusal = reason
      tails.stop(reason)
      actors.refuse(reason)
    },
    leave: cluster.leave,
    announce: async (url) => {
      cluster.join(url)
      await lock?.announce(url)
    },
    units: actors.units,
    running,
    metricFacts: {
      cardinality: (organisation) => unlessRefusing(() => catalog.metrics.cardinality(organisation)),
      descriptions: (organisation, metric) => unlessRefusing(() => catalog.metrics.descriptions(organisation, metric)),
    },
    logs: { streams: (request) => unlessRefusing(() => catalog.streams(request)), tail: (request, signal) => tails.tail(request, signal) },
    tempFolder: temp,
    readings: () => readNode({ running, threads: runner.capacity, limits, now: () => system.now(), members: cluster.reports, leaseAgeMs: cluster.leaseAgeMs, living: actors.living }),
    close: once(() => closeAll(closers)),
  }
}

export async function openLock(data: string, closers: Closer[]): Promise<FolderLock> {
  const lock = await lockFolder(data, { url: '' })
  closers.push(() => lock.release())
  return lock
}

async function explain(parts: QueryParts, request: QueryRequest, wordParts: WordPruningParts): Promise<string> {
  const plan = parts.prepare(request)
  const snapshot = await parts.catalog.snapshot(request.organisation ?? DEFAULT_ORGANISATION)
  const lookups = await parts.lookUp(plan, snapshot, parts.catalog)
  const grouped = parts.groupQuery(plan, snapshot, lookups, parts.limits)
  return explainQuery(plan, snapshot, grouped, await pruneByWords(plan.leaves, lookups, wordParts), parts.limits)
}

export async function openTheCatalog(configuration: Configuration, connection: CatalogConnection, closers: Closer[]): Promise<OpenedCatalog> {
  const catalog = await openCatalog({ connection, matchesEmpty, limits: configuration.limits })
  closers.push(() => catalog.close())
  return catalog
}

export async function catalogConnection(configuration: Configuration, data: string | undefined, closers: Closer[]): Promise<CatalogConnection> {
  const url = textSetting(configuration, 'catalog.url')
  if (url !== undefined) return url
  const server = await startEmbeddedPostgres(join(folderOr(data, 'catalog.url'), 'catalog'), { onLog: () => undefined, restartsMax: configuration.limits.embeddedRestartsMax })
  closers.push(() => server.stop())
  return server.connection
}

async function openTheStore(configuration: Configuration, data: string | undefined, closers: Closer[]): Promise<ObjectStore> {
  const bucket = textSetting(configuration, 'objects.s3.bucket')
  const store =
    bucket === undefined
      ? await openDirectoryStore(textSetting(configuration, 'objects.directory') ?? join(folderOr(data, 'objects.directory'), 'objects'))
      : await openBucket(configuration, bucket)
  closers.push(() => store.close())
  await store.ping()
  return store
}

function openBucket(configuration: Configuration, bucket: string): Promise<ObjectStore> {
  // The SDK tells every user of Node 20 about 2027; the version is pinned, so there is nothing to do for who reads it.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const endpoint = textSetting(configuration, 'objects.s3.endpoint')
  const accessKeyId = textSetting(configuration, 'objects.s3.accessKeyId')
  const secretAccessKey = textSetting(configuration, 'objects.s3.secretAccessKey')
  return openS3Store({
    bucket,
    region: textSetting(configuration, 'objects.s3.region') ?? 'us-east-1',
    prefix: textSetting(configuration, 'objects.s3.prefix') ?? '',
    forcePathStyle: configuration.settings['objects.s3.forcePathStyle'] === undefined ? endpoint !== undefined : configuration.settings['objects.s3.forcePathStyle'] === true,
    limits: configuration.limits,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined ? {} : { credentials: { accessKeyId, secretAccessKey } }),
  })
}

/** A folder of this process alone, gone with it. */
async function openTemp(configuration: Configuration, data: string | undefined, closers: Closer[]): Promise<string> {
  const parent = textSetting(configuration, 'temp.directory') ?? join(folderOr(data, 'temp.directory'), 'temp')
  const folder = join(parent, `node-${process.pid}-${randomUUID().slice(0, 8)}`)
  await mkdir(folder, { recursive: true })
  closers.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function openRunner({ settings, limits }: Configuration, tempFolder: string, telemetry: Telemetry, closers: Closer[]): UnitRunner {
  const threads = Number(settings['threads'] ?? availableParallelism())
  const runner = openThreads({
    script: new URL('../src/execute/thread.js', import.meta.url),
    threads,
    settings: { memoryMb: limits.threadMemoryMb, memoryReadEveryMs: limits.memoryReadEveryMs, tempFolder },
    onMemory: (memory) => telemetry({ type: 'thread:memory', ...memory }),
  })
  closers.push(() => runner.close())
  return runner
}

/** Undefined: without a secret no other node would take a unit. */
function openRemote({ settings, limits }: Configuration): RemoteUnits | undefined {
  const secret = settings['cluster.secret']
  return secret === undefined ? undefined : openRemoteUnits({ secret: String(secret), version: packageVersion(), limits, every })
}

/** Of what the container or the machine has; a process of several on a machine sees only itself. */
function memoryPercent(): number {
  const granted = process.constrainedMemory()
  const most = granted > 0 && granted < totalmem() ? granted : totalmem()
  return (100 * process.memoryUsage.rss()) / most
}

export function folderOr(data: string | undefined, setting: string): string {
  if (data !== undefined) return data
  throw new QueryError({ code: 'bad_query', message: `neither data nor ${setting} is set: say where this node keeps it` })
}

/** In the reverse order of opening; the first failure is told after all have been tried. */
export async function closeAll(closers: Closer[]): Promise<void> {
  let failure: unknown
  for (const close of closers.splice(0).toReversed()) {
    try {
      await close()
    } catch (thrown) {
      failure ??= thrown
    }
  }
  if (failure !== undefined) throw failure
}

function once(action: Closer): Closer {
  let running: Promise<void> | undefined
  return () => (running ??= action())
}
