/** Events of the native stream read back: JSON text to the typed events that the engine gave. Home of `zod`. */
import { z } from 'zod'
import { FLOAT, HISTOGRAM, seriesBlock, withHistograms, type EntriesBlock, type EntryLabels, type RunsBlock, type SeriesBlock } from '../model/block.js'
import { ERROR_RULES, type ErrorCode, type ErrorRecord } from '../model/error.js'
import type { Data, DataEvent, QueryEvent, Watermark } from '../model/event.js'
import type { NativeHistogram } from '../model/histogram.js'
import { compareLabels, labelsFrom, withoutLabels, type Labels } from '../model/labels.js'
import type { Direction } from '../model/plan.js'
import { stepTime, type Grid } from '../model/time.js'
import { native, readHistogram, shown } from './histogram-json.js'
import { parseValue } from './number-format.js'

const grid = z.object({ startMs: z.number(), startNanos: z.number(), stepMs: z.number(), count: z.number() })
const resultType = z.enum(['matrix', 'vector', 'scalar', 'string', 'streams'])
const unitStats = {
  segments: z.number(),
  segmentsSkipped: z.number(),
  rowGroupsSkipped: z.number(),
  rows: z.number(),
  samples: z.number(),
  bytes: z.number(),
  seriesMatched: z.number(),
  readMs: z.number(),
  computeMs: z.number(),
}

const queryStats = { ...unitStats, units: z.number(), groups: z.number(), retries: z.number(), wallMs: z.number(), firstDataMs: z.number(), bytesFetched: z.number() }

const position = z.object({ offset: z.number(), end: z.number(), line: z.number(), column: z.number() })

const errorCode = z.enum(Object.keys(ERROR_RULES) as [ErrorCode, ...ErrorCode[]])

const error = z.object({
  code: errorCode,
  message: z.string(),
  position: position.optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})

const labels = z.record(z.string(), z.string())
const timed = z.tuple([z.number(), z.string()])

const watermark = z.union([z.number(), z.string()]).transform(readWatermark)
const range = { start: watermark, end: watermark }
const missingSegment = z.object({ segment: z.string(), key: z.string(), ...range, reason: errorCode, message: z.string(), affected: z.array(z.object(range)) })

const data = z.object({
  type: z.literal('data'),
  id: z.string(),
  group: z.number(),
  watermark,
  grid: grid.optional(),
  ordered: z.boolean().optional(),
  resultType,
  result: z.array(z.unknown()),
})

const event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('plan'),
    id: z.string(),
    queryId: z.string(),
    resultType,
    grid,
    snapshot: z.string(),
    groups: z.number(),
    units: z.number(),
    pruning: z.array(z.object({ step: z.string(), segments: z.number(), bytes: z.number() })),
    estimatedSamples: z.number(),
    estimatedBytes: z.number(),
    resumed: z.literal(true).optional(),
  }),
  data,
  z.object({ type: z.literal('progress'), groupsDone: z.number(), groups: z.number(), unitsDone: z.number(), units: z.number(), stats: z.object(unitStats) }),
  z.object({ type: z.literal('warning'), id: z.string(), level: z.enum(['warning', 'info']), message: z.string(), cut: z.literal(true).optional(), missing: z.literal(true).optional() }),
  z.object({
    type: z.literal('end'),
    status: z.enum(['ok', 'partial']),
    missing: z.object({ segments: z.number(), named: z.array(missingSegment) }).optional(),
    snapshot: z.string(),
    stats: z.object(queryStats),
  }),
  z.object({ type: z.literal('error'), error }),
])

const errorAnswer = z.object({ error })

// The points are the bulk of an answer; addPoint checks them as it goes, in a quarter of the time that a schema takes.
const series = z.array(
  z.object({
    metric: labels,
    values: z.custom<readonly unknown[]>(Array.isArray).default([]),
    histograms: z.array(z.tuple([z.number(), shown])).default([]),
    native: z.array(native).default([]),
  }),
)
const timedHistogram = z.tuple([z.number(), shown])
const vector = z.array(z.union([z.object({ metric: labels, value: timed }), z.object({ metric: labels, histogram: timedHistogram, native })]))
const streams = z.array(
  z.object({
    stream: labels,
    categories: z.object({ structuredMetadata: labels, parsed: labels }),
    values: z.array(z.tuple([z.string(), z.string()])),
  }),
)

/**
 * The event of one payload. `direction` is the one that was asked for: the order of entries across streams follows from it.
 * Throws on text that is not an event of this version.
 */
export function readEvent(text: string, direction: Direction): QueryEvent {
  const read = event.parse(JSON.parse(text))
  switch (read.type) {
    case 'data':
      return readData(read, direction)
    case 'error':
      return { type: 'error', error: recordOf(read.error) }
    case 'plan':
    case 'progress':
    case 'warning':
    case 'end':
      return read
  }
}

/** The error in the body of a response that is no stream; undefined for a body of another make. */
export function readErrorAnswer(text: string): ErrorRecord | undefined {
  try {
    return recordOf(errorAnswer.parse(JSON.parse(text)).error)
  } catch {
    return undefined
  }
}

function recordOf(read: z.infer<typeof error>): ErrorRecord {
  const { code, message, position: place, facts } = read
  return { code, message, ...(place === undefined ? {} : { position: place }), ...(facts === undefined ? {} : { facts }) }
}

function readData(read: z.infer<typeof data>, direction: Direction): DataEvent {
  return { type: 'data', id: read.id, group: read.group, watermark: read.watermark, data: readResult(read, direction) }
}

function readWatermark(told: number | string): Watermark {
  return typeof told === 'number' ? { ms: Math.round(told * 1000) } : { ns: BigInt(told) }
}

