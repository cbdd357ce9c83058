/** Streams that break off and go on: over HTTP, at another node over the same catalog, by hand and by the client. */
import { createServer, connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { open } from '../../actors/main.js'
import type { Engine } from '../../src/model/engine.js'
import type { QueryEvent, QueryRequest } from '../../src/model/event.js'
import { EventIds, eventJson, numbersOf } from '../../src/serve/serve.js'
import { bytesOf, openStream, runCli, seriesFile, sharedLake, sleep, spawnNode, startNode, type Parameters, type SharedLake } from '../harness/real-node.js'
import { execute, temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
/** Far more text than sockets hold, in many events. */
const MANY_GROUPS = { 'limits.groupPointsMax': 20_000 }
const HOUR = { lang: 'promql', query: 'm', start: T0, end: T0 + 3600, step: 15 }

t.test('a node is killed in the middle of a stream; another one goes on, to the byte', async (test) => {
  const lake = await sharedLake(test, await temporaryFolder(test))
  const [first, second] = await Promise.all([spawnNode(test, ['--config', await lake.config(MANY_GROUPS)]), spawnNode(test, ['--config', await lake.config(MANY_GROUPS)])])
  await importSeries(first.url, 100)
  const asked = { ...HOUR, query: 'm + rate(m[2m])', step: '1s' }
  const whole = blocksOf(await streamText(second.url, asked))
  const response = await openStream(first.url, asked, 'text/event-stream')
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      if (text.split('\nevent: data\n', 3).length > 2) first.child.kill('SIGKILL')
    }
  } catch (thrown) {
    test.match(String(thrown), /terminated/)
  }
  test.equal(await first.exited, 'SIGKILL')
  const begun = blocksOf(text)
  test.ok(dataOf(begun).length >= 1 && begun.length < whole.length, `${begun.length} of ${whole.length} events had come`)
  const rest = blocksOf(await streamText(second.url, asked, { 'last-event-id': idOf(begun) }))
  test.match(rest[0], /^event: plan\n.*"resumed":true/s)
  test.ok([...dataOf(begun), ...dataOf(rest)].join('\n\n') === dataOf(whole).join('\n\n'), 'the same bytes')
  test.same(rest.filter((block) => block.startsWith('event: end')).length, 1)
})

t.test('the client and the command line go on by themselves', async (test) => {
  const lake = await sharedLake(test, await temporaryFolder(test))
  const [first, second] = await Promise.all([spawnNode(test, ['--config', await lake.config(MANY_GROUPS)]), startNode(test, { config: await lake.config(MANY_GROUPS) })])
  await importSeries(second.url, 100)
  const when = { kind: 'range', startNs: BigInt(T0) * 1_000_000_000n, endNs: BigInt(T0 + 3600) * 1_000_000_000n, stepMs: 1000 } as const
  const request: QueryRequest = { language: 'promql', text: 'm + rate(m[2m])', when }
  const whole = await textsOf(await client(test, second.url), request)
  const killed = await textsOf(await client(test, [first.url, second.url]), request, (texts) => texts.length === 2 && first.child.kill('SIGKILL'))
  test.equal(await first.exited, 'SIGKILL')
  test.ok(killed.length > 4 && killed.join('\n') === whole.join('\n'), `${killed.length} events, ${whole.length} expected`)
  const ask = ['query', 'sum(m)', '--lang', 'promql', '--time', String(T0), '--output', 'json']
  for (const urls of [['--url', `${first.url},${second.url}`], ['--url', first.url, '--url', second.url]]) {
    const { code, out, err } = await runCli([...ask, ...urls])
    test.same([code, err, JSON.parse(out).status], [0, '', 'success'])
  }
  const { code, err } = await runCli([...ask, '--url', first.url])
  test.equal(code, 1)
  test.match(err, /^error: cannot reach .*ECONNREFUSED\n$/)
})

