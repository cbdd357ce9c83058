/** The admission under seeded schedules: limits hold, no place is lost, deadlines are met, and organisations take turns. */
import t from 'tap'
import type { Ref } from '../../actors/actor.js'
import { Admission, type AdmissionMessage, type AdmissionReply } from '../../actors/admission.js'
import { Places, type OrganisationLimits } from '../../actors/places.js'
import { ActorSystem } from '../../actors/system.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import { randomFrom, SimulatedWorld } from '../harness/simulated-system.js'
import { chance, integer } from './scenario.js'

/** One query, as whoever asks for it behaves. */
interface Asked {
  readonly organisation: string
  readonly atMs: number
  readonly runsMs: number
  /** Leaves after this time, running or not. */
  readonly leavesMs?: number
  readonly bytes?: number
}

interface Course {
  readonly queryId: string
  readonly asked: Asked
  readonly abort: AbortController
  readonly replies: AdmissionReply[]
  askedAt: number
  repliedAt: number
  /** How many others were admitted while it waited. */
  overtaken: number
  state: 'to come' | 'waiting' | 'running' | 'over'
}

interface Setting {
  readonly limits?: Partial<Limits>
  readonly organisations?: ReadonlyMap<string, OrganisationLimits>
  readonly memoryPercent?: () => number
}

class Simulation {
  readonly world: SimulatedWorld
  readonly courses: Course[] = []
  readonly wrong: string[] = []
  readonly limits: Limits
  readonly organisations: ReadonlyMap<string, OrganisationLimits>
  readonly places: Places
  readonly admission: Ref<AdmissionMessage>
  #actor: Admission | undefined

  constructor(seed: number, { limits = {}, organisations = new Map(), memoryPercent = () => 0 }: Setting) {
    this.limits = { ...DEFAULT_LIMITS, actorMessagesPerTurn: 1 + (seed % 3), ...limits }
    this.organisations = organisations
    this.world = new SimulatedWorld(seed)
    const system = new ActorSystem({ world: this.world, limits: this.limits, telemetry: () => undefined })
    this.places = new Places({ limits: this.limits, organisations, memoryPercent })
    this.admission = system.spawn('admission', 'one', () => {
      this.#actor = new Admission({ places: this.places, limits: this.limits, telemetry: () => undefined })
      return this.#actor
    }, 'end')
  }

  async run(asked: readonly Asked[]): Promise<void> {
    for (const one of asked) this.#plan(one)
    if (!(await this.world.run(1_000_000))) this.wrong.push('nothing came to rest')
    if (this.places.running !== 0) this.wrong.push(`${this.places.running} places are lost`)
    if (this.#actor?.facts.waiting !== 0) this.wrong.push(`${this.#actor?.facts.waiting} wait for ever`)
    for (const { queryId, replies, asked: { leavesMs } } of this.courses) {
      if (replies.length > 1 || (replies.length === 0 && leavesMs === undefined)) this.wrong.push(`${queryId} was answered ${replies.length} times`)
    }
  }

  #plan(asked: Asked): void {
    const queryId = `${asked.organisation}-${this.courses.length}`
    const course: Course = { queryId, asked, abort: new AbortController(), replies: [], askedAt: 0, repliedAt: 0, overtaken: 0, state: 'to come' }
    this.courses.push(course)
    this.world.timer(asked.atMs, () => this.#ask(course))
    if (asked.leavesMs !== undefined) this.world.timer(asked.atMs + asked.leavesMs, () => this.#leave(course))
  }

  #ask(course: Course): void {
    course.state = 'waiting'
    course.askedAt = this.world.now()
    const replyTo: Ref<AdmissionReply> = { name: course.queryId, send: () => false, urge: (reply) => this.#heard(course, reply) }
    const { queryId, asked, abort } = course
    if (!this.admission.send({ type: 'Ask', query: { queryId, organisation: asked.organisation }, replyTo, signal: abort.signal })) this.wrong.push('the mailbox is full')
  }

  #heard(course: Course, reply: AdmissionReply): void {
    course.replies.push(reply)
    course.repliedAt = this.world.now()
    if (course.state === 'over') return
    if (reply.type === 'Refused') {
      course.state = 'over'
      return
    }
    for (const other of this.courses) if (other.state === 'waiting' && other !== course) other.overtaken++
    course.state = 'running'
    this.#checkLimits(course)
    const { bytes, runsMs } = course.asked
    if (bytes !== undefined) this.admission.urge({ type: 'Charge', queryId: course.queryId, bytes })
    this.world.timer(runsMs, () => this.#leave(course))
  }

  #checkLimits({ asked: { organisation } }: Course): void {
    const running = this.courses.filter(({ state }) => state === 'running')
    const own = running.filter(({ asked }) => asked.organisation === organisation)
    const ownMax = this.organisations.get(organisation)?.organisationQueriesRunningMax ?? this.limits.organisationQueriesRunningMax
    if (running.length > this.limits.queriesRunningMax) this.wrong.push(`${running.length} queries run`)
    if (own.length > ownMax) this.wrong.push(`${own.length} queries of ${organisation} run`)
  }

  /** As a coordinator: aborted, and then it says so; some say it twice. */
  #leave(course: Course): void {
    if (course.state === 'over' && course.asked.leavesMs === undefined) return
    course.state = 'over'
    course.abort.abort()
    this.admission.urge({ type: 'Leave', queryId: course.queryId })
    if (course.queryId.endsWith('7')) this.admission.urge({ type: 'Leave', queryId: course.queryId })
  }
}

