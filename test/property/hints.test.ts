/**
 * Which reset hint a query sees hangs on the stored samples alone: not on imports and their order, windows, groups or units. Hints are worked
 * out here from the samples as they were made, by the rule of docs/decisions/0007-native-histograms.md, and compared with answers.
 */
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { prepare } from '../../actors/prepare.js'
import { importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import { detectReset, NO_FEATURES } from '../../src/language/language.js'
import { groupQuery, lookUp } from '../../src/lookup/lookup.js'
import type { Data, QueryRequest } from '../../src/model/event.js'
import type { NativeHistogram, ResetHint } from '../../src/model/histogram.js'
import { labelsFrom, labelValue } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { LookupRequest, Segment } from '../../src/model/segment.js'
import { stepTime } from '../../src/model/time.js'
import { layoutOf } from '../../src/segment/layout.js'
import { openDuckdb } from '../../src/segment/segment.js'
import { openLake } from '../harness/lake.js'
import { randomCuts } from '../harness/random-cuts.js'
import { histogramSeries } from '../harness/random-histograms.js'
import { temporaryFolder } from '../harness/servers.js'
import { answerStraight, runStraight } from '../harness/straight.js'

t.setTimeout(300_000)

const SEEDS = Number(process.env['HINT_SEEDS'] ?? 12)
const LOOKBACK_MS = 300_000
const START_MS = 1_700_000_000_000

t.test('hints are those of the stored samples', async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  const told = { unknown: 0, reset: 0, notReset: 0, gauge: 0 }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const series = Array.from({ length: 4 }, (_, id) => randomSeries(random, id))
    const lake = await openLake(t, { importBufferSamplesMax: 20_000 })
    for (const piece of inPieces(series, random)) await importSeries(piece, { file: 'piece' }, lake.parts)
    const expected = new Map(series.flatMap(hintsOf))
    for (const hint of expected.values()) told[hint]++
    const run = (request: QueryRequest) => runStraight(lake, duckdb, request, DEFAULT_LIMITS, randomCuts(random, 3))
    const atMs = START_MS + random.below(3_600_000)
    const rangeMs = 1_000 + random.below(2_000_000)
    const samples = hintsAnswered(await run({ language: 'promql', text: `h[${rangeMs}ms]`, when: { kind: 'instant', timeNs: BigInt(atMs) * 1_000_000n } }))
    const within = [...expected].filter(([place]) => timeOf(place) > atMs - rangeMs && timeOf(place) <= atMs)
    t.same([...samples].sort(), within.sort(), `seed ${seed}: samples of ${rangeMs} ms until ${atMs}`)
    const when = { kind: 'range', startNs: BigInt(atMs) * 1_000_000n, endNs: BigInt(atMs + 1_200_000) * 1_000_000n, stepMs: 17_000 } as const
    for (const [text, backMs] of [['h', LOOKBACK_MS], ['last_over_time(h[2m])', 120_000]] as const) {
      const steps = Array.from({ length: 71 }, (_, k) => atMs + k * 17_000)
      const newest = new Map(steps.flatMap((step) => series.flatMap((each) => newestHint(each, expected, step, backMs, text === 'h' ? 'ends' : 'skipped'))))
      t.same([...hintsAnswered(await run({ language: 'promql', text, when }))].sort(), [...newest].sort(), `seed ${seed}: ${text} from ${atMs}`)
    }
  }
  duckdb.close()
  t.ok(told.notReset > SEEDS && told.unknown > SEEDS && told.gauge > 0, JSON.stringify(told))
})

