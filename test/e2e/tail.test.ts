/** Tails over WebSockets of a real node, while lines are imported: what there is, what comes, each once; and every way for a tail to end. */
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import type { RunningNode } from '../../actors/main.js'
import { bytesOf, eventually, sleep, startNode, writeYaml, type Parameters } from '../harness/real-node.js'
import { rawRequest, socketTo } from '../harness/raw-http.js'
import { temporaryFolder, type Teardown } from '../harness/servers.js'

t.setTimeout(300_000)

const S = 1_700_006_400

type Entry = readonly [ns: string, line: string, categories?: object]

interface Frame {
  readonly streams: readonly { readonly stream: Readonly<Record<string, string>>; readonly values: readonly Entry[] }[]
  readonly dropped_entries?: readonly { readonly timestamp: string; readonly labels: object }[]
}

interface Tailed {
  readonly socket: WebSocket
  readonly frames: (Frame & Readonly<Record<string, unknown>>)[]
  readonly pings: () => number
  /** Lines so far, in the order of their coming. */
  lines(): readonly string[]
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>
}

async function node(t: Teardown, limits: Parameters = {}, more: Parameters = {}): Promise<RunningNode> {
  const folder = await temporaryFolder(t)
  const settings = Object.fromEntries(Object.entries({ tailPollMs: 30, ...limits }).map(([name, value]) => [`limits.${name}`, value]))
  return startNode(t, { config: await writeYaml(join(folder, 'millrace.yaml'), { data: join(folder, 'data'), threads: 1, ...settings, ...more }) })
}

/** Each test has an organisation of its own. */
async function load({ engine }: RunningNode, organisation: string, entries: readonly (readonly [seconds: number, line: string])[], stream = { app: 'shop' }): Promise<void> {
  const values = entries.map(([seconds, line]) => [`${BigInt(Math.round(seconds * 1000)) * 1_000_000n + BigInt(S) * 1_000_000_000n}`, line, ...(line.startsWith('meta') ? [{ trace: line }] : [])])
  await engine.import({ file: 'lines', format: 'loki', organisation, body: bytesOf(`${JSON.stringify({ streams: [{ stream, values }] })}\n`) })
}

