/** Units over HTTP, the server with a host that does what the test says: who is let in, which lease holds, what is told of every kind of failure. */
import { once } from 'node:events'
import { createServer as createTcp, connect, type Socket } from 'node:net'
import { createServer as createHttp } from 'node:http'
import { OPEN_DOOR } from '../harness/fake-engine.js'
import t, { type Test } from 'tap'
import { failureOf } from '../harness/rejects.js'
import { seeded } from '../../benchmarks/seeded.js'
import type { NodeFacts, RemoteResult, RemoteUnits, UnitHost } from '../../src/model/cluster.js'
import { ERROR_RULES, QueryError, type ErrorCode } from '../../src/model/error.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { createMetrics, createServer, openRemoteUnits, type RunningServer } from '../../src/serve/serve.js'
import { clusterToken, UNIT_HEADERS, versionText } from '../../src/serve/unit-exchange.js'
import { packBlock, unitRequest } from '../../src/wire/wire.js'
import { fakeEngine } from '../harness/fake-engine.js'
import { difference, randomResult, randomUnit } from '../harness/random-units.js'
import { eventually } from '../harness/real-node.js'
import type { Teardown } from '../harness/servers.js'

t.setTimeout(120_000)

const SECRET = 'a secret, ünï\ncode'
const LIMITS: Limits = { ...DEFAULT_LIMITS, unitFrameBytesMax: 200, unitHeartbeatMs: 20, unitSilenceMs: 400, unitDeadlineMs: 60_000 }
const UNIT: WorkUnit = { ...randomUnit(seeded(1)), limits: LIMITS }
const NEVER = new AbortController().signal

type RunUnit = UnitHost['runUnit']

function every(ms: number, action: () => void): () => void {
  const timer = setInterval(action, ms)
  return () => clearInterval(timer)
}

/** A result of several frames. */
function manyFrames(seed: number): RemoteResult {
  const random = seeded(seed)
  for (;;) {
    const result = randomResult(random, 20)
    if (result.result.block.kind === 'series' && result.result.block.values.length > 40) return result
  }
}

async function serve(t: Teardown, runUnit: RunUnit, { version = '1.0.0', limits = LIMITS } = {}): Promise<RunningServer> {
  const clock = { nowMs: () => 0, every }
  const units = { host: { runUnit }, secret: SECRET, version }
  const server = await createServer(fakeEngine(undefined, limits), { host: '127.0.0.1', port: 0, ...OPEN_DOOR, metrics: createMetrics(), clock, onFailure: () => undefined, units })
  t.teardown(() => server.close())
  return server
}

function client(t: Teardown, { secret = SECRET, version = '1.0.0', limits = LIMITS } = {}): RemoteUnits {
  const units = openRemoteUnits({ secret, version, limits, every })
  t.teardown(() => units.close())
  return units
}

function nodeAt(url: string): NodeFacts {
  return { id: 'n1', url, role: 'worker', version: '1.0.0', threads: 1, startedAt: 0 }
}

async function failsWith(t: Test, work: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  const failure = await failureOf(work)
  t.equal(failure?.code, code, failure?.message ?? 'no failure')
  t.match(failure?.message, message)
}

/** A unit that runs until it is aborted, and what becomes of it. */
class Endless {
  running = 0
  aborted = 0

  readonly run: RunUnit = (_unit, signal) =>
    new Promise((_resolve, reject) => {
      this.running++
      const end = (): void => {
        this.running--
        this.aborted++
        reject(new QueryError({ code: 'cancelled', message: 'the unit was cancelled' }))
      }
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    })
}

