/** Telemetry as JSON lines on standard error. Home of `pino`. */
import { pino } from 'pino'
import type { Telemetry, TelemetryEvent } from '../src/model/telemetry.js'
import type { Configuration } from './configuration.js'

/** The setting, or its default. */
export function logLevel({ settings }: Configuration): string {
  return String(settings['log.level'] ?? 'info')
}

/** Queries and units are debug, what an operator has to see is more. A line about a query names it, its organisation, and its trace if it has one. */
export function logTelemetry(level: string): Telemetry {
  const log = pino({ level, base: undefined }, pino.destination({ dest: 2, sync: true }))
  return (event) => {
    log[levelOf(event)](factsOf(event), event.type)
  }
}

/** What is handed on to units and collectors of a trace is more than a log needs. */
function factsOf(event: TelemetryEvent): object {
  const traceId = 'trace' in event ? event.trace?.traceId : undefined
  // What is undefined is not printed.
  return { ...event, type: undefined, trace: undefined, traceId }
}

export function levelOf(event: TelemetryEvent): 'error' | 'warn' | 'info' | 'debug' {
  switch (event.type) {
    case 'actor:failed':
      return 'error'
    case 'import:failed':
    case 'segment:missing':
    case 'unit:retried':
    case 'cache:overBudget':
    case 'membership:failed':
    case 'process:ended':
    case 'traces:lost':
      return 'warn'
    case 'query:ended':
      return event.status === 'internal' || event.status === 'corrupt_data' || event.status === 'unavailable' ? 'error' : 'debug'
    case 'collector:swept':
      return event.failed > 0 ? 'warn' : 'info'
    case 'node:started':
    case 'node:draining':
    case 'node:stopping':
    case 'member:joined':
    case 'member:gone':
    case 'import:finished':
      return 'info'
    case 'query:started':
    case 'query:admitted':
    case 'query:firstData':
    case 'query:planned':
    case 'group:released':
    case 'unit:finished':
    case 'unit:failed':
    case 'unit:hedged':
    case 'units:cancelled':
    case 'thread:memory':
    case 'cache:hit':
    case 'cache:evicted':
    case 'cache:fetched':
      return 'debug'
  }
}
