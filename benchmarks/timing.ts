/** Times of one streamed answer as a client sees them. */

export interface Timing {
  readonly wallMs: number
  /** Until the first `data` event that is not empty has arrived; the whole where there is none. */
  readonly firstMs: number
  readonly bytes: number
  readonly samples: number
  readonly answerBytes: number
}

/** Parameters of the native stream, by name. */
export type StreamParameters = Readonly<Record<string, string>>

export interface StreamRange {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

export function promqlRange(query: string, range: StreamRange): StreamParameters {
  return { lang: 'promql', query, ...rangeParameters(range) }
}

export function rangeParameters({ startMs, endMs, stepMs }: StreamRange): StreamParameters {
  return { start: String(startMs / 1000), end: String(endMs / 1000), step: String(stepMs / 1000) }
}

/** Asks the native stream for Server-Sent Events and reads them to their end; rejects if the query fails. */
export async function timeStream(url: string, parameters: StreamParameters): Promise<Timing> {
  const began = performance.now()
  const answer = await fetch(`${url}/api/v1/stream`, { method: 'POST', body: new URLSearchParams(parameters) })
  const decoder = new TextDecoder()
  let firstMs = NaN
  let answerBytes = 0
  let tail = ''
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    answerBytes += chunk.byteLength
    const text = decoder.decode(chunk, { stream: true })
    if (Number.isNaN(firstMs) && (tail + text).includes(DATA_BEGINS)) firstMs = performance.now() - began
    tail = (tail + text).slice(-65_536)
  }
  const wallMs = performance.now() - began
  const last = lastEvent(tail)
  if (last.type !== 'end') throw new Error(`${parameters.query}: ${JSON.stringify(last)}`)
  return { wallMs, firstMs: Number.isNaN(firstMs) ? wallMs : firstMs, bytes: last.stats.bytes, samples: last.stats.samples, answerBytes }
}

/** As it stands in an event of series or of entries. */
const DATA_BEGINS = '"result":[{'

interface LastEvent {
  readonly type: string
  readonly stats: { readonly bytes: number; readonly samples: number }
}

/** An error before the first event is plain JSON, without the field name. */
function lastEvent(tail: string): LastEvent {
  const text = tail.trimEnd()
  return JSON.parse(text.slice(text.lastIndexOf('\n') + 1).replace(/^data: /, ''))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