/** A door before a server that lets through so many bytes of its answer and then does what it is told. */
async function door(t: Teardown, server: RunningServer, bytes: number, then: 'cut' | 'flip' | 'hold'): Promise<string> {
  const open = new Set<Socket>()
  const tcp = createTcp((incoming) => {
    const outgoing = connect(server.port, '127.0.0.1')
    for (const socket of [incoming, outgoing]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => [incoming, outgoing].forEach((each) => each.destroy()))
    }
    incoming.pipe(outgoing)
    let passed = 0
    outgoing.on('data', (chunk: Buffer) => {
      const left = bytes - passed
      passed += chunk.length
      if (left >= chunk.length) return incoming.write(chunk)
      if (then === 'flip' && left >= 0) return incoming.write(chunk.map((byte, i) => (i === left ? byte ^ 1 : byte)))
      if (then === 'flip') return incoming.write(chunk)
      if (left > 0) incoming.write(chunk.subarray(0, left))
      if (then === 'cut') incoming.destroySoon()
      return undefined
    })
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  t.teardown(async () => {
    for (const socket of open) socket.destroy()
    tcp.close()
  })
  const address = tcp.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

t.test('a unit and its result arrive to the bit; connections are used again', async (t) => {
  const seen: WorkUnit[] = []
  const results = [1, 2, 3].map(manyFrames)
  const server = await serve(t, async (unit) => results[seen.push(unit) - 1])
  const units = client(t)
  for (const result of results) {
    const got = await units.run(nodeAt(`${server.url}/`), UNIT, units.newReception(), NEVER)
    t.equal(difference(got, result), undefined)
  }
  for (const unit of seen) t.equal(difference(unit, UNIT), undefined)
})

t.test('without a secret there is no such path', async (t) => {
  const clock = { nowMs: () => 0, every }
  const server = await createServer(fakeEngine(), { host: '127.0.0.1', port: 0, ...OPEN_DOOR, metrics: createMetrics(), clock, onFailure: () => undefined })
  t.teardown(() => server.close())
  const response = await fetch(`${server.url}/internal/v1/units`, { method: 'POST', body: 'x' })
  t.equal(response.status, 404)
})

t.test('nobody without the secret runs a unit', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run)
  for (const secret of ['', 'another', `${SECRET} `, clusterToken(SECRET)]) {
    const units = client(t, { secret })
    await failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), 'unavailable', /node n1 at http.*answered 401: the secret of the cluster .*cluster\.secret/)
  }
  for (const token of [undefined, '', 'x', SECRET.replace(/[^ -~]/g, ''), clusterToken(SECRET).toUpperCase()]) {
    const headers = { [UNIT_HEADERS.version]: versionText('1.0.0'), [UNIT_HEADERS.fromFrame]: '0', ...(token === undefined ? {} : { [UNIT_HEADERS.token]: token }) }
    const response = await fetch(`${server.url}/internal/v1/units`, { method: 'POST', headers, body: unitRequest(UNIT, LIMITS) })
    t.equal(response.status, 401)
    t.match(await response.json(), { error: { code: 'unauthorized', facts: { setting: 'cluster.secret' } } })
  }
  t.equal(endless.running + endless.aborted, 0)
})

t.test('another version is refused by a message that names both', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run, { version: '1.2.3' })
  const units = client(t, { version: '1.2.4' })
  await failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), 'unavailable', /409: this node runs 1\.2\.3 \(protocol \d\) and takes no units from 1\.2\.4 \(protocol \d\)/)
  const response = await fetch(`${server.url}/internal/v1/units`, { method: 'POST', headers: { [UNIT_HEADERS.token]: clusterToken(SECRET) }, body: 'x' })
  t.equal(response.status, 409)
  t.match(await response.text(), /a node without version/)
  t.equal(endless.running + endless.aborted, 0)
})

