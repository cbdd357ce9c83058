import t from 'tap'
import type { Ref } from '../../actors/actor.js'
import { Dispatcher, type DispatcherFacts, type DispatcherMessage } from '../../actors/dispatcher.js'
import type { SegmentCacheMessage } from '../../actors/segment-cache.js'
import { ActorSystem } from '../../actors/system.js'
import type { UnitReply } from '../../actors/unit-messages.js'
import { NO_STATS, emptySeries } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { packBlock } from '../../src/wire/wire.js'
import { SimulatedWorld } from '../harness/simulated-system.js'

t.setTimeout(0)

const THREADS = 2
const QUERIES = ['many', 'few', 'late']

interface Asked {
  readonly organisation: string
  readonly query: string
  readonly group: number
  readonly units: number
  readonly atMs: number
  readonly origin?: 'another node'
}

const OF_ONE: readonly Asked[] = [
  { organisation: 'one', query: 'many', group: 0, units: 100, atMs: 0 },
  { organisation: 'one', query: 'many', group: 1, units: 100, atMs: 0 },
  { organisation: 'one', query: 'few', group: 0, units: 5, atMs: 0 },
  { organisation: 'one', query: 'late', group: 0, units: 5, atMs: 200 },
]

interface Run {
  /** `query unit`, in the order in which they ran. */
  readonly order: readonly string[]
  /** How many had run when a query asked. */
  readonly askedAt: ReadonlyMap<string, number>
  /** `query unit outcome` */
  readonly replies: readonly string[]
  readonly left: DispatcherFacts | undefined
}

async function runOf(seed: number, asked: readonly Asked[], drainsAtMs?: number, losesThreads: 'never' | 'while it drains' = 'never'): Promise<Run> {
  const world = new SimulatedWorld(seed)
  const system = new ActorSystem({ world, limits: DEFAULT_LIMITS, telemetry: () => undefined })
  const order: string[] = []
  const askedAt = new Map<string, number>()
  const cache: Ref<SegmentCacheMessage> = system.spawn<SegmentCacheMessage>('segment-cache', 'always ready', () => ({
    receive(message) {
      if (message.type === 'Pin') message.replyTo.urge({ type: 'SegmentsPinned', pinId: message.pinId, segments: [], fetchedBytes: 0 })
    },
    ended() {},
  }), 'end')
  const runner = {
    capacity: THREADS,
    run: async (unit: WorkUnit) => {
      order.push(unit.id)
      await world.sleep(10)
      if (losesThreads === 'while it drains' && world.now() >= (drainsAtMs ?? Infinity)) throw new QueryError({ code: 'internal', message: 'a thread was lost', facts: { retry: 1 } })
      return { block: packBlock(emptySeries(1)), annotations: [], stats: NO_STATS }
    },
    close: async () => undefined,
  }
  const wordIndexes = { rowsLeft: async () => Promise.reject(new Error('nothing is to be asked')) }
  let actor: Dispatcher | undefined
  const dispatcher = system.spawn<DispatcherMessage>('dispatcher', 'one', () => (actor = new Dispatcher({ runner, cache, wordIndexes, limits: DEFAULT_LIMITS, telemetry: () => undefined })), 'end')
  const replies: string[] = []
  const note = (reply: UnitReply): true => {
    replies.push(`${reply.unitId} ${reply.type === 'UnitDone' ? 'done' : reply.error.code}`)
    return true
  }
  const replyTo: Ref<UnitReply> = { name: 'reader', send: note, urge: note }
  for (const { organisation, query, group, units, atMs, ...origin } of asked) {
    world.timer(atMs, () => {
      askedAt.set(query, order.length)
      const made = Array.from({ length: units }, (_, part) => ({ id: `${query} 0.${group}.${part}`, organisation, segments: [], leaf: { signal: 'metrics' } }) as unknown as WorkUnit)
      dispatcher.send({ type: 'RunUnits', queryId: query, units: made, replyTo, signal: new AbortController().signal, ...origin })
    })
  }
  const reason = new QueryError({ code: 'unavailable', message: 'the node is stopping' })
  if (drainsAtMs !== undefined) world.timer(drainsAtMs, () => dispatcher.urge({ type: 'HandBack', reason }))
  await world.run(100_000)
  return { order, askedAt, replies, left: actor?.facts }
}

