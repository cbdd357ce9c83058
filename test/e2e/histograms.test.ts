/** Native histograms through a whole node, units in threads: the answers of a query carried through the rooms in one thread, to the bit. */
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { open } from '../../actors/main.js'
import { importFile } from '../../src/ingest/ingest.js'
import type { Data, QueryRequest } from '../../src/model/event.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { exactPoints, pointDifferences } from '../harness/exact.js'
import { openLake } from '../harness/lake.js'
import { histogramSeries } from '../harness/random-histograms.js'
import { bytesOf } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'
import { answerStraight, TEST_FEATURES } from '../harness/straight.js'

t.setTimeout(600_000)

const T0 = 1_704_067_200_000
const RANGE: QueryRequest['when'] = { kind: 'range', startNs: BigInt(T0) * 1_000_000n, endNs: BigInt(T0 + 1_800_000) * 1_000_000n, stepMs: 45_000 }
const INSTANT: QueryRequest['when'] = { kind: 'instant', timeNs: BigInt(T0 + 900_000) * 1_000_000n }

const QUERIES: readonly (readonly [string, QueryRequest['when']])[] = [
  ['h', RANGE],
  ['rate(h[3m])', RANGE],
  ['last_over_time({__name__=~"h|f"}[1m])', RANGE],
  ['sum_over_time(h[2m])', RANGE],
  ['sum by (job) (h)', RANGE],
  ['avg(h)', RANGE],
  ['count(h) + max(f)', RANGE],
  ['histogram_count(sum by (job) (h))', RANGE],
  ['histogram_sum(avg_over_time(h[4m]))', RANGE],
  ['sum_over_time(rate(h[2m])[5m:30s])', RANGE],
  ['histogram_quantile(scalar(f{job="a"}), h)', RANGE],
  ['quantile_over_time(scalar(f{job="a"}), h[2m])', RANGE],
  ['h[10m]', INSTANT],
  ['{__name__=~"h|f"}', INSTANT],
]

t.test('a node with threads answers as one thread does', async (t) => {
  const [files, data] = [[fileOf(seeded(5)), fileOf(seeded(6))], await temporaryFolder(t)]
  const lake = await openLake(t)
  const engine = await open({ data, features: [...TEST_FEATURES] })
  t.teardown(() => engine.close())
  for (const [at, body] of files.entries()) {
    const request = { file: `file ${at}`, format: 'series', organisation: 'default' } as const
    const [report, ours] = [await engine.import({ ...request, body: bytesOf(body) }), await importFile({ ...request, body: bytesOf(body) }, lake.parts)]
    t.equal(report.samples, ours.samples)
  }
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: data, threads: 1 })
  let histograms = 0
  const told = new Set<string>()
  for (const [text, when] of QUERIES) {
    const request: QueryRequest = { language: 'promql', text, when }
    const results: Data[] = []
    const remarks: string[] = []
    for await (const event of engine.query(request)) {
      if (event.type === 'data') results.push(event.data)
      if (event.type === 'warning') remarks.push(event.message)
      if (event.type === 'error') t.fail(`${text}: ${event.error.message}`)
    }
    const straight = await answerStraight({ lake, duckdb, request, limits: DEFAULT_LIMITS })
    const [points, expected] = [exactPoints(results), exactPoints(straight.results)]
    t.same(pointDifferences(points, expected).slice(0, 5), [], text)
    t.same(remarks.sort(), straight.remarks.map(({ message }) => message).sort(), `${text}: remarks`)
    t.ok(points.size > 0 || remarks.length > 0, `${text} has an answer`)
    for (const point of points.values()) histograms += Number(point.startsWith('{'))
    for (const remark of remarks) told.add(remark.slice(0, 60))
  }
  t.ok(histograms > 500, `${histograms} histograms were answered`)
  t.ok([...told].some((text) => text.includes('conflicting counter resets')), [...told].join('; '))
  duckdb.close()
})

/** Twelve series of histograms, some with floats between, and three of floats, in the format `series`. */
function fileOf(random: Seeded): string {
  const lines: string[] = []
  for (let pod = 0; pod < 15; pod++) {
    const [values, isFloat] = [histogramSeries(random), pod % 5 === 0]
    const v = Array.from({ length: 120 }, () => (isFloat ? random.next() : random.below(30) === 0 ? 'stale' : pod % 4 === 0 && random.below(20) === 0 ? 1 : spelled(values.next().value)))
    const t = v.map((_, i) => T0 + i * 15_000 + random.below(3))
    lines.push(`${JSON.stringify({ labels: { __name__: isFloat ? 'f' : 'h', job: 'abc'[pod % 3], pod: `p${pod}` }, t, v })}\n`)
  }
  return lines.join('')
}

function spelled(h: NativeHistogram): unknown {
  const number = (value: number): number | string => (Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')
  const spans = (of: NativeHistogram['positiveSpans']) => of.map(({ offset, length }) => [offset, length])
  return {
    schema: h.schema, count: h.count, sum: number(h.sum), zero_threshold: h.zeroThreshold, zero_count: h.zeroCount,
    positive_spans: spans(h.positiveSpans), positive_buckets: [...h.positive], negative_spans: spans(h.negativeSpans), negative_buckets: [...h.negative],
    custom_values: [...h.customBounds], counter_reset_hint: { unknown: 'unknown', reset: 'reset', notReset: 'not_reset', gauge: 'gauge' }[h.hint],
  }
}
