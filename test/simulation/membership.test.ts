/** Membership under seeded schedules: nodes join, leave, die; the catalog is slow, down, forgets to tell, and its clock jumps. */
import t from 'tap'
import type { Ref } from '../../actors/actor.js'
import { KnownMembers } from '../../actors/known-members.js'
import { MembershipActor, type MembershipMessage } from '../../actors/membership.js'
import { ActorSystem } from '../../actors/system.js'
import type { Roll } from '../../src/model/node.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { TelemetryEvent } from '../../src/model/telemetry.js'
import { SimulatedTable } from '../harness/simulated-roll.js'
import { SimulatedWorld, randomFrom } from '../harness/simulated-system.js'

t.setTimeout(0)

const SEEDS = Number(process.env['MEMBERSHIP_SEEDS'] ?? 100)
const FIRST_SEED = Number(process.env['MEMBERSHIP_SEED'] ?? 1)
const LIMITS = DEFAULT_LIMITS
/** A renewal under way, one more, and being late. */
const SOON_MS = LIMITS.nodeLeaseMs + 3 * LIMITS.nodeRenewMs
const TURNS_MAX = 200_000

interface Node {
  readonly id: string
  readonly known: KnownMembers
  readonly system: ActorSystem
  readonly told: TelemetryEvent[]
  state: 'here' | 'leaving' | 'left' | 'dead'
  readonly actor: Ref<MembershipMessage>
}

function join(world: SimulatedWorld, roll: Roll, id: string): Node {
  const told: TelemetryEvent[] = []
  const telemetry = (event: TelemetryEvent) => void told.push(event)
  const system = new ActorSystem({ world, limits: LIMITS, telemetry })
  const facts = { id, url: `http://${id}:7070`, role: 'all', version: '1', threads: 4, startedAt: 1_700_000_000_000 } as const
  const known = new KnownMembers(facts, () => system.now(), () => 0)
  const actor = system.spawn('membership', id, () => new MembershipActor({ roll, known, limits: LIMITS, telemetry }), 'restart')
  return { id, known, system, told, state: 'here', actor }
}

function leave(node: Node): void {
  node.state = 'leaving'
  const sent = node.actor.send({ type: 'Leave', left: () => {
    node.state = 'left'
    node.system.stop(new QueryError({ code: 'unavailable', message: 'the node is stopping' }))
  } })
  if (!sent) throw new Error(`${node.id} does not hear`)
}

/** kill -9: whatever was under way arrives nowhere. */
function die(node: Node): void {
  node.state = 'dead'
  node.system.stop(new QueryError({ code: 'unavailable', message: 'killed' }))
}

const ids = (members: readonly { readonly id: string }[]): string => members.map(({ id }) => id).join()

interface Cluster {
  readonly world: SimulatedWorld
  readonly table: SimulatedTable
  readonly nodes: Node[]
  readonly wrong: string[]
}

function newCluster(seed: number): Cluster {
  const world = new SimulatedWorld(seed)
  return { world, table: new SimulatedTable(world, seed, LIMITS.nodeLeaseMs), nodes: [], wrong: [] }
}

const here = ({ nodes }: Cluster): readonly Node[] => nodes.filter(({ state }) => state === 'here')

function checkSelf({ nodes, wrong, world }: Cluster): void {
  for (const { id, known, state } of nodes) {
    if (state === 'dead') continue
    const members = known.members()
    if (!members.some((member) => member.id === id)) wrong.push(`${id} has lost itself at ${world.now()}`)
    if (ids(members) !== ids(members.toSorted((a, b) => (a.id < b.id ? -1 : 1)))) wrong.push(`${id} has them out of order: ${ids(members)}`)
  }
}

function checkAgreement(cluster: Cluster, when: string): void {
  const expected = ids(here(cluster).toSorted((a, b) => (a.id < b.id ? -1 : 1)))
  for (const { id, known } of here(cluster)) if (ids(known.members()) !== expected) cluster.wrong.push(`${when}, ${id} knows ${ids(known.members())} instead of ${expected}`)
}