t.test('queries take turns, and a query runs its units in the order of its groups', async (t) => {
  const wrong: string[] = []
  for (let seed = 0; seed < 20; seed++) {
    const { order, askedAt } = await runOf(seed, OF_ONE)
    if (order.length !== 210) wrong.push(`seed ${seed}: ${order.length} units ran`)
    for (const query of QUERIES) {
      const mine = order.filter((name) => name.startsWith(query))
      const sorted = mine.toSorted((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]) || Number(a.split('.')[2]) - Number(b.split('.')[2]))
      if (mine.join() !== sorted.join()) wrong.push(`seed ${seed}: ${query} ran as ${mine.join()}`)
    }
    for (const query of ['few', 'late']) {
      const places = order.flatMap((name, at) => (name.startsWith(query) ? [at] : []))
      const waited = places[4] - (askedAt.get(query) ?? 0)
      // Every other turn is its own; what was in flight when it asked goes first.
      if (waited > 2 * 5 + THREADS + DEFAULT_LIMITS.unitsPrefetchedMax) wrong.push(`seed ${seed}: the 5 units of ${query} took ${waited} turns`)
    }
  }
  t.strictSame(wrong, [])
})

t.test('an organisation with one query takes turns with one that has many', async (t) => {
  const wrong: string[] = []
  const greedy = Array.from({ length: 40 }, (_, n): Asked => ({ organisation: 'greedy', query: `greedy${n}`, group: 0, units: 20, atMs: 0 }))
  const modest: Asked = { organisation: 'modest', query: 'modest', group: 0, units: 5, atMs: 100 }
  for (let seed = 0; seed < 10; seed++) {
    const { order, askedAt } = await runOf(seed, [...greedy, modest])
    if (order.length !== 40 * 20 + 5) wrong.push(`seed ${seed}: ${order.length} units ran`)
    const waited = order.findLastIndex((name) => name.startsWith('modest')) - (askedAt.get('modest') ?? 0)
    if (waited > 2 * 5 + THREADS + DEFAULT_LIMITS.unitsPrefetchedMax) wrong.push(`seed ${seed}: the 5 units took ${waited} turns`)
  }
  t.strictSame(wrong, [])
})

t.test('a node that stops hands back what it has not begun for others, and finishes the rest', async (t) => {
  const wrong: string[] = []
  const asked: readonly Asked[] = [
    { organisation: 'one', query: 'own', group: 0, units: 20, atMs: 0 },
    { organisation: 'one', query: 'other', group: 0, units: 20, atMs: 0, origin: 'another node' },
    { organisation: 'one', query: 'late', group: 0, units: 3, atMs: 100, origin: 'another node' },
  ]
  for (let seed = 0; seed < 20; seed++) {
    const { order, replies, left } = await runOf(seed, asked, 55)
    const ended = (query: string, how: string): number => replies.filter((reply) => reply.startsWith(query) && reply.endsWith(how)).length
    const begun = order.filter((unit) => unit.startsWith('other')).length
    if (ended('own', 'done') !== 20) wrong.push(`seed ${seed}: ${ended('own', 'done')} own units are done`)
    if (ended('other', 'done') !== begun || ended('other', 'unavailable') !== 20 - begun) wrong.push(`seed ${seed}: of ${begun} begun ${ended('other', 'done')} are done, ${ended('other', 'unavailable')} are handed back`)
    if (begun < 2 || begun > 12) wrong.push(`seed ${seed}: ${begun} were begun`)
    if (ended('late', 'unavailable') !== 3) wrong.push(`seed ${seed}: units are taken after the end`)
    if (replies.length !== 43 || left?.held !== 0 || left.inFlight !== 0) wrong.push(`seed ${seed}: ${replies.length} replies, ${JSON.stringify(left)} is left`)
  }
  t.strictSame(wrong, [])
})

t.test('a unit of another node whose thread is lost while this one stops is for others to run', async (t) => {
  const wrong: string[] = []
  const asked: readonly Asked[] = [{ organisation: 'one', query: 'other', group: 0, units: 20, atMs: 0, origin: 'another node' }]
  for (let seed = 0; seed < 20; seed++) {
    const { replies } = await runOf(seed, asked, 55, 'while it drains')
    const ended = (how: string): number => replies.filter((reply) => reply.endsWith(how)).length
    if (ended('done') === 0 || ended('done') + ended('unavailable') !== 20) wrong.push(`seed ${seed}: ${replies.join()}`)
  }
  t.strictSame(wrong, [])
})
