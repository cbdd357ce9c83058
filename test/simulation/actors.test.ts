import t from 'tap'
import type { Actor, Ref, Self } from '../../actors/actor.js'
import { EventChannel } from '../../actors/event-channel.js'
import { ActorSystem, realWorld } from '../../actors/system.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryEvent } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { SimulatedWorld } from '../harness/simulated-system.js'

type Order = { readonly type: 'Note'; readonly text: string } | { readonly type: 'Fail' } | { readonly type: 'End' }

/** Writes down what happens to it. */
class Scribe implements Actor<Order> {
  readonly #book: string[]
  readonly #began: (self: Self<Order>) => void

  constructor(book: string[], began: (self: Self<Order>) => void) {
    this.#book = book
    this.#began = began
  }

  started(self: Self<Order>): void {
    this.#book.push('started')
    this.#began(self)
  }

  receive(message: Order, self: Self<Order>): void {
    switch (message.type) {
      case 'Note':
        this.#book.push(message.text)
        return
      case 'Fail':
        throw new Error('a planted mistake')
      case 'End':
        return self.end()
    }
  }

  ended(reason: QueryError | undefined): void {
    this.#book.push(`ended ${reason?.message ?? 'well'}`)
  }
}

const LIMITS = { ...DEFAULT_LIMITS, mailboxMessagesMax: 3, actorRestartsMax: 2, actorMessagesPerTurn: 1 }
const note = (text: string): Order => ({ type: 'Note', text })
const nothing = () => undefined

function simulated() {
  const world = new SimulatedWorld(1)
  const failures: string[] = []
  const system = new ActorSystem({ world, limits: LIMITS, telemetry: (event) => void failures.push(event.type) })
  return { world, system, failures }
}

t.test('a full mailbox refuses data and takes control, which overtakes', async (t) => {
  const { world, system } = simulated()
  const book: string[] = []
  const ref = system.spawn('scribe', 'one', () => new Scribe(book, nothing), 'end')
  t.strictSame(['a', 'b', 'c', 'd'].map((text) => ref.send(note(text))), [true, true, true, false])
  ref.urge(note('first'))
  t.ok(await world.run(1000))
  t.strictSame(book, ['started', 'first', 'a', 'b', 'c'])
})

t.test('an actor that fails is made anew with its mailbox, until it has failed too often', async (t) => {
  const { world, system, failures } = simulated()
  const book: string[] = []
  const ref = system.spawn('scribe', 'one', () => new Scribe(book, nothing), 'restart')
  ref.send({ type: 'Fail' })
  ref.send(note('kept'))
  t.ok(await world.run(1000))
  t.strictSame(book, ['started', 'ended a planted mistake', 'started', 'kept'])
  for (let i = 0; i < 2; i++) ref.send({ type: 'Fail' })
  t.ok(await world.run(1000))
  t.equal(book.filter((line) => line === 'started').length, 3, 'no third restart')
  t.equal(ref.send(note('late')), false, 'an ended actor takes nothing')
  t.strictSame(system.names(), [])
  t.strictSame(failures, ['actor:failed', 'actor:failed', 'actor:failed'])
})

t.test('who is linked ends with the one that failed, not with one that ended well', async (t) => {
  for (const [message, expected] of [[{ type: 'Fail' }, 'ended scribe leader has ended: a planted mistake'], [{ type: 'End' }, 'started']] as const) {
    const { world, system } = simulated()
    const book: string[] = []
    const leader: Ref<Order> = system.spawn('scribe', 'leader', () => new Scribe([], nothing), 'end')
    system.spawn('scribe', 'follower', () => new Scribe(book, (self) => self.link(leader)), 'end')
    t.ok(await world.run(1000))
    leader.send(message)
    t.ok(await world.run(1000))
    t.equal(book.at(-1), expected)
  }
})

t.test('timers and promises of an actor do not outlive it', async (t) => {
  const { world, system } = simulated()
  const book: string[] = []
  const begin = (self: Self<Order>) => {
    self.after(15, note('timer'))
    self.later(world.sleep(8).then(() => 'early'), note, () => note('failed'))
    self.later(Promise.reject(new Error('lost')), () => note('won'), (error) => note(error.message))
    self.later(world.sleep(50).then(() => 'late'), note, () => note('failed'))
    self.after(30, { type: 'End' })
    self.after(40, note('too late'))
  }
  system.spawn('scribe', 'one', () => new Scribe(book, begin), 'restart')
  t.ok(await world.run(1000))
  t.strictSame(book, ['started', 'lost', 'early', 'timer', 'ended well'])
})

