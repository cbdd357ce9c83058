/** Answers that are one document, larger than what is held in memory: the same bytes, begun early, and broken off where the rest fails. */
import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { FLOAT, HISTOGRAM, seriesBlock } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import type { DataEvent, QueryEvent, QueryRequest } from '../../src/model/event.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom, type Labels } from '../../src/model/labels.js'
import { gridSlice, stepTime } from '../../src/model/time.js'
import { createMetrics, createServer } from '../../src/serve/serve.js'
import { endOf, fakeEngine, gridFor, OPEN_DOOR, planOf, type Script } from '../harness/fake-engine.js'
import { temporaryFolder } from '../harness/servers.js'
import { randomFrom } from '../harness/simulated-system.js'

const SERIES = 400
const GROUPS = 7
const STEPS = 8
const RANGE = `start=0&end=${GROUPS * STEPS - 1}&step=1`

const HISTOGRAM_OF_ONE: NativeHistogram = {
  hint: 'unknown', schema: 0, zeroThreshold: 0, zeroCount: 0, count: 1, sum: 2,
  positiveSpans: [{ offset: 1, length: 1 }], positive: Float64Array.of(1), negativeSpans: [], negative: new Float64Array(), customBounds: new Float64Array(),
}

interface Server {
  readonly url: string
  readonly folder: string
}

async function listen(test: Test, script: Script, heldBytesMax: number): Promise<Server> {
  const folder = await temporaryFolder(test)
  const clock = { nowMs: () => 0, every: () => () => {} }
  const engine = fakeEngine(script, { answerHeldBytesMax: heldBytesMax })
  const server = await createServer(engine, { ...OPEN_DOOR, spoolFolder: folder, host: '127.0.0.1', port: 0, metrics: createMetrics(), clock, onFailure: (message) => test.fail(message) })
  test.teardown(() => server.close())
  return { url: server.url, folder }
}

/** Each group has other series, some of them twice with the same labels, values and histograms with gaps, in no order. */
async function* matrix(request: QueryRequest): AsyncGenerator<QueryEvent> {
  const random = randomFrom(5)
  const grid = gridFor(request)
  yield planOf('matrix', grid)
  for (let group = 0; group < GROUPS; group++) yield matrixGroup(random, group, request)
}

function matrixGroup(random: () => number, group: number, request: QueryRequest): DataEvent {
  const labels: Labels[] = []
  for (let series = 0; series < SERIES; series++) {
    if (random() < 0.4) continue
    const own = labelsFrom([['__name__', 'm'], ['series', `é${series % 390}`]])
    labels.splice(Math.floor(random() * (labels.length + 1)), 0, own)
  }
  const block = seriesBlock(labels, STEPS)
  const histograms = new Map<number, NativeHistogram>()
  block.present.forEach((_, cell) => {
    if (random() < 0.3) return
    const histogram = random() < 0.1
    block.present[cell] = histogram ? HISTOGRAM : FLOAT
    if (histogram) histograms.set(cell, HISTOGRAM_OF_ONE)
    else block.values[cell] = random() < 0.1 ? NaN : random() * 1e9
  })
  const grid = gridSlice(gridFor(request), group * STEPS, STEPS)
  const data = { resultType: 'matrix', grid, block: { ...block, histograms }, ordered: false } as const
  return { type: 'data', id: `default:7@${group}`, group, watermark: { ms: stepTime(grid, STEPS - 1) }, data }
}

async function* streams(): AsyncGenerator<QueryEvent> {
  const random = randomFrom(6)
  yield planOf('streams', { startMs: 0, startNanos: 0, stepMs: 1, count: 1 })
  let ts = 1_700_000_000_000_000_000n
  for (let group = 0; group < GROUPS; group++) {
    const sets = Array.from({ length: 30 }, () => {
      const stream = labelsFrom([['app', `a${Math.floor(random() * 20)}`]])
      const metadata = random() < 0.5 ? [] : labelsFrom([['trace', `t${Math.floor(random() * 3)}`]])
      return { labels: labelsFrom([...pairsOf(stream), ...pairsOf(metadata)]), stream, metadata, parsed: [] }
    })
    const count = 500
    const line = Array.from({ length: count }, (_, at) => `line "${at}" of ü${group} ${'x'.repeat(Math.floor(random() * 100))}`)
    const times = BigInt64Array.from({ length: count }, () => ts++)
    const block = { kind: 'entries', sets, set: Int32Array.from({ length: count }, () => Math.floor(random() * sets.length)), ts: times, line } as const
    yield { type: 'data', id: `default:7@${group}`, group, watermark: { ns: ts }, data: { resultType: 'streams', block } }
  }
}

function pairsOf(labels: Labels): [string, string][] {
  return Array.from({ length: labels.length / 2 }, (_, at) => [labels[at * 2], labels[at * 2 + 1]])
}

function ended(script: Script): Script {
  return async function* (request, signal) {
    yield* script(request, signal)
    yield endOf()
  }
}

