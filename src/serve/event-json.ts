/** Events of a query as text: the payload of SSE and the lines of NDJSON are the same. */
import type { ErrorRecord } from '../model/error.js'
import { ERROR_RULES } from '../model/error.js'
import type { AffectedRange, MissingSegment, QueryEvent, Watermark } from '../model/event.js'
import { formatSeconds } from './number-format.js'
import { dataJson, type NumberStyle } from './result-json.js'

/** The id of an event before which there was none. */
export const NO_ID = 'none'

/** An id for each event: its own, or the one of the last event that had one. */
export class EventIds {
  #id: string = NO_ID

  /** The id of the event, which must be the next of its query. */
  next(event: QueryEvent): string {
    if ('id' in event) this.#id = event.id
    return this.#id
  }
}

/** The JSON object of an event, without line breaks, in chunks. */
export function* eventJson(event: QueryEvent, id: string, numbers: NumberStyle): Generator<string> {
  const head = `{"type":"${event.type}","id":${JSON.stringify(id)},`
  switch (event.type) {
    case 'data': {
      const { data } = event
      const grid = data.resultType === 'streams' || data.resultType === 'samples' ? '' : `"grid":${JSON.stringify(data.grid)},`
      const ordered = 'ordered' in data && data.ordered ? '"ordered":true,' : ''
      yield `${head}"group":${event.group},"watermark":${watermarkJson(event.watermark)},${grid}${ordered}`
      yield* dataJson(data, numbers, 'whole')
      yield '}'
      return
    }
    case 'error':
      yield `${head}"error":${JSON.stringify(errorBody(event.error))}}`
      return
    case 'plan':
    case 'progress':
    case 'warning': {
      yield head + JSON.stringify({ ...event, type: undefined, id: undefined }).slice(1)
      return
    }
    case 'end': {
      const { missing, ...rest } = event
      const lacking = missing === undefined ? {} : { missing: { segments: missing.segments, named: missing.named.map(missingJson) } }
      yield head + JSON.stringify({ ...rest, ...lacking, type: undefined }).slice(1)
      return
    }
  }
}

function missingJson({ start, end, affected, ...rest }: MissingSegment): object {
  return { ...rest, ...rangeJson({ start, end }), affected: affected.map(rangeJson) }
}

function rangeJson({ start, end }: AffectedRange): object {
  return { start: plainWatermark(start), end: plainWatermark(end) }
}

function plainWatermark(watermark: Watermark): number | string {
  return 'ms' in watermark ? watermark.ms / 1000 : String(watermark.ns)
}

/** Seconds as a number for samples, ns as a string for entries: each as the timestamps beside it. */
function watermarkJson(watermark: Watermark): string {
  return 'ms' in watermark ? formatSeconds(watermark.ms) : `"${watermark.ns}"`
}

/** An error as the native API shows it: facts (limit, value, setting, segment, …) stand beside the message. */
export function errorBody(error: ErrorRecord): object {
  const { code, message, position, facts } = error
  return { code, message, retryable: ERROR_RULES[code].retryable, ...(position === undefined ? {} : { position }), ...(facts === undefined ? {} : { facts }) }
}
