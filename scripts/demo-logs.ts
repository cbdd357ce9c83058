/** The demo's logs as an import body: Loki push bodies, one for each service and minute, JSON or logfmt lines. */
import { seeded, type Seeded } from '../benchmarks/seeded.js'
import { durationOf, HOURS, PODS, SERVICES, weatherAt, type Service } from './demo-shop.js'

const MINUTE_MS = 60_000
/** One request in so many is logged. */
const SAMPLED = 16

interface Request {
  readonly level: 'info' | 'warn' | 'error'
  readonly msg: string
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly error?: string
}

type Entry = readonly [ns: string, line: string, metadata: Readonly<Record<string, string>>]

/** Ends at `endMs`. */
export function* demoLogs(endMs: number): Generator<Uint8Array> {
  for (const service of SERVICES) {
    const random = seeded(5_000 + SERVICES.indexOf(service))
    for (let minute = HOURS * 60; minute > 0; minute--) {
      const startMs = endMs - minute * MINUTE_MS
      yield Buffer.from(`${JSON.stringify({ streams: streamsOf(service, startMs, endMs, random) })}\n`)
    }
  }
}

function streamsOf(service: Service, startMs: number, endMs: number, random: Seeded): object[] {
  return Array.from({ length: PODS }, (_, pod) => {
    const { rate, failing } = weatherAt(service, startMs, endMs)
    // Failures are all logged, what went well is sampled.
    const entries = Math.max(1, Math.round((rate * 60 * (1 - failing)) / SAMPLED + rate * 60 * failing))
    const times = Array.from({ length: entries }, () => random.below(MINUTE_MS * 1000)).sort((a, b) => a - b)
    const share = (failing * SAMPLED) / (1 + failing * (SAMPLED - 1))
    const values = times.map((micros): Entry => {
      const ns = BigInt(startMs) * 1_000_000n + BigInt(micros) * 1000n
      const request = requestOf(service, startMs, endMs, share, random)
      return [String(ns), service.logs === 'json' ? jsonLine(request) : logfmtLine(request), { trace_id: traceId(random) }]
    })
    return { stream: { app: 'shop', service: service.name, pod: `${service.name}-${pod}` }, values }
  })
}

function requestOf(service: Service, timeMs: number, endMs: number, failing: number, random: Seeded): Request {
  const weather = weatherAt(service, timeMs, endMs)
  const route = service.routes[random.below(service.routes.length)]
  const durationMs = Math.round(durationOf(service, weather, random) * 1e6) / 1e3
  if (random.next() < failing) return { level: 'error', msg: 'request failed', route, status: 500, durationMs, error: errorOf(service, weather.slow) }
  if (random.next() < 0.01) return { level: 'warn', msg: 'not found', route, status: 404, durationMs }
  const slow = durationMs > service.median * 4000
  return { level: slow ? 'warn' : 'info', msg: slow ? 'slow request' : 'request done', route, status: 200, durationMs }
}

function errorOf(service: Service, slow: number): string {
  if (service.name === 'payment' && slow > 2) return 'card processor: timeout after 2s'
  if (service.name === 'checkout' && slow > 1.5) return 'payment: upstream answered 500'
  return 'connection reset by peer'
}

function jsonLine({ level, msg, route, status, durationMs, error }: Request): string {
  return JSON.stringify({ level, msg, route, status, duration_ms: durationMs, ...(error === undefined ? {} : { error }) })
}

function logfmtLine({ level, msg, route, status, durationMs, error }: Request): string {
  return `level=${level} msg="${msg}" route=${route} status=${status} duration=${durationMs}ms${error === undefined ? '' : ` error="${error}"`}`
}

function traceId(random: Seeded): string {
  return Array.from({ length: 4 }, () => random.below(2 ** 32).toString(16).padStart(8, '0')).join('')
}
