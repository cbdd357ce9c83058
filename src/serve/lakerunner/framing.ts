/**
 * Answers as Lakerunner's clients read them: lines of `data: {"type":…,"data":…}`, an event for each point, row or value, and `done` at last.
 * Numbers that JSON has not are left out, as they are there.
 */
import { FLOAT } from '../../model/block.js'
import type { ErrorRecord } from '../../model/error.js'
import type { Data, QueryEvent, SeriesData, StreamsData } from '../../model/event.js'
import type { Labels } from '../../model/labels.js'
import { stepTime } from '../../model/time.js'
import { SSE_HEADERS, type Framing } from '../event-stream.js'
import { labelsJson, scalarSeries } from '../result-json.js'
import { labelsText } from '../streams.js'
import { Summaries } from './summaries.js'

export type Manner = 'points' | 'summary'

export function envelope(type: string, data: string): string {
  return `data: {"type":${JSON.stringify(type)},"data":${data}}\n\n`
}

export const DONE = envelope('done', '{"status":"ok"}')
const FAILED = envelope('done', '{"status":"error"}')

/** `queryId`: what the client calls its query; it is told again. */
export function lakerunnerHeaders(queryId: string | undefined): Readonly<Record<string, string>> {
  return queryId === undefined ? SSE_HEADERS : { ...SSE_HEADERS, 'x-cardinalhq-query-id': queryId }
}

export function lakerunnerFraming(manner: Manner, text: string, queryId: string | undefined): Framing {
  const summaries = manner === 'summary' ? new Summaries() : undefined
  return {
    headers: lakerunnerHeaders(queryId),
    heartbeat: envelope('heartbeat', '{"status":"waiting"}'),
    *text(event: QueryEvent) {
      switch (event.type) {
        case 'data':
          yield* dataText(event.data, text, summaries)
          return
        case 'error':
          yield envelope('error', errorJson(event.error)) + FAILED
          return
        case 'end':
          for (const { labels, json } of summaries?.all() ?? []) yield envelope('summary', `{"label":${labelOf(labels, text)},"tags":${labelsJson(labels)},${json}}`)
          yield DONE
          return
        case 'plan':
        case 'progress':
        case 'warning':
          return
      }
    },
  }
}

function errorJson({ code, message }: ErrorRecord): string {
  return JSON.stringify({ message, code })
}

function* dataText(data: Data, text: string, summaries: Summaries | undefined): Generator<string> {
  switch (data.resultType) {
    case 'matrix':
    case 'vector':
      if (summaries === undefined) yield* pointsText(data, text)
      else summaries.add(data)
      return
    case 'scalar':
      yield* dataText(scalarSeries(data), text, summaries)
      return
    case 'streams':
      yield* rowsText(data)
      return
    case 'samples':
    case 'string':
      throw new Error(`a range query gave ${data.resultType}`)
  }
}

/** Step by step, as time goes. */
function* pointsText({ block, grid }: SeriesData, text: string): Generator<string> {
  const heads = block.labels.map((labels) => `data: {"type":"result","data":{"tags":${labelsJson(labels)},"value":`)
  const tails = block.labels.map((labels) => `,"label":${labelOf(labels, text)}}}\n\n`)
  for (let step = 0; step < block.steps; step++) {
    const ms = stepTime(grid, step)
    let events = ''
    for (let series = 0; series < heads.length; series++) {
      const cell = series * block.steps + step
      if (block.present[cell] !== FLOAT || !Number.isFinite(block.values[cell])) continue
      events += `${heads[series]}${block.values[cell]},"timestamp":${ms}${tails[series]}`
    }
    if (events !== '') yield events
  }
}

/** A series by its labels, or by the text of the query if it has none. */
function labelOf(labels: Labels, text: string): string {
  return JSON.stringify(labels.length === 0 ? text : labelsText(labels))
}

/** The line stands among the tags, where Lakerunner keeps it. */
function* rowsText({ block }: StreamsData): Generator<string> {
  const heads = block.sets.map(({ labels }) => labelsJson(labels).slice(0, -1))
  for (let at = 0; at < block.set.length; at++) {
    const ns = block.ts[at]
    const tags = heads[block.set[at]]
    yield `data: {"type":"result","data":{"timestamp":${ns / 1_000_000n},"timestamp_ns":${ns},"tags":${tags}${tags === '{' ? '' : ','}"log_message":${JSON.stringify(block.line[at])}}}}\n\n`
  }
}
