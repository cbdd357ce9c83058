/** How much there is: index/stats and index/volume, by what the catalog knows of streams. Nothing is read, so an editor may ask at every keystroke. */
import { badQuery } from '../../model/error.js'
import { compareUtf8, labelsKey, onlyLabels, type Labels, type Matcher } from '../../model/labels.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import type { SegmentStreams, StreamFacts } from '../../model/segment.js'
import { msToNs, NANOS_PER_MS, nsToMs } from '../../model/time.js'
import { formatFixed, formatShortSeconds } from '../number-format.js'
import type { Parameters } from '../parameters.js'
import { labelsJson } from '../result-json.js'
import { labelsText } from '../streams.js'
import { readInteger, type TimeRange } from './parameters.js'
import { NOTHING_READ } from './stats.js'
import { forEachShare, shareOf, streamTest } from './stream-facts.js'

/** `{"streams":…,"chunks":…,"bytes":…,"entries":…}`; chunks are segments. */
export function indexStats(segments: readonly SegmentStreams[], matchers: readonly Matcher[], range: TimeRange, limits: Limits): string {
  const matches = streamTest(matchers)
  const streams = new Set<string>()
  const known = new Set<Labels>()
  let [chunks, bytes, entries] = [0, 0, 0]
  for (const segment of segments) {
    const before = entries
    forEachShare(segment, matches, range, limits, (stream, share) => {
      const { labels } = stream
      bytes += share * stream.bytes
      entries += share * stream.entries
      if (known.has(labels)) return
      known.add(labels)
      streams.add(labelsKey(labels))
    })
    if (entries > before) chunks++
  }
  return `${JSON.stringify({ streams: streams.size, chunks, bytes: Math.round(bytes), entries: Math.round(entries) })}\n`
}

/**
 * One shard, of all series: the cuts of a query are this node's own. `{"shards":[{"bounds":…,"stats":…}],"statistics":…}`, the bounds those of
 * Loki's fingerprints.
 */
export function indexShards(segments: readonly SegmentStreams[], matchers: readonly Matcher[], range: TimeRange, limits: Limits): string {
  const stats = indexStats(segments, matchers, range, limits).trimEnd()
  return `{"shards":[{"bounds":{"min":0,"max":18446744073709551615},"stats":${stats}}],"statistics":${JSON.stringify(NOTHING_READ)}}\n`
}

export interface VolumeQuestion {
  readonly matchers: readonly Matcher[]
  readonly range: TimeRange
  /** The labels that are shown; empty: those of the matchers, and without matchers all. */
  readonly targets: readonly string[]
  readonly by: 'series' | 'labels'
  readonly limit: number
  /** Times at which a bucket ends and the next one begins, ascending, inside of the range; none: one bucket. */
  readonly cuts: readonly bigint[]
}

/** `query` and the range are read by the caller. */
export function readVolume(parameters: Parameters, limits: Limits): Pick<VolumeQuestion, 'targets' | 'by' | 'limit'> {
  const by = parameters.get('aggregateBy') ?? 'series'
  if (by !== 'series' && by !== 'labels') throw badQuery('invalid aggregation option')
  const limit = readInteger(parameters, 'limit') || limits.entriesLimitDefault
  if (limit < 0) throw badQuery('limit must be a positive value')
  const targets = (parameters.get('targetLabels') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '')
  // More are asked for than anybody is shown: the largest come first anyway.
  return { by, limit: Math.min(limit, limits.volumeSeriesMax), targets }
}

/** The multiples of the step that lie inside of the range: where its buckets meet. */
export function bucketCuts({ startNs, endNs }: TimeRange, stepMs: number): readonly bigint[] {
  const step = msToNs(stepMs)
  const cuts: bigint[] = []
  for (let cut = (startNs / step + 1n) * step; cut < endNs; cut += step) if (cut > startNs) cuts.push(cut)
  return cuts
}

