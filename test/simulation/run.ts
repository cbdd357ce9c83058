/** One seed from beginning to end, and everything that must hold of it. */
import { startQuery } from '../../actors/start-query.js'
import { QueryError } from '../../src/model/error.js'
import type { DataEvent, QueryEvent } from '../../src/model/event.js'
import { SimulatedNode, type Course } from './node.js'
import { scenarioOf, type Scenario, type SimulatedQuery } from './scenario.js'
import { seenIn } from './lost.js'
import { dataLines, expectedLines } from './truth.js'

export interface Outcome {
  readonly scenario: Scenario
  readonly violations: readonly string[]
  /** What was observed, in order: equal for equal seeds. */
  readonly trace: readonly string[]
  /** How each query ended: `ok`, an error code, or `left`. */
  readonly endings: readonly string[]
}

interface Reading {
  readonly query: SimulatedQuery
  readonly course: Course
  readonly events: QueryEvent[]
  state: 'reading' | 'left' | 'done'
  thrown: unknown
}

const TURNS_MAX = 200_000

export function runSeed(seed: number): Promise<Outcome> {
  return runScenario(scenarioOf(seed))
}

export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const node = new SimulatedNode(scenario)
  const readings = scenario.queries.map((query): Reading => ({
    query,
    course: { opened: 0, evaluated: 0, evaluating: undefined, eventsRead: 0, cancelledAt: undefined, cancelWasDue: false },
    events: [],
    state: 'reading',
    thrown: undefined,
  }))
  for (const reading of readings) {
    read(node, reading).catch((thrown: unknown) => {
      reading.thrown = thrown
    })
  }
  const violations = node.violations
  const stop = () => node.system.stop(new QueryError({ code: 'unavailable', message: 'the node is stopping' }))
  if (scenario.faults.stopsAtMs !== undefined) node.world.timer(scenario.faults.stopsAtMs, stop)
  if (!(await node.world.run(TURNS_MAX))) violations.push(`nothing came to rest in ${TURNS_MAX} turns`)
  for (const reading of readings) violations.push(...judged(node, scenario, reading))
  violations.push(...node.leftovers())
  stop()
  if (!(await node.world.run(TURNS_MAX))) violations.push('the node did not come to rest after its end')
  if (node.system.names().length > 0) violations.push(`left alive: ${node.system.names().join(', ')}`)
  const endings = readings.map((reading) => (reading.state === 'left' ? 'left' : endingOf(reading.events)))
  return { scenario, violations, trace: node.trace, endings }
}

async function read(node: SimulatedNode, reading: Reading): Promise<void> {
  const { query, course, events } = reading
  const { world } = node
  const habit = query.reader
  const abort = new AbortController()
  await world.sleep(query.startMs)
  if (habit.kind === 'aborts') world.timer(habit.afterMs, () => cancel(node, reading, () => abort.abort()))
  const request = {
    language: query.plan.language,
    text: query.text,
    organisation: query.text,
    when: { kind: 'instant', timeNs: 0n } as const,
    ...(query.partial === undefined ? {} : { partial: query.partial }),
    ...(query.timeoutMs === undefined ? {} : { timeoutMs: query.timeoutMs }),
  }
  const iterator = startQuery(node.system, node.partsOf(query, course), request, abort.signal)[Symbol.asyncIterator]()
  for (;;) {
    if (habit.kind === 'slow') await world.sleep(habit.pauseMs)
    if (habit.kind === 'stops' && habit.afterEvents === events.length) await world.sleep(habit.pauseMs)
    if (habit.kind === 'leaves' && habit.afterEvents === events.length) {
      reading.state = 'left'
      return cancel(node, reading, () => void iterator.return?.())
    }
    const next = await iterator.next()
    if (next.done === true) break
    events.push(next.value)
    if (next.value.type === 'data') course.eventsRead++
    node.trace.push(`${query.text} read ${next.value.type}`)
  }
  reading.state = 'done'
}

function cancel(node: SimulatedNode, reading: Reading, how: () => void): void {
  reading.course.cancelledAt = node.world.now()
  how()
  node.world.timer(250, () => {
    reading.course.cancelWasDue = true
    node.checkInterrupted(reading.query)
  })
}

function endingOf(events: readonly QueryEvent[]): string {
  const last = events.at(-1)
  return last?.type === 'error' ? last.error.code : last?.type === 'end' ? last.status : 'nothing'
}

