/** A caller may ask for what is left of an answer when segments cannot be read: it is told exactly what that lacks. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bytesOf, dataOf, eventually, get, openStream, runCli, seriesFile, sharedLake, startNode, streamed, type Parameters, type WireEvent } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const STEP = 15
const SAMPLES = 40
/** Each piece is an import, and a segment, of its own. */
const PIECE = SAMPLES * STEP
const PIECES = 6
const LOST = 3
const BEGIN = T0 + LOST * PIECE
/** Of its last sample. */
const LAST = BEGIN + PIECE - STEP

const lake = await sharedLake(t, await temporaryFolder(t))
const config = await lake.config()
const node = await startNode(t, { config })

function objectsOf(organisation: string): readonly string[] {
  return readdirSync(join(lake.objects, organisation), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet')).map((name) => `${organisation}/${name}`)
}

/** Imports a piece and gives its object. */
async function imported(organisation: string, format: 'series' | 'loki', text: string): Promise<string> {
  const before = new Set(readdirSync(lake.objects).includes(organisation) ? objectsOf(organisation) : [])
  await node.engine.import({ file: 'piece', format, organisation, body: bytesOf(text) })
  const [made, ...others] = objectsOf(organisation).filter((object) => !before.has(object))
  if (made === undefined || others.length > 0) throw new Error(`the piece made ${others.length + 1} objects`)
  return made
}

function logsOf(piece: number): string {
  const values = Array.from({ length: SAMPLES }, (_, at) => [`${T0 + piece * PIECE + at * STEP}000000000`, `line ${piece} ${at}`])
  return `${JSON.stringify({ streams: [{ stream: { app: 'a', part: String(piece % 2) }, values }] })}\n`
}

const metrics: string[] = []
const logs: string[] = []
for (let piece = 0; piece < PIECES; piece++) {
  const text = seriesFile('m', 5, SAMPLES, (T0 + piece * PIECE) * 1000, STEP * 1000)
  metrics.push(await imported('metrics', 'series', text))
  logs.push(await imported('logs', 'loki', logsOf(piece)))
  if (piece === LOST) continue
  // The same lakes, but for one piece that they never had.
  await imported('fewer-metrics', 'series', text)
  await imported('fewer-logs', 'loki', logsOf(piece))
}

interface WireMissing {
  readonly segments: number
  readonly named: readonly { readonly segment: string; readonly key: string; readonly start: number | string; readonly end: number | string; readonly reason: string; readonly affected: readonly { readonly start: number | string; readonly end: number | string }[] }[]
}

function endOf(events: readonly WireEvent[]): { readonly status: string; readonly missing?: WireMissing } {
  const last = events[events.length - 1]
  if (last?.type !== 'end') throw new Error(JSON.stringify(last))
  return last as unknown as { status: string; missing?: WireMissing }
}

/** Takes the object away in some way while the work is done. */
async function damaged(object: string, how: keyof typeof DAMAGES, work: () => Promise<void>): Promise<void> {
  const path = join(lake.objects, object)
  const bytes = readFileSync(path)
  const heal = DAMAGES[how](path, bytes)
  try {
    await work()
  } finally {
    heal()
  }
}

type Damage = (path: string, bytes: Buffer) => () => void

const DAMAGES = {
  'no file': (path) => {
    renameSync(path, `${path}.away`)
    return () => renameSync(`${path}.away`, path)
  },
  'a flipped bit': (path, bytes) => {
    writeFileSync(path, bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)))
    return () => writeFileSync(path, bytes)
  },
  // The disk answers, but not with what is in the file.
  'a folder': (path) => {
    renameSync(path, `${path}.away`)
    mkdirSync(path)
    return () => {
      rmdirSync(path)
      renameSync(`${path}.away`, path)
    }
  },
} satisfies Record<string, Damage>

interface Question {
  readonly query: string
  readonly start?: number
  readonly end?: number
  readonly step?: number
  /** Whether a step sees a sample of the lost piece. */
  readonly sees: (time: number) => boolean
}

const WHOLE = { start: T0, end: T0 + PIECES * PIECE, step: 45 }
const AT = BEGIN + 90

/** A window of so many seconds that ends so many before the step, left-open. */
function window(range: number, offset = 0): Question['sees'] {
  return (time) => time - offset >= BEGIN && time - offset - range < LAST
}

/** At the multiples of a minute in the last five, each looks back for five minutes. */
function subquery(time: number): boolean {
  return Array.from({ length: 300 }, (_, back) => time - back).some((inner) => inner % 60 === 0 && window(300)(inner))
}