const ORGANISATIONS = ['a', 'b', 'c.d', 'e']

t.test('whatever comes and goes, limits hold, no place is lost, and who waits too long hears it in time', async (t) => {
  const wrong: string[] = []
  const tally = { Admitted: 0, Refused: 0, left: 0 }
  for (let seed = 0; seed < 300; seed++) {
    const random = randomFrom(seed)
    const limits = {
      queriesRunningMax: integer(random, 1, 6),
      organisationQueriesRunningMax: integer(random, 1, 6),
      queriesWaitingMax: integer(random, 1, 20),
      queryWaitMs: integer(random, 20, 400),
      queriesMemoryMb: integer(random, 16, 200),
      organisationMemoryMb: integer(random, 16, 200),
    }
    const organisations = new Map([['a', { organisationQueriesRunningMax: integer(random, 1, 3) }]])
    const simulation = new Simulation(seed, { limits, organisations, memoryPercent: () => random() * 100 })
    await simulation.run(
      Array.from({ length: integer(random, 1, 80) }, (): Asked => ({
        organisation: ORGANISATIONS[integer(random, 0, 3)],
        atMs: integer(random, 0, 300),
        runsMs: integer(random, 0, 100),
        ...(chance(random, 0.2) ? { leavesMs: integer(random, 0, 200) } : {}),
        ...(chance(random, 0.5) ? { bytes: integer(random, 0, 100_000_000) } : {}),
      })),
    )
    for (const { queryId, replies: [reply], askedAt, repliedAt } of simulation.courses) {
      tally[reply?.type ?? 'left']++
      if (reply?.type !== 'Refused') continue
      const waited = repliedAt - askedAt
      const { code, message, facts } = reply.error
      if (code !== 'too_many_requests' || facts['retryAfterMs'] !== DEFAULT_LIMITS.retryAfterMs) wrong.push(`seed ${seed}: ${queryId} was refused with ${code}`)
      if (!message.includes(String(facts['setting'])) || !message.includes(String(facts['value']))) wrong.push(`seed ${seed}: ${message} does not name its limit`)
      // The clock of the simulation is at most a few ms late while there is something to do.
      if (facts['limit'] !== 'queriesWaitingMax' && (waited < limits.queryWaitMs || waited > limits.queryWaitMs + 10)) wrong.push(`seed ${seed}: ${queryId} waited ${waited} ms of ${limits.queryWaitMs}`)
      if (waited > limits.queryWaitMs + 10) wrong.push(`seed ${seed}: ${queryId} waited ${waited} ms`)
    }
    wrong.push(...simulation.wrong.map((text) => `seed ${seed}: ${text}`))
  }
  t.strictSame(wrong, [])
  for (const [outcome, count] of Object.entries(tally)) t.ok(count > 300, `${outcome}: ${count}`)
})

t.test('an organisation with one query among others with thousands waits one turn of each', async (t) => {
  const wrong: string[] = []
  for (let seed = 0; seed < 5; seed++) {
    const limits = { queriesRunningMax: 4, queriesWaitingMax: 10_000, queryWaitMs: 1_000_000 }
    const simulation = new Simulation(seed, { limits })
    const greedy = ['a', 'b'].flatMap((organisation) => Array.from({ length: 1000 }, (): Asked => ({ organisation, atMs: 0, runsMs: 10 })))
    await simulation.run([...greedy, { organisation: 'modest', atMs: 1000, runsMs: 10 }])
    const modest = simulation.courses[2000]
    // An Ask stands in the mailbox for a moment, too.
    if (modest.overtaken > 2 + 4) wrong.push(`seed ${seed}: ${modest.overtaken} went before it`)
    const ofA = simulation.courses.filter(({ asked }) => asked.organisation === 'a').map(({ repliedAt }) => repliedAt)
    if (ofA.some((at, n) => n > 0 && at < ofA[n - 1])) wrong.push(`seed ${seed}: not first in, first out`)
    wrong.push(...simulation.wrong)
  }
  t.strictSame(wrong, [])
})

