/** Compares answers over HTTP with answers that a real Prometheus and a real Loki gave over the same data. */

/** The outcome of one query of a corpus. */
export type Verdict = { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly reason: string } | { readonly kind: 'skipped'; readonly missing: string }

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

export type Ask = (path: string, parameters: Readonly<Record<string, string>>, organisation?: string) => Promise<HttpAnswer>

type Point = readonly [time: number, value: string]

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly values?: readonly Point[]
  readonly value?: Point
}

interface Stream {
  readonly stream: Readonly<Record<string, string>>
  readonly values: readonly (readonly [ns: string, line: string])[]
}

export interface PrometheusCase {
  readonly query: string
  readonly should_fail: boolean
  readonly http: number
  readonly result: readonly Series[]
}

export interface LokiCase {
  readonly id: string
  readonly dataset: string
  readonly endpoint: 'query_range' | 'query'
  readonly params: Readonly<Record<string, string>>
  readonly status: number
  readonly resultType: 'streams' | 'matrix' | 'vector'
  readonly result: readonly Series[] | readonly Stream[]
}

const PASSED: Verdict = { kind: 'passed' }

/** The grid of real-prometheus-3.14.ndjson. */
const PROMETHEUS_GRID = { start: '1704071880', end: '1704072480', step: '10' }

function exactSeriesFault(actual: readonly Series[], expected: readonly Series[]): string | undefined {
  const [ours, theirs] = [actual, expected].map((list) => list.map((series) => JSON.stringify([labelKey(series.metric), pointsOf(series)])))
  const at = theirs.findIndex((text, place) => text !== ours[place])
  if (at >= 0) return `series ${at}: ${ours[at]?.slice(0, 300)}, not ${theirs[at].slice(0, 300)}`
  return ours.length > theirs.length ? `${ours[theirs.length].slice(0, 300)} is too many` : undefined
}

export async function judgePrometheus(expected: PrometheusCase, ask: Ask): Promise<Verdict> {
  const { status, text } = await ask('/api/v1/query_range', { query: expected.query, ...PROMETHEUS_GRID })
  if (expected.should_fail) return status === expected.http ? PASSED : failed(`answered ${status}, must be refused with ${expected.http}`)
  if (status !== 200) return refused(status, text)
  const { result } = JSON.parse(text).data as { result: readonly Series[] }
  return verdict(exactSeriesFault(result, expected.result))
}

export async function judgeLoki(expected: LokiCase, ask: Ask): Promise<Verdict> {
  const { status, text } = await ask(`/loki/api/v1/${expected.endpoint}`, expected.params, expected.dataset)
  if (expected.status !== 200) return status === expected.status ? PASSED : failed(`answered ${status}, must be refused with ${expected.status}`)
  if (status !== 200) return refused(status, text)
  const { resultType, result } = JSON.parse(text).data
  if (resultType !== expected.resultType) return failed(`answered a ${resultType}, not a ${expected.resultType}`)
  if (expected.resultType !== 'streams') return verdict(seriesFault(result, expected.result as readonly Series[], 1e-6))
  return verdict(streamsFault(result, expected.result as readonly Stream[], expected.params))
}

function failed(reason: string): Verdict {
  return { kind: 'failed', reason }
}

function verdict(fault: string | undefined): Verdict {
  return fault === undefined ? PASSED : failed(fault)
}

/** What is not supported yet says so; anything else that is refused is a failure. */
function refused(status: number, text: string): Verdict {
  const missing = missingIn(text)
  return missing === undefined ? failed(`answered ${status}: ${text.trim()}`) : { kind: 'skipped', missing: missing.replaceAll('\\"', '"') }
}

/** What a message says is not supported yet, if it says so. */
export function missingIn(message: string): string | undefined {
  return /([^:]*?) (?:is|are|which are) not supported yet/.exec(message)?.[1].trim()
}

