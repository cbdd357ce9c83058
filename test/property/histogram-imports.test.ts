/** Native histograms, start times, types and units through imports: the format `series`, OpenMetrics 2.0, series in memory. */
import t, { type Test } from 'tap'
import { importFile, importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import { readFeatures } from '../../src/language/language.js'
import type { ImportFormat } from '../../src/model/engine.js'
import { samplesWorth, type BucketSpan, type NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom, labelsKey, labelsObject } from '../../src/model/labels.js'
import { HISTOGRAM_COLUMNS, METRIC_COLUMNS, openDuckdb, parquetSource, START_COLUMN, type Duckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { openLake, readMetrics, sameSeries, sampleText, type Lake, type Series } from '../harness/lake.js'
import { histogramSeries, randomHistogram } from '../harness/random-histograms.js'
import { rejectsWith } from '../harness/rejects.js'

// Only a test that hangs should meet it: the machine may be busy with other tests.
t.setTimeout(180_000)

const SEEDS = 12
const START_MS = 1_700_000_000_000

t.test('random series of floats, histograms and staleness markers come back as they were', async (test) => {
  const duckdb = await duckdbFor(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const lake = await openLake(test, { importBufferSamplesMax: seed % 2 === 0 ? 100_000 : 3_000 })
    const given = Array.from({ length: 1 + random.below(12) }, (_, n) => randomSamples(random, n))
    if (random.below(3) === 0) await importSeries(given, { file: 'memory' }, lake.parts)
    else await importText(lake, 'series', given.map((each) => `${jsonLine(each)}\n`).join(''))
    sameSeries(test, await readSeries(duckdb, lake), textsOf(given), `seed ${seed}`)
    for (const segment of lake.published.flat()) {
      test.equal((segment.layout & 0x100) !== 0, await some(duckdb, lake, segment, HISTOGRAM_COLUMNS.at), `seed ${seed}: layout ${segment.layout} tells of histograms`)
      test.equal((segment.layout & 0x200) !== 0, await some(duckdb, lake, segment, START_COLUMN), `seed ${seed}: layout ${segment.layout} tells of start times`)
    }
  }
})

t.test('of two samples at one time in a file the later one stays, with all that belongs to it', async (test) => {
  const duckdb = await duckdbFor(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const lake = await openLake(test)
    const { labels, t: times, v, stale, histograms, startTimes } = randomSamples(random, 0)
    const order = Array.from({ length: 3 * times.length }, () => random.below(times.length))
    const values = histogramSeries(random)
    // Each time comes with values of its own whenever it comes.
    const redrawn = new Map(order.flatMap((from, i) => (histograms?.has(from) === true && random.below(4) > 0 ? [[i, values.next().value] as const] : [])))
    const given: SeriesSamples = {
      labels,
      t: Float64Array.from(order, (from) => times[from]),
      v: Float64Array.from(order, (from, i) => v[from] + i),
      stale: Uint8Array.from(order, (from, i) => (redrawn.has(i) ? 0 : (stale?.[from] ?? 0))),
      histograms: redrawn,
      startTimes: Float64Array.from(order, (from) => startTimes?.[from] ?? 0),
    }
    await importSeries([given], { file: 'memory' }, lake.parts)
    sameSeries(test, await readSeries(duckdb, lake), textsOf([given]), `seed ${seed}`)
  }
})

t.test('any reader of Parquet understands the columns of histograms', async (test) => {
  const duckdb = await duckdbFor(test)
  const lake = await openLake(test)
  const h = {
    schema: 3, count: 12, sum: 5.5, zero_threshold: 0.001, zero_count: 2, positive_spans: [[-2, 2], [3, 1]], positive_buckets: [1, 2, 3],
    negative_spans: [[0, 1]], negative_buckets: [4], counter_reset_hint: 'gauge',
  }
  const custom = { schema: -53, count: 3, sum: 'NaN', positive_spans: [[0, 2]], positive_buckets: [1, 2], custom_values: [0.5, 2.5] }
  await importText(lake, 'series', `${JSON.stringify({ labels: { __name__: 'h' }, t: [1000, 2000, 3000, 4500], v: [1.5, h, 'stale', custom], st: [0, 500, 0, 2500] })}\n`)
  const [segment] = lake.published.flat()
  const columns = [METRIC_COLUMNS.ts, METRIC_COLUMNS.value, METRIC_COLUMNS.stale, START_COLUMN, ...Object.values(HISTOGRAM_COLUMNS)]
  const [row] = await duckdb.rows(`SELECT to_json({${columns.map((name) => `'${name}': "${name}"`).join(', ')}}) AS row FROM ${parquetSource(lake.path(segment))}`)
  test.same(JSON.parse(String(row['row']).replaceAll('NaN', 'null')), {
    ts: [1000, 2000, 3000, 4500], value: [1.5, 5.5, null, null], stale: [2], start_ts: [0, 500, 0, 2500], hist_at: [1, 3], hist_schema: [3, -53], hist_hint: [3, 0],
    hist_sizes: [2, 1, 0, 1, 0, 2], hist_spans: [-2, 2, 3, 1, 0, 1, 0, 2], hist_count: [12, 3], hist_zero_threshold: [0.001, 0], hist_zero_count: [2, 0],
    hist_buckets: [1, 2, 3, 4, 1, 2], hist_bounds: [0.5, 2.5],
  })
})

t.test('histograms fill the buffer by their size', async (test) => {
  const lake = await openLake(test, { importBufferSamplesMax: 2000, segmentJoinedSamplesMax: 1 })
  const histogram = randomHistogram(seeded(5))
  const size = 1000
  const one = (n: number): SeriesSamples => ({
    labels: labelsFrom([['__name__', `m${n}`]]),
    t: Float64Array.from({ length: size }, (_, i) => START_MS + i * 1000),
    v: new Float64Array(size),
    histograms: new Map(Array.from({ length: size }, (_, i) => [i, histogram])),
  })
  test.ok(samplesWorth(histogram) > 10)
  await importSeries([one(1), one(2), one(3)], { file: 'memory' }, lake.parts)
  test.ok(lake.published.flat().every(({ samples }) => samples <= size), 'each series was flushed by itself')
})

const WHOLE = 'count:3,sum:1.5,schema:0,zero_threshold:0.001,zero_count:1'

t.test('composite values and start timestamps of OpenMetrics 2.0', async (test) => {
  const duckdb = await duckdbFor(test)
  const lake = await openLake(test)
  const text = [
    '# TYPE h histogram',
    `h{a="b"} {${WHOLE},positive_spans:[-1:1,2:1],positive_buckets:[1,1],bucket:[0.5:1,1:2,+Inf:3]} 100 st@50 # {x="y"} 1 99 # {x="z"} 2 99.5`,
    `h2 {${WHOLE},negative_spans:[0:1],negative_buckets:[2]} 100.5`,
    'g {gcount:2,gsum:-Inf,schema:-4,zero_threshold:0,zero_count:0.5,positive_spans:[7:2],positive_buckets:[0.5,1]} 100',
    's{a="b"} {count:4,sum:10,quantile:[0.5:1.5,0.999:NaN]} 100 st@1.25',
    'c_total 17 100 st@50.123 # {} 1 1',
    'c_created 50.123 100',
    'plain {a="b"} 5 100',
    '# EOF',
  ]
  await importText(lake, 'openmetrics', text.join('\n'))
  const base = { hint: 'unknown', schema: 0, count: 3, sum: 1.5, zeroThreshold: 0.001, zeroCount: 1, customBounds: new Float64Array(0) } as const
  const none = { positiveSpans: [], positive: new Float64Array(0), negativeSpans: [], negative: new Float64Array(0) }
  const expected: Series = new Map()
  const add = (labels: Record<string, string>, ms: number, value: number | NativeHistogram, startMs = 0): void => {
    const one = typeof value === 'number' ? sampleText(value, false, undefined, startMs) : sampleText(0, false, value, startMs)
    expected.set(labelsKey(labelsFrom(Object.entries(labels))), new Map([[ms, one]]))
  }
  add({ __name__: 'h', a: 'b' }, 100_000, { ...base, ...none, positiveSpans: [{ offset: -1, length: 1 }, { offset: 2, length: 1 }], positive: Float64Array.of(1, 1) }, 50_000)
  add({ __name__: 'h_bucket', a: 'b', le: '0.5' }, 100_000, 1, 50_000)
  add({ __name__: 'h_bucket', a: 'b', le: '1.0' }, 100_000, 2, 50_000)
  add({ __name__: 'h_bucket', a: 'b', le: '+Inf' }, 100_000, 3, 50_000)
  add({ __name__: 'h_count', a: 'b' }, 100_000, 3, 50_000)
  add({ __name__: 'h_sum', a: 'b' }, 100_000, 1.5, 50_000)
  add({ __name__: 'h2' }, 100_500, { ...base, ...none, negativeSpans: [{ offset: 0, length: 1 }], negative: Float64Array.of(2) })
  const gauge = { ...base, ...none, hint: 'gauge', schema: -4, count: 2, sum: -Infinity, zeroThreshold: 0, zeroCount: 0.5 } as const
  add({ __name__: 'g' }, 100_000, { ...gauge, positiveSpans: [{ offset: 7, length: 2 }], positive: Float64Array.of(0.5, 1) })
  add({ __name__: 's', a: 'b', quantile: '0.5' }, 100_000, 1.5, 1250)
  add({ __name__: 's', a: 'b', quantile: '0.999' }, 100_000, NaN, 1250)
  add({ __name__: 's_count', a: 'b' }, 100_000, 4, 1250)
  add({ __name__: 's_sum', a: 'b' }, 100_000, 10, 1250)
  add({ __name__: 'c_total' }, 100_000, 17, 50_123)
  add({ __name__: 'c_created' }, 100_000, 50.123)
  add({ __name__: 'plain', a: 'b' }, 100_000, 5)
  sameSeries(test, await readSeries(duckdb, lake), expected, 'composite values')
})

t.test('what is no histogram is refused with file, line and reason', async (test) => {
  const faults: readonly (readonly [ImportFormat, string, RegExp])[] = [
    ['series', seriesLine({ sum: 1 }), /^text, line 2: key "count" of a histogram is missing/],
    ['series', seriesLine({ count: 1, sum: 1, buckets: [] }), /^text, line 2: unknown key "buckets" of a histogram/],
    ['series', seriesLine({ count: 1, sum: 1, schema: 9 }), /^text, line 2: no histogram: the schema 9 is not one from -4 to 8/],
    ['series', seriesLine({ count: -1, sum: 1 }), /^text, line 2: no histogram: the count -1 is negative/],
    ['series', seriesLine({ count: 1, sum: 1, positive_spans: [[0, 2]], positive_buckets: [1] }), /the positive spans are for 2 buckets, there are 1/],
    ['series', seriesLine({ count: 1, sum: 1, positive_spans: [[0.5, 1]], positive_buckets: [1] }), /0\.5 of a span is not a whole number/],
    ['series', seriesLine({ count: 1, sum: 1, positive_spans: [[0]], positive_buckets: [] }), /a span of positive_spans is \[offset, length\], not 1 numbers/],
    ['series', seriesLine({ count: 1, sum: 'much' }), /sum "much" is not one of NaN, \+Inf, -Inf/],
    ['series', seriesLine({ count: 1, sum: 1, counter_reset_hint: 'maybe' }), /counter_reset_hint "maybe" is not one of unknown, reset, not_reset, gauge/],
    ['series', '{"labels":{},"t":[1,2],"v":[1,2],"st":[0]}', /^text, line 2: 2 times in t but 1 in st/],
    ['series', '{"labels":{},"t":[1],"v":[1],"st":[0.5]}', /time 0\.5 is not a whole number of ms/],
    ['openmetrics', 'm{count:1} 1 1', /malformed labels/],
    ['openmetrics', 'm {count:1} 1', /^text, line 2: field sum of a composite value is missing/],
    ['openmetrics', 'm {count:1,sum:1} 1', /has one of the fields schema, bucket and quantile/],
    ['openmetrics', 'm {count:1,sum:1,schema:0} 1', /field zero_threshold of a native histogram is missing/],
    ['openmetrics', 'm {count:1,sum:1,schema:-53,zero_threshold:0,zero_count:0} 1', /the schema -53 is not one from -4 to 8/],
    ['openmetrics', `m {${WHOLE},positive_spans:[0:1]} 1`, /the positive spans are for 1 buckets, there are 0/],
    ['openmetrics', `m {${WHOLE},count:1} 1`, /field count of a composite value comes twice/],
    ['openmetrics', `m {${WHOLE},gcount:1} 1`, /fields count and gcount of a composite value exclude each other/],
    ['openmetrics', `m {${WHOLE},more:1} 1`, /unknown field more/],
    ['openmetrics', `m {${WHOLE}, } 1`, /malformed composite value at " "/],
    ['openmetrics', `m {${WHOLE},} 1`, /ends with a comma/],
    ['openmetrics', `m {${WHOLE} 1`, /"}" is missing/],
    ['openmetrics', `m {${WHOLE}}`, /no timestamp/],
    ['openmetrics', 'm {count:1,sum:1,bucket:[1:1]} 1', /the last bucket of a histogram is the one up to \+Inf/],
    ['openmetrics', 'm {count:1,sum:1,zero_count:1,bucket:[+Inf:1]} 1', /field zero_count of a composite value needs the field schema/],
    ['openmetrics', 'm 1 1 st@x', /timestamp "x" is not a number/],
    ['openmetrics', 'm 1 1 st@', /unexpected "st@" behind the timestamp/],
    ['openmetrics', 'm 1 1 # {} 1 1 # {a=} 1', /malformed labels/],
  ]
  for (const [format, line, message] of faults) {
    const lake = await openLake(test)
    const good = format === 'series' ? '{"labels":{"a":"b"},"t":[1],"v":[1]}\n' : 'm 1 1\n'
    await rejectsWith(test, importText(lake, format, `${good}${line}\n`), 'bad_query', message)
    test.same(lake.published, [], `nothing is published: ${line}`)
  }
  const lake = await openLake(test)
  const broken = { ...randomHistogram(seeded(1)), count: -1 }
  const given = { labels: labelsFrom([['a', 'b']]), t: Float64Array.of(1), v: Float64Array.of(1), histograms: new Map([[0, broken]]) }
  await rejectsWith(test, importSeries([given], { file: 'memory' }, lake.parts), 'bad_query', /the count -1 is negative/)
  const marked = { ...given, stale: Uint8Array.of(1), histograms: new Map([[0, randomHistogram(seeded(1))]]) }
  await rejectsWith(test, importSeries([marked], { file: 'memory' }, lake.parts), 'bad_query', /sample 0 is a histogram and a staleness marker/)
})

t.test('types and units become labels where that is enabled', async (test) => {
  const duckdb = await duckdbFor(test)
  const text = [
    'before 1 1', '# HELP c_total Things.', '# TYPE c_total counter', '# UNIT c_total bytes', 'c_total{a="b"} 1 1', 'c_total{__type__="gauge",__unit__="s"} 2 1',
    '# TYPE h histogram', `h {${WHOLE},bucket:[+Inf:3]} 1`, 'h_other 1 1', '# TYPE g gauge', 'g_bucket 1 1', 'g 1 1', '# TYPE u unknown', '# UNIT u seconds', 'u 1 1',
    '# TYPE "with space" gauge', '{"with space"} 1 1', '# TYPE old counter', 'old_total 1 1', 'c_total{a="b"} 3 2',
  ].join('\n')
  const keysWith = async (features: readonly string[]): Promise<readonly string[]> => {
    const lake = await openLake(test)
    await importText({ ...lake, parts: { ...lake.parts, features: readFeatures(features) } }, 'openmetrics', text)
    return [...(await readSeries(duckdb, lake)).keys()]
  }
  const key = (name: string, ...more: readonly (readonly [string, string])[]): string => labelsKey(labelsFrom([['__name__', name], ...more]))
  const counter = [['__type__', 'counter'], ['__unit__', 'bytes']] as const
  const histogram = ['__type__', 'histogram'] as const
  test.same((await keysWith(['type-and-unit-labels'])).toSorted(), [
    key('before'), key('c_total', ['a', 'b'], ...counter), key('c_total', ...counter), key('h', histogram), key('h_bucket', ['le', '+Inf'], histogram),
    key('h_count', histogram), key('h_sum', histogram), key('h_other'), key('g_bucket'), key('g', ['__type__', 'gauge']), key('u', ['__unit__', 'seconds']),
    key('with space', ['__type__', 'gauge']), key('old_total', ['__type__', 'counter']), key('c_total', ['a', 'b']),
  ].toSorted())
  const plain = await keysWith([])
  test.ok(plain.includes(key('c_total', ['__type__', 'gauge'], ['__unit__', 's'])) && plain.includes(key('h')), 'and are left alone where it is not')
  const lake = await openLake(test)
  const parts = { ...lake.parts, features: readFeatures(['type-and-unit-labels']) }
  await rejectsWith(test, importText({ ...lake, parts }, 'openmetrics', '# TYPE a kounter\n'), 'bad_query', /^text, line 1: unknown type "kounter" of a metric/)
})

function seriesLine(histogram: object): string {
  return JSON.stringify({ labels: {}, t: [1], v: [histogram] })
}

/** Times ascending. Kinds mixed in a third of the series; every fifth has no histogram, every third no start times. */
function randomSamples(random: Seeded, n: number): SeriesSamples {
  const size = 1 + random.below(150)
  const values = histogramSeries(random)
  const floats = random.below(3) === 0
  const stale = Uint8Array.from({ length: size }, () => (random.below(20) === 0 ? 1 : 0))
  const isHistogram = (i: number): boolean => n % 5 !== 4 && stale[i] === 0 && !(floats && random.below(3) === 0)
  const histograms = new Map(Array.from({ length: size }, (_, i) => i).flatMap((i) => (isHistogram(i) ? [[i, values.next().value] as const] : [])))
  const times = Float64Array.from({ length: size }, (_, i) => START_MS + i * 15_000 + random.below(1000))
  return {
    labels: labelsFrom([['__name__', n % 2 === 0 ? 'a' : 'b'], ['n', String(n)]]),
    t: times,
    v: times.map(() => random.next()),
    stale,
    histograms,
    ...(n % 3 === 2 ? {} : { startTimes: times.map((time) => (random.below(3) === 0 ? 0 : time - random.below(2 ** 33))) }),
  }
}

function jsonLine({ labels, t: times, v, stale, histograms, startTimes }: SeriesSamples): string {
  const number = (value: number): number | string => (Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')
  const values = Array.from(v, (value, i) => {
    const histogram = histograms?.get(i)
    return stale?.[i] === 1 ? 'stale' : histogram === undefined ? number(value) : jsonHistogram(histogram, number)
  })
  const line = { labels: labelsObject(labels), t: [...times], v: values, ...(startTimes === undefined ? {} : { st: [...startTimes] }) }
  return JSON.stringify(line).replaceAll('"-0"', '-0')
}

function jsonHistogram(h: NativeHistogram, number: (value: number) => number | string): object {
  const spans = (of: readonly BucketSpan[]): readonly (readonly number[])[] => of.map(({ offset, length }) => [offset, length])
  return {
    schema: h.schema, count: h.count, sum: Object.is(h.sum, -0) ? '-0' : number(h.sum), zero_threshold: h.zeroThreshold, zero_count: h.zeroCount,
    positive_spans: spans(h.positiveSpans), positive_buckets: [...h.positive], negative_spans: spans(h.negativeSpans), negative_buckets: [...h.negative],
    custom_values: [...h.customBounds], counter_reset_hint: h.hint === 'notReset' ? 'not_reset' : h.hint,
  }
}

/** The last of each time. */
function textsOf(given: readonly SeriesSamples[]): Series {
  const series: Series = new Map()
  for (const { labels, t: times, v, stale, histograms, startTimes } of given) {
    series.set(labelsKey(labels), new Map(Array.from(times, (time, i) => [time, sampleText(v[i], stale?.[i] === 1, histograms?.get(i), startTimes?.[i])])))
  }
  return series
}

async function duckdbFor(test: Test): Promise<Duckdb> {
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: '', threads: 1 })
  test.teardown(() => duckdb.close())
  return duckdb
}

async function some(duckdb: Duckdb, lake: Lake, segment: Parameters<Lake['path']>[0], column: string): Promise<boolean> {
  const source = parquetSource(lake.path(segment))
  const columns = await duckdb.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${source})`)
  if (!columns.some((row) => row['column_name'] === column)) return false
  const [found] = await duckdb.rows(`SELECT count("${column}") > 0 AS some FROM ${source}`)
  return found['some'] === true
}

async function readSeries(duckdb: Duckdb, lake: Lake): Promise<Series> {
  const found: Series = new Map()
  for (const segment of lake.published.flat()) await readMetrics(duckdb, lake.path(segment), segment.columns, found)
  return found
}

async function importText(lake: Lake, format: ImportFormat, text: string): Promise<unknown> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text)
  }
  return importFile({ file: 'text', format, body: body() }, lake.parts)
}
