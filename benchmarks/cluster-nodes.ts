/** A cluster of real processes over one lake: one node that takes queries, and workers. Used by benchmarks. */
import { cpus, loadavg } from 'node:os'
import { eventually, residentBytes, spawnNode, type ChildNode } from '../test/harness/real-node.js'
import type { Teardown } from '../test/harness/servers.js'
import { openBucketDoor } from './bucket-door.js'
import type { ClusterLake } from './cluster-lake.js'

const PATIENCE_MS = 60_000

export type ClusterRole = 'query' | 'worker'

export interface ClusterNode {
  readonly name: string
  readonly role: ClusterRole
  readonly url: string
  readonly pid: number
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** Its metrics now, by name with labels as `/metrics` prints them. */
  metrics(): Promise<ReadonlyMap<string, number>>
  residentMb(): number
}

export interface ClusterOptions {
  readonly workers: number
  /** Of each worker. */
  readonly threads: number
  /** `bucket`: nodes fetch objects into caches of their own. What the environment names stands over it. */
  readonly objects: 'folder' | 'bucket'
}

export class Cluster {
  readonly #undo: Teardown
  readonly #lake: ClusterLake
  readonly #settings: Readonly<Record<string, string | number>>
  #started = 0
  #nodes: ClusterNode[] = []

  private constructor(undo: Teardown, lake: ClusterLake, settings: Readonly<Record<string, string | number>>) {
    this.#undo = undo
    this.#lake = lake
    this.#settings = settings
  }

  /** Resolves when all know each other. */
  static async start(undo: Teardown, lake: ClusterLake, { workers, threads, objects }: ClusterOptions): Promise<Cluster> {
    const bucket = objects === 'bucket' ? await openBucketDoor(undo, lake.objects) : {}
    const cluster = new Cluster(undo, lake, { 'cluster.secret': 'of the benchmark', threads, 'log.level': 'silent', ...bucket })
    await cluster.join('query')
    for (let worker = 0; worker < workers; worker++) await cluster.join('worker')
    return cluster
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes
  }

  get query(): ClusterNode {
    const node = this.#nodes.find(({ role }) => role === 'query')
    if (node === undefined) throw new Error('no node takes queries')
    return node
  }

  get workers(): readonly ClusterNode[] {
    return this.#nodes.filter(({ role }) => role === 'worker')
  }

  /** One node more. Resolves when the node that takes queries knows it. */
  async join(role: ClusterRole): Promise<ClusterNode> {
    const config = await this.#lake.config(this.#settings)
    const child = await spawnNode(this.#undo, ['--role', role, '--config', config])
    const node = clusterNode(role === 'query' ? 'query' : `worker ${this.#started++}`, role, child)
    this.#nodes.push(node)
    await this.settled()
    return node
  }

  /** Resolves when the node is no member any more. */
  async lose(node: ClusterNode, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    node.kill(signal)
    this.forget(node)
    await this.settled()
  }

  forget(node: ClusterNode): void {
    this.#nodes = this.#nodes.filter((other) => other !== node)
  }

  async settled(): Promise<void> {
    const { query } = this
    const urls = this.#nodes.map(({ url }) => url).toSorted().join(' ')
    const isSo = async (): Promise<boolean> => (await membersOf(query.url)).toSorted().join(' ') === urls
    if (!(await eventually(PATIENCE_MS, isSo))) throw new Error(`the cluster is not ${urls}`)
  }

  /** Of all nodes together. */
  async total(metric: string): Promise<number> {
    const all = await Promise.all(this.#nodes.map((node) => node.metrics()))
    return all.reduce((sum, metrics) => sum + (metrics.get(metric) ?? 0), 0)
  }
}

async function membersOf(url: string): Promise<readonly string[]> {
  const { nodes } = (await (await fetch(`${url}/api/v1/nodes`)).json()) as { readonly nodes: readonly { readonly url: string }[] }
  return nodes.map((node) => node.url)
}

function clusterNode(name: string, role: ClusterRole, { url, pid }: ChildNode): ClusterNode {
  return {
    name,
    role,
    url,
    pid,
    kill: (signal) => void process.kill(pid, signal),
    metrics: async () => readMetrics(await (await fetch(`${url}/metrics`)).text()),
    residentMb: () => (residentBytes(pid) ?? NaN) / 2 ** 20,
  }
}

function readMetrics(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line): [string, number] => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}

/** What is undone at the end, the last first. */
export async function withUndo<T>(use: (undo: Teardown) => Promise<T>): Promise<T> {
  const undos: (() => Promise<unknown>)[] = []
  try {
    return await use({ teardown: (undo) => void undos.push(undo) })
  } finally {
    for (const undo of undos.toReversed()) await undo()
  }
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  /** Processes that wanted a core in the last minute, those of this benchmark among them. */
  readonly load: number
}

export function machine(): Machine {
  return { cpu: cpus()[0].model, cores: cpus().length, node: process.version, load: Math.round(loadavg()[0] * 100) / 100 }
}
