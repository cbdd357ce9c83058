/** One answer over many connections: what the reader gets, which node is asked when, and when it is no use any more. */
import t from 'tap'
import { QueryError, type ErrorCode } from '../../src/model/error.js'
import type { QueryEvent } from '../../src/model/event.js'
import { goingOn } from '../../src/serve/going-on.js'
import { endOf, planOf, seriesEvent, UP } from '../harness/fake-engine.js'

const LIMITS = { resumeAttemptsMax: 4, retryBackoffMs: 50, retryBackoffMaxMs: 150 }
const GRID = { startMs: 0, startNanos: 0, stepMs: 1, count: 1 }
const PLAN: QueryEvent = { ...planOf('matrix', GRID), id: 'start' }

/** What a node does with a connection: gives events, then breaks, refuses, or has given all. */
type Act = readonly (QueryEvent | ErrorCode)[]

/** Of a node that heeds no id. */
const ANEW: Act = [PLAN, endOf()]

interface Asked {
  readonly node: number
  readonly after: string | undefined
}

async function play(nodes: number, acts: readonly Act[]) {
  const asked: Asked[] = []
  const slept: number[] = []
  async function* connect(node: number, after: string | undefined): AsyncGenerator<QueryEvent> {
    const act = acts[asked.length] ?? ['unavailable']
    asked.push({ node, after })
    for (const each of act) {
      if (typeof each === 'string') throw new QueryError({ code: each, message: `node ${node} says ${each}` })
      yield each.type === 'plan' && act !== ANEW ? { ...each, id: after ?? each.id } : each
    }
  }
  const world = { random: () => 0.5, sleep: async (ms: number) => void slept.push(ms) }
  const given: string[] = []
  try {
    for await (const event of goingOn({ nodes, connect, after: undefined, limits: LIMITS, world, signal: undefined })) {
      given.push(event.type === 'data' ? event.id : event.type === 'error' ? event.error.code : event.type)
    }
  } catch (thrown) {
    const { code, message } = QueryError.from(thrown)
    given.push(`throws ${code}: ${message}`)
  }
  return { given, asked: asked.map(({ node, after }) => `${node} ${after ?? ''}`.trim()), slept }
}

function data(id: string): QueryEvent {
  return { ...seriesEvent(0, GRID, [UP], [[1]]), id }
}

function failed(code: ErrorCode): QueryEvent {
  return { type: 'error', error: { code, message: 'as the node says' } }
}

t.test('the reader gets one plan, every part once, one end; the next node goes on behind the last part', async (t) => {
  const met = await play(3, [[PLAN, data('a'), 'unavailable'], ['unavailable'], [PLAN, data('b'), data('c'), 'unavailable'], [PLAN, endOf()]])
  t.same(met, { given: ['plan', 'a', 'b', 'c', 'end'], asked: ['0', '1 a', '2 a', '0 c'], slept: [] })
})

t.test('waits double from round to round, up to the longest, with some chance in them, and start over with every part', async (t) => {
  const met = await play(1, [[PLAN, data('a'), 'unavailable'], ['unavailable'], ['too_many_requests'], [PLAN, data('b'), failed('unavailable')], [PLAN, 'unavailable'], [endOf()]])
  t.same(met, { given: ['plan', 'a', 'b', 'end'], asked: ['0', '0 a', '0 a', '0 a', '0 b', '0 b'], slept: [37.5, 75, 112.5, 37.5, 75] })
})

t.test('after so many connections without anything new it gives up: plans alone are nothing new', async (t) => {
  const met = await play(1, [[PLAN, data('a'), 'unavailable'], [PLAN, 'unavailable'], [PLAN, 'unavailable'], [PLAN, 'unavailable'], [PLAN, endOf()]])
  t.same(met.given, ['plan', 'a', 'throws unavailable: node 0 says unavailable; 4 connections in a row brought nothing new (limits.resumeAttemptsMax)'])
})

t.test('before the answer has begun, each node is tried once, at once', async (t) => {
  t.same(await play(1, [['unavailable'], [PLAN, endOf()]]), { given: ['throws unavailable: node 0 says unavailable'], asked: ['0'], slept: [] })
  t.same(await play(2, [['unavailable'], [PLAN, endOf()]]), { given: ['plan', 'end'], asked: ['0', '1'], slept: [] })
  t.same((await play(2, [['too_many_requests']])).given, ['throws too_many_requests: node 0 says too_many_requests'])
})

t.test('what cannot be helped ends the answer, however it is told', async (t) => {
  t.same((await play(2, [[PLAN, data('a'), failed('timed_out')]])).given, ['plan', 'a', 'timed_out'])
  t.same((await play(2, [[PLAN, data('a'), 'unavailable'], ['cannot_resume']])).given, ['plan', 'a', 'throws cannot_resume: node 1 says cannot_resume'])
  t.same((await play(2, [[PLAN, data('a'), 'unavailable'], ANEW])).given, ['plan', 'a', 'throws cannot_resume: the node does not go on but begins anew, at start'])
  t.same((await play(2, [[PLAN, data('a'), 'internal']])).given, ['plan', 'a', 'throws internal: node 0 says internal'])
})