/** Faults for a few minutes, then none; then everybody leaves. */
async function anyRun(seed: number): Promise<readonly string[]> {
  const cluster = newCluster(seed)
  const { world, table, nodes, wrong } = cluster
  const random = randomFrom(seed ^ 0x2545f491)
  const joinOne = () => void nodes.push(join(world, table.connect(), `n${String(Math.floor(random() * 1e6)).padStart(6, '0')}`))
  for (let i = 0; i < 3; i++) joinOne()
  const act = () => {
    checkSelf(cluster)
    const living = here(cluster)
    const one = living[Math.floor(random() * living.length)]
    const dice = random()
    if (dice < 0.15 && nodes.length < 12) joinOne()
    else if (dice < 0.25 && living.length > 1) leave(one)
    else if (dice < 0.35 && living.length > 1) die(one)
    else if (dice < 0.45) table.faults.failing = [0, 0.2, 0.7, 1][Math.floor(random() * 4)]
    else if (dice < 0.55) table.faults.slowMs = [2, 500, 6_000, 20_000][Math.floor(random() * 4)]
    else if (dice < 0.65) table.faults.losingNotices = random()
    else if (dice < 0.7) table.clockOffsetMs += (random() - 0.5) * 7_200_000
    else if (dice < 0.75) world.spend(random() * 40_000)
  }
  for (let at = 2_000; at < 240_000; at += 2_000) world.timer(at, act)
  // From when that is over: time that was spent makes what was due late. What was under way may still take its time, there and back.
  world.timer(240_000, () => {
    Object.assign(table.faults, { failing: 0, slowMs: 2 })
    world.timer(2 * 20_000 + SOON_MS + LIMITS.nodeLeaseMs, () => {
      checkSelf(cluster)
      checkAgreement(cluster, 'when all is well again')
      for (const node of here(cluster)) leave(node)
    })
  })
  if (!(await world.run(TURNS_MAX))) wrong.push('something never ends')
  for (const { id, state, system } of nodes) {
    if (state === 'here' || state === 'leaving') wrong.push(`${id} never left`)
    if (system.names().length > 0) wrong.push(`alive: ${system.names().join()}`)
  }
  for (const id of table.revenants) wrong.push(`${id} has registered again`)
  return wrong.map((what) => `seed ${seed}: ${what}`)
}

t.test(`whatever happens, a node knows itself, and all agree when all is well again (${SEEDS} seeds from ${FIRST_SEED})`, async (t) => {
  const wrong: string[] = []
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) wrong.push(...(await anyRun(seed)))
  t.strictSame(wrong, [])
})

/** Three nodes that have found each other, then the script; ends when every node has left. */
async function settledRun(seed: number, script: (cluster: Cluster) => void): Promise<Cluster> {
  const cluster = newCluster(seed)
  for (const id of ['a', 'b', 'c']) cluster.nodes.push(join(cluster.world, cluster.table.connect(), id))
  cluster.world.timer(1_000, () => {
    checkAgreement(cluster, 'after joining')
    script(cluster)
  })
  if (!(await cluster.world.run(TURNS_MAX))) cluster.wrong.push('something never ends')
  return cluster
}

function endAt({ world, nodes }: Cluster, ms: number): void {
  world.timer(ms, () => nodes.filter(({ state }) => state === 'here').forEach(leave))
}

async function overSeeds(script: (cluster: Cluster) => void): Promise<readonly string[]> {
  const wrong: string[] = []
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) wrong.push(...(await settledRun(seed, script)).wrong.map((what) => `seed ${seed}: ${what}`))
  return wrong
}

t.test('joining and leaving are known to all within a second, dying after the lease', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table, nodes } = cluster
    nodes.push(join(world, table.connect(), 'd'))
    world.timer(1_000, () => {
      checkAgreement(cluster, 'a second after a join')
      leave(nodes[0])
    })
    world.timer(2_000, () => {
      checkAgreement(cluster, 'a second after a leave')
      die(nodes[1])
    })
    world.timer(2_000 + SOON_MS, () => checkAgreement(cluster, 'a while after a death'))
    endAt(cluster, 3_000 + SOON_MS)
  }), [])
})