t.test('whichever byte a connection breaks at, the client has the answer, once', async (test) => {
  const node = await startNode(test, { data: join(await temporaryFolder(test), 'lake') })
  await importSeries(node.url, 3)
  await node.engine.import({ file: 'logs', format: 'loki', body: bytesOf(logFile()) })
  const bounds = { startNs: BigInt(T0) * 1_000_000_000n, endNs: BigInt(T0 + 3600) * 1_000_000_000n }
  const requests: QueryRequest[] = [
    { language: 'promql', text: 'rate(m[2m]) or sum by (job) (m)', when: { kind: 'range', ...bounds, stepMs: 60_000 } },
    { language: 'logql', text: '{app="x"}', when: { kind: 'entries', ...bounds, direction: 'backward', limit: 500 } },
  ]
  for (const request of requests) {
    const whole = await textsOf(await client(test, node.url), request)
    const size = whole.join('').length
    for (let budget = 1500; budget < size + 2000; budget += Math.ceil(size / 17)) {
      const door = await cuttingDoor(test, node.url, budget)
      const texts = await textsOf(await client(test, door.url), request)
      test.same(texts, whole, `${request.text}, cut at ${budget}, ${door.connections()} connections`)
    }
  }
})

t.test('a snapshot lives on for its time after segments are retired, and is then gone: 409 with the reason', async (test) => {
  const lake = await sharedLake(test, await temporaryFolder(test))
  const node = await startNode(test, { config: await lake.config() })
  await importSeries(node.url, 20)
  const whole = blocksOf(await streamText(node.url, HOUR))
  const id = idOf(whole.slice(0, 2))
  await importSeries(node.url, 21)
  await retireOldest(lake, '1 minute')
  test.not(dataOf(blocksOf(await streamText(node.url, HOUR))).join(), dataOf(whole).join(), 'a new answer is over newer data')
  const rest = blocksOf(await streamText(node.url, HOUR, { 'last-event-id': id }))
  test.same(dataOf(rest), dataOf(whole).slice(1))
  await retireOldest(lake, '61 minutes')
  const gone = await ask(node.url, HOUR, { 'last-event-id': id })
  test.equal(gone.status, 409)
  test.match(JSON.parse(gone.text), { error: { code: 'cannot_resume', retryable: false, message: /default:1: 1 of its segments were retired/, facts: { reason: 'snapshot_gone', snapshot: 'default:1' } } })
  const engine = await client(test, node.url)
  const asked: QueryRequest = { language: 'promql', text: 'm', when: { kind: 'range', startNs: BigInt(T0) * 1_000_000_000n, endNs: BigInt(T0 + 3600) * 1_000_000_000n, stepMs: 15_000 }, after: id }
  for await (const event of engine.query(asked)) test.match(event, { type: 'error', error: { code: 'cannot_resume' } })
  await execute(lake.catalog.url, 'update organisations set generation = 0')
  const unknown = await ask(node.url, HOUR, { 'last-event-id': id })
  test.match([unknown.status, JSON.parse(unknown.text)], [409, { error: { facts: { reason: 'snapshot_unknown', newest: 0 } } }])
})

t.test('relative times are what they were; the header stands over the parameter; what is no id is 400', async (test) => {
  const node = await startNode(test, { data: join(await temporaryFolder(test), 'lake') })
  const now = Math.floor(Date.now() / 1000)
  await node.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 3, 120, (now - 600) * 1000, 5000)) })
  for (const times of [{ start: 'now-10m', end: 'now', step: 1 }, { start: now - 600 }, {}, { time: 'now' }] as Parameters[]) {
    const asked = { lang: 'promql', query: 'm', ...times }
    const whole = blocksOf(await streamText(node.url, asked))
    await sleep(1100)
    const [start, early] = [idOf(whole.slice(0, 1)), idOf(whole.slice(0, 2))]
    test.same(dataOf(blocksOf(await streamText(node.url, { ...asked, lastEventId: start }))), dataOf(whole))
    test.same(dataOf(blocksOf(await streamText(node.url, { ...asked, lastEventId: start }, { 'last-event-id': early }))), dataOf(whole).slice(1))
  }
  const id = idOf(blocksOf(await streamText(node.url, HOUR)))
  test.match((await ask(node.url, { ...HOUR, end: T0 + 3615 }, { 'last-event-id': id })).status, 400)
  for (const wrong of ['default:1@start', `${id}0`, 'none']) test.match((await ask(node.url, { ...HOUR, lastEventId: wrong })).status, 400)
  test.match((await ask(node.url, HOUR, { 'last-event-id': id, 'x-scope-orgid': 'other' })).status, 409)
})

