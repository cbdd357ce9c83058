/** A query and its parts answered as JSON, and the answers of parts put together by a client that knows nothing but the contract. */
import { tmpdir } from 'node:os'
import { splitQuery } from '../../actors/split.js'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import type { Features, Quirks } from '../../src/language/language.js'
import type { SampleBuffers } from '../../src/execute/execute.js'
import { groupQuery, lookUp, type Cuts } from '../../src/lookup/lookup.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../../src/model/event.js'
import { compareLabels, compareUtf8, labelsFrom, type Labels } from '../../src/model/labels.js'
import type { Catalog } from '../../src/model/engine.js'
import type { Limits } from '../../src/model/limits.js'
import type { Direction, Plan } from '../../src/model/plan.js'
import { DEFAULT_ORGANISATION } from '../../src/model/segment.js'
import type { QuerySplit, SplitOptions } from '../../src/model/split.js'
import { readLogRange } from '../../src/serve/loki/answers.js'
import { readRangeQuery } from '../../src/serve/prometheus/reading.js'
import { AnswerError, beginAnswer, labelsText, lokiShape, Parameters, prometheusShape } from '../../src/serve/serve.js'
import { splitJson } from '../../src/serve/split/answer.js'
import { lokiDialect, prometheusDialect } from '../../src/serve/split/dialects.js'
import { endOf, planOf } from './fake-engine.js'
import type { Lake } from './lake.js'
import { answerStraight, lookupByTime, segmentsOf, type Straight } from './straight.js'

/** What queries are asked of. */
export interface SplitWorld {
  readonly lake: Lake
  readonly duckdb: Straight['duckdb']
  readonly limits: Limits
  readonly features: Features
  readonly quirks: Quirks
  /** Queries are asked one after the other. */
  readonly buffers: SampleBuffers
}

/** The result of an answer as it stands in its JSON, or the error that there was instead. */
export type Told = { readonly result: string } | { readonly error: string }

/** One row of an answer. */
type Row = Record<string, unknown> & { values?: unknown[]; histograms?: unknown[] }

/** `cuts`: the planner's if left out. */
export async function toldOf(world: SplitWorld, request: QueryRequest, cuts?: Cuts): Promise<Told> {
  const shape = request.language === 'logql' ? lokiShape('merged', request.when) : prometheusShape({ limit: 0, showStats: 'without-stats' })
  try {
    let text = ''
    for await (const chunk of await beginAnswer(eventsOf(world, request, cuts), { shape, limits: world.limits, spoolFolder: tmpdir(), signal: undefined })) text += String(chunk)
    return { result: text.slice(text.indexOf('"result":') + 9, resultEnd(text)) }
  } catch (thrown) {
    const { code, message } = thrown instanceof AnswerError ? thrown.error : QueryError.from(thrown)
    if (code === 'internal') throw thrown
    return { error: `${code}: ${message}` }
  }
}

/** Before the statistics, or before the end of `data`. */
function resultEnd(text: string): number {
  const stats = text.lastIndexOf(',"stats":{')
  const at = stats === -1 ? text.lastIndexOf(']}') + 1 : stats
  return at
}

async function* eventsOf(world: SplitWorld, request: QueryRequest, cuts: Cuts | undefined): AsyncGenerator<QueryEvent> {
  const { plan, results } = await answerStraight({ ...world, request, ...(cuts === undefined ? {} : { cuts }) })
  yield planOf(plan.resultType, plan.grid)
  for (const [group, data] of results.entries()) yield { type: 'data', id: `default:7@${group}`, group, watermark: { ms: 0 }, data }
  yield endOf()
}

/** `prepared`: the plan of the request. */
export function splitStraight({ lake, limits, features }: SplitWorld, request: QueryRequest, options: SplitOptions, prepared: () => Plan): Promise<QuerySplit> {
  const segments = segmentsOf(lake)
  const snapshot = { organisation: DEFAULT_ORGANISATION, generation: lake.published.length }
  const catalog: Pick<Catalog, 'snapshot' | 'snapshotAt' | 'lookup'> = {
    snapshot: async () => snapshot,
    snapshotAt: async () => snapshot,
    lookup: async (one) => lookupByTime(segments, one),
  }
  return splitQuery({ prepare: prepared, catalog, lookUp, groupQuery, createEvaluator: (plan) => createEvaluator(plan, limits), limits }, features, request, options)
}

