/** Small lakes of many small segments, and questions about them: times lie around the multiples of ten seconds that data lie at. */
import { importFile, importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import type { QueryRequest } from '../../src/model/event.js'
import { labelsFrom } from '../../src/model/labels.js'
import type { Limits } from '../../src/model/limits.js'
import type { SplitBalance, SplitOptions } from '../../src/model/split.js'
import { Parameters } from '../../src/serve/serve.js'
import type { Seeded } from '../../benchmarks/seeded.js'
import { LOGQL, PROMQL } from './cuts-queries.js'
import type { Lake } from './lake.js'
import { histogramSeries } from './random-histograms.js'
import { requestOfParameters } from './split-answers.js'
import { optionsOf } from './split-check.js'

export const T0_MS = 1_700_000_000_000
const SPAN_S = 600

/** Three imports that overlap in time and series, with gaps, resets, staleness markers and values with all bits. */
export async function fillSplitMetrics(lake: Lake, random: Seeded): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await importSeries([...floats(random, round), ...histograms(random, round)].values(), { file: `round ${round}` }, lake.parts)
  }
}

function* floats(random: Seeded, round: number): Generator<SeriesSamples> {
  for (const [name, pods] of [['m', 6], ['other', 3]] as const) {
    for (let pod = 0; pod < pods; pod++) {
      if (random.below(3) === 0) continue
      let total = 0
      const t = times(random, round)
      const v = t.map(() => (total = random.below(20) === 0 ? 0 : total + random.next() * 10))
      const stale = Uint8Array.from(t, () => (random.below(25) === 0 ? 1 : 0))
      yield { labels: labelsFrom([['__name__', name], ['job', 'ab'[pod % 2]], ['pod', `p${pod}`]]), t, v, stale }
    }
  }
}

function* histograms(random: Seeded, round: number): Generator<SeriesSamples> {
  for (let pod = 0; pod < 2; pod++) {
    const t = times(random, round)
    const values = histogramSeries(random)
    const found = new Map([...t.keys()].flatMap((i) => (random.below(6) === 0 ? [] : [[i, values.next().value] as const])))
    yield { labels: labelsFrom([['__name__', 'h'], ['pod', `p${pod}`]]), t, v: t.map(() => random.next()), stale: new Uint8Array(t.length), histograms: found }
  }
}

/** Of one round: a third of the time and more, around multiples of ten seconds, none twice. */
function times(random: Seeded, round: number): Float64Array {
  const from = round * 15 + random.below(10)
  const count = 4 + random.below(20)
  return Float64Array.from({ length: count }, (_, i) => T0_MS + (from + i) * 10_000 + random.below(3) - 1)
}

/** Entries of equal times, a nanosecond beside each other, and in one burst many of them; resolves with their times. */
export async function fillSplitLogs(lake: Lake, random: Seeded): Promise<readonly bigint[]> {
  const all: bigint[] = []
  for (let round = 0; round < 3; round++) {
    const streams = Array.from({ length: 4 }, (_, stream) => ({ stream: { app: 'xy'[stream % 2], pod: `p${stream}` }, values: entries(random, round) }))
    all.push(...streams.flatMap(({ values }) => values.map(([ns]) => BigInt(ns))))
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const one of streams) yield new TextEncoder().encode(`${JSON.stringify({ streams: [one] })}\n`)
    }
    await importFile({ file: `round ${round}`, format: 'loki', body: body() }, lake.parts)
  }
  return all
}

function entries(random: Seeded, round: number): readonly (readonly [string, string])[] {
  return Array.from({ length: 8 + random.below(10) }, () => {
    const seconds = random.below(3) === 0 ? 300 : (round * 3 + random.below(6)) * 50
    const ns = BigInt(T0_MS + seconds * 1000) * 1_000_000n + BigInt(random.below(3) - 1)
    const [level, n] = [['info', 'error', 'debug'][random.below(3)], random.below(100)]
    const line = [`level=${level} n=${n}`, JSON.stringify({ level, n }), `not either ${n}`][random.below(3)]
    return [String(ns), line] as const
  })
}