/** What the groups say, put together without any of the server's code. */
async function expectedMatrix(): Promise<Map<string, { values: string[]; histograms: number }>> {
  const whole = new Map<string, { values: string[]; histograms: number }>()
  const request: QueryRequest = { language: 'promql', text: 'm', when: { kind: 'range', startNs: 0n, endNs: BigInt(GROUPS * STEPS - 1) * 1_000_000_000n, stepMs: 1000 } }
  for await (const event of matrix(request)) {
    if (event.type !== 'data' || event.data.resultType !== 'matrix') continue
    const { block, grid } = event.data
    const met = new Map<string, number>()
    block.labels.forEach((labels, row) => {
      const nth = met.get(labels.join()) ?? 0
      met.set(labels.join(), nth + 1)
      const key = `${labels.join()} ${nth}`
      const own = whole.get(key) ?? { values: [], histograms: 0 }
      whole.set(key, own)
      for (let step = 0; step < STEPS; step++) {
        const cell = row * STEPS + step
        if (block.present[cell] === FLOAT) own.values.push(`${stepTime(grid, step) / 1000} ${block.values[cell]}`)
        if (block.present[cell] === HISTOGRAM) own.histograms++
      }
    })
  }
  return whole
}

interface Row {
  readonly metric: Record<string, string>
  readonly values?: [number, string][]
  readonly histograms?: unknown[]
}

t.test('a matrix that waits on disk has the bytes of one that is held in memory', async (test) => {
  const path = `/api/v1/query_range?query=m&${RANGE}`
  const small = await listen(test, ended(matrix), 100_000_000)
  const large = await listen(test, ended(matrix), 1_000)
  const [held, spooled] = [await (await fetch(small.url + path)).text(), await (await fetch(large.url + path)).text()]
  test.equal(spooled, held)
  test.ok(held.length > 200_000)
  const rows = (JSON.parse(held) as { data: { result: Row[] } }).data.result
  const met = new Map<string, number>()
  const found = new Map(rows.map(({ metric, values = [], histograms = [] }) => {
    const labels = Object.entries(metric).flat().join()
    const nth = met.get(labels) ?? 0
    met.set(labels, nth + 1)
    return [`${labels} ${nth}`, { values: values.map(([time, value]) => `${time} ${value}`), histograms: histograms.length }]
  }))
  test.strictSame(found, await expectedMatrix())
  const names = rows.map(({ metric }) => metric['series'])
  test.strictSame(names, [...names].sort(), 'in label order')
  test.strictSame(readdirSync(large.folder), [], 'nothing is left on disk')
  const limited = JSON.parse(await (await fetch(`${large.url}${path}&limit=3`)).text()) as { data: { result: Row[] }; warnings: string[] }
  test.strictSame([limited.data.result, limited.warnings], [rows.slice(0, 3), ['results truncated due to limit']])
})

t.test('streams that wait on disk have the bytes of those that are held in memory', async (test) => {
  const small = await listen(test, ended(streams), 100_000_000)
  const large = await listen(test, ended(streams), 1_000)
  const path = `/loki/api/v1/query_range?query=${encodeURIComponent('{app="x"}')}&start=0&end=9`
  const all: readonly Record<string, string>[] = [{}, { 'x-loki-response-encoding-flags': 'categorize-labels' }, { 'accept-encoding': 'identity' }]
  for (const headers of all) {
    const [held, spooled] = [await (await fetch(small.url + path, { headers })).text(), await (await fetch(large.url + path, { headers })).text()]
    test.equal(spooled, held)
    const { result } = (JSON.parse(held) as { data: { result: { values: unknown[] }[] } }).data
    test.equal(result.reduce((sum, { values }) => sum + values.length, 0), GROUPS * 500)
  }
  test.strictSame(readdirSync(large.folder), [])
})

const BROKEN = { code: 'unavailable', message: 'the bucket is gone' } as const

function failing(afterGroups: number): Script {
  return async function* (request) {
    let groups = 0
    for await (const event of matrix(request)) {
      if (event.type === 'data' && groups++ === afterGroups) throw new QueryError(BROKEN)
      yield event
    }
  }
}

t.test('an error before an answer is large has its status; one after that breaks the connection off', async (test) => {
  const path = `/api/v1/query_range?query=m&${RANGE}`
  const held = await listen(test, failing(5), 100_000_000)
  const told = await fetch(held.url + path)
  test.strictSame([told.status, JSON.parse(await told.text())], [503, { status: 'error', errorType: 'unavailable', error: BROKEN.message }])
  const spooled = await listen(test, failing(5), 1_000)
  for (const encoding of ['identity', 'gzip']) {
    const begun = await fetch(spooled.url + path, { headers: { 'accept-encoding': encoding } })
    test.equal(begun.status, 200)
    await test.rejects(begun.text(), `with ${encoding}, what has been sent does not look like an answer`)
  }
  test.strictSame(readdirSync(spooled.folder), [])
})

t.test('the first byte does not wait for the last group', async (test) => {
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => (goOn = resolve))
  const script: Script = async function* (request) {
    let groups = 0
    for await (const event of matrix(request)) {
      if (groups++ === 4) await held
      yield event
    }
    yield endOf()
  }
  const { url } = await listen(test, script, 1_000)
  const answer = await fetch(`${url}/api/v1/query_range?query=m&${RANGE}`, { headers: { 'accept-encoding': 'identity' } })
  const reader = (answer.body ?? test.fail('there is a body') as never).getReader()
  const first = await reader.read()
  test.match(Buffer.from(first.value ?? []).toString(), /^\{"status":"success"/)
  goOn()
  let text = Buffer.from(first.value ?? []).toString()
  const decoder = new TextDecoder()
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += decoder.decode(next.value, { stream: true })
  test.ok((JSON.parse(text) as { data: { result: Row[] } }).data.result.length > 100)
})
