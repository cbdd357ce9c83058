/** A lake on disk for tests of what imports write: a real directory store, a catalog that only takes notes, and a reader of segments. */
import { join } from 'node:path'
import type { Test } from 'tap'
import type { ImportParts } from '../../src/ingest/ingest.js'
import { NO_FEATURES } from '../../src/language/language.js'
import type { Catalog, ObjectStore } from '../../src/model/engine.js'
import { labelsFrom, labelsKey } from '../../src/model/labels.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import type { LabelColumn, NewSegment } from '../../src/model/segment.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { DetailRows, detailColumns, FILE_FACTS_KEY, furtherColumns, LOG_COLUMNS, METRIC_COLUMNS, parquetSource, quoteIdentifier, quoteText, type Chunk, type Duckdb, type FurtherColumns } from '../../src/segment/segment.js'
import { exactText } from './random-histograms.js'
import { openDirectoryStore } from '../../src/storage/storage.js'
import { temporaryFolder, type Teardown } from './servers.js'

export interface Lake {
  readonly parts: ImportParts
  readonly store: ObjectStore
  /** The segments of each publish, in order. */
  readonly published: (readonly NewSegment[])[]
  readonly path: (segment: NewSegment) => string
}

export async function openLake(test: Teardown, limits: Partial<Limits> = {}): Promise<Lake> {
  const folder = await temporaryFolder(test)
  const store = await openDirectoryStore(join(folder, 'objects'))
  const published: (readonly NewSegment[])[] = []
  const catalog: Catalog = {
    snapshot: async (organisation) => ({ organisation, generation: published.length }),
    snapshotAt: async (organisation, generation) => ({ organisation, generation }),
    announce: async () => undefined,
    withdraw: async () => undefined,
    publish: async (_organisation, segments) => published.push(segments),
    lookup: async () => ({ segments: [], pruning: [] }),
    streams: async () => [],
    retire: async () => 0,
    ping: async () => undefined,
    close: async () => undefined,
  }
  let ids = 0
  const parts: ImportParts = {
    catalog,
    store,
    limits: { ...DEFAULT_LIMITS, ...limits },
    features: NO_FEATURES,
    tempFolder: folder,
    newId: () => `id-${ids++}`,
    now: () => 0,
    telemetry: () => undefined,
  }
  return { parts, store, published, path: (segment) => store.localPath(segment.object) ?? '' }
}

/** A sample as text: `stale`, or the value with the sign of zero, or the histogram; behind it when its counter began. */
export type SampleText = string

export function sampleText(value: number, stale: boolean, histogram?: NativeHistogram, startMs = 0): SampleText {
  const number = Object.is(value, -0) ? '-0' : String(value)
  const text = stale ? 'stale' : histogram === undefined ? number : exactText(histogram)
  return startMs === 0 ? text : `${text} since ${startMs}`
}

/** Series by labelsKey; of each its samples by time. */
export type Series = Map<string, Map<number, SampleText>>

/** Adds the samples of a metric segment; rows must be in file order, times ascending. */
export async function readMetrics(duckdb: Duckdb, path: string, columns: readonly LabelColumn[], into: Series): Promise<void> {
  const fixed = [METRIC_COLUMNS.series, METRIC_COLUMNS.firstTs, METRIC_COLUMNS.lastTs, METRIC_COLUMNS.ts, METRIC_COLUMNS.value, METRIC_COLUMNS.stale]
  const further = await furtherColumnsOf(duckdb, path)
  const names = [...fixed, ...columns.map(({ column }) => column), ...detailColumns(further).map(({ name }) => name)].map(quoteIdentifier)
  await duckdb.scan(`SELECT ${names.join(', ')} FROM ${parquetSource(path)}`, (chunk) => {
    const details = new DetailRows(chunk, fixed.length + columns.length, further)
    const ts = chunk.lists(3, 'BIGINT')
    const values = chunk.lists(4, 'DOUBLE')
    const stale = chunk.lists(5, 'INTEGER')
    for (let row = 0; row < chunk.rows; row++) {
      const key = labelsKey(labelsOf(chunk, row, columns, fixed.length))
      const samples = into.get(key) ?? new Map<number, SampleText>()
      into.set(key, samples)
      const markers = new Set(stale.child.subarray(stale.offsets[row], stale.offsets[row] + stale.lengths[row]))
      const even = ts.lengths[row] === 0
      if (!even && ts.lengths[row] !== values.lengths[row]) throw new Error('ts and value differ in length')
      const first = Number(chunk.bigints(1)[row])
      const step = (Number(chunk.bigints(2)[row]) - first) / Math.max(1, values.lengths[row] - 1)
      const { histograms, startTimes } = detailsOfRow(details, row, values.lengths[row], values.child.subarray(values.offsets[row]))
      let last = -Infinity
      for (let i = 0; i < values.lengths[row]; i++) {
        const time = even ? first + i * step : Number(ts.child[ts.offsets[row] + i])
        if (time <= last) throw new Error('times do not ascend')
        last = time
        samples.set(time, sampleText(values.child[values.offsets[row] + i], markers.has(i), histograms.get(i), startTimes[i]))
      }
      if (Number(chunk.bigints(2)[row]) !== last) throw new Error('last_ts is not the last time')
    }
  })
}

