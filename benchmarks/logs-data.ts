/**
 * Logs of a fleet, seeded: 20 apps of 10 pods write for two hours, half of the apps as JSON, half as logfmt, all by turns.
 * In the middle stands one line, the needle, whose trace id is known and in no other line.
 */
import { seeded, type Seeded } from './seeded.js'

export interface LogsOptions {
  readonly lines: number
  readonly seed: number
}

export interface GeneratedLine {
  readonly stream: LogStream
  /** Whole ns after LOGS_START_MS; ascends without repeats. */
  readonly sinceStartNs: number
  readonly text: string
  /** What the text says, so that a reference need not parse it. */
  readonly fields: LineFields
}

export interface LogStream {
  readonly index: number
  readonly app: string
  readonly pod: string
  readonly format: 'json' | 'logfmt'
}

export interface LineFields {
  readonly level: string
  readonly message: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly bytes: number
  readonly user: string
  readonly traceId: string | undefined
}

export const LOGS_START_MS = 1_704_067_200_000
export const LOGS_RANGE_MS = 7_200_000
export const LOGS_END_MS = LOGS_START_MS + LOGS_RANGE_MS
const APPS_PER_FORMAT = 10
const PODS_PER_APP = 10
const USERS = 50_000
/** Coprime to USERS: scatters the busy users over all names. */
const USER_STRIDE = 7_919
/** Lines with a trace id; at this share lines are about 165 bytes long. */
const TRACED_SHARE = 0.65
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE']
const PATHS = ['/api/v1/orders', '/api/v1/cart', '/api/v1/users', '/api/v1/search', '/login', '/healthz', '/static/app.js']

export const LOG_STREAMS: readonly LogStream[] = (['json', 'logfmt'] as const).flatMap((format, half) =>
  Array.from({ length: APPS_PER_FORMAT * PODS_PER_APP }, (_, i) => {
    const app = `${format === 'json' ? 'json' : 'fmt'}-${Math.floor(i / PODS_PER_APP)}`
    return { index: half * APPS_PER_FORMAT * PODS_PER_APP + i, app, pod: `${app}-pod-${i % PODS_PER_APP}`, format }
  }),
)

/** In time order over all streams. */
export function* logLines({ lines, seed }: LogsOptions): Generator<GeneratedLine> {
  const random = seeded(seed)
  const slotNs = (LOGS_RANGE_MS * 1e6) / lines
  const middle = Math.floor(lines / 2)
  for (let i = 0; i < lines; i++) {
    const stream = LOG_STREAMS[random.below(LOG_STREAMS.length)]
    const sinceStartNs = Math.floor(i * slotNs + 1 + random.next() * (slotNs - 2))
    const drawn = drawFields(random)
    const fields = i === middle ? { ...drawn, level: 'info', message: 'shard moved by quokka', traceId: needleTraceId(seed) } : drawn
    yield { stream, sinceStartNs, fields, text: stream.format === 'json' ? jsonText(fields) : logfmtText(fields) }
  }
}

/** 32 hex digits that begin as no drawn trace id does. */
export function needleTraceId(seed: number): string {
  return `${NEEDLE_PREFIX}${traceIdOf(seeded(seed + 1)).slice(NEEDLE_PREFIX.length)}`
}

const NEEDLE_PREFIX = 'feedc0de'

function drawFields(random: Seeded): LineFields {
  const { level, message } = drawMessage(random)
  return {
    level,
    message,
    method: METHODS[random.below(METHODS.length)],
    path: `${PATHS[random.below(PATHS.length)]}/${random.below(1_000)}`,
    status: drawStatus(random),
    durationMs: Math.ceil(Math.exp(3 + 1.2 * bell(random))),
    bytes: 200 + random.below(40_000),
    user: userName(Math.floor(USERS * random.next() ** 3)),
    traceId: random.next() < TRACED_SHARE ? drawTraceId(random) : undefined,
  }
}

interface Message {
  readonly level: 'info' | 'warn' | 'error'
  /** Parts in 10,000; those of INFO share the rest. */
  readonly weight: number
  /** `#` stands for a number. */
  readonly template: string
}