/** Histograms mostly, floats and staleness markers between; up to seven minutes apart, so that some lie beyond the lookback. */
function randomSeries(random: Seeded, id: number): SeriesSamples {
  const size = 20 + random.below(60)
  const t = new Float64Array(size)
  let now = START_MS + random.below(60_000)
  for (let i = 0; i < size; i++) {
    t[i] = now
    now += random.below(8) === 0 ? 290_000 + random.below(10) * 2_000 : random.below(4) === 0 ? LOOKBACK_MS : 1 + random.below(60_000)
  }
  const stale = Uint8Array.from(t, () => Number(random.below(15) === 0))
  const values = histogramSeries(random)
  const histograms = new Map([...t.keys()].flatMap((i) => (stale[i] === 1 || random.below(10) === 0 ? [] : [[i, values.next().value] as const])))
  return { labels: labelsFrom([['__name__', 'h'], ['id', String(id)]]), t, v: t.map(() => 1), stale, histograms }
}

/** Each sample in one of up to four imports; some of them earlier with another value too, which the later import takes the place of. */
function inPieces(series: readonly SeriesSamples[], random: Seeded): readonly (readonly SeriesSamples[])[] {
  const count = 1 + random.below(4)
  const home = series.map(({ t }) => Array.from(t, () => random.below(count)))
  return Array.from({ length: count }, (_, piece) =>
    series.flatMap((each, s) => {
      const kept = [...each.t.keys()].filter((i) => home[s][i] === piece || (home[s][i] > piece && random.below(6) === 0))
      return kept.length === 0 ? [] : [picked(each, kept, (i) => home[s][i] > piece)]
    }),
  ).filter((piece) => piece.length > 0)
}

function picked({ labels, t, v, stale, histograms }: SeriesSamples, kept: readonly number[], isFloat: (i: number) => boolean): SeriesSamples {
  const moved = kept.flatMap((i, at) => {
    const histogram = histograms?.get(i)
    return histogram === undefined || isFloat(i) ? [] : [[at, histogram] as const]
  })
  return {
    labels,
    t: Float64Array.from(kept, (i) => t[i]),
    v: Float64Array.from(kept, (i) => v[i]),
    stale: Uint8Array.from(kept, (i) => (isFloat(i) ? 0 : (stale?.[i] ?? 0))),
    histograms: new Map(moved),
  }
}

function hintsOf({ labels, t, histograms }: SeriesSamples): readonly (readonly [string, ResetHint])[] {
  return [...(histograms ?? [])].map(([i, current]) => {
    const previous = i > 0 && t[i] - t[i - 1] < LOOKBACK_MS ? histograms?.get(i - 1) : undefined
    const hint = current.hint === 'gauge' ? 'gauge' : previous !== undefined && isNext(previous, current) ? 'notReset' : 'unknown'
    return [`${labelValue(labels, 'id')} ${t[i]}`, hint] as const
  })
}

function isNext(a: NativeHistogram, b: NativeHistogram): boolean {
  const shape = ({ schema, zeroThreshold, customBounds }: NativeHistogram) => [schema, zeroThreshold, ...customBounds].join()
  return a.hint !== 'gauge' && b.hint !== 'reset' && shape(a) === shape(b) && !detectReset({ ...a, hint: 'unknown' }, { ...b, hint: 'unknown' })
}

/** The hint of the newest sample at a step, if that is a histogram; a staleness marker ends the series or is passed over. */
function newestHint(series: SeriesSamples, hints: ReadonlyMap<string, ResetHint>, step: number, backMs: number, marker: 'ends' | 'skipped') {
  const { labels, t, stale } = series
  const newest = t.findLast((time, i) => time <= step && (marker === 'ends' || stale?.[i] === 0))
  const id = labelValue(labels, 'id')
  const hint = newest === undefined || newest <= step - backMs ? undefined : hints.get(`${id} ${newest}`)
  return hint === undefined ? [] : [[`${id} ${step}`, hint] as const]
}

