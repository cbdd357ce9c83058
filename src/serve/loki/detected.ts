/** What Logs Drilldown asks: which fields the newest lines have, and which labels tell streams apart. */
import type { QueryRequest } from '../../model/event.js'
import { badQuery, QueryError } from '../../model/error.js'
import { compareUtf8 } from '../../model/labels.js'
import type { Limits } from '../../model/limits.js'
import { ofCaller } from '../answering.js'
import type { Exchange } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { readLimit } from './answers.js'
import { DetectedFields } from './detected-fields.js'
import { tellsApart } from './field-notations.js'
import { find, readQuestion } from './labels.js'
import { needLines, readGridStepMs, readInteger, readText, readTimes } from './parameters.js'
import type { LokiPlace } from './place.js'
import { withinLimits } from './within-limits.js'

/** The fields of the newest `line_limit` lines of a log query. */
export async function detectedFields(exchange: Exchange, parameters: Parameters, place: LokiPlace): Promise<string> {
  const { fields, limit } = await detect(exchange, parameters, place)
  return fields.fieldsJson(limit)
}

export async function detectedValues(exchange: Exchange, parameters: Parameters, name: string, place: LokiPlace): Promise<string> {
  const { fields, limit } = await detect(exchange, parameters, place)
  return fields.valuesJson(name, limit)
}

async function detect(exchange: Exchange, parameters: Parameters, place: LokiPlace): Promise<{ fields: DetectedFields; limit: number }> {
  const { engine, server } = place
  const { limits } = engine
  const text = readText(parameters, limits)
  needLines(text, server.texts)
  const range = readTimes(parameters, server.clock.nowMs())
  readGridStepMs(parameters, range, limits)
  const lines = readLimit(parameters, limits, 'line_limit')
  const limit = readFieldLimit(parameters, limits)
  const asked: QueryRequest = { language: 'logql', text, when: { kind: 'entries', ...range, direction: 'backward', limit: lines } }
  const request = await withinLimits(asked, exchange, place)
  const fields = new DetectedFields()
  for await (const event of engine.query(ofCaller(exchange, request), exchange.signal)) {
    if (event.type === 'error') throw new QueryError(event.error)
    if (event.type === 'data' && event.data.resultType === 'streams') fields.add(event.data.block)
  }
  return { fields, limit }
}

/** `limit`, or `field_limit` as older clients say. */
function readFieldLimit(parameters: Parameters, limits: Limits): number {
  const limit = readInteger(parameters, 'limit') ?? readInteger(parameters, 'field_limit') ?? limits.detectedFieldsMax
  if (limit <= 0) throw badQuery('limit must be a positive value')
  return limit
}

/** `{"detectedLabels":[{"label":…,"cardinality":…},…]}` in the order of their names. */
export async function detectedLabels(exchange: Exchange, parameters: Parameters, place: LokiPlace): Promise<string> {
  const { labels } = await find(exchange, place, readQuestion(exchange, parameters, place, { kind: 'series' }))
  const values = new Map<string, Set<string>>()
  for (const stream of labels) {
    for (let at = 0; at < stream.length; at += 2) {
      const known = values.get(stream[at]) ?? new Set<string>()
      values.set(stream[at], known.add(stream[at + 1]))
    }
  }
  const shown = [...values].filter(([label, known]) => tellsApart(label, [...known])).sort(([a], [b]) => compareUtf8(a, b))
  return `${JSON.stringify({ detectedLabels: shown.map(([label, known]) => ({ label, cardinality: known.size })) })}\n`
}