t.test('a body that is no unit, or too long, is refused', async (t) => {
  const endless = new Endless()
  const body = unitRequest(UNIT, LIMITS)
  const server = await serve(t, endless.run, { limits: { ...LIMITS, unitRequestBytesMax: body.length } })
  const ask = async (bytes: Uint8Array<ArrayBuffer>, from = '0'): Promise<string> => {
    const headers = { [UNIT_HEADERS.token]: clusterToken(SECRET), [UNIT_HEADERS.version]: versionText('1.0.0'), [UNIT_HEADERS.fromFrame]: from }
    const response = await fetch(`${server.url}/internal/v1/units`, { method: 'POST', headers, body: bytes })
    const answer = (await response.json()) as { error: { code: string } }
    return `${response.status} ${answer.error.code}`
  }
  t.equal(await ask(body.slice(1)), '400 bad_query')
  t.equal(await ask(body.slice(0, -1)), '400 bad_query')
  t.equal(await ask(new Uint8Array(0)), '400 bad_query')
  t.equal(await ask(body.map((byte, i) => (i === 1000 ? byte ^ 4 : byte))), '400 bad_query')
  for (const from of ['-1', 'x', '', '1.5', '99999999999']) t.equal(await ask(body, from), '400 bad_query')
  t.equal(await ask(Uint8Array.from([...body, 0])), '422 limit_exceeded')
  t.equal(endless.running + endless.aborted, 0)
  const units = client(t, { limits: { ...LIMITS, unitRequestBytesMax: 100 } })
  await failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), 'limit_exceeded', /limits\.unitRequestBytesMax/)
})

t.test('a unit that names an object of another organisation, or none that may be, is refused', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run)
  const [segment] = UNIT.segments
  const wordIndex = { object: 'acme/logs/1.words', bytes: 1, checksum: segment.checksum, layout: 1 }
  const own = { ...segment, object: 'acme/logs/1.parquet', wordIndex }
  const ask = async (segments: WorkUnit['segments'], organisation = 'acme'): Promise<string> => {
    const headers = { [UNIT_HEADERS.token]: clusterToken(SECRET), [UNIT_HEADERS.version]: versionText('1.0.0'), [UNIT_HEADERS.fromFrame]: '0' }
    const response = await fetch(`${server.url}/internal/v1/units`, { method: 'POST', headers, body: unitRequest({ ...UNIT, organisation, segments }, LIMITS) })
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    return `${response.status} ${error.code} ${error.message}`
  }
  const foreign = ['other/logs/1.parquet', 'acme', 'acme2/1.parquet', 'acme/../other/1.parquet', 'acme/./1', '/acme/1.parquet', 'acme//1', '../acme/1', 'ACME/1', 'acme/1\0', '']
  for (const object of foreign) {
    const refusal = `403 forbidden unit ${UNIT.id} of organisation "acme" names object ${JSON.stringify(object)}, which is not one of that organisation's`
    t.equal(await ask([own, { ...own, object }]), refusal)
    t.equal(await ask([{ ...own, wordIndex: { ...wordIndex, object } }]), refusal)
  }
  t.match(await ask([own], 'other'), /^403 forbidden/)
  t.match(await ask([own], 'Acme'), /^403 forbidden/)
  t.match(await ask([{ ...own, object: 7 as unknown as string }]), /^403 forbidden/)
  t.equal(endless.running + endless.aborted, 0)
  const units = client(t)
  const run = failureOf(units.run(nodeAt(server.url), { ...UNIT, organisation: 'acme', segments: [own] }, units.newReception(), NEVER))
  t.ok(await eventually(10_000, () => endless.running === 1), 'its own are read')
  await server.close()
  t.equal((await run)?.code, 'unavailable')
})

t.test('the error of a unit crosses as it is', async (t) => {
  for (const code of Object.keys(ERROR_RULES) as ErrorCode[]) {
    const record = { code, message: `it was ${code}`, position: { offset: 1, end: 2, line: 3, column: 4 }, facts: { limit: 'x', value: 1.5 } }
    const server = await serve(t, async () => Promise.reject(new QueryError(record)))
    const units = client(t)
    const failure = await failureOf(units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER))
    t.same(failure?.toRecord(), record)
  }
  const server = await serve(t, async () => Promise.reject(new TypeError('a mistake')))
  const units = client(t)
  await failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), 'internal', /^a mistake$/)
})

t.test('a result over the limit of who asks is told with that limit', async (t) => {
  const server = await serve(t, async () => manyFrames(1))
  const units = client(t)
  const unit = { ...UNIT, limits: { ...LIMITS, unitResultBytesMax: 500 } }
  await failsWith(t, units.run(nodeAt(server.url), unit, units.newReception(), NEVER), 'limit_exceeded', /limits\.unitResultBytesMax/)
})

