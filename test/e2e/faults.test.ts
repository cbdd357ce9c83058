/** What breaks below a running node costs time or an error that names it, never a part of an answer. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bytesOf, dataOf, get, openStream, residentBytes, runCli, seriesFile, sharedLake, sleep, spawnNode, startNode, streamed, writeYaml, type WireEvent } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const SERIES = 2000
const SAMPLES = 720
const STEP = 15
const END = T0 + SAMPLES * STEP

const lake = await sharedLake(t, await temporaryFolder(t))
const node = await startNode(t, { config: await lake.config() })
await node.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', SERIES, SAMPLES, T0 * 1000, STEP * 1000)) })

/** Takes a core for seconds: a sorted window for each of two thousand series at each step. */
const EXPENSIVE = { lang: 'promql', query: 'quantile_over_time(0.9, m[2h])', start: T0, end: END, step: 5 }

interface WireError {
  readonly code: string
  readonly message: string
}

function errorOf(events: readonly WireEvent[]): WireError {
  return (events[events.length - 1]['error'] ?? { code: events[events.length - 1].type, message: '' }) as WireError
}

t.test('an object that is damaged or missing is corrupt_data naming it, never a shorter answer', async (test) => {
  const organisation = 'damaged'
  for (const from of [0, 86_400]) {
    const text = seriesFile('d', 3, 100, (T0 + from) * 1000, STEP * 1000)
    await node.engine.import({ file: 'd', format: 'series', organisation, body: bytesOf(text) })
  }
  const query = { query: 'count_over_time(d[2d])', time: T0 + 86_400 + 1500, organisation }
  const right = await dataOf(node.url, '/api/v1/query', query)
  test.same(right.result.map(({ value }) => value[1]), ['200', '200', '200'])
  const files = readdirSync(join(lake.objects, organisation), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'))
  test.ok(files.length >= 2, `${files.length} objects`)
  const object = `${organisation}/${files[0]}`
  const path = join(lake.objects, object)
  const bytes = readFileSync(path)
  const damages: Record<string, () => void> = {
    'a flipped bit': () => writeFileSync(path, bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte))),
    'a shorter file': () => writeFileSync(path, bytes.subarray(0, -100)),
    'an empty file': () => writeFileSync(path, ''),
    'another file': () => writeFileSync(path, readFileSync(join(lake.objects, organisation, files[1]))),
    'no file': () => renameSync(path, `${path}.away`),
  }
  for (const [name, damage] of Object.entries(damages)) {
    damage()
    const events = await streamed(node.url, { lang: 'promql', ...query })
    const error = errorOf(events)
    test.equal(error.code, 'corrupt_data', `${name}: ${error.message}`)
    test.ok(error.message.includes(object), error.message)
    test.same(events.filter(({ type }) => type === 'data' || type === 'end'), [], name)
    const compatible = await get(node.url, '/api/v1/query', query)
    test.equal(compatible.status, 500, name)
    test.ok(compatible.text.includes(object), compatible.text)
    writeFileSync(path, bytes)
    test.same(await dataOf(node.url, '/api/v1/query', query), right, `healed after ${name}`)
  }
  const entries = JSON.stringify({ streams: [{ stream: { app: 'a' }, values: [[`${T0}000000000`, 'x']] }] })
  await node.engine.import({ file: 'l', format: 'loki', organisation: 'logs', body: bytesOf(`${entries}\n`) })
  const [log] = readdirSync(join(lake.objects, 'logs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'))
  renameSync(join(lake.objects, 'logs', log), join(lake.objects, 'logs.away'))
  const loki = await get(node.url, '/loki/api/v1/query_range', { query: '{app="a"}', start: T0 - 1, end: T0 + 1, organisation: 'logs' })
  test.equal(loki.status, 500)
  test.ok(loki.text.includes(log), loki.text)
})