const QUESTIONS: readonly Question[] = [
  { query: 'm', sees: window(300) },
  { query: 'sum by (job)(rate(m[2m]))', sees: window(120) },
  { query: 'increase(m[4m] offset 7m)', sees: window(240, 420) },
  { query: 'm offset -3m', sees: window(300, -180) },
  { query: 'max_over_time(sum(m)[5m:1m])', sees: subquery },
  { query: 'max_over_time(max_over_time(m[5m])[5m:1m])', sees: subquery },
  { query: 'sum(m) - sum(count_over_time(m[1m]))', sees: window(300) },
  { query: `sum(m) + scalar(sum(m @ ${AT}))`, sees: () => true },
  { query: 'absent(m)', sees: window(300) },
]

/** The steps that look at a sample of the lost piece, by looking at each. */
function affectedBy({ sees }: Question, { start, end, step }: typeof WHOLE): { readonly start: number; readonly end: number } | undefined {
  const steps = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) => start + at * step)
  const touched = steps.filter(sees)
  return touched.length === 0 ? undefined : { start: touched[0], end: touched[touched.length - 1] }
}

for (const how of Object.keys(DAMAGES) as (keyof typeof DAMAGES)[]) {
  t.test(`a lost segment, ${how}: an error that names it, or the answer of a lake without it`, (test) =>
    damaged(metrics[LOST], how, async () => {
      for (const question of how === 'no file' ? QUESTIONS : QUESTIONS.slice(0, 2)) {
        const asked = { query: question.query, ...WHOLE, organisation: 'metrics' }
        const refused = await streamed(node.url, { lang: 'promql', ...asked })
        const last = refused[refused.length - 1]
        test.match(JSON.stringify(last), /"(code":"corrupt_data|code":"unavailable)"/, question.query)
        test.ok(JSON.stringify(last).includes(metrics[LOST]), JSON.stringify(last))
        const events = await streamed(node.url, { lang: 'promql', partial: 'allow', ...asked })
        const { status, missing } = endOf(events)
        test.equal(status, 'partial', question.query)
        test.equal(missing?.segments, 1)
        test.match(missing?.named, [{ key: metrics[LOST], start: BEGIN, end: LAST, affected: [affectedBy(question, WHOLE)] }], question.query)
        test.equal(missing?.named[0].affected.length, 1)
        test.equal(missing?.named[0].reason, how === 'a folder' ? 'unavailable' : 'corrupt_data')
        const fewer = await dataOf(node.url, '/api/v1/query_range', { ...asked, organisation: 'fewer-metrics' })
        test.same(await dataOf(node.url, '/api/v1/query_range', { ...asked, partial: 'allow' }), fewer, question.query)
      }
    }))
}

t.test('an answer that does not look at what is lost is whole', (test) =>
  damaged(metrics[LOST], 'no file', async () => {
    const asked = { lang: 'promql', query: 'rate(m[1m])', start: T0 + 60, end: BEGIN - STEP, step: 15, partial: 'allow', organisation: 'metrics' }
    test.match(endOf(await streamed(node.url, asked)), { status: 'ok', missing: undefined })
    // Windows of a minute every twenty: the lost piece of ten minutes lies between two of them.
    const between = { ...asked, query: 'count_over_time(m[1m])', start: BEGIN - STEP, end: BEGIN + 1185, step: 1200 }
    test.match(endOf(await streamed(node.url, between)), { status: 'ok', missing: undefined })
  }))

t.test('what is lost is told before the first data that lack it, and an answer that lacks it cannot be gone on with', (test) =>
  damaged(metrics[LOST], 'no file', async () => {
    const asked = { lang: 'promql', query: 'rate(m[1m])', start: T0 + 60, end: T0 + PIECES * PIECE, step: 15, partial: 'allow', organisation: 'metrics' }
    const events = await streamed(node.url, asked)
    const warning = events.findIndex(({ type }) => type === 'warning')
    test.match(events[warning], { missing: true, level: 'warning', message: /partial from here on: segment \d+ \(.*\) cannot be read/ })
    test.ok(String(events[warning]['message']).includes(metrics[LOST]))
    const before = events.slice(0, warning).filter(({ type }) => type === 'data')
    const behind = events.slice(warning).filter(({ type }) => type === 'data')
    test.ok(before.length > 0 && behind.length > 0, `${before.length} and ${behind.length} data`)
    const last = before[before.length - 1]
    test.ok(Number(last['watermark']) < BEGIN, 'all before it is whole')
    test.equal(events[warning].id, last.id)
    const goOn = async (id: string | undefined, more: Parameters) => streamed(node.url, { ...asked, ...more, lastEventId: id ?? '' })
    const rest = await goOn(last.id, {})
    test.equal(endOf(rest).status, 'partial')
    test.same(rest.filter(({ type }) => type === 'data').map(({ result }) => result), behind.map(({ result }) => result))
    const [refused] = await goOn(behind[0].id, {})
    test.match(refused, { type: 'status 409', body: /"reason":"partial"/ })
    test.match(JSON.parse(String(refused['body'])), { error: { code: 'cannot_resume', retryable: false } })
  }))