/** Label sets and timestamps exactly, values within a fraction. */
export function seriesFault(actual: readonly Series[], expected: readonly Series[], tolerance: number): string | undefined {
  const byLabels = new Map(actual.map((series) => [labelKey(series.metric), series]))
  if (byLabels.size !== actual.length) return 'a label set is answered twice'
  for (const series of expected) {
    const key = labelKey(series.metric)
    const own = byLabels.get(key)
    if (own === undefined) return `${key} is missing`
    const fault = pointsFault(pointsOf(own), pointsOf(series), tolerance)
    if (fault !== undefined) return `${key}: ${fault}`
    byLabels.delete(key)
  }
  const [extra] = byLabels.keys()
  return extra === undefined ? undefined : `${extra} is too many`
}

function pointsOf(series: Series): readonly Point[] {
  return series.values ?? (series.value === undefined ? [] : [series.value])
}

function pointsFault(actual: readonly Point[], expected: readonly Point[], tolerance: number): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} points, not ${expected.length}`
  for (const [i, [time, value]] of expected.entries()) {
    if (actual[i][0] !== time) return `a point at ${actual[i][0]}, not at ${time}`
    if (!isNear(actual[i][1], value, tolerance)) return `${actual[i][1]} at ${time}, not ${value}`
  }
  return undefined
}

function isNear(actual: string, expected: string, tolerance: number): boolean {
  if (actual === expected) return true
  const [a, b] = [actual, expected].map((text) => Number(text.replace('Inf', 'Infinity')))
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}

/**
 * Entries of each stream in their order. Of a query that met its limit Loki gives entries of one timestamp in no order that
 * repeats: they count as a set then, and of those at the last timestamp any will do.
 */
function streamsFault(actual: readonly Stream[], expected: readonly Stream[], params: LokiCase['params']): string | undefined {
  const total = entriesOf(expected).length
  if (total < Number(params['limit'] ?? 100)) return exactFault(actual, expected)
  if (entriesOf(actual).length !== total) return `${entriesOf(actual).length} entries, not ${total}`
  const times = entriesOf(expected).map(([ns]) => BigInt(ns))
  const forward = params['direction'] === 'forward'
  const last = times.reduce((a, b) => (forward === a > b ? a : b))
  return exactFault(sortedBefore(actual, last), sortedBefore(expected, last)) ?? orderFault(actual, forward)
}

function orderFault(streams: readonly Stream[], forward: boolean): string | undefined {
  const wrong = streams.find(({ values }) => values.some(([ns], i) => i > 0 && ns !== values[i - 1][0] && BigInt(ns) > BigInt(values[i - 1][0]) !== forward))
  return wrong === undefined ? undefined : `${labelKey(wrong.stream)}: entries are not in time order`
}

function entriesOf(streams: readonly Stream[]): (readonly [string, string])[] {
  return streams.flatMap((stream) => stream.values)
}

function sortedBefore(streams: readonly Stream[], last: bigint): Stream[] {
  const kept = streams.map(({ stream, values }) => ({ stream, values: values.filter(([ns]) => BigInt(ns) !== last).sort(compareEntries) }))
  return kept.filter(({ values }) => values.length > 0)
}

function compareEntries([aNs, aLine]: readonly [string, string], [bNs, bLine]: readonly [string, string]): number {
  if (aNs !== bNs) return BigInt(aNs) < BigInt(bNs) ? -1 : 1
  return aLine < bLine ? -1 : aLine > bLine ? 1 : 0
}

function exactFault(actual: readonly Stream[], expected: readonly Stream[]): string | undefined {
  const byLabels = new Map(actual.map((stream) => [labelKey(stream.stream), stream.values]))
  if (byLabels.size !== actual.length) return 'a label set is answered twice'
  for (const { stream, values } of expected) {
    const key = labelKey(stream)
    const own = byLabels.get(key)
    if (own === undefined) return `${key} is missing`
    if (own.length !== values.length) return `${key}: ${own.length} entries, not ${values.length}`
    const wrong = values.findIndex(([ns, line], i) => own[i][0] !== ns || own[i][1] !== line)
    if (wrong !== -1) return `${key}: entry ${wrong} is ${JSON.stringify(own[wrong])}, not ${JSON.stringify(values[wrong])}`
    byLabels.delete(key)
  }
  const [extra] = byLabels.keys()
  return extra === undefined ? undefined : `${extra} is too many`
}

function labelKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
