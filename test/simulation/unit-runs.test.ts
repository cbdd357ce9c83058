/** Units that are run more than once, over simulated nodes: what is told of it, counted and traced. */
import t from 'tap'
import type { Ref } from '../../actors/actor.js'
import { Placement, type PlacementMessage } from '../../actors/placement.js'
import { ActorSystem } from '../../actors/system.js'
import type { RunUnits, UnitReply } from '../../actors/unit-messages.js'
import type { Member, RemoteUnits } from '../../src/model/cluster.js'
import { NO_STATS } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'
import type { TelemetryEvent } from '../../src/model/telemetry.js'
import { createMetrics } from '../../src/serve/serve.js'
import { SpanMaker, type Span } from '../../src/serve/spans.js'
import { SimulatedWorld } from '../harness/simulated-system.js'

const LIMITS = { ...DEFAULT_LIMITS, hedgeAfterMs: 100, hedgeLookMs: 10, hedgeAfterMedians: 2 }
const QUERY = 'q1'

const member = (id: string, role: Member['role']): Member => ({ id, url: `http://${id}`, role, version: '1', threads: 2, startedAt: 0, units: 0, seenAt: 0 })

/** The units of one group, where `run` says what becomes of each at each node. What was told, at which time. */
async function told(run: (node: string, unit: string, world: SimulatedWorld) => Promise<void>): Promise<{ readonly event: TelemetryEvent; readonly atMs: number }[]> {
  const world = new SimulatedWorld(7)
  const events: { readonly event: TelemetryEvent; readonly atMs: number }[] = []
  const telemetry = (event: TelemetryEvent): void => void events.push({ event, atMs: world.now() })
  const system = new ActorSystem({ world, limits: LIMITS, telemetry })
  const here = member('here', 'query')
  const remote: RemoteUnits = {
    newReception: () => ({ frames: 0 }),
    run: async ({ id }, unit, _reception, signal) => {
      const gone = new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new QueryError({ code: 'cancelled', message: 'cancelled' })), { once: true }))
      await Promise.race([run(id, unit.id, world), gone])
      return { result: { block: { kind: 'entries' }, annotations: [], stats: NO_STATS } as never, bytesFetched: 0, retries: 0 }
    },
    close: async () => undefined,
  }
  const dispatcher = system.spawn<RunUnits>('dispatcher', 'one', () => ({ receive: () => undefined, ended: () => undefined }), 'end')
  const membership = { members: () => [here, member('one', 'worker'), member('two', 'worker')] }
  const placement: Ref<PlacementMessage> = system.spawn('placement', 'one', () => new Placement({ here, dispatcher: dispatcher as never, membership, remote, limits: LIMITS, telemetry }), 'end')
  const replies: UnitReply[] = []
  const replyTo: Ref<UnitReply> = { name: 'reader', send: (reply) => replies.push(reply) > 0, urge: (reply) => void replies.push(reply) }
  const units = Array.from({ length: 8 }, (_, part) => ({ id: `0.3.${part}`, organisation: 'acme', segments: [{ object: `o/${part}`, bytes: 1 }], group: { index: 3 }, leaf: { id: 0, signal: 'metrics' } }) as unknown as WorkUnit)
  placement.send({ type: 'RunUnits', queryId: QUERY, units, replyTo, signal: new AbortController().signal })
  await world.run(20_000)
  t.equal(replies.filter(({ type }) => type === 'UnitDone').length, 8)
  return events
}

/** What Prometheus and a collector of traces are told of the events. */
async function seen(events: readonly { readonly event: TelemetryEvent; readonly atMs: number }[]): Promise<{ readonly metrics: string; readonly spans: readonly Span[] }> {
  const metrics = createMetrics()
  const maker = new SpanMaker('here')
  for (const { event } of events) metrics.observe(event)
  return { metrics: await metrics.text(), spans: events.flatMap(({ event, atMs }) => maker.take(event, atMs) ?? []) }
}

const values = ({ attributes, error, name, startNs, endNs }: Span) => ({ name, ms: Number(endNs - startNs) / 1e6, attributes, error })

t.test('a run that fails is told with its node, its number and why, and counted', async (t) => {
  let failures = 0
  const events = await told(async (node, unit, world) => {
    await world.sleep(20)
    if (unit === '0.3.5' && failures++ < 1) throw new QueryError({ code: 'unavailable', message: `${node} broke off` })
  })
  const { metrics, spans } = await seen(events)
  t.match(metrics, /^millrace_unit_retries_total 1$/m)
  t.match(metrics, /^millrace_unit_hedges_total 0$/m)
  const [span, ...others] = spans
  t.same(others, [])
  const node = span.attributes['millrace.node']
  t.ok(node === 'one' || node === 'two', String(node))
  t.match(values(span), {
    name: 'unit 0.3.5 attempt 1',
    attributes: { 'millrace.node': node, 'millrace.attempt': 1, 'millrace.reason': `${String(node)} broke off`, 'millrace.query.id': QUERY },
    error: `${String(node)} broke off`,
  })
  t.ok(Number(span.endNs - span.startNs) >= 20e6, 'for as long as it ran')
  t.equal(span.parentId, new SpanMaker('another').take({ type: 'group:released', queryId: QUERY, organisation: 'acme', group: 3, ms: 1 }, 9)?.spanId, 'under its group, whose node may be another')
})

t.test('a second run beside a slow one is told with both nodes, and counted', async (t) => {
  let slow: string | undefined
  const events = await told(async (node, unit, world) => {
    if (unit === '0.3.2') slow ??= node
    await world.sleep(unit === '0.3.2' && node === slow ? 60_000 : 20)
  })
  const { metrics, spans } = await seen(events)
  t.match(metrics, /^millrace_unit_hedges_total 1$/m)
  t.match(metrics, /^millrace_unit_retries_total 0$/m)
  t.equal(spans.length, 1)
  t.match(values(spans[0]), {
    name: 'unit 0.3.2 hedge',
    attributes: { 'millrace.node': slow === 'one' ? 'two' : 'one', 'millrace.node.slow': slow, 'millrace.attempt': 2, 'millrace.reason': /far behind/ },
    error: undefined,
  })
  t.ok(values(spans[0]).ms >= LIMITS.hedgeAfterMs)
})

t.test('spans of several runs of one unit have several ids, on one node and on two', async (t) => {
  const failed: TelemetryEvent = { type: 'unit:failed', queryId: QUERY, organisation: 'acme', unitId: '0.3.1', ms: 1, code: 'unavailable', message: 'x' }
  const makers = [new SpanMaker('one'), new SpanMaker('two')]
  const ids = makers.flatMap((maker) => [maker.take(failed, 5), maker.take(failed, 6)]).map((span) => span?.spanId)
  t.equal(new Set(ids).size, 4)
})
