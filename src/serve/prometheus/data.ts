/** Prometheus' answers that are no result of a query: `{"status":"success","data":…}`. */
import type { FastifyReply } from 'fastify'
import { JSON_TYPE } from '../answering.js'
import { sendChunks, type Exchange } from '../exchange.js'
import { CHUNK_LENGTH } from '../result-json.js'

export const TRUNCATED = 'results truncated due to limit'

export function sendData(exchange: Exchange, data: unknown): FastifyReply {
  return sendChunks(exchange, JSON_TYPE, [`{"status":"success","data":${JSON.stringify(data)}}`])
}

/** A list of which the first `limit` are shown (0: all), and a warning if there are more. */
export function sendTruncated<T>(exchange: Exchange, list: readonly T[], limit: number, json: (item: T) => string): FastifyReply {
  const shown = limit === 0 ? list : list.slice(0, limit)
  return sendChunks(exchange, JSON_TYPE, listChunks(shown, json, shown.length < list.length ? `,"warnings":[${JSON.stringify(TRUNCATED)}]` : ''))
}

function* listChunks<T>(list: readonly T[], json: (item: T) => string, behind: string): Generator<string> {
  let text = '{"status":"success","data":['
  for (let at = 0; at < list.length; at++) {
    text += `${at === 0 ? '' : ','}${json(list[at])}`
    if (text.length < CHUNK_LENGTH) continue
    yield text
    text = ''
  }
  yield `${text}]${behind}}`
}
