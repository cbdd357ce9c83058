/**
 * Limits that a request sets itself, below those of the node: the headers X-Loki-Query-Limits and X-Loki-Query-Limits-Context. Whoever sends
 * them relies on them, so what is not understood is refused; Loki passes over it. Facts: Loki's querylimits, names and texts of its answers.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { badQuery, type QueryError } from '../../model/error.js'
import { readPrometheusDurationMs, readRfc3339Ns } from '../time-text.js'
import { readBytes } from './field-notations.js'
import type { TimeRange } from './parameters.js'

/** As the header has them; absent, null or zero: that of the node. */
export interface AskedLimits {
  /** Of the range of time, ms. */
  readonly maxQueryLength: number
  /** Of a window, ms. */
  readonly maxQueryInterval: number
  /** How far before now the range may begin, ms: what lies further back is cut off. */
  readonly maxQueryLookback: number
  /** Of log queries. */
  readonly maxEntriesLimitPerQuery: number
  /** Wall-clock budget, ms. */
  readonly maxQueryTime: number
  /** Labels that every selector has to name. */
  readonly requiredLabels: readonly string[]
  /** Matchers that every selector has to have. */
  readonly minimumLabelsNumber: number
  /** Of lines in the streams and the time that are selected, in bytes. */
  readonly maxQueryBytesRead: number
  /** The query of which this one is a part: maxQueryBytesRead holds for it too. */
  readonly whole?: TimeRange & { readonly text: string }
}

const LIMITS = 'X-Loki-Query-Limits'
const CONTEXT = 'X-Loki-Query-Limits-Context'

const duration = readText(readPrometheusDurationMs, 'a duration like "1h30m"')
const COUNT = { error: 'must be a whole number from 0 up' }
const count = z.int(COUNT).min(0, COUNT)
const orNone = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? 0)
const NAMES = { error: 'must be a list of names' }
const members = z.strictObject({
  maxQueryLength: orNone(duration),
  maxQueryInterval: orNone(duration),
  maxQueryLookback: orNone(duration),
  maxEntriesLimitPerQuery: orNone(count),
  maxQueryTime: orNone(duration),
  requiredLabels: z.array(z.string(NAMES), NAMES).nullish().transform((names) => names ?? []),
  minimumLabelsNumber: orNone(count),
  maxQueryBytesRead: orNone(readText(readBytes, 'a size like "500MB"')),
})
const time = readText(readRfc3339Ns, 'a time of RFC 3339')
const context = z.strictObject({ expr: z.string({ error: 'must be a query' }), from: time, to: time })

/** Undefined: the request sets none. Throws `bad_query` for what is not understood. */
export function readAskedLimits(headers: IncomingHttpHeaders): AskedLimits | undefined {
  const limits = headerJson(headers, LIMITS, members)
  const whole = headerJson(headers, CONTEXT, context)
  if (limits === undefined) return undefined
  return { ...limits, ...(whole === undefined ? {} : { whole: { text: whole.expr, startNs: whole.from, endNs: whole.to } }) }
}

/** Of what is wrong with the query of which this one is a part. */
export function badContext(problem: string): QueryError {
  return badHeader(CONTEXT, problem)
}

function badHeader(name: string, problem: string): QueryError {
  return badQuery(`header ${name}: ${problem}`)
}

function headerJson<T>(headers: IncomingHttpHeaders, name: string, schema: z.ZodType<T>): T | undefined {
  const text = headers[name.toLowerCase()]
  if (text === undefined || text === '') return undefined
  const { success, data, error } = schema.safeParse(parsedJson(String(text)))
  if (success) return data
  const [issue] = error.issues
  if (issue.code === 'unrecognized_keys') throw badHeader(name, unknownMember(issue.keys[0], schema))
  throw badHeader(name, issue.path.length === 0 ? 'is not a JSON object' : `${String(issue.path[0])} ${issue.message}`)
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unknownMember(name: string, schema: z.ZodType): string {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return `unknown ${JSON.stringify(name.slice(0, 40))}: there are ${known.join(', ')}`
}

function readText<T>(read: (text: string) => T | undefined, expected: string) {
  const error = `must be ${expected}`
  return z.string({ error }).transform((text, ctx): T => {
    const value = read(text)
    if (value !== undefined) return value
    ctx.addIssue({ code: 'custom', message: error })
    return z.NEVER
  })
}
