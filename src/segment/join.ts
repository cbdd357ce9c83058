/** Metric segments of one window of time made one: a query then reads one file for the window, with its series in one order. */
import type { SeriesCounts } from '../model/metric-facts.js'
import type { LabelColumn, NewSegment } from '../model/segment.js'
import type { Duckdb } from './duckdb.js'
import { detailColumns } from './histogram-columns.js'
import { METRIC_COLUMNS, furtherColumns, layoutOf } from './layout.js'
import { NAMES_MAX, ROW_GROUP_ROWS } from './metrics.js'
import { countRows } from './series-counts.js'
import { parquetSource, quoteIdentifier } from './sql.js'
import { copyToParquet, type Column } from './table.js'
import { fileChecksum, fileFacts, fileSize, type SegmentTarget } from './write.js'

export interface SegmentPart {
  readonly path: string
  readonly segment: NewSegment
}

const FIXED = Object.values(METRIC_COLUMNS).filter((name) => name !== '__name__')

/**
 * Writes the rows of all parts to `target.path`. Undefined, and nothing written, where they cannot be one: a series is in two
 * of them (a row is all that a segment has of a series), a label has another column in one than in the other, or there would be
 * more labels than limits.labelNamesMax.
 */
export async function joinMetricSegments(duckdb: Duckdb, parts: readonly SegmentPart[], target: SegmentTarget): Promise<NewSegment | undefined> {
  const columns = joinedColumns(parts, target.limits.labelNamesMax)
  if (columns === undefined || (await sharesSeries(duckdb, parts))) return undefined
  const layout = joinedLayout(parts)
  const labels: readonly Column[] = columns.map(({ column }) => ({ name: column, type: 'VARCHAR' }))
  const details = detailColumns(furtherColumns(layout))
  const rows = parts.map(({ path, segment }) => `SELECT ${selected(labels, details, segment).join(', ')} FROM ${parquetSource(path)}`)
  const sorted = `SELECT * FROM (${rows.join(' UNION ALL ')}) ORDER BY "__name__" NULLS FIRST, ${quoteIdentifier(METRIC_COLUMNS.series)}`
  await copyToParquet(duckdb, sorted, { path: target.path, rowGroupRows: ROW_GROUP_ROWS, facts: fileFacts('metrics', columns, layout) }, target.signal)
  return { ...(await joinedFacts(duckdb, parts, columns, target)), layout }
}

/** All further columns that a part has. */
function joinedLayout(parts: readonly SegmentPart[]): number {
  const all = parts.map(({ segment }) => furtherColumns(segment.layout))
  return layoutOf({ histograms: all.some(({ histograms }) => histograms), startTimes: all.some(({ startTimes }) => startTimes) })
}

/** The label columns of all parts, without their counts; undefined if they are too many, or a label or a column means two things. */
function joinedColumns(parts: readonly SegmentPart[], namesMax: number): readonly LabelColumn[] | undefined {
  const byName = new Map<string, LabelColumn>()
  const byColumn = new Map<string, string>()
  for (const { segment } of parts) {
    for (const { kind, name, column } of segment.columns) {
      const known = byName.get(name)
      const owner = byColumn.get(column.toLowerCase())
      if ((known !== undefined && known.column !== column) || (owner !== undefined && owner !== name)) return undefined
      byName.set(name, { kind, name, column })
      byColumn.set(column.toLowerCase(), name)
    }
  }
  return byName.size > namesMax ? undefined : [...byName.values()]
}

/** Columns in the order in which a segment written at once has them. */
function selected(labels: readonly Column[], details: readonly Column[], segment: NewSegment): readonly string[] {
  const own = detailColumns(furtherColumns(segment.layout)).map(({ name }) => name)
  const present = new Set([...segment.columns.map(({ column }) => column), ...own])
  const orNull = ({ name, type }: Column): string => (present.has(name) ? quoteIdentifier(name) : `NULL::${type} AS ${quoteIdentifier(name)}`)
  return [...labels.map(orNull), ...FIXED.map(quoteIdentifier), ...details.map(orNull)]
}

async function sharesSeries(duckdb: Duckdb, parts: readonly SegmentPart[]): Promise<boolean> {
  const series = parts.map(({ path }) => `SELECT ${quoteIdentifier(METRIC_COLUMNS.series)} AS series FROM ${parquetSource(path)}`)
  const [found] = await duckdb.rows(`SELECT count(*) > count(DISTINCT series) AS shared FROM (${series.join(' UNION ALL ')})`)
  return found.shared === true
}

async function joinedFacts(duckdb: Duckdb, parts: readonly SegmentPart[], columns: readonly LabelColumn[], target: SegmentTarget): Promise<Omit<NewSegment, 'layout'>> {
  const segments = parts.map(({ segment }) => segment)
  const sum = (of: (segment: NewSegment) => number): number => segments.reduce((total, segment) => total + of(segment), 0)
  const { segmentSeriesCountsMax, segmentFingerprintsPerLabelMax } = target.limits
  const seriesCounts = await countRows(duckdb, target.path, columns, segmentSeriesCountsMax)
  const names = segments.some((segment) => segment.names.length === 0) ? [] : [...new Set(segments.flatMap((segment) => segment.names))]
  return {
    signal: 'metrics',
    object: target.object,
    timeMin: segments.reduce((least, { timeMin }) => (timeMin < least ? timeMin : least), segments[0].timeMin),
    timeMax: segments.reduce((most, { timeMax }) => (timeMax > most ? timeMax : most), segments[0].timeMax),
    hashMin: Math.min(...segments.map(({ hashMin }) => hashMin)),
    hashMax: Math.max(...segments.map(({ hashMax }) => hashMax)),
    rows: sum(({ rows }) => rows),
    series: sum(({ series }) => series),
    samples: sum(({ samples }) => samples),
    bytes: await fileSize(target.path),
    checksum: await fileChecksum(target.path),
    columns: counted(columns, seriesCounts, segmentFingerprintsPerLabelMax),
    seriesCounts,
    names: names.length > NAMES_MAX ? [] : names,
    fingerprints: [...new Set(segments.flatMap((segment) => segment.fingerprints))].sort((a, b) => (a < b ? -1 : Number(a > b))),
  }
}

/** The distinct values of each label, as `segmentFacts` tells them. */
function counted(columns: readonly LabelColumn[], { labels }: SeriesCounts, valuesMax: number): readonly LabelColumn[] {
  const valuesOf = new Map(labels.map(([label, values]) => [label, values]))
  return columns.map((column) => {
    const values = valuesOf.get(column.name)
    return values === undefined || values > valuesMax ? column : { ...column, values }
  })
}
