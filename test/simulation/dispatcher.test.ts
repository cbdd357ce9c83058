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

interface Run {
  /** `query unit`, in the order in which they ran. */
  readonly order: readonly string[]
  /** How many had run when a query asked. */
  readonly askedAt: ReadonlyMap<string, number>
}

async function runOf(seed: number): Promise<Run> {
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
      order.push(`${unit.organisation} ${unit.id}`)
      await world.sleep(10)
      return { block: emptySeries(1), annotations: [], stats: NO_STATS }
    },
    close: async () => undefined,
  }
  const dispatcher = system.spawn<DispatcherMessage>('dispatcher', 'one', () => new Dispatcher({ runner, cache, wordIndexes: { rowsLeft: async () => Promise.reject(new Error('nothing is to be asked')) }, limits: DEFAULT_LIMITS, telemetry: () => undefined }), 'end')
  const replyTo: Ref<UnitReply> = { name: 'reader', send: () => true, urge: () => undefined }
  const ask = (query: string, group: number, count: number) => {
    askedAt.set(query, order.length)
    const units = Array.from({ length: count }, (_, part) => ({ id: `0.${group}.${part}`, organisation: query, segments: [], leaf: { signal: 'metrics' } }) as unknown as WorkUnit)
    dispatcher.send({ type: 'RunUnits', queryId: query, where: 'anywhere', units, replyTo, signal: new AbortController().signal })
  }
  ask('many', 0, 100)
  ask('many', 1, 100)
  ask('few', 0, 5)
  world.timer(200, () => ask('late', 0, 5))
  await world.run(100_000)
  return { order, askedAt }
}

t.test('queries take turns, and a query runs its units in the order of its groups', async (t) => {
  const wrong: string[] = []
  for (let seed = 0; seed < 20; seed++) {
    const { order, askedAt } = await runOf(seed)
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