/** Loki's JSON of a vector, or of a matrix where a series has several samples. */
export function indexVolume(segments: readonly SegmentStreams[], question: VolumeQuestion, limits: Limits): string {
  const { range, cuts, limit } = question
  const shown = volumes(segments, question, limits).sort((a, b) => b.total - a.total || compareUtf8(a.name, b.name)).slice(0, limit)
  const times = [...cuts.map((cut) => formatShortSeconds(nsToMs(cut) - 1)), formatShortSeconds(Number(range.endNs / NANOS_PER_MS))]
  const resultType = shown.some(({ buckets }) => buckets.size > 1) ? 'matrix' : 'vector'
  const result = shown.map(({ metric, buckets }) => {
    const samples = [...buckets].sort(([a], [b]) => a - b).map(([bucket, bytes]) => `[${times[bucket]},"${formatFixed(Math.round(bytes))}"]`)
    return `{"metric":${metric},${resultType === 'vector' ? `"value":${samples[0]}` : `"values":[${samples.join(',')}]`}}`
  })
  return `{"status":"success","data":{"resultType":"${resultType}","result":[${result.join(',')}],"stats":${JSON.stringify(NOTHING_READ)}}}\n`
}

interface Volume {
  readonly name: string
  readonly metric: string
  total: number
  /** Bytes by bucket, where there are any. */
  readonly buckets: Map<number, number>
}

function volumes(segments: readonly SegmentStreams[], { matchers, targets, by, range, cuts }: VolumeQuestion, limits: Limits): Volume[] {
  const required = targets.filter((target) => !matchers.some(({ name }) => name === target)).map((name): Matcher => ({ name, op: '!=', value: '' }))
  const matches = streamTest([...matchers, ...required])
  const names = targets.length > 0 ? targets : matchers.map(({ name }) => name)
  const found = new Map<string, Volume>()
  const ofStream = new Map<Labels, readonly Volume[]>()
  let points = 0
  for (const segment of segments) {
    forEachShare(segment, matches, range, limits, (stream, whole) => {
      const into = ofStream.get(stream.labels) ?? shownAs(stream.labels, names, by).map((shown) => volumeOf(found, shown))
      ofStream.set(stream.labels, into)
      for (const { bucket, share } of cuts.length === 0 ? [{ bucket: 0, share: whole }] : bucketShares(stream, range, cuts)) {
        for (const volume of into) {
          const bytes = volume.buckets.get(bucket)
          if (bytes === undefined) points++
          volume.buckets.set(bucket, (bytes ?? 0) + share * stream.bytes)
          volume.total += share * stream.bytes
        }
      }
      checkLimit(limits, 'groupPointsMax', points)
    })
  }
  return [...found.values()]
}

interface Shown {
  readonly name: string
  readonly metric: string
}

/** The series that the volume of a stream belongs to; `labels` is about names alone, whose values are shown as empty. */
function shownAs(labels: Labels, names: readonly string[], by: VolumeQuestion['by']): readonly Shown[] {
  const kept = names.length === 0 ? labels : onlyLabels(labels, new Set(names))
  switch (by) {
    case 'series':
      return [{ name: labelsText(kept), metric: labelsJson(kept) }]
    case 'labels':
      return kept.filter((_, at) => at % 2 === 0).map((name) => ({ name, metric: labelsJson([name, '']) }))
  }
}

function volumeOf(found: Map<string, Volume>, { name, metric }: Shown): Volume {
  const volume = found.get(metric) ?? { name, metric, total: 0, buckets: new Map<number, number>() }
  found.set(metric, volume)
  return volume
}

/** The buckets that a stream reaches into. Bucket i ends before cut i, the last one with the range. */
function* bucketShares(stream: StreamFacts, range: TimeRange, cuts: readonly bigint[]): Generator<{ readonly bucket: number; readonly share: number }> {
  for (let bucket = bucketOf(stream.timeMin, cuts); bucket <= cuts.length; bucket++) {
    const startNs = bucket === 0 ? range.startNs : cuts[bucket - 1]
    const endNs = bucket === cuts.length ? range.endNs : cuts[bucket] - 1n
    if (startNs > stream.timeMax) return
    const share = shareOf(stream, { startNs, endNs })
    if (share > 0) yield { bucket, share }
  }
}

/** How many cuts are at or before the time. */
function bucketOf(time: bigint, cuts: readonly bigint[]): number {
  let [from, to] = [0, cuts.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (cuts[middle] <= time) from = middle + 1
    else to = middle
  }
  return from
}
