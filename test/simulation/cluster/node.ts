/** A whole node in simulated time: the real actors, copies on a disk, frames and streams, over whatever the scenario makes of the world. */
import { clusterOf } from '../../../actors/cluster.js'
import { startActors, type NodeActors, type QueryRooms } from '../../../actors/node-actors.js'
import { Places } from '../../../actors/places.js'
import { stopNode } from '../../../actors/stopping.js'
import { ActorSystem } from '../../../actors/system.js'
import type { Evaluation } from '../../../src/evaluate/evaluate.js'
import type { RootValue } from '../../../src/language/language.js'
import { AnnotationList } from '../../../src/model/annotation.js'
import type { UnitHost } from '../../../src/model/cluster.js'
import { QueryError } from '../../../src/model/error.js'
import type { QueryRequest } from '../../../src/model/event.js'
import type { WorkUnit } from '../../../src/model/plan.js'
import type { Segment } from '../../../src/model/segment.js'
import type { TelemetryEvent } from '../../../src/model/telemetry.js'
import { errorOf, nativeError } from '../../../src/serve/api-error.js'
import { nodeStopping } from '../../../src/model/limits.js'
import { sseFraming, streamQuery } from '../../../src/serve/event-stream.js'
import { InFlight, type Signals } from '../../../src/serve/in-flight.js'
import { readRequest } from '../../../src/serve/native-request.js'
import { Parameters } from '../../../src/serve/parameters.js'
import { remoteUnitsOver, type UnitTransport } from '../../../src/serve/remote-units.js'
import { numbersOf } from '../../../src/serve/result-json.js'
import { checkToken, clusterToken, UNITS_PATH } from '../../../src/serve/unit-exchange.js'
import { firstFrameWanted, UnitLease, versionRefusal } from '../../../src/serve/unit-lease.js'
import { openCacheFiles, type CacheFiles } from '../../../src/storage/storage.js'
import { readUnitRequest } from '../../../src/wire/wire.js'
import type { Random } from '../../harness/simulated-system.js'
import { stacked, tagged, unitsOf } from '../truth.js'
import type { SimulatedCatalog } from './catalog.js'
import type { SimulatedResponse } from './connection.js'
import { destroyedError, type ArrivedRequest, type SimulatedNetwork } from './network.js'
import { SimulatedProcess } from './process.js'
import { visible, type ClusterQuery, type ClusterScenario, type MachineSpec } from './scenario.js'
import type { SimulatedBucket, SimulatedDisk } from './store.js'
import { SimulatedThreads } from './threads.js'

export const STREAM_PATH = '/api/v1/stream'
const SECRET = 'secret'
const TOKEN = clusterToken(SECRET)
const VERSION = '1'
/** Within so long whatever has been cancelled is over. */
export const IDLE_MS = 250
/** ms since 1970 at which simulated time begins. */
const EPOCH_MS = 1_700_000_000_000

export interface NodeParts {
  readonly scenario: ClusterScenario
  readonly spec: MachineSpec
  readonly id: string
  readonly host: string
  readonly disk: SimulatedDisk
  readonly bucket: SimulatedBucket
  readonly catalog: SimulatedCatalog
  readonly network: SimulatedNetwork
  readonly random: Random
  /** The wall clock of the machine less that of the world. */
  readonly clockOffsetMs: () => number
  readonly onViolation: (text: string) => void
  readonly onEvent: (event: TelemetryEvent) => unknown
}

export class SimulatedNode {
  readonly process: SimulatedProcess
  readonly threads: SimulatedThreads
  readonly #parts: NodeParts
  readonly #system: ActorSystem
  readonly #inFlight = new InFlight()
  /** Units of other nodes that have no result yet. */
  readonly #hosted = new Set<WorkUnit>()
  readonly #actors: NodeActors
  readonly #query: (request: QueryRequest, signal: AbortSignal) => ReturnType<NodeActors['query']>
  #draining = false
  #answering = 0

  static async start(parts: NodeParts): Promise<SimulatedNode> {
    const { bucket, disk, scenario, network } = parts
    const process = new SimulatedProcess(network.world)
    const store = bucket.connect(process, disk, scenario.limits.fetchAttemptsMax)
    const files = await openCacheFiles({ folder: '/cache', store, bytesMax: scenario.limits.cacheBytesMax, verifiedObjectsMax: 50, disk })
    return new SimulatedNode(parts, process, files)
  }

