/** Times of one streamed answer as a client sees them. */

export interface Timing {
  readonly wallMs: number
  /** Until the first `data` event has arrived. */
  readonly firstMs: number
  readonly bytes: number
  readonly samples: number
  readonly answerBytes: number
}

/** Asks the native stream for NDJSON and reads it to its end; rejects if the query fails. */
export async function timeStream(url: string, query: string, startMs: number, endMs: number, stepMs: number): Promise<Timing> {
  const form = new URLSearchParams({ lang: 'promql', query, start: String(startMs / 1000), end: String(endMs / 1000), step: String(stepMs / 1000) })
  const began = performance.now()
  const answer = await fetch(`${url}/api/v1/stream`, { method: 'POST', body: form, headers: { accept: 'application/x-ndjson' } })
  const decoder = new TextDecoder()
  let firstMs = NaN
  let answerBytes = 0
  let tail = ''
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    answerBytes += chunk.byteLength
    const text = decoder.decode(chunk, { stream: true })
    if (Number.isNaN(firstMs) && (tail + text).includes('"type":"data"')) firstMs = performance.now() - began
    tail = (tail + text).slice(-65_536)
  }
  const wallMs = performance.now() - began
  const last = JSON.parse(tail.trimEnd().slice(tail.trimEnd().lastIndexOf('\n') + 1))
  if (last.type !== 'end') throw new Error(`${query}: ${JSON.stringify(last)}`)
  return { wallMs, firstMs, bytes: last.stats.bytes, samples: last.stats.samples, answerBytes }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