t.test('an outcome that lies in the mailbox when its actor fails does not reach the next one', async (t) => {
  const turns: (() => void)[] = []
  const world = { now: () => 0, random: () => 0, defer: (turn: () => void) => void turns.push(turn), timer: (_ms: number, turn: () => void) => (turns.push(turn), nothing) }
  const system = new ActorSystem({ world, limits: LIMITS, telemetry: nothing })
  const book: string[] = []
  const begin = (self: Self<Order>) => self.later(Promise.resolve(`of life ${book.length}`), note, () => note('failed'))
  const ref = system.spawn('scribe', 'one', () => new Scribe(book, begin), 'restart')
  turns.shift()?.()
  await new Promise(setImmediate)
  ref.urge({ type: 'Fail' })
  while (turns.length > 0) {
    turns.shift()?.()
    await new Promise(setImmediate)
  }
  t.strictSame(book, ['started', 'ended a planted mistake', 'started', 'of life 3'])
})

t.test('a stopped system ends every actor, also one that was never woken, and starts no more', async (t) => {
  const { world, system } = simulated()
  const book: string[] = []
  system.spawn('scribe', 'one', () => new Scribe(book, nothing), 'restart')
  system.stop(new QueryError({ code: 'unavailable', message: 'the node is stopping' }))
  t.ok(await world.run(1000))
  t.strictSame(book, ['ended the node is stopping'])
  t.throws(() => system.spawn('scribe', 'two', () => new Scribe(book, nothing), 'end'), { code: 'unavailable' })
})

t.test('the real world runs the same actors', async (t) => {
  const system = new ActorSystem({ world: realWorld(), limits: DEFAULT_LIMITS, telemetry: nothing })
  const book: string[] = []
  await new Promise<void>((resolve) => {
    const begin = (self: Self<Order>) => self.later(Promise.resolve('done'), note, () => note('failed'))
    system.spawn('scribe', 'one', () => new (class extends Scribe {
      // The timer starts when the promise has been heard of: on a busy machine it may be the first of the two.
      override receive(message: Order, self: Self<Order>): void {
        super.receive(message, self)
        if (message.type === 'Note') self.after(1, { type: 'End' })
      }
      override ended(reason: QueryError | undefined): void {
        super.ended(reason)
        resolve()
      }
    })(book, begin), 'end')
  })
  t.strictSame(book, ['started', 'done', 'ended well'])
})

t.test('a channel holds so many events and one last, and tells when there is room again', async (t) => {
  const told: string[] = []
  const channel = new EventChannel(2, { onRoom: () => told.push('room'), onLeft: () => told.push('left'), onClosed: () => told.push('closed') })
  const event = (message: string): QueryEvent => ({ type: 'warning', id: 'x', level: 'info', message })
  channel.put(event('1'))
  channel.put(event('2'))
  t.equal(channel.room, 0)
  t.throws(() => channel.put(event('3')), { code: 'internal' })
  t.match(await channel.next(), { value: { message: '1' } })
  t.strictSame(told, ['room'])
  channel.put(event('3'))
  channel.close({ type: 'error', error: { code: 'cancelled', message: 'enough' } })
  channel.close({ type: 'error', error: { code: 'internal', message: 'a second end' } })
  const rest = [await channel.next(), await channel.next(), await channel.next(), await channel.next()]
  t.match(rest, [{ value: { message: '2' } }, { value: { message: '3' } }, { value: { error: { code: 'cancelled' } } }, { done: true }])
  t.strictSame(told, ['room', 'closed'])
})

t.test('a channel counts data as unread until the reader asks for what comes next, and tells that it has been read', async (t) => {
  const told: string[] = []
  const channel = new EventChannel(4, { onRoom: () => told.push('room'), onLeft: () => told.push('left'), onClosed: () => undefined })
  const grid = { startMs: 0, startNanos: 0, stepMs: 1, count: 100 }
  const data = (group: number): QueryEvent => ({ type: 'data', id: 'x', group, watermark: { kind: 'ms', ms: 0 }, data: { resultType: 'scalar', grid, values: new Float64Array(100) } }) as unknown as QueryEvent
  const asked = channel.next()
  channel.put(data(0))
  channel.put(data(1))
  t.match(await asked, { value: { group: 0 } })
  const both = channel.unreadBytes
  t.ok(both >= 2 * 100 * 8, `${both} bytes`)
  t.strictSame(told, [])
  t.match(await channel.next(), { value: { group: 1 } })
  t.strictSame([channel.unreadBytes, told], [both / 2, ['room']], 'the first has been read')
  void channel.next()
  t.strictSame([channel.unreadBytes, told], [0, ['room', 'room']], 'the second, too')
  channel.put(data(2))
  await channel.return()
  t.strictSame([channel.unreadBytes, told], [0, ['room', 'room', 'left']])
})
