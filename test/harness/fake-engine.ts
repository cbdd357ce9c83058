/** An Engine that answers from a script: stands for the whole of Millrace behind the HTTP server and the command line. */
import { queryTexts } from '../../actors/query-texts.js'
import { NO_FEATURES } from '../../src/language/language.js'
import { tmpdir } from 'node:os'
import { everybody } from '../../actors/authenticator.js'
import { createKeyBook } from '../../actors/key-book.js'
import type { KeyStore } from '../../src/model/access.js'
import type { EntriesBlock, SeriesBlock } from '../../src/model/block.js'
import type { NodeReport } from '../../src/model/node.js'
import type { Engine, ImportReport, ImportRequest } from '../../src/model/engine.js'
import { badQuery } from '../../src/model/error.js'
import type { DataEvent, EndEvent, PlanEvent, QueryEvent, QueryRequest, ResultType } from '../../src/model/event.js'
import { labelsFrom, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import type { QuerySplit, SplitOptions } from '../../src/model/split.js'
import { instantGrid, nsToMs, type Grid } from '../../src/model/time.js'

const NO_KEYS: KeyStore = {
  add: () => Promise.reject(badQuery('no keys here')),
  find: async () => [],
  list: async () => [],
  revoke: async () => undefined,
  used: async () => undefined,
}

/** What a server is made with that asks nobody who they are. */
export const OPEN_DOOR = { spoolFolder: tmpdir(), corsOrigins: ['*'], authenticate: everybody(), keys: createKeyBook(NO_KEYS, DEFAULT_LIMITS), texts: queryTexts(DEFAULT_LIMITS, NO_FEATURES) }

export type Script = (request: QueryRequest, signal: AbortSignal | undefined) => AsyncIterable<QueryEvent>

export interface FakeEngine extends Engine {
  readonly asked: QueryRequest[]
  readonly imported: { request: ImportRequest; bytes: Buffer }[]
  readonly splitAsked: { request: QueryRequest; options: SplitOptions }[]
  /** How many query iterators were returned or ran to their end. */
  finished: number
  notReady: Error | undefined
}

export function fakeEngine(script: Script = answers, limits: Partial<Limits> = {}): FakeEngine {
  const engine: FakeEngine = {
    asked: [],
    imported: [],
    splitAsked: [],
    finished: 0,
    notReady: undefined,
    limits: { ...DEFAULT_LIMITS, ...limits },
    async *query(request, signal) {
      engine.asked.push(request)
      try {
        yield* script(request, signal)
      } finally {
        engine.finished++
      }
    },
    async explain(request) {
      if (request.text === 'rat(x)') throw unknownFunction()
      return `leaf 0: ${request.text}`
    },
    async split(request, options) {
      engine.splitAsked.push({ request, options })
      if (request.text === 'rat(x)') throw unknownFunction()
      return splitOf(request)
    },
    async import(request) {
      const chunks: Uint8Array[] = []
      for await (const chunk of request.body) {
        if (Buffer.from(chunk).includes('MALFORMED')) throw badQuery(`${request.file}:3: not a sample`, undefined, { line: 3 })
        chunks.push(chunk)
      }
      engine.imported.push({ request, bytes: Buffer.concat(chunks) })
      return reportOf(request, Buffer.concat(chunks))
    },
    async nodes() {
      return NODES
    },
    async ready() {
      if (engine.notReady !== undefined) throw engine.notReady
    },
    async close() {},
  }
  return engine
}

export const NODES: readonly NodeReport[] = [
  { id: 'a1', url: 'http://10.0.0.1:7070', role: 'query', version: '1.2.3', threads: 8, units: 0, startedAt: 1700000000000, seenAt: 1700000060000, seenAgoMs: 0 },
  { id: 'b22', url: 'http://worker-10.example:7070', role: 'worker', version: '1.2.3', threads: 16, units: 12, startedAt: 1700000001000, seenAt: 1700000056500, seenAgoMs: 3500 },
]

function reportOf(request: ImportRequest, bytes: Buffer): ImportReport {
  return { file: request.file, bytes: bytes.length, lines: 2, samples: 2, segments: 1, series: 1, generation: 7, snapshot: 'default:7' }
}

export function unknownFunction(): Error {
  return badQuery('unknown function "rat", did you mean "rate"?', { offset: 0, end: 3, line: 1, column: 1 }, { nearest: 'rate' })
}

/** One part: the query as it is. */
function splitOf(request: QueryRequest): QuerySplit {
  const { when } = request
  const [startNs, endNs] = when.kind === 'instant' ? [when.timeNs, when.timeNs] : [when.startNs, when.endNs]
  const streams = request.text.startsWith('{')
  const range = streams || !('stepMs' in when) ? { startNs, endNs } : { startNs, endNs, stepMs: when.stepMs }
  const parts = [{ request: { ...request, snapshot: 'default:7' }, estimate: { bytes: 4, rows: 3, segments: 1 } }]
  const resultType = streams ? 'streams' : when.kind === 'instant' ? 'vector' : 'matrix'
  return { resultType, parts, merge: { op: 'concat', order: 'ascending' }, range, snapshot: 'default:7', warnings: [] }
}

/** The usual script: the text of the query says what to answer. */
export async function* answers(request: QueryRequest): AsyncGenerator<QueryEvent> {
  switch (request.text) {
    case 'rat(x)':
      throw unknownFunction()
    case 'late':
      yield planOf('matrix', gridFor(request))
      throw badQuery('found duplicate series for the match group')
    case 'empty':
      yield planOf(request.when.kind === 'instant' ? 'vector' : 'matrix', gridFor(request))
      break
    case '1e300':
      yield planOf('scalar', gridFor(request))
      yield { type: 'data', id: 'default:7@0', group: 0, watermark: { ms: 0 }, data: { resultType: 'scalar', grid: gridFor(request), values: Float64Array.of(1e300) } }
      break
    case '{app="shop"}':
      yield* logs(request)
      break
    default:
      yield* samples(request)
  }
  yield endOf()
}

export const UP = labelsFrom([['__name__', 'up'], ['job', 'a"b'], ['Zone', 'é']])
export const DOWN = labelsFrom([['__name__', 'down']])

/** Two groups for a range, one for an instant; with a gap and the values that are hard to print. */
async function* samples(request: QueryRequest): AsyncGenerator<QueryEvent> {
  const grid = gridFor(request)
  if (request.when.kind === 'instant') {
    yield planOf('vector', grid)
    yield seriesEvent(0, grid, [DOWN, UP], [[-0], [1e-7]])
    return
  }
  yield planOf('matrix', grid)
  yield { type: 'warning', id: 'default:7@start', level: 'warning', message: 'PromQL warning: metric might not be a counter' }
  yield seriesEvent(0, { ...grid, count: 1 }, [UP], [[1.5]])
  yield { type: 'progress', groupsDone: 1, groups: 2, unitsDone: 1, units: 2, stats: STATS }
  const rest = { ...grid, startMs: grid.startMs + grid.stepMs, count: grid.count - 1 }
  const values = Array.from({ length: rest.count }, (_, i) => [NaN, undefined, Infinity, -Infinity, 1e21, 0.1][i % 6])
  yield seriesEvent(1, rest, [DOWN, UP], [values, values.map(() => undefined)])
}

async function* logs(request: QueryRequest): AsyncGenerator<QueryEvent> {
  if (request.when.kind === 'instant') {
    yield planOf('streams', instantGrid(0))
    return
  }
  yield planOf('streams', instantGrid(0))
  const stream = labelsFrom([['app', 'shop']])
  const first = { labels: labelsFrom([['app', 'shop'], ['level', 'error'], ['trace', 't1']]), stream, metadata: labelsFrom([['trace', 't1']]), parsed: labelsFrom([['level', 'error']]) }
  const second = { labels: stream, stream, metadata: [], parsed: [] }
  const block: EntriesBlock = {
    kind: 'entries',
    sets: [first, second],
    set: Int32Array.of(0, 1, 0),
    ts: BigInt64Array.of(1700000000000000003n, 1700000000000000002n, 1700000000000000001n),
    line: ['{"level":"error"}', 'plain <b>', 'two\nlines'],
  }
  yield { type: 'data', id: 'default:7@1700000000000000001ns', group: 0, watermark: { ns: 1700000000000000001n }, data: { resultType: 'streams', block } }
}

export const STATS = { segments: 1, segmentsSkipped: 0, rowGroupsSkipped: 0, rows: 2, samples: 3, bytes: 4, seriesMatched: 2, readMs: 1, computeMs: 1 }

export function planOf(resultType: ResultType, grid: Grid): PlanEvent {
  const pruning = [{ step: 'snapshot', segments: 1, bytes: 4 }]
  return { type: 'plan', id: 'default:7@start', queryId: 'q1', resultType, grid, snapshot: 'default:7', groups: 2, units: 2, pruning, estimatedSamples: 3, estimatedBytes: 4 }
}

export function endOf(): EndEvent {
  return { type: 'end', status: 'ok', snapshot: 'default:7', stats: { ...STATS, units: 2, groups: 2, retries: 0, wallMs: 5, firstDataMs: 2, bytesFetched: 4 } }
}

/** `undefined` is a step without a value. */
export function seriesEvent(group: number, grid: Grid, labels: readonly Labels[], rows: readonly (readonly (number | undefined)[])[]): DataEvent {
  const flat = rows.flat()
  const block: SeriesBlock = {
    kind: 'series',
    steps: grid.count,
    labels,
    values: Float64Array.from(flat, (value) => value ?? 0),
    present: Uint8Array.from(flat, (value) => (value === undefined ? 0 : 1)),
    columns: {},
  }
  const watermark = { ms: grid.startMs + (grid.count - 1) * grid.stepMs }
  return { type: 'data', id: `default:7@${watermark.ms}`, group, watermark, data: { resultType: grid.stepMs > 0 ? 'matrix' : 'vector', grid, block, ordered: false } }
}

export function gridFor({ when }: QueryRequest): Grid {
  if (when.kind === 'instant') return instantGrid(nsToMs(when.timeNs))
  const startMs = nsToMs(when.startNs)
  const stepMs = when.kind === 'entries' ? 0 : when.stepMs
  return { startMs, startNanos: 0, stepMs, count: stepMs === 0 ? 1 : Math.floor((nsToMs(when.endNs) - startMs) / stepMs) + 1 }
}
