/**
 * What PromQL answers beside floats at steps, as clients get it: native histograms, raw samples and remarks in Prometheus' JSON,
 * the same events through a client as in the process, and a node that answers others while it evaluates.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Table } from '../../cli/table.js'
import { open } from '../../actors/main.js'
import { FLOAT, HISTOGRAM, seriesBlock, type RunsBlock, type SeriesBlock } from '../../src/model/block.js'
import type { Engine } from '../../src/model/engine.js'
import type { Data, QueryEvent, QueryRequest, WarningEvent } from '../../src/model/event.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom } from '../../src/model/labels.js'
import { gridSlice, type Grid } from '../../src/model/time.js'
import { createClient, createMetrics, createServer } from '../../src/serve/serve.js'
import { CLIENT_WORLD } from '../harness/client-world.js'
import { DOWN, endOf, fakeEngine, gridFor, planOf, UP, type Script, OPEN_DOOR } from '../harness/fake-engine.js'
import { eventually, get, openStream, runCli, spawnNode, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const EXPONENTIAL: NativeHistogram = {
  hint: 'notReset',
  schema: 0,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 10.5,
  sum: -1e-7,
  positiveSpans: [{ offset: -1, length: 2 }, { offset: 1, length: 1 }],
  positive: Float64Array.of(1, 0, 2.5),
  negativeSpans: [{ offset: 0, length: 1 }],
  negative: Float64Array.of(5),
  customBounds: new Float64Array(),
}

const CUSTOM: NativeHistogram = {
  hint: 'gauge',
  schema: -53,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  sum: NaN,
  positiveSpans: [{ offset: 0, length: 2 }],
  positive: Float64Array.of(1, 2),
  negativeSpans: [],
  negative: new Float64Array(),
  customBounds: Float64Array.of(0.5),
}

const EMPTY: NativeHistogram = { ...CUSTOM, hint: 'reset', count: 0, sum: 0, positiveSpans: [], positive: new Float64Array() }

const EXPONENTIAL_JSON = '{"count":"10.5","sum":"-1e-07","buckets":[[1,"-1","-0.5","5"],[3,"-0.001","0.001","2"],[0,"0.25","0.5","1"],[0,"2","4","2.5"]]}'
const CUSTOM_JSON = '{"count":"3","sum":"NaN","buckets":[[3,"-Inf","0.5","1"],[0,"0.5","+Inf","2"]]}'
const EMPTY_JSON = '{"count":"0","sum":"0"}'

type Cell = number | NativeHistogram | undefined

function blockOf(labels: SeriesBlock['labels'], steps: number, rows: readonly (readonly Cell[])[]): SeriesBlock {
  const block = seriesBlock(labels, steps)
  const histograms = new Map<number, NativeHistogram>()
  rows.flat().forEach((cell, at) => {
    if (cell === undefined) return
    block.present[at] = typeof cell === 'number' ? FLOAT : HISTOGRAM
    if (typeof cell === 'number') block.values[at] = cell
    else histograms.set(at, cell)
  })
  return histograms.size === 0 ? block : { ...block, histograms }
}

const MIXED = labelsFrom([['__name__', 'mixed']])
const LATE = labelsFrom([['__name__', 'late']])

/** Two groups; `late` has values in the second only, and `mixed` has both kinds in both. */
function matrixEvents(grid: Grid): readonly QueryEvent[] {
  const parts: readonly (readonly [Grid, SeriesBlock])[] = [
    [gridSlice(grid, 0, 2), blockOf([DOWN, MIXED], 2, [[undefined, EXPONENTIAL], [1, CUSTOM]])],
    [gridSlice(grid, 2, 2), blockOf([DOWN, LATE, MIXED], 2, [[EMPTY, EXPONENTIAL], [CUSTOM, undefined], [EXPONENTIAL, 2.5]])],
  ]
  return parts.map(([own, block], group) => ({
    type: 'data',
    id: `default:7@${group}`,
    group,
    watermark: { ms: own.startMs + (own.count - 1) * own.stepMs },
    data: { resultType: 'matrix', grid: own, block, ordered: false },
  }))
}

const RUNS: RunsBlock = {
  kind: 'runs',
  labels: [DOWN, UP],
  starts: Int32Array.of(0, 3, 4),
  t: Float64Array.of(1000, 1500, 2000, 1001),
  v: Float64Array.of(1, 0, NaN, 0),
  histograms: new Map([[1, EXPONENTIAL], [3, CUSTOM]]),
}