t.test('what cannot be reached at start is told in one line, exit code 1', async (test) => {
  const folder = await temporaryFolder(test)
  const nowhere = 'postgres://millrace@127.0.0.1:9/postgres'
  const settings = { data: folder, 'log.level': 'info' }
  const s3 = { 'objects.s3.bucket': 'b', 'objects.s3.endpoint': 'http://127.0.0.1:9', 'objects.s3.accessKeyId': 'k', 'objects.s3.secretAccessKey': 's' }
  const catalog = await writeYaml(join(folder, 'catalog.yaml'), { ...settings, 'catalog.url': nowhere })
  const store = await writeYaml(join(folder, 'store.yaml'), { ...settings, 'catalog.url': lake.catalog.url, ...s3 })
  for (const [config, named] of [[catalog, /^error: catalog \S*127\.0\.0\.1:9\S* cannot be reached: .*ECONNREFUSED.*\n$/], [store, /^error: .*(http:\/\/127\.0\.0\.1:9).*ECONNREFUSED.*\n$/]] as const) {
    for (const argv of [['serve', '--port', '0', '--config', config], ['query', 'up', '--config', config]]) {
      const { code, out, err } = await runCli(argv)
      test.same([code, out], [1, ''], err)
      test.match(err, named)
    }
  }
})

t.test('a catalog that goes away is 503 until it is back; nothing is started again', async (test) => {
  const other = await sharedLake(test, await temporaryFolder(test))
  const running = await startNode(test, { config: await other.config() })
  await running.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 3, 10, T0 * 1000, 1000)) })
  const query = { query: 'count(m)', time: T0 + 9 }
  const right = await dataOf(running.url, '/api/v1/query', query)
  test.equal((await get(running.url, '/readyz')).status, 200)
  await other.catalog.stop()
  for (let again = 0; again < 3; again++) {
    const answer = await get(running.url, '/api/v1/query', query)
    test.equal(answer.status, 503, answer.text)
    test.match(JSON.parse(answer.text), { errorType: 'unavailable', error: /catalog .*cannot be reached/ })
  }
  test.match((await streamed(running.url, { lang: 'promql', ...query }))[0], { type: 'status 503' })
  test.equal((await get(running.url, '/loki/api/v1/query_range', { query: '{a="b"}' })).status, 503)
  const ready = await get(running.url, '/readyz')
  test.same([ready.status, (await get(running.url, '/healthz')).status], [503, 200])
  test.match(ready.text, /catalog/)
  const refused = await fetch(`${running.url}/api/v1/import?format=series&file=x`, { method: 'POST', body: seriesFile('lost', 1, 1, T0 * 1000, 1) })
  test.equal(refused.status, 503)
  await other.catalog.start()
  test.same(await dataOf(running.url, '/api/v1/query', query), right)
  test.equal((await get(running.url, '/readyz')).status, 200)
  test.same((await dataOf(running.url, '/api/v1/query', { query: 'lost', time: T0 })).result, [], 'what was refused is not there')
})

/** Milliseconds of processor time, of all threads of this process. */
function busyMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Resolves at the end of a span of 50 ms in which this process used less than a fifth of a core. */
async function idle(): Promise<void> {
  for (const from = performance.now(); performance.now() - from < 60_000; ) {
    const [began, busy] = [performance.now(), busyMs()]
    await sleep(50)
    if (busyMs() - busy < (performance.now() - began) / 5) return
  }
  throw new Error('this process is at work for a minute')
}

function ask(path: string, signal: AbortSignal): Promise<string> {
  const { lang: _lang, ...query } = EXPENSIVE
  const search = new URLSearchParams(Object.entries(path.endsWith('stream') ? EXPENSIVE : query).map(([name, value]): [string, string] => [name, String(value)]))
  return fetch(`${node.url}${path}?${search}`, { signal }).then((response) => response.text())
}

/** Milliseconds of processor time that the query takes when it is read to its end. */
async function costOfWhole(path: string): Promise<number> {
  await idle()
  const before = busyMs()
  await ask(path, new AbortController().signal)
  await idle()
  return busyMs() - before
}