function judged(node: SimulatedNode, scenario: Scenario, reading: Reading): readonly string[] {
  const { query, events, state, thrown, course } = reading
  const found: string[] = []
  if (thrown !== undefined) found.push(`reading failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  if (state === 'reading') found.push('the stream never ended')
  const lasts = events.filter((event) => event.type === 'end' || event.type === 'error')
  if (state === 'done' && (lasts.length !== 1 || lasts[0] !== events.at(-1))) found.push(`${lasts.length} last events`)
  found.push(...misordered(query, events))
  const last = events.at(-1)
  const expected = expectedLines(scenario.lake, query, last?.type === 'end' ? seenIn(scenario, query, last) : undefined)
  const lines = toldWhole(events).flatMap((event) => (event.type === 'data' ? dataLines(event.data) : []))
  const wrong = lines.findIndex((line, at) => line !== expected[at])
  if (wrong >= 0) found.push(`wrong data: "${lines[wrong]}" instead of "${expected[wrong]}"`)
  const ending = endingOf(events)
  if (state === 'done' && last?.type === 'end' && lines.length < expected.length) found.push(`${expected.length - lines.length} lines are missing`)
  if (last?.type === 'end' && (last.status === 'partial') !== (last.missing !== undefined)) found.push(`${last.status} with ${last.missing?.segments ?? 'no'} segments missing`)
  found.push(...miscounted(query, events))
  if (state === 'done' && ending !== 'ok' && !isExcused(node, query, course, last)) found.push(`no fault excuses ${ending}: ${shown(last)}`)
  return found.map((violation) => `${query.text}: ${violation}`)
}

function shown(event: QueryEvent | undefined): string {
  return JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

/** Each unit counts once, however often it was tried; a query with a limit may do with fewer. */
function miscounted({ plan, groups }: SimulatedQuery, events: readonly QueryEvent[]): readonly string[] {
  const [first] = events
  const last = events.at(-1)
  if (first?.type !== 'plan' || last?.type !== 'end' || plan.entries !== undefined) return []
  const { units, samples } = last.stats
  // Of a partial answer some units were run again, and others had nothing left.
  const right = last.stats.groups === groups.length && (last.status === 'partial' || (units === first.units && samples === first.units))
  return right ? [] : [`statistics of ${units} units, ${samples} samples, ${last.stats.groups} groups for ${first.units} units in ${groups.length} groups`]
}

/** All events, or, where the end that names what is missing is not there, those before the first that lacks anything. */
function toldWhole(events: readonly QueryEvent[]): readonly QueryEvent[] {
  const at = events.findIndex((event) => event.type === 'warning' && event.missing === true)
  return at < 0 || events.at(-1)?.type === 'end' ? events : events.slice(0, at)
}

/** What a segment is at fault for is no end of a query that may do without it. */
function isExcused(node: SimulatedNode, query: SimulatedQuery, course: Course, last: QueryEvent | undefined): boolean {
  const ending = last === undefined ? 'nothing' : endingOf([last])
  if (ending === 'partial') return query.partial === 'allow' && (node.excused.has('corrupt_data') || node.excused.has('unavailable'))
  if (query.partial === 'allow' && last?.type === 'error' && /^\d+$/.test(String(last.error.facts?.['segment']))) return false
  if (ending === 'cancelled') return course.cancelledAt !== undefined
  if (ending === 'timed_out') return query.timeoutMs !== undefined
  return [...node.excused].some((code) => code === ending)
}

/** One plan first, then groups in order with watermarks that only move on. */
function misordered(query: SimulatedQuery, events: readonly QueryEvent[]): readonly string[] {
  const found: string[] = []
  events.forEach((event, at) => {
    if ((event.type === 'plan') !== (at === 0) && !(at === 0 && event.type === 'error')) found.push(`${event.type} as event ${at}`)
  })
  const data = events.filter((event) => event.type === 'data')
  data.forEach((event, at) => {
    if (event.group !== at) found.push(`group ${event.group} as number ${at}`)
    if (at > 0 && !movesOn(query, data[at - 1], event)) found.push(`the watermark of group ${event.group} goes back`)
  })
  return found
}

function movesOn({ plan }: SimulatedQuery, before: DataEvent, after: DataEvent): boolean {
  const from = 'ms' in before.watermark ? BigInt(before.watermark.ms) : before.watermark.ns
  const to = 'ms' in after.watermark ? BigInt(after.watermark.ms) : after.watermark.ns
  return plan.entries?.direction === 'backward' ? to < from : to > from
}