function remark(level: 'warning' | 'info', message: string): WarningEvent {
  return { type: 'warning', id: 'default:7@told', level, message: `PromQL ${level}: ${message}` }
}

const script: Script = async function* (request: QueryRequest): AsyncGenerator<QueryEvent> {
  const grid = gridFor(request)
  const instant = (data: Data): QueryEvent => ({ type: 'data', id: 'default:7@0', group: 0, watermark: { ms: grid.startMs }, data })
  yield planOf(request.when.kind === 'instant' ? 'vector' : 'matrix', grid)
  switch (request.text) {
    case 'raw':
      yield instant({ resultType: 'samples', runs: RUNS })
      break
    case 'remarks':
      for (let i = 0; i < 12; i++) yield remark('warning', `w${i}`)
      for (let i = 0; i < 10; i++) yield remark('info', `i${i}`)
      yield { type: 'warning', id: 'default:7@told', level: 'warning', message: 'only 22 remarks are kept', cut: true }
      break
    case 'text':
      yield instant({ resultType: 'string', grid, value: 'a"b' })
      break
    case 'sorted':
      yield instant({ resultType: 'vector', grid, block: blockOf([UP, DOWN], 1, [[EXPONENTIAL], [CUSTOM]]), ordered: true })
      break
    default:
      if (request.when.kind === 'range') yield* matrixEvents(grid)
      else yield instant({ resultType: 'vector', grid, block: blockOf([DOWN, MIXED], 1, [[EXPONENTIAL], [2.5]]), ordered: false })
  }
  yield endOf()
}

async function listen(test: Test, engine: Engine): Promise<string> {
  const clock = { nowMs: () => 1_700_000_000_000, every: () => () => undefined }
  const server = await createServer(engine, { ...OPEN_DOOR, host: '127.0.0.1', port: 0, metrics: createMetrics(), clock, onFailure: (message) => test.fail(message) })
  test.teardown(() => server.close())
  return server.url
}

const RANGE = { start: 100, end: 130, step: 10 }