/** Some hold what the questions look for, some nearly do. */
const RARE: readonly Message[] = [
  { level: 'error', weight: 50, template: 'dial tcp 10.0.0.#:5432: connection refused' },
  { level: 'error', weight: 20, template: 'upstream timed out after #ms' },
  { level: 'error', weight: 20, template: 'timeout after #ms reading the body' },
  { level: 'error', weight: 20, template: 'timed out after #s' },
  { level: 'error', weight: 30, template: 'context deadline exceeded' },
  { level: 'error', weight: 30, template: 'payment declined: error #' },
  { level: 'error', weight: 40, template: 'row # is locked' },
  { level: 'error', weight: 40, template: 'connection reset by peer' },
  { level: 'warn', weight: 40, template: 'timeout set to #ms' },
  { level: 'warn', weight: 40, template: 'retry # after error' },
  { level: 'warn', weight: 60, template: 'slow query, # rows' },
  { level: 'warn', weight: 60, template: 'cache evicted # keys' },
  { level: 'warn', weight: 60, template: 'certificate ends in # days' },
  { level: 'warn', weight: 60, template: 'deprecated parameter' },
  { level: 'warn', weight: 60, template: 'rate limit near for key #' },
]

const INFO: readonly string[] = [
  'request completed',
  'request completed, # items',
  'order # moved: pending → shipped',
  'order # paid',
  'cart # updated',
  'session opened',
  'session # closed',
  'user signed in',
  'user signed out',
  'token refreshed',
  'cache hit',
  'cache miss for key #',
  'search found # documents',
  'job # started',
  'job # finished without error',
  'message # published',
  'message # consumed',
  'connection opened',
  'connection closed after # requests',
  'configuration reloaded',
  'feature flag read',
  'image # resized',
  'mail # sent',
  'webhook # delivered',
  'health check passed',
  'static file served',
]

function drawMessage(random: Seeded): { readonly level: string; readonly message: string } {
  let left = random.below(10_000)
  for (const { level, weight, template } of RARE) {
    if (left < weight) return { level, message: filled(template, random) }
    left -= weight
  }
  return { level: 'info', message: filled(INFO[random.below(INFO.length)], random) }
}

function filled(template: string, random: Seeded): string {
  return template.includes('#') ? template.replace('#', String(1 + random.below(5_000))) : template
}

function drawStatus(random: Seeded): number {
  const percent = random.next() * 100
  if (percent < 80) return 200
  if (percent < 86) return 201
  if (percent < 90) return 204
  if (percent < 93) return 304
  if (percent < 98) return [400, 401, 404, 429][random.below(4)]
  return [500, 502, 503, 504][random.below(4)]
}

/** About normal, by the sum of three. */
function bell(random: Seeded): number {
  return 2 * (random.next() + random.next() + random.next() - 1.5)
}

function userName(rank: number): string {
  return `user-${String((rank * USER_STRIDE) % USERS).padStart(5, '0')}`
}

function drawTraceId(random: Seeded): string {
  const id = traceIdOf(random)
  return id.startsWith(NEEDLE_PREFIX) ? `0${id.slice(1)}` : id
}

function traceIdOf(random: Seeded): string {
  let id = ''
  for (let part = 0; part < 4; part++) id += random.below(0x1_0000_0000).toString(16).padStart(8, '0')
  return id
}

function jsonText({ level, message, method, path, status, durationMs, bytes, user, traceId }: LineFields): string {
  const trace = traceId === undefined ? '' : `,"trace_id":"${traceId}"`
  return `{"level":"${level}","msg":"${message}","method":"${method}","path":"${path}","status":${status},"duration_ms":${durationMs},"bytes":${bytes},"user":"${user}"${trace}}`
}

function logfmtText({ level, message, method, path, status, durationMs, bytes, user, traceId }: LineFields): string {
  const trace = traceId === undefined ? '' : ` trace_id=${traceId}`
  const duration = durationMs < 1_000 ? `${durationMs}ms` : `${durationMs / 1_000}s`
  return `level=${level} msg="${message}" method=${method} path=${path} status=${status} duration=${duration} bytes=${bytes} user=${user}${trace}`
}
