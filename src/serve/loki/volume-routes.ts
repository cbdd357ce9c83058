/** The paths about how much there is. They are there where the engine is a node: only that knows its catalog. */
import type { LogStreams } from '../../model/engine.js'
import type { Matcher } from '../../model/labels.js'
import type { SegmentStreams } from '../../model/segment.js'
import { callerOf } from '../caller.js'
import type { Exchange, Route, RouteParameter } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { matchersOf, readGridStepMs, readText, readTimes, selectorText, type TimeRange } from './parameters.js'
import { answering, TIMES, type LokiPlace } from './place.js'
import { bucketCuts, indexStats, indexVolume, readVolume } from './volume.js'

const STATS: readonly RouteParameter[] = [{ name: 'query', takes: 'logql', required: true }, ...TIMES]
const VOLUME: readonly RouteParameter[] = [
  ...STATS,
  { name: 'limit', takes: 'whole' },
  { name: 'targetLabels', takes: 'text' },
  { name: 'aggregateBy', takes: 'word', words: ['series', 'labels'] },
]

interface Asked {
  readonly matchers: readonly Matcher[]
  readonly range: TimeRange
  readonly segments: readonly SegmentStreams[]
}

export function volumeRoutes(place: LokiPlace): readonly Route[] {
  const { engine, server } = place
  const { logs } = server
  if (logs === undefined) return []
  const { limits } = engine
  return [
    answering('/loki/api/v1/index/stats', STATS, async (exchange, parameters) => {
      const { matchers, range, segments } = await asked(exchange, parameters, place, logs)
      return indexStats(segments, matchers, range, limits)
    }),
    answering('/loki/api/v1/index/volume', VOLUME, async (exchange, parameters) => {
      const shown = readVolume(parameters, limits)
      const { matchers, range, segments } = await asked(exchange, parameters, place, logs)
      return indexVolume(segments, { ...shown, matchers, range, cuts: [] }, limits)
    }),
    answering('/loki/api/v1/index/volume_range', [...VOLUME, { name: 'step', takes: 'duration' }], async (exchange, parameters) => {
      const shown = readVolume(parameters, limits)
      const stepMs = readGridStepMs(parameters, readTimes(parameters, server.clock.nowMs()), limits)
      const { matchers, range, segments } = await asked(exchange, parameters, place, logs)
      return indexVolume(segments, { ...shown, matchers, range, cuts: bucketCuts(range, stepMs) }, limits)
    }),
  ]
}

async function asked(exchange: Exchange, parameters: Parameters, { engine, server }: LokiPlace, logs: LogStreams): Promise<Asked> {
  const range = readTimes(parameters, server.clock.nowMs())
  const matchers = matchersOf(selectorText(readText(parameters, engine.limits)), server.texts)
  const { organisation } = callerOf(exchange)
  return { matchers, range, segments: await logs.streams({ organisation, timeMin: range.startNs, timeMax: range.endNs }) }
}
