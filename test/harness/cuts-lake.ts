/** Random telemetry in many small segments of several imports: what queries are cut over. */
import { importFile, importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import { labelsFrom } from '../../src/model/labels.js'
import type { Seeded } from '../../benchmarks/seeded.js'
import type { Lake } from './lake.js'
import { histogramSeries } from './random-histograms.js'

export const START_MS = 1_700_000_000_000
export const SPAN_MS = 3_600_000

/** Three imports that overlap in time and series; values with all bits used, resets, gaps, staleness markers, a NaN here and there. */
export async function fillMetrics(lake: Lake, random: Seeded): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await importSeries([...floatSeries(random, round), ...mixedSeries(random, round)].values(), { file: `round ${round}` }, lake.parts)
  }
}

function* floatSeries(random: Seeded, round: number): Generator<SeriesSamples> {
  for (let pod = 0; pod < 24; pod++) {
    for (const name of ['m', 'other']) {
      if (random.below(4) === 0) continue
      const labels = labelsFrom([['__name__', name], ['job', 'abc'[pod % 3]], ['pod', `p${pod}`]])
      const first = START_MS + round * (SPAN_MS / 4) + random.below(60_000)
      const size = 1 + random.below(160)
      const t = Float64Array.from({ length: size }, (_, i) => first + i * 15_000 + random.below(400))
      let total = 0
      const v = Float64Array.from({ length: size }, () => {
        total = random.below(40) === 0 ? 0 : total + random.next() * 10
        return random.below(200) === 0 ? NaN : total
      })
      const stale = Uint8Array.from({ length: size }, () => (random.below(50) === 0 ? 1 : 0))
      yield { labels, t, v, stale }
    }
  }
}

/** Histograms, floats and staleness markers by turns, some with start times; three imports that overlap in time and series. */
function* mixedSeries(random: Seeded, round: number): Generator<SeriesSamples> {
  for (let pod = 0; pod < 12; pod++) {
    if (random.below(4) === 0) continue
    const first = START_MS + round * (SPAN_MS / 4) + random.below(60_000)
    // Samples of every third series are just too far from each other to be seen at one step, so that hints change at the edges of windows.
    const everyMs = pod % 3 === 0 ? 305_000 : 15_000
    const size = 1 + random.below(pod % 3 === 0 ? 12 : 140)
    // Every second series of a round falls on the times of the other rounds, so that the later import has to win.
    const t = Float64Array.from({ length: size }, (_, i) => (pod % 2 === 0 ? Math.ceil(first / 15_000) * 15_000 + i * everyMs : first + i * everyMs + random.below(400)))
    const stale = Uint8Array.from({ length: size }, () => (random.below(40) === 0 ? 1 : 0))
    const values = histogramSeries(random)
    const floats = random.below(3) === 0
    const histograms = new Map([...t.keys()].flatMap((i) => (stale[i] === 1 || (floats && random.below(8) === 0) ? [] : [[i, values.next().value] as const])))
    const startTimes = t.map((time) => (random.below(3) === 0 ? 0 : time - random.below(90_000)))
    const labels = labelsFrom([['__name__', 'h'], ['pod', `p${pod}`]])
    yield { labels, t, v: t.map(() => random.next()), stale, histograms, ...(random.below(2) === 0 ? { startTimes } : {}) }
  }
}

export async function fillLogs(lake: Lake, random: Seeded): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const lines = Array.from({ length: 12 }, () => `${JSON.stringify({ streams: [randomStream(random, round)] })}\n`)
    async function* body(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(lines.join(''))
    }
    await importFile({ file: `round ${round}`, format: 'loki', body: body() }, lake.parts)
  }
}

function randomStream(random: Seeded, round: number) {
  const levels = ['info', 'error', 'debug']
  const values = Array.from({ length: 60 }, () => {
    const ms = START_MS + round * (SPAN_MS / 4) + random.below(SPAN_MS / 2)
    const ns = BigInt(ms) * 1_000_000n + BigInt(random.below(2))
    const level = levels[random.below(3)]
    const n = random.below(100)
    return [String(ns), random.below(2) === 0 ? `level=${level} n=${n}` : JSON.stringify({ level, n })]
  })
  return { stream: { app: random.below(2) === 0 ? 'x' : 'y', pod: `p${random.below(5)}` }, values }
}