t.test('an abort ends the work on the other node, before and while it runs', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run)
  const units = client(t)
  await failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), AbortSignal.abort()), 'cancelled', /cancelled/)
  t.equal(endless.running, 0)
  const aborts = [1, 2, 3].map(() => new AbortController())
  const runs = aborts.map(({ signal }) => failureOf(units.run(nodeAt(server.url), UNIT, units.newReception(), signal)))
  t.ok(await eventually(10_000, () => endless.running === 3))
  aborts[1].abort()
  t.equal((await runs[1])?.code, 'cancelled')
  t.ok(await eventually(10_000, () => endless.running === 2), 'the others hold their leases')
  aborts[0].abort()
  aborts[2].abort()
  await Promise.all(runs)
  t.ok(await eventually(10_000, () => endless.running === 0))
})

t.test('a connection that is cut ends the work too', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run)
  const socket = connect(server.port, '127.0.0.1')
  const body = unitRequest(UNIT, LIMITS)
  socket.write(
    `POST /internal/v1/units HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n${UNIT_HEADERS.token}: ${clusterToken(SECRET)}\r\n${UNIT_HEADERS.version}: ${versionText('1.0.0')}\r\n${UNIT_HEADERS.fromFrame}: 0\r\n\r\n`,
  )
  socket.write(body)
  t.ok(await eventually(10_000, () => endless.running === 1))
  socket.destroy()
  t.ok(await eventually(10_000, () => endless.aborted === 1))
})

t.test('a long silent unit is waited for, a node that says nothing is not', async (t) => {
  const { unitSilenceMs } = LIMITS
  const result = manyFrames(4)
  const server = await serve(t, () => new Promise((resolve) => setTimeout(() => resolve(result), unitSilenceMs * 3)))
  const units = client(t)
  t.equal(difference(await units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), result), undefined)

  const endless = new Endless()
  const silent = await door(t, await serve(t, endless.run), 300, 'hold')
  await failsWith(t, units.run(nodeAt(silent), UNIT, units.newReception(), NEVER), 'unavailable', /silent for 400 ms \(setting limits\.unitSilenceMs\)/)
  t.ok(await eventually(10_000, () => endless.aborted === 1))
  await failsWith(t, units.run(nodeAt(await door(t, server, 0, 'hold')), UNIT, units.newReception(), NEVER), 'unavailable', /silent for/)
})

t.test('a unit that does not end meets the deadline, on whichever side', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run)
  const limits = { ...LIMITS, unitDeadlineMs: 200 }
  const units = client(t, { limits })
  await failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), 'unavailable', /not done after 200 ms \(setting limits\.unitDeadlineMs\)/)
  t.ok(await eventually(10_000, () => endless.aborted === 1))
  const patient = client(t)
  await failsWith(t, patient.run(nodeAt(server.url), { ...UNIT, limits }, patient.newReception(), NEVER), 'unavailable', /gave no result/)
  t.ok(await eventually(10_000, () => endless.aborted === 2))
})

