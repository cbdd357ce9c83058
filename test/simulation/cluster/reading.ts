/** A client of the cluster: reads one answer over as many connections as it takes, in the manner of its scenario, and what must hold of it. */
import { QueryError } from '../../../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../../../src/model/event.js'
import { gridEnd } from '../../../src/model/time.js'
import { expectOk, queryNodes, type StreamNode } from '../../../src/serve/client.js'
import type { ClientWorld } from '../../../src/serve/going-on.js'
import { STEP_MS } from '../scenario.js'
import { dataLines, expectedLines } from '../truth.js'
import type { Answer, SimulatedNetwork } from './network.js'
import { clusterUnits } from './node.js'
import { visible, type ClusterQuery, type ClusterScenario } from './scenario.js'
import { remarkOf } from './threads.js'

export interface Reading {
  readonly query: ClusterQuery
  readonly events: QueryEvent[]
  connections: number
  state: 'reading' | 'left' | 'done'
  thrown: unknown
}

/** To a client, a stream that is silent for so long is broken. */
const SILENCE_MAX_MS = 60_000

export function newReading(query: ClusterQuery): Reading {
  return { query, events: [], connections: 0, state: 'reading', thrown: undefined }
}

/** `hosts`: those that can be asked, in the order in which they are. */
export async function read(network: SimulatedNetwork, hosts: readonly string[], reading: Reading, tell: (text: string) => void, left: () => void): Promise<void> {
  const { query, events } = reading
  const { world } = network
  const habit = query.reader
  const abort = new AbortController()
  await world.sleep(query.startMs)
  const leave = (): void => {
    if (reading.state !== 'reading') return
    reading.state = 'left'
    left()
  }
  if (habit.kind === 'aborts') {
    world.timer(habit.afterMs, () => {
      leave()
      abort.abort()
    })
  }
  const nodes = hosts.map((host) => nodeAt(network, host, () => reading.connections++))
  for await (const event of queryNodes(nodes, clientWorld(network), requestOf(query), abort.signal)) {
    events.push(event)
    tell(`${query.text} reads ${event.type}${event.type === 'data' ? ` of group ${event.group}` : ''}${event.type === 'error' ? ` ${event.error.code} ${event.error.message}` : ''}`)
    if (habit.kind === 'slow') await world.sleep(habit.pauseMs)
    if (habit.kind === 'stops' && habit.afterEvents === events.length) await world.sleep(habit.pauseMs)
    if (habit.kind === 'leaves' && habit.afterEvents === events.length) {
      leave()
      return
    }
  }
  if (reading.state === 'reading') reading.state = 'done'
}

function requestOf({ plan, text, timeoutMs }: ClusterQuery): QueryRequest {
  const { entries, grid } = plan
  const when = entries === undefined ? ({ kind: 'range', startNs: 0n, endNs: BigInt(gridEnd(grid)) * 1_000_000n, stepMs: STEP_MS } as const) : ({ kind: 'entries', ...entries } as const)
  return { language: plan.language, text, when, organisation: text, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

function clientWorld({ world, random }: SimulatedNetwork): ClientWorld {
  return { random, sleep: (ms) => world.sleep(ms) }
}

function nodeAt(network: SimulatedNetwork, host: string, onConnect: () => void): StreamNode {
  const base = `http://${host}`
  const asker = { host: 'client', defer: (turn: () => void) => network.world.defer(turn) }
  return {
    base,
    post: async (path, { headers, body, signal }) => {
      onConnect()
      const answer = await network.post(asker, `${base}${path}`, { headers, body: Buffer.from(body) }, signal)
      await expectOk(answer, base)
      return { body: watched(network, answer, host) }
    },
  }
}

/** Gives up a connection that is silent for too long. */
async function* watched({ world }: SimulatedNetwork, { body }: Answer, host: string): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      let cancel = (): void => undefined
      const silence = new Promise<'silence'>((resolve) => {
        cancel = world.timer(SILENCE_MAX_MS, () => resolve('silence'))
      })
      const next = await Promise.race([body.next(), silence])
      cancel()
      if (next === 'silence') throw new QueryError({ code: 'unavailable', message: `${host} is silent` })
      if (next.done === true) return
      yield next.value
    }
  } finally {
    void body.return()
  }
}