t.test('histograms in the JSON of Prometheus: beside the values of a series, over all groups, without empty buckets', async (t) => {
  const url = await listen(t, fakeEngine(script))
  const down = `{"metric":{"__name__":"down"},"histograms":[[110,${EXPONENTIAL_JSON}],[120,${EMPTY_JSON}],[130,${EXPONENTIAL_JSON}]]}`
  const late = `{"metric":{"__name__":"late"},"histograms":[[120,${CUSTOM_JSON}]]}`
  const mixed = `{"metric":{"__name__":"mixed"},"values":[[100,"1"],[130,"2.5"]],"histograms":[[110,${CUSTOM_JSON}],[120,${EXPONENTIAL_JSON}]]}`
  const range = await get(url, '/api/v1/query_range', { query: 'm', ...RANGE })
  t.equal(range.text, `{"status":"success","data":{"resultType":"matrix","result":[${down},${late},${mixed}]}}`)
  const limited = await get(url, '/api/v1/query_range', { query: 'm', ...RANGE, limit: 2 })
  t.equal(limited.text, `{"status":"success","data":{"resultType":"matrix","result":[${down},${late}]},"warnings":["results truncated due to limit"]}`)
  const instant = await get(url, '/api/v1/query', { query: 'm', time: 100.5 })
  const vector = `[{"metric":{"__name__":"down"},"histogram":[100.500,${EXPONENTIAL_JSON}]},{"metric":{"__name__":"mixed"},"value":[100.500,"2.5"]}]`
  t.equal(instant.text, `{"status":"success","data":{"resultType":"vector","result":${vector}}}`)
  const sorted = await get(url, '/api/v1/query', { query: 'sorted', time: 100 })
  t.match(sorted.text, /"job":"a\\"b".*"down"/, 'an order that is part of the answer is kept')
})

t.test('a range vector as the answer of an instant query is a matrix at its own times', async (t) => {
  const url = await listen(t, fakeEngine(script))
  const first = `{"metric":{"__name__":"down"},"values":[[1,"1"],[2,"NaN"]],"histograms":[[1.500,${EXPONENTIAL_JSON}]]}`
  const second = `{"metric":{"Zone":"é","__name__":"up","job":"a\\"b"},"histograms":[[1.001,${CUSTOM_JSON}]]}`
  t.equal((await get(url, '/api/v1/query', { query: 'raw' })).text, `{"status":"success","data":{"resultType":"matrix","result":[${first},${second}]}}`)
  const limited = await get(url, '/api/v1/query', { query: 'raw', limit: 1 })
  t.equal(limited.text, `{"status":"success","data":{"resultType":"matrix","result":[${first}]},"warnings":["results truncated due to limit"]}`)
  t.equal((await get(url, '/api/v1/query', { query: 'text' })).text, '{"status":"success","data":{"resultType":"string","result":[1700000000,"a\\"b"]}}')
})

t.test('ten warnings and ten infos, and how many more', async (t) => {
  const url = await listen(t, fakeEngine(script))
  const { warnings, infos } = JSON.parse((await get(url, '/api/v1/query', { query: 'remarks' })).text)
  const nine = Array.from({ length: 9 }, (_, i) => `PromQL warning: w${i}`)
  t.strictSame(warnings, [...nine, 'only 22 remarks are kept', '3 more warning annotations omitted'])
  t.strictSame(infos, Array.from({ length: 10 }, (_, i) => `PromQL info: i${i}`))
})

t.test('a client gives the very events that the engine gave', async (t) => {
  const engine = fakeEngine(script)
  const client = createClient(await listen(t, engine), CLIENT_WORLD)
  t.teardown(() => client.close())
  const range = { kind: 'range', startNs: 100_000_000_000n, endNs: 130_000_000_000n, stepMs: 10_000 } as const
  const instant = { kind: 'instant', timeNs: 100_000_000_000n } as const
  for (const [text, when] of [['m', range], ['m', instant], ['sorted', instant], ['raw', instant], ['remarks', instant]] as const) {
    const request = { language: 'promql', text, when } as const
    const told: QueryEvent[] = []
    for await (const event of client.query(request)) told.push(event)
    const given: QueryEvent[] = []
    for await (const event of engine.query(request)) given.push(event)
    t.strictSame(told, given, `${text} ${when.kind}`)
  }
})

t.test('a histogram that is not told whole is refused, not made up', async (t) => {
  const { readEvent } = await import('../../src/serve/event-read.js')
  const grid = '{"startMs":0,"startNanos":0,"stepMs":0,"count":1}'
  const text = (rest: string) => `{"type":"data","id":"x","group":0,"watermark":0,"grid":${grid},"resultType":"vector","result":[{"metric":{},"histogram":[0,${EMPTY_JSON}]${rest}}]}`
  t.throws(() => readEvent(text(''), 'forward'))
  t.doesNotThrow(() => readEvent(text(',"native":{"schema":0}'), 'forward'))
})

t.test('the table of the command line has a histogram in one line', async (t) => {
  const grid = { startMs: 0, startNanos: 0, stepMs: 1000, count: 2 }
  const table = new Table()
  const rows = table.rows({ resultType: 'matrix', grid, block: blockOf([DOWN], 2, [[1.5, EXPONENTIAL]]), ordered: false })
  const shown = '{count:10.5, sum:-1e-07, [-1,-0.5):5, [-0.001,0.001]:2, (0.25,0.5]:1, (2,4]:2.5}'
  t.equal(rows, `TIME                         VALUE  SERIES\n1970-01-01T00:00:00Z           1.5  down\n1970-01-01T00:00:01Z  ${shown}  down\n`)
  t.match(new Table().rows({ resultType: 'vector', grid, block: blockOf([DOWN], 1, [[EXPONENTIAL]]), ordered: false }), `${shown}  down`)
  t.match(new Table().rows({ resultType: 'samples', runs: RUNS }), `1970-01-01T00:00:01.500Z  ${shown}  down`)
})

/** 2024-01-01T00:00:00Z, in seconds. */
const T0 = 1_704_067_200

t.test('of a real node: remarks with their places, raw samples, empty answers', async (t) => {
  const data = await temporaryFolder(t)
  const node = await startNode(t, { data })
  const file = ['# TYPE heat gauge', ...Array.from({ length: 8 }, (_, i) => `heat{room="r"} ${i} ${T0 + 15 * i}`), '# EOF\n'].join('\n')
  const sent = await fetch(`${node.url}/api/v1/import?format=openmetrics&file=heat`, { method: 'POST', body: file })
  t.equal(sent.status, 200)
  const at = (query: string) => get(node.url, '/api/v1/query', { query, time: T0 + 60 })
  const raw = `{"metric":{"__name__":"heat","room":"r"},"values":[[${T0 + 30},"2"],[${T0 + 45},"3"],[${T0 + 60},"4"]]}`
  t.equal((await at('heat[45s]')).text, `{"status":"success","data":{"resultType":"matrix","result":[${raw}]}}`)
  t.equal((await at('nothing[45s]')).text, '{"status":"success","data":{"resultType":"matrix","result":[]}}')
  t.equal((await at('nothing')).text, '{"status":"success","data":{"resultType":"vector","result":[]}}')
  const inner = `{"metric":{"room":"r"},"values":[[${T0 + 30},"2"],[${T0 + 60},"4"]]}`
  t.equal((await at('(sum by (room) (heat))[50s:30s]')).text, `{"status":"success","data":{"resultType":"matrix","result":[${inner}]}}`)
  const histogram = { schema: 0, count: 3, sum: 2.5, positive_spans: [[0, 2]], positive_buckets: [1, 2] }
  const body = `${JSON.stringify({ labels: { __name__: 'h' }, t: [T0 * 1000, (T0 + 30) * 1000], v: [7, histogram] })}\n`
  const stored = await fetch(`${node.url}/api/v1/import?format=series&file=h`, { method: 'POST', body })
  t.equal(stored.status, 200)
  const shown = '{"count":"3","sum":"2.5","buckets":[[0,"0.5","1","1"],[0,"1","2","2"]]}'
  const both = `{"metric":{"__name__":"h"},"values":[[${T0},"7"]],"histograms":[[${T0 + 30},${shown}]]}`
  const range = await get(node.url, '/api/v1/query_range', { query: 'h', start: T0, end: T0 + 30, step: 30 })
  t.equal(range.text, `{"status":"success","data":{"resultType":"matrix","result":[${both}]}}`)
  t.equal((await at('h[5m]')).text, `{"status":"success","data":{"resultType":"matrix","result":[${both}]}}`)
  t.equal((await at('h')).text, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"h"},"histogram":[${T0 + 60},${shown}]}]}}`)
  const infos = ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "heat" (2:6)']
  t.strictSame(JSON.parse((await at('\nrate(heat[1m])')).text).infos, infos)
  const engine = await open({ url: node.url })
  t.teardown(() => engine.close())
  const types: string[] = []
  for await (const event of engine.query({ language: 'promql', text: '\nrate(heat[1m])', when: { kind: 'instant', timeNs: BigInt(T0 + 60) * 1_000_000_000n } })) types.push(event.type)
  t.strictSame(types.filter((type) => type !== 'progress'), ['plan', 'data', 'warning', 'end'])
})

t.test('a root that takes long leaves room for others, and ends when its reader goes', async (t) => {
  const data = await temporaryFolder(t)
  const file = join(data, 'many.openmetrics')
  const lines = Array.from({ length: 40 }, (_, n) => Array.from({ length: 720 }, (_, i) => `m{n="${n}"} ${(i * 7 + n) % 13} ${T0 + 15 * i}`)).flat()
  writeFileSync(file, ['# TYPE m gauge', ...lines, '# EOF\n'].join('\n'))
  const lake = join(data, 'lake')
  const imported = await runCli(['import', file, '--data', lake])
  t.equal(imported.code, 0, imported.err)
  const { url } = await spawnNode(t, ['--data', lake])
  const reader = new AbortController()
  const parameters = { lang: 'promql', query: 'sum(stddev_over_time((sum by (n) (m))[1h:1s]))', start: T0 + 3600, end: T0 + 3 * 3600, step: 1 }
  const stream = await openStream(url, parameters, 'application/x-ndjson', reader.signal)
  const events = read(stream)
  // The first group is one step; the second is all others, and takes seconds once its units are done.
  const evaluating = /"type":"progress".*"groupsDone":1,"groups":2,"unitsDone":(\d+),"units":\1,/
  for (let line = ''; !evaluating.test(line); ) {
    const { done, value } = await events.next()
    if (done === true || value.includes('"type":"error"')) throw new Error(`the stream ended before the evaluation was slow: ${value}`)
    line = value
  }
  for (let asked = 0; asked < 20; asked++) t.equal((await get(url, '/healthz')).status, 200)
  // Without slices the first answer would come behind the end of the group, whose few points wait for no reader.
  t.equal(await running(url), 1, 'twenty answers, and the query still runs')
  reader.abort()
  t.ok(await eventually(60_000, async () => (await running(url)) === 0), 'and no more')
  const after = (await get(url, '/metrics')).text
  t.match(after, /millrace_queries_total\{[^}]*cancelled[^}]*\} 1/)
})

async function* read(stream: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

async function running(url: string): Promise<number> {
  const text = (await get(url, '/metrics')).text
  return Number(/^millrace_queries_running(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1])
}