/** What hangs on the range that is asked for, in its values or its mistakes. */
const OF_RANGE = [
  'label_replace(m, "pod", "x", "job", "a")',
  'rate({__name__=~"m|other"}[20s])',
  'label_join(m{job="a"}, "pod", "-", "job")',
  'm @ start() + m @ end()',
  'rate(m[2m] @ end() offset 1m) / range()',
  'm > start() - end() + time() * 0',
  'vector(end()) - vector(start())',
  'sum_over_time(m[1m:20s] @ start()) + on () group_left vector(step())',
  'last_over_time(m[range() + 10s])',
  'avg_over_time(m[max_of(step(), 30s)])',
]
const LOG_METRICS = [
  'sum by (level) (count_over_time({app=~".+"} | json | logfmt [1m]))',
  'topk(2, sum by (pod) (count_over_time({app=~".+"}[2m])))',
  'rate({app="x"}[30s]) / on () group_left sum(rate({app=~".+"}[1m]))',
  'count_over_time({app=~".+"} | line_format `{{ __timestamp__ | unixEpoch }}` |= "00" [1m])',
  'sum(count_over_time({app="x"} | logfmt | n > 10 [1m] offset 20s)) or vector(0)',
  'sort_desc(sum by (app) (bytes_over_time({app=~".+"}[90s])))',
  'label_replace(count_over_time({app=~".+"}[40s]), "app", "$1", "pod", "(.).*")',
  'max_over_time({app=~".+"} | logfmt | unwrap n [1m])',
  'sum_over_time({app=~".+"} | json | unwrap n [1m]) > 20',
]
const LOGS = [
  '{app=~".+"}',
  '{app="x"} |~ "[0-4]"',
  '{app=~"x|y"} | logfmt | n < 50',
  '{app=~".+"} | json | line_format "{{.level}} {{.n}}"',
  '{app=~".+"} | logfmt | label_format app="z", pod=""',
  '{app="none"}',
  '{app=~".+"} |= "error" | drop pod',
]
const DURATION = /\b\d+(?:s|m)\b/g
const DURATIONS = ['5s', '10s', '20s', '30s', '1m', '90s', '2m', '5m', '12m']

/** With other durations than it is written with, so that windows are shorter and longer than steps and ranges. */
function withDurations(text: string, random: Seeded): string {
  return text.replace(DURATION, (written) => (random.below(3) === 0 ? written : DURATIONS[random.below(DURATIONS.length)]))
}

export type QuestionKind = 'promql' | 'logql' | 'logs'

/** As a client of the API would ask it; `texts` with more than one use of a text remember its tree. */
export function randomQuestion(kind: QuestionKind, random: Seeded, limits: Limits): QueryRequest {
  const seconds = random.below(SPAN_S / 30 + 4) * 30 - 60
  switch (kind) {
    case 'promql': {
      const start = T0_MS + seconds * 1000 + random.below(3) - 1
      const end = start + random.below(12) * 10_000 + random.below(2)
      const step = [1_000, 10_000, 10_000, 15_000, 30_000, 60_000, 700_000][random.below(7)]
      const text = withDurations(pick(random, random.below(5) === 0 ? OF_RANGE : PROMQL), random)
      const bounded = Math.min(end, start + step * 9)
      return requestOfParameters('promql', Parameters.from({ query: text, start: String(start / 1000), end: String(bounded / 1000), step: String(step / 1000) }), limits)
    }
    case 'logql': {
      const start = nanos(seconds, random)
      const step = [1, 10, 10, 15, 30, 60, 700][random.below(7)]
      const end = start + BigInt(Math.min(random.below(12) * 10, step * 9)) * 1_000_000_000n + BigInt(random.below(3))
      const text = withDurations(pick(random, random.below(2) === 0 ? LOG_METRICS : LOGQL), random)
      return requestOfParameters('logql', Parameters.from({ query: text, start: String(start), end: String(end), step: String(step) }), limits)
    }
    case 'logs': {
      const start = nanos(seconds, random)
      const end = random.below(12) === 0 ? start : start + BigInt(random.below(20) * 30) * 1_000_000_000n + BigInt(random.below(3))
      const limit = [0, 0, 1, 2, 7, 30, 100][random.below(7)]
      const direction = random.below(2) === 0 ? 'forward' : 'backward'
      return requestOfParameters('logql', Parameters.from({ query: pick(random, LOGS), start: String(start), end: String(end), limit: String(limit), direction }), limits)
    }
  }
}

function nanos(seconds: number, random: Seeded): bigint {
  return BigInt(T0_MS + seconds * 1000) * 1_000_000n + BigInt(random.below(4) === 0 ? random.below(3) - 1 : 0)
}

function pick<T>(random: Seeded, choices: readonly T[]): T {
  return choices[random.below(choices.length)]
}

const BALANCES: readonly SplitBalance[] = ['bytes', 'rows', 'time']

export function randomSplitOptions(random: Seeded): SplitOptions {
  const shortest: Partial<SplitOptions> = random.below(3) === 0 ? {} : { minIntervalMs: [0, 0, 0, 20_000][random.below(4)] }
  return optionsOf({ splits: 1 + random.below(12), balance: BALANCES[random.below(3)], ...shortest, ...(random.below(4) === 0 ? { stepsMax: 2 + random.below(30) } : {}) })
}