/** A part as a client sees it. */
export interface ShownPart {
  readonly params: Readonly<Record<string, string>>
  readonly href: string
  readonly limit: number
}

/** What a client is told, its whole numbers as BigInt where that matters to nobody but the text. */
export function shownParts(split: QuerySplit, { language, when }: QueryRequest): readonly ShownPart[] {
  const limit = 'limit' in when ? when.limit : 0
  return JSON.parse(splitJson(split, language === 'logql' ? lokiDialect(limit) : prometheusDialect(0))).subqueries
}

/** The request that a node makes of parameters, by the reader of its query_range. */
export function requestOfParameters(language: QueryRequest['language'], parameters: Parameters, limits: Limits): QueryRequest {
  return language === 'logql' ? readLogRange(parameters, 0, limits) : readRangeQuery(parameters, limits)
}

/** Series: the values of each metric one behind another; series sorted by their labels. */
export function mergeSeries(parts: readonly string[]): string {
  const rows = appended(parts, 'metric')
  const sorted = [...rows].sort((a, b) => compareLabels(labelsOf(a['metric']), labelsOf(b['metric'])))
  return JSON.stringify(sorted)
}

/** Streams: the entries of each one behind another, as long as there are less than `limit`; 0: all. */
export function mergeStreams(parts: readonly string[], limit: number, direction: Direction): string {
  let left = limit === 0 ? Infinity : limit
  const taken = parts.map((part) => {
    const rows: readonly Row[] = JSON.parse(part)
    const size = rows.reduce((sum, { values = [] }) => sum + values.length, 0)
    const kept = size <= left ? rows : firstEntries(rows, left, direction)
    left -= Math.min(size, left)
    return JSON.stringify(kept)
  })
  const rows = appended(taken, 'stream')
  const sorted = [...rows].sort((a, b) => compareUtf8(labelsText(labelsOf(a['stream'])), labelsText(labelsOf(b['stream']))))
  return JSON.stringify(sorted)
}

/** In the total order of time, labels and place. */
function firstEntries(rows: readonly Row[], count: number, direction: Direction): readonly Row[] {
  const sign = direction === 'forward' ? 1 : -1
  const entries = rows.flatMap((row) => (row.values ?? []).map((value, place) => ({ row, value, place, ts: BigInt((value as string[])[0]), text: labelsText(labelsOf(row['stream'])) })))
  entries.sort((a, b) => (a.ts === b.ts ? compareUtf8(a.text, b.text) || a.place - b.place : sign * (a.ts < b.ts ? -1 : 1)))
  const kept = new Set(entries.slice(0, count).map(({ value }) => value))
  return rows.map((row) => ({ ...row, values: (row.values ?? []).filter((value) => kept.has(value)) })).filter(({ values }) => values.length > 0)
}

/** Rows of the same labels become one; of several such rows of one part the nth goes on with the nth. */
function appended(parts: readonly string[], labels: 'metric' | 'stream'): readonly Row[] {
  const whole = new Map<string, Row>()
  for (const part of parts) {
    const met = new Map<string, number>()
    for (const row of JSON.parse(part) as readonly Row[]) {
      const text = JSON.stringify(row[labels])
      const nth = met.get(text) ?? 0
      met.set(text, nth + 1)
      const known = whole.get(`${nth} ${text}`)
      if (known === undefined) whole.set(`${nth} ${text}`, row)
      else whole.set(`${nth} ${text}`, joinedRow(known, row, labels))
    }
  }
  return [...whole.values()]
}

function joinedRow(a: Row, b: Row, labels: 'metric' | 'stream'): Row {
  const joined: Row = { [labels]: a[labels] }
  if (a.values !== undefined || b.values !== undefined) joined.values = [...(a.values ?? []), ...(b.values ?? [])]
  if (a.histograms !== undefined || b.histograms !== undefined) joined.histograms = [...(a.histograms ?? []), ...(b.histograms ?? [])]
  return joined
}

function labelsOf(labels: unknown): Labels {
  return labelsFrom(Object.entries(labels as Record<string, string>))
}
