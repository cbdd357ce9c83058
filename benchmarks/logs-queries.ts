/** The questions, how the reference and DuckDB alone answer each, and how long an answer may take on two cores. */
import type { StepRows, Steps } from './answer-rows.js'
import type { DuckdbStatement } from './duckdb-alone.js'
import { LOGS_END_MS, LOGS_RANGE_MS, LOGS_START_MS, needleTraceId, type GeneratedLine, type LogsOptions } from './logs-data.js'
import { newestLines, quantiles, summed, type Reference, type ReferenceEntry } from './logs-reference.js'

interface Question {
  readonly text: string
  /** What DuckDB alone has to do at least: read the column, look for the text. */
  readonly duckdb: DuckdbStatement
  /** Warm, two cores. */
  readonly targetMs?: number
}

/** Its answer is series, named by `label`; the empty string: there is one. */
export interface SeriesQuestion extends Question {
  readonly kind: 'range' | 'instant'
  readonly label: string
  readonly reference: () => Reference<StepRows>
  /** The answer is so many of the greatest of the reference's series. */
  readonly top?: number
}

export interface EntriesQuestion extends Question {
  readonly kind: 'entries'
  readonly limit: number
  readonly reference: () => Reference<readonly ReferenceEntry[]>
}

export type LogsQuery = SeriesQuestion | EntriesQuestion

/** The first window of a minute begins with the range. */
export const MINUTES: Steps = { startMs: LOGS_START_MS + 60_000, stepMs: 60_000, count: LOGS_RANGE_MS / 60_000 }
/** One step, the whole range its window. */
export const WHOLE: Steps = { startMs: LOGS_END_MS, stepMs: LOGS_RANGE_MS, count: 1 }

const all = (): boolean => true
const json = ({ stream }: GeneratedLine): boolean => stream.format === 'json'
const logfmt = ({ stream }: GeneratedLine): boolean => stream.format === 'logfmt'
const app = ({ stream }: GeneratedLine): string => stream.app
const nothing = (): string => ''
const one = (): number => 1

const readTimes: DuckdbStatement = (segments) => `SELECT count(ts) FROM ${segments}`
const readLines: DuckdbStatement = (segments) => `SELECT sum(strlen(line)) FROM ${segments}`
const readLinesOf = (apps: string): DuckdbStatement => (segments) => `SELECT sum(strlen(line)) FROM ${segments} WHERE app LIKE '${apps}'`
const countWhere = (condition: string): DuckdbStatement => (segments) => `SELECT count(*) FROM ${segments} WHERE ${condition}`

export function logsQueries({ seed }: LogsOptions): readonly LogsQuery[] {
  return [...filterQueries(), ...parserQueries(), ...entryQueries(needleTraceId(seed)), bytesQuery]
}

function filterQueries(): readonly LogsQuery[] {
  const regex = 'time(d )?out after [0-9]+ms'
  return [
    {
      text: 'sum by (app) (count_over_time({app=~".+"}[1m]))',
      kind: 'range',
      label: 'app',
      reference: () => summed(MINUTES, all, app, one),
      duckdb: readTimes,
      targetMs: 100,
    },
    {
      text: 'sum(count_over_time({app=~".+"} |= "connection refused" [1m]))',
      kind: 'range',
      label: '',
      reference: () => summed(MINUTES, ({ text }) => text.includes('connection refused'), nothing, one),
      duckdb: countWhere(`contains(line, 'connection refused')`),
      targetMs: 400,
    },
    {
      text: `sum(count_over_time({app=~".+"} |~ "${regex}" [1m]))`,
      kind: 'range',
      label: '',
      reference: () => summed(MINUTES, ({ text }) => new RegExp(regex).test(text), nothing, one),
      duckdb: countWhere(`regexp_matches(line, '${regex}')`),
      targetMs: 500,
    },
  ]
}

function parserQueries(): readonly LogsQuery[] {
  return [
    {
      text: 'sum by (status) (count_over_time({app=~"json-.*"} | json | status >= 500 [1m]))',
      kind: 'range',
      label: 'status',
      reference: () => summed(MINUTES, (line) => json(line) && line.fields.status >= 500, ({ fields }) => String(fields.status), one),
      duckdb: readLinesOf('json-%'),
      targetMs: 300,
    },
    {
      text: 'sum by (level) (rate({app=~"fmt-.*"} | logfmt [1m]))',
      kind: 'range',
      label: 'level',
      reference: () => summed(MINUTES, logfmt, ({ fields }) => fields.level, () => 1 / 60),
      duckdb: readLinesOf('fmt-%'),
    },
    {
      text: 'quantile_over_time(0.95, {app=~"fmt-.*"} | logfmt | unwrap duration(duration) [1m]) by (app)',
      kind: 'range',
      label: 'app',
      reference: () => quantiles(MINUTES, 0.95, logfmt, app, ({ fields }) => fields.durationMs / 1000),
      duckdb: readLinesOf('fmt-%'),
    },
    {
      text: 'topk(10, sum by (user) (count_over_time({app=~"fmt-.*"} | logfmt [2h])))',
      kind: 'instant',
      label: 'user',
      top: 10,
      reference: () => summed(WHOLE, logfmt, ({ fields }) => fields.user, one),
      duckdb: readLinesOf('fmt-%'),
      targetMs: 600,
    },
  ]
}

function entryQueries(needle: string): readonly LogsQuery[] {
  return [
    {
      text: `{app=~".+"} |= "${needle}"`,
      kind: 'entries',
      limit: 100,
      reference: () => newestLines(100, ({ text }) => text.includes(needle)),
      duckdb: countWhere(`contains(line, '${needle}')`),
      targetMs: 60,
    },
    {
      text: '{app="json-3"} |= "error"',
      kind: 'entries',
      limit: 1_000,
      reference: () => newestLines(1_000, ({ stream, text }) => stream.app === 'json-3' && text.includes('error')),
      duckdb: countWhere(`app = 'json-3' AND contains(line, 'error')`),
      targetMs: 90,
    },
  ]
}

const bytesQuery: LogsQuery = {
  text: 'sum by (app) (bytes_rate({app=~".+"}[1m]))',
  kind: 'range',
  label: 'app',
  reference: () => summed(MINUTES, all, app, ({ text }) => Buffer.byteLength(text) / 60),
  duckdb: readLines,
  targetMs: 250,
}
