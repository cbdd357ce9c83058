/** The data of a `.test` file: each `load` is one or several imports, cut at random where no import of the file was meant to end. */
import { importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import { histogramFromClassic, type ClassicHistogram } from '../../src/language/language.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom, labelsKey, labelValue, METRIC_NAME, type Labels } from '../../src/model/labels.js'
import type { Seeded } from '../../benchmarks/seeded.js'
import { openLake, type Lake } from './lake.js'
import type { LoadCommand, LoadedSeries } from './promqltest-file.js'
import type { Teardown } from './servers.js'

/** What has been loaded since the last `clear`. It is imported when the first query asks for it. */
export class TestData {
  readonly #test: Teardown
  readonly #random: Seeded
  readonly #waiting: LoadCommand[] = []
  #lake: Promise<Lake> | undefined

  constructor(test: Teardown, random: Seeded) {
    this.#test = test
    this.#random = random
  }

  load(command: LoadCommand): void {
    this.#waiting.push(command)
  }

  /** With all that has been loaded so far. */
  lake(): Promise<Lake> {
    if (this.#lake === undefined || this.#waiting.length > 0) this.#lake = this.#imported(this.#waiting.splice(0))
    return this.#lake
  }

  async #imported(loads: readonly LoadCommand[]): Promise<Lake> {
    const lake = await (this.#lake ?? openLake(this.#test))
    for (const load of loads) {
      const samples = load.series.map((each) => samplesOf(each, load.gapMs)).filter(({ t }) => t.length > 0)
      if (load.withCustomBuckets) samples.push(...withCustomBuckets(samples))
      for (const piece of piecesOf(samples, this.#random)) await importSeries(piece, { file: `line ${load.line}` }, lake.parts)
    }
    return lake
  }
}

/** Samples at one time of the parts of one classic histogram. */
interface ClassicParts {
  readonly labels: Labels
  readonly at: Map<number, { buckets: { bound: number; count: number }[]; count?: number; sum?: number }>
}

/** The native histograms that `load_with_nhcb` makes of the classic ones. */
function withCustomBuckets(series: readonly SeriesSamples[]): readonly SeriesSamples[] {
  const found = new Map<string, ClassicParts>()
  for (const { labels, t, v, stale, histograms } of series) {
    const [, base, part]: readonly (string | undefined)[] = /^(.*)_(bucket|sum|count)$/.exec(labelValue(labels, METRIC_NAME)) ?? []
    const bound = part === 'bucket' ? numberOf(labelValue(labels, 'le')) : 0
    if (base === undefined || Number.isNaN(bound)) continue
    const own = renamed(labels, base)
    const parts = found.get(labelsKey(own)) ?? { labels: own, at: new Map() }
    found.set(labelsKey(own), parts)
    t.forEach((time, i) => {
      if (stale?.[i] === 1 || histograms?.has(i) === true) return
      const classic = parts.at.get(time) ?? { buckets: [] }
      parts.at.set(time, classic)
      if (part === 'bucket') classic.buckets.push({ bound, count: v[i] })
      else if (part === 'sum') classic.sum = v[i]
      else classic.count = v[i]
    })
  }
  return [...found.values()].map(({ labels, at }) => {
    const times = [...at.keys()].sort((a, b) => a - b)
    const histograms = new Map(times.map((time, i) => [i, converted(at.get(time) ?? { buckets: [] })]))
    return { labels, t: Float64Array.from(times), v: new Float64Array(times.length), histograms }
  })
}

function converted(classic: ClassicHistogram): NativeHistogram {
  const conversion = histogramFromClassic({ ...classic, buckets: classic.buckets.toSorted((a, b) => a.bound - b.bound) })
  if (conversion.kind === 'invalid') throw new Error(`a load cannot be converted: ${conversion.reason}`)
  return conversion.histogram
}

function numberOf(le: string): number {
  if (/^[+-]?Inf$/i.test(le)) return le.startsWith('-') ? -Infinity : Infinity
  return le === '' ? NaN : Number(le)
}

function renamed(labels: Labels, name: string): Labels {
  const pairs = Array.from({ length: labels.length / 2 }, (_, i): [string, string] => [labels[2 * i], labels[2 * i + 1]])
  return labelsFrom([...pairs.filter(([label]) => label !== 'le' && label !== METRIC_NAME), [METRIC_NAME, name]])
}

function samplesOf({ labels, values, startOffsets }: LoadedSeries, gapMs: number): SeriesSamples {
  const stored = values.flatMap((value, i) => (value.kind === 'omitted' ? [] : [{ ...value, t: i * gapMs, startOffset: startOffsets?.[i] }]))
  const histograms = new Map(stored.flatMap((value, i) => (value.kind === 'histogram' ? [[i, value.histogram] as const] : [])))
  return {
    labels,
    t: Float64Array.from(stored, ({ t }) => t),
    v: Float64Array.from(stored, (value) => (value.kind === 'float' ? value.value : NaN)),
    stale: Uint8Array.from(stored, ({ kind }) => Number(kind === 'stale')),
    ...(histograms.size === 0 ? {} : { histograms }),
    ...(startOffsets === undefined ? {} : { startTimes: Float64Array.from(stored, ({ t, startOffset }) => (startOffset === undefined ? 0 : t + startOffset)) }),
  }
}

/**
 * In half of the cases all at once; else in two imports, in either order: some series whole in one of them, others cut in time.
 */
function piecesOf(series: readonly SeriesSamples[], random: Seeded): readonly (readonly SeriesSamples[])[] {
  if (random.below(2) === 0) return [series]
  const pieces: SeriesSamples[][] = [[], []]
  for (const samples of series) {
    const size = samples.t.length
    const isWhole = random.below(3) === 0
    const border = isWhole ? random.below(2) * size : random.below(size + 1)
    if (border > 0) pieces[0].push(slicedSamples(samples, 0, border))
    if (border < size) pieces[1].push(slicedSamples(samples, border, size))
  }
  return (random.below(2) === 0 ? pieces : pieces.toReversed()).filter((piece) => piece.length > 0)
}

function slicedSamples(samples: SeriesSamples, from: number, to: number): SeriesSamples {
  const { labels, t, v, stale, histograms, startTimes } = samples
  if (to - from === t.length) return samples
  const kept = [...(histograms ?? [])].flatMap(([i, histogram]) => (i >= from && i < to ? [[i - from, histogram] as const] : []))
  return {
    labels,
    t: t.slice(from, to),
    v: v.slice(from, to),
    ...(stale === undefined ? {} : { stale: stale.slice(from, to) }),
    ...(kept.length === 0 ? {} : { histograms: new Map(kept) }),
    ...(startTimes === undefined ? {} : { startTimes: startTimes.slice(from, to) }),
  }
}