async function importSeries(url: string, series: number): Promise<void> {
  const { status } = await fetch(`${url}/api/v1/import?format=series&file=m`, { method: 'POST', body: seriesFile('m', series, 240, T0 * 1000, 15_000) })
  if (status !== 200) throw new Error(`the import was answered ${status}`)
}

/** Hundreds of entries at each of a few times. */
function logFile(): string {
  const values = [0n, 1n, 2n, 1_000_000_000n].flatMap((ns) => Array.from({ length: 300 }, (_, i) => [String(BigInt(T0 + 60) * 1_000_000_000n + ns), `line ${i}`]))
  return `${JSON.stringify({ streams: [{ stream: { app: 'x' }, values }] })}\n`
}

/** The oldest generation's segments are retired, so long ago. */
async function retireOldest({ catalog }: SharedLake, ago: string): Promise<void> {
  await execute(catalog.url, `update segments set retired = 3, retired_at = now() - interval '${ago}' where created = 1`)
  await execute(catalog.url, 'update organisations set generation = 3')
}

async function ask(url: string, parameters: Parameters, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly text: string }> {
  const pairs = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)])
  const response = await fetch(`${url}/api/v1/stream?${new URLSearchParams(pairs)}`, { headers: { accept: 'text/event-stream', ...headers } })
  return { status: response.status, text: await response.text() }
}

async function streamText(url: string, parameters: Parameters, headers?: Readonly<Record<string, string>>): Promise<string> {
  const { status, text } = await ask(url, parameters, headers)
  if (status !== 200) throw new Error(`the stream was answered ${status}: ${text}`)
  return text
}

/** The events that have come whole, without heartbeats. */
function blocksOf(text: string): readonly string[] {
  return text.split('\n\n').slice(0, -1).filter((block) => !block.startsWith(':'))
}

function dataOf(blocks: readonly string[]): readonly string[] {
  return blocks.filter((block) => /^event: (data|warning)\n/.test(block))
}

function idOf(blocks: readonly string[]): string {
  return /\nid: (.*)\n/.exec(blocks.at(-1) ?? '')?.[1] ?? ''
}

async function client(test: Test, url: string | readonly string[]): Promise<Engine> {
  const engine = await open({ url })
  test.teardown(() => engine.close())
  return engine
}

/** What the reader gets, but for progress and what the answer cost. */
async function textsOf(engine: Engine, request: QueryRequest, watch: (texts: readonly string[]) => unknown = () => undefined): Promise<readonly string[]> {
  const ids = new EventIds()
  const texts: string[] = []
  for await (const event of engine.query(request)) {
    const id = ids.next(event)
    const text = textOf(event, id, request)
    if (text !== undefined) texts.push(text)
    watch(texts)
  }
  return texts
}

function textOf(event: QueryEvent, id: string, request: QueryRequest): string | undefined {
  switch (event.type) {
    case 'progress':
      return undefined
    case 'plan':
    case 'end':
      return `${event.type} ${id}`
    case 'data':
    case 'warning':
    case 'error':
      return [...eventJson(event, id, numbersOf(request.language))].join('')
  }
}

/** A way to the node on which each connection breaks after so many bytes of its answer, the second after a few more, and so on. */
async function cuttingDoor(test: Test, url: string, bytes: number) {
  let connections = 0
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    let left = Math.ceil(bytes * 1.5 ** connections++)
    near.on('error', () => far.destroy()).on('close', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).on('close', () => near.destroy())
    far.on('data', (chunk: Buffer) => {
      near.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) near.destroySoon()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.teardown(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, connections: () => connections }
}
