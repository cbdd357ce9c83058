/** The machines of a simulated cluster, and what happens to them and to what they share. */
import type { TelemetryEvent } from '../../../src/model/telemetry.js'
import { randomFrom, SimulatedWorld, type Random } from '../../harness/simulated-system.js'
import { SimulatedCatalog } from './catalog.js'
import { SimulatedNetwork } from './network.js'
import { IDLE_MS, SimulatedNode, STREAM_PATH } from './node.js'
import { UNITS_PATH } from '../../../src/serve/unit-exchange.js'
import { integer } from '../scenario.js'
import type { ClusterScenario, Incident, MachineSpec } from './scenario.js'
import { SimulatedBucket, SimulatedDisk } from './store.js'

interface Machine {
  readonly host: string
  readonly spec: MachineSpec
  readonly disk: SimulatedDisk
  node: SimulatedNode | undefined
  /** Nodes that have been started on it. */
  starts: number
  clockOffsetMs: number
}

export class Machines {
  readonly world: SimulatedWorld
  readonly network: SimulatedNetwork
  readonly catalog: SimulatedCatalog
  readonly violations: string[] = []
  /** Made into texts when somebody asks. */
  readonly #told: (readonly [atMs: number, text: string, event?: TelemetryEvent])[] = []
  readonly #scenario: ClusterScenario
  readonly #random: Random
  readonly #bucket: SimulatedBucket
  readonly #machines: readonly Machine[]
  /** What has begun and has an end of its own. */
  #underWay = 0
  /** When somebody was last frozen or cut off: what is cancelled there is heard of later. */
  #deafUntil = 0