t.test('a line that is too long loses the newest of the organisation with most in it', async (t) => {
  const simulation = new Simulation(1, { limits: { queriesRunningMax: 1, queriesWaitingMax: 4, queryWaitMs: 1_000_000 } })
  const at = (organisation: string, atMs: number): Asked => ({ organisation, atMs, runsMs: 100 })
  await simulation.run([at('a', 0), at('a', 1000), at('a', 1010), at('a', 1020), at('a', 1030), at('a', 1040), at('a', 1050), at('b', 1060), at('b', 1070)].map((asked) => ({ ...asked, runsMs: 5000 })))
  const outcomes = simulation.courses.map(({ asked, replies: [reply] }) => `${asked.organisation} ${reply?.type === 'Refused' ? String(reply.error.facts['limit']) : 'ran'}`)
  t.same(outcomes, ['a ran', 'a ran', 'a ran', 'a queriesWaitingMax', 'a queriesWaitingMax', 'a queriesWaitingMax', 'a queriesWaitingMax', 'b ran', 'b ran'])
  t.same(simulation.wrong, [])
})

t.test('what is short is named: places and memory, of the node and of an organisation', async (t) => {
  const refusal = async (setting: Setting, bytes: number): Promise<QueryError | undefined> => {
    const simulation = new Simulation(1, { ...setting, limits: { queryWaitMs: 50, ...setting.limits } })
    await simulation.run([{ organisation: 'a.b', atMs: 0, runsMs: 1000, bytes }, { organisation: 'a.b', atMs: 100, runsMs: 1 }, { organisation: 'other', atMs: 400, runsMs: 1 }])
    t.same(simulation.wrong, [])
    const [, second, other] = simulation.courses.map(({ replies: [reply] }) => (reply?.type === 'Refused' ? reply.error : undefined))
    t.equal(other === undefined, second?.facts['limit'] !== undefined && String(second.facts['limit']).startsWith('organisation'), 'another organisation')
    return second
  }
  const cases: readonly (readonly [Setting, string, RegExp])[] = [
    [{ limits: { queriesRunningMax: 1 } }, 'limits.queriesRunningMax', /^too many queries are running: 1, limit 1 \(setting limits\.queriesRunningMax\); the query has waited for 50 ms \(setting limits\.queryWaitMs\)$/],
    [{ limits: { organisationQueriesRunningMax: 1 } }, 'limits.organisationQueriesRunningMax', /^too many queries of organisation "a\.b" are running: 1, limit 1 \(/],
    [{ organisations: new Map([['a.b', { organisationQueriesRunningMax: 1 }]]) }, 'organisations.a.b.organisationQueriesRunningMax', /limit 1 \(setting organisations\.a\.b\.organisationQueriesRunningMax\)/],
    [{ limits: { queriesMemoryMb: 100 } }, 'limits.queriesMemoryMb', /^running queries would need about 116 MB, limit 100 \(/],
    [{ limits: { organisationMemoryMb: 100 } }, 'limits.organisationMemoryMb', /^running queries of organisation "a\.b" would need about 116 MB, limit 100 \(/],
    [{ memoryPercent: () => 97 }, 'limits.processMemoryPercentMax', /^the process holds 97 percent of its memory, limit 85 \(/],
  ]
  for (const [setting, name, message] of cases) {
    const error = await refusal(setting, 100 * 1_048_576)
    t.match(error, { code: 'too_many_requests', status: 429, message, facts: { setting: name, retryAfterMs: DEFAULT_LIMITS.retryAfterMs, waitedMs: 50 } })
  }
})

t.test('a node that stops tells all who wait, and takes nobody any more', async (t) => {
  const simulation = new Simulation(1, { limits: { queriesRunningMax: 1, queryWaitMs: 1_000_000 } })
  const reason = new QueryError({ code: 'unavailable', message: 'the node is stopping' })
  simulation.world.timer(50, () => simulation.admission.urge({ type: 'Close', reason }))
  await simulation.run([0, 1, 2, 60].map((atMs) => ({ organisation: 'a', atMs, runsMs: 100 })))
  t.same(simulation.courses.map(({ replies: [reply] }) => (reply?.type === 'Refused' ? reply.error.code : 'ran')), ['ran', 'unavailable', 'unavailable', 'unavailable'])
  t.ok(simulation.courses.slice(1).every(({ repliedAt }) => repliedAt < 100), 'at once')
  t.same(simulation.wrong, [])
})
