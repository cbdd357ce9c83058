/** Placement under seeded schedules: nodes that fail, freeze, come and go; every unit is answered once, and nothing is left. */
import t from 'tap'
import type { Ref } from '../../actors/actor.js'
import type { CancelQuery, CancelUnit, RunUnits, UnitReply } from '../../actors/unit-messages.js'
import { Placement, type PlacementMessage } from '../../actors/placement.js'
import { rendezvousOrder } from '../../actors/rendezvous.js'
import { ActorSystem } from '../../actors/system.js'
import { NO_STATS, emptySeries } from '../../src/model/block.js'
import type { Member, RemoteUnits, Role } from '../../src/model/cluster.js'
import type { PackedResult } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { packBlock } from '../../src/wire/wire.js'
import { randomFrom, SimulatedWorld, type Random } from '../harness/simulated-system.js'
import { chance, integer, pick } from './scenario.js'

const RESULT: PackedResult = { block: packBlock(emptySeries(1)), annotations: [], stats: NO_STATS }
const LIMITS = { ...DEFAULT_LIMITS, unitAttemptsMax: 4, nodeShunnedMs: 500, hedgeLookMs: 50, hedgeAfterMs: 100 }

/** After so long a silence a connection is given up. */
const SILENCE_MS = 2_000

interface Behaviour {
  readonly failing: number
  /** Runs that begin while the node is frozen are given up after a while: nothing is heard of it. */
  frozen: boolean
  readonly speedMs: number
}

class Cluster {
  readonly world: SimulatedWorld
  readonly random: Random
  readonly violations: string[] = []
  readonly answers = new Map<string, UnitReply[]>()
  readonly placed: string[] = []
  readonly out = new Map<string, number>()
  members: Member[] = []
  readonly behaviours = new Map<string, Behaviour>()
  hedges = 0
  /** No node can reach it. */
  lost: string | undefined
  placement: Placement | undefined
  readonly ref: Ref<PlacementMessage>

