/** This node in its cluster: where it is reached, what it does, who the others are. Put together from the configuration. */
import { resolveSrv } from 'node:dns/promises'
import { openNodes, type CatalogConnection } from '../src/catalog/catalog.js'
import type { Member, NodeFacts, NodeReport, Role, Roll } from '../src/model/node.js'
import { QueryError } from '../src/model/error.js'
import { createNodeAsker, type ClusterDoor } from '../src/serve/serve.js'
import type { Ref } from './actor.js'
import { AskedNodes, urlsOfService, type NodeUrls } from './asked-nodes.js'
import { listSetting, textSetting, type Configuration } from './configuration.js'
import { KnownMembers } from './known-members.js'
import { MembershipActor, type MembershipMessage } from './membership.js'
import type { ActorSystem } from './system.js'

export interface ClusterParts {
  readonly configuration: Configuration
  readonly system: ActorSystem
  readonly connection: CatalogConnection
  readonly facts: Pick<NodeFacts, 'id' | 'version' | 'threads' | 'startedAt'>
  /** Units that this node holds now. */
  readonly units: () => number
}

export interface Cluster {
  readonly known: KnownMembers
  /** For the server; undefined where the configuration names no cluster. */
  readonly door: ClusterDoor | undefined
  reports(): readonly NodeReport[]
  /** ms since this node renewed its lease; 0 where it is in no cluster. */
  leaseAgeMs(): number
  /** The node listens at the URL: it joins, if there is a cluster. */
  join(url: string): void
  /** Why this node answers no queries; undefined if it does. */
  refusal(): QueryError | undefined
  /** Resolves when the node has left, or has tried for limits.stopGraceMs. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** Throws `bad_query` naming a setting that cannot be. */
export function openCluster(parts: ClusterParts): Cluster {
  const { configuration, system, facts, units } = parts
  const role = readRole(textSetting(configuration, 'role'))
  const called = isClustered(configuration) ? { roll: openRoll(parts), secret: secretOf(configuration) } : undefined
  return clusterOf({ system, facts: { ...facts, role }, units, ownUrl: urlSetting(configuration), called })
}

export interface OwnPlace {
  readonly system: ActorSystem
  readonly facts: Omit<NodeFacts, 'url'>
  /** Units that this node holds now. */
  readonly units: () => number
  /** Where others reach this node, if that is not where it listens. */
  readonly ownUrl: string | undefined
  /** Undefined: the node is alone. */
  readonly called: { readonly roll: Roll; readonly secret: string } | undefined
}

/** The place of a node among those that the roll calls. */
export function clusterOf({ system, facts, units, ownUrl, called }: OwnPlace): Cluster {
  const known = new KnownMembers({ ...facts, url: '' }, () => system.now(), units)
  let actor: Ref<MembershipMessage> | undefined
  let leaving: Promise<void> | undefined
  return {
    known,
    door: called === undefined ? undefined : { secret: called.secret, self: () => (leaving === undefined ? known.self : undefined) },
    reports: () => known.reports(),
    leaseAgeMs: () => (actor === undefined ? 0 : known.learnedAgoMs),
    join: (url) => {
      known.movedTo(ownUrl ?? url)
      if (called === undefined) return
      const { roll } = called
      const { limits, telemetry } = system
      actor = system.spawn('membership', 'node', () => new MembershipActor({ roll, known, limits, telemetry }), 'restart')
    },
    refusal: () => (facts.role === 'worker' && actor !== undefined ? workerRefuses(known.self) : undefined),
    leave: () => (leaving ??= leave(actor)),
    close: async () => called?.roll.close(),
  }
}

/** A node that no setting makes part of a cluster is alone, also beside others over the same catalog. */
function isClustered({ settings }: Configuration): boolean {
  const named = (['cluster.url', 'cluster.secret', 'cluster.members', 'cluster.srv'] as const).some((name) => settings[name] !== undefined)
  return named || (settings.role !== undefined && settings.role !== 'all')
}

function readRole(text: string = 'all'): Role {
  if (text === 'query' || text === 'worker' || text === 'all') return text
  throw new QueryError({ code: 'bad_query', message: `role must be query, worker or all, is ${JSON.stringify(text)}` })
}

function openRoll({ configuration, connection, system, facts }: ClusterParts): Roll {
  const { limits } = configuration
  const urls = nodeUrls(configuration)
  if (urls === undefined) return openNodes({ connection, limits })
  const asker = createNodeAsker(secretOf(configuration))
  const began = system.now()
  return new AskedNodes({ urls, ask: asker.ask, nowMs: () => facts.startedAt + system.now() - began, limits, close: asker.close })
}

/** Undefined: the nodes are those with a lease in the catalog. */
function nodeUrls(configuration: Configuration): NodeUrls | undefined {
  const members = listSetting(configuration, 'cluster.members').map((url) => readUrl('cluster.members', url))
  const service = textSetting(configuration, 'cluster.srv')
  if (members.length > 0 && service !== undefined) throw badSetting('cluster.members and cluster.srv cannot both be set')
  if (service !== undefined) return urlsOfService(service, resolveSrv)
  return members.length > 0 ? async () => members : undefined
}

function secretOf(configuration: Configuration): string {
  const secret = textSetting(configuration, 'cluster.secret')
  if (secret === undefined) throw badSetting('cluster.secret is not set: the nodes of a cluster know each other by it, set the same text on all')
  return secret
}

/** Throws `bad_query` naming the setting, if a node that listens at the host could not be part of the cluster that the configuration names. */
export function checkCluster(configuration: Configuration, host: string): void {
  readRole(textSetting(configuration, 'role'))
  if (!isClustered(configuration)) return
  secretOf(configuration)
  nodeUrls(configuration)
  reachedHost(configuration, host)
  if (configuration.settings['catalog.url'] === undefined) throw badSetting('catalog.url is not set: the nodes of a cluster share one PostgreSQL')
}

/** How a URL names the machine on which a node listens at the host. Throws `bad_query` if that names no machine. */
export function reachedHost(configuration: Configuration, host: string): string {
  const url = urlSetting(configuration)
  if (url === undefined && (host === '0.0.0.0' || host === '::')) throw badSetting(`other nodes cannot reach this one at ${host}: say in cluster.url where they do`)
  return new URL(url ?? `http://${host.includes(':') ? `[${host}]` : host}`).hostname
}

function urlSetting(configuration: Configuration): string | undefined {
  const setting = textSetting(configuration, 'cluster.url')
  return setting === undefined ? undefined : readUrl('cluster.url', setting)
}

function readUrl(setting: string, text: string): string {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' }
  if (protocol !== 'http:' && protocol !== 'https:') throw badSetting(`${setting} must be an http URL, is ${JSON.stringify(text)}`)
  return text.replace(/\/+$/, '')
}

function badSetting(message: string): QueryError {
  return new QueryError({ code: 'bad_query', message })
}

function workerRefuses({ url }: Member): QueryError {
  return new QueryError({
    code: 'unavailable',
    message: `the node at ${url} is a worker (setting role) and answers no queries: ask a node with role query or all`,
    facts: { role: 'worker', url },
  })
}

function leave(actor: Ref<MembershipMessage> | undefined): Promise<void> {
  return new Promise((left) => {
    if (actor?.send({ type: 'Leave', left }) !== true) left()
  })
}
