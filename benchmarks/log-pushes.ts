/** Generated lines as bodies of Loki's push API, one a line: all streams by turns, as many agents push them. */
import { LOGS_START_MS, type GeneratedLine, type LogStream } from './logs-data.js'

const LINES_PER_PUSH = 2_000

export async function* logPushes(all: Iterable<GeneratedLine>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let held = new Map<LogStream, string[]>()
  let count = 0
  for (const { stream, sinceStartNs, text } of all) {
    const values = held.get(stream) ?? []
    if (values.length === 0) held.set(stream, values)
    values.push(`["${LOGS_START_MS / 1_000 + Math.floor(sinceStartNs / 1e9)}${String(sinceStartNs % 1e9).padStart(9, '0')}",${JSON.stringify(text)}]`)
    if (++count < LINES_PER_PUSH) continue
    yield encoder.encode(pushBody(held))
    held = new Map()
    count = 0
  }
  if (count > 0) yield encoder.encode(pushBody(held))
}

function pushBody(held: ReadonlyMap<LogStream, readonly string[]>): string {
  const streams = [...held].map(([{ app, pod }, values]) => `{"stream":{"app":"${app}","pod":"${pod}"},"values":[${values.join(',')}]}`)
  return `{"streams":[${streams.join(',')}]}\n`
}
