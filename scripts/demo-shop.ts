/** The telemetry of a small shop, the same for the same end: what runs in it, how busy it is, and an incident in the payment service. */
import type { Seeded } from '../benchmarks/seeded.js'

export const HOURS = 4
export const SCRAPE_MS = 15_000
const MINUTE_MS = 60_000

export interface Service {
  readonly name: string
  readonly routes: readonly string[]
  /** Requests a second of all pods, on average. */
  readonly rate: number
  /** Median duration in seconds. */
  readonly median: number
  readonly logs: 'json' | 'logfmt'
}

export const PODS = 3

export const SERVICES: readonly Service[] = [
  { name: 'frontend', routes: ['/', '/products', '/search', '/checkout'], rate: 40, median: 0.06, logs: 'json' },
  { name: 'catalog', routes: ['/products', '/products/:id', '/search'], rate: 30, median: 0.02, logs: 'logfmt' },
  { name: 'cart', routes: ['/cart', '/cart/items'], rate: 15, median: 0.015, logs: 'logfmt' },
  { name: 'checkout', routes: ['/checkout', '/orders'], rate: 6, median: 0.12, logs: 'json' },
  { name: 'payment', routes: ['/charge', '/refund'], rate: 5, median: 0.09, logs: 'json' },
]

/** The state of a service at a moment. */
export interface Weather {
  /** Requests a second of one pod. */
  readonly rate: number
  /** Share of requests that fail, in [0, 1]. */
  readonly failing: number
  /** How many times slower than usual. */
  readonly slow: number
}

/** From 95 to 60 minutes before the end the card processor does not answer; checkout, which calls payment, suffers with it. */
export function weatherAt(service: Service, timeMs: number, endMs: number): Weather {
  const minutes = (endMs - timeMs) / MINUTE_MS
  // Comes within three minutes and goes within five, as pools fill up and drain.
  const trouble = Math.max(0, Math.min(1, (95 - minutes) / 3, (minutes - 60) / 5))
  const rate = (service.rate / PODS) * (1 + 0.25 * Math.sin(timeMs / 2_400_000) + 0.08 * Math.sin(timeMs / 170_000))
  switch (service.name) {
    case 'payment':
      return { rate, failing: 0.002 + 0.34 * trouble, slow: 1 + 14 * trouble }
    case 'checkout':
      return { rate, failing: 0.002 + 0.11 * trouble, slow: 1 + 5 * trouble }
    case 'frontend':
      return { rate, failing: 0.001 + 0.012 * trouble, slow: 1 + 0.4 * trouble }
  }
  return { rate, failing: 0.001, slow: 1 }
}

/** A duration in seconds: log-normal about the median. */
export function durationOf(service: Service, weather: Weather, random: Seeded): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return service.median * weather.slow * Math.exp(0.7 * normal)
}

/** A whole number of events with the given mean: exact enough for counters, without a loop over events. */
export function countOf(mean: number, random: Seeded): number {
  const normal = random.next() + random.next() + random.next() - 1.5
  return Math.max(0, Math.floor(mean + normal * 2 * Math.sqrt(mean) + random.next()))
}
