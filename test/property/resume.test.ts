/**
 * An answer that breaks off and goes on elsewhere is the answer: cut after every event, the rest that another node gives is the rest of the
 * whole, to the byte. Random data in many small segments, every shape of query, groups cut at random, units otherwise by each node.
 */
import t, { type Test } from 'tap'
import { labelsFrom } from '../../src/model/labels.js'
import { isSteady } from '../../src/model/leaf-steps.js'
import { prepare } from '../../actors/prepare.js'
import { dropsNames } from '../../src/evaluate/dropped-names.js'
import { importFile, importSeries } from '../../src/ingest/ingest.js'
import type { Annotation } from '../../src/model/annotation.js'
import type { QueryEvent, QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import { digestOf, readResumePoint, writeResumePoint, type ResumePoint } from '../../src/model/resume.js'
import { EventIds, eventJson, numbersOf } from '../../src/serve/serve.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { fillLogs, fillMetrics, SPAN_MS, START_MS } from '../harness/cuts-lake.js'
import { ENTRIES, LOGQL, PROMQL } from '../harness/cuts-queries.js'
import { LAKE_FEATURES, lakeEngine, type LakeEngine } from '../harness/lake-engine.js'
import { openLake, type Lake } from '../harness/lake.js'
import { randomGroups, randomSlices } from '../harness/random-cuts.js'
import { rememberedScans } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'

// Real Parquet is read some thousand times.
t.setTimeout(300_000)

const ROUNDS = Number(process.env['RESUME_ROUNDS'] ?? 1)
const FIRST_SEED = Number(process.env['RESUME_SEED'] ?? 1)

t.test('metrics', async (t) => {
  const lake = await openLake(t, { importBufferSamplesMax: 6_000 })
  await fillMetrics(lake, seeded(11))
  // Series that must not fall together, though they never meet: the evaluator has to remember the one when it sees the other.
  const [early, late] = [START_MS, START_MS + 1_800_000].map((startMs) => Float64Array.from({ length: 20 }, (_, i) => startMs + i * 15_000))
  const series = [['early', early], ['late', late]] as const
  await importSeries(series.map(([name, t]) => ({ labels: labelsFrom([['__name__', name]]), t, v: t.map((_, i) => i), stale: new Uint8Array(20) })), { file: 'apart' }, lake.parts)
  const startNs = BigInt(START_MS) * 1_000_000n
  const whole = { kind: 'range', startNs, endNs: startNs + 2_100_000_000_000n, stepMs: 60_000 } as const
  const apart = ['rate({__name__=~"early|late"}[1m])', 'rate({__name__=~"early|none"}[1m])'].map((text): QueryRequest => ({ language: 'promql', text, when: whole }))
  const texts = Array.from({ length: ROUNDS }, () => PROMQL).flat()
  const facts = await eachGoesOn(t, lake, [...apart, ...texts.map((text, at) => rangeRequest('promql', text, seeded(FIRST_SEED + at)))])
  t.ok(facts.remarks > 20 && facts.errors > 0 && facts.unread > 500, `met ${JSON.stringify(facts)}`)
})

t.test('log metrics', async (t) => {
  const lake = await openLake(t, { importBufferRowsMax: 400 })
  await fillLogs(lake, seeded(12))
  const texts = Array.from({ length: 3 * ROUNDS }, () => LOGQL).flat()
  const facts = await eachGoesOn(t, lake, texts.map((text, at) => rangeRequest('logql', text, seeded(FIRST_SEED + at))))
  t.ok(facts.unread > 300, `met ${JSON.stringify(facts)}`)
})

t.test('log entries, forward and backward, with limits and intervals', async (t) => {
  const lake = await openLake(t, { importBufferRowsMax: 400 })
  await fillLogs(lake, seeded(12))
  const facts = await eachGoesOn(t, lake, Array.from({ length: 60 * ROUNDS }, (_, at) => entriesRequest(ENTRIES[at % ENTRIES.length], seeded(FIRST_SEED + at))))
  t.ok(facts.unread > 100, `met ${JSON.stringify(facts)}`)
})

t.test('thousands of entries of one time, across the cut, the limit and the interval', async (t) => {
  const lake = await openLake(t, { importBufferRowsMax: 400 })
  const at = (offset: bigint): string => String(BigInt(START_MS) * 1_000_000n + offset)
  const values = [...[0n, 1n, 2n].flatMap((offset) => Array.from({ length: offset === 1n ? 3000 : 200 }, (_, i) => [at(offset), `level=info n=${i}`])), [at(3_000_000n), 'last']]
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const pod of ['p1', 'p2']) yield Buffer.from(`${JSON.stringify({ streams: [{ stream: { app: 'x', pod }, values }] })}\n`)
  }
  await importFile({ file: 'equal', format: 'loki', body: body() }, lake.parts)
  const [startNs, endNs] = [BigInt(at(-5n)), BigInt(at(4_000_000n))]
  const requests = [0, 1, 400, 401, 3400, 6399, 6400, 6401].flatMap((limit) =>
    (['forward', 'backward'] as const).flatMap((direction) =>
      [0n, 1n, 2n, 1_000_000n].map((intervalNs): QueryRequest => ({ language: 'logql', text: '{app="x"}', when: { kind: 'entries', startNs, endNs, direction, limit, intervalNs } })),
    ),
  )
  // A cut at each of the nanoseconds, and none between entries of one.
  const bounds = [startNs, BigInt(at(0n)), BigInt(at(1n)), BigInt(at(2n)), BigInt(at(3n)), endNs]
  await eachGoesOn(t, lake, requests, ({ when }) => {
    const slices = bounds.slice(1).map((bound, i) => [bounds[i], bound])
    const ordered = 'direction' in when && when.direction === 'backward' ? slices.toReversed() : slices
    return () => ordered.map(([from, to], index) => ({ index, firstStep: 0, stepCount: 1, startNs: from, endNs: to }))
  })
})