  constructor(scenario: ClusterScenario) {
    const { seed, lake, limits, machines, unitLink, streamLink, unitFaultsMax, streamFaultsMax } = scenario
    this.#random = randomFrom(seed ^ 0x1234567)
    this.world = new SimulatedWorld(seed)
    this.#bucket = new SimulatedBucket(scenario.store, this.#random)
    const segments = lake.segments.map((segment) => this.#bucket.add(segment))
    this.#scenario = { ...scenario, lake: { ...lake, segments } }
    this.catalog = new SimulatedCatalog(this.world, seed, this.#random, limits.nodeLeaseMs, segments)
    const faults = new Map([[UNITS_PATH, unitLink], [STREAM_PATH, streamLink]])
    this.network = new SimulatedNetwork(this.world, this.#random, faults, new Map([[UNITS_PATH, unitFaultsMax], [STREAM_PATH, streamFaultsMax]]))
    this.#machines = machines.map((spec, index) => ({ host: `n${index}`, spec, disk: new SimulatedDisk(), node: undefined, starts: 0, clockOffsetMs: 0 }))
  }

  /** Machines that have not been lost with all that was on them: those whose nodes are alive. */
  get nodes(): readonly SimulatedNode[] {
    return this.#machines.flatMap(({ node }) => (node === undefined ? [] : [node]))
  }

  /** What was observed, in order. */
  trace(): readonly string[] {
    return this.#told.map(([atMs, text, event]) => `${atMs.toFixed(1)} ${text}${event === undefined ? '' : ` ${JSON.stringify(event)}`}`)
  }

  get isQuiet(): boolean {
    return this.#underWay === 0
  }

  /** Those that take queries, the one of that number first. */
  hosts(first: number): readonly string[] {
    const { length } = this.#machines
    const inOrder = Array.from({ length }, (_, at) => this.#machines[(first + at) % length])
    return inOrder.filter(({ spec }) => spec.role !== 'worker').map(({ host }) => host)
  }

  async start(): Promise<void> {
    for (const machine of this.#machines) await this.#boot(machine)
    for (const incident of this.#scenario.incidents) this.#later(incident.atMs, () => this.#happen(incident))
  }

  tell(text: string): void {
    this.#told.push([this.world.now(), text])
  }

  /** The organisation's query has no reader any more: soon nothing of it is at work. */
  cancelled(organisation: string): void {
    const since = this.world.now()
    this.world.timer(IDLE_MS + 20, () => {
      if (this.#deafUntil >= since) return
      for (const node of this.nodes) node.checkInterrupted(organisation)
    })
  }

  async #boot(machine: Machine): Promise<void> {
    const { host, spec, disk } = machine
    const id = `${host}.${machine.starts++}`
    this.tell(`${id} starts as ${spec.role} with ${spec.threads} threads`)
    machine.node = await SimulatedNode.start({
      scenario: this.#scenario,
      spec,
      id,
      host,
      disk,
      bucket: this.#bucket,
      catalog: this.catalog,
      network: this.network,
      random: this.#random,
      clockOffsetMs: () => machine.clockOffsetMs,
      onViolation: (text) => this.violations.push(text),
      onEvent: (event) => this.#observe(machine, id, event),
    })
  }

  /** What has to be borne must not even end a query that its client then goes on with, but at the machine that it happens to. */
  #observe(machine: Machine, id: string, event: TelemetryEvent): void {
    this.#told.push([this.world.now(), id, event])
    if (event.type !== 'query:ended' || event.status === 'ok' || event.status === 'cancelled' || this.#scenario.mood === 'hostile') return
    const shocked = this.#scenario.incidents.some((incident) => 'machine' in incident && this.#machines[incident.machine] === machine)
    if (!shocked) this.violations.push(`${id} ends ${event.organisation} with ${event.status}: ${event.message ?? ''}`)
  }

  #later(ms: number, turn: () => void): void {
    this.#underWay++
    this.world.timer(ms, () => {
      this.#underWay--
      turn()
    })
  }

  #happen(incident: Incident): void {
    this.tell(JSON.stringify(incident))
    const { table } = this.catalog
    switch (incident.kind) {
      case 'dies':
        return this.#die(this.#machines[incident.machine], incident.heardAfterMs, incident.returnsAfterMs)
      case 'drains':
        return void this.#drain(this.#machines[incident.machine], incident.returnsAfterMs)
      case 'freezes':
        return this.#freeze(this.#machines[incident.machine], incident.forMs)
      case 'is cut off':
        return this.#cutOff(this.#machines[incident.machine], incident.forMs)
      case 'catalog is down':
        table.faults.failing = 1
        return this.#later(incident.forMs, () => void (table.faults.failing = 0))
      case 'catalog fails over':
        table.faults.failing = 1
        return this.#later(incident.forMs, () => {
          table.faults.failing = 0
          table.failOver()
        })
      case 'catalog is slow':
        table.faults.slowMs = incident.slowMs
        return this.#later(incident.forMs, () => void (table.faults.slowMs = 2))
      case 'clock of the catalog jumps':
        table.clockOffsetMs += incident.byMs
        return
      case 'clock of a machine jumps':
        this.#machines[incident.machine].clockOffsetMs += incident.byMs
        return
      case 'a generation is published':
        this.catalog.generation = 2
    }
  }

  /** Killed, with its connections; or gone with its power, so that nobody hears of it for a while. */
  #die(machine: Machine, heardAfterMs: number | undefined, returnsAfterMs: number): void {
    const { node, host } = machine
    if (node === undefined || node.draining) return
    machine.node = undefined
    node.process.kill()
    this.network.close(host)
    if (heardAfterMs === undefined) this.network.reset(host, node.process)
    else {
      this.network.isolate(host)
      this.#deafUntil = Math.max(this.#deafUntil, this.world.now() + heardAfterMs)
      this.#later(heardAfterMs, () => {
        this.network.reset(host, node.process)
        this.network.rejoin(host)
      })
    }
    this.#later(returnsAfterMs, () => this.#start(machine))
  }

  #start(machine: Machine): void {
    this.#underWay++
    this.#boot(machine).finally(() => void this.#underWay--)
  }

  async #drain(machine: Machine, returnsAfterMs: number): Promise<void> {
    const { node } = machine
    if (node === undefined || node.draining) return
    this.#underWay++
    await node.drain()
    machine.node = undefined
    this.tell(`${node.id} has stopped`)
    this.#later(returnsAfterMs, () => this.#start(machine))
    this.#underWay--
  }

  #freeze({ node }: Machine, forMs: number): void {
    if (node === undefined) return
    node.process.freeze()
    this.#deafUntil = Math.max(this.#deafUntil, this.world.now() + forMs)
    this.#later(forMs, () => node.process.thaw())
  }

  #cutOff({ host }: Machine, forMs: number): void {
    this.network.isolate(host)
    this.#deafUntil = Math.max(this.#deafUntil, this.world.now() + forMs)
    this.#later(forMs, () => this.network.rejoin(host))
  }

  /** What must be so when there has been nothing to do for a while. */
  leftovers(): readonly string[] {
    const { nodes, catalog, network } = this
    const found = nodes.flatMap((node) => node.leftovers().map((text) => `${node.id}: ${text}`))
    const alive = nodes.map(({ id }) => id).join()
    const leased = [...catalog.table.rows.keys()].sort().join()
    if (leased !== alive) found.push(`leases of ${leased} are left, ${alive} are alive`)
    for (const node of nodes) if (node.memberIds() !== alive) found.push(`${node.id} knows ${node.memberIds()}, ${alive} are alive`)
    if (network.open > 0) found.push(`${network.open} connections are left`)
    return found
  }

  /** All that is left stops, one soon after the other. */
  async stop(): Promise<void> {
    await Promise.all(this.#machines.map(async (machine) => {
      await this.world.sleep(integer(this.#random, 0, 150))
      await machine.node?.drain()
      machine.node = undefined
    }))
    const { rows, revenants } = this.catalog.table
    if (rows.size > 0) this.violations.push(`leases of ${[...rows.keys()].join()} outlive their nodes`)
    if (revenants.length > 0) this.violations.push(`${revenants.join()} came back after leaving`)
  }
}
