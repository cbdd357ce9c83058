/** Requests that are too large or never come: each is cut by a limit that the answer names, and the node goes on. */
import t from 'tap'
import { open } from '../../actors/main.js'
import { get, seriesFile, sharedLake, startNode } from '../harness/real-node.js'
import { dripping, rawRequest } from '../harness/raw-http.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

/** So long that a busy machine does not cut an honest request. */
const ARRIVAL_MS = 2_000

const lake = await sharedLake(t, await temporaryFolder(t))
const node = await startNode(t, { config: await lake.config({ 'limits.requestArrivalMs': ARRIVAL_MS }) })
const hasty = await startNode(t, { config: await lake.config({ 'limits.requestArrivalMs': ARRIVAL_MS, 'limits.importArrivalMs': ARRIVAL_MS }) })
const keyed = await startNode(t, { config: await lake.config({ 'auth': 'keys', 'cluster.secret': 'a secret of this cluster', 'limits.requestArrivalMs': ARRIVAL_MS }) })

function* forever(piece: string): Generator<string> {
  for (;;) yield piece
}

t.test('a head or a body that is too large', async (test) => {
  const header = await rawRequest(node.url, ['GET /healthz HTTP/1.1', `X-Long: ${'x'.repeat(70_000)}`])
  test.equal(header.status, 431)
  test.match(JSON.parse(header.body), { error: { code: 'bad_query', message: /65536 \(setting limits.requestHeaderBytesMax\)/ } })
  const path = await rawRequest(node.url, [`GET /api/v1/query?query=${'x'.repeat(70_000)} HTTP/1.1`])
  test.equal(path.status, 431)
  const many = await rawRequest(node.url, ['GET /healthz HTTP/1.1', ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: ${i}`)])
  test.equal(many.status, 431)
  const form = ['POST /api/v1/query HTTP/1.1', 'Content-Type: application/x-www-form-urlencoded']
  const body = await rawRequest(node.url, form, `query=${'x'.repeat(2_000_000)}`)
  test.same([body.status, /limits.requestBodyBytesMax/.test(body.body)], [413, true])
  const lied = await rawRequest(node.url, [...form, 'Content-Length: 99999999999999'])
  test.equal(lied.status, 413)
  for (const lines of [['GARBAGE'], ['GET /healthz HTTP/9.9'], ['GET /healthz HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked'], ['GET /healthz HTTP/1.1', 'Bad Name: x']]) {
    test.equal((await rawRequest(node.url, lines)).status, 400, lines.join())
  }
})

t.test('of a caller who may not, no body is read', async (test) => {
  const refused = await rawRequest(keyed.url, ['POST /api/v1/query HTTP/1.1', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 99999999999999'])
  test.equal(refused.status, 401)
  const upload = await rawRequest(keyed.url, ['POST /api/v1/import?format=series HTTP/1.1', 'Content-Length: 99999999999999'])
  test.equal(upload.status, 401)
})

t.test('a client that sends a byte now and then is cut', async (test) => {
  const late = /took too long to arrive: it has 2000 ms \(setting limits.requestArrivalMs\)/
  const form = 'Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n'
  const upload = 'Host: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  const [head, prometheus, loki, silent, mute, refused, stranger, slow] = await Promise.all([
    dripping(node.url, 'GET /healthz HTTP/1.1\r\n', forever('X-Slow: 1\r\n'), 50),
    dripping(node.url, `POST /api/v1/query HTTP/1.1\r\n${form}`, forever('x'), 50),
    dripping(node.url, `POST /loki/api/v1/query_range HTTP/1.1\r\n${form}`, forever('x'), 50),
    dripping(node.url, `POST /api/v1/stream HTTP/1.1\r\n${form}`, [], 50),
    dripping(node.url, '', [], 50),
    dripping(keyed.url, `POST /api/v1/import?format=series HTTP/1.1\r\n${upload}`, forever('1\r\nx\r\n'), 50),
    dripping(keyed.url, `POST /internal/v1/units HTTP/1.1\r\n${upload}`, forever('1\r\nx\r\n'), 50),
    dripping(hasty.url, `POST /api/v1/import?format=series HTTP/1.1\r\n${upload}`, forever('1\r\nx\r\n'), 50),
  ])
  test.equal(head.status, 408)
  test.match(JSON.parse(head.body).error.message, late)
  test.equal(prometheus.status, 408)
  test.match(JSON.parse(prometheus.body), { status: 'error', error: late })
  test.equal(loki.status, 408)
  test.match(loki.body, late)
  test.equal(silent.status, 408)
  test.equal(mute.status, 408, 'a connection that says nothing')
  test.equal(refused.status, 401, 'told at once, then cut')
  test.equal(stranger.status, 401, 'the same for who is no node of the cluster')
  test.equal(slow.status, 408)
  test.match(slow.body, /importArrivalMs/)
  test.equal((await get(node.url, '/healthz')).text, 'ok\n')
})

t.test('many slow clients at once do not keep others out, and an honest import takes longer than a request may', async (test) => {
  const client = await open({ url: node.url })
  test.teardown(() => client.close())
  const slow = Promise.all(Array.from({ length: 100 }, () => dripping(node.url, 'GET / HTTP/1.1\r\n', forever('X: 1\r\n'), 100)))
  const lines = seriesFile('honest', 20, 10, 0, 1000).split(/(?<=\n)/)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const line of lines) {
      yield Buffer.from(line)
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  }
  const report = await client.import({ file: 'honest', format: 'series', body: pieces() })
  test.equal(report.series, 20)
  test.equal((await get(node.url, '/healthz')).text, 'ok\n')
  test.ok((await slow).every(({ status }) => status === 408))
})