  constructor(seed: number, nodes: number, failing: number, role: Role = 'all') {
    this.world = new SimulatedWorld(seed)
    this.random = randomFrom(seed ^ 0x51ab)
    this.members = Array.from({ length: nodes }, (_, at) => member(`n${at}`, integer(this.random, 1, 4)))
    this.members[0] = { ...this.members[0], role }
    for (const { id } of this.members) this.behaviours.set(id, { failing: chance(this.random, 0.5) ? failing : 0, frozen: false, speedMs: integer(this.random, 1, 50) })
    const system = new ActorSystem({ world: this.world, limits: LIMITS, telemetry: (event) => {
      if (event.type === 'actor:failed') this.violations.push(JSON.stringify(event))
      if (event.type === 'unit:hedged') this.hedges++
    } })
    const dispatcher = system.spawn<RunUnits | CancelQuery | CancelUnit>('dispatcher', 'one', () => ({ receive: (message) => this.#runHere(message), ended: () => undefined }), 'end')
    const here = this.members[0]
    this.ref = system.spawn('placement', 'one', () => {
      this.placement = new Placement({ here, dispatcher, membership: { members: () => this.members }, remote: this.#remote(), limits: LIMITS, telemetry: () => undefined })
      return this.placement
    }, 'end')
  }

  ask(query: string, units: number, signal = new AbortController().signal): void {
    const replyTo: Ref<UnitReply> = { name: 'reader', send: (reply) => this.#note(reply), urge: (reply) => void this.#note(reply) }
    const made = Array.from({ length: units }, (_, part) => unitOf(query, part))
    for (const { id } of made) this.answers.set(id, [])
    this.ref.send({ type: 'RunUnits', queryId: query, units: made, replyTo, signal })
  }

  #note(reply: UnitReply): boolean {
    this.answers.get(reply.unitId)?.push(reply)
    return true
  }

  #remote(): RemoteUnits {
    return {
      newReception: () => ({ frames: 0 }),
      run: (node, unit, _reception, signal) => this.#run(node.id, unit, signal),
      close: async () => undefined,
    }
  }

  #runHere(message: RunUnits | CancelQuery | CancelUnit): void {
    if (message.type !== 'RunUnits') return
    const { units: [unit], replyTo, tag = '', signal } = message
    const named = { unitId: unit.id, tag }
    this.#run(this.members[0]?.id ?? 'n0', unit, signal).then(
      ({ result }) => replyTo.send({ type: 'UnitDone', ...named, result, bytesFetched: 0, retries: 0 }),
      (error: QueryError) => signal.aborted || replyTo.urge({ type: 'UnitFailed', ...named, error }),
    )
  }

  async #run(node: string, unit: WorkUnit, signal: AbortSignal) {
    const behaviour = this.behaviours.get(node)
    if (behaviour === undefined) throw new QueryError({ code: 'unavailable', message: `${node} is not there` })
    this.placed.push(`${unit.id} ${node}`)
    const out = (this.out.get(node) ?? 0) + 1
    this.out.set(node, out)
    const threads = this.members.find(({ id }) => id === node)?.threads ?? 99
    if (out > threads + LIMITS.unitsPrefetchedMax) this.violations.push(`${out} units are out at ${node}, which has ${threads} threads`)
    const ended = (): void => void this.out.set(node, (this.out.get(node) ?? 0) - 1)
    try {
      const { frozen } = behaviour
      await Promise.race([this.world.sleep(frozen ? SILENCE_MS : integer(this.random, 1, 1 + behaviour.speedMs)), aborted(signal)])
      if (frozen && !signal.aborted) throw new QueryError({ code: 'unavailable', message: `nothing is heard of ${node}` })
    } finally {
      ended()
    }
    if (signal.aborted) throw new QueryError({ code: 'cancelled', message: 'cancelled' })
    const [{ object }] = unit.segments
    if (object === this.lost) throw new QueryError({ code: 'unavailable', message: `${object} cannot be reached`, facts: { segment: object } })
    if (chance(this.random, behaviour.failing)) throw new QueryError({ code: 'unavailable', message: `${node} broke off` })
    return { result: RESULT, bytesFetched: 0, retries: 0 }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function member(id: string, threads: number): Member {
  return { id, url: `http://${id}`, role: 'all', version: '1', threads, startedAt: 0, units: 0, seenAt: 0 }
}

function unitOf(query: string, part: number): WorkUnit {
  const segments = [{ object: `o/${part % 40}`, bytes: 100 }]
  return { id: `${query}.${part}`, organisation: 'one', segments, group: { index: 0 }, leaf: { signal: 'metrics' } } as unknown as WorkUnit
}

t.test('every unit is answered once, whatever nodes do', async (t) => {
  const wrong: string[] = []
  let hedges = 0
  for (let seed = 0; seed < 60; seed++) {
    const cluster = new Cluster(seed, integer(randomFrom(seed), 1, 5), pick(randomFrom(seed + 1), [0, 0.1, 0.3]))
    cluster.ask('a', integer(cluster.random, 1, 60))
    cluster.ask('b', integer(cluster.random, 1, 20))
    const controller = new AbortController()
    cluster.ask('cancelled', 20, controller.signal)
    await cluster.world.run(integer(cluster.random, 0, 60))
    controller.abort()
    cluster.ref.urge({ type: 'CancelQuery', queryId: 'cancelled' })
    // The one that freezes is never the node itself: then nobody would ask.
    const victim = cluster.members.length > 1 ? pick(cluster.random, cluster.members.slice(1)) : undefined
    const behaviour = victim === undefined ? undefined : cluster.behaviours.get(victim.id)
    if (behaviour !== undefined && chance(cluster.random, 0.5)) behaviour.frozen = true
    await cluster.world.run(integer(cluster.random, 0, 100))
    if (victim !== undefined && chance(cluster.random, 0.5)) cluster.members = cluster.members.filter((one) => one !== victim)
    if (chance(cluster.random, 0.5)) {
      const late = member('late', 2)
      cluster.behaviours.set('late', { failing: 0, frozen: false, speedMs: 5 })
      cluster.members = [...cluster.members, late]
    }
    cluster.ask('c', 10)
    await cluster.world.run(100_000)
    for (const [unit, replies] of cluster.answers) {
      if (unit.startsWith('cancelled')) continue
      if (replies.length > 1) wrong.push(`seed ${seed}: ${unit} was answered ${replies.length} times`)
      if (replies.length === 0) wrong.push(`seed ${seed}: ${unit} was not answered`)
      const [reply] = replies
      if (reply?.type === 'UnitFailed' && reply.error.code !== 'unavailable') wrong.push(`seed ${seed}: ${unit} failed with ${reply.error.code}`)
    }
    if (cluster.placement?.facts.units !== 0 || cluster.placement.facts.runs !== 0) wrong.push(`seed ${seed}: ${JSON.stringify(cluster.placement?.facts)} are left`)
    wrong.push(...cluster.violations.map((text) => `seed ${seed}: ${text}`))
    hedges += cluster.hedges
  }
  t.strictSame(wrong.slice(0, 10), [])
  t.comment(`${hedges} hedges`)
})

t.test('a node that leaves units to others asks the only other one again, and gives up in the end', async (t) => {
  const cluster = new Cluster(3, 2, 0, 'query')
  const breaksOff = (failing: number): void => void cluster.behaviours.set('n1', { failing, frozen: false, speedMs: 5 })
  breaksOff(1)
  cluster.ask('a', 3)
  await cluster.world.run(100)
  breaksOff(0)
  await cluster.world.run(10_000)
  t.same([...cluster.answers.values()].map((replies) => replies.map(({ type }) => type)), [['UnitDone'], ['UnitDone'], ['UnitDone']])
  t.ok(cluster.placed.length > 3 && cluster.placed.every((text) => text.endsWith(' n1')), cluster.placed.join())
  breaksOff(1)
  cluster.placed.length = 0
  cluster.ask('b', 1)
  await cluster.world.run(100_000)
  t.match(cluster.answers.get('b.0'), [{ type: 'UnitFailed', error: { code: 'unavailable' } }])
  t.equal(cluster.placed.length, LIMITS.unitAttemptsMax)
  t.same(cluster.placement?.facts, { units: 0, runs: 0, inLine: 0, out: 0 })
})

t.test('an object that no node can reach is named, and keeps no node from the other units', async (t) => {
  const wrong: string[] = []
  for (let seed = 0; seed < 20; seed++) {
    const cluster = new Cluster(seed, 2, 0)
    cluster.lost = 'o/3'
    cluster.ask('a', 4)
    await cluster.world.run(100_000)
    const [reply] = cluster.answers.get('a.3') ?? []
    if (reply?.type !== 'UnitFailed' || reply.error.facts['segment'] !== 'o/3') wrong.push(`seed ${seed}: ${JSON.stringify(reply)}`)
    const failedAt = cluster.world.now()
    if (failedAt >= LIMITS.nodeShunnedMs) wrong.push(`seed ${seed}: it is known after ${failedAt} ms`)
  }
  t.strictSame(wrong, [])
})

t.test('units that are no longer wanted are called back, the others of their query are answered', async (t) => {
  const wrong: string[] = []
  const unwanted = { all: 0, answered: 0 }
  for (let seed = 0; seed < 30; seed++) {
    const cluster = new Cluster(seed, integer(randomFrom(seed), 1, 4), 0)
    cluster.ask('a', 40)
    await cluster.world.run(integer(cluster.random, 0, 60))
    const answered = new Set([...cluster.answers].flatMap(([unit, replies]) => (replies.length > 0 ? [unit] : [])))
    const unitIds = [...cluster.answers.keys()].filter((unit) => !answered.has(unit) && chance(cluster.random, 0.5))
    cluster.ref.send({ type: 'CancelUnits', queryId: 'a', unitIds })
    await cluster.world.run(100_000)
    for (const [unit, replies] of cluster.answers) {
      const isWanted = !unitIds.includes(unit)
      if (isWanted && replies.length !== 1) wrong.push(`seed ${seed}: ${unit} was answered ${replies.length} times`)
      if (isWanted) continue
      unwanted.all++
      unwanted.answered += replies.length
    }
    if (cluster.placement?.facts.units !== 0 || cluster.placement.facts.runs !== 0) wrong.push(`seed ${seed}: ${JSON.stringify(cluster.placement?.facts)} are left`)
  }
  t.strictSame(wrong.slice(0, 10), [])
  // What had ended just before is answered still.
  t.ok(unwanted.all > 200 && unwanted.answered < unwanted.all / 20, JSON.stringify(unwanted))
})

t.test('a unit that fails at a node that is gone meanwhile runs here, where nobody else is left', async (t) => {
  const wrong: string[] = []
  for (let seed = 0; seed < 20; seed++) {
    const cluster = new Cluster(seed, 2, 0)
    const there = cluster.behaviours.get('n1')
    if (there !== undefined) there.frozen = true
    cluster.ask('a', 20)
    await cluster.world.run(60)
    cluster.members = cluster.members.slice(0, 1)
    await cluster.world.run(100_000)
    if (!cluster.placed.some((text) => text.endsWith(' n1'))) wrong.push(`seed ${seed}: no unit was there`)
    for (const [unit, replies] of cluster.answers) if (replies[0]?.type !== 'UnitDone') wrong.push(`seed ${seed}: ${unit} ${JSON.stringify(replies)}`)
  }
  t.strictSame(wrong.slice(0, 10), [])
})

t.test('units go where they went before, and few move when a node joins', async (t) => {
  const cluster = new Cluster(7, 3, 0)
  for (const behaviour of cluster.behaviours.values()) Object.assign(behaviour, { failing: 0, speedMs: 5 })
  const nodesOf = async (query: string): Promise<ReadonlyMap<string, string>> => {
    cluster.placed.length = 0
    for (let part = 0; part < 40; part += 5) cluster.ask(`${query}${part}`, 5)
    await cluster.world.run(5_000)
    return new Map(cluster.placed.map((text) => text.split(' ') as [string, string]).map(([unit, node]) => [unit.replace(query, ''), node]))
  }
  const first = await nodesOf('x')
  const again = await nodesOf('y')
  const same = [...first].filter(([unit, node]) => again.get(unit) === node).length
  t.ok(same >= first.size * 0.9, `${same} of ${first.size} units went where they had gone`)
  t.end()
})

t.test('the order of a unit is the same for all, and only what a node owns moves with it', (t) => {
  const candidates = [1, 2, 3, 4].map((n) => ({ id: `n${n}`, threads: 2 }))
  const units = Array.from({ length: 1000 }, (_, i) => [{ object: `o/${i}`, bytes: 10 }])
  const owners = units.map((segments) => rendezvousOrder(segments, candidates)[0])
  t.strictSame(units.map((segments) => rendezvousOrder(segments, candidates.toReversed())[0]), owners)
  for (const { id } of candidates) t.ok(Math.abs(owners.filter((owner) => owner === id).length - 250) < 60, id)
  const without = units.map((segments) => rendezvousOrder(segments, candidates.slice(1))[0])
  t.equal(without.filter((owner, i) => owners[i] !== 'n1' && owner !== owners[i]).length, 0)
  const heavier = units.map((segments) => rendezvousOrder(segments, [{ id: 'n1', threads: 6 }, ...candidates.slice(1)])[0])
  t.ok(Math.abs(heavier.filter((owner) => owner === 'n1').length - 500) < 60, 'a node with as many threads as the others together owns half')
  t.end()
})

t.test('of units of many segments, too, only what a node owns moves with it', (t) => {
  const candidates = [1, 2, 3, 4].map((n) => ({ id: `n${n}`, threads: 1 }))
  const units = Array.from({ length: 1000 }, (_, i) => Array.from({ length: 12 }, (_, k) => ({ object: `o/${i}/${k}`, bytes: 1_000 + ((i * 7 + k * 31) % 500) })))
  const before = units.map((segments) => rendezvousOrder(segments, candidates.slice(1))[0])
  const after = units.map((segments) => rendezvousOrder(segments, candidates)[0])
  t.equal(after.filter((owner, i) => owner !== 'n1' && owner !== before[i]).length, 0)
  for (const { id } of candidates) t.ok(Math.abs(after.filter((owner) => owner === id).length - 250) < 60, id)
  t.end()
})

t.test('units of a group that read the same segments go to as many nodes as it takes to begin them at once, always the same ones', async (t) => {
  const cluster = new Cluster(3, 3, 0)
  for (const behaviour of cluster.behaviours.values()) Object.assign(behaviour, { failing: 0, speedMs: 5 })
  cluster.members = ['n0', 'n1', 'n2'].map((id) => member(id, 2))
  const nodesOf = async (query: string): Promise<readonly string[]> => {
    cluster.placed.length = 0
    const alike = Array.from({ length: 6 }, (_, part) => ({ ...unitOf(query, 0), id: `${query}.${part}` }))
    cluster.ref.send({ type: 'RunUnits', queryId: query, units: alike, replyTo: { name: 'reader', send: () => true, urge: () => undefined }, signal: new AbortController().signal })
    await cluster.world.run(5_000)
    return cluster.placed.map((text) => text.replace(query, '')).toSorted()
  }
  const first = await nodesOf('x')
  t.strictSame(await nodesOf('y'), first)
  for (const { id } of cluster.members) t.equal(first.filter((text) => text.endsWith(` ${id}`)).length, 2, `${id} has as many as it has threads`)
  t.end()
})