/** Hints by series and time: of a sample its own time, else that of the step. */
function hintsAnswered(results: readonly Data[]): ReadonlyMap<string, ResetHint> {
  const hints = new Map<string, ResetHint>()
  for (const data of results) {
    if (data.resultType === 'samples') {
      const { labels, starts, t, histograms } = data.runs
      labels.forEach((each, s) => {
        for (let i = starts[s]; i < starts[s + 1]; i++) {
          const histogram = histograms?.get(i)
          if (histogram !== undefined) hints.set(`${labelValue(each, 'id')} ${t[i]}`, histogram.hint)
        }
      })
    } else if (data.resultType === 'matrix' || data.resultType === 'vector') {
      const { labels, steps, histograms } = data.block
      for (const [cell, { hint }] of histograms ?? []) hints.set(`${labelValue(labels[Math.floor(cell / steps)], 'id')} ${stepTime(data.grid, cell % steps)}`, hint)
    }
  }
  return hints
}

function timeOf(place: string): number {
  return Number(place.split(' ')[1])
}

const COUNTS: NativeHistogram = {
  hint: 'unknown', schema: 0, zeroThreshold: 0, zeroCount: 0, count: 0, sum: 0, positiveSpans: [{ offset: 0, length: 1 }],
  positive: new Float64Array(1), negativeSpans: [], negative: new Float64Array(0), customBounds: new Float64Array(0),
}

/** A sample a minute: numbers are counts of histograms of one bucket, with a point behind them floats; 'stale' is a marker. */
function counted(id: string, samples: readonly (string | number)[]): SeriesSamples {
  const histograms = samples.flatMap((each, i) => (typeof each === 'number' ? [[i, { ...COUNTS, count: each, positive: Float64Array.of(each) }] as const] : []))
  return {
    labels: labelsFrom([['__name__', 'h'], ['id', id]]),
    t: Float64Array.from(samples, (_, i) => START_MS + i * 60_000),
    v: Float64Array.from(samples, (each) => Number.parseFloat(String(each))),
    stale: Uint8Array.from(samples, (each) => Number(each === 'stale')),
    histograms: new Map(histograms),
  }
}

t.test('below functions of count and sum, resets are told from the counts', async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  const lake = await openLake(t)
  const series = [counted('reset', [5, 6, 2, 3]), counted('float', [5, 6, '1.', 2, 3]), counted('marker', [5, 6, 'stale', 2, 3]), counted('grows', [1, 2, 3, 4, 5])]
  await importSeries(series, { file: 'h' }, lake.parts)
  const remarks = async (text: string, minute: number): Promise<number> => {
    const request: QueryRequest = { language: 'promql', text, when: { kind: 'instant', timeNs: BigInt(START_MS + minute * 60_000) * 1_000_000n } }
    const [on, off] = [await told(request), await told(request, 'off')]
    t.same(on, off, `${text}: the same remarks whatever is pushed`)
    return on.filter((each) => each.includes('conflicting counter resets')).length
  }
  const told = async (request: QueryRequest, pushdown: 'on' | 'off' = 'on') => {
    const answer = await answerStraight({ lake, duckdb, request, limits: DEFAULT_LIMITS, cuts: randomCuts(seeded(request.text.length), 3), pushdown })
    return answer.remarks.map(({ message }) => message)
  }
  t.equal(await remarks('histogram_count(sum_over_time(h{id="reset"}[2m]))', 3), 1, 'reset and not reset')
  t.equal(await remarks('histogram_sum(sum(h{id=~"reset|grows"}))', 2), 1, 'of two series')
  t.equal(await remarks('histogram_avg(avg_over_time(h{id="float"}[4m])) or vector(1)', 4), 0, 'floats and histograms give nothing')
  t.equal(await remarks('histogram_count(sum(h{id=~"float|grows"}))', 3), 1, 'a float between')
  t.equal(await remarks('histogram_count(sum(h{id=~"marker|grows"}))', 3), 1, 'a staleness marker between')
  t.equal(await remarks('histogram_count(sum(-(-(h{id=~"reset|grows"}))))', 2), 0, 'gauges')
  t.equal(await remarks('sum(h{id=~"reset|grows"})', 2), 0, 'not without such a function')
  t.equal(await remarks('histogram_stddev(sum(h{id=~"reset|grows"}))', 2), 0, 'nor below another')
  t.equal(await remarks('histogram_quantile(0.5, sum(h{id=~"reset|grows"})) or histogram_count(h)', 2), 0, 'nor below one of buckets')
  t.equal(await remarks('histogram_count(sum(h{id=~"reset|grows"}) </ 2)', 2), 0, 'nor below a trim')
  t.equal(await remarks('histogram_count(sum_over_time(h{id="reset"}[2m:1m]))', 3), 0, 'nor in a subquery')
  duckdb.close()
})

