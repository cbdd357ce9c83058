/** Log segments on disk for tests, and units over them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLogUnit, type LogContext } from '../../src/execute/logs.js'
import { findAccumulator } from '../../src/language/language.js'
import type { SeriesBlock } from '../../src/model/block.js'
import type { LocalSegment } from '../../src/model/engine.js'
import type { StageExpr } from '../../src/model/expr.js'
import { hash64 } from '../../src/model/hash.js'
import { labelsFrom, labelsKey, seriesHash, type Labels, type Matcher } from '../../src/model/labels.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import { WHOLE_HASH, type Direction, type HashInterval, type LogEntriesLeaf, type LogSampleLeaf, type LogValuesLeaf, type WorkUnit } from '../../src/model/plan.js'
import type { Grid } from '../../src/model/time.js'
import { parseLogql } from '../../src/parse/logql.js'
import { openDuckdb, writeLogSegment, type Duckdb } from '../../src/segment/segment.js'

export interface LogEntry {
  readonly labels: Labels
  readonly ts: bigint
  readonly line: string
  readonly metadata: Labels
}

export const START = 1_700_000_000_000_000_000n
export const SECOND = 1_000_000_000n

export function randomFrom(seed: number): () => number {
  let state = seed * 2654435761 + 1
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296
  }
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]
}

export const LINES = [
  '{"level":"info","status":200,"user":{"id":"u1"},"dur":"12ms"}',
  '{"level":"error","status":503,"user":{"id":"u2"},"dur":"2s","app":"inner"}',
  'level=info status=200 msg="all fine"',
  'level=error status=500 msg="it\'s on fire" app=inner',
  'plain text error',
  '',
  'líne with ünïcode 🚒',
  '{"level":"warn","status":404}',
]

export function randomEntries(random: () => number, count: number): LogEntry[] {
  const streams = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, i) =>
    labelsFrom([
      ['app', pick(random, ['web', 'db', 'cache'])],
      ['pod', `p${i}`],
      ...(random() < 0.5 ? [['env', pick(random, ['prod', 'dev'])] as [string, string]] : []),
    ]),
  )
  return Array.from({ length: count }, () => ({
    labels: pick(random, streams),
    ts: START + BigInt(Math.floor(random() * 30)) * SECOND + (random() < 0.3 ? BigInt(Math.floor(random() * 3) - 1) : 0n),
    line: pick(random, LINES),
    metadata: random() < 0.3 ? randomMetadata(random) : [],
  }))
}

function randomMetadata(random: () => number): Labels {
  const trace: [string, string] = ['trace', pick(random, ['t1', 't2'])]
  return labelsFrom(random() < 0.3 ? [trace, ['app', 'meta']] : [trace])
}

function entryKey(entry: LogEntry): string {
  return JSON.stringify([labelsKey(entry.labels), String(entry.ts), entry.line, entry.metadata])
}

/** Each distinct entry once, by time and arrival. */
export function distinct(entries: readonly LogEntry[]): LogEntry[] {
  const seen = new Set<string>()
  return entries.filter((entry) => {
    const key = entryKey(entry)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

export class Lake {
  readonly #duckdb: Duckdb
  readonly #folder: string
  #count = 0

  constructor(duckdb: Duckdb, folder: string) {
    this.#duckdb = duckdb
    this.#folder = folder
  }

  async segment(given: readonly LogEntry[], created: number): Promise<LocalSegment> {
    const entries = distinct(given)
    const sets = [...new Map(entries.map((entry) => [labelsKey(entry.labels), entry.labels])).values()]
    const hashes = BigInt64Array.from(sets, seriesHash)
    const stream = Int32Array.from(entries, (entry) => sets.findIndex((set) => labelsKey(set) === labelsKey(entry.labels)))
    const order = Int32Array.from(entries, (_, i) => i).sort((a, b) => {
      const [x, y] = [hashes[stream[a]], hashes[stream[b]]]
      if (x !== y) return x < y ? -1 : 1
      return entries[a].ts === entries[b].ts ? a - b : entries[a].ts < entries[b].ts ? -1 : 1
    })
    const name = `s${this.#count++}`
    const path = join(this.#folder, `${name}.parquet`)
    const facts = await writeLogSegment(
      this.#duckdb,
      {
        labels: sets,
        hashes,
        order,
        stream,
        ts: BigInt64Array.from(entries, (entry) => entry.ts),
        id: BigInt64Array.from(entries, (entry) => hash64(JSON.stringify([entry.line, entry.metadata]))),
        line: (entry) => Buffer.from(entries[entry].line),
        metadata: entries.map((entry) => (entry.metadata.length === 0 ? undefined : entry.metadata)),
      },
      { path, object: name, limits: DEFAULT_LIMITS },
    )
    return { path, segment: { ...facts, id: String(this.#count), created } }
  }
}

export async function withLake(body: (lake: Lake, duckdb: Duckdb) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-log-units-'))
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: folder, threads: 1 })
  try {
    await body(new Lake(duckdb, folder), duckdb)
  } finally {
    duckdb.close()
    await rm(folder, { recursive: true })
  }
}

export interface Stored {
  readonly segments: readonly LocalSegment[]
  /** All entries in the order of their arrival, copies included. */
  readonly arrived: readonly LogEntry[]
}

/** Segments as imports leave them: cut by time, or overlapping, with some entries again in a later one. */
export async function randomSegments(lake: Lake, random: () => number, entries: readonly LogEntry[]): Promise<Stored> {
  const parts = 1 + Math.floor(random() * 3)
  const overlapping = random() < 0.6
  const piles: LogEntry[][] = Array.from({ length: parts }, () => [])
  const slot = (entry: LogEntry): number => Math.min(parts - 1, Number(((entry.ts - START + 2n) * BigInt(parts)) / (31n * SECOND)))
  for (const entry of entries) piles[overlapping ? Math.floor(random() * parts) : slot(entry)].push(entry)
  if (overlapping) piles.push(entries.filter(() => random() < 0.5))
  const filled = piles.filter((pile) => pile.length > 0)
  const segments: LocalSegment[] = []
  for (const [created, pile] of filled.entries()) segments.push(await lake.segment(pile, created + 1))
  return { segments: segments.sort(() => random() - 0.5), arrived: filled.flat() }
}

export function logsOf(text: string): { readonly matchers: readonly Matcher[]; readonly stages: readonly StageExpr[] } {
  const expr = parseLogql(text)
  if (expr.kind !== 'logs') throw new Error('not a log query')
  return expr
}

const UNIT = { id: '0.0.0', organisation: 'o', language: 'logql', segments: [], estimatedSamples: 0, limits: DEFAULT_LIMITS } as const
const GRID: Grid = { startMs: 0, startNanos: 0, stepMs: 0, count: 1 }

export function entriesUnit(text: string, from: bigint, to: bigint, direction: Direction, limit: number, interval: HashInterval): WorkUnit {
  const { matchers, stages } = logsOf(text)
  const accumulate = { accumulator: 'entries', grouping: { without: true, labels: [] } }
  const leaf: LogEntriesLeaf = { id: 0, signal: 'logs', kind: 'entries', matchers, stages, accumulate }
  const group = { index: 0, firstStep: 0, stepCount: 1, startNs: from, endNs: to }
  const entries = { startNs: from, endNs: to, direction, limit }
  return { ...UNIT, leaf, group, grid: GRID, interval, entries }
}

/** What a thread gives its units; without a signal nothing cancels them. */
export function unitContext(duckdb: Duckdb, signal: AbortSignal = new AbortController().signal): LogContext {
  return { duckdb, signal, checkCancelled: () => signal.throwIfAborted(), now: () => performance.now(), clock: () => Date.now() }
}

/** One of several units that read values, by its number. */
export function valuesUnit(leaf: LogValuesLeaf, grid: Grid, interval: HashInterval, part: number): WorkUnit {
  const group = { index: 0, firstStep: 0, stepCount: grid.count, startNs: 0n, endNs: 0n }
  return { ...UNIT, id: `0.0.${part}`, leaf, group, grid, interval }
}

export type Sums = Record<string, (number | null)[]>

export async function sumUnit(
  leaf: LogSampleLeaf,
  grid: Grid,
  segments: readonly LocalSegment[],
  duckdb: Duckdb,
  limits: Partial<Limits> = {},
): Promise<Sums> {
  const group = { index: 0, firstStep: 0, stepCount: grid.count, startNs: 0n, endNs: 0n }
  const unit: WorkUnit = { ...UNIT, leaf, group, grid, interval: WHOLE_HASH, limits: { ...DEFAULT_LIMITS, ...limits } }
  const block = (await runLogUnit(unit, segments, unitContext(duckdb))).block as SeriesBlock
  const accumulator = findAccumulator(leaf.accumulate.accumulator)
  const columns = (accumulator?.columns ?? []).map((name) => block.columns[name])
  accumulator?.finish({ values: block.values, present: block.present, columns, totals: new Map() }, block.values.length)
  const cell = (at: number): number | null => (block.present[at] === 1 ? block.values[at] : null)
  const row = (series: number): (number | null)[] => Array.from({ length: block.steps }, (_, k) => cell(series * block.steps + k))
  return Object.fromEntries(block.labels.map((labels, series) => [labelsKey(labels), row(series)]).sort())
}
