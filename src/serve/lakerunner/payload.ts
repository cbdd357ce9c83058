/** What Lakerunner's clients send: a JSON object with times that may be relative to each other, and a query. */
import { z } from 'zod'
import { badQuery } from '../../model/error.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import { readRfc3339Ns } from '../time-text.js'

const number = z.number().int().nonnegative()

const payload = z.object({
  s: z.string().optional(),
  e: z.string().optional(),
  q: z.string().optional(),
  metric: z.string().optional(),
  reverse: z.boolean().optional(),
  limit: number.optional(),
  /** Accepted as upstream does, which does not look at them either. */
  fields: z.array(z.string()).optional(),
  summary: z.boolean().optional(),
  /** In seconds. */
  step: z.number().positive().optional(),
  maxDataPoints: number.positive().optional(),
})

export interface Payload extends z.infer<typeof payload> {
  /** Half-open for logs, both inclusive for metrics. */
  readonly startMs: number
  readonly endMs: number
}

/** Throws `bad_query` for anything else than such an object. */
export function readPayload(body: unknown, contentType: string | undefined, nowMs: number, limits: Limits): Payload {
  if (contentType?.startsWith('application/json') !== true) throw badQuery('the content type must be application/json')
  const read = payload.safeParse(jsonOf(body))
  if (!read.success) {
    const [{ path, message }] = read.error.issues
    throw badQuery(`${path.length === 0 ? 'the body' : path.join('.')}: ${message}`)
  }
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(read.data.q ?? ''))
  return { ...read.data, ...rangeOf(read.data.s ?? 'e-1h', read.data.e ?? 'now', nowMs) }
}

export function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '')
  } catch {
    throw badQuery('the body is not JSON')
  }
}

const RELATIVE = /^([a-z]+)(?:([-+])(.+))?$/

function rangeOf(start: string, end: string, nowMs: number): Pick<Payload, 'startMs' | 'endMs'> {
  const bases = { now: nowMs, epoch: 0 }
  const endMs = momentOf('e', end, bases)
  const startMs = momentOf('s', start, { ...bases, e: endMs })
  if (endMs < startMs) throw badQuery('e must not be before s')
  return { startMs, endMs }
}

/** `bases`: what a relative time may begin with. */
function momentOf(name: string, text: string, bases: Readonly<Record<string, number>>): number {
  const [, base, sign, duration] = RELATIVE.exec(text) ?? []
  if (base !== undefined) {
    const from = Object.hasOwn(bases, base) ? bases[base] : undefined
    const by = duration === undefined ? 0 : durationMs(duration)
    if (from === undefined || by === undefined) throw badTime(name, text)
    return from + (sign === '-' ? -by : by)
  }
  if (/^\d{10,16}$/.test(text)) return Number(text) <= 2_147_483_647 ? Number(text) * 1000 : Number(text)
  const ns = readRfc3339Ns(text)
  if (ns === undefined) throw badTime(name, text)
  return Number(ns / 1_000_000n)
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Numbers with units, such as `7d`, `1h30m` or `1.5h`. */
function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)
  return Math.round([...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit], 0))
}

function badTime(name: string, text: string) {
  return badQuery(`${name}: cannot read the time ${JSON.stringify(text)}: RFC 3339, seconds or ms since 1970, or now, epoch or e with - or + and a duration`)
}

const MINUTE_MS = 60_000
/** Up to which range which step, both in ms: as Lakerunner chooses them. */
const STEPS: readonly (readonly [spanMs: number, stepMs: number])[] = [
  [65 * MINUTE_MS, 10_000],
  [720 * MINUTE_MS, MINUTE_MS],
  [1440 * MINUTE_MS, 5 * MINUTE_MS],
  [4320 * MINUTE_MS, 20 * MINUTE_MS],
]
const LONGEST_STEP_MS = 60 * MINUTE_MS

/** The step that was asked for, or is needed for so many points, or goes with the length of the range. */
export function stepMsOf({ startMs, endMs, step, maxDataPoints }: Payload): number {
  if (step !== undefined) return Math.max(1, Math.round(step * 1000))
  if (maxDataPoints !== undefined) return Math.max(1000, Math.ceil((endMs - startMs) / maxDataPoints / 1000) * 1000)
  return STEPS.find(([spanMs]) => endMs - startMs <= spanMs)?.[1] ?? LONGEST_STEP_MS
}
