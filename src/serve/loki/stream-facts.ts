/** Questions that are answered by what the catalog knows of the streams of log segments. */
import { matcherTest } from '../../language/language.js'
import { QueryError } from '../../model/error.js'
import { labelsKey, labelValue, type Labels, type Matcher } from '../../model/labels.js'
import type { Limits } from '../../model/limits.js'
import type { SegmentStreams, StreamFacts } from '../../model/segment.js'
import type { TimeRange } from './parameters.js'

/** Whether all matchers hold. Label sets that are the same object are looked at once. */
export function streamTest(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, holds: matcherTest(matcher) }))
  const known = new Map<Labels, boolean>()
  return (labels) => {
    const before = known.get(labels)
    if (before !== undefined) return before
    const matches = tests.every(({ name, holds }) => holds(labelValue(labels, name)))
    known.set(labels, matches)
    return matches
  }
}

/**
 * The streams that have an entry in the range, both ends inclusive, each once; undefined if that cannot be told without reading: a segment
 * keeps no list, or a stream begins before the range and ends behind it.
 */
export function streamsWithin(segments: readonly SegmentStreams[], matchers: readonly Matcher[], { startNs, endNs }: TimeRange): readonly Labels[] | undefined {
  const matches = streamTest(matchers)
  const found = new Map<string, Labels>()
  const seen = new Set<Labels>()
  const open = new Map<string, Labels>()
  for (const { streams, timeMin, timeMax } of segments) {
    if (streams === undefined) return undefined
    const whole = timeMin >= startNs && timeMax <= endNs
    for (const stream of streams) {
      const { labels } = stream
      if (seen.has(labels) || !matches(labels) || stream.timeMax < startNs || stream.timeMin > endNs) continue
      if (whole || stream.timeMin >= startNs || stream.timeMax <= endNs) {
        seen.add(labels)
        found.set(labelsKey(labels), labels)
      } else open.set(labelsKey(labels), labels)
    }
  }
  for (const key of open.keys()) if (!found.has(key)) return undefined
  return [...found.values()]
}

/**
 * Visits the streams of a segment that match and reach into the range, with the share of each that lies there: 1 for all of it, else of its time.
 * Throws `limit_exceeded` if the segment keeps no list.
 */
export function forEachShare(segment: SegmentStreams, matches: (labels: Labels) => boolean, range: TimeRange, limits: Limits, visit: (stream: StreamFacts, share: number) => void): void {
  const { streams, timeMin, timeMax } = segment
  if (streams === undefined) throw unknownStreams(segment, limits)
  const whole = timeMin >= range.startNs && timeMax <= range.endNs
  for (const stream of streams) {
    if (!matches(stream.labels)) continue
    const share = whole ? 1 : shareOf(stream, range)
    if (share > 0) visit(stream, share)
  }
}

/** How much of the time of a stream lies in the range. */
export function shareOf({ timeMin, timeMax }: StreamFacts, { startNs, endNs }: TimeRange): number {
  const from = timeMin > startNs ? timeMin : startNs
  const to = timeMax < endNs ? timeMax : endNs
  if (from > to) return 0
  return from === timeMin && to === timeMax ? 1 : Number(to - from + 1n) / Number(timeMax - timeMin + 1n)
}

function unknownStreams({ id }: SegmentStreams, limits: Limits): QueryError {
  const [value, setting] = [limits.segmentStreamsMax, 'limits.segmentStreamsMax']
  const why = `it holds more than ${value} (setting ${setting}), or was imported before they were listed`
  return new QueryError({ code: 'limit_exceeded', message: `the streams of segment ${id} are not known: ${why}; ask for a time without it`, facts: { limit: 'segmentStreamsMax', value, setting } })
}
