import t from 'tap'
import type { Ref } from '../../actors/actor.js'
import { Dispatcher, type DispatcherMessage, type UnitReply } from '../../actors/dispatcher.js'
import type { SegmentCacheMessage } from '../../actors/segment-cache.js'
import { ActorSystem } from '../../actors/system.js'
import { NO_STATS, emptySeries } from '../../src/model/block.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { SimulatedWorld } from '../harness/simulated-system.js'

const THREADS = 2
const QUERIES = ['many', 'few', 'late']

interface Asked {
  readonly organisation: string
  readonly query: string
  readonly group: number
  readonly units: number
  readonly atMs: number
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
}

async function runOf(seed: number, asked: readonly Asked[]): Promise<Run> {
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
      return { block: emptySeries(1), annotations: [], stats: NO_STATS }
    },
    close: async () => undefined,
  }
  const dispatcher = system.spawn<DispatcherMessage>('dispatcher', 'one', () => new Dispatcher({ runner, cache, wordIndexes: { rowsLeft: async () => Promise.reject(new Error('nothing is to be asked')) }, limits: DEFAULT_LIMITS, telemetry: () => undefined }), 'end')
  const replyTo: Ref<UnitReply> = { name: 'reader', send: () => true, urge: () => undefined }
  for (const { organisation, query, group, units, atMs } of asked) {
    world.timer(atMs, () => {
      askedAt.set(query, order.length)
      const made = Array.from({ length: units }, (_, part) => ({ id: `${query} 0.${group}.${part}`, organisation, segments: [], leaf: { signal: 'metrics' } }) as unknown as WorkUnit)
      dispatcher.send({ type: 'RunUnits', queryId: query, units: made, replyTo, signal: new AbortController().signal })
    })
  }
  await world.run(100_000)
  return { order, askedAt }
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
