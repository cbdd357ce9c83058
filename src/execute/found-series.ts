/** What is asked about the series or streams of a unit instead of their values: label columns are read, and times only where a segment reaches out of the window. */
import { NO_STATS, seriesBlock, type SeriesBlock } from '../model/block.js'
import type { LocalSegment, UnitResult } from '../model/engine.js'
import { sampleReach } from '../model/leaf-steps.js'
import { compareLabels, compareUtf8, type Labels, type Matcher } from '../model/labels.js'
import type { Finding, HashInterval, LogStreamsLeaf, SampleLeaf, WorkUnit } from '../model/plan.js'
import type { LabelColumn, Segment } from '../model/segment.js'
import { stepTimeNs } from '../model/time.js'
import { LOG_COLUMNS, METRIC_COLUMNS, parquetSource, quoteIdentifier, type Chunk } from '../segment/segment.js'
import { bytesRead } from './bytes-read.js'
import type { UnitContext } from './context.js'
import { LabelNumbers } from './logs-series.js'
import { matcherPredicates } from './matcher-sql.js'

/** Which rows of segments a unit looks at. Times are in the signal's unit, both inclusive. */
interface Found {
  readonly finds: Finding
  readonly matchers: readonly Matcher[]
  readonly timeMin: bigint
  readonly timeMax: bigint
  readonly interval: HashInterval
}

export function findSeries(unit: WorkUnit, leaf: SampleLeaf, finds: Finding, segments: readonly LocalSegment[], context: FindContext): Promise<UnitResult> {
  const { afterMs, untilMs } = sampleReach(leaf, unit.grid)
  return find(unit, { finds, matchers: leaf.matchers, timeMin: BigInt(afterMs) + 1n, timeMax: BigInt(untilMs), interval: unit.interval }, segments, context)
}

export function findStreams(unit: WorkUnit, leaf: LogStreamsLeaf, segments: readonly LocalSegment[], context: FindContext): Promise<UnitResult> {
  const { finds, matchers, rangeNs, offsetNs } = leaf
  const timeMax = stepTimeNs(unit.grid, 0) - offsetNs
  return find(unit, { finds, matchers, timeMin: timeMax - rangeNs + 1n, timeMax, interval: unit.interval }, segments, context)
}

type FindContext = Pick<UnitContext, 'duckdb' | 'signal' | 'now'>

/** A block of one step with a series for each that was found, see Finding; in label order. */
async function find(unit: WorkUnit, found: Found, segments: readonly LocalSegment[], { duckdb, signal, now }: FindContext): Promise<UnitResult> {
  const started = now()
  const series = new LabelNumbers(unit.limits)
  let rows = 0
  for (const { segment, path } of segments) {
    const labels = labelsRead(segment, found.finds)
    const where = conditions(segment, found)
    if (where === undefined || labels.length === 0) continue
    const take = (chunk: Chunk): void => {
      rows += chunk.rows
      addChunk(series, chunk, labels, found.finds)
    }
    await duckdb.scan(statement(segment, path, labels, found.finds, where), take, { signal })
  }
  return {
    block: blockOf(series.labels),
    annotations: [],
    stats: { ...NO_STATS, segments: segments.length, rows, bytes: bytesRead(unit, segments), seriesMatched: series.labels.length, readMs: now() - started },
  }
}

/** Label sets are in the order of their names. */
function labelsRead({ columns }: Segment, finds: Finding): readonly LabelColumn[] {
  const labels = columns.filter(({ kind }) => kind === 'stream').sort((a, b) => compareUtf8(a.name, b.name))
  return finds.kind === 'values' ? labels.filter(({ name }) => name === finds.label) : labels
}

/** Undefined if no row of the segment can match. */
function conditions(segment: Segment, { matchers, timeMin, timeMax, interval }: Found): readonly string[] | undefined {
  if (segment.timeMax < timeMin || segment.timeMin > timeMax) return undefined
  const predicates = matcherPredicates(segment, matchers)
  if (predicates === undefined) return undefined
  const { series } = identity(segment)
  const from = segment.hashMin >= interval.from ? [] : [`${series} >= ${BigInt(interval.from) << 32n}`]
  const to = segment.hashMax < interval.to ? [] : [`${series} < ${BigInt(interval.to) << 32n}`]
  const within = segment.timeMin >= timeMin && segment.timeMax <= timeMax
  return [...predicates, ...from, ...to, ...(within ? [] : [timeCondition(segment, timeMin, timeMax)])]
}

function identity({ signal }: Segment): { readonly series: string } {
  return { series: signal === 'metrics' ? METRIC_COLUMNS.series : LOG_COLUMNS.stream }
}

/** Of a row of samples that begins before the window and ends behind it, only the times tell whether one of them lies in it. */
function timeCondition({ signal, timeMin, timeMax }: Segment, from: bigint, to: bigint): string {
  if (signal !== 'metrics') return `${LOG_COLUMNS.ts} BETWEEN ${from} AND ${to}`
  const { firstTs, lastTs, ts, value } = METRIC_COLUMNS
  const touches = `${lastTs} >= ${from} AND ${firstTs} <= ${to}`
  if (timeMin >= from || timeMax <= to) return touches
  // Sample i of an evenly spaced row stands at first_ts + i · width: the first one at or after `from`, if it is not behind `to`.
  const width = `greatest((${lastTs} - ${firstTs}) // greatest(len(${value}) - 1, 1), 1)`
  const next = `${firstTs} + ((${from} - ${firstTs} + ${width} - 1) // ${width}) * ${width}`
  const inside = `CASE WHEN ${ts} IS NULL THEN ${next} <= ${to} ELSE len(list_filter(${ts}, lambda t: t >= ${from} AND t <= ${to})) > 0 END`
  return `${touches} AND (${firstTs} >= ${from} OR ${lastTs} <= ${to} OR ${inside})`
}

function statement(segment: Segment, path: string, labels: readonly LabelColumn[], finds: Finding, where: readonly string[]): string {
  const columns = labels.map(({ column }) => quoteIdentifier(column))
  const from = `FROM ${parquetSource(path)}${where.length === 0 ? '' : ` WHERE ${where.map((each) => `(${each})`).join(' AND ')}`}`
  switch (finds.kind) {
    case 'series':
      return `SELECT ${columns.map((column) => `any_value(${column})`).join(', ')} ${from} GROUP BY ${identity(segment).series}`
    case 'names':
      return `SELECT ${columns.map((column) => `CAST(count(nullif(${column}, '')) > 0 AS INTEGER)`).join(', ')} ${from}`
    case 'values':
      return `SELECT DISTINCT ${columns[0]} ${from}`
  }
}

function addChunk(series: LabelNumbers, chunk: Chunk, labels: readonly LabelColumn[], finds: Finding): void {
  if (finds.kind === 'names') {
    labels.forEach(({ name }, column) => {
      if (chunk.integers(column)[0] > 0) series.numberOf(['name', name])
    })
    return
  }
  for (let row = 0; row < chunk.rows; row++) {
    const found: string[] = []
    labels.forEach(({ name }, column) => {
      const value = chunk.text(column, row) ?? ''
      if (value !== '') found.push(name, value)
    })
    if (finds.kind === 'series' || found.length > 0) series.numberOf(found)
  }
}

function blockOf(found: readonly Labels[]): SeriesBlock {
  const block = seriesBlock([...found].sort(compareLabels), 1)
  block.values.fill(1)
  block.present.fill(1)
  return block
}