function readResult(read: z.infer<typeof data>, direction: Direction): Data {
  if (read.resultType === 'streams') return { resultType: 'streams', block: readStreams(streams.parse(read.result), direction) }
  if (read.resultType === 'matrix' && read.grid === undefined) return { resultType: 'samples', runs: readRuns(series.parse(read.result)) }
  const own = grid.parse(read.grid)
  const ordered = read.ordered ?? false
  switch (read.resultType) {
    case 'matrix':
      return { resultType: 'matrix', grid: own, ordered, block: readMatrix(series.parse(read.result), own) }
    case 'vector': {
      const rows = vector.parse(read.result).map((element): z.infer<typeof series>[number] => {
        if ('value' in element) return { metric: element.metric, values: [element.value], histograms: [], native: [] }
        return { metric: element.metric, values: [], histograms: [element.histogram], native: [element.native] }
      })
      return { resultType: 'vector', grid: own, ordered, block: readMatrix(rows, own) }
    }
    case 'scalar':
      return { resultType: 'scalar', grid: own, values: Float64Array.of(parseValue(timed.parse(read.result)[1])) }
    case 'string':
      return { resultType: 'string', grid: own, value: timed.parse(read.result)[1] }
  }
}

function labelsOf(object: Readonly<Record<string, string>>): Labels {
  return labelsFrom(Object.entries(object))
}

type Point = readonly [seconds: number, value: number | NativeHistogram]

/** The histograms of a series, each put together from its two shapes. */
function histogramPoints({ histograms, native: rests }: z.infer<typeof series>[number]): readonly (readonly [number, NativeHistogram])[] {
  if (rests.length !== histograms.length) throw new Error(`${histograms.length} histograms, but ${rests.length} of them whole`)
  return histograms.map(([seconds, told], i) => [seconds, readHistogram(told, rests[i])] as const)
}

/** Floats and histograms of a series are put back into one order. */
function readRuns(rows: z.infer<typeof series>): RunsBlock {
  const samples = rows.map((row): readonly Point[] => {
    const floats = row.values.map((point): Point => {
      const [seconds, value] = timed.parse(point)
      return [seconds, parseValue(value)]
    })
    return [...floats, ...histogramPoints(row)].sort(([a], [b]) => a - b)
  })
  const points = samples.flat()
  const histograms = new Map(points.flatMap(([, value], i): [number, NativeHistogram][] => (typeof value === 'number' ? [] : [[i, value]])))
  let at = 0
  return {
    kind: 'runs',
    labels: rows.map(({ metric }) => labelsOf(metric)),
    starts: Int32Array.from([0, ...samples.map(({ length }) => (at += length))]),
    t: Float64Array.from(points, ([seconds]) => Math.round(seconds * 1000)),
    v: Float64Array.from(points, ([, value]) => (typeof value === 'number' ? value : 0)),
    ...withHistograms(histograms),
  }
}

function readMatrix(rows: z.infer<typeof series>, own: Grid): SeriesBlock {
  const block = seriesBlock(rows.map(({ metric }) => labelsOf(metric)), own.count)
  const histograms = new Map<number, NativeHistogram>()
  rows.forEach((series, row) => {
    for (const point of series.values) addPoint(block, own, row, point)
    for (const [seconds, histogram] of histogramPoints(series)) {
      const cell = row * own.count + stepAt(own, seconds)
      block.present[cell] = HISTOGRAM
      histograms.set(cell, histogram)
    }
  })
  return { ...block, ...withHistograms(histograms) }
}

function addPoint(block: SeriesBlock, own: Grid, row: number, point: unknown): void {
  if (!Array.isArray(point)) throw new Error('a point is not an array')
  const [seconds, value]: readonly unknown[] = point
  if (typeof seconds !== 'number' || typeof value !== 'string') throw new Error('a point is not a time and a text')
  const at = row * own.count + stepAt(own, seconds)
  block.values[at] = parseValue(value)
  block.present[at] = FLOAT
}

function stepAt(own: Grid, seconds: number): number {
  const ms = Math.round(seconds * 1000)
  const step = own.stepMs > 0 ? Math.round((ms - own.startMs) / own.stepMs) : 0
  if (step < 0 || step >= own.count || stepTime(own, step) !== ms) throw new Error(`timestamp ${seconds} is not on the grid of its group`)
  return step
}

/** Puts the entries of all streams back into one order: time, then label set, then the order within the stream. */
function readStreams(read: z.infer<typeof streams>, direction: Direction): EntriesBlock {
  const sets = read.map(entryLabels)
  const entries = read.flatMap(({ values }, set) => values.map(([ns, line]) => ({ ns: BigInt(ns), line, set })))
  const sign = direction === 'forward' ? 1 : -1
  entries.sort((a, b) => (a.ns === b.ns ? compareLabels(sets[a.set].labels, sets[b.set].labels) : a.ns < b.ns ? -sign : sign))
  return {
    kind: 'entries',
    sets,
    set: Int32Array.from(entries, (entry) => entry.set),
    ts: BigInt64Array.from(entries, (entry) => entry.ns),
    line: entries.map((entry) => entry.line),
  }
}

function entryLabels({ stream, categories }: z.infer<typeof streams>[number]): EntryLabels {
  const all = labelsOf(stream)
  const metadata = labelsOf(categories.structuredMetadata)
  const parsed = labelsOf(categories.parsed)
  const others = new Set([...Object.keys(categories.structuredMetadata), ...Object.keys(categories.parsed)])
  return { labels: all, stream: withoutLabels(all, others), metadata, parsed }
}