  private constructor(parts: NodeParts, process: SimulatedProcess, files: CacheFiles) {
    const { scenario, catalog, network, host, id, spec, onEvent, clockOffsetMs } = parts
    const { limits } = scenario
    this.#parts = parts
    this.process = process
    this.threads = new SimulatedThreads({ ...parts, process })
    this.#system = new ActorSystem({ world: process, limits, telemetry: (event) => this.#observe(event, onEvent) })
    const wallMs = (): number => EPOCH_MS + process.now() + clockOffsetMs()
    const facts = { id, role: spec.role, version: VERSION, threads: spec.threads, startedAt: wallMs() }
    const asker = { host, defer: (turn: () => void) => process.defer(turn) }
    let isClosed = false
    const transport: UnitTransport = {
      post: (url, request, signal) => (isClosed ? Promise.reject(destroyedError()) : network.post(asker, url, request, signal)),
      close: async () => {
        isClosed = true
        network.reset(host, process)
      },
    }
    let numbers = 0
    this.#actors = startActors({
      system: this.#system,
      files,
      runner: this.threads,
      wordIndexes: this.threads.wordIndexes(),
      places: new Places({ limits, organisations: new Map(), memoryPercent: () => 0 }),
      openCluster: (units) => clusterOf({ system: this.#system, facts, units, ownUrl: undefined, called: { roll: catalog.table.connect(), secret: SECRET } }),
      remote: remoteUnitsOver(transport, { secret: SECRET, version: VERSION, limits, every: process.every }),
      wallMs,
      newId: () => String(numbers++),
    })
    const queryParts = this.#actors.queryParts(this.#rooms())
    this.#query = (request, signal) => this.#actors.query(queryParts, request, signal)
    network.listen(host, { process, answer: (request, response) => this.#answer(request, response) })
    this.#actors.cluster.join(`http://${host}`)
  }

  get id(): string {
    return this.#parts.id
  }

  get draining(): boolean {
    return this.#draining
  }

  memberIds(): string {
    return this.#actors.cluster.known.members().map(({ id }) => id).join()
  }

  /** What is still held, when nothing should be. */
  leftovers(): readonly string[] {
    const { dispatcher, cache, placement, admission } = this.#actors.living
    const { bytes, ...pinned } = cache?.facts ?? { bytes: 0 }
    const held = {
      ...dispatcher?.facts,
      ...pinned,
      ...placement?.facts,
      places: admission?.facts.running ?? 0,
      queriesWaiting: admission?.facts.waiting ?? 0,
      queriesListed: this.#actors.running.size,
      coordinators: this.#system.population('coordinator'),
      unitsInThreads: this.threads.running,
      unitsHosted: this.#hosted.size,
      answers: this.#answering,
      partialCopies: this.#parts.disk.partial,
      // Those of its membership: until the next renewal, and until what it knows is too old.
      timers: Math.max(0, this.process.timers - 2),
    }
    const left = Object.entries(held).filter(([, count]) => count !== 0).map(([name, count]) => `${name} ${count} are left`)
    return bytes > this.#parts.scenario.limits.cacheBytesMax ? [...left, `the idle cache holds ${bytes} bytes`] : left
  }

  /** Nothing of the organisation is held, and no unit of it is at work that has not been told to stop. */
  checkInterrupted(organisation: string): void {
    const { onViolation } = this.#parts
    const running = this.threads.uninterrupted().filter((unit) => unit.organisation === organisation)
    for (const { id } of running) onViolation(`${this.id}: unit ${id} of ${organisation} runs on after the cancel`)
    for (const unit of this.#hosted) if (unit.organisation === organisation) onViolation(`${this.id}: unit ${unit.id} of ${organisation} is held after the cancel`)
    for (const { id } of this.#actors.running.list({ organisation })) onViolation(`${this.id}: query ${id} of ${organisation} is held after the cancel`)
  }

  /** As the process does that is told to stop. Resolves when nothing of it is left. */
  async drain(): Promise<void> {
    const { scenario, network, host, onViolation } = this.#parts
    const { limits } = scenario
    const { cluster } = this.#actors
    this.#draining = true
    // Twice: one that has arrived just now may be about to be handed back.
    this.process.watch(IDLE_MS, () => {
      const idle = [...this.#hosted].filter((unit) => !this.threads.has(unit))
      this.process.watch(IDLE_MS, () => {
        for (const unit of idle) if (this.#hosted.has(unit) && !this.threads.has(unit)) onViolation(`${this.id} drains and keeps unit ${unit.id}, which has not begun`)
      })
    })
    const close = async (): Promise<void> => {
      await cluster.leave()
      await this.#inFlight.stop(nodeStopping(limits), limits.stopGraceMs, this.process.every)
      network.close(host)
      await this.#actors.close()
      await cluster.close()
      this.#system.stop(new QueryError({ code: 'unavailable', message: 'the node is stopping' }))
    }
    await stopNode({ refuse: (reason) => this.#actors.refuse(reason), leave: () => cluster.leave(), finish: (ms) => this.#inFlight.finish(ms, this.process.every), close }, limits, this.process.every)
    await this.process.sleep(IDLE_MS)
    const alive = this.#system.names()
    if (alive.length > 0) onViolation(`${this.id} has stopped and has ${alive.join(', ')}`)
    if (this.process.timers > 0) onViolation(`${this.id} has stopped and has ${this.process.timers} timers`)
    if (this.threads.running > 0) onViolation(`${this.id} has stopped and runs ${this.threads.running} units`)
    this.process.kill()
  }

  #observe(event: TelemetryEvent, onEvent: NodeParts['onEvent']): void {
    onEvent(event)
    if (event.type === 'actor:failed') this.#parts.onViolation(`${this.id}: an actor failed: ${JSON.stringify(event)}`)
  }

  #answer(request: ArrivedRequest, response: SimulatedResponse): void {
    this.#answering++
    void this.#inFlight.run(response, (signals) => this.#respond(request, response, signals)).finally(() => void this.#answering--)
  }

  async #respond(request: ArrivedRequest, response: SimulatedResponse, signals: Signals): Promise<void> {
    try {
      if (request.path === UNITS_PATH) await this.#respondUnit(request, response, signals)
      else await this.#respondQuery(request, response, signals)
    } catch (thrown) {
      const { status, body } = nativeError(errorOf(thrown, signals.stopping))
      response.writeHead(status)
      response.end(body)
    }
  }

  async #respondUnit({ headers, body }: ArrivedRequest, response: SimulatedResponse, signals: Signals): Promise<void> {
    checkToken(headers, TOKEN)
    const refusal = versionRefusal(headers, VERSION)
    if (refusal !== undefined) throw new QueryError({ code: 'unavailable', message: refusal })
    const unit = readUnitRequest(body)
    await new UnitLease(response, unit, firstFrameWanted(headers)).work(this.#host(response), signals, this.process.every)
  }

  /** Sees to it that the unit ends with its connection. */
  #host(response: SimulatedResponse): UnitHost {
    return {
      runUnit: async (unit, signal) => {
        this.#hosted.add(unit)
        response.once('close', () => this.process.watch(IDLE_MS, () => {
          if (this.threads.uninterrupted().includes(unit)) this.#parts.onViolation(`${this.id}: unit ${unit.id} runs on after its connection`)
        }))
        try {
          return await this.#actors.units.runUnit(unit, signal)
        } finally {
          this.#hosted.delete(unit)
        }
      },
    }
  }

  async #respondQuery({ headers, body }: ArrivedRequest, response: SimulatedResponse, { gone, stopping, signal }: Signals): Promise<void> {
    const { limits } = this.#parts.scenario
    const after = headers['last-event-id']
    const asked = readRequest(new Parameters(new URLSearchParams(Buffer.from(body).toString())), 0, limits)
    const request = { ...asked, organisation: headers['x-scope-orgid'], ...(after === undefined ? {} : { after }) }
    const target = { response, framing: sseFraming(numbersOf(request.language)), every: this.process.every, heartbeatMs: limits.heartbeatMs, gone, stopping } as const
    await streamQuery(this.#query(request, signal), target, () => undefined)
  }

  #rooms(): QueryRooms {
    const { scenario, catalog } = this.#parts
    const queryOf = (text: string): ClusterQuery => {
      const query = scenario.queries.find((each) => each.text === text)
      if (query === undefined) throw new QueryError({ code: 'bad_query', message: `nobody asked ${text}` })
      return query
    }
    return {
      prepare: ({ text }) => ({ ...queryOf(text).plan, text }),
      catalog: catalog.connect(this.process),
      lookUp: (plan, snapshot, from) => Promise.all(plan.leaves.map((leaf) => from.lookup({ snapshot, signal: leaf.signal, matchers: [], timeMin: 0n, timeMax: 1n }))),
      groupQuery: (plan, { generation }, lookups) => {
        const query = queryOf(plan.text)
        const units = (index: number): readonly WorkUnit[] => clusterUnits(scenario, query, index, generation, lookups[0]?.segments ?? [])
        return {
          groups: query.groups,
          unitsOf: units,
          unitCount: query.groups.reduce((total, group) => total + units(group.index).length, 0),
          pruning: [],
          estimatedSamples: 1,
          estimatedBytes: 1,
          bytesOf: () => 1,
          groupBytes: 1,
        }
      },
      createEvaluator: (plan) => evaluatorOf(queryOf(plan.text), scenario.limits.annotationsMax),
    }
  }
}

/** The units of a group over a generation. Each has the segments that came with it. */
export function clusterUnits(scenario: ClusterScenario, query: ClusterQuery, index: number, generation: number, segments: readonly Segment[]): readonly WorkUnit[] {
  const lake = { ...visible(scenario, generation), segments: segments.filter(({ created }) => created === 1) }
  const late = segments.filter(({ created }) => created > 1)
  return unitsOf({ lake, limits: scenario.limits }, query, index).map((unit) => ({ ...unit, segments: [...unit.segments, ...late] }))
}

function evaluatorOf({ remembers }: ClusterQuery, annotationsMax: number): ReturnType<QueryRooms['createEvaluator']> {
  return {
    annotations: new AnnotationList(annotationsMax),
    remembersGroups: remembers,
    *evaluateGroup(grid, leaves): Evaluation<RootValue> {
      yield
      const block = stacked(leaves.flatMap((leaf, id) => (leaf.kind === 'series' ? [tagged(leaf, id)] : [])), grid.count)
      return { type: 'vector', block, ordered: false }
    },
  }
}