/** Asks and goes away in the middle of the work; resolves with the ms of processor time that were still used. */
async function costAfterLeaving(path: string): Promise<number> {
  await idle()
  const controller = new AbortController()
  const asked = ask(path, controller.signal).catch(() => 'left')
  await sleep(600)
  const before = busyMs()
  await sleep(200)
  if (busyMs() - before < 50) throw new Error('the query had ended: no thread was at work')
  controller.abort()
  const left = busyMs()
  await idle()
  if ((await asked) !== 'left') throw new Error('the query was answered before the client left')
  return busyMs() - left
}

// How soon is told by the benchmark of the cluster; here it is judged by work, which a busy machine does not change.
for (const path of ['/api/v1/stream', '/api/v1/query_range']) {
  t.test(`a client that leaves ${path} takes its work along`, async (test) => {
    const whole = await costOfWhole(path)
    const after = await costAfterLeaving(path)
    test.comment(`${Math.round(after)} ms of processor time after the client left, of ${Math.round(whole)} for the whole`)
    test.ok(after < whole / 20, `${Math.round(after)} of ${Math.round(whole)} ms`)
    test.equal((await dataOf(node.url, '/api/v1/query', { query: 'count(m)', time: END - 1 })).result[0].value[1], String(SERIES), 'and the next is answered')
  })
}

t.test('a thread that ends in the middle of a unit costs a retry, not a value', async (test) => {
  const folder = await temporaryFolder(test)
  const file = join(folder, 'die')
  const preload = new URL('../harness/dying-thread.js', import.meta.url).href
  // With a regex for the name all samples are gathered first, so that nothing is being read while series are computed.
  const query = { lang: 'promql', query: 'sum by (job)(rate({__name__=~"m"}[5m]))', start: T0, end: END, step: 15 }
  const right = dataEvents(await streamed(node.url, query))
  const child = await spawnNode(test, ['--config', await lake.config()], { NODE_OPTIONS: `--import=${preload}`, MILLRACE_TEST_DIE: file })
  test.same(dataEvents(await streamed(child.url, query)), right, 'without a fault')
  let retries = 0
  for (let attempt = 0; attempt < 5 && retries === 0; attempt++) {
    writeFileSync(file, '')
    const events = await streamed(child.url, query)
    test.same(dataEvents(events), right, `attempt ${attempt}: ${JSON.stringify(events.at(-1))}`)
    retries = Number((events[events.length - 1]['stats'] as { retries?: number } | undefined)?.retries)
  }
  test.ok(retries > 0, 'a unit was tried again')
})

function dataEvents(events: readonly WireEvent[]): readonly WireEvent[] {
  return events.filter(({ type }) => type === 'data')
}

t.test('a reader that does not read keeps the memory of the node where it is', async (test) => {
  const limits = { 'limits.groupPointsMax': 500_000 }
  const child = await spawnNode(test, ['--config', await lake.config(limits)])
  const resident = (): number => residentBytes(child.pid) ?? NaN
  if (Number.isNaN(resident())) return test.pass('the system does not tell the memory of a process')
  const query = { lang: 'promql', query: 'm', start: T0, end: END, step: 1 }
  const controller = new AbortController()
  const response = await openStream(child.url, query, 'application/x-ndjson', controller.signal)
  const reader = response.body?.getReader()
  let bytes = 0
  while (bytes < 8_000_000) bytes += (await reader?.read())?.value?.length ?? Infinity
  await sleep(1000)
  const before = resident()
  await sleep(2500)
  const grown = resident() - before
  controller.abort()
  // The whole answer is 21 million points: some 500 MB of text.
  test.ok(grown < 60_000_000, `${Math.round(grown / 1e6)} MB more`)
  test.ok(resident() < 700_000_000, `${Math.round(resident() / 1e6)} MB in all`)
  test.comment(`${Math.round(before / 1e6)} MB, then ${Math.round(grown / 1e6)} MB more`)
})
