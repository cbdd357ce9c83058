/**
 * The place in the answer of a query from which any node can go on, and its text: the id of an event. It starts with the snapshot and the
 * watermark for whoever reads it, and ends with a checksum, so that an id that was cut, mixed up or mistyped is refused.
 */
import type { Annotation, FixedBuckets } from './annotation.js'
import { badQuery, type QueryError } from './error.js'
import type { Watermark } from './event.js'
import { hash64 } from './hash.js'
import type { Snapshot } from './segment.js'

export interface ResumePoint {
  readonly snapshot: Snapshot
  /** Groups that have been given whole; groups end between two timestamps, so that equal ones are given together. */
  readonly groups: number
  /** Of the last of them; undefined before the first. */
  readonly watermark: Watermark | undefined
  /** Entries that the limit still allows; undefined: there is no limit. */
  readonly entriesLeft?: number
  /** The time of the last entry that was given, in ns, where an interval leaves others out. */
  readonly lastEntryNs?: bigint
  /** Remarks about the groups that were given; undefined: too many for an id. */
  readonly remarks: readonly Annotation[] | undefined
  /** Something of what was given is missing. */
  readonly partial?: true
  /** How many remarks have been told, after the last group. */
  readonly remarksTold: number
  /** When relative times in the parameters were resolved, in ms; undefined: there were none. */
  readonly nowMs?: number
  /** Digest of what was asked. */
  readonly query: string
  /** Digest of how it is planned and cut, over which segments. */
  readonly route: string
}

/** Of the text: a text of another version is refused. */
const VERSION = '1'
const FIELDS = 11
const TOO_MANY = '!'
/** Behind the number of groups. */
const PARTIAL = 'p'

/** 16 hexadecimal digits. */
export function digestOf(text: string): string {
  return BigInt.asUintN(64, hash64(text)).toString(16).padStart(16, '0')
}

/** Printable ASCII without spaces, quotes or commas. */
export function writeResumePoint(point: ResumePoint): string {
  const { snapshot, entriesLeft, lastEntryNs, nowMs } = point
  const organisation = Buffer.from(snapshot.organisation).toString('latin1').replace(/[^\w.-]/g, escaped)
  const fields = [
    `${organisation}:${snapshot.generation}@${watermarkText(point.watermark)}`,
    VERSION,
    `${point.groups}${point.partial === true ? PARTIAL : ''}`,
    entriesLeft === undefined ? '' : String(entriesLeft),
    lastEntryNs === undefined ? '' : String(lastEntryNs),
    String(point.remarksTold),
    nowMs === undefined ? '' : String(nowMs),
    remarksText(point.remarks),
    point.query,
    point.route,
  ]
  const text = fields.join('~')
  return `${text}~${digestOf(text)}`
}

/** The way back. Throws `bad_query` for a text that is no id of this version, or not whole. */
export function readResumePoint(text: string): ResumePoint {
  const fields = text.split('~')
  const body = text.slice(0, text.lastIndexOf('~'))
  if (fields.length < 3) throw notAnId(text, 'it is no id of an event')
  if (fields[1] !== VERSION) throw notAnId(text, 'it is of another version of Millrace')
  if (fields.length !== FIELDS || fields[10] !== digestOf(body)) throw notAnId(text, 'it is not whole')
  const head = /^((?:[\w.-]|%[0-9a-f]{2})+):(\d{1,15})@(start|-?\d{1,16}|-?\d{1,20}ns)$/.exec(fields[0])
  const shapes = [/^\d{1,9}p?$/, /^\d{0,15}$/, /^(-?\d{1,20})?$/, /^\d{1,9}$/, /^(-?\d{1,16})?$/, /^[\w!-]*$/, /^[0-9a-f]{16}$/, /^[0-9a-f]{16}$/]
  if (head === null || shapes.some((shape, at) => !shape.test(fields[at + 2]))) throw notAnId(text, 'it is no id of an event')
  const [groups, left, last, told, now, remarks, query, route] = fields.slice(2)
  return {
    snapshot: { organisation: Buffer.from(head[1].replace(/%(..)/g, unescaped), 'latin1').toString(), generation: Number(head[2]) },
    groups: parseInt(groups, 10),
    ...(groups.endsWith(PARTIAL) ? { partial: true } : {}),
    watermark: watermarkFrom(head[3]),
    ...(left === '' ? {} : { entriesLeft: Number(left) }),
    ...(last === '' ? {} : { lastEntryNs: BigInt(last) }),
    remarks: remarks === TOO_MANY ? undefined : remarksFrom(remarks, text),
    remarksTold: Number(told),
    ...(now === '' ? {} : { nowMs: Number(now) }),
    query,
    route,
  }
}

/** Names the text, shortened, and what is wrong with it. */
export function notAnId(text: string, problem: string): QueryError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return badQuery(`cannot go on after the event "${shown}": ${problem}`, undefined, { lastEventId: shown })
}

function escaped(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function unescaped(_: string, hex: string): string {
  return String.fromCharCode(parseInt(hex, 16))
}

function watermarkText(watermark: Watermark | undefined): string {
  if (watermark === undefined) return 'start'
  return 'ms' in watermark ? String(watermark.ms) : `${watermark.ns}ns`
}

function watermarkFrom(text: string): Watermark | undefined {
  if (text === 'start') return undefined
  return text.endsWith('ns') ? { ns: BigInt(text.slice(0, -2)) } : { ms: Number(text) }
}

/** As they stand in an id; empty: none. */
export function remarksText(remarks: readonly Annotation[] | undefined): string {
  if (remarks === undefined) return TOO_MANY
  if (remarks.length === 0) return ''
  const rows = remarks.map(({ level, text, span, fixedBuckets: fixed }) => {
    const counted = fixed === undefined ? [] : FIXED.map((name) => (Object.is(fixed[name], -0) ? '-0' : String(fixed[name])))
    return [level === 'warning' ? 1 : 0, text, span.start, span.end, ...counted]
  })
  return Buffer.from(JSON.stringify(rows)).toString('base64url')
}

/** Bounds may be infinite, so numbers are texts. */
const FIXED = ['leastBound', 'greatestBound', 'greatestDifference', 'samples', 'firstMs', 'lastMs'] as const

function remarksFrom(encoded: string, id: string): readonly Annotation[] {
  if (encoded === '') return []
  try {
    const rows: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString())
    if (Array.isArray(rows)) return rows.map(remarkFrom)
  } catch {
    // Told below, as all else that is no list of remarks.
  }
  throw notAnId(id, 'it is no id of an event')
}

function remarkFrom(row: unknown): Annotation {
  if (!Array.isArray(row) || (row.length !== 4 && row.length !== 4 + FIXED.length)) throw new Error('not a remark')
  const [warning, text, start, end, ...counted]: readonly unknown[] = row
  if (typeof text !== 'string' || !isPlace(start) || !isPlace(end)) throw new Error('not a remark')
  const remark = { level: warning === 1 ? 'warning' : 'info', text, span: { start, end } } as const
  if (counted.length === 0) return remark
  const [leastBound, greatestBound, greatestDifference, samples, firstMs, lastMs] = counted.map(Number)
  const fixedBuckets: FixedBuckets = { leastBound, greatestBound, greatestDifference, samples, firstMs, lastMs }
  if (!Number.isFinite(firstMs) || !Number.isFinite(lastMs)) throw new Error('not a remark')
  return { ...remark, fixedBuckets }
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
