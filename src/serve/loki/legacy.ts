/** The shapes of /api/prom, as the clients of Loki's first versions know them. */
import type { EntriesBlock } from '../../model/block.js'
import { badQuery, QueryError } from '../../model/error.js'
import { compareUtf8 } from '../../model/labels.js'
import { ofCaller } from '../answering.js'
import type { Exchange } from '../exchange.js'
import { timeText } from '../missing-text.js'
import type { Parameters } from '../parameters.js'
import { labelsText } from '../streams.js'
import { readLogRange } from './answers.js'
import { needLegacyLines } from './parameters.js'
import type { LokiPlace } from './place.js'
import { lokiStats, NOTHING_READ } from './stats.js'
import { withinLimits } from './within-limits.js'

export interface LegacyStream {
  /** `{a="b"}` */
  readonly labels: string
  readonly entries: { readonly ts: string; readonly line: string }[]
}

/** Entries by the labels that they are shown with, in the order of the block. */
export function legacyStreams({ sets, set, ts, line }: EntriesBlock, into = new Map<string, LegacyStream>()): Map<string, LegacyStream> {
  const texts = sets.map(({ labels }) => labelsText(labels))
  for (let at = 0; at < set.length; at++) {
    const labels = texts[set[at]]
    const stream = into.get(labels) ?? { labels, entries: [] }
    into.set(labels, stream)
    stream.entries.push({ ts: timeText({ ns: ts[at] }), line: line[at] })
  }
  return into
}

/** The query with the line filter that the parameter `regexp` stands for. */
export function withRegexp(text: string, parameters: Parameters): string {
  const regexp = parameters.get('regexp')
  return regexp === undefined ? text : `${text} |~ ${JSON.stringify(regexp)}`
}

/** Lines alone; `regexp` is one more filter of them. `{"streams":[…],"stats":{…}}` */
export async function legacyQuery(exchange: Exchange, parameters: Parameters, place: LokiPlace): Promise<string> {
  const { engine, server } = place
  const read = readLogRange(parameters, server.clock.nowMs(), engine.limits)
  const text = withRegexp(read.text, parameters)
  needLegacyLines(text, server.texts)
  const asked = await withinLimits({ ...read, text }, exchange, place)
  if (asked.when.kind !== 'either') throw badQuery('a range of time is asked for')
  const { startNs, endNs, direction, limit } = asked.when
  const request = { ...asked, when: { kind: 'entries', startNs, endNs, direction, limit } } as const
  const streams = new Map<string, LegacyStream>()
  let stats = NOTHING_READ
  for await (const event of engine.query(ofCaller(exchange, request), exchange.signal)) {
    if (event.type === 'error') throw new QueryError(event.error)
    if (event.type === 'data' && event.data.resultType === 'streams') legacyStreams(event.data.block, streams)
    if (event.type === 'end') stats = lokiStats({ stats: event.stats, entries: [...streams.values()].reduce((sum, { entries }) => sum + entries.length, 0) })
  }
  const shown = [...streams.values()].sort((a, b) => compareUtf8(a.labels, b.labels))
  return `${JSON.stringify({ streams: shown, stats })}\n`
}