t.test('log lines and metrics over logs', (test) =>
  damaged(logs[LOST], 'no file', async () => {
    const asked = { start: T0, end: T0 + PIECES * PIECE, organisation: 'logs' }
    const ns = (seconds: number): string => `${seconds}000000000`
    for (const direction of ['forward', 'backward']) {
      const query = { lang: 'logql', query: '{app="a"} |= "line"', direction, ...asked }
      test.match((await streamed(node.url, query)).at(-1), { type: 'error', error: { code: 'corrupt_data' } })
      const { status, missing } = endOf(await streamed(node.url, { ...query, partial: 'allow' }))
      test.match({ status, missing }, { status: 'partial', missing: { segments: 1, named: [{ key: logs[LOST], start: ns(BEGIN), end: ns(LAST), affected: [{ start: ns(BEGIN), end: ns(LAST) }] }] } })
    }
    for (const query of ['{app="a"}', 'sum by (part)(count_over_time({app="a"}[3m]))', '{app="a"} |= "line 3"']) {
      const range = { query, limit: 1000, step: 30, ...asked }
      const { text } = await get(node.url, '/loki/api/v1/query_range', { ...range, partial: 'allow' })
      const told: { readonly warnings?: readonly string[]; readonly data: { readonly result: unknown } } = JSON.parse(text)
      const fewer = await dataOf(node.url, '/loki/api/v1/query_range', { ...range, organisation: 'fewer-logs' })
      test.same(told.data.result, fewer.result, query)
      test.ok(told.warnings?.[0]?.includes(logs[LOST]), JSON.stringify(told.warnings))
    }
    for (const direction of ['forward', 'backward']) {
      const query = { lang: 'logql', query: '{app="a"}', direction, partial: 'allow', ...asked }
      const before = endOf(await streamed(node.url, { ...query, limit: 10 }))
      test.match(before, { status: 'ok', missing: undefined }, 'the limit is met before what is lost')
      // All lines of the pieces on the way there and one behind it, which would not be there if it were not for what is lost.
      const pieces = direction === 'forward' ? LOST : PIECES - LOST - 1
      const { missing } = endOf(await streamed(node.url, { ...query, limit: pieces * SAMPLES + 1 }))
      test.match(missing, { segments: 1, named: [{ affected: [{ start: ns(BEGIN), end: ns(LAST) }] }] }, direction)
    }
  }))

t.test('several segments are lost: all are counted, and named up to a limit', async (test) => {
  const few = await startNode(test, { config: await lake.config({ 'limits.missingSegmentsNamedMax': 2 }) })
  const lost = metrics.slice(1, 5)
  const work = lost.reduceRight<() => Promise<void>>(
    (inner, object) => () => damaged(object, 'no file', inner),
    async () => {
      const asked = { lang: 'promql', query: 'sum(rate(m[10m]))', ...WHOLE, partial: 'allow', organisation: 'metrics' }
      const { missing } = endOf(await streamed(node.url, asked))
      test.same(missing?.named.map(({ key }) => key).toSorted(), [...lost].toSorted())
      const short = endOf(await streamed(few.url, asked))
      test.match(short, { status: 'partial', missing: { segments: 4 } })
      test.equal(short.missing?.named.length, 2)
      const { text } = await get(few.url, '/api/v1/query_range', { query: asked.query, ...WHOLE, partial: 'allow', organisation: 'metrics' })
      test.match(JSON.parse(text).warnings, [/^the answer is partial: 4 segments are missing: .* and 2 more$/])
    },
  )
  await work()
})