t.test('a series that no window sees is not there, however much is read of it', async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  const lake = await openLake(t)
  await importSeries([counted('gone', [1]), counted('there', [1, 2, 3, 4])], { file: 'h' }, lake.parts)
  const request: QueryRequest = { language: 'promql', text: 'count(last_over_time(h[1m]))', when: { kind: 'instant', timeNs: BigInt(START_MS + 180_000) * 1_000_000n } }
  const [data] = await runStraight(lake, duckdb, request, { ...DEFAULT_LIMITS, querySeriesMax: 1 })
  t.same(data.resultType === 'vector' ? [...data.block.values] : data, [1])
  duckdb.close()
})

t.test('what is looked up and read further back than windows go', async (t) => {
  const HISTOGRAMS = layoutOf({ histograms: true, startTimes: false })
  const FLOATS = layoutOf({ histograms: false, startTimes: false })
  const minutes = (...layouts: readonly number[]): readonly Segment[] => layouts.map(segmentOfMinute)
  const floats = await reading(t, minutes(FLOATS, FLOATS, FLOATS, FLOATS, FLOATS))
  t.same(floats, { lookups: ['180001..240000'], segments: ['3', '4'] }, 'floats: not a millisecond')
  t.same(await reading(t, minutes(FLOATS, FLOATS, FLOATS, FLOATS, HISTOGRAMS)), { lookups: ['180001..240000', '-119999..240000'], segments: ['0', '1', '2', '3', '4'] }, 'histograms')
  t.same(await reading(t, minutes(FLOATS, FLOATS, HISTOGRAMS, FLOATS, FLOATS)), floats, 'histograms that no window sees')
  t.same(await reading(t, minutes(FLOATS, FLOATS, FLOATS, FLOATS, HISTOGRAMS), 'count(timestamp(h))', 240_000), { lookups: ['-59999..240000'], segments: ['0', '1', '2', '3', '4'] }, 'only times are wanted')
})

function segmentOfMinute(layout: number, minute: number): Segment {
  const [timeMin, timeMax] = [BigInt(minute * 60_000), BigInt(minute * 60_000 + 59_999)]
  const counts = { rows: 1, series: 1, samples: 4, bytes: 1 }
  return { id: String(minute), created: 1, signal: 'metrics', object: '', timeMin, timeMax, hashMin: 0, hashMax: 0, ...counts, checksum: '', columns: [], names: [], layout }
}

async function reading(t: { equal(found: unknown, wanted: unknown): unknown }, all: readonly Segment[], text = 'sum_over_time(h[1m])', timeMs = 240_000) {
  const plan = prepare({ language: 'promql', text, when: { kind: 'instant', timeNs: BigInt(timeMs) * 1_000_000n } }, DEFAULT_LIMITS, NO_FEATURES)
  const lookups: string[] = []
  const lookup = async ({ timeMin, timeMax }: LookupRequest) => {
    lookups.push(`${timeMin}..${timeMax}`)
    return { segments: all.filter((segment) => segment.timeMin <= timeMax && segment.timeMax >= timeMin), pruning: [] }
  }
  const snapshot = { organisation: 'default', generation: 1 }
  const grouped = groupQuery(plan, snapshot, await lookUp(plan, snapshot, { lookup }), DEFAULT_LIMITS)
  t.equal(grouped.unitCount, 1)
  return { lookups, segments: grouped.unitsOf(0).flatMap(({ segments }) => segments.map(({ id }) => id)) }
}