t.test('what is no id of the query is refused, whichever character of it is wrong', async (t) => {
  const { whole, other, request, lake, duckdb } = await oneQuery(t)
  const events = await collect(whole.query(request))
  const ids = events.flatMap((event) => ('id' in event ? [event.id] : []))
  const after = ids[1]
  t.match(after, /^default:3@\d+~1~1~/)
  const refusal = async (engine: LakeEngine, asked: QueryRequest): Promise<unknown> => {
    const [first, ...more] = await collect(engine.query(asked))
    return more.length > 0 || first.type !== 'error' ? first.type : first.error
  }
  for (let at = 0; at < after.length; at++) {
    const wrong = `${after.slice(0, at)}${after[at] === '1' ? '2' : '1'}${after.slice(at + 1)}`
    t.match(await refusal(other, { ...request, after: wrong }), { code: 'bad_query', message: /^cannot go on after the event/ }, wrong)
  }
  for (const wrong of ['', 'x', 'none', 'default:3@start', after.slice(0, -1), `${after} `, `${after}~`, ids.join('~'), '~'.repeat(10), 'é'.repeat(9999)]) {
    t.match(await refusal(other, { ...request, after: wrong }), { code: 'bad_query' }, wrong.slice(0, 99))
  }
  const { when } = request
  if (when.kind !== 'range') throw new Error('a range was asked for')
  for (const another of [{ text: 'm ' }, { when: { ...when, endNs: when.endNs + 1n } }, { when: { ...when, stepMs: 30_000 } }, { lookbackMs: 1000 }, { language: 'logql', text: 'vector(1)' } as const]) {
    t.match(await refusal(other, { ...request, ...another, after }), { code: 'bad_query', message: /another query/ })
  }
  t.match(await refusal(other, { ...request, organisation: 'acme', after }), { code: 'cannot_resume', facts: { reason: 'organisation' } })
  const elsewhere = lakeEngine(t, { lake, duckdb, limits: DEFAULT_LIMITS, cutsOf: () => ({ groups: randomGroups(seeded(99)), parts: () => 1 }) })
  t.match(await refusal(elsewhere, { ...request, after }), { code: 'cannot_resume', facts: { reason: 'cut_otherwise' } })
  // Forged, with a checksum that is right.
  const forged = (change: (fields: string[]) => void): string => {
    const fields = after.split('~').slice(0, -1)
    change(fields)
    return `${fields.join('~')}~${digestOf(fields.join('~'))}`
  }
  t.equal(forged(() => undefined), after)
  const forgeries: readonly ((fields: string[]) => void)[] = [
    (fields) => (fields[2] = '2'), (fields) => (fields[2] = '99999'), (fields) => (fields[2] = '-1'), (fields) => (fields[3] = '5'), (fields) => (fields[5] = '1'),
    (fields) => (fields[0] = 'default:3@start'), (fields) => (fields[7] = 'e30'), (fields) => (fields[7] = 'W10~'), (fields) => (fields[7] = Buffer.from('[[1,2,3,4]]').toString('base64url')),
  ]
  for (const change of forgeries) t.match(await refusal(other, { ...request, after: forged(change) }), { code: 'bad_query' }, forged(change))
})

