/**
 * The same questions to a real Prometheus: random data in both, thousands of random expressions, as instant and as range queries over
 * HTTP, and the same series, times and values from both. What fails is shrunk until nothing can be left out of it.
 */
import { Readable } from 'node:stream'
import t from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import { differentialData, FIRST_MS, seriesLines, SPAN_MS } from '../harness/differential-data.js'
import { DifferentialQueries, shrunk, textOf, type QueryNode } from '../harness/differential-queries.js'
import { PROMETHEUS_MISSING, prometheusVersion, remoteWrite, startPrometheus } from '../harness/prometheus-server.js'
import { get, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const SEED = Number(process.env['PROMETHEUS_SEED'] ?? 1)
const QUERIES = Number(process.env['PROMETHEUS_QUERIES'] ?? 3_000)
const BUDGET_MS = Number(process.env['PROMETHEUS_BUDGET_MS'] ?? 80_000)
const AT_ONCE = 6
const FAILURES_SHOWN = 5
/** Sums are exact, and calculations differ in their last places; only differences of large numbers show more than that. */
const RELATIVE = 1e-8
const ABSOLUTE = 1e-6

/**
 * Where Debian's version, 2.42, answers and we, who follow version 3, refuse, or the other way round, for a reason.
 * Everything else of the two versions that differs is kept out of the data and the queries, see there: the left edge of windows,
 * which 2.42 counts in; how a counter that begins near zero is extrapolated; functions that came or went; the dot of regexes and newlines.
 */
const KNOWN: readonly { readonly ours: RegExp; readonly theirs: RegExp; readonly reason: string }[] = [
  {
    ours: /multiple matches for labels/,
    theirs: /^\{"status":"success"/,
    reason: 'since 3.9 several matches are an error even where the comparison drops them',
  },
]

const version = prometheusVersion()

t.test('the answers of a real Prometheus', { skip: version === undefined ? PROMETHEUS_MISSING : false, timeout: 300_000 }, async (t) => {
  t.comment(`${version}, seed ${SEED}`)
  const random = seeded(SEED)
  const data = differentialData(random)
  const theirs = await startPrometheus(t)
  await remoteWrite(theirs, data)
  const node = await startNode(t, { data: await temporaryFolder(t) })
  const cut = Math.floor(data.length / 2)
  for (const part of [data.slice(cut), data.slice(0, cut)]) await node.engine.import({ file: 'data', format: 'series', body: Readable.from([Buffer.from(seriesLines(part))]) })
  const servers: Servers = { ours: node.url, theirs }

  const queries = new DifferentialQueries(random)
  const counts = { asked: 0, answered: 0 }
  const failures: Failure[] = []
  const began = Date.now()
  const work = async (): Promise<void> => {
    while (counts.asked < QUERIES && Date.now() - began < BUDGET_MS && failures.length < FAILURES_SHOWN) {
      counts.asked++
      const query = queries.query()
      const path = pathOf(random.below(SPAN_MS / 10_000), random.below(20) * random.below(2))
      const { fault, series } = await compared(servers, query, path)
      if (series > 0) counts.answered++
      if (fault !== undefined) failures.push({ query, path, fault })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  for (const failure of failures) t.fail(await smallest(servers, failure))
  t.comment(`${counts.asked} queries in ${Date.now() - began} ms, ${counts.answered} with series in the answer`)
  t.ok(counts.answered > counts.asked / 3, 'a good part of the queries have answers')
})

interface Servers {
  readonly ours: string
  readonly theirs: string
}

interface Failure {
  readonly query: QueryNode
  readonly path: string
  readonly fault: string
}

/** What is asked beside the query: an instant 1 s after a multiple of 10 s, or so many steps after it. */
function pathOf(tens: number, steps: number): string {
  const start = FIRST_MS / 1000 + tens * 10 + 1
  return steps === 0 ? `/api/v1/query?time=${start}` : `/api/v1/query_range?start=${start}&end=${start + 50 * steps}&step=50`
}

async function smallest(servers: Servers, failure: Failure): Promise<string> {
  let { query, fault } = failure
  for (let smaller: QueryNode | undefined = query; smaller !== undefined; ) {
    smaller = undefined
    for (const candidate of shrunk(query)) {
      const found = (await compared(servers, candidate, failure.path)).fault
      if (found === undefined) continue
      smaller = candidate
      query = candidate
      fault = found
      break
    }
  }
  return `${failure.path} ${textOf(query)}: ${fault} (seed ${SEED}, shrunk from ${textOf(failure.query)})`
}

interface Compared {
  readonly fault: string | undefined
  /** In both answers. */
  readonly series: number
}

async function compared(servers: Servers, query: QueryNode, path: string): Promise<Compared> {
  const text = textOf(query)
  const [route, search] = path.split('?')
  const parameters = { query: text, ...Object.fromEntries(new URLSearchParams(search)) }
  const [ours, theirs] = await Promise.all([get(servers.ours, route, parameters), get(servers.theirs, route, parameters)])
  if (KNOWN.some((known) => known.ours.test(ours.text) && known.theirs.test(theirs.text))) return { fault: undefined, series: 0 }
  if ((ours.status === 200) !== (theirs.status === 200)) return { fault: `${ours.text.slice(0, 300)}, Prometheus ${theirs.text.slice(0, 300)}`, series: 0 }
  if (ours.status !== 200) return { fault: undefined, series: 0 }
  const [a, b] = [answerOf(ours.text), answerOf(theirs.text)]
  const isRanking = /^(topk|bottomk)\b/.test(text)
  return { fault: a.type === b.type ? seriesFault(isRanking ? ranked(a) : a.series, isRanking ? ranked(b) : b.series) : `a ${a.type}, Prometheus a ${b.type}`, series: b.series.size }
}

type Points = ReadonlyMap<number, string>

interface Answer {
  readonly type: string
  readonly series: ReadonlyMap<string, Points>
}

function answerOf(text: string): Answer {
  const { resultType, result } = JSON.parse(text).data
  if (resultType === 'scalar') return { type: resultType, series: new Map([['', new Map([result])]]) }
  const rows: readonly { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[] = result
  const keyOf = (metric: Record<string, string>): string => JSON.stringify(Object.entries(metric).sort(([x], [y]) => (x < y ? -1 : 1)))
  return { type: resultType, series: new Map(rows.map(({ metric, value, values }) => [keyOf(metric), new Map(values ?? (value === undefined ? [] : [value]))])) }
}

/** Which of equal series are the greatest is left open: the values at each time, in order, stand for them. */
function ranked({ series }: Answer): ReadonlyMap<string, Points> {
  const byTime = new Map<number, string[]>()
  for (const points of series.values()) for (const [time, value] of points) byTime.set(time, [...(byTime.get(time) ?? []), value])
  const places = new Map<string, Map<number, string>>()
  for (const [time, values] of byTime) {
    values.sort((a, b) => numberOf(a) - numberOf(b) || (a < b ? -1 : 1)).forEach((value, place) => places.set(`place ${place}`, (places.get(`place ${place}`) ?? new Map()).set(time, value)))
  }
  return places
}

function seriesFault(ours: ReadonlyMap<string, Points>, theirs: ReadonlyMap<string, Points>): string | undefined {
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    const [a, b] = [ours.get(key), theirs.get(key)]
    if (a === undefined || b === undefined) return `${key} is ${a === undefined ? 'missing' : 'too many'}: ${JSON.stringify([...(a ?? b ?? [])]).slice(0, 200)}`
    for (const time of new Set([...b.keys(), ...a.keys()])) {
      const [x, y] = [a.get(time), b.get(time)]
      if (x === undefined || y === undefined || !isNear(numberOf(x), numberOf(y))) return `${key} at ${time}: ${x}, Prometheus ${y}`
    }
  }
  return undefined
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}

function isNear(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(a), Math.abs(b))
}
