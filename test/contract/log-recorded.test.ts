/** Loki's recorded answers to whole queries, asked of units over real Parquet segments. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { runLogUnit } from '../../src/execute/logs.js'
import type { EntriesBlock } from '../../src/model/block.js'
import type { LocalSegment } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import type { LogRangeExpr } from '../../src/model/expr.js'
import { labelsFrom, labelsKey, type Labels } from '../../src/model/labels.js'
import { packageRoot } from '../../src/model/place.js'
import { WHOLE_HASH, type Accumulate, type Direction, type LogSampleLeaf } from '../../src/model/plan.js'
import { parseLogql } from '../../src/parse/logql.js'
import type { Duckdb } from '../../src/segment/segment.js'
import { entriesUnit, sumUnit, unitContext, withLake, type Lake } from '../harness/log-lake.js'

const FUNCTIONS = ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate']

interface RecordedCase {
  readonly id: string
  readonly mode: string
  readonly quirk?: string
  readonly unstable?: string
  readonly dataset: string
  readonly query: string
  readonly start: string
  readonly end: string
  readonly step: string
  readonly direction?: Direction
  readonly limit?: number
  readonly interval?: string
  readonly expect: {
    readonly type: string
    readonly error?: string
    readonly result: readonly {
      readonly metric?: Record<string, string>
      readonly stream?: Record<string, string>
      readonly value?: [number, string]
      readonly values?: readonly unknown[]
    }[]
  }
}

interface RecordedEntry {
  readonly ts: string
  readonly line: string
  readonly metadata?: Record<string, string>
}

type RecordedData = readonly { readonly labels: Record<string, string>; readonly entries: readonly RecordedEntry[] }[]

const corpus = join(packageRoot(), '../shared/corpora/logql/eval.json')

/** Grouping that a unit adds up, of `fn(…)`, `sum(fn(…))` and `sum by|without (…) (fn(…))`; undefined for all other queries. */
function pushable(query: string): { readonly fn: string; readonly range: LogRangeExpr; readonly accumulate: Accumulate } | undefined {
  const expr = parseLogql(query)
  const call = expr.kind === 'aggregate' && expr.op === 'sum' ? expr.operand : expr
  if (call.kind !== 'call' || !FUNCTIONS.includes(call.name)) return undefined
  const [range] = call.args
  if (range.kind !== 'logRange' || range.unwrap !== undefined) return undefined
  const grouping = expr.kind === 'aggregate' ? (expr.grouping ?? { without: false, labels: [] }) : { without: true, labels: [] }
  return { fn: call.name, range, accumulate: { accumulator: 'sum', grouping } }
}

t.test('recorded queries are answered as by Loki', { skip: existsSync(corpus) ? false : 'no corpora beside the package' }, async (t) => {
  const recorded = JSON.parse(readFileSync(corpus, 'utf8')) as { datasets: Record<string, RecordedData>; cases: RecordedCase[] }
  await withLake(async (lake, duckdb) => {
    const lakes = new Map<string, Promise<LocalSegment[]>>()
    const counts = { matched: 0, refused: 0, differ: 0 }
    for (const test of recorded.cases) {
      // Loki's engine test holds copies of entries, which a lake does not.
      if (test.mode === 'pipeline' || test.unstable !== undefined || holdsCopies(recorded.datasets[test.dataset]) || Number(test.interval ?? 0) > 0) continue
      if (test.quirk !== undefined && test.quirk !== 'no-labels-skips-parsers') continue
      if (test.expect.type === 'error' && !test.expect.error?.startsWith('pipeline error')) continue
      const segments = await (lakes.get(test.dataset) ?? remember(lakes, test.dataset, recordedSegments(lake, recorded.datasets[test.dataset])))
      const outcome = await answerRecorded(test, segments, duckdb)
      if (outcome === undefined) continue
      const wanted = expected(test)
      if (outcome === 'not supported yet') counts.refused++
      else if (isDeepStrictEqual(outcome, wanted)) counts.matched++
      else {
        counts.differ++
        t.same(outcome, wanted, `${test.id} ${test.query}`)
      }
    }
    t.comment(JSON.stringify(counts))
    t.ok(counts.matched > 300, `${counts.matched} answers compared`)
  })
})

