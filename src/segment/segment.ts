/** The door of the room: the Parquet layout of segments, and DuckDB, which reads and writes them. */
export { Chunk, Duckdb, openDuckdb, parquetSource, quoteIdentifier, quoteText, wordsNumber, wordsOf } from './duckdb.js'
export type { VisitQuery } from './visits.js'
export type { DuckdbOptions, ListColumn, ScanOptions, Wanted } from './duckdb.js'
export { FILE_FACTS_KEY, LAYOUT_VERSION, LOG_COLUMNS, METRIC_COLUMNS, stepBetween } from './layout.js'
export { joinMetricSegments, type SegmentPart } from './join.js'
export { writeLogSegment, type LogRows } from './logs.js'
export { writeMetricSegment, type MetricRows } from './metrics.js'
export type { SegmentTarget } from './write.js'