t.test('whatever is wrong with a node is unavailable, with its name and the reason', async (t) => {
  const units = client(t)
  const run = (url: string): Promise<unknown> => units.run(nodeAt(url), UNIT, units.newReception(), NEVER)
  await failsWith(t, run('http://127.0.0.1:1'), 'unavailable', /^node n1 at http:\/\/127\.0\.0\.1:1 gave no result: the connection failed: ECONNREFUSED$/)
  await failsWith(t, run('no url'), 'unavailable', /node n1 at no url/)
  for (const [status, text] of [[500, 'oops'], [503, '{"error":{"code":"unavailable","message":"full"}}'], [404, ''], [200, ''], [200, 'x'.repeat(5_000)], [204, '']] as const) {
    const http = createHttp((request, response) => request.resume().on('end', () => response.writeHead(status).end(text)))
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    t.teardown(() => http.close())
    const address = http.address()
    await failsWith(t, run(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`), 'unavailable', /node n1 at http.* gave no result: /)
  }
})

t.test('a node that stops says so', async (t) => {
  const endless = new Endless()
  const server = await serve(t, endless.run)
  const units = client(t)
  const run = failsWith(t, units.run(nodeAt(server.url), UNIT, units.newReception(), NEVER), 'unavailable', /the node is stopping/)
  t.ok(await eventually(10_000, () => endless.running === 1))
  await server.close()
  await run
  t.equal(endless.running, 0)
})

t.test('cut or damaged anywhere: unavailable, and the next node goes on behind the last good frame', async (t) => {
  const result = manyFrames(6)
  const first = await serve(t, async () => result)
  const second = await serve(t, async () => ({ ...result, bytesFetched: 99 }))
  const units = client(t)
  let resumed = 0
  for (const then of ['cut', 'flip'] as const) {
    for (let bytes = 300; bytes < 2_000; bytes += 97) {
      const reception = units.newReception()
      const failure = await failureOf(units.run(nodeAt(await door(t, first, bytes, then)), UNIT, reception, NEVER))
      // A flipped bit in the head of the answer or between its chunks may leave the content as it is.
      if (failure === undefined && then === 'flip') continue
      t.equal(failure?.code, 'unavailable', `${then} at ${bytes}: ${failure?.message}`)
      if (reception.frames > 0) resumed++
      t.equal(difference(await units.run(nodeAt(second.url), UNIT, reception, NEVER), { ...result, bytesFetched: 99 }), undefined, `${then} at ${bytes}`)
    }
  }
  t.ok(resumed > 10, `${resumed} attempts went on in the middle`)
})

t.test('what is kept of another result is thrown away', async (t) => {
  const [result, other] = [manyFrames(7), manyFrames(8)]
  const first = await serve(t, async () => other)
  const second = await serve(t, async () => result)
  const units = client(t)
  const reception = units.newReception()
  t.equal((await failureOf(units.run(nodeAt(await door(t, first, 1_200, 'cut')), UNIT, reception, NEVER)))?.code, 'unavailable')
  t.ok(reception.frames > 1)
  await failsWith(t, units.run(nodeAt(second.url), UNIT, reception, NEVER), 'unavailable', /do not fit together/)
  t.equal(reception.frames, 0)
  t.equal(difference(await units.run(nodeAt(second.url), UNIT, reception, NEVER), result), undefined)
})

t.test('frames are made as the connection takes them, and a reader that takes none is cut off at the deadline', async (t) => {
  const values = new Float64Array(8_000_000)
  const labels = Array.from({ length: 1 }, () => ['x', 'y'])
  const block = packBlock({ kind: 'series', steps: values.length, labels, values, present: new Uint8Array(values.length), columns: {} })
  const large: RemoteResult = { result: { block, annotations: [], stats: manyFrames(1).result.stats }, bytesFetched: 0, retries: 0 }
  let signal: AbortSignal | undefined
  const server = await serve(t, async (_unit, given) => {
    signal = given
    return large
  })
  const limits = { ...DEFAULT_LIMITS, unitDeadlineMs: 1_500 }
  const body = unitRequest({ ...UNIT, limits }, limits)
  const socket = connect(server.port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.pause()
  socket.write(
    `POST /internal/v1/units HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n${UNIT_HEADERS.token}: ${clusterToken(SECRET)}\r\n${UNIT_HEADERS.version}: ${versionText('1.0.0')}\r\n${UNIT_HEADERS.fromFrame}: 0\r\n\r\n`,
  )
  socket.write(body)
  t.ok(await eventually(10_000, () => signal !== undefined))
  const before = process.memoryUsage().arrayBuffers
  t.notOk(signal?.aborted)
  t.ok(await eventually(10_000, () => signal?.aborted === true))
  t.ok(process.memoryUsage().arrayBuffers - before < 32_000_000, 'what nobody reads is not made')
  const units = client(t, { limits: DEFAULT_LIMITS })
  t.equal(difference(await units.run(nodeAt(server.url), { ...UNIT, limits: DEFAULT_LIMITS }, units.newReception(), NEVER), large), undefined)
})