t.test('each API says so in its own way, and takes no other value', (test) =>
  damaged(metrics[LOST], 'no file', async () => {
    const instant = { query: 'count_over_time(m[1d])', time: T0 + PIECES * PIECE, organisation: 'metrics' }
    const { text } = await get(node.url, '/api/v1/query', { ...instant, partial: 'allow' })
    test.match(JSON.parse(text), { status: 'success', warnings: [new RegExp(`^the answer is partial: 1 segment is missing: \\d+ \\(${metrics[LOST]}, corrupt_data, .*Z to .*Z\\)$`)] })
    for (const value of ['deny', 'ALLOW', 'true', 'allow,allow']) {
      for (const [path, parameters] of [['/api/v1/query', instant], ['/api/v1/stream', { lang: 'promql', ...instant }], ['/loki/api/v1/query_range', { query: '{app="a"}' }]] as const) {
        const refused = await get(node.url, path, { ...parameters, partial: value })
        test.equal(refused.status, 400, `${path} ${value}`)
        test.match(refused.text, /parameter partial must be allow/)
      }
    }
    const body = JSON.stringify({ lang: 'promql', query: instant.query, time: instant.time, partial: 'allow' })
    const posted = await fetch(`${node.url}/api/v1/stream`, { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/x-ndjson', 'x-scope-orgid': 'metrics' } })
    test.match(await posted.text(), /"type":"end".*"status":"partial"/)
    const when = { kind: 'instant', timeNs: BigInt(instant.time) * 1_000_000_000n } as const
    const found = []
    for await (const event of node.engine.query({ language: 'promql', text: instant.query, when, organisation: 'metrics', partial: 'allow' })) found.push(event)
    test.match(found.at(-1), { type: 'end', status: 'partial', missing: { segments: 1, named: [{ key: metrics[LOST], start: { ms: BEGIN * 1000 }, affected: [{ start: { ms: instant.time * 1000 } }] }] } })
    const metricsText = (await get(node.url, '/metrics')).text
    test.match(metricsText, /millrace_queries_total\{language="promql",status="partial"\} [1-9]/)
    test.match(metricsText, /millrace_missing_segments_total [1-9]/)
  }))

t.test('the command line names what is missing, and its exit code says so', async (test) => {
  const text = seriesFile('c', 1, SAMPLES, T0 * 1000, STEP * 1000)
  const object = await imported('default', 'series', text)
  await imported('default', 'series', seriesFile('c', 1, SAMPLES, (T0 + PIECE) * 1000, STEP * 1000))
  const argv = ['query', 'rate(c[1m])', '--start', String(T0), '--end', String(T0 + 2 * PIECE), '--step', '60', '--url', node.url]
  await damaged(object, 'a flipped bit', async () => {
    const refused = await runCli(argv)
    test.equal(refused.code, 1)
    for (const output of ['table', 'json']) {
      const { code, err, out } = await runCli([...argv, '--partial', 'allow', '--output', output])
      test.equal(code, 3, err)
      test.match(err, /partial answer: 1 segment is missing\nmissing: segment \d+ \(/)
      test.ok(err.includes(object), err)
      test.not(out, '')
    }
  })
  test.equal((await runCli([...argv, '--partial', 'allow'])).code, 0)
  const wrong = await runCli([...argv, '--partial', 'perhaps'])
  test.same([wrong.code, /--partial must be allow/.test(wrong.err)], [2, true], wrong.err)
})

t.test('workers say which segment it was, each that has tried', async (test) => {
  const cluster = { 'cluster.secret': 'between nodes', 'limits.nodeRenewMs': 300, threads: 1 }
  const query = await startNode(test, { config: await lake.config({ ...cluster, role: 'query' }) })
  for (let worker = 0; worker < 2; worker++) await startNode(test, { config: await lake.config({ ...cluster, role: 'worker' }) })
  const all = await eventually(30_000, async () => JSON.parse((await get(query.url, '/api/v1/nodes')).text).nodes.length === 3)
  test.ok(all, 'three nodes know each other')
  const asked = { query: 'sum by (job)(rate(m[2m]))', ...WHOLE, organisation: 'metrics' }
  const fewer = await dataOf(query.url, '/api/v1/query_range', { ...asked, organisation: 'fewer-metrics' })
  for (const how of ['no file', 'a folder'] as const) {
    await damaged(metrics[LOST], how, async () => {
      const { missing } = endOf(await streamed(query.url, { lang: 'promql', partial: 'allow', ...asked }))
      test.match(missing, { segments: 1, named: [{ key: metrics[LOST], message: how === 'no file' ? /is corrupt/ : /has failed \d times: at .*EISDIR/ }] })
      test.same(await dataOf(query.url, '/api/v1/query_range', { ...asked, partial: 'allow' }), fewer, how)
    })
  }
  const here = JSON.parse((await get(query.url, '/api/v1/queries')).text)
  test.same(here.queries, [], 'nothing is left running')
})

t.test('a stream over SSE ends the same', (test) =>
  damaged(metrics[LOST], 'no file', async () => {
    const response = await openStream(node.url, { lang: 'promql', query: 'm', ...WHOLE, partial: 'allow', organisation: 'metrics' }, 'text/event-stream')
    test.match(await response.text(), /event: warning\nid: .*\ndata: .*"missing":true.*\n[^]*event: end\nid: [^\n]*~\d+p~[^]*"status":"partial"/)
  }))
