/** The paths about how much there is. They are there where the engine is a node: only that knows its catalog. */
import type { LogStreams } from '../../model/engine.js'
import { badQuery } from '../../model/error.js'
import type { Matcher } from '../../model/labels.js'
import type { SegmentStreams } from '../../model/segment.js'
import { callerOf } from '../caller.js'
import type { Exchange, Route, RouteParameter } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { readBytes } from './field-notations.js'
import { matchersOf, readGridStepMs, readText, selectorText, type TimeRange } from './parameters.js'
import { answering, TIMES, type LokiPlace } from './place.js'
import { readRange, selectionsOf } from './selections.js'
import { bucketCuts, indexShards, indexStats, indexVolume, readVolume } from './volume.js'
import { readTimesWithin } from './within-limits.js'

const STATS: readonly RouteParameter[] = [{ name: 'query', takes: 'logql', required: true }, ...TIMES]
const VOLUME: readonly RouteParameter[] = [
  ...STATS,
  { name: 'limit', takes: 'whole' },
  { name: 'targetLabels', takes: 'text' },
  { name: 'aggregateBy', takes: 'word', words: ['series', 'labels'] },
]

const SHARDS: readonly RouteParameter[] = [...STATS, { name: 'targetBytesPerShard', takes: 'whole', required: true }]

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
    answering('/loki/api/v1/index/shards', SHARDS, (exchange, parameters) => shards(exchange, parameters, place, logs)),
    answering('/loki/api/v1/index/volume', VOLUME, async (exchange, parameters) => {
      const shown = readVolume(parameters, limits)
      const { matchers, range, segments } = await asked(exchange, parameters, place, logs)
      return indexVolume(segments, { ...shown, matchers, range, cuts: [] }, limits)
    }),
    answering('/loki/api/v1/index/volume_range', [...VOLUME, { name: 'step', takes: 'duration' }], async (exchange, parameters) => {
      const shown = readVolume(parameters, limits)
      const { matchers, range, segments } = await asked(exchange, parameters, place, logs)
      const stepMs = readGridStepMs(parameters, range, limits)
      return indexVolume(segments, { ...shown, matchers, range, cuts: bucketCuts(range, stepMs) }, limits)
    }),
  ]
}

async function asked(exchange: Exchange, parameters: Parameters, place: LokiPlace, logs: LogStreams): Promise<Asked> {
  const { engine, server } = place
  const range = readTimesWithin(exchange, parameters, place)
  const matchers = matchersOf(selectorText(readText(parameters, engine.limits)), server.texts)
  return { matchers, range, segments: await segmentsOf(exchange, range, logs) }
}

function segmentsOf(exchange: Exchange, { startNs, endNs }: TimeRange, logs: LogStreams): Promise<readonly SegmentStreams[]> {
  return logs.streams({ organisation: callerOf(exchange).organisation, timeMin: startNs, timeMax: endNs })
}

/** Of a query with one selector. How large a shard is to be has to be said, as in Loki; one shard is the answer to any size. */
async function shards(exchange: Exchange, parameters: Parameters, place: LokiPlace, logs: LogStreams): Promise<string> {
  const { limits } = place.engine
  if ((readBytes(parameters.get('targetBytesPerShard') ?? '') ?? 0) === 0) throw badQuery('targetBytesPerShard must be a positive value')
  const range = readTimesWithin(exchange, parameters, place)
  const selections = selectionsOf(place.server.texts.tree(readText(parameters, limits), 'logql'))
  if (selections.length !== 1) throw badQuery(`shards are of a query with one selector, this one has ${selections.length}`)
  const [selection] = selections
  const read = readRange(selection, range)
  return indexShards(await segmentsOf(exchange, read, logs), selection.logs.matchers, read, limits)
}
