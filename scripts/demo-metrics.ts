/** The demo's metrics as an import body: one series a line. */
import { seeded, type Seeded } from '../benchmarks/seeded.js'
import { countOf, durationOf, HOURS, PODS, SCRAPE_MS, SERVICES, weatherAt, type Service } from './demo-shop.js'

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Requests of one scrape whose durations are drawn; the rest is spread as they are. */
const DRAWN = 12

interface Line {
  readonly labels: Readonly<Record<string, string>>
  readonly v: number[]
}

/** Counters by route, status and pod; classic duration histograms; CPU and memory by pod; queue lengths. Ends at `endMs`. */
export function* demoMetrics(endMs: number): Generator<Uint8Array> {
  const count = (HOURS * 3_600_000) / SCRAPE_MS
  for (const service of SERVICES) {
    for (let pod = 0; pod < PODS; pod++) {
      const random = seeded(SERVICES.indexOf(service) * 100 + pod)
      // Each pod is scraped at its own moment within the interval.
      const offset = random.below(SCRAPE_MS)
      const t = Array.from({ length: count }, (_, i) => endMs - (count - i) * SCRAPE_MS + offset)
      for (const line of podLines(service, `${service.name}-${pod}`, t, endMs, random)) yield encode(line, t)
    }
    const t = Array.from({ length: count }, (_, i) => endMs - (count - 1 - i) * SCRAPE_MS)
    yield encode(queueLine(service, t, endMs, seeded(900 + SERVICES.indexOf(service))), t)
  }
}

function encode({ labels, v }: Line, t: readonly number[]): Uint8Array {
  return Buffer.from(`${JSON.stringify({ labels, t, v })}\n`)
}

function podLines(service: Service, pod: string, t: readonly number[], endMs: number, random: Seeded): Line[] {
  const common = { service: service.name, pod, job: 'shop' }
  const lines = service.routes.flatMap((route) => routeLines(service, { ...common, route }, t, endMs, random))
  const cpu: number[] = []
  const memory: number[] = []
  let seconds = 0
  let bytes = 180e6 + random.below(40e6)
  for (const time of t) {
    const { rate, slow } = weatherAt(service, time, endMs)
    seconds += (SCRAPE_MS / 1000) * (0.02 + rate * 0.012 + random.next() * 0.01)
    bytes = Math.min(480e6, Math.max(150e6, bytes + (random.next() - 0.5) * 2e6 + (slow - 1) * 150_000))
    cpu.push(Math.round(seconds * 1000) / 1000)
    memory.push(Math.round(bytes))
  }
  return [
    ...lines,
    { labels: { __name__: 'process_cpu_seconds_total', ...common }, v: cpu },
    { labels: { __name__: 'process_resident_memory_bytes', ...common }, v: memory },
  ]
}

function routeLines(service: Service, labels: Readonly<Record<string, string>>, t: readonly number[], endMs: number, random: Seeded): Line[] {
  const statuses = ['200', '404', '500'].map((status) => ({ status, total: 0, v: [] as number[] }))
  const buckets = [...BOUNDS, Infinity].map((bound) => ({ bound, total: 0, v: [] as number[] }))
  const sum = { total: 0, v: [] as number[] }
  for (const time of t) {
    const weather = weatherAt(service, time, endMs)
    const requests = countOf((weather.rate / service.routes.length) * (SCRAPE_MS / 1000), random)
    const failed = Math.min(requests, countOf(requests * weather.failing, random))
    const missing = Math.min(requests - failed, countOf(requests * 0.01, random))
    for (const [i, more] of [requests - failed - missing, missing, failed].entries()) statuses[i].total += more
    for (let left = requests; left > 0; left -= Math.ceil(requests / DRAWN)) {
      const weight = Math.min(left, Math.ceil(requests / DRAWN))
      const duration = durationOf(service, weather, random)
      sum.total += weight * duration
      for (const bucket of buckets) if (duration <= bucket.bound) bucket.total += weight
    }
    for (const counter of [...statuses, ...buckets]) counter.v.push(counter.total)
    sum.v.push(Math.round(sum.total * 1e6) / 1e6)
  }
  const name = 'http_request_duration_seconds'
  return [
    ...statuses.map(({ status, v }) => ({ labels: { __name__: 'http_requests_total', ...labels, status }, v })),
    ...buckets.map(({ bound, v }) => ({ labels: { __name__: `${name}_bucket`, ...labels, le: bound === Infinity ? '+Inf' : String(bound) }, v })),
    { labels: { __name__: `${name}_sum`, ...labels }, v: sum.v },
    { labels: { __name__: `${name}_count`, ...labels }, v: buckets[buckets.length - 1].v },
  ]
}

function queueLine(service: Service, t: readonly number[], endMs: number, random: Seeded): Line {
  const v = t.map((time) => {
    const { slow, rate } = weatherAt(service, time, endMs)
    return countOf(0.4 * rate + 6 * (slow - 1), random)
  })
  return { labels: { __name__: 'queue_depth', service: service.name, job: 'shop' }, v }
}