function holdsCopies(data: RecordedData): boolean {
  return data.some(({ entries }) => new Set(entries.map((entry) => JSON.stringify(entry))).size < entries.length)
}

function remember<V>(map: Map<string, V>, key: string, value: V): V {
  map.set(key, value)
  return value
}

async function recordedSegments(lake: Lake, data: RecordedData): Promise<LocalSegment[]> {
  const entries = data.flatMap(({ labels, entries }) =>
    entries.map(({ ts, line, metadata }) => ({ labels: labelsFrom(Object.entries(labels)), ts: BigInt(ts), line, metadata: sorted(metadata ?? {}) })),
  )
  return entries.length === 0 ? [] : [await lake.segment(entries, 1)]
}

function sorted(object: Record<string, string>): Labels {
  return Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
}

async function answerRecorded(test: RecordedCase, segments: readonly LocalSegment[], duckdb: Duckdb): Promise<unknown> {
  try {
    if (test.mode === 'logs') {
      const unit = entriesUnit(test.query, BigInt(test.start), BigInt(test.end), test.direction ?? 'backward', test.limit ?? 100, WHOLE_HASH)
      return grouped((await runLogUnit(unit, segments, unitContext(duckdb))).block as EntriesBlock)
    }
    const pushed = pushable(test.query)
    if (pushed === undefined) return undefined
    const { range, fn, accumulate } = pushed
    const leaf: LogSampleLeaf = { id: 0, signal: 'logs', kind: 'samples', ...logsPart(range), fn, args: [], accumulate }
    const startNs = BigInt(test.start)
    const stepNs = BigInt(test.step)
    if (stepNs % 1_000_000n !== 0n) return undefined
    const grid = {
      startMs: Number(startNs / 1_000_000n),
      startNanos: Number(startNs % 1_000_000n),
      stepMs: Number(stepNs / 1_000_000n),
      count: stepNs > 0n ? Number((BigInt(test.end) - startNs) / stepNs) + 1 : 1,
    }
    const sums = await sumUnit(leaf, grid, segments, duckdb)
    return Object.entries(sums)
      .map(([key, values]) => JSON.stringify([key, values.flatMap((value, k) => (value === null ? [] : [[grid.startMs + k * grid.stepMs, rounded(value)]]))]))
      .sort()
  } catch (thrown) {
    const { code, message } = QueryError.from(thrown)
    if (code === 'bad_query' && message.includes('not supported yet')) return 'not supported yet'
    if (code === 'bad_query' && message.startsWith('pipeline error')) return message.split('\n', 1)[0]
    throw thrown
  }
}

function logsPart(range: LogRangeExpr) {
  const { matchers, stages } = range.logs
  return { matchers, stages, rangeNs: range.rangeNs, offsetNs: range.offsetNs }
}

function rounded(value: number): string {
  return value.toPrecision(6)
}

function grouped(block: EntriesBlock): unknown {
  const streams = new Map<string, unknown[]>()
  for (const [i, line] of block.line.entries()) {
    const { labels, metadata, parsed } = block.sets[block.set[i]]
    const key = labelsKey(labels)
    streams.set(key, [...(streams.get(key) ?? []), [String(block.ts[i]), line, labelsKey(metadata), labelsKey(parsed)]])
  }
  return [...streams].map((stream) => JSON.stringify(stream)).sort()
}

function expected(test: RecordedCase): unknown {
  const { expect } = test
  if (expect.type === 'error') return expect.error?.split('\n', 1)[0]
  if (expect.type === 'streams') {
    return expect.result.map(({ stream, values }) => JSON.stringify([labelsKey(sorted(stream ?? {})), values?.map(recordedEntry)])).sort()
  }
  return expect.result
    .map(({ metric, value, values }) => JSON.stringify([labelsKey(sorted(metric ?? {})), (values ?? [value]).map(recordedPoint)]))
    .sort()
}

function recordedPoint(point: unknown): unknown {
  const [time, text] = point as [number, string]
  return [time, rounded(Number(text))]
}

function recordedEntry(value: unknown): unknown {
  const { ts, line, structuredMetadata, parsed } = value as Record<'ts' | 'line', string> & Record<'structuredMetadata' | 'parsed', Record<string, string> | undefined>
  return [ts, line, labelsKey(sorted(structuredMetadata ?? {})), labelsKey(sorted(parsed ?? {}))]
}
