/** Nodes as real processes over servers of their own, with a gate on every way between them. */
import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { breakablePostgres, breakableS3, whyNoS3, type BreakableS3, type BreakableServer } from './breakable-servers.js'
import { openGate, type Gate } from './gate.js'
import { spawnNode, writeYaml, type ChildNode, type Parameters } from './real-node.js'
import type { Teardown } from './servers.js'

/** One node: its process may change, its ways do not. */
export interface BreakableNode {
  readonly name: string
  /** What it runs as; after a kill the next one, once it is there. */
  readonly running: Promise<ChildNode>
  readonly now: ChildNode
  /** The way of the other nodes to it. */
  readonly gate: Gate
  /** Its ways to the servers. */
  readonly toCatalog: Gate
  /** Undefined over a folder. */
  readonly toStore: Gate | undefined
  /** Ends the process without warning; another takes its place and its folder. */
  replace(): void
  /** What processes that nobody killed have said at their end. */
  readonly lost: readonly string[]
}

export interface BreakableCluster {
  readonly postgres: BreakableServer
  /** Undefined where none can be started: the objects are in a folder. */
  readonly s3: BreakableS3 | undefined
  /** Writes a configuration of a node that reaches the servers by no gate. */
  configBeside(settings: Parameters): Promise<string>
  addNode(name: string, settings: Parameters): Promise<BreakableNode>
}

export async function breakableCluster(t: Teardown, folder: string): Promise<BreakableCluster> {
  const postgres = await breakablePostgres(t, folder)
  const s3 = whyNoS3() === undefined ? await breakableS3(t, folder) : undefined
  let ending = false
  t.teardown(async () => void (ending = true))
  const wayToCatalog = await openGate(t, postgres.target)
  /** The ways to PostgreSQL, whose socket is another one after a restart. */
  const catalogGates = [wayToCatalog]
  const config = async (name: string, catalog: Gate, storePort: number, settings: Parameters): Promise<string> => {
    const data = join(folder, name)
    await mkdir(data, { recursive: true })
    const objects = s3 === undefined ? { 'objects.directory': join(folder, 'objects') } : s3.settings(storePort)
    const all = { 'catalog.url': `postgres://millrace@127.0.0.1:${catalog.port}/postgres`, data, ...objects, 'log.level': 'silent', ...settings }
    return writeYaml(join(data, 'millrace.yaml'), all)
  }
  const addNode = async (name: string, settings: Parameters): Promise<BreakableNode> => {
    const gate = await openGate(t, 0)
    const toCatalog = await openGate(t, postgres.target)
    catalogGates.push(toCatalog)
    const toStore = s3 === undefined ? undefined : await openGate(t, s3.target)
    const file = await config(name, toCatalog, toStore?.port ?? 0, { ...settings, 'cluster.url': `http://127.0.0.1:${gate.port}` })
    const spawned = async (): Promise<ChildNode> => {
      const child = await untilStarted(() => spawnNode(t, ['--config', file]))
      gate.leadTo(Number(new URL(child.url).port))
      child.child.once('exit', (code, signal) => {
        if (child !== killed && !ending) lost.push(`${name} ended with ${code ?? signal}: ${child.err()}`)
      })
      return child
    }
    const lost: string[] = []
    let killed: ChildNode | undefined
    let now = await spawned()
    let running = Promise.resolve(now)
    const replace = (): void => {
      killed = now
      now.child.kill('SIGKILL')
      running = now.exited.then(spawned).then((child) => (now = child))
      running.catch(() => undefined)
    }
    return {
      name,
      gate,
      toCatalog,
      toStore,
      replace,
      lost,
      get running() {
        return running
      },
      get now() {
        return now
      },
    }
  }
  const following: BreakableServer = {
    ...postgres,
    get target() {
      return postgres.target
    },
    start: async () => {
      await postgres.start()
      for (const gate of catalogGates) gate.leadTo(postgres.target)
    },
  }
  const storePort = typeof s3?.target === 'number' ? s3.target : 0
  return { postgres: following, s3, addNode, configBeside: (settings) => config('beside', wayToCatalog, storePort, settings) }
}

/** A node that cannot reach its servers at start ends, and whoever runs it starts it again. */
async function untilStarted(start: () => Promise<ChildNode>): Promise<ChildNode> {
  for (;;) {
    try {
      return await start()
    } catch (thrown) {
      if (!String(thrown).includes('cannot be reached')) throw thrown
    }
  }
}
