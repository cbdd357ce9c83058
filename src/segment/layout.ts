/** Layout version 3 of segment files: the fixed columns, and which column holds which label. */
import { METRIC_NAME, compareUtf8 } from '../model/labels.js'
import type { LabelColumn } from '../model/segment.js'

/** Raised when a reader of older files would misread newer ones; files of another version are refused. */
export const LAYOUT_VERSION = 3

/**
 * Beside the version, which is the low byte, a layout says which further columns a metric segment has: those for histograms, the one for
 * start times. A segment without either is as it would be if there were no such things.
 */
const HISTOGRAMS_FLAG = 0x100
const START_TIMES_FLAG = 0x200

export interface FurtherColumns {
  readonly histograms: boolean
  readonly startTimes: boolean
}

export function layoutOf({ histograms, startTimes }: FurtherColumns): number {
  return LAYOUT_VERSION | (histograms ? HISTOGRAMS_FLAG : 0) | (startTimes ? START_TIMES_FLAG : 0)
}

/** Whether a file of this layout is read as it was meant: its version and all its flags are known. */
export function isReadable(layout: number): boolean {
  return (layout & ~(HISTOGRAMS_FLAG | START_TIMES_FLAG)) === LAYOUT_VERSION
}

export function furtherColumns(layout: number): FurtherColumns {
  return { histograms: (layout & HISTOGRAMS_FLAG) !== 0, startTimes: (layout & START_TIMES_FLAG) !== 0 }
}

/** The key of the file's own metadata under which `{layout, signal, columns, fields}` stands as JSON, `fields` in log segments only. */
export const FILE_FACTS_KEY = 'millrace'

/**
 * One row per series, sorted by (`__name__`, `series`). `ts` (ms) ascends without repeats and is as long as `value`,
 * or NULL where the times are evenly spaced from `first_ts` to `last_ts`, as a scraper's are: see `stepBetween`. `stale` lists the positions in them, from 0, that are staleness markers (NaN in `value`), NULL where there are none.
 */
export const METRIC_COLUMNS = {
  series: 'series',
  name: METRIC_NAME,
  firstTs: 'first_ts',
  lastTs: 'last_ts',
  ts: 'ts',
  value: 'value',
  stale: 'stale',
} as const

/**
 * The histograms of a row: `hist_at` lists the positions in `ts`, ascending, whose sample is one (`value` has its sum); NULL where there are
 * none. The other lists are in that order. One value each: `hist_schema`, `hist_hint` (0 unknown, 1 reset, 2 not reset, 3 gauge),
 * `hist_count`, `hist_zero_threshold`, `hist_zero_count`. Three each in `hist_sizes`: how many positive spans, negative spans and custom
 * bounds it has. These stand in `hist_spans` (offset and length by turns, positive ones first) and `hist_bounds`; `hist_buckets` has the
 * absolute counts of the buckets that the spans cover, positive ones first.
 */
export const HISTOGRAM_COLUMNS = {
  at: 'hist_at',
  schema: 'hist_schema',
  hint: 'hist_hint',
  sizes: 'hist_sizes',
  spans: 'hist_spans',
  count: 'hist_count',
  zeroThreshold: 'hist_zero_threshold',
  zeroCount: 'hist_zero_count',
  buckets: 'hist_buckets',
  bounds: 'hist_bounds',
} as const

/** As long as `ts`: when the counter of each sample began, in ms, 0 where that is not known; NULL where it is known of none. */
export const START_COLUMN = 'start_ts'

/**
 * One row per entry, sorted by (labels of the stream, `ts`, arrival); times in ns. Rows equal in `stream`, `ts` and `id` are the same entry.
 * `line_bytes` is the length of the line as UTF-8, so that bytes are added up without lines. `meta_rest` holds structured metadata that got
 * no column, as a JSON object; NULL where there is none. `parsed_by` says which stage's fields are known of the line: 0 none's, 1 those of
 * `json`, 2 those of `logfmt`. Fields have columns as labels have: NULL where the line lacks them.
 */
export const LOG_COLUMNS = { stream: 'stream', ts: 'ts', id: 'id', line: 'line', lineBytes: 'line_bytes', metaRest: 'meta_rest', parsedBy: 'parsed_by' } as const

/** Sample i of a row of `count` samples whose `ts` is NULL stands at first_ts + i · stepBetween(first_ts, last_ts, count); ms. */
export function stepBetween(firstMs: number, lastMs: number, count: number): number {
  return count < 2 ? 0 : (lastMs - firstMs) / (count - 1)
}

const COLUMN_BYTES_MAX = 128

/**
 * One column per label, named as the label where that differs from every other column by more than case and is short
 * enough; else with a number behind it. The same names in any order give the same columns.
 */
export function labelColumns(streamNames: Iterable<string>, metaNames: Iterable<string>, reserved: Iterable<string>): readonly LabelColumn[] {
  const taken = new Set([...reserved].filter((name) => name !== METRIC_NAME).map((name) => name.toLowerCase()))
  const place = (kind: LabelColumn['kind'], names: Iterable<string>): LabelColumn[] =>
    [...names].sort(metricNameFirst).map((name) => ({ kind, name, column: takeColumn(name, taken) }))
  const stream = place('stream', streamNames)
  return [...stream, ...place('meta', metaNames)]
}

/** One column per field, named as `labelColumns` does, beside those that it gave. */
export function fieldColumns(names: Iterable<string>, labels: readonly LabelColumn[], reserved: Iterable<string>): ReadonlyMap<string, string> {
  const taken = new Set([...reserved, ...labels.map(({ column }) => column)].map((name) => name.toLowerCase()))
  return new Map([...names].sort(compareUtf8).map((name) => [name, takeColumn(name, taken)]))
}

/** The metric name has a fixed column, so no other name may take it first. */
function metricNameFirst(a: string, b: string): number {
  if (a === METRIC_NAME || b === METRIC_NAME) return Number(b === METRIC_NAME) - Number(a === METRIC_NAME)
  return compareUtf8(a, b)
}

function takeColumn(name: string, taken: Set<string>): string {
  const base = Buffer.byteLength(name) > COLUMN_BYTES_MAX || name.includes('\0') ? 'label' : name
  let column = base
  for (let count = 2; taken.has(column.toLowerCase()); count++) column = `${base}_${count}`
  taken.add(column.toLowerCase())
  return column
}