/** What the file says of itself. */
async function furtherColumnsOf(duckdb: Duckdb, path: string): Promise<FurtherColumns> {
  const [facts] = await duckdb.rows(`SELECT decode(value) AS facts FROM parquet_kv_metadata(${quoteText(path)}) WHERE key = '${FILE_FACTS_KEY}'`)
  return furtherColumns(Number(JSON.parse(String(facts.facts)).layout))
}

function detailsOfRow(details: DetailRows, row: number, size: number, values: Float64Array) {
  const histograms = new Map<number, NativeHistogram>()
  const startTimes = new Float64Array(size)
  details.forEachHistogram(row, 0, size, (position) => values[position], (position, histogram) => void histograms.set(position, histogram))
  if (details.hasStartTimes(row)) details.copyStartTimes(row, 0, size, startTimes, 0)
  return { histograms, startTimes }
}

/** Fails once for each series that differs; a deep comparison of half a million samples takes half a minute. */
export function sameSeries(test: Test, met: Series, expected: Series, name: string): void {
  test.equal(met.size, expected.size, `series, ${name}`)
  for (const [key, samples] of expected) {
    const [found, wanted] = [met.get(key), samples].map((of) => JSON.stringify([...(of ?? [])].sort(([a], [b]) => a - b)))
    if (found !== wanted) test.fail(`samples of ${JSON.stringify(key.slice(0, 200))}, ${name}: ${found.slice(0, 200)}, expected ${wanted.slice(0, 200)}`)
  }
}

export interface Entry {
  readonly stream: string
  readonly ts: bigint
  readonly id: bigint
  readonly line: string
  /** Name and value by turns, names ascending, as JSON. */
  readonly metadata: string
}

/** The entries of a log segment in file order. */
export async function readEntries(duckdb: Duckdb, path: string, columns: readonly LabelColumn[]): Promise<readonly Entry[]> {
  const fixed = [LOG_COLUMNS.stream, LOG_COLUMNS.ts, LOG_COLUMNS.id, LOG_COLUMNS.line, LOG_COLUMNS.metaRest]
  const names = [...fixed, ...columns.map(({ column }) => column)].map(quoteIdentifier)
  const entries: Entry[] = []
  await duckdb.scan(`SELECT ${names.join(', ')} FROM ${parquetSource(path)}`, (chunk) => {
    for (let row = 0; row < chunk.rows; row++) {
      const metadata = new Map<string, string>(Object.entries(JSON.parse(chunk.text(4, row) ?? '{}')))
      columns.forEach(({ kind, name }, index) => {
        const value = chunk.text(fixed.length + index, row)
        if (kind === 'meta' && value !== null) metadata.set(name, value)
      })
      const stream = labelsKey(labelsOf(chunk, row, columns, fixed.length))
      entries.push({ stream, ts: chunk.bigints(1)[row], id: chunk.bigints(2)[row], line: chunk.text(3, row) ?? 'NULL', metadata: metadataText(metadata) })
    }
  })
  return entries
}

export function metadataText(pairs: Iterable<readonly [string, string]>): string {
  return JSON.stringify([...pairs].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
}

function labelsOf(chunk: Chunk, row: number, columns: readonly LabelColumn[], from: number): readonly string[] {
  const pairs: [string, string][] = []
  columns.forEach(({ kind, name }, index) => {
    const value = chunk.text(from + index, row)
    if (kind === 'stream' && value !== null) pairs.push([name, value])
  })
  return labelsFrom(pairs)
}

/** Small seeded generator (mulberry32); numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]
}

/** Label names that collide in DuckDB, with its columns or with SQL. */
export const HOSTILE_NAMES: readonly string[] = [
  'job', 'Job', 'JOB', 'series', 'TS', 'value', 'stale', 'stream', 'line', 'id', 'meta_rest', 'filename', 'rowid', 'file_row_number', 'job_2',
  'a"b', "a'b; DROP TABLE pending; --", '😀', 'é.ü', ' ', '.', 'null', 'select', 'a\0b', '__proto__', 'constructor', 'n'.repeat(1024), 'N'.repeat(1024),
]

export const HOSTILE_VALUES: readonly string[] = [
  'x', '\ufeffbom', 'a\0b', "'", '"', '\\', '\n', '😀😀😀😀😀', '\u{10000}\u{10400}', '\u{1f400}x\u{10000}', 'twelve bytes', 'thirteen byte', 'v'.repeat(5000), 'NULL', ' ', '\x7f', '{}', '\u2028',
]
