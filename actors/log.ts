/** Telemetry as JSON lines on standard error. Home of `pino`. */
import { pino } from 'pino'
import type { Telemetry, TelemetryEvent } from '../src/model/telemetry.js'

/** Queries and units are debug, what an operator has to see is more. */
export function logTelemetry(level: string): Telemetry {
  const log = pino({ level, base: undefined }, pino.destination({ dest: 2, sync: true }))
  return (event) => {
    const { type, ...facts } = event
    log[levelOf(event)](facts, type)
  }
}

function levelOf(event: TelemetryEvent): 'error' | 'warn' | 'info' | 'debug' {
  switch (event.type) {
    case 'actor:failed':
      return 'error'
    case 'import:failed':
    case 'unit:retried':
    case 'cache:overBudget':
      return 'warn'
    case 'query:ended':
      return event.status === 'internal' || event.status === 'corrupt_data' || event.status === 'unavailable' ? 'error' : 'debug'
    case 'node:started':
    case 'node:draining':
    case 'node:stopping':
    case 'import:finished':
      return 'info'
    case 'query:started':
    case 'query:admitted':
    case 'query:firstData':
    case 'unit:finished':
    case 'unit:hedged':
    case 'cache:hit':
    case 'cache:evicted':
    case 'cache:fetched':
      return 'debug'
  }
}