/** Everything that is wrong with what was read. */
export function judged(scenario: ClusterScenario, reading: Reading): readonly string[] {
  const { query, events, state, thrown } = reading
  const found: string[] = []
  if (thrown !== undefined) found.push(`reading failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  if (state === 'reading') found.push('the stream never ended')
  const lasts = events.filter((event) => event.type === 'end' || event.type === 'error')
  if (state === 'done' && (lasts.length !== 1 || lasts[0] !== events.at(-1))) found.push(`${lasts.length} last events`)
  const [first] = events
  const generation = first?.type === 'plan' ? Number(first.snapshot.split(':').at(-1)) : 1
  const expected = expectedLines(visible(scenario, generation), query)
  const data = events.filter((event) => event.type === 'data')
  const lines = data.flatMap((event) => dataLines(event.data))
  const wrong = lines.findIndex((line, at) => line !== expected[at])
  if (wrong >= 0) found.push(`wrong data: "${lines[wrong]}" instead of "${expected[wrong]}"`)
  data.forEach(({ group }, at) => group === at || found.push(`group ${group} as number ${at}`))
  found.push(...misplaced(events))
  const ending = endingOf(reading)
  if (ending === 'ok') {
    if (lines.length < expected.length) found.push(`${expected.length - lines.length} lines are missing`)
    found.push(...misremarked(scenario, query, generation, events), ...miscounted(reading))
  }
  if (state === 'done' && ending !== 'ok' && !excused(scenario, query).has(ending)) {
    found.push(`nothing excuses ${ending}: ${JSON.stringify(events.at(-1))}`)
  }
  return found.map((violation) => `${query.text}: ${violation}`)
}

export function endingOf({ state, events }: Reading): string {
  if (state === 'left') return 'left'
  const last = events.at(-1)
  return last?.type === 'error' ? last.error.code : last?.type === 'end' ? last.status : 'nothing'
}

/** One plan and nothing before it. */
function misplaced(events: readonly QueryEvent[]): readonly string[] {
  return events.flatMap(({ type }, at) => ((type === 'plan') === (at === 0) || (at === 0 && type === 'error') ? [] : [`${type} as event ${at}`]))
}

/** Each remark of each unit is told once, however many nodes have answered. */
function misremarked(scenario: ClusterScenario, query: ClusterQuery, generation: number, events: readonly QueryEvent[]): readonly string[] {
  const { plan, groups } = query
  if (plan.entries !== undefined) return []
  const segments = visible(scenario, generation).segments
  const units = groups.flatMap(({ index }) => clusterUnits(scenario, query, index, generation, segments))
  const expected = [...new Set(units.map(remarkOf))].sort()
  const told = events.flatMap((event) => (event.type === 'warning' ? [event.message.replace(/^PromQL info: | \(1:1\)$/g, '')] : [])).sort()
  return told.join() === expected.join() ? [] : [`the remarks are "${told.join()}" instead of "${expected.join()}"`]
}

/** Of an answer that one node gave, each unit counts once, however often it was tried and wherever. */
function miscounted({ query: { plan, groups }, events, connections }: Reading): readonly string[] {
  const [first] = events
  const last = events.at(-1)
  if (connections > 1 || first?.type !== 'plan' || last?.type !== 'end' || plan.entries !== undefined) return []
  const { units, samples } = last.stats
  const right = units === first.units && samples === first.units && last.stats.groups === groups.length
  return right ? [] : [`statistics of ${units} units, ${samples} samples, ${last.stats.groups} groups for ${first.units} units in ${groups.length} groups`]
}

/** What may be told instead of an answer, by what has happened. */
function excused({ mood, store, losesThreads }: ClusterScenario, { timeoutMs }: ClusterQuery): ReadonlySet<string> {
  if (mood !== 'hostile') return new Set()
  return new Set([
    'unavailable',
    ...(store.short > 0 || store.wrong > 0 ? ['corrupt_data'] : []),
    ...(losesThreads === 'lasting' ? ['internal'] : []),
    ...(timeoutMs === undefined ? [] : ['timed_out']),
  ])
}