t.test('an id says all that it was made from, and is printable ASCII', async (t) => {
  const fixedBuckets = { leastBound: -Infinity, greatestBound: Infinity, greatestDifference: 1e-300, samples: 3, firstMs: -1, lastMs: 1 }
  const remarks: readonly Annotation[] = [{ level: 'warning', text: 'é "~" \n', span: { start: 0, end: 7 } }, { level: 'info', text: '', span: { start: 1, end: 1 }, fixedBuckets }]
  const plain: ResumePoint = { snapshot: { organisation: 'a', generation: 0 }, groups: 0, watermark: undefined, remarks: [], remarksTold: 0, query: '0'.repeat(16), route: 'f'.repeat(16) }
  const points: readonly ResumePoint[] = [
    plain,
    { ...plain, snapshot: { organisation: 'é~@:%\n😀 ', generation: 10 ** 14 }, groups: 7, watermark: { ms: -5 }, remarks, remarksTold: 2, nowMs: 1_700_000_000_000 },
    { ...plain, watermark: { ns: -(2n ** 63n) }, entriesLeft: 0, lastEntryNs: 2n ** 63n - 1n, remarks: undefined },
  ]
  for (const point of points) {
    const id = writeResumePoint(point)
    t.match(id, /^[!-~]+$/)
    t.notMatch(id, /[",\\]/)
    t.same(readResumePoint(id), point)
  }
})

interface Facts {
  remarks: number
  errors: number
  /** Groups that were not read again. */
  unread: number
}

type GroupsOf = (request: QueryRequest) => ReturnType<typeof randomGroups>

/** Of equal texts the groups are the same, whoever asks. */
const groupsAtRandom: GroupsOf = (request) => {
  const random = seeded(Number(BigInt(`0x${digestOf(request.text)}`) % 1_000_003n))
  return 'direction' in request.when ? randomSlices(random) : randomGroups(random)
}

async function eachGoesOn(t: Test, lake: Lake, requests: readonly QueryRequest[], groupsOf: GroupsOf = groupsAtRandom): Promise<Facts> {
  const duckdb = await opened(t)
  const facts = { remarks: 0, errors: 0, unread: 0 }
  for (const [at, request] of requests.entries()) {
    const random = seeded(FIRST_SEED + at)
    const limits = { ...DEFAULT_LIMITS, resumeRemarksBytesMax: random.below(3) === 0 ? 0 : 2048, annotationsMax: random.below(3) === 0 ? 2 : 1000 }
    await goesOn(t, lake, rememberedScans(duckdb), request, limits, groupsOf, random, facts)
  }
  duckdb.close()
  return facts
}

/** Every event of the whole answer, and from each of them the rest by another engine. */
async function goesOn(t: Test, lake: Lake, duckdb: ReturnType<typeof rememberedScans>, request: QueryRequest, limits: Limits, groupsOf: GroupsOf, random: Seeded, facts: Facts): Promise<void> {
  const undo: (() => Promise<unknown>)[] = []
  const engine = (): LakeEngine => lakeEngine({ teardown: (one) => undo.push(one) }, { lake, duckdb, limits, cutsOf: (asked) => ({ groups: groupsOf(asked), parts: () => 1 + random.below(4) }) })
  const [first, second] = [engine(), engine()]
  const events = await collect(first.query(request))
  const told = placedTexts(events, request)
  facts.remarks += events.filter(({ type }) => type === 'warning').length
  facts.errors += events.filter(({ type }) => type === 'error').length
  first.unitsRun()
  for (const [at, event] of events.entries()) {
    if (!('id' in event)) continue
    const rest = await collect(second.query({ ...request, after: event.id }))
    const name = `seed ${FIRST_SEED} ${request.text} ${JSON.stringify(request.when, (_, each) => (typeof each === 'bigint' ? String(each) : each))} after event ${at}`
    const [plan] = rest
    if (plan.type === 'plan') t.same([plan.id, plan.resumed], [event.id, true], name)
    t.same(textsOf(rest, request), told.filter((each) => each.at > at).map(({ text }) => text), name)
    facts.unread += unread(t, request, event, second.unitsRun(), name)
  }
  for (const one of undo) await one()
}

/** Groups before the watermark are not read again, but for what all of them share, unless the evaluator has to see them. */
function unread(t: Test, request: QueryRequest, event: QueryEvent, units: readonly string[], name: string): number {
  const point = readResumePoint('id' in event ? event.id : '')
  const plan = prepare(request, DEFAULT_LIMITS, LAKE_FEATURES)
  const steady = new Set(plan.leaves.filter(isSteady).map(({ id }) => String(id)))
  const early = units.filter((unit) => Number(unit.split('.')[1]) < point.groups && !steady.has(unit.split('.')[0]))
  if (dropsNames(plan.root) || point.remarks === undefined) return 0
  t.same(early, [], `${name}: units of groups that were given`)
  return point.groups
}

function textsOf(events: readonly QueryEvent[], request: QueryRequest): readonly string[] {
  return placedTexts(events, request).map(({ text }) => text)
}

/** What the reader gets of the answer, each with its place among the events; ends without what they cost. */
function placedTexts(events: readonly QueryEvent[], request: QueryRequest): readonly { readonly at: number; readonly text: string }[] {
  const ids = new EventIds()
  return events.flatMap((event, at) => {
    const id = ids.next(event)
    if (event.type === 'plan' || event.type === 'progress') return []
    if (event.type === 'end') return [{ at, text: `end ${id}` }]
    return [{ at, text: [...eventJson(event, id, numbersOf(request.language))].join('') }]
  })
}

async function collect(events: AsyncIterable<QueryEvent>): Promise<QueryEvent[]> {
  const all: QueryEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

async function oneQuery(t: Test) {
  const lake = await openLake(t, { importBufferSamplesMax: 6_000 })
  await fillMetrics(lake, seeded(11))
  const duckdb = rememberedScans(await opened(t))
  const limits = DEFAULT_LIMITS
  const engine = (): LakeEngine => lakeEngine(t, { lake, duckdb, limits, cutsOf: (asked) => ({ groups: groupsAtRandom(asked), parts: () => 1 }) })
  const startNs = BigInt(START_MS) * 1_000_000n
  const request: QueryRequest = { language: 'promql', text: 'm', when: { kind: 'range', startNs, endNs: startNs + 1_800_000_000_000n, stepMs: 60_000 } }
  return { lake, duckdb, request, whole: engine(), other: engine() }
}

async function opened(t: Test): Promise<Duckdb> {
  return openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
}

function rangeRequest(language: QueryRequest['language'], text: string, random: Seeded): QueryRequest {
  const startMs = START_MS + random.below(SPAN_MS) - 600_000
  const stepMs = [15_000, 60_000, 300_000][random.below(3)]
  const endMs = startMs + stepMs * random.below(30)
  return { language, text, when: { kind: 'range', startNs: BigInt(startMs) * 1_000_000n, endNs: BigInt(endMs) * 1_000_000n, stepMs } }
}

function entriesRequest(text: string, random: Seeded): QueryRequest {
  const limit = [0, 1, 7, 100][random.below(4)]
  const direction = random.below(2) === 0 ? 'forward' : 'backward'
  const intervalNs = [0n, 1n, 1_000_000n, 60_000_000_000n][random.below(4)]
  const startNs = BigInt(START_MS + random.below(SPAN_MS)) * 1_000_000n
  const endNs = startNs + BigInt(random.below(SPAN_MS)) * 1_000_000n + BigInt(random.below(3))
  return { language: 'logql', text, when: { kind: 'entries', startNs, endNs, direction, limit, intervalNs } }
}