async function tail(t: Test, { url }: RunningNode, organisation: string, parameters: Parameters = {}, headers: Readonly<Record<string, string>> = {}, path = '/loki/api/v1/tail'): Promise<Tailed> {
  const query = new URLSearchParams(Object.entries({ query: '{app="shop"}', start: S, organisation, ...parameters }).map(([name, value]): [string, string] => [name, String(value)]))
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}?${query}`, { headers })
  const frames: Tailed['frames'] = []
  let pings = 0
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())))
  socket.on('ping', () => pings++)
  const ended = new Promise<Awaited<Tailed['ended']>>((resolve) => socket.once('close', (code, reason: Buffer) => resolve({ code, reason: reason.toString() })))
  t.teardown(() => socket.terminate())
  await once(socket, 'open')
  const lines = (): readonly string[] => frames.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line)))
  return { socket, frames, pings: () => pings, lines, ended }
}

interface Listed {
  readonly id: string
  readonly query: string
  readonly groupsDone: number
}

async function running({ url }: RunningNode, organisation: string): Promise<readonly Listed[]> {
  const answer = await fetch(`${url}/api/v1/queries`, { headers: { 'x-scope-orgid': organisation } })
  return ((await answer.json()) as { readonly queries: readonly Listed[] }).queries.filter(({ id }) => id.startsWith('t'))
}

/** What a client sends that asks for a WebSocket. */
const UPGRADE = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']

const shared = await node(t)

t.test('what there is and what is imported, in order and each once', async (t) => {
  const at = shared
  await load(at, 'first', [[1, 'one'], [3, 'three'], [2, 'two'], [-5, 'before the start']])
  await load(at, 'other', [[4, 'theirs']])
  const tailed = await tail(t, at, 'first')
  const few = await tail(t, at, 'first', { limit: 2 })
  t.ok(await eventually(10_000, () => tailed.lines().length === 3 && few.lines().length === 2))
  t.same(tailed.lines(), ['one', 'two', 'three'])
  t.same(few.lines(), ['two', 'three'], 'the newest so many')
  await load(at, 'first', [[9, 'nine'], [7, 'seven'], [-7, 'before the start']])
  await load(at, 'first', [[8, 'eight']], { app: 'web' })
  t.ok(await eventually(10_000, () => tailed.lines().length >= 5 && few.lines().length >= 4))
  await load(at, 'first', [[9, 'nine'], [3, 'three'], [10, 'ten'], [2.5, 'late'], [11, 'eleven']])
  t.ok(await eventually(10_000, () => tailed.lines().includes('eleven') && few.lines().includes('eleven')))
  t.same(tailed.lines(), ['one', 'two', 'three', 'seven', 'nine', 'late', 'ten', 'eleven'], 'of each import in order; what is told is not told again')
  t.same(few.frames.map(({ streams }) => streams.flatMap(({ values }) => values).length), [2, 2, 2, 1], 'frames hold as many as asked for')
  t.same(tailed.frames[0], { streams: [{ stream: { app: 'shop' }, values: [[`${S + 1}000000000`, 'one'], [`${S + 2}000000000`, 'two'], [`${S + 3}000000000`, 'three']] }] })
  t.ok(await eventually(5_000, () => tailed.pings() > 0), 'the server pings')
})

t.test('what this node imports is told before the catalog is asked again by the clock', async (t) => {
  const at = await node(t, { tailPollMs: 3_600_000 })
  const tailed = await tail(t, at, 'soon')
  t.ok(await eventually(10_000, async () => (await running(at, 'soon')).length === 1))
  for (const line of ['one', 'two', 'three']) {
    await load(at, 'other', [[1, 'theirs']])
    await load(at, 'soon', [[1, line]])
    t.ok(await eventually(20_000, () => tailed.lines().includes(line)), line)
  }
  await Promise.all(['four', 'five', 'six'].map((line) => load(at, 'soon', [[2, line]])))
  t.ok(await eventually(20_000, () => tailed.lines().length === 6))
  t.same([...tailed.lines()].sort(), ['five', 'four', 'one', 'six', 'three', 'two'])
})

t.test('pipelines, categories, and the frames of the first versions', async (t) => {
  const at = shared
  const headers = { 'x-loki-response-encoding-flags': 'categorize-labels' }
  const categorized = await tail(t, at, 'shapes', { query: '{app="shop"} | logfmt |= "a="' }, headers)
  const merged = await tail(t, at, 'shapes', { query: '{app="shop"} | logfmt |= "a="' })
  const legacy = await tail(t, at, 'shapes', {}, {}, '/api/prom/tail')
  await load(at, 'shapes', [[1, 'meta a=1'], [2, 'none']])
  t.ok(await eventually(10_000, () => categorized.frames.length > 0 && merged.frames.length > 0 && legacy.frames.length > 0))
  const labels = { structuredMetadata: { trace: 'meta a=1' }, parsed: { a: '1' } }
  t.same(categorized.frames, [{ streams: [{ stream: { app: 'shop' }, values: [[`${S + 1}000000000`, 'meta a=1', labels]] }], encodingFlags: ['categorize-labels'] }])
  t.same(merged.frames, [{ streams: [{ stream: { a: '1', app: 'shop', trace: 'meta a=1' }, values: [[`${S + 1}000000000`, 'meta a=1']] }] }])
  t.same(legacy.frames, [
    {
      streams: [
        { labels: '{app="shop", trace="meta a=1"}', entries: [{ ts: '2023-11-15T00:00:01.000000000Z', line: 'meta a=1' }] },
        { labels: '{app="shop"}', entries: [{ ts: '2023-11-15T00:00:02.000000000Z', line: 'none' }] },
      ],
    },
  ])
})

t.test('with delay_for, imports that follow each other are told in order together', async (t) => {
  const at = shared
  const tailed = await tail(t, at, 'delayed', { delay_for: 2 })
  await eventually(5_000, async () => (await running(at, 'delayed')).length === 1)
  await load(at, 'delayed', [[5, 'five']])
  await load(at, 'delayed', [[4, 'four']])
  t.ok(await eventually(15_000, () => tailed.lines().length === 2))
  t.same(tailed.lines(), ['four', 'five'])
})

t.test('what is wrong is told before there is a socket', async (t) => {
  const at = shared
  const cases: readonly (readonly [query: string, text: RegExp])[] = [
    ['', /^parse error : syntax error: unexpected \$end\n$/],
    ['query=%7Bapp', /^parse error at line 1, col \d+: /],
    ['query=%7Bapp%3D%22a%22%7D&limit=x', /^strconv\.Atoi: parsing "x": invalid syntax\n$/],
    ['query=%7Bapp%3D%22a%22%7D&start=x', /^could not parse 'start' parameter: strconv\.ParseInt: parsing "x": invalid syntax\n$/],
    ['query=%7Bapp%3D%22a%22%7D&delay_for=6', /^delay_for can't be greater than 5\n$/],
    ['query=%7Bapp%3D%22a%22%7D&delay_for=-1', /^delay_for must not be negative\n$/],
  ]
  for (const [query, text] of cases) {
    const { status, head, body } = await rawRequest(at.url, [`GET /loki/api/v1/tail?${query} HTTP/1.1`, ...UPGRADE])
    t.equal(status, 400, query)
    t.match(head, 'content-type: text/plain')
    t.match(body.replace(/^[0-9a-f]+\r\n/, '').replace(/\r\n0\r\n\r\n$/, ''), text)
    const plain = await fetch(`${at.url}/loki/api/v1/tail?${query}`)
    t.match(await plain.text(), text)
  }
  const plain = await fetch(`${at.url}/loki/api/v1/tail?query=%7Bapp%3D%22a%22%7D`)
  t.equal(plain.status, 400)
  t.equal(await plain.text(), 'Bad Request\n')
  t.equal((await rawRequest(at.url, ['GET /loki/api/v1/tail?query=%7Bapp%3D%22a%22%7D HTTP/1.1', 'Upgrade: websocket'])).status, 400, 'no key')
  t.equal((await rawRequest(at.url, ['GET /nowhere HTTP/1.1', ...UPGRADE])).status, 404)
  const metric = await tail(t, at, 'wrong', { query: 'rate({app="shop"}[1m])' })
  t.same(await metric.ended, { code: 1011, reason: 'only log selector is supported' })
})

t.test('who offers HTTP/2 is answered as if they did not', async (t) => {
  const at = shared
  await load(at, 'http2', [[1, 'one']])
  const offer = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA', 'Content-Type: application/x-www-form-urlencoded']
  const body = new URLSearchParams({ start: String(S), end: String(S + 10) }).toString()
  for (const lines of [['POST /loki/api/v1/labels?organisation=http2 HTTP/1.1', ...offer], [`GET /loki/api/v1/labels?organisation=http2&${body} HTTP/1.1`, ...offer]]) {
    const asked = fetchRaw(at.url, lines, lines[0].startsWith('POST') ? body : '')
    t.match(await asked, /^HTTP\/1\.1 200 [\s\S]*"data":\["app"\]/)
  }
})

/** Over a connection that is left open, in two pieces. */
async function fetchRaw(url: string, lines: readonly string[], body: string): Promise<string> {
  const socket = socketTo(url)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.write([...lines, 'Host: x', 'Connection: Upgrade, HTTP2-Settings', ...(body === '' ? [] : [`Content-Length: ${body.length}`]), '', body.slice(0, 5)].join('\r\n'))
  await sleep(100)
  socket.write(body.slice(5))
  await eventually(10_000, () => text.includes('}'))
  socket.destroy()
  return text
}

t.test('a tail is a running query: it is listed, can be cancelled, and goes with its reader', async (t) => {
  const at = shared
  const tailed = await tail(t, at, 'listed')
  t.ok(await eventually(5_000, async () => (await running(at, 'listed')).length === 1))
  const [{ id, query }] = await running(at, 'listed')
  t.equal(query, '{app="shop"}')
  t.equal((await fetch(`${at.url}/api/v1/queries/${id}`, { method: 'DELETE' })).status, 200)
  const { code, reason } = await tailed.ended
  t.equal(code, 1011)
  t.match(reason, /^the query was cancelled by /)
  t.ok(await eventually(5_000, async () => (await running(at, 'listed')).length === 0))
  for (const leave of ['close', 'terminate'] as const) {
    const { socket } = await tail(t, at, 'listed')
    t.ok(await eventually(5_000, async () => (await running(at, 'listed')).length === 1))
    socket[leave]()
    t.ok(await eventually(5_000, async () => (await running(at, 'listed')).length === 0), leave)
  }
})

t.test('a node that stops ends its tails at once, whether they take the news or not', async (t) => {
  const at = await node(t, { drainMs: 60_000, stopGraceMs: 300 })
  const tailed = await tail(t, at, 'stopped')
  const deaf = await tail(t, at, 'stopped')
  deaf.socket.pause()
  t.ok(await eventually(5_000, async () => (await running(at, 'stopped')).length === 2))
  await at.stop()
  t.same(await tailed.ended, { code: 1011, reason: 'the node is stopping' })
})

t.test('limits: so many tails of an organisation, each so long', async (t) => {
  const at = await node(t, { organisationTailsMax: 1, tailDurationMaxMs: 1_500 }, { auth: 'trusted-proxy' })
  const nobody = await rawRequest(at.url, ['GET /loki/api/v1/tail?query=%7Bapp%3D%22a%22%7D HTTP/1.1', ...UPGRADE])
  t.equal(nobody.status, 401, 'of a caller who may not, there is no socket')
  const as = (organisation: string): Promise<Tailed> => tail(t, at, organisation, {}, { 'x-scope-orgid': organisation })
  const first = await as('limited')
  t.ok(await eventually(5_000, async () => (await running(at, 'limited')).length === 1))
  const second = await as('limited')
  t.match(await second.ended, { code: 1011, reason: /^max concurrent tail requests limit exceeded, count > limit \(2 > 1\)/ })
  const theirs = await as('other')
  t.match(await first.ended, { code: 1011, reason: /^reached tail max duration limit/ })
  await theirs.ended
  await as('limited')
  t.ok(await eventually(5_000, async () => (await running(at, 'limited')).length === 1), 'the place is free again')
})

t.test('a reader who does not keep up misses entries, is told which, and goes on', async (t) => {
  const at = await node(t, { tailBufferedBytesMax: 100_000, tailReaderWaitMs: 50, tailDroppedNamedMax: 10 })
  const tailed = await tail(t, at, 'slow')
  t.ok(await eventually(5_000, async () => (await running(at, 'slow')).length === 1))
  tailed.socket.pause()
  const long = 'x'.repeat(10_000)
  await load(at, 'slow', Array.from({ length: 3_000 }, (_, i) => [i / 1000, `${i} ${long}`] as const))
  t.ok(await eventually(20_000, async () => (await running(at, 'slow'))[0].groupsDone === 1), 'it does not wait for the reader')
  tailed.socket.resume()
  t.ok(await eventually(20_000, () => tailed.frames.some(({ dropped_entries }) => dropped_entries !== undefined)), 'it is told')
  await load(at, 'slow', [[10, 'afterwards']])
  t.ok(await eventually(10_000, () => tailed.lines().includes('afterwards')))
  const numbers = tailed.lines().slice(0, -1).map((line) => Number(line.split(' ')[0]))
  t.ok(numbers.length < 3_000, `${numbers.length} lines came`)
  t.same(numbers, [...new Set(numbers)].sort((a, b) => a - b), 'what came is in order and each once')
  const dropped = tailed.frames.flatMap(({ dropped_entries = [] }) => dropped_entries)
  t.ok(dropped.length <= 10 * tailed.frames.length)
  t.match(dropped[0], { timestamp: /^\d{19}$/, labels: { app: 'shop' } })
  const told = new Set(tailed.frames.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([ns]) => ns))))
  t.notOk(dropped.some(({ timestamp }) => told.has(timestamp)), 'what is dropped was not told')
})