t.test('a change that is heard of while a renewal is under way is learned by another', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table, nodes } = cluster
    table.faults.slowMs = 400
    for (const [at, id] of [[0, 'd'], [150, 'e'], [300, 'f']] as const) world.timer(at, () => void nodes.push(join(world, table.connect(), id)))
    world.timer(3_000, () => checkAgreement(cluster, 'three seconds after three joins'))
    endAt(cluster, 3_100)
  }), [])
})

t.test('nobody tells of changes: they are learned a renewal later', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table, nodes } = cluster
    table.faults.losingNotices = 1
    nodes.push(join(world, table.connect(), 'd'))
    world.timer(LIMITS.nodeRenewMs + 100, () => checkAgreement(cluster, 'a renewal after a join'))
    endAt(cluster, LIMITS.nodeRenewMs + 200)
  }), [])
})

t.test('while the catalog is down the members known last stay, for as long as the limit says, then the node is alone; it comes back', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table, nodes, wrong } = cluster
    const down = LIMITS.membersKeptMs / 2
    world.timer(down, () => Object.assign(table.faults, { failing: 1, slowMs: 500 }))
    for (const ms of [LIMITS.nodeLeaseMs, 3 * LIMITS.nodeLeaseMs, LIMITS.membersKeptMs - 2 * LIMITS.nodeRenewMs]) {
      world.timer(down + ms, () => checkAgreement(cluster, `after ${ms} ms without a catalog`))
    }
    world.timer(down + LIMITS.membersKeptMs + LIMITS.nodeRenewMs, () => {
      for (const { id, known } of nodes) if (ids(known.members()) !== id) wrong.push(`${id} still knows ${ids(known.members())}`)
      table.faults.failing = 0
    })
    world.timer(down + LIMITS.membersKeptMs + SOON_MS, () => checkAgreement(cluster, 'when the catalog is back'))
    endAt(cluster, down + LIMITS.membersKeptMs + SOON_MS + 1_000)
  }), [])
})

t.test('a catalog that was down for longer than a lease, but not too long, takes nobody away when it comes back, but those who died', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table, nodes } = cluster
    const back = 4 * LIMITS.nodeLeaseMs
    table.faults.failing = 1
    world.timer(back, () => void (table.faults.failing = 0))
    for (let ms = 0; ms < LIMITS.nodeLeaseMs; ms += 50) world.timer(back + ms, () => checkAgreement(cluster, `${ms} ms after the catalog is back`))
    world.timer(back + LIMITS.nodeLeaseMs, () => die(nodes[2]))
    world.timer(back + LIMITS.nodeLeaseMs + SOON_MS, () => checkAgreement(cluster, 'a while after a death'))
    endAt(cluster, back + LIMITS.nodeLeaseMs + SOON_MS + 100)
  }), [])
})

t.test('a node that stood still past its lease is among them again', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table } = cluster
    world.timer(100, () => void table.rows.delete('a'))
    world.timer(LIMITS.nodeRenewMs + 1_000, () => checkAgreement(cluster, 'after a row was swept'))
    endAt(cluster, LIMITS.nodeRenewMs + 2_000)
  }), [])
})

t.test('leaving ends within its grace when the catalog does not answer', async (t) => {
  t.strictSame(await overSeeds((cluster) => {
    const { world, table, nodes, wrong } = cluster
    table.faults.slowMs = 60_000
    world.timer(LIMITS.nodeRenewMs, () => nodes.forEach(leave))
    world.timer(LIMITS.nodeRenewMs + LIMITS.stopGraceMs + 100, () => {
      for (const { id, state } of nodes) if (state !== 'left') wrong.push(`${id} is still ${state}`)
    })
  }), [])
})

t.test('who joined and who is gone is told', async (t) => {
  const { nodes } = await settledRun(1, (cluster) => {
    leave(cluster.nodes[2])
    endAt(cluster, 2_000)
  })
  const changes = nodes[0].told.flatMap((event) => (event.type === 'member:joined' || event.type === 'member:gone' ? [`${event.type} ${event.node}`] : []))
  t.same(changes.filter((change) => change.endsWith(' b') || change.endsWith(' c')).toSorted(), ['member:gone c', 'member:joined b', 'member:joined c'])
})
